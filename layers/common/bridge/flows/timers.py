"""Something to do later: a message in a group of its own that hides itself until its time (FIFO has no delay of its own)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridge.errors import Reason, RetryLater
from bridge.records import held_message

if TYPE_CHECKING:
    from bridge.clock import Clock
    from bridge.model import Chat
    from bridge.parts import Tell


class Timers:
    """The timers of one integration, on the queue to Telegram."""

    def __init__(self, alias: str, clock: Clock, tell: Tell) -> None:
        self._alias = alias
        self._clock = clock
        self._tell = tell

    def look_at_held(self, chat: Chat, due: float) -> None:
        """Look after the chat's held answers at ``due``.

        Unix seconds with their fraction: timers of one time would share a group, and stand in line as if they waited to be sent.
        """
        self.set(held_message(self._alias, chat), chat.group, due)

    def set(self, then: Mapping[str, Any], group: str, due: float) -> None:
        """Put ``then`` on the queue, in ``group``, at ``due`` (Unix seconds)."""
        self._tell(*timer(self._alias, then, group, due))

    def receive(self, body: Mapping[str, Any]) -> None:
        """A timer was received: not yet, or now."""
        left = body["due"] - self._clock()
        if left > 0:
            raise RetryLater(left, Reason.BUSY, "a timer", counts=False)
        self._tell({"integration": self._alias, **body["then"]}, body["group"])


def timer(integration: str, then: Mapping[str, Any], group: str, due: float) -> tuple[dict[str, Any], str]:
    """What is put on the queue for that, and its message group."""
    body = {"kind": "timer", "integration": integration, "due": due, "group": group, "then": dict(then)}
    return body, f"{group}:timer:{due}"
