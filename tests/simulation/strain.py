"""How hard a seed's world is: containers, Planfix's pace, the speed of transfers and the size of files, and what befalls it for an hour.

Drawn apart from everything else, so that seeds which get none of it stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.simulation.chance import chance_of

CONTAINERS: Final = (2, 2, 3, 4, 5, 6)
"""Of each queue; two are the fewest that MaximumConcurrency may be."""
SLOW_RATES: Final = ((0.5, 0.12), (0.2, 0.06))
"""Requests a second that a Planfix account allows in so many of the seeds, instead of one or more."""
SPEEDS: Final = (0, 0, 5_000, 8_000, 16_000, 60_000)
"""Bytes a second of a transfer; a byte stands for a hundred, so that three files of 30 MB at 1.6 MB/s cost no memory here.
0: a transfer takes no time."""
SIZES: Final = (70_000, 310_000)
"""Bytes of a file that takes its time: from a few seconds to a minute, which is more than a transfer may take (bridge/transfer.py)."""
SMALL: Final = 0.4
"""Share of the files that are small in such a seed too."""

SKEWS: Final = (3.0, 3.0, 0.01)
"""Seconds by which each container's clock may be wrong: nothing may get lost for it, but the pace is kept only by clocks that agree."""

EVENTS: Final = {"flood_chat": 0.12, "flood_bot": 0.06, "poison_task": 0.15, "burst_of_newcomers": 0.12}
"""What befalls so many of the seeds (tests/simulation/people.py)."""


@dataclass(frozen=True)
class Strain:
    """What a seed's world is like.

    Attributes:
        containers: of the sender, for each queue.
        rate: requests a second of every Planfix account; None: what the seed draws otherwise.
        speed: bytes a second of each transfer.
        skew: seconds by which each container's clock may be wrong.
        events: what befalls it.
    """

    containers: int = min(CONTAINERS)
    rate: float | None = None
    speed: float = 0.0
    skew: float = max(SKEWS)
    events: tuple[str, ...] = ()

    @classmethod
    def of(cls, seed: int) -> Strain:
        chance = chance_of(f"strain of {seed}")
        containers, speed, skew, slow = *map(chance.choice, (CONTAINERS, SPEEDS, SKEWS)), chance.random()
        rate = None
        for one, share in SLOW_RATES:
            if rate is None and slow < share:
                rate = one
            slow -= share
        events = tuple(name for name, share in EVENTS.items() if chance.random() < share)
        return cls(containers, rate, speed, skew, events)


AT_EASE: Final = Strain()
"""Of a seed in which nothing is hard."""
