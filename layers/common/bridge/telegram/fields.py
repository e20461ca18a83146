"""Fields of a JSON object, read tolerantly: what is not of the expected type is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bridge.shown import one_line
from bridge.telegram.characters import is_blank, whole
from bridge.telegram.formatting import to_html

_MAX_NUMBER: Final = 1 << 52
"""Telegram's numbers have at most 52 significant bits (core.telegram.org/bots/api#user)."""


def text(of: Any, name: str) -> str:
    """A string without half characters, or ""."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return whole(value) if isinstance(value, str) else ""


def number(of: Any, name: str) -> int | None:
    """A whole number that is not negative, or None."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return value if _is_number(value) else None


def numbers(of: Any, name: str) -> list[int]:
    """The whole numbers in an array."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return [one for one in value if _is_number(one)] if isinstance(value, list) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_NUMBER


def mapping(of: Any, name: str) -> Mapping[str, Any]:
    """An object, or an empty one."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def mappings(of: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects in an array."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def words(of: Any, name: str, entities: str) -> str:
    """A formatted text as HTML; "" when nobody would see a character of it."""
    value = text(of, name)
    return "" if is_blank(value) else to_html(value, mappings(of, entities))


def person_name(user_or_chat: Mapping[str, Any]) -> str:
    """How a ``User`` or ``Chat`` is called, in one line: full name, title or @username; "" when it has none of them."""
    parts = (one_line(text(user_or_chat, "first_name")), one_line(text(user_or_chat, "last_name")))
    full = " ".join(part for part in parts if not is_blank(part))
    username = one_line(text(user_or_chat, "username"))
    return full or one_line(text(user_or_chat, "title")) or (f"@{username}" if username else "")
