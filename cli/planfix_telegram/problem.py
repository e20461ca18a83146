"""What goes wrong in the admin's command, as one sentence that says what to do."""

from __future__ import annotations

from planfix_telegram.texts import say

FAILED = 1
WRONG_USAGE = 2


class Problem(Exception):
    """Ends the command; nothing was left half written.

    Args:
        key: the sentence in texts.py.
        exit_code: 1, or 2 when the command was called wrongly.
        values: what fills the sentence's placeholders.
    """

    def __init__(self, key: str, /, *, exit_code: int = FAILED, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.exit_code = exit_code
        self.values = values

    def __str__(self) -> str:
        return say(self.key, **self.values)
