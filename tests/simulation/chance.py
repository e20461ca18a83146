"""Chance that is the same every time: drawn from a name, as ``faults of 137``."""

from __future__ import annotations

import random
from typing import Any


def chance_of(name: str) -> random.Random:
    """A generator for this name alone, so that drawing more of one thing changes nothing of another."""
    return random.Random(name)  # noqa: S311 - to be repeated, not to be secret


class Even(random.Random):
    """No chance at all: of every range the same share, between 0 and 1, and of things to choose the first."""

    def __init__(self, share: float = 0.5) -> None:
        super().__init__(0)
        self._share = share

    def random(self) -> float:
        return self._share

    def choice(self, seq: Any) -> Any:
        return seq[0]
