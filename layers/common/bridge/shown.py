"""Foreign words in our own sentences: names of files, people and channels, a service's own words. They stay on their line.

Whoever writes a name may put anything into it: a line break, behind which a line of the bridge's own could be made up, or a mark that
turns the direction of writing, with which ``gpj.exe`` reads ``exe.jpg``.
"""

from __future__ import annotations

import re
from typing import Final

TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing (Unicode TR9: embeddings, overrides, isolates). The implicit marks stay: names in Arabic and
Hebrew need them, and they turn no letters round."""

_BREAKING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What ends a line somewhere, and every other control character."""


def one_line(text: str) -> str:
    """The text as it may stand in a sentence."""
    return _BREAKING.sub(" ", TURNING.sub("", text)).strip()
