"""A short run of the simulation; ``make simulate`` is the long one."""

from __future__ import annotations

import pytest

from tests.simulation.faults import FEWEST
from tests.simulation.people import EVENTS, accounts_of
from tests.simulation.seed import play
from tests.simulation.strain import CONTAINERS, SKEWS, SLOW_RATES, SPEEDS, Strain
from tests.simulation.strain import EVENTS as STRAIN

SEEDS = range(40)
AT_ONCE = 5
ROUTES = {"rest": SEEDS, "chat_api": range(20)}


@pytest.mark.parametrize(
    ("route", "first"), [(route, first) for route, seeds in ROUTES.items() for first in seeds[::AT_ONCE]]
)
def test_nothing_is_violated(route: str, first: int) -> None:
    """Whatever people do and whatever fails: every message and every answer ends once, in order, and visibly."""
    for seed in range(first, first + AT_ONCE):
        outcome = play(seed, route=route)
        replay = f"make simulate SEED={seed} ROUTE={route}"
        assert not outcome.violations, "\n".join([*outcome.story, *outcome.violations, replay])
        assert outcome.counts["faults"] >= FEWEST
        assert outcome.counts["events"] >= EVENTS[0]


def test_every_other_seed_has_two_integrations_on_one_planfix_host() -> None:
    """Half of the seeds share a Planfix account between integrations, the others do not."""
    shared = [len({one.host for one in accounts_of(seed)}) < len(accounts_of(seed)) for seed in SEEDS]
    assert shared == [bool(seed % 2) for seed in SEEDS]


def test_the_seeds_meet_every_strain() -> None:
    """Any number of containers, each pace and speed, and whatever befalls a chat, a task, a bot or everybody."""
    drawn = [Strain.of(seed) for seed in SEEDS]
    assert {one.containers for one in drawn} == set(CONTAINERS)
    assert {one.rate for one in drawn} == {None, *dict(SLOW_RATES)}
    assert {one.speed for one in drawn} == set(SPEEDS)
    assert {one.skew for one in drawn} == set(SKEWS)
    assert {event for one in drawn for event in one.events} == set(STRAIN)


@pytest.mark.parametrize("route", ROUTES)
def test_a_seed_is_the_same_whenever_it_is_played(route: str) -> None:
    """What a failing seed shows can be seen again, line by line."""
    assert play(7, tells=True, route=route).story == play(7, tells=True, route=route).story
