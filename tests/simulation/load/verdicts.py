"""Play a scenario, measure it, and judge it by the bounds: each is kept or broken, with its figures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from bridge.aws.pacer import MARGIN
from tests.simulation.chance import chance_of
from tests.simulation.load.crowd import Crowd, Letter, LoadWorld
from tests.simulation.load.scenarios import Scenario

FACTOR: Final = 1.1
"""By which time and requests may exceed what is necessary (issue: "What must hold")."""
EDGE: Final = 10
"""Slots more that a run may take: a small one is judged by its middle, not by its beginning and end."""
ON_THE_WAY: Final = 2.0
"""Seconds of an answer's way besides its slots."""
REFETCHED: Final = 1.1
"""How often a file's bytes may be fetched."""
FIRST_LOOKS: Final = 5
"""Receives that each message has besides those while it waits."""
SECONDS_OF_A_LOOK: Final = 10.0
"""Somebody may look once in so many seconds whether there is room, however many messages and containers there are."""
BATCHES_APART: Final = 2
"""Batches of ten by which a message may be carried later than its age says: what is in the hands of containers already."""
BATCH: Final = 10
"""Messages that one invocation may get."""
MOST_RECEIVES: Final = 500
"""Of one message: SQS gives it up after 1,000 (template.yaml)."""
MOST_IN_FLIGHT: Final = 120_000
"""Of one FIFO queue (SQS)."""
MOST_INVOCATIONS: Final = 20_000
"""With more, a run is given up, unless its bound allows them: the drain is then not measured but broken."""
LONGEST: Final = 3 * 3600.0
"""Seconds that a run may take beyond what its bound allows."""
CALM: Final = 20
"""Slots between two deeds when it is measured what is necessary: more than any of them takes."""


@dataclass(frozen=True)
class Verdict:
    """Whether a bound is kept, and by how much."""

    bound: str
    kept: bool
    said: str


@dataclass
class Row:
    """What one run showed. Seconds, if nothing else is said; NaN-free: what was not measured is None.

    Attributes:
        drained: until everything had arrived; None: it never did.
        bound: the same, as the slots allow it.
        requests: calls of Planfix.
        necessary: as many as the same work takes when nothing waits for anything.
        invocations: of the sender.
        receives: messages handed out.
        most_receives: of one message.
        billed: seconds of the sender.
        p50: of answers, or of messages where nobody answers.
        p99: the same.
        passed: slots of lesser work that an answer's words waited for, at most.
        late: seconds that a client's message arrived after its turn by age, at most.
        telegram_calls: of the Bot API, files apart.
        telegram_needed: as ``necessary``.
    """

    scenario: str
    said: str
    containers: int
    drained: float | None
    bound: float
    requests: int
    necessary: int | None
    invocations: int
    receives: int
    most_receives: int
    in_flight: int
    billed: float
    p50: float | None
    p99: float | None
    passed: int
    late: float | None
    telegram_calls: int
    telegram_needed: int | None
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def broken(self) -> list[Verdict]:
        """Bounds that are not kept."""
        return [one for one in self.verdicts if not one.kept]


def measure(
    scenario: Scenario, containers: int, seed: int = 1, *, share: float = 1.0, most_invocations: int = MOST_INVOCATIONS
) -> Row:
    """Play a scenario and judge it.

    Args:
        scenario: which one.
        containers: of each queue.
        seed: of everything that is left to chance.
        share: of the people; less is a small version, judged by the same bounds.
        most_invocations: with more the run is given up.
    """
    return Run(scenario, containers, seed, share, most_invocations).row()


def necessary(scenario: Scenario, seed: int, share: float) -> tuple[int, int] | None:
    """Calls of Planfix and of Telegram that the same work takes one container, each deed done when the one before has ended.

    None: it never ends even so.
    """
    part = share * scenario.sample
    crowd = _crowd(scenario, 1, seed, part, MOST_INVOCATIONS)
    gap = gap_of(scenario)
    transfer = 3 * scenario.bytes_carried / scenario.speed / len(crowd.deeds) if scenario.speed else 0.0
    try:
        last = crowd.begin(spacing=CALM * gap + transfer, together=scenario.together)
        crowd.live(last + LONGEST)
    finally:
        crowd.world.timeline.close()
    meter = crowd.world.boundary.meter
    calls = (len(meter.slots), meter.telegram_calls)
    planfix, telegram = (round(number / scenario.sample) for number in calls)
    return (planfix, telegram) if crowd.is_done else None


def gap_of(scenario: Scenario) -> float:
    """Seconds from slot to slot."""
    return ceil(1000 / scenario.rate * MARGIN) / 1000


def _crowd(scenario: Scenario, containers: int, seed: int, share: float, most_invocations: int) -> Crowd:
    world = LoadWorld(
        seed, containers=containers, rate=scenario.rate, speed=scenario.speed, most_invocations=most_invocations
    )
    crowd = Crowd(world, chance_of(f"crowd of load {seed}"))
    scenario.plan(crowd, share)
    return crowd


class Run:
    """One run of a scenario."""

    def __init__(self, scenario: Scenario, containers: int, seed: int, share: float, most_invocations: int) -> None:
        self.scenario = scenario
        self.containers = containers
        self.gap = gap_of(scenario)
        measured = necessary(scenario, seed, share)
        self.necessary, self.telegram_needed = measured or (None, None)
        self.crowd = _crowd(scenario, containers, seed, share, most_invocations)
        self.world = self.crowd.world
        self.meter = self.world.boundary.meter
        self.began = self.world.timeline.now
        try:
            scenario.hinder(self.crowd, self.began)
            self.last_deed = self.crowd.begin()
            self.bound = self._bound()
            longest = self._most_invocations(self.bound, self.bound * len(self.crowd.letters))
            self.world.give_up_after(max(most_invocations, int(longest)))
            self.crowd.live(self.bound + LONGEST)
        finally:
            self.world.timeline.close()
        self.letters = list(self.crowd.letters.values())

    def _bound(self) -> float:
        """Seconds within which everything arrives: what hinders passes, its waits end, then the slots and the bytes alone count."""
        scenario = self.scenario
        free = scenario.until + (scenario.looks_every if scenario.until else 0.0)
        carried = 2 * scenario.bytes_carried / scenario.speed if scenario.speed else 0.0
        work = FACTOR * ((self.necessary or 0) * self.gap + carried)
        return max(self.last_deed, free + work) + EDGE * self.gap

    # -- what is measured

    def arrived(self, letter: Letter) -> float | None:
        """When a letter was there."""
        times = self.meter.arrived.get(letter.number)
        return times[0] if times else None

    def _waited(self, letter: Letter) -> float:
        """Seconds that a letter was or is on its way."""
        return (self.arrived(letter) or self.world.timeline.now) - letter.at if letter.at else 0.0

    @property
    def drained(self) -> float | None:
        """Seconds until the last letter arrived."""
        times = [self.arrived(letter) for letter in self.letters]
        there = [at for at in times if at is not None]
        return max(there) - self.began if len(there) == len(times) else None

    def latencies(self) -> list[float]:
        """Of answers' words, or of messages where nobody answers; what never came counts as long as it was waited for."""
        kind = "answer" if any(letter.kind == "answer" for letter in self.letters) else "message"
        return sorted(self._waited(one) for one in self.letters if one.kind == kind and one.at and not one.is_hindered)

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

    def row(self) -> Row:
        latencies = self.latencies()
        row = Row(
            scenario=self.scenario.name,
            said=self.scenario.said,
            containers=self.containers,
            drained=self.drained,
            bound=self.bound,
            requests=len(self.meter.slots),
            necessary=self.necessary,
            invocations=self.world.invocations,
            receives=self.world.receives,
            most_receives=self.world.most_receives,
            in_flight=self.world.most_in_flight,
            billed=self.world.billed,
            p50=_quantile(latencies, 0.5),
            p99=_quantile(latencies, 0.99),
            passed=self.passed(),
            late=self.late(),
            telegram_calls=self.meter.telegram_calls,
            telegram_needed=self.telegram_needed,
        )
        row.verdicts = list(self._verdicts(row))
        return row

    # -- what is judged

    def _verdicts(self, row: Row) -> Iterator[Verdict]:
        scenario = self.scenario
        yield from self.verdicts_of_arrival()
        drained = "never" if row.drained is None else f"{row.drained:,.0f} s"
        kept = row.drained is not None and row.drained <= row.bound
        yield Verdict("drained", kept, f"{drained} of {row.bound:,.0f} s")
        if row.necessary is None:
            yield Verdict("requests", False, f"{row.requests:,}; it does not end even when nothing waits")
        else:
            for name, calls, needed in (
                ("requests", row.requests, row.necessary),
                ("Telegram's calls", row.telegram_calls, row.telegram_needed or 0),
            ):
                most = int(FACTOR * needed) + EDGE + scenario.extra_requests
                yield Verdict(name, calls <= most, f"{calls:,} of {most:,}")
        yield from self._looks(row)
        if scenario.most_passed is not None and any(one.kind == "answer" for one in self.letters):
            said = f"an answer waited for {row.passed} lesser slots of {scenario.most_passed}"
            yield Verdict("answers first", row.passed <= scenario.most_passed, said)
        if scenario.answer_within is not None and row.p99 is not None:
            most_s = scenario.answer_within * self.gap + ON_THE_WAY
            yield Verdict("answered", row.p99 <= most_s, f"99 of 100 within {row.p99:,.1f} s of {most_s:,.1f}")
        if scenario.latency is not None:
            others = [one for one in self.letters if one.kind != "file" and not one.is_hindered]
            within = _quantile(sorted(map(self._waited, others)), 0.99) or 0.0
            said = f"99 of 100 within {within:,.0f} s of {scenario.latency:g}"
            yield Verdict("others go on", within <= scenario.latency, said)
        if scenario.most_refusals is not None:
            refusals = self.meter.refusals.total()
            yield Verdict(
                "asked again", refusals <= scenario.most_refusals, f"{refusals:,} of {scenario.most_refusals}"
            )
        if scenario.tells_within is not None:
            yield self._told(scenario.tells_within)
        if scenario.is_by_age and row.late is not None and row.necessary is not None:
            messages = sum(one.kind == "message" for one in self.letters)
            most_late = BATCHES_APART * BATCH * self.gap * row.necessary / messages + EDGE * self.gap
            yield Verdict("by age", row.late <= most_late, f"{row.late:,.0f} s late of {most_late:,.0f}")
        if self.meter.fetched:
            fetched, files = self.meter.fetched.total(), len(self.meter.fetched)
            yield Verdict("fetched once", fetched <= REFETCHED * files, f"{files} files were fetched {fetched} times")

    def verdicts_of_arrival(self) -> Iterator[Verdict]:
        """Nothing is lost or doubled, each chat's order is kept, nothing is given up, and nothing broke a rule of the world."""
        lost = [one for one in self.letters if one.number not in self.meter.arrived]
        twice = [number for number, times in self.meter.arrived.items() if len(times) > 1]
        yield Verdict("arrived", not lost, f"{len(self.letters) - len(lost):,} of {len(self.letters):,}")
        if twice:
            yield Verdict("once", False, f"{len(twice):,} arrived more than once")
        out_of_order = sum(1 for _ in self._overtaken())
        if out_of_order:
            yield Verdict("in order", False, f"{out_of_order:,} were overtaken in their own chat")
        if dead := len(self.world.boundary.dead_letters):
            yield Verdict("nothing given up", False, f"{dead:,} dead letters")
        if violations := self.world.violations:
            yield Verdict("rules", False, f"{len(violations):,}: {violations[0]}")

    def _told(self, within: float) -> Verdict:
        """Employees learn that an answer waits."""
        hindered = [one for one in self.letters if one.is_hindered and one.kind == "answer"]
        times = [min(self.meter.told.get(one.number, [self.world.timeline.now])) - one.at for one in hindered]
        return Verdict("told", max(times) <= within, f"after {max(times):,.0f} s of {within:g}")

    def _overtaken(self) -> Iterator[Letter]:
        newest: dict[tuple[int, str], float] = {}
        for letter in sorted(self.letters, key=lambda one: (one.at, one.number)):
            at = self.arrived(letter)
            if at is None or letter.kind == "file":
                continue
            if at < newest.get((letter.client, letter.kind), 0.0):
                yield letter
            newest[letter.client, letter.kind] = at

    def _most_invocations(self, took: float, waited: float) -> float:
        """Two for each message, answer and file, those that look for room, and those that hand on full batches of what waits."""
        looks = waited / self.scenario.looks_every / BATCH
        return 2 * len(self.crowd.letters) + took / SECONDS_OF_A_LOOK + looks

    def _looks(self, row: Row) -> Iterator[Verdict]:
        """Waiting is bounded too: each receive and each invocation costs money."""
        waited = [self._waited(letter) for letter in self.letters if letter.kind != "file"]
        receives = FIRST_LOOKS * len(waited) + sum(waited) / self.scenario.looks_every
        yield Verdict("receives", row.receives <= receives, f"{row.receives:,} of {receives:,.0f}")
        took = row.drained if row.drained is not None else self.world.timeline.now - self.began
        most = self._most_invocations(took, sum(waited))
        yield Verdict("invocations", row.invocations <= most, f"{row.invocations:,} of {most:,.0f}")
        if row.most_receives > MOST_RECEIVES:
            yield Verdict("receives of one", False, f"{row.most_receives:,} of {MOST_RECEIVES}")
        if row.in_flight > MOST_IN_FLIGHT:
            yield Verdict("in flight", False, f"{row.in_flight:,} of {MOST_IN_FLIGHT:,}")


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(ceil(share * len(ordered)), len(ordered)) - 1] if ordered else None
