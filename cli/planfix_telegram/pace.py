"""Keeps the admin's command below Planfix's limit: one request a second by default (REST API limits)."""

from __future__ import annotations

from collections.abc import Callable

from bridge.aws.pacer import MARGIN
from bridge.errors import Reason
from bridge.model import CALL


class LocalPace:
    """Slots of one run of the command.

    Args:
        per_second: calls a second.
        clock: seconds that only go forward.
        sleep: waits seconds.
    """

    def __init__(self, per_second: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._gap = MARGIN / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = float("-inf")

    def take(self, needs: float = CALL, *, gives_way: bool = False) -> None:  # noqa: ARG002 - one command has one reader
        """Wait for a slot."""
        wait = self._next - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._next = self._clock() + self._gap

    def check_open(self) -> None:
        """An admin's command waits."""

    def hold_off(self, seconds: float, asked: Reason) -> None:  # noqa: ARG002 - one command has one reader: its error says who
        """Nobody takes a slot for so long."""
        self._next = max(self._next, self._clock() + seconds)

    def slow_down(self, seconds: float, asked: Reason) -> None:
        """Nobody takes a slot for so long."""
        self.hold_off(seconds, asked)

    def failed(self) -> None:
        """An admin sees the failure and decides."""

    def answered(self) -> None:
        """Nothing follows from it here."""
