"""Planfix comes: a scenario's call, an answer in a chat of its own, a file. Check, do, answer."""

from __future__ import annotations

from typing import Any

from bridge.counts import Counts
from bridge.http_api import Request, answer
from bridge.planfix_edge import make_planfix_doors

COUNTS = Counts()
DOORS = make_planfix_doors(COUNTS)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Lambda's entry point."""
    try:
        accept = DOORS.get(event.get("routeKey", ""))
        return accept(Request.from_event(event)) if accept else answer(404)
    finally:
        COUNTS.write()
