"""A moment as people read it."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: int) -> str:
    """Unix seconds as ``21.11.2026 14:05``, UTC; "" for none, and for what is no date of a message."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%d.%m.%Y %H:%M") if at > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""
