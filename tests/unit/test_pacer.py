"""Slots: how often a destination is called, by every container together, and who goes before whom."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.aws.dynamodb import Table
from bridge.aws.line import LONGEST
from bridge.aws.pacer import FAILURES_BEFORE_PAUSE, LONGEST_PAUSE, Pacer
from bridge.errors import InLine, OutOfTime, Reason, RetryLater
from bridge.model import CALL
from bridge.transfer import after_a_moment
from bridge.turn import Turn
from tests.clock import Clock
from tests.doubles.dynamodb import FakeDynamoDB

SLOT = 1.05
"""Seconds."""


class Containers:
    """Several containers that call one destination once a second, and their common clock."""

    def __init__(self, *, time_left: float = 300.0, per_second: float = 1.0, is_scarce: bool = True) -> None:
        self.clock = Clock()
        dynamodb = FakeDynamoDB(self.clock)
        dynamodb.add_table("ledger", "pk")
        self.dynamodb, self.time_left, self.slept = dynamodb, time_left, 0.0
        self.table = Table(dynamodb, "ledger")
        self.per_second, self.is_scarce, self.clients = per_second, is_scarce, 0

    def pacer(self, destination: str = "planfix#acme", *, sleeps: bool = False, **turn: object) -> Pacer:
        """The pacer of a container that carries something of another client; its sleep moves the clock if it ``sleeps``."""
        self.clients += 1
        about = {"is_answer": True, "group": f"client {self.clients}", "message_id": str(self.clients), **turn}
        mine = Turn(lambda: self.time_left, **about)  # type: ignore[arg-type]
        return Pacer(
            self.table,
            destination,
            per_second=self.per_second,
            clock=self.clock,
            sleep=self._pass if sleeps else self._sleep,
            turn=lambda: mine,
            is_scarce=self.is_scarce,
        )

    def message(self, *, has_begun: bool = False, **turn: object) -> Pacer:
        """The pacer of a container that carries a client's message."""
        begun = {"planfix#acme"} if has_begun else set()
        return self.pacer(sleeps=True, is_answer=False, begun=begun, **turn)

    def row(self) -> dict[str, Any]:
        """What the containers know of the destination."""
        return self.table.get({"pk": "pace#planfix#acme"}) or {}

    def keep_place(self, message_id: str, number: int) -> None:
        """A message lies in its queue with a place in line."""
        row = {"ticket": number, "head": 0, "seen_at": int(self.clock.now)}
        self.table.put({"pk": f"line#planfix#acme#{message_id}", **row})

    def waited(self, pacer: Pacer, *, gives_way: bool = False) -> float:
        """Seconds until its slot."""
        before = self.clock.now
        pacer.take(gives_way=gives_way)
        return self.clock.now - before

    def _sleep(self, seconds: float) -> None:
        self.slept = seconds

    def lose(self, seconds: float) -> None:
        self.time_left -= seconds

    def _pass(self, seconds: float) -> None:
        self.clock.now += seconds


def test_first_call_waits_for_nothing() -> None:
    """A destination that was not called lately is called at once, for one write."""
    world = Containers()
    world.pacer().take()
    assert (world.slept, dict(world.dynamodb.operations)) == (0.0, {"update_item": 1})


def test_containers_share_the_slots() -> None:
    """Each further answer at the same moment gets the next second, a little more than the limit apart."""
    world = Containers()
    slept = []
    for _ in range(4):
        world.pacer().take()
        slept.append(world.slept)
    assert slept == pytest.approx([0, SLOT, 2 * SLOT, 3 * SLOT], abs=0.01)


def test_answer_goes_before_messages_and_files() -> None:
    """While a newcomer, a message that has begun and a file want the next slot, an answer takes it."""
    for other, gives_way in ((Containers.message, False), (Containers.message, True)):
        for has_begun in (False, True):
            world = Containers()
            world.pacer().take()
            world.pacer().take()
            message = other(world, has_begun=has_begun)
            assert world.waited(message, gives_way=gives_way) > 1.4 * SLOT, (
                "GIVEN that it waits for slots that answers took"
            )
            world.pacer().take()
            assert world.slept <= 2 * SLOT


class Stopped(Exception):
    """It would sleep on."""


def arrives(world: Containers, **turn: object) -> RetryLater | None:
    """A client's message comes while no time passes: None when it has a slot or stays awake for one, else how it is sent back."""
    pacer, sleeps = world.pacer(is_answer=False, **turn), iter(range(5))

    def sleep(_: float) -> None:
        if next(sleeps, None) is None:
            raise Stopped

    pacer._sleep = sleep
    try:
        pacer.take()
    except Stopped:
        return None
    except RetryLater as later:
        return later
    return None


def test_messages_never_take_more_than_two_slots_ahead() -> None:
    """However many messages wait, the next answer has at most the slots that are near before it."""
    world = Containers()
    world.pacer().take()
    world.pacer(is_answer=False, begun={"planfix#acme"}).take()
    for _ in range(5):
        assert arrives(world, begun={"planfix#acme"}) is None, "GIVEN messages that have begun, and wait"
    world.pacer().take()
    assert world.slept <= 3 * SLOT


def test_who_has_begun_is_not_sent_away() -> None:
    """However many answers have the slots before it, a message that has begun waits as long as its time allows."""
    world = Containers()
    for _ in range(60):
        world.pacer().take()
    assert world.waited(world.message(has_begun=True)) == pytest.approx(60 * SLOT, abs=SLOT)


def test_slot_is_never_lost() -> None:
    """What has not the time to wait for a slot takes none: the next one is free for others."""
    world = Containers()
    for _ in range(3):
        world.pacer().take()
    world.time_left = CALL + 4
    with pytest.raises(OutOfTime):
        world.pacer().take()
    world.time_left = 300
    world.pacer().take()
    assert world.slept == pytest.approx(3 * SLOT, abs=0.01), "the fourth slot, as three were taken"


def test_newcomers_come_by_age() -> None:
    """A long line: its first wait in their containers, all others in their queue, longer the further behind they are."""
    world = Containers()
    for _ in range(40):
        world.pacer().take()  # so that no slot is free for a while
    came = [arrives(world) for _ in range(20)]
    back = [one for one in came if one is not None]
    assert (came[:3], len(back)) == ([None] * 3, 17)
    assert [one.after for one in back] == sorted(one.after for one in back)
    assert (back[-1].after <= LONGEST, any(one.counts for one in back)) == (True, False)


def test_newcomer_does_not_overtake_the_line() -> None:
    """A slot is free, and it is for whoever drew a ticket before."""
    world = Containers()
    for _ in range(5):
        world.pacer().take()
    for _ in range(6):
        arrives(world)
    world.clock.now += 5 * SLOT
    assert arrives(world) is not None


def test_whoever_comes_back_has_its_place() -> None:
    """A message that was sent back to its queue is let in when its turn has come, before younger ones."""
    world = Containers()
    for _ in range(8):
        world.pacer().take()
    for _ in range(8):
        arrives(world)
    world.clock.now += 8 * SLOT
    assert arrives(world, message_id=str(8 + 5), received=2) is not None, (
        "GIVEN four before it, of whom three wait awake"
    )
    for client in (1, 2):
        world.keep_place(str(8 + client), client)
        world.message(message_id=str(8 + client), received=2).take()
    world.clock.now += SLOT
    again = world.message(message_id=str(8 + 5), received=3)
    assert world.waited(again) < SLOT


def test_lost_ticket_holds_nobody() -> None:
    """Those in line never come back: whoever comes after the destination has been idle is let in, and so are the next ones."""
    world = Containers()
    for _ in range(3):
        world.pacer().take()
    for _ in range(12):
        arrives(world)
    world.clock.now += 60
    assert world.waited(world.message()) < 3 * SLOT
    world.clock.now += 60
    assert world.waited(world.message()) < 3 * SLOT


def test_file_gives_way_and_does_not_starve() -> None:
    """Messages that have begun go before a file, until it has waited for eight slots."""
    world = Containers()
    world.message().take()
    file = world.message(has_begun=True)
    slots = 0

    def pass_with_messages(seconds: float) -> None:
        nonlocal slots
        ends = world.clock.now + seconds
        while world.clock.now < ends:
            message = world.message(has_begun=True)
            message.take()
            slots += 1

    file._sleep = pass_with_messages
    file.take(gives_way=True)
    assert 5 <= slots <= 12


def test_small_rates_carry_too() -> None:
    """Waits are counted in slots: at one call in five seconds, everything is the same, five times as slow."""
    world = Containers(per_second=0.2)
    for _ in range(10):
        world.pacer().take()
    assert world.slept == pytest.approx(9 * 5 * SLOT, abs=0.1)


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


def test_failures_for_several_clients_hold_everybody_longer_and_longer() -> None:
    """From the third client on for whom it fails everybody waits, at most five minutes; such waits spend the budget."""
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
    assert waits[0] == pytest.approx(10, abs=0.01)
    assert max(waits) == pytest.approx(LONGEST_PAUSE, abs=0.01)
    assert [round(one) for one in waits] == sorted(round(one) for one in waits)


def test_one_client_for_whom_it_fails_is_alone() -> None:
    """However often a service fails for one client, nobody else waits for it."""
    world = Containers()
    for _ in range(50):
        world.pacer(group="poison").failed()
        world.clock.now += 10
    world.pacer().take()
    assert world.slept == 0


def test_poison_does_not_prolong_a_pause() -> None:
    """The pause is over: first those try for whom it has not failed, and one of them at a time."""
    world = Containers()
    for group in ("poison", "second", "third"):
        world.pacer(group=group).failed()
    world.clock.now += 11
    with pytest.raises(RetryLater):
        world.pacer(group="poison").take()
    innocent = world.pacer(sleeps=True)
    innocent.take()
    with pytest.raises(RetryLater):
        world.pacer().take()
    innocent.answered()
    assert world.waited(world.pacer(sleeps=True)) < 2 * SLOT


def test_those_for_whom_it_failed_try_again_when_nobody_else_does() -> None:
    """Five minutes after the last try, and each failure of theirs holds nobody else."""
    world = Containers()
    for group in ("poison", "second", "third"):
        world.pacer(group=group).failed()
    world.clock.now += LONGEST_PAUSE + 1
    poison = world.pacer(group="poison", sleeps=True)
    poison.take()
    poison.failed()
    assert world.waited(world.pacer(sleeps=True)) < 2 * SLOT


def test_an_answer_ends_the_count_of_failures() -> None:
    """After an answer, two failures are again two clients' bad luck."""
    world = Containers()
    for _ in range(FAILURES_BEFORE_PAUSE - 1):
        world.pacer().failed()
    pacer = world.pacer()
    pacer.take()
    pacer.answered()
    world.pacer().failed()
    world.clock.now += 2
    world.pacer().take()


def test_nothing_begins_too_near_the_end() -> None:
    """With less left than a call's own timeout, its wait and five seconds, no call begins."""
    for left, begins in ((CALL + 5.5, True), (CALL + 4.5, False)):
        world = Containers(time_left=left)
        if begins:
            world.pacer().take()
            world.time_left = CALL + 5.1
            patient = world.pacer()
            patient._sleep = world.lose
            with pytest.raises(OutOfTime) as late:
                patient.take()  # its slot is a second away, and so is the end
            assert late.value.counts, "nobody told us to wait"
        else:
            with pytest.raises(OutOfTime):
                world.pacer().take()


def test_newcomer_begins_where_there_is_time_for_it() -> None:
    """What has called nobody yet begins in an invocation that has time left, and is told to wait until then."""
    world = Containers(time_left=100)
    with pytest.raises(RetryLater) as later:
        world.message().take()
    assert not later.value.counts
    world.message(has_begun=True).take()


def test_one_chats_limit_is_its_own() -> None:
    """Telegram's limits are of a chat or of the bot: one chat's holds that chat only, until another one is told the same."""
    world = Containers(is_scarce=False)
    world.pacer(group="one").slow_down(3600, Reason.TOO_MANY_REQUESTS)
    world.pacer(group="two").take()
    with pytest.raises(RetryLater) as later:
        world.pacer(group="one", received=2).take()
    assert later.value.after == pytest.approx(3600)
    world.pacer(group="three").slow_down(60, Reason.TOO_MANY_REQUESTS)
    with pytest.raises(RetryLater) as all_wait:
        world.pacer(group="four").take()
    assert all_wait.value.after == pytest.approx(60)


def test_an_answer_between_two_limits_makes_them_two_chats_own() -> None:
    """Another chat was served after the first limit: it was not the bot's."""
    world = Containers(is_scarce=False)
    world.pacer(group="one").slow_down(3600, Reason.TOO_MANY_REQUESTS)
    served = world.pacer(group="two")
    served.take()
    served.answered()
    world.pacer(group="three").slow_down(3600, Reason.TOO_MANY_REQUESTS)
    world.pacer(group="four").take()


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
        turn=lambda: Turn(lambda: 300.0, is_answer=True),
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


def beside_answers(world: Containers, pacer: Pacer, *, gives_way: bool = False, answers: int = 8) -> float:
    """Slots until somebody has his, while so many containers with answers want each."""
    began = world.clock.now

    def answer_all(seconds: float) -> None:
        world.clock.now += seconds
        assert world.clock.now - began < 100 * SLOT
        while (world.row().get("next_allowed", 0) / 1000 - world.clock.now) < (answers - 1) * SLOT:
            world.pacer().take()

    answer_all(0)
    pacer._sleep = answer_all
    return world.waited(pacer, gives_way=gives_way) / SLOT


@pytest.mark.parametrize(("has_begun", "gives_way", "most"), [(True, False, 36), (False, False, 70), (True, True, 70)])
def test_answers_without_end_starve_nobody(has_begun: bool, gives_way: bool, most: float) -> None:
    """An hour of nothing but answers: a message that has begun has a slot now and then, and so have a newcomer and a file."""
    world = Containers()
    assert beside_answers(world, world.message(has_begun=has_begun), gives_way=gives_way) < most


def test_lost_tickets_hold_nobody_beside_answers() -> None:
    """Fifty in line are gone, and answers let the destination be never idle: whoever is behind them is let in all the same."""
    world, received = Containers(), 1
    for _ in range(5):
        world.pacer().take()
    for _ in range(50):
        arrives(world)
    began = world.clock.now
    while (back := arrives(world, message_id="last", received=received)) is not None:
        received += 1
        until = world.clock.now + back.after
        while world.clock.now < until:
            world.pacer().take()
            world.clock.now += 2 * SLOT
        assert world.clock.now - began < 300
    assert received < 10


def test_line_of_yesterday_says_nothing_of_today() -> None:
    """How long a place takes is not measured over a night: the first in a new line are sent back for some seconds, no more."""
    world = Containers()
    for day in ("yesterday", "today"):
        for _ in range(5):
            world.pacer().take()
        for _ in range(4):
            arrives(world)
        world.clock.now += 6 * SLOT
        world.keep_place(day, world.row()["head"] + 1)
        world.message(message_id=day, received=2).take()
        world.clock.now += 86_400 * (day == "yesterday")
    assert max(one.after for _ in range(8) if (one := arrives(world)) is not None) < 20


def test_no_sleep_outlasts_its_invocation() -> None:
    """A slot that comes when this invocation has ended is the next one's: it is put off by us before Lambda ends it."""
    world = Containers()
    world.table.put({"pk": "pace#planfix#acme", "next_allowed": int((world.clock.now + 290) * 1000)})
    pacer = world.pacer()
    pacer._sleep = world.lose
    with pytest.raises(OutOfTime):
        pacer.take()
    assert world.time_left == pytest.approx(CALL + 5, abs=1)


def test_a_place_in_line_is_not_asked_for_again() -> None:
    """A call that was refused for a moment is made again; one that was not let in goes back to its queue."""
    world, tried = Containers(), []

    def call() -> None:
        tried.append(1)
        raise InLine(2.0, "others are before it")

    with pytest.raises(InLine):
        after_a_moment(call)
    assert (len(tried), world.slept) == (1, 0)
