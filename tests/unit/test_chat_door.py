"""The door at which Planfix pushes what employees answer in its chats: token, chat, queue, both ids."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bridge.aws.parameters import secrets_name
from bridge.aws.queues import TooBig
from bridge.errors import Reason
from bridge.model import Chat
from bridge.planfix.chat_ids import chat_id_of
from tests.world import CLIENT, MAIN, OWNER, SECOND_CLIENT, USER, World

pytestmark = pytest.mark.only_on("chat_api")

WINDOW = f"main.{OWNER}"
CHAT = chat_id_of(Chat("main", str(OWNER), CLIENT))
PHONE = "+79161234567"
NEW = "a-new-token-of-this-window-000000000"


def push(world: World, **fields: str) -> tuple[int, dict[str, Any]]:
    """Planfix pushes an answer; status and body of ours. A field "" is left out."""
    whole = {
        "cmd": "newMessage",
        "providerId": WINDOW,
        "chatId": CHAT,
        "token": MAIN.our_token(str(OWNER)),
        "message": "тайные слова",
        "messageId": "77",
        **fields,
    }
    form = urlencode({name: value for name, value in whole.items() if value}).encode()
    status, body = world._push_to_door("https://bridge.example/planfix/main/chat", {}, form)
    return status, json.loads(body)


def queued(world: World) -> list[dict[str, Any]]:
    """What waits for Telegram."""
    return [one for one in world.waiting("to-telegram.fifo") if one["kind"] == "pushed"]


def test_push_is_queued_with_its_words(world: World) -> None:
    """Nobody can read them again; Planfix gets both ids at once, and our log none of the words."""
    assert push(world) == (200, {"chatId": CHAT, "contactId": str(CLIENT)})
    (message,) = queued(world)
    assert (message["channel"], message["client"], message["push"]["text"]) == (str(OWNER), CLIENT, "тайные слова")
    assert "тайные" not in world.log.getvalue()
    assert world.sqs.messages(world.urls["to-telegram.fifo"])[0].group == f"main:{CLIENT}"


@pytest.mark.parametrize("token", ["", "wrong", MAIN.our_token(str(OWNER))[:-1], MAIN.our_token("own_bot"), "ж"])
def test_wrong_token(world: World, token: str) -> None:
    """A missing or wrong token, also that of another window, is 401 in Planfix's words, counted, and queues nothing."""
    assert push(world, token=token) == (401, {"error": "Invalid token"})
    assert (queued(world), world.count.totals) == ([], {"wrong_secret": 1})


def test_token_that_was_changed_is_read_again(world: World) -> None:
    """The admin typed a new one a moment ago: it is let in, however fresh the kept settings are."""
    assert push(world)[0] == 200
    name = secrets_name("test", "main")
    secrets = json.loads(world.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    secrets["chats"][str(OWNER)]["our_tokens"] = [NEW]
    world.ssm.put_parameter(Name=name, Value=json.dumps(secrets), Type="SecureString", Overwrite=True)
    world.clock.now += 11
    assert push(world, token=NEW, messageId="78")[0] == 200
    assert push(world, messageId="79")[0] == 401


def test_wrong_tokens_cost_one_read_in_ten_seconds(world: World) -> None:
    """A flood of forged pushes cannot make us read the settings each time."""
    for _ in range(50):
        push(world, token="forged")
        world.clock.now += 0.2
    assert world.ssm.operations["get_parameters"] <= 2


@pytest.mark.parametrize(
    "chat_id",
    [
        f"other.{OWNER}.{CLIENT}",
        f"main.own_bot.{CLIENT}",
        f"main.{OWNER}.{CLIENT}~",
        f"main.{OWNER}.x",
        "5",
    ],
)
def test_chat_of_somebody_else(world: World, chat_id: str) -> None:
    """Whoever has the token of one window answers in its chats only."""
    assert push(world, chatId=chat_id) == (400, {"error": "Invalid parameters"})
    assert queued(world) == []


def test_unknown_integration_looks_like_a_wrong_token(world: World) -> None:
    """From outside nobody learns which integrations there are."""
    form = urlencode({"cmd": "newMessage", "providerId": "other.own_bot", "token": "x"}).encode()
    assert world._push_to_door("https://bridge.example/planfix/other/chat", {}, form)[0] == 401


def test_route_that_is_not_chosen_takes_nothing() -> None:
    """200 with both ids, so that Planfix does not repeat it; counted."""
    world = World(route="rest", windows=True)
    assert push(world) == (200, {"chatId": CHAT, "contactId": str(CLIENT)})
    assert (queued(world), world.count.totals) == ([], {"route_not_chosen": 1})


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\n"])
def test_answer_that_says_nothing(world: World, blank: str) -> None:
    """Neither words nor files: Planfix is told at once."""
    assert push(world, message=blank)[0] == 400


def test_push_that_no_queue_takes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that becomes larger than a message of the queue is refused, not repeated for ever."""

    def put(*_: Any, **__: Any) -> None:
        raise TooBig(Reason.EMPTY)

    monkeypatch.setattr(type(world.runtime.queues["to-telegram.fifo"]), "put", put)
    assert push(world) == (400, {"error": "Invalid parameters"})


def test_queue_that_fails_makes_planfix_repeat(world: World) -> None:
    """503: the answer comes again, and reaches the client once."""
    world.client_writes("Здравствуйте!")
    world.settle()
    really = world.sqs.send_message

    def broken(**_: Any) -> None:
        world.sqs.send_message = really  # type: ignore[method-assign]
        raise ConnectionError

    world.sqs.send_message = broken  # type: ignore[method-assign]
    world.employee_answers("ответ")
    world.settle()
    assert (world.phone(), world.planfix.chats.pushes_waiting) == ([], 1)
    world.clock.now += 61
    world.settle()
    assert world.phone() == ["ответ"]


@pytest.mark.parametrize("later", [1.0, 400.0, 6 * 3600.0])
def test_answer_that_is_pushed_again_goes_out_once(chat: World, later: float) -> None:
    """Within the queue's five minutes and long after them."""
    number = chat.employee_answers("один")
    chat.settle()
    chat.clock.now += later
    chat.planfix.chats.push_again(str(number))
    chat.settle()
    assert chat.phone() == ["один"]


@pytest.mark.parametrize("later", [1.0, 400.0, 6 * 3600.0])
def test_command_that_is_pushed_again_is_obeyed_once(chat: World, later: float) -> None:
    """What it said then is not said of what happened since."""
    chat.employee_answers("один")
    chat.settle()
    number = chat.employee_answers("/edit два")
    chat.settle()
    chat.employee_answers("три")
    chat.settle()
    chat.clock.now += later
    chat.planfix.chats.push_again(str(number))
    chat.settle()
    assert chat.phone() == ["два", "три"]


# -- an employee begins the conversation


def share_phone(world: World) -> None:
    """The client shares the own phone."""
    card = {"phone_number": PHONE, "first_name": "Анна", "user_id": CLIENT}
    world.client_writes("", contact=card)
    world.settle()


@pytest.fixture
def button(world: World) -> World:
    """The window has the button «Написать»."""
    world.planfix.chats.change(WINDOW, has_write_button=True)
    return world


def test_employee_begins_with_a_client_who_shared_the_phone(button: World) -> None:
    """The chat is known by the phone: the words go there, and Planfix binds the conversation."""
    share_phone(button)
    number = int(button.contact_of().removeprefix("contact:"))
    button.planfix.chats.write_first(WINDOW, number, USER, "Добрый день!")
    button.settle()
    assert button.phone() == ["Добрый день!"]
    assert button.planfix.chats.refused == []


@pytest.mark.parametrize("written", ["8 (916) 123-45-67", "79161234567", "+7 916 123 45 67"])
def test_phone_is_one_however_it_is_written(button: World, written: str) -> None:
    """Planfix keeps what somebody typed."""
    share_phone(button)
    assert push(button, chatId="", contactPhone=written) == (200, {"chatId": CHAT, "contactId": str(CLIENT)})


def test_employee_cannot_begin_with_anybody_else(button: World) -> None:
    """A bot may not write first: the employee reads that, and how the client can."""
    number = button.planfix.add_contact("Борис", phones=["+79160000000"])
    button.planfix.chats.write_first(WINDOW, number, USER, "Добрый день!")
    button.settle()
    ((_, status, said),) = button.planfix.chats.refused
    assert status == 400
    assert "первым" in said
    assert button.phone(SECOND_CLIENT) == []


def test_phone_of_another_channel_is_nobodys(button: World) -> None:
    """A phone that was shared with the account opens no chat of the own bot."""
    share_phone(button)
    own_bot = {"providerId": "main.own_bot", "token": MAIN.our_token("own_bot")}
    assert push(button, chatId="", contactPhone=PHONE, **own_bot)[0] == 400
