"""Pacing, quota and circuit of one destination in one row.

Row: ``next_allowed`` (ms), the time of the next free call; ``failures`` in a row; ``asked`` and ``asked_until`` (ms): the service
itself asked everybody to wait, in which words and until when.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from bridge.aws.dynamodb import Item, Table
from bridge.errors import Reason, RetryLater

MAX_WAIT: Final = 5.0
"""Seconds that are waited inside the function; more is a change of visibility (design section 4)."""

FAILURES_BEFORE_PAUSE: Final = 3
"""Failures in a row that may be one client's bad luck."""

FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 300.0
"""Seconds that everybody waits while a service does not answer: growing, at most five minutes (design section 6)."""

LONGEST_HOLD_OFF: Final = 86_400.0
"""Seconds that one answer of the remote can hold everybody: a retry_after or timeToReset in another unit, or of years, would
hold a destination for ever. Whoever asks again after a day is told again."""

MARGIN: Final = 1.05
"""Slots lie 5 % further apart than the limit: a request may reach the remote sooner after its slot than the one before."""


class Pacer:
    """Slots of one destination, shared by every container.

    Args:
        table: the ledger table.
        destination: ``planfix#{host}`` or ``telegram#{bot id}``.
        per_second: calls a second.
        clock: Unix seconds.
        sleep: waits seconds.
        time_left: seconds that this invocation still has.
        call_timeout: seconds that one call may take; the longest is a file of 50 MB on its way (transfer.py).
    """

    def __init__(
        self,
        table: Table,
        destination: str,
        *,
        per_second: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        time_left: Callable[[], float],
        call_timeout: float = 60.0,
    ) -> None:
        self._table = table
        self._key = {"pk": f"pace#{destination}"}
        self._gap = math.ceil(1000 / per_second * MARGIN)
        self._clock = clock
        self._sleep = sleep
        self._time_left = time_left
        self._call_timeout = call_timeout
        self._failures = 0

    def take(self) -> None:
        """Wait for a slot.

        Raises:
            RetryLater: the next slot is too far away, or too little is left of this invocation to begin a call.
        """
        self._check_time_left(0)
        now = int(self._clock() * 1000)
        wait = max(self._reserve(now) - now, 0) / 1000
        self._check_time_left(wait)
        if wait:
            self._sleep(wait)

    def _check_time_left(self, wait: float) -> None:
        """No effect begins with less than its own timeout and 5 s left (design section 4)."""
        if self._time_left() - wait < self._call_timeout + 5:
            raise RetryLater(1.0, Reason.BUSY, "little time left in this invocation", counts=False)

    def hold_off(self, seconds: float, asked: Reason) -> None:
        """Nobody takes a slot for so long, at most a day, and whoever comes meanwhile learns who asked for it."""
        self._pause(seconds, asked)

    def _pause(self, seconds: float, asked: Reason | None = None) -> None:
        until = int((self._clock() + min(seconds, LONGEST_HOLD_OFF)) * 1000)
        told = {":asked": asked.value} if asked else {}
        self._table.update(
            self._key,
            "SET next_allowed = :until" + (", asked = :asked, asked_until = :until" if asked else ""),
            only_if="attribute_not_exists(next_allowed) OR next_allowed < :until",
            values={":until": until, **told},
        )

    def failed(self) -> None:
        """The service did not answer. From the third failure in a row on everybody waits, longer with each."""
        row = self._table.update(self._key, "ADD failures :one", values={":one": 1})
        self._failures = int(row["failures"]) if row else 0
        if self._failures >= FAILURES_BEFORE_PAUSE:
            doublings = min(self._failures - FAILURES_BEFORE_PAUSE, 10)  # a power of a thousand failures is no float
            self._pause(min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE))

    def answered(self) -> None:
        """The service answered: the count of failures begins anew (a write only after failures)."""
        if self._failures:
            self._failures = 0
            self._table.update(self._key, "REMOVE failures")

    def _reserve(self, now: int) -> int:
        """The time of our slot (ms). One write after a pause, two when calls follow each other."""
        for _ in range(3):
            row = self._table.update(
                self._key,
                "SET next_allowed = :next",
                only_if="attribute_not_exists(next_allowed) OR next_allowed <= :now",
                values={":next": now + self._gap, ":now": now},
            )
            if row:
                self._failures = int(row.get("failures", 0))
                return now
            row = self._table.update(
                self._key,
                "SET next_allowed = next_allowed + :gap",
                only_if="next_allowed > :now AND next_allowed <= :latest",
                values={":gap": self._gap, ":now": now, ":latest": now + int(MAX_WAIT * 1000)},
            )
            if row:
                self._failures = int(row.get("failures", 0))
                return int(row["next_allowed"]) - self._gap
            held = self._table.get(self._key) or {}
            wait = (held.get("next_allowed", now) - now) / 1000
            if wait > MAX_WAIT:
                raise _held_off(held, now, wait)
        raise RetryLater(1.0, Reason.BUSY, "many workers at one destination", counts=False)


def _held_off(held: Item, now: int, wait: float) -> RetryLater:
    """Why nobody may call: the service named a time; or it fails, which nobody told us to wait for, so it spends the budget."""
    if held.get("asked_until", 0) > now:
        return RetryLater(wait, Reason(held["asked"]), "held off, as the service asked", counts=False)
    if held.get("failures"):
        return RetryLater(wait, Reason.SERVICE_DOWN, "held off, as the service fails")
    return RetryLater(wait, Reason.BUSY, "many calls in line", counts=False)
