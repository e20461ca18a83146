"""Slots: how often a destination is called, by every container together."""

from __future__ import annotations

import pytest

from bridge.aws.dynamodb import Table
from bridge.aws.pacer import FAILURES_BEFORE_PAUSE, LONGEST_PAUSE, MAX_WAIT, Pacer
from bridge.errors import Reason, RetryLater
from tests.clock import Clock
from tests.doubles.dynamodb import FakeDynamoDB


class Containers:
    """Several containers that call one destination once a second, and their common clock."""

    def __init__(self, *, time_left: float = 120.0) -> None:
        self.clock = Clock()
        dynamodb = FakeDynamoDB(self.clock)
        dynamodb.add_table("ledger", "pk")
        self.dynamodb, self.time_left, self.slept = dynamodb, time_left, 0.0
        self.table = Table(dynamodb, "ledger")

    def pacer(self, destination: str = "planfix#acme") -> Pacer:
        """A container's pacer; its sleep is remembered and moves no clock."""
        return Pacer(
            self.table,
            destination,
            per_second=1,
            clock=self.clock,
            sleep=self._sleep,
            time_left=lambda: self.time_left,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept = seconds


def test_first_call_waits_for_nothing() -> None:
    """A destination that was not called lately is called at once, for one write."""
    world = Containers()
    world.pacer().take()
    assert (world.slept, world.dynamodb.operations["update_item"]) == (0.0, 1)


def test_containers_share_the_slots() -> None:
    """Each further call at the same moment gets the next second, a little more than the limit apart."""
    world = Containers()
    slept = []
    for _ in range(4):
        world.pacer().take()
        slept.append(world.slept)
    assert slept == pytest.approx([0, 1.05, 2.1, 3.15])


def test_too_long_a_queue_is_a_matter_of_visibility() -> None:
    """A slot more than five seconds away is not waited for inside the function."""
    world = Containers()
    for _ in range(5):
        world.pacer().take()
    with pytest.raises(RetryLater) as later:
        world.pacer().take()
    assert later.value.after == pytest.approx(MAX_WAIT, abs=1.1)
    assert not later.value.counts


def test_destinations_do_not_hold_each_other() -> None:
    """Each destination has its own row."""
    world = Containers()
    world.pacer("planfix#acme").hold_off(1000, Reason.TOO_MANY_REQUESTS)
    world.pacer("telegram#1").take()
    assert world.slept == 0


def test_hold_off_holds_everybody() -> None:
    """A limit that one container was told of is obeyed by all, whatever its size, and spends no budget."""
    world = Containers()
    world.pacer().hold_off(50_000, Reason.TOO_MANY_REQUESTS)
    with pytest.raises(RetryLater) as later:
        world.pacer().take()
    assert (later.value.after, later.value.counts) == (pytest.approx(50_000), False)


def test_shorter_hold_off_does_not_shorten_a_longer_one() -> None:
    """The longest wait wins."""
    world = Containers()
    world.pacer().hold_off(500, Reason.TOO_MANY_REQUESTS)
    world.pacer().hold_off(10, Reason.TOO_MANY_REQUESTS)
    with pytest.raises(RetryLater) as later:
        world.pacer().take()
    assert later.value.after == pytest.approx(500)


def test_repeated_failures_hold_everybody_longer_and_longer() -> None:
    """From the third failure in a row on everybody waits, at most five minutes; such waits spend the budget."""
    world, waits = Containers(), []
    for number in range(FAILURES_BEFORE_PAUSE + 8):
        world.pacer().failed()
        if number < FAILURES_BEFORE_PAUSE - 1:
            continue
        with pytest.raises(RetryLater) as later:
            world.pacer().take()
        assert (later.value.counts, later.value.reason) == (True, Reason.SERVICE_DOWN)
        waits.append(later.value.after)
        world.clock.now += later.value.after + 1
    assert waits[0] == pytest.approx(10)
    assert max(waits) == pytest.approx(LONGEST_PAUSE)
    assert waits == sorted(waits)


def test_an_outage_of_weeks_holds_nobody_longer() -> None:
    """A service that failed two thousand times in a row is asked every five minutes still, and counts as failing."""
    world = Containers()
    pacer = world.pacer()
    for _ in range(2_000):
        pacer.failed()
    assert world.dynamodb.items("ledger")[0]["next_allowed"] <= (world.clock() + LONGEST_PAUSE) * 1000


def test_an_answer_ends_the_count_of_failures() -> None:
    """After an answer, two failures are again one client's bad luck."""
    world = Containers()
    pacer = world.pacer()
    for _ in range(FAILURES_BEFORE_PAUSE - 1):
        pacer.failed()
    pacer.take()
    pacer.answered()
    pacer.failed()
    world.clock.now += 2
    world.pacer().take()


def test_nothing_begins_too_near_the_end() -> None:
    """With less left than a call's own timeout, its wait and five seconds, no call begins."""
    for left, begins in ((65.5, True), (64.5, False)):
        world = Containers(time_left=left)
        if begins:
            world.pacer().take()
            with pytest.raises(RetryLater):
                world.pacer().take()  # its slot is a second away, and so is the end
        else:
            with pytest.raises(RetryLater):
                world.pacer().take()


@pytest.mark.parametrize("per_second", [1, 3, 100, 1000])
def test_slots_lie_further_apart_than_the_limit(per_second: float) -> None:
    """The margin holds at every rate: rounding to milliseconds never eats it."""
    world = Containers()
    pacer = Pacer(
        world.table,
        "planfix#acme",
        per_second=per_second,
        clock=world.clock,
        sleep=world._sleep,
        time_left=lambda: 120.0,
    )
    pacer.take()
    pacer.take()
    assert world.slept * per_second >= 1.049


def test_nobody_is_held_off_for_longer_than_a_day() -> None:
    """A wait in another unit, or without an end, is believed for a day only; then the remote is asked again."""
    for told in (3e9, float("inf")):
        world = Containers()
        world.pacer().hold_off(told, Reason.TOO_MANY_REQUESTS)
        with pytest.raises(RetryLater) as later:
            world.pacer().take()
        assert later.value.after == pytest.approx(86_400)


@pytest.mark.parametrize("asked", [Reason.TOO_MANY_REQUESTS, Reason.PLANFIX_QUOTA])
def test_who_comes_while_it_is_held_off_learns_who_asked_and_until_when(asked: Reason) -> None:
    """A service that named a time is named, also to those who did not ask it themselves; it spends no budget."""
    world = Containers()
    world.pacer().hold_off(900, asked)
    world.clock.now += 300
    with pytest.raises(RetryLater) as later:
        world.pacer().take()
    assert (later.value.reason, later.value.counts) == (asked, False)
    assert later.value.after == pytest.approx(600, abs=1)


def test_who_asked_is_forgotten_when_the_time_has_come() -> None:
    """A pause after failures, later, is nobody's wish."""
    world = Containers()
    world.pacer().hold_off(10, Reason.TOO_MANY_REQUESTS)
    world.clock.now += 100
    for _ in range(FAILURES_BEFORE_PAUSE):
        world.pacer().failed()
    with pytest.raises(RetryLater) as later:
        world.pacer().take()
    assert (later.value.reason, later.value.counts) == (Reason.SERVICE_DOWN, True)
