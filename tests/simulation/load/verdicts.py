"""Judge a run by its bounds: each is kept or broken, with its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from tests.simulation.load import bounds
from tests.simulation.load.runs import MOST_INVOCATIONS, Run
from tests.simulation.load.scenarios import Scenario


@dataclass(frozen=True)
class Verdict:
    """Whether a bound is kept, and by how much."""

    bound: str
    kept: bool
    said: str


@dataclass(frozen=True)
class Row:
    """What one run showed; times in seconds, None where there was nothing to measure.

    Attributes:
        drained: until everything had arrived; None: it never did.
        bound: the same, as the slots allow it.
        requests: calls of Planfix, also those that were refused or never arrived.
        necessary: as many as the same work takes when nothing waits for anything.
        invocations: of the sender.
        receives: messages handed out.
        most_receives: of one message.
        in_flight: messages that were hidden or worked on, at most.
        billed: of the sender's invocations in all.
        p50: of answers, or of messages where nobody answers.
        p99: the same.
        passed: slots of lesser work that an answer's words waited for, at most.
        late: that a client's message arrived after its turn by age, at most.
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
    verdicts: tuple[Verdict, ...]

    @property
    def broken(self) -> list[Verdict]:
        """Bounds that are not kept."""
        return [one for one in self.verdicts if not one.kept]


def measure(
    scenario: Scenario, containers: int, seed: int = 1, *, share: float = 1.0, most_invocations: int = MOST_INVOCATIONS
) -> Row:
    """Play a scenario and judge it; the arguments are those of `Run`."""
    return judged(Run(scenario, containers, seed, share, most_invocations))


def judged(run: Run) -> Row:
    """The figures of a run, and its verdicts."""
    latencies = run.latencies()
    necessary, telegram_needed = run.needed or (None, None)
    return Row(
        scenario=run.scenario.name,
        said=run.scenario.said,
        containers=run.containers,
        drained=run.drained,
        bound=run.bound,
        requests=len(run.meter.slots),
        necessary=necessary,
        invocations=run.world.invocations,
        receives=run.world.receives,
        most_receives=run.world.most_receives,
        in_flight=run.world.most_in_flight,
        billed=run.world.billed,
        p50=_quantile(latencies, 0.5),
        p99=_quantile(latencies, 0.99),
        passed=run.passed(),
        late=run.late(),
        telegram_calls=run.meter.telegram_calls,
        telegram_needed=telegram_needed,
        verdicts=(*of_arrival(run), *_of_time_and_calls(run), *_of_looks(run), *_of_turns(run), *_of_hindrance(run)),
    )


def of_arrival(run: Run) -> Iterator[Verdict]:
    """Nothing is lost or doubled, each chat's order is kept, nothing is given up, and nothing broke a rule of the world."""
    there = sum(one.number in run.meter.arrived for one in run.letters)
    yield Verdict("arrived", there == len(run.letters), f"{there:,} of {len(run.letters):,}")
    twice = sum(len(times) > 1 for times in run.meter.arrived.values())
    yield Verdict("once", not twice, f"{twice:,} arrived more than once")
    overtaken = sum(1 for _ in run.overtaken())
    yield Verdict("in order", not overtaken, f"{overtaken:,} were overtaken in their own chat")
    dead = len(run.world.boundary.dead_letters)
    yield Verdict("nothing given up", not dead, f"{dead:,} dead letters")
    violations = run.world.violations
    yield Verdict("rules", not violations, f"{len(violations):,} broken: {violations[:1]}")


def _of_time_and_calls(run: Run) -> Iterator[Verdict]:
    took = "never" if run.drained is None else f"{run.drained:,.0f} s"
    yield Verdict("drained", run.drained is not None and run.drained <= run.bound, f"{took} of {run.bound:,.0f} s")
    if run.meter.fetched:
        fetched, files = run.meter.fetched.total(), len(run.meter.fetched)
        yield Verdict(
            "fetched once", fetched <= bounds.REFETCHED * files, f"{files} files were fetched {fetched} times"
        )
    made = (len(run.meter.slots), run.meter.telegram_calls)
    if run.needed is None:
        yield Verdict("requests", False, f"{made[0]:,}; it does not end even when nothing waits")
        return
    for name, calls, needed in zip(("requests", "Telegram's calls"), made, run.needed, strict=True):
        most = bounds.calls(run.scenario, needed, len(run.letters))
        yield Verdict(name, calls <= most, f"{calls:,} of {most:,}")


def _of_looks(run: Run) -> Iterator[Verdict]:
    """Waiting is bounded too: each receive and each invocation costs money."""
    world, waited = run.world, sum(map(run.waited, run.words))
    most = bounds.receives(run.scenario, len(run.words), waited)
    yield Verdict("receives", world.receives <= most, f"{world.receives:,} of {most:,.0f}")
    most = bounds.invocations(run.scenario, len(run.letters), run.took, waited)
    yield Verdict("invocations", world.invocations <= most, f"{world.invocations:,} of {most:,.0f}")
    for name, number, limit in (
        ("receives of one", world.most_receives, bounds.MOST_RECEIVES),
        ("in flight", world.most_in_flight, bounds.MOST_IN_FLIGHT),
    ):
        yield Verdict(name, number <= limit, f"{number:,} of {limit:,}")


def _of_turns(run: Run) -> Iterator[Verdict]:
    """Answers first, then messages by age."""
    scenario = run.scenario
    if scenario.most_passed is not None and any(one.kind == "answer" for one in run.letters):
        passed = run.passed()
        said = f"an answer waited for {passed} lesser slots of {scenario.most_passed}"
        yield Verdict("answers first", passed <= scenario.most_passed, said)
    within = _quantile(run.latencies(), 0.99)
    if scenario.answer_within is not None and within is not None:
        most = bounds.answered(scenario, scenario.answer_within)
        yield Verdict("answered", within <= most, f"99 of 100 within {within:,.1f} s of {most:,.1f}")
    late = run.late()
    if scenario.is_by_age and late is not None and run.needed is not None:
        most = bounds.late(scenario, run.needed[0], sum(one.kind == "message" for one in run.letters))
        yield Verdict("by age", late <= most, f"{late:,.0f} s late of {most:,.0f}")


def _of_hindrance(run: Run) -> Iterator[Verdict]:
    """What fails alone is alone, is not asked over and over, and is told of."""
    scenario = run.scenario
    if scenario.latency is not None:
        within = _quantile(sorted(run.waited(one) for one in run.words if not one.is_hindered), 0.99) or 0.0
        said = f"99 of 100 within {within:,.0f} s of {scenario.latency:g}"
        yield Verdict("others go on", within <= scenario.latency, said)
    if scenario.most_refusals is not None:
        refusals = run.meter.refusals.total()
        yield Verdict("asked again", refusals <= scenario.most_refusals, f"{refusals:,} of {scenario.most_refusals}")
    if scenario.tells_within is not None:
        after = run.told_after()
        yield Verdict("told", after <= scenario.tells_within, f"after {after:,.0f} s of {scenario.tells_within:g}")


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(ceil(share * len(ordered)), len(ordered)) - 1] if ordered else None
