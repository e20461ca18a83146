"""Characters as Telegram counts and sees them."""

from __future__ import annotations

import re
from typing import Final

# What Telegram takes for nothing: spaces, zero-width characters, and what it deletes (TDLib misc.cpp,
# strip_empty_characters and clean_input_string).
_BLANK: Final = re.compile(
    r"[\s\x00-\x1f\x7f\u030a\u0333\u033f\u180e\u200b-\u200f\u2028-\u202e\u2800\ufeff\ufffc\U000e0000-\U000e007f]*"
)


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(text: str) -> str:
    """The text as real characters: surrogate pairs joined, lone surrogates replaced by U+FFFD. Keeps the UTF-16 length."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_blank(text: str) -> bool:
    """Whether Telegram would see no character at all in the text."""
    return _BLANK.fullmatch(text) is not None
