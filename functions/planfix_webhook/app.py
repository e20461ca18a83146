"""`POST /planfix/{integration}/comment`: check, queue, 200."""

from __future__ import annotations

from typing import Any

from bridge.counts import Counts
from bridge.edge import make_chats, make_door
from bridge.flows.doors import accept_call
from bridge.http_api import Request

COUNTS = Counts()
DOOR = make_door(COUNTS, "TO_TELEGRAM_QUEUE_URL")
CHATS = make_chats()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Lambda's entry point."""
    try:
        return accept_call(DOOR, CHATS, Request.from_event(event))
    finally:
        COUNTS.write()
