"""Calls that only say "look": they wait as long as Planfix is away, and what they find then goes out or is told of."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import Reason, Refused
from bridge.model import Chat
from bridge.routes.rest import answers
from tests.world import CLIENT, OWNER, World, notices

pytestmark = pytest.mark.only_on("rest")

HOUR, DAY = 3600.0, 86_400.0
CHAT = Chat("main", str(OWNER), CLIENT)
AWAY: dict[str, dict[str, Any]] = {
    "down": {"status": 502},
    "token refused": {"status": 401, "code": 1, "error": "Access denied, unknown token"},
    "account frozen": {"status": 403, "code": 11, "error": "account is frozen"},
    "quota": {"status": 403, "code": 22, "error": "limit"},
}


def letters(world: World) -> list[str]:
    """What kinds of messages to Telegram were given up."""
    return [one["kind"] for one in world.waiting("to-telegram-dead.fifo")]


def planfix_is_away(world: World, why: str = "down") -> None:
    """From now on every request fails in this way."""
    world.planfix.fail_next(times=10**9, **AWAY[why])


def planfix_is_back(world: World) -> None:
    """From now on none does."""
    world.planfix._world.faults.waiting.clear()


def looks_waiting(world: World) -> int:
    """How many calls are still to be looked at."""
    return sum(one["kind"] == "task" for one in world.waiting("to-telegram.fifo"))


@pytest.mark.parametrize("why", AWAY)
def test_answers_written_while_planfix_is_away_for_25_hours(chat: World, why: str) -> None:
    """The call is not given up: an answer of this day goes out, and the author of an older one reads that it did not."""
    planfix_is_away(chat, why)
    chat.employee_answers("вчерашний")
    chat.settle(for_seconds=20 * HOUR)
    chat.employee_answers("сегодняшний")
    chat.settle(for_seconds=5.1 * HOUR)
    planfix_is_back(chat)
    chat.client_writes("вы тут?")
    chat.settle(for_seconds=2 * HOUR)
    assert (chat.phone(), letters(chat)) == (["сегодняшний"], [])
    assert [text[0] for text in notices(chat) if "«вчерашний»" in text] == ["⚠"]
    chat.employee_answers("/send")
    chat.settle(for_seconds=HOUR)
    assert chat.phone() == ["сегодняшний", "вчерашний"]


def test_look_outlives_its_queue(chat: World) -> None:
    """Planfix is away for 20 days, longer than a queue keeps anything: who answered then is told, and nothing was redriven."""
    planfix_is_away(chat, "account frozen")
    chat.employee_answers("давний")
    chat.settle(for_seconds=20 * DAY)
    assert (looks_waiting(chat), letters(chat)) == (1, [])
    planfix_is_back(chat)
    chat.settle(for_seconds=2 * HOUR)
    assert (chat.phone(), letters(chat)) == ([], [])
    assert [text[0] for text in notices(chat) if "«давний»" in text] == ["⚠"]


def test_look_for_what_nobody_remembers_ends(chat: World) -> None:
    """An account that never comes back keeps no queue busy for ever; the dead letter says why."""
    planfix_is_away(chat, "account frozen")
    chat.employee_answers("ответ")
    chat.settle(for_seconds=45 * DAY)
    assert (looks_waiting(chat), letters(chat)) == (0, ["task"])


def test_look_is_put_off_for_few_receives(chat: World) -> None:
    """25 hours cost some 300 receives, and SQS's 1,000 are never reached, however long it takes."""
    planfix_is_away(chat)
    chat.employee_answers("ответ")
    most = []
    for _ in range(26):
        chat.settle(for_seconds=DAY)
        most.append(max(one.receive_count for one in chat.sqs.messages(chat.urls["to-telegram.fifo"])))
    assert most[0] < 330
    assert max(most) < 1000


@pytest.mark.parametrize(
    "broken", [RuntimeError(), Refused(Reason.PLANFIX_ACCESS_DENIED)], ids=["our fault", "refused"]
)
def test_look_that_was_given_up_is_taken_again(chat: World, monkeypatch: pytest.MonkeyPatch, broken: Exception) -> None:
    """Its task is looked at with the chat's next message, and the dead letter hurts nobody when it is redriven."""
    chat.update_settings(give_up_answers_after=24)
    reads = answers.read_new

    def stumble(*_: object) -> Any:
        raise broken

    monkeypatch.setattr(answers, "read_new", stumble)
    written_at = chat.clock()
    chat.employee_answers("ответ")
    chat.settle(for_seconds=24.5 * HOUR)
    chat.clock.now = written_at + 25 * HOUR
    assert letters(chat) == ["task"]
    monkeypatch.setattr(answers, "read_new", reads)
    chat.client_writes("вы тут?")
    chat.settle(for_seconds=HOUR)
    told = [text for text in notices(chat) if "«ответ»" in text]
    assert (chat.phone(), [text[0] for text in told]) == ([], ["⚠"])
    chat.employee_answers("/send")
    chat.settle(for_seconds=HOUR)
    assert chat.phone() == ["ответ"]
    assert not chat.runtime.chats.state(CHAT).look_owed, "it was owed once"


def test_answer_that_waited_for_telegram_was_not_found_late(chat: World) -> None:
    """Told to wait for more than a day, twice: neither it nor who answered behind it is taken for found too late."""
    for _ in range(2):
        wait = {"retry_after": 46_800}
        chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=wait)
    chat.employee_answers("первый")
    chat.settle(for_seconds=HOUR / 2)
    chat.employee_answers("второй")
    chat.settle(for_seconds=20 * HOUR)
    chat.client_writes("вы тут?")
    chat.settle(for_seconds=20 * HOUR)
    assert (chat.phone(), letters(chat)) == (["первый", "второй"], [])


def test_held_answer_ends_although_planfix_was_away_when_its_time_came(chat: World) -> None:
    """The look at what is held waits too: its author reads that it expired."""
    chat.clock.now += 25 * HOUR
    chat.employee_answers("поздний")
    chat.settle(for_seconds=HOUR)
    assert [text[0] for text in notices(chat)] == ["⏸"], "GIVEN that it is held, for three days"
    planfix_is_away(chat)
    chat.settle(for_seconds=16 * DAY)
    planfix_is_back(chat)
    chat.settle(for_seconds=2 * HOUR)
    assert (chat.phone(), letters(chat), len(notices(chat))) == ([], [], 2)
    assert not [row for row in chat.dynamodb.items("connections") if str(row["item"]).startswith("held#")]


def test_admin_is_told_that_looks_wait(chat: World) -> None:
    """Nobody can write into Planfix while it is away: the alarm about answers that wait is for that, too, after five minutes."""
    planfix_is_away(chat)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=250)
    assert "answer_waits" not in chat.count.totals
    chat.settle(for_seconds=HOUR / 2)
    assert chat.count.totals["answer_waits"] >= 3
