"""Deliberate bugs of the pace, each with the row of the table that shows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from bridge.aws.line import Line
from bridge.aws.pacer import Pacer
from bridge.errors import Reason, RetryLater


@dataclass(frozen=True)
class PaceBug:
    """A bug, the scenario (with its containers and the share of its people) that shows it, and the bound that it breaks."""

    name: str
    apply: Callable[[], AbstractContextManager[object]]
    scenario: str
    containers: int
    share: float
    breaks: str


def _nobody_is_in_line(_line: Line, _ticket: object) -> tuple[str, dict[str, Any]]:
    return "", {}


def collapse() -> AbstractContextManager[object]:
    """Everybody is let in, and whoever finds no slot within five seconds is sent away in the middle of what he does."""

    def away(self: Pacer, _row: object, _near: float, now: float) -> float:
        raise RetryLater(5.0, Reason.BUSY, f"many calls in line at {now:.0f}", counts=False)

    patches = ExitStack()
    patches.enter_context(patch.object(Line, "let_in", _nobody_is_in_line))
    patches.enter_context(patch.object(Pacer, "_near", lambda _self, _rank, _new, _waited: 4.0))
    patches.enter_context(patch.object(Pacer, "_at_the_door", lambda _self, _row, ticket, _turn, _now: ticket))
    patches.enter_context(patch.object(Pacer, "_until_it_may_take", away))
    return patches


def lost_slot() -> AbstractContextManager[object]:
    """A slot is reserved however far away, and then it is found that it cannot be waited for."""
    take = Pacer.take

    def hasty(self: Pacer, *needs: Any, **how: Any) -> None:
        sleep = self._sleep

        def away(seconds: float) -> None:
            if seconds > 5:
                raise RetryLater(seconds, Reason.BUSY, "the slot is too far away", counts=False)
            sleep(seconds)

        self._sleep = away
        try:
            take(self, *needs, **how)
        finally:
            self._sleep = sleep

    patches = ExitStack()
    patches.enter_context(patch.object(Line, "let_in", _nobody_is_in_line))
    patches.enter_context(patch.object(Pacer, "_near", lambda _self, _rank, _new, _waited: 1e5))
    patches.enter_context(patch.object(Pacer, "take", hasty))
    return patches


def one_chats_limit_is_everybodys() -> AbstractContextManager[object]:
    """Telegram asks one chat to wait for an hour, and the whole bot waits."""
    return patch.object(Pacer, "slow_down", Pacer.hold_off)


PACE_BUGS = (
    PaceBug("collapse", collapse, "burst", 8, 0.3, "answers first"),
    PaceBug("a lost slot", lost_slot, "burst", 8, 0.3, "drained"),
    PaceBug("one chat's limit is everybody's", one_chats_limit_is_everybodys, "flood-chat", 3, 0.3, "others go on"),
)
