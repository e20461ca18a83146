"""What lies in the queues, besides Telegram's updates: each kind of message is built here, and nowhere else.

A message may have been queued by an older version fourteen days ago (the longest that SQS keeps one), so what is read here takes what
is missing as that version meant it: tests/events/records holds one of each shape that there ever was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.model import Chat


def look_message(integration: str, host: str, task: int) -> dict[str, Any]:
    """Look what is new in a task."""
    return {"kind": "task", "integration": integration, "host": host, "task": task}


def answer_message(integration: str, answer: Answer, *, received_at: float, first_received_at: float) -> dict[str, Any]:
    """One answer that was given up, as it lies with the dead letters; redriven, it is sent."""
    return {
        "kind": "answer",
        "integration": integration,
        "host": answer.ref.host,
        "task": answer.task,
        "comment": answer.ref.number,
        "received_at": received_at,
        "first_received_at": first_received_at,
        "group": answer.chat.group,
    }


def held_message(integration: str, chat: Chat) -> dict[str, Any]:
    """Held answers of a chat may go out now."""
    return {"kind": "held", "integration": integration, "channel": chat.channel, "client": chat.client_id}


def owner_wrote_message(integration: str, chat: Chat, at: float) -> dict[str, Any]:
    """The owner wrote to the client from the phone at that time (Unix seconds)."""
    return {**held_message(integration, chat), "kind": "owner_wrote", "at": at}
