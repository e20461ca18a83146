"""The route by chats with REST's token beside it: what is in doubt is looked for, and people find the client by Telegram."""

from __future__ import annotations

import pytest

from bridge.texts import SENTENCES, Say
from tests.world import CLIENT, World

REPEAT = SENTENCES[Say.PERHAPS_A_REPEAT].ru


@pytest.fixture
def world() -> World:
    """A chat that has begun."""
    world = World(route="chat_api", windows=True)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=60)
    return world


def said(world: World) -> list[str]:
    """What the client's comments say."""
    return [one.description for one in world.comments() if one.owner.startswith("contact:")]


@pytest.mark.parametrize("apply", [True, False])
def test_message_in_doubt_is_there_once(world: World, apply: bool) -> None:
    """GIVEN an answer of Planfix that was lost: the message is looked for, and said again only where it is not."""
    world.planfix.chats.fail_next("newMessage", status=502, apply=apply)
    world.client_writes("Где заказ?")
    world.settle(for_seconds=600)
    assert said(world) == ["Здравствуйте!", "Где заказ?"]


@pytest.mark.parametrize("apply", [True, False])
def test_the_same_words_a_moment_ago_prove_nothing(world: World, apply: bool) -> None:
    """Who says the same twice is heard twice; where it cannot be told which of the two is there, the second says so."""
    world.client_writes("Да")
    world.settle(for_seconds=10)
    world.planfix.chats.fail_next("newMessage", status=502, apply=apply)
    world.client_writes("Да")
    world.settle(for_seconds=600)
    assert said(world) == ["Здравствуйте!", "Да", "Да" if apply else f"{REPEAT}<br>Да"]


def test_no_clock_tells_which_of_two_equal_messages_is_there() -> None:
    """Telegram's may be days behind ours: the second is not taken for the first (seed 80 with REST's token)."""
    world = World(route="chat_api", windows=True, telegram_ahead=-3 * 86_400.0)
    world.client_writes("Да")
    world.settle(for_seconds=60)
    world.planfix.chats.fail_next("newMessage", status=502)
    world.client_writes("Да")
    world.settle(for_seconds=600)
    assert len(said(world)) == 2


def test_message_in_doubt_is_known_by_its_words_before_what_is_said_of_files(world: World) -> None:
    """A file that could not come along is named behind them (more than 20 MB; seed 53 with REST's token)."""
    file = world.telegram.media("document", world.telegram.put_file(bytes(20_971_521), "big.zip", "application/zip"))
    world.planfix.chats.fail_next("newMessage", status=502, apply=True)
    world.client_writes("", caption="Вот", **file)
    world.settle(for_seconds=600)
    assert len(said(world)) == 2
    assert said(world)[1].startswith("Вот<br>[")


@pytest.mark.parametrize("apply", [True, False])
def test_first_message_in_doubt(apply: bool) -> None:
    """There may be no task yet."""
    world = World(route="chat_api", windows=True)
    world.planfix.chats.fail_next("newMessage", status=502, apply=apply)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=600)
    assert (len(world.planfix.tasks()), said(world)) == (1, ["Здравствуйте!"])


def test_an_employees_same_words_prove_nothing(world: World) -> None:
    """GIVEN that an employee wrote what the client says next, whose request is lost."""
    world.employee_answers("Спасибо")
    world.settle(for_seconds=10)
    world.planfix.chats.fail_next("newMessage", status=502)
    world.client_writes("Спасибо")
    world.settle(for_seconds=600)
    assert said(world) == ["Здравствуйте!", "Спасибо"]


def test_contact_gets_the_telegram_id(world: World) -> None:
    """By it REST's route and people find the client; it is written once."""
    [contact] = world.planfix.contacts()
    assert (contact.fields["telegramId"], contact.fields["telegram"]) == (str(CLIENT), "https://t.me/anna_serova")
    calls = len(world.planfix.calls)
    world.client_writes("ещё")
    world.settle(for_seconds=60)
    assert len(world.planfix.calls) == calls + 1


def test_without_a_token_a_repeat_says_so() -> None:
    """Nothing tells whether it arrived: better twice, and marked, than never."""
    world = World(route="chat_api")
    world.planfix.chats.fail_next("newMessage", status=502, apply=True)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=600)
    first, second = said(world)
    assert (first, second.startswith("(возможно, повтор"), "Здравствуйте!" in second) == ("Здравствуйте!", True, True)


def test_without_a_token_people_may_be_asked() -> None:
    """``ask``: an employee is told to compare, and nothing is said twice."""
    world = World(route="chat_api", settings={"on_unknown_delivery": "ask"})
    world.planfix.chats.fail_next("newMessage", status=502, apply=True)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=600)
    first, second = said(world)
    assert (first, second[0]) == ("Здравствуйте!", "❓")
