"""Chance that is the same every time: drawn from a name, as ``faults of 137``."""

from __future__ import annotations

import random


def chance_of(name: str) -> random.Random:
    """A generator for this name alone, so that drawing more of one thing changes nothing of another."""
    return random.Random(name)  # noqa: S311 - to be repeated, not to be secret
