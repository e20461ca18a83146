"""Something to do later: a message in a group of its own that hides itself until its time (FIFO has no delay of its own)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason, RetryLater
from bridge.queued import MayGo, Queued, Timer, timer

if TYPE_CHECKING:
    from bridge.clock import Clock
    from bridge.model import Chat
    from bridge.parts import Tell


class Timers:
    """The timers of one integration, on the queue to Telegram."""

    def __init__(self, clock: Clock, tell: Tell) -> None:
        self._clock = clock
        self._tell = tell

    def look_at_held(self, chat: Chat, due: float) -> None:
        """Look after the chat's held answers at ``due``.

        Unix seconds with their fraction: timers of one time would share a group, and stand in line as if they waited to be sent.
        """
        self.set(MayGo.of(chat), chat.group, due)

    def set(self, then: Queued, group: str, due: float) -> None:
        """Put ``then`` on the queue, in ``group``, at ``due`` (Unix seconds)."""
        self._tell(*timer(then, group, due))

    def receive(self, received: Timer) -> None:
        """A timer was received: not yet, or now."""
        left = received.due - self._clock()
        if left > 0:
            raise RetryLater(left, Reason.BUSY, "a timer", counts=False)
        self._tell(received.then, received.group)
