"""`POST /planfix/{integration}/comment`: check, queue, 200."""

from __future__ import annotations

from typing import Any

from bridge.counts import Counts
from bridge.edge import make_planfix_door
from bridge.http_api import Request

COUNTS = Counts()
DOOR = make_planfix_door(COUNTS)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Lambda's entry point."""
    try:
        return DOOR.accept(Request.from_event(event))
    finally:
        COUNTS.write()
