"""Play a scenario, and measure what came of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from tests.simulation.chance import chance_of
from tests.simulation.load import bounds
from tests.simulation.load.crowd import Crowd, Letter, LoadWorld
from tests.simulation.load.scenarios import Scenario

MOST_INVOCATIONS: Final = 20_000
"""With more, a run is given up, unless its bound allows them: the drain is then not measured but broken."""
LONGEST: Final = 3 * 3600.0
"""Seconds that a run may take beyond what its bound allows."""
CALM: Final = 20
"""Slots between two deeds when it is measured what is necessary: more than any of them takes."""


def necessary(scenario: Scenario, seed: int, share: float) -> tuple[int, int] | None:
    """Calls of Planfix and of Telegram that the same work takes one container, each deed done when the one before has ended.

    None: it never ends even so.
    """
    crowd = _crowd(scenario, 1, seed, share * scenario.sample, MOST_INVOCATIONS)
    transfer = 3 * scenario.bytes_carried / scenario.speed / len(crowd.deeds) if scenario.speed else 0.0
    try:
        last = crowd.begin(spacing=CALM * bounds.gap(scenario) + transfer, together=scenario.together)
        crowd.live(last + LONGEST)
    finally:
        crowd.world.timeline.close()
    meter = crowd.world.boundary.meter
    planfix, telegram = (round(made / scenario.sample) for made in (len(meter.slots), meter.telegram_calls))
    return (planfix, telegram) if crowd.is_done else None


def _crowd(scenario: Scenario, containers: int, seed: int, share: float, most_invocations: int) -> Crowd:
    world = LoadWorld(
        seed, containers=containers, rate=scenario.rate, speed=scenario.speed, most_invocations=most_invocations
    )
    crowd = Crowd(world, chance_of(f"crowd of load {seed}"))
    scenario.plan(crowd, share)
    return crowd


class Run:
    """One run of a scenario, played when it is made.

    Args:
        scenario: which one.
        containers: of each queue.
        seed: of everything that is left to chance.
        share: of the people; less is a small version, judged by the same bounds.
        most_invocations: with more the run is given up, unless its bound allows them.

    Attributes:
        needed: calls of Planfix and of Telegram that are necessary; None: the work never ends.
        bound: seconds within which everything must arrive.
        letters: all that was written.
        meter: what passed.
    """

    def __init__(
        self, scenario: Scenario, containers: int, seed: int, share: float, most_invocations: int = MOST_INVOCATIONS
    ) -> None:
        self.scenario = scenario
        self.containers = containers
        self.needed = necessary(scenario, seed, share)
        crowd = _crowd(scenario, containers, seed, share, most_invocations)
        self.world = crowd.world
        self.meter = self.world.boundary.meter
        self.began = self.world.timeline.now
        try:
            scenario.hinder(crowd, self.began)
            many = len(crowd.letters)
            self.bound = bounds.drained(scenario, self.needed[0] if self.needed else None, many, crowd.begin())
            allowed = bounds.invocations(scenario, many, self.bound, self.bound * many / 2)
            self.world.give_up_after(max(most_invocations, int(allowed)))
            crowd.live(self.bound + LONGEST)
        finally:
            self.world.timeline.close()
        self.letters = list(crowd.letters.values())

    def arrived(self, letter: Letter) -> float | None:
        """When a letter was there."""
        times = self.meter.arrived.get(letter.number)
        return times[0] if times else None

    def waited(self, letter: Letter) -> float:
        """Seconds that a letter was or is on its way."""
        return (self.arrived(letter) or self.world.timeline.now) - letter.at if letter.at else 0.0

    @property
    def took(self) -> float:
        """Seconds until all had arrived, or until the run was given up."""
        return self.world.timeline.now - self.began if self.drained is None else self.drained

    @property
    def drained(self) -> float | None:
        """Seconds until the last letter arrived; None: one never did."""
        times = [self.arrived(letter) for letter in self.letters]
        there = [at for at in times if at is not None]
        return max(there) - self.began if len(there) == len(times) else None

    @property
    def words(self) -> list[Letter]:
        """Messages and answers, without their files."""
        return [letter for letter in self.letters if letter.kind != "file"]

    def latencies(self) -> list[float]:
        """Of answers, or of messages where nobody answers; what never came counts as long as it was waited for."""
        kind = "answer" if any(letter.kind == "answer" for letter in self.letters) else "message"
        return sorted(self.waited(one) for one in self.letters if one.kind == kind and one.at and not one.is_hindered)

    def passed(self) -> int:
        """Slots that lesser work took while an answer's words waited; of the answer for which they are most."""
        lesser = [slot.at for slot in self.meter.slots if slot.is_lesser]
        end = self.world.timeline.now
        return max(
            (
                bisect_left(lesser, self.arrived(one) or end) - bisect_right(lesser, one.at)
                for one in self.letters
                if one.kind == "answer" and one.at and not one.is_hindered
            ),
            default=0,
        )

    def late(self) -> float | None:
        """Seconds that a client's message arrived after the message whose turn it was by age; the worst of them."""
        messages = sorted((one for one in self.letters if one.kind == "message"), key=lambda one: one.at)
        there = [self.arrived(one) or self.world.timeline.now for one in messages]
        return max((own - turn for own, turn in zip(there, sorted(there), strict=True)), default=None)

    def overtaken(self) -> Iterator[Letter]:
        """Letters that arrived after a younger one of the same chat and way."""
        newest: dict[tuple[int, str], float] = {}
        for letter in sorted(self.words, key=lambda one: (one.at, one.number)):
            at = self.arrived(letter)
            if at is None:
                continue
            if at < newest.get((letter.client, letter.kind), 0.0):
                yield letter
            newest[letter.client, letter.kind] = at

    def told_after(self) -> float:
        """Seconds until an employee was told that an answer waits whose chat is hindered; of the answer that took longest."""
        hindered = [one for one in self.letters if one.is_hindered and one.kind == "answer"]
        return max(min(self.meter.told.get(one.number, [self.world.timeline.now])) - one.at for one in hindered)
