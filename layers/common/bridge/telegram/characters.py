"""Characters as Telegram counts and sees them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

# What Telegram takes for nothing: spaces, zero-width characters, and what it deletes (TDLib misc.cpp,
# strip_empty_characters and clean_input_string); and what it shows as nothing: the word joiner, fillers of Hangul.
BLANKS: Final = (
    r"\s\x00-\x1f\x7f\u030a\u0333\u033f\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060\u2800\u3164\ufeff\ufffc"
    r"\U000e0000-\U000e007f"
)
"""As they stand between the brackets of a regular expression."""
_BLANK: Final = re.compile(f"[{BLANKS}]*")


LONGEST_ID: Final = 200
"""Characters: Telegram's own ids have some 20 to 80; a sort key of DynamoDB takes 1024 bytes, and this is only a part of one."""


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(text: str) -> str:
    """The text as real characters: surrogate pairs joined, lone surrogates replaced by U+FFFD. Keeps the UTF-16 length."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_blank(text: str) -> bool:
    """Whether nobody would see any character in the text."""
    return _BLANK.fullmatch(text) is not None


def identifier(text: str) -> str:
    """An id of Telegram's as it may stand in a key: itself, or a digest of one that is too long or not printable ASCII."""
    if len(text) <= LONGEST_ID and text.isascii() and text.isprintable():
        return text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def without_leading_blanks(text: str) -> str:
    """The text from its first character that somebody sees."""
    return _BLANK.sub("", text, count=1)
