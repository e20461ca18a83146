"""The clocks of the tests."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

NOW = 1_763_800_000.0
READING = (1e-6, 9e-6)
"""Seconds that pass between two readings of a clock, at least and at most."""


@dataclass
class Clock:
    """Virtual time. It moves with each reading, as every real clock does; sleeping is moving it further.

    A clock that stood still between sleeps hid for two thousand seeds that two readings in one decision differ.
    """

    now: float = NOW
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - moves a clock, hides nothing

    def __call__(self) -> float:
        self.now += self.chance.uniform(*READING)
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Ahead:
    """Somebody else's clock: as ours, so many seconds ahead."""

    clock: Clock
    seconds: float

    def __call__(self) -> float:
        return self.clock() + self.seconds
