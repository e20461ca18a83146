"""JSON from Telegram, whatever it is: huge numbers and nesting that breaks a parser cost the content, never the update."""

from __future__ import annotations

import json
from typing import Any, Final

DEEPEST: Final = 200
"""Levels that are kept: more than the thirty of a rich message that keep their form (rich_message.py; a list in a list is four
levels of JSON), and far fewer than the sender's parser takes, whose limit is Python's some 1000 calls."""

LONGEST_NUMBER: Final = 30
"""Digits; Telegram's own numbers have 16 (52 bits). Python refuses to read one of more than 4300."""


def read_json(body: bytes) -> Any:
    """The value, or None when this is no JSON. What lies deeper than `DEEPEST` becomes null."""
    may_be_deep = body.count(b"[") + body.count(b"{") > DEEPEST
    try:
        return json.loads(_shallow(body.decode("utf-8", "replace")) if may_be_deep else body, parse_int=_number)
    except ValueError:
        return None


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else 0


def _shallow(text: str) -> str:
    """The text without what lies deeper than `DEEPEST`, read in one pass without recursion."""
    kept: list[str] = []
    depth, in_string, escaped = 0, False, False
    for sign in text:
        deep = depth > DEEPEST
        if in_string:
            in_string = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_string = True
        elif sign in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append("null")
            deep = depth > DEEPEST
        elif sign in "]}":
            depth -= 1
        if not deep:
            kept.append(sign)
    return "".join(kept)
