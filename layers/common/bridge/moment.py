"""A moment as people read it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

DAY: Final = 86_400


def moment(at: int) -> str:
    """Unix seconds as ``21.11.2026 14:05``, UTC; "" for none, and for what is no date of a message."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%d.%m.%Y %H:%M") if at > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def until(at: float, now: float) -> str:
    """The minute in which that moment has come: ``21:40`` today, ``26.11.2026 21:40`` on another day, UTC."""
    minute = math.ceil(at / 60) * 60 if math.isfinite(at) else 0
    said = moment(minute)
    return said.rpartition(" ")[2] if minute // DAY == now // DAY else said
