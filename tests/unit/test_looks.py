"""Calls that only say "look": they wait as long as Planfix is away, and what they find then goes out or is told of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.errors import Reason, Refused
from bridge.flows import to_telegram
from tests.world import CLIENT, World, notices

HOUR, DAY = 3600.0, 86_400.0
AWAY: dict[str, dict[str, Any]] = {
    "down": {"status": 502},
    "token refused": {"status": 401, "code": 1, "error": "Access denied, unknown token"},
    "account frozen": {"status": 403, "code": 11, "error": "account is frozen"},
    "quota": {"status": 403, "code": 22, "error": "limit"},
}


def letters(world: World) -> list[str]:
    return [one["kind"] for one in world.waiting("to-telegram-dead.fifo")]


def planfix_is_away(world: World, why: str = "down") -> None:
    world.planfix.fail_next(times=10**9, **AWAY[why])


def planfix_is_back(world: World) -> None:
    world.planfix.faults.waiting.clear()


def looks_waiting(world: World) -> int:
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
