"""Something to do later: a message in a group of its own that hides itself until its time (FIFO has no delay of its own)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridge.errors import Reason, RetryLater
from bridge.records import held_message

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat


def set_timer(to: Integration, chat: Chat, due: float) -> None:
    """Look after the chat's held answers at ``due``.

    Unix seconds with their fraction: timers of one time would share a group, and stand in line as if they waited to be sent.
    """
    set_alarm(to, held_message(to.alias, chat), chat.group, due)


def set_alarm(to: Integration, then: Mapping[str, Any], group: str, due: float) -> None:
    """Put ``then`` on the queue to Telegram, in ``group``, at ``due`` (Unix seconds)."""
    to.tell(*alarm(to.alias, then, group, due))


def alarm(integration: str, then: Mapping[str, Any], group: str, due: float) -> tuple[dict[str, Any], str]:
    """What is put on the queue for that, and its message group."""
    body = {"kind": "timer", "integration": integration, "due": due, "group": group, "then": dict(then)}
    return body, f"{group}:timer:{due}"


def wait_for_timer(to: Integration, body: Mapping[str, Any]) -> None:
    """A timer was received: not yet, or now."""
    left = body["due"] - to.clock()
    if left > 0:
        raise RetryLater(left, Reason.BUSY, "a timer", counts=False)
    to.tell({"integration": to.alias, **body["then"]}, body["group"])
