"""What Planfix's API for chats is given with a message: who wrote, what a new task is told, files, and how often it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.model import Chat
from bridge.planfix.chat_ids import chat_id_of
from tests.unit.test_incoming_files import album, send
from tests.world import CLIENT, EMAIL, MANAGER, OWNER, World

pytestmark = pytest.mark.only_on("chat_api")

PHONE = "+79161234567"


def calls(world: World, command: str = "newMessage") -> list[dict[str, Any]]:
    """The forms of a command, in order."""
    return [one.body for one in world.planfix.calls if one.path == f"/webchat/api?cmd={command}" and one.body]


def test_whole_message(world: World) -> None:
    """Ids without ``~``, the client's names and address, and the task's title."""
    world.client_writes("Здравствуйте!")
    world.settle()
    (form,) = calls(world)
    assert form == {
        "cmd": "newMessage",
        "providerId": f"main.{OWNER}",
        "chatId": chat_id_of(Chat("main", str(OWNER), CLIENT)),
        "message": "Здравствуйте!",
        "channel": str(OWNER),
        "title": "Анна Серова",
        "contactId": str(CLIENT),
        "contactName": "Анна",
        "contactLastName": "Серова",
        "contactData": "https://t.me/anna_serova (@anna_serova)",
    }


def test_title_comes_with_the_first_message_only(world: World) -> None:
    """Given again, it would rename the task each time."""
    for words in ("раз", "два"):
        world.client_writes(words)
        world.settle()
    world.telegram.owner_writes(OWNER, CLIENT, "три")
    world.settle()
    assert ["title" in form for form in calls(world)] == [True, False, False]


def test_chat_stays_when_the_connection_becomes_another(chat: World) -> None:
    """Its id is made of the account and the client, not of what Telegram calls the connection."""
    chat.telegram.disconnect(OWNER)
    chat.telegram.connect(chat.bot, OWNER)
    chat.client_writes("два")
    chat.settle()
    first, second = calls(chat)
    assert first["chatId"] == second["chatId"]
    assert len(chat.planfix.tasks()) == 1


def test_fields_of_a_new_task(make_world: Callable[..., World]) -> None:
    """Those that the settings name, by their names in Planfix, where there is something to say."""
    fields = {"start_source": "Источник", "channel_name": "Канал", "username": "Ник", "telegram_id": "Телеграм"}
    world = make_world(settings={"task_fields": fields})
    world.planfix.chats.change("main.own_bot", task_fields=frozenset({"Источник", "Канал"}))
    world.telegram.start(world.bot, CLIENT, "site_banner")
    world.settle()
    form = calls(world)[0]
    assert {name: value for name, value in form.items() if name.startswith("data_")} == {
        "data_Источник": "site_banner",
        "data_Канал": "Бот магазина",
        "data_Ник": "anna_serova",
        "data_Телеграм": str(CLIENT),
    }
    data = world.planfix.task(world.task).fields["customFieldData"]
    assert [(one["field"]["name"], one["value"]) for one in data] == [
        ("Источник", "site_banner"),
        ("Канал", "Бот магазина"),
    ]


@pytest.mark.parametrize("email", ["", EMAIL])
def test_owner_on_the_phone_is_an_echo(make_world: Callable[..., World], email: str) -> None:
    """Outgoing, by the employee with the owner's e-mail where one is set; else a line says who wrote."""
    world = make_world(
        settings={"channels": {str(OWNER): {"name": "Иван", **({"owner_email": email} if email else {})}}}
    )
    world.client_writes("раз")
    world.settle()
    world.telegram.owner_writes(OWNER, CLIENT, "с телефона")
    world.settle()
    form = calls(world)[-1]
    assert (form["isEcho"], form.get("userEmail", ""), form["contactId"]) == ("true", email, str(CLIENT))
    assert form["message"] == ("с телефона" if email else "Иван Петров (из Telegram):\nс телефона")
    assert world.comments()[-1].owner == f"user:{MANAGER}"
    assert world.phone() == [], "nor does it come back to the client"


def test_formatting_is_readable_text(world: World) -> None:
    """Planfix may make anything of marks and tags: none are sent, and the client's own signs stay as they are."""
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://acme.example/1"}
    quote = {"type": "blockquote", "offset": 5, "length": 5}
    bold = {"type": "bold", "offset": 11, "length": 5}
    world.client_writes("счёт\nкогда\na < b", entities=[link, quote, bold])
    world.settle()
    assert calls(world)[0]["message"] == "счёт (https://acme.example/1)\n> когда\na < b"


def test_file_alone_is_named(world: World) -> None:
    """Planfix takes no empty message."""
    send(world, "document", "счёт №5.pdf", "application/pdf")
    world.settle()
    (form,) = calls(world)
    assert form["message"].strip()
    assert form["attachments[name]"] == ["счёт №5.pdf"]


def test_album_is_one_message_with_several_files(world: World) -> None:
    """Names and addresses in pairs, in the album's order, and its words once."""
    album(world, 3, caption="смотрите")
    world.settle()
    (form,) = calls(world)
    assert form["message"] == "смотрите"
    assert len(form["attachments[url]"]) == len(set(form["attachments[url]"])) == 3
    world.client_writes("дальше")
    world.settle()
    assert len(calls(world)) == 2


def test_file_that_cannot_come_is_named_in_the_words(world: World) -> None:
    """Telegram gives no bot more than 20 MB."""
    media = world.telegram.media("document", world.telegram.put_file(b"x", "фильм.mkv", "video/x-matroska"))
    media["document"]["file_size"] = 25 * 1024 * 1024
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, **media)
    world.settle()
    (form,) = calls(world)
    assert "фильм.mkv" in form["message"]
    assert "attachments[name]" not in form


def test_edit_is_a_message_and_brings_no_file_again(world: World) -> None:
    """The new words; which message it was of is told by its time."""
    media = world.telegram.media("photo", world.telegram.put_file(b"x", "1.jpg", "image/jpeg"))
    sent = world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, caption="раз", **media)
    world.settle()
    world.clock.now += 60
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="два", owner_id=OWNER)
    world.settle()
    first, second = calls(world)
    assert second["message"] == "✏️ Изменено сообщение от 22.11.2025 08:26 UTC, теперь в нём:\nдва"
    assert ["attachments[url]" in form for form in (first, second)] == [True, False]
    assert "title" not in second


def test_deletion_is_a_message_of_the_bridges_own(chat: World) -> None:
    """By a contact that is not the client, and as no echo: employees read it, the client does not."""
    number = chat.telegram.chat_of(CLIENT, OWNER)[0].message_id
    chat.telegram.client_deletes(chat.bot, CLIENT, [number], owner_id=OWNER)
    chat.settle()
    form = calls(chat)[-1]
    assert form["message"].startswith("🗑")
    assert form["contactId"] not in ("", str(CLIENT))
    assert form["chatId"] == calls(chat)[0]["chatId"]
    assert not {"isEcho", "title"} & set(form)
    assert chat.phone() == []


def test_shared_phone_is_written_into_the_contact(chat: World) -> None:
    """Only the own one; somebody else's is words."""
    for whose, number in ((CLIENT + 1, "79160000000"), (CLIENT, PHONE)):
        card = {"phone_number": number, "first_name": "Анна", "user_id": whose}
        chat.client_writes("", contact=card)
        chat.settle()
    assert [form["contactPhone"] for form in calls(chat, "updateContact")] == [PHONE]


def test_changed_name_follows(chat: World) -> None:
    """With the client's next message, once."""
    chat.telegram.rename(CLIENT, first_name="Аня", last_name="")
    for words in ("два", "три"):
        chat.client_writes(words)
        chat.settle()
    assert [form["contactName"] for form in calls(chat, "updateContact")] == ["Аня"]
    assert len(chat.planfix.tasks()) == 1


# -- nobody knows whether it arrived


@pytest.mark.parametrize("arrived", [True, False])
def test_message_in_doubt_comes_again_and_says_so(chat: World, arrived: bool) -> None:
    """Nothing there identifies a message: under ``resend`` it may be there twice, and the second says that it may."""
    chat.planfix.chats.fail_next("newMessage", status=502, apply=arrived)
    chat.client_writes("два")
    chat.settle()
    said = chat.says()[1:]
    assert said[-1].endswith("\nдва")
    assert "повтор" in said[-1].lower()
    assert said[:-1] == ["два"] * arrived


@pytest.mark.parametrize("arrived", [True, False])
def test_message_in_doubt_is_asked_about(make_world: Callable[..., World], arrived: bool) -> None:
    """Under ``ask`` it is not repeated, and employees read once that they should look."""
    world = make_world(settings={"on_unknown_delivery": "ask"})
    world.client_writes("раз")
    world.settle()
    world.planfix.chats.fail_next("newMessage", status=502, apply=arrived)
    world.client_writes("два")
    world.client_writes("три")
    world.settle()
    said = world.says()
    assert said.count("два") == arrived
    assert [one for one in said if one not in ("раз", "два", "три")] == [said[-2]]
    assert "неизвестно" in said[-2]


# -- how often


def spent(world: World, act: Callable[[], object]) -> tuple[list[str], int, list[str]]:
    """Planfix's commands, DynamoDB's operations and S3's that something costs."""
    world.clock.now += 5
    paths, rows, objects = len(world.planfix.calls), sum(world.dynamodb.operations.values()), len(world.s3.calls)
    act()
    world.settle(for_seconds=15)
    commands = [one.path.rpartition("=")[2] for one in world.planfix.calls[paths:]]
    done = sum(world.dynamodb.operations.values()) - rows
    return commands, done, [name for name, _ in world.s3.calls[objects:]]


def test_message_is_one_call(chat: World) -> None:
    """However many there were before: nothing is looked for, and nothing is asked."""
    commands, rows, objects = spent(chat, lambda: chat.client_writes("два"))
    assert (commands, objects) == (["newMessage"], [])
    assert rows <= 5


def test_first_message_is_one_call_too(world: World) -> None:
    """Planfix makes contact and task."""
    commands, _, objects = spent(world, lambda: world.client_writes("раз"))
    assert (commands, objects) == (["newMessage"], [])


def test_answer_is_one_state(chat: World) -> None:
    """Its words came along: nothing is read, nothing is kept."""
    commands, rows, objects = spent(chat, lambda: chat.employee_answers("ответ"))
    assert (commands, objects) == (["messageStatus"], [])
    assert rows <= 13


def test_file_is_put_once(chat: World) -> None:
    """And named in the one call."""
    commands, _, objects = spent(chat, lambda: send(chat, "document", "a.zip", "application/zip"))
    assert (commands, objects) == (["newMessage"], ["PutObject", "GetObject"])  # Planfix fetches it
