"""The chat route, where something happened that nobody can know of: what the simulation found (tests/simulation, --route chat_api)."""

from __future__ import annotations

import pytest

from bridge.queued import Handed, read
from bridge.texts import SENTENCES, Say
from tests.simulation.world import TO_PLANFIX, TO_TELEGRAM
from tests.world import CLIENT, OWNER, World

REPEAT = SENTENCES[Say.PERHAPS_A_REPEAT].ru


@pytest.fixture
def world() -> World:
    """The whole bridge on the chat route."""
    return World(route="chat_api")


def words_kept(world: World) -> list[str]:
    """Where the words of answers lie."""
    return [key for key in world.s3.buckets["files"] if key.startswith("words/")]


def test_words_of_a_command_are_not_kept(world: World) -> None:
    """An attempt died after it had obeyed: the next one keeps nothing, since a command never waits (seed 75)."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("/cancel")
    world.planfix.chats.fire_pending()
    pushed = read(world.sqs.messages(world.urls[TO_TELEGRAM])[0].body)
    world.settle()
    assert pushed is not None
    with world.runtime.invocation(lambda: 300_000) as worker:
        worker.integration("main").answer_journeys.push(pushed, Handed(receipts=2))
    assert words_kept(world) == []


def test_deletion_is_noticed_where_only_an_automatic_answer_stands(world: World) -> None:
    """Of such a chat the bridge's row knows nothing, and yet its message is in Planfix (seed 105)."""
    sent = world.telegram.owner_writes(OWNER, CLIENT, "Мы спим", is_from_offline=True)
    world.settle()
    world.telegram.client_deletes(world.bot, CLIENT, [sent["message_id"]], owner_id=OWNER)
    world.settle()
    assert any(SENTENCES[Say.MESSAGES_DELETED].ru in one.description for one in world.comments())


def test_what_was_refused_after_a_doubt_comes_again_as_a_repeat(world: World) -> None:
    """That Planfix refuses it now says nothing of the attempt whose answer was lost (seed 168)."""
    world.planfix.chats.fail_next("newMessage", status=502, apply=True)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=3)
    world.planfix.chats.fail_next("newMessage", status=400, error="Invalid parameters")
    world.settle()
    dead = world.waiting("to-planfix-dead.fifo")
    assert [one["dead"]["reason"] for one in dead] == ["planfix_chat_refused"]
    body = {name: value for name, value in dead[0].items() if name != "dead"}
    world.runtime.queues[TO_PLANFIX].put(body, group=f"main:{CLIENT}", deduplication_id="redriven")
    world.settle()
    assert [one.description.startswith(REPEAT) for one in world.comments()] == [False, True]


def test_a_tick_stays_when_the_words_cannot_be_deleted(world: World) -> None:
    """The client has the answer: that S3 does not answer then is no news for its author (seed 3)."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.pause_chat(OWNER, CLIENT)
    number = world.employee_answers("ответ")
    world.settle()
    world.telegram.resume_chat(OWNER, CLIENT)
    delete = world.s3.delete_object

    def slow_down(**what: str) -> object:
        world.s3.fail_next("SlowDown")
        return delete(**what)

    world.s3.delete_object = slow_down  # type: ignore[method-assign, assignment]
    world.client_writes("ау")
    world.settle()
    assert world.planfix.chats.state_of(number) == ("sent", "")
    assert world.count.totals["words_not_deleted"] == 1


def test_an_answer_that_is_pushed_again_is_not_held_behind_a_later_one(world: World) -> None:
    """The client has it and its author the tick, whatever waits in the chat by now (seed 106)."""
    world.client_writes("Здравствуйте!")
    world.settle()
    first = world.employee_answers("первый")
    world.settle()
    world.telegram.pause_chat(OWNER, CLIENT)
    later = world.employee_answers("второй")
    world.settle()
    world.planfix.chats.push_again(str(first))
    world.settle()
    assert world.planfix.chats.state_of(first) == ("sent", "")
    assert world.planfix.chats.state_of(later).state == "error"
    assert world.phone() == ["первый"]


def test_message_in_doubt_of_which_nobody_can_be_told_comes_again() -> None:
    """GIVEN ``ask``, a lost request, and a line about it that Planfix refuses: whom nobody told cannot look (seed 646)."""
    world = World(route="chat_api", settings={"on_unknown_delivery": "ask"})
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=60)
    world.planfix.chats.fail_next("newMessage", status=502)
    world.client_writes("Где заказ?")
    world.settle(for_seconds=2)
    world.planfix.chats.fail_next("newMessage", status=400, error="Invalid parameters")
    world.settle(for_seconds=600)
    last = world.comments()[-1].description
    assert (REPEAT in last, "Где заказ?" in last) == (True, True)
