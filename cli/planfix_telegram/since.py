"""How far back to look, as people say it: `90m`, `12h`, `7d`."""

from __future__ import annotations

import re
from typing import Final

from planfix_telegram.problem import WRONG_USAGE, Problem

_FORM: Final = re.compile(r"(\d{1,6})([mhd])")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str) -> int:
    """The time in seconds.

    Raises:
        Problem: it is none.
    """
    found = _FORM.fullmatch(text.strip().lower())
    if not found or not int(found[1]):
        raise Problem("since_malformed", exit_code=WRONG_USAGE, text=text)
    return int(found[1]) * _SECONDS[found[2]]
