"""How much time, how many calls and how many looks a load may take: every number of the verdicts, with its reason."""

from __future__ import annotations

from math import ceil
from typing import Final

from bridge.aws.pacer import MARGIN
from tests.simulation.load.scenarios import Scenario

FACTOR: Final = 1.1
"""By which time and requests may exceed what is necessary: the promise that docs/reliability.md gives."""
EDGE: Final = 10
"""Slots more that a run may take: a small one is judged by its middle, not by its beginning and end."""
ON_THE_WAY: Final = 2.0
"""Seconds of an answer's way besides its slots."""
REFETCHED: Final = 1.1
"""How often a file's bytes may be fetched."""
FIRST_LOOKS: Final = 8
"""Receives that each message has besides those while it waits: as many as a failing service costs until its waits have grown to a
quarter of an hour (flows/batch.py), and more than a line does."""
SECONDS_OF_A_LOOK: Final = 10.0
"""Somebody may look once in so many seconds whether there is room, however many messages and containers there are."""
BATCH: Final = 10
"""Messages that one invocation may get."""
BATCHES_APART: Final = 2
"""Batches by which a message may be carried later than its age says: what is in the hands of containers already."""
MOST_RECEIVES: Final = 500
"""Of one message: SQS gives it up after 1,000 (template.yaml)."""
MOST_IN_FLIGHT: Final = 120_000
"""Of one FIFO queue (SQS)."""


def gap(scenario: Scenario) -> float:
    """Seconds from slot to slot."""
    return ceil(1000 / scenario.rate * MARGIN) / 1000


def drained(scenario: Scenario, necessary: int | None, letters: int, last_deed: float) -> float:
    """Seconds within which everything arrives.

    What hinders passes and the waits for it end; then the slots count, those of the notices too, and the bytes, both ways and one
    file after another.
    """
    free = scenario.until + (scenario.looks_every if scenario.until else 0.0)
    carried = 2 * scenario.bytes_carried / scenario.speed if scenario.speed else 0.0
    slots = (necessary or 0) + scenario.told_each * letters
    work = FACTOR * (slots * gap(scenario) + carried)
    return max(last_deed, free + work) + EDGE * gap(scenario)


def calls(scenario: Scenario, necessary: int, letters: int) -> int:
    """Of a service."""
    return int(FACTOR * necessary) + EDGE + scenario.extra_requests + scenario.extra_each * letters


def receives(scenario: Scenario, messages: int, waited: float) -> float:
    """Messages handed out; ``waited``: seconds of all of them."""
    return FIRST_LOOKS * messages + waited / scenario.looks_every


def invocations(scenario: Scenario, letters: int, took: float, waited: float) -> float:
    """As each receive may be one of its own: those that look for room, and those that hand on full batches of what waits."""
    return FIRST_LOOKS * letters + took / SECONDS_OF_A_LOOK + waited / scenario.looks_every


def late(scenario: Scenario, necessary: int, messages: int) -> float:
    """Seconds after a message's turn by age."""
    return (BATCHES_APART * BATCH * necessary / messages + EDGE) * gap(scenario)


def answered(scenario: Scenario, slots: int) -> float:
    """Seconds of 99 of 100 answers that may wait for so many slots."""
    return slots * gap(scenario) + ON_THE_WAY
