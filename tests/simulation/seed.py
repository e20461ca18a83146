"""One seed from its beginning to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.simulation.chance import Even, chance_of
from tests.simulation.faults import FEWEST, Calm, Cell, Faults
from tests.simulation.invariants import check, check_meanwhile
from tests.simulation.people import EVENTS, HOUR, Event, People, accounts_of, script_of
from tests.simulation.strain import AT_EASE, Strain
from tests.simulation.world import TOO_MANY_INVOCATIONS, Clocks, SimWorld

DAYS_APART = 5
"""Days by which Telegram's and Planfix's clocks may be ahead of ours, or behind it: nothing may change but what is said of times."""

PAGES = (100, 5, 7)
"""Comments that a page of Planfix's list holds: a hundred in reality, and few, so that what people write fills several."""

CALM_RATE = 10.0
"""Requests a second that Planfix allows where nothing goes wrong: nobody has to wait so long that it is told."""
CALM_GAP = 1_200.0
"""Seconds between events where nothing goes wrong: what one event starts is over before the next, however many calls it takes."""
CALM_EAGER_AFTER = (60.0, 120.0)
"""Seconds after which a new task is answered in, where nothing goes wrong."""

LOOKED_AT_EVERY = 5
"""Events between two looks at what must hold at any moment."""


@dataclass
class Outcome:
    """What a seed showed; plain values, so that it passes between processes."""

    seed: int
    violations: list[str]
    hits: Counter[Cell]
    counts: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)


def play(seed: int, *, tells: bool = False, route: str = "rest") -> Outcome:
    """Play a seed; its story is kept when something is violated, or always when it ``tells``."""
    with lived(seed, route=route) as (world, people):
        violations = check(world, people)
        if world.invocations >= TOO_MANY_INVOCATIONS:
            violations = [f"more than {TOO_MANY_INVOCATIONS} invocations: something turns in circles", *violations[:3]]
        elif not world.is_idle:
            violations.append("there is still something to do after ten days")
    counts = Counter(
        seeds=1,
        events=people.deeds.events,
        faults=world.faults.total,
        messages=len(people.deeds.said),
        answers=sum(one.meant_for_client for one in people.deeds.answers),
        sent=len(world.boundary.sent),
        invocations=world.invocations,
        overlaps=world.overlaps,
        redriven=world.redriven,
        doubled=sum(bool(one.disturbed) and not one.confirmed for one in world.boundary.sent),
    )
    return Outcome(
        seed, violations, world.faults.hits, counts, list(_story(world, people, seed)) if violations or tells else []
    )


@contextmanager
def lived(seed: int, calm: Even | None = None, route: str = "rest") -> Iterator[tuple[SimWorld, People]]:
    """The world and its people when a seed has come to its end.

    Args:
        seed: what people do, and what goes wrong.
        calm: no call meets a fault, nothing a person does overlaps what the one before started, the containers' clocks agree, and
            latencies are these even ones: then the end does not depend on which calls the bridge makes. None is the seed as it is.
        route: how the integrations reach Planfix.
    """
    chance, apart = Even() if calm else chance_of(f"latencies of {seed}"), chance_of(f"clocks of {seed}")
    strain, rate = AT_EASE if calm else Strain.of(seed), CALM_RATE if calm else chance.choice((1.0, 1.0, 2.0, 10.0))
    world = SimWorld(
        accounts=accounts_of(seed),
        rate=strain.rate or rate,
        faults=(Calm if calm else Faults).of(seed, EVENTS[0], route),
        chance=chance,
        clocks=Clocks(
            skew=strain.skew,
            telegram_ahead=apart.uniform(-DAYS_APART, DAYS_APART) * 86_400,
            planfix_ahead=apart.uniform(-DAYS_APART, DAYS_APART) * 86_400,
        ),
        page=PAGES[seed % len(PAGES)],
        containers=strain.containers,
    )
    world.boundary.speed = strain.speed
    people = People(world, seed)
    if calm:
        world.boundary.chance = calm
        people.eager_after = CALM_EAGER_AFTER
    try:
        _live(world, people, script_of(seed, world.faults, strain), CALM_GAP if calm else 0.0)
        _settle(world, people)
        people.know_new_tasks()
        yield world, people
    finally:
        world.timeline.close()


def _live(world: SimWorld, people: People, script: Sequence[Event], gap: float) -> None:
    """What people do, and what goes wrong meanwhile."""
    for number, event in enumerate(script):
        world.run(world.timeline.now + max(event.after, gap))
        world.faults.event(number)
        people.act(event)
        if not number % LOOKED_AT_EVERY:
            world.violations += check_meanwhile(world, people)
    world.pass_about(HOUR / 2)
    while world.faults.total < FEWEST and not isinstance(world.faults, Calm):
        world.faults.more(people.seed)
        for chat in people.chats:
            people.client_writes(chat)
        world.pass_about(HOUR / 2)


def _settle(world: SimWorld, people: People) -> None:
    """Faults end, everybody comes back, the dead letters are redriven, and in every chat both sides write once more."""
    world.faults.disarm()
    world.boundary.outages.clear()
    world.boundary.slowness.clear()
    world.boundary.rules.clear()
    world.story.add("", "from here on nothing goes wrong any more")
    for chat in people.chats:
        people.restore_token(chat.integration)
        people.restore_owner(chat)
        people.resume_chat(chat, None)
        people.unblock(chat)
    world.pass_about(HOUR / 4)
    for chat in people.chats:
        people.client_writes(chat)
    world.pass_about(16 * HOUR)  # longer than the longest wait that anybody asks for
    for _ in range(5):
        if not world.redrive():
            break
        world.pass_about(HOUR)
    for chat in people.chats:
        people.probe(chat)
    world.pass_about(240 * HOUR)


def _story(world: SimWorld, people: People, seed: int) -> Iterator[str]:
    yield f"Seed {seed}: {len(world.accounts)} integrations, {world.rate:g} requests a second, {Strain.of(seed)}"
    for account in world.accounts.values():
        yield f"  {account.alias}: {account.host}, {people.settings_of(account.alias)}"
    yield from world.story.told()
