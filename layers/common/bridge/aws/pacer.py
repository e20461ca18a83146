"""Pacing, quota and circuit of one destination in one row.

Row (times in ms): ``next_allowed``, the next free slot; ``asked`` and ``asked_until``, the service asked everybody to wait, in
which words and until when; ``failing``, for whom it failed since it last answered, ``closed_until``, ``pauses`` and ``tried_at``, the
circuit; ``slowed``, who was told to slow down since; ``tail`` and ``head``, the line (aws/line.py). Until when one of them was told to
wait stands in a row of his own.

Who may take which slot: an employee's answer any, as far ahead as its time allows. A client's message only one that is
near, so that an answer never has more than `FAR` slots of others before it; a newcomer only what those who have begun leave, so
that congestion is met before anything was read; and a client's file only what nobody wants, until it has waited `PATIENT_FILE` slots.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final, cast

from bridge.aws.dynamodb import Item, Table
from bridge.aws.line import Line, Ticket
from bridge.errors import InLine, OutOfTime, Reason, RetryLater
from bridge.model import CALL, MOMENT
from bridge.turn import Turn

FAILURES_BEFORE_PAUSE: Final = 3
"""Clients for whom a service failed, without an answer to anybody between: fewer may be their own bad luck."""

MOST_FAILING: Final = 10
"""Clients that are remembered; when so many fail, it does not matter who."""

FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 300.0
"""Seconds that everybody waits while a service does not answer: growing, at most five minutes (design section 6)."""

LONGEST_HOLD_OFF: Final = 86_400.0
"""Seconds that one answer of the remote can hold everybody: a retry_after or timeToReset in another unit, or of years, would
hold a destination for ever. Whoever asks again after a day is told again."""

MARGIN: Final = 1.05
"""Slots lie 5 % further apart than the limit: a request may reach the remote sooner after its slot than the one before."""

SPARE: Final = 5.0
"""Seconds that are left when a call has taken all of its time (design section 4)."""

LEFT_FOR_A_NEWCOMER: Final = 180.0
"""Seconds: with less of its invocation left, what has not begun begins in another one (flows/batch.py, UNIT_NEEDS)."""

FAR: Final = 2.0
"""Slots ahead that anybody but an answer may take."""

NEAR: Final = 1.0
"""The same, before it has waited `PATIENT` slots."""

AT_THE_DOOR: Final = 0.5
LEFT_OVER: Final = 0.25
"""The same for a newcomer, and for a file. A part of a slot, so that none goes by while they sleep."""

PATIENT: Final = 4.0
PATIENT_FILE: Final = 8.0
"""Slots after which a message that has begun, or a file, asks for more: answers must not starve it."""

STARVING: Final = 24.0
STARVING_AT_THE_DOOR: Final = 50.0
"""Slots after which a message that has begun, and whoever waits at the door or with a file, takes the next slot as an answer does:
an hour of nothing but answers has room for a client's message now and then."""

IDLE: Final = 3.0
"""Slots without a call, after which those before us in the line are not there."""

A_LITTLE: Final = 0.1
"""Seconds that a wait for a slot goes beyond the time for it: then it is too late, and said so before the invocation is ended."""

SPREAD: Final = 0.1
"""Of a slot: so far apart are those who wait for the same one, the oldest first."""


class Rank(IntEnum):
    """Who goes before whom."""

    ANSWER = 0
    ANSWERS_FILE = 1
    MESSAGE = 2
    FILE = 3


class Pacer:
    """Slots of one destination, shared by every container.

    Args:
        table: the ledger table.
        destination: ``planfix#{host}`` or ``telegram#{bot id}``.
        per_second: calls a second.
        clock: Unix seconds.
        sleep: waits seconds.
        turn: what is at work in this thread.
        is_scarce: it has so few slots that there are lines before it; else everybody takes the next one.
        jitter: a factor near 1 and not below.
    """

    def __init__(
        self,
        table: Table,
        destination: str,
        *,
        per_second: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        turn: Callable[[], Turn],
        is_scarce: bool = True,
        jitter: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._table = table
        self._destination = destination
        self._key = {"pk": f"pace#{destination}"}
        self._gap = math.ceil(1000 / per_second * MARGIN)
        self._line = Line(table, destination, self._gap / 1000)
        self._clock = clock
        self._sleep = sleep
        self._turn = turn
        self._is_scarce = is_scarce
        self._jitter = jitter
        self._seen: Item = {}
        self._told = ("", 0.0)

    def take(self, needs: float = CALL, *, gives_way: bool = False) -> None:
        """Wait for a slot.

        Args:
            needs: seconds that the call may take.
            gives_way: it carries a file or a name: words go first.

        Raises:
            RetryLater: nobody may call for longer than is waited here, or there is a line.
            OutOfTime: too little is left of this invocation.
        """
        turn = self._turn()
        rank = Rank((0 if turn.is_answer else Rank.MESSAGE) + gives_way) if self._is_scarce else Rank.ANSWER
        is_newcomer = rank >= Rank.MESSAGE and self._destination not in turn.begun
        ticket = self._ticket_of(turn) if is_newcomer else None
        self._wait_for_own_moment(turn)
        since = self._clock()
        self._check_own_wait(turn, since)
        while True:
            if is_newcomer and turn.time_left() < LEFT_FOR_A_NEWCOMER:
                raise self._begins_later(ticket, turn)
            room = self._room(turn, needs)
            now = self._clock()
            near = min(self._near(rank, is_newcomer, (now - since) * 1000 / self._gap), room * 1000 / self._gap)
            at = self._reserve(int(now * 1000), near, self._line.let_in(ticket) if is_newcomer else ("", {}))
            if at is not None:
                break
            row = self._seen = self._table.get(self._key) or {}
            self._check_open(row, now)
            if is_newcomer:
                ticket = self._at_the_door(row, ticket, turn, now)
            wait = self._until_it_may_take(row, near, now) + self._behind(row, ticket)
            self._sleep(min(wait, room + A_LITTLE))
        if ticket:
            self._line.has_begun(self._key, self._seen, ticket, now)
        elif is_newcomer and turn.behind:
            self._line.draw(self._key, turn.behind, now)
        turn.begun.add(self._destination)
        wait = at / 1000 - now
        if wait > 0:
            self._sleep(wait)

    def check_open(self) -> None:
        """Raise RetryLater where ``take`` would not even wait: for whoever has other calls to make before this one."""
        now = self._clock()
        self._check_own_wait(self._turn(), now)
        self._check_open(self._table.get(self._key) or {}, now)

    def _ticket_of(self, turn: Turn) -> Ticket | None:
        ticket: Ticket | None = turn.tickets.get(self._destination)
        return ticket or (self._line.ticket_of(turn.message_id) if turn.received > 1 else None)

    def _begins_later(self, ticket: Ticket | None, turn: Turn) -> InLine:
        if ticket:
            self._line.keep(turn.message_id, ticket)
            turn.keep.clear()
        return InLine(1.0, "begins in another invocation")

    def _room(self, turn: Turn, needs: float) -> float:
        """Seconds that may be waited: nothing begins that cannot end within this invocation."""
        room = turn.time_left() - needs - SPARE
        if room < 0:
            raise OutOfTime("little time left in this invocation")
        return room

    def _near(self, rank: Rank, is_newcomer: bool, waited: float) -> float:
        """How many slots ahead one may be taken."""
        starves = waited > (STARVING if rank is Rank.MESSAGE and not is_newcomer else STARVING_AT_THE_DOOR)
        if rank is Rank.ANSWER or starves:
            return math.inf
        if is_newcomer:
            return AT_THE_DOOR
        if rank is Rank.ANSWERS_FILE:
            return FAR
        if rank is Rank.MESSAGE:
            return FAR if waited > PATIENT else NEAR
        return NEAR if waited > PATIENT_FILE else LEFT_OVER

    def _at_the_door(self, row: Item, ticket: Ticket | None, turn: Turn, now: float) -> Ticket:
        """A newcomer was not let in: its ticket.

        Raises:
            RetryLater: its turn is not soon.
        """
        if ticket is None:
            row = {**row, **self._line.draw(self._key, (turn, *turn.behind), now)}
            ticket = cast("Ticket", turn.tickets[self._destination])
        if self._line.is_next(row, ticket):
            return ticket
        if row.get("next_allowed", 0) < now * 1000 - IDLE * self._gap or self._line.stands_still(row, ticket):
            self._line.move_up(self._key, ticket)
            return ticket
        raise self._line.send_back(row, ticket, turn, now)

    def _until_it_may_take(self, row: Item, near: float, now: float) -> float:
        opens_at = row.get("next_allowed", 0) - min(near, FAR) * self._gap
        closed_until = max(row.get("asked_until", 0), row.get("closed_until", 0))
        wait: float = max(opens_at, closed_until) - now * 1000
        return (max(wait, 0.0) + (self._jitter() - 1) * SPREAD * self._gap + 1) / 1000

    def _behind(self, row: Item, ticket: Ticket | None) -> float:
        """Seconds that it comes after those of the line who are before it."""
        before = ticket.number - row.get("head", 0) - 1 if ticket else 0
        return float(max(before, 0)) * SPREAD * self._gap / 1000

    def _reserve(self, now: int, near: float, let_in: tuple[str, dict[str, Any]]) -> int | None:
        """The time of our slot (ms); None where none may be taken. One write after a pause, two when calls follow each other."""
        condition, values = let_in
        is_open = (
            "(attribute_not_exists(asked_until) OR asked_until <= :now)"
            " AND (attribute_not_exists(closed_until) OR closed_until <= :now)"
        ) + (f" AND {condition}" if condition else "")
        ahead = int(min(near, 1e6) * self._gap)
        for is_free in (True, False) if self._seen.get("next_allowed", 0) <= now else (False, True):
            if is_free:
                row = self._table.update(
                    self._key,
                    "SET next_allowed = :next",
                    only_if=f"(attribute_not_exists(next_allowed) OR next_allowed <= :now) AND {is_open}",
                    values={":next": now + self._gap, ":now": now, **values},
                )
            else:
                row = self._table.update(
                    self._key,
                    "SET next_allowed = next_allowed + :gap",
                    only_if=f"next_allowed > :now AND next_allowed <= :latest AND {is_open}",
                    values={":gap": self._gap, ":now": now, ":latest": now + ahead, **values},
                )
            if row:
                self._seen = row
                return int(row["next_allowed"]) - self._gap if self._may_call(row, now) else None
        return None

    # -- what the service said

    def hold_off(self, seconds: float, asked: Reason) -> None:
        """Nobody takes a slot for so long, at most a day, and whoever comes meanwhile learns who asked for it."""
        until = int((self._clock() + min(seconds, LONGEST_HOLD_OFF)) * 1000)
        self._table.update(
            self._key,
            "SET asked_until = :until, asked = :asked",
            only_if="attribute_not_exists(asked_until) OR asked_until < :until",
            values={":until": until, ":asked": asked.value},
        )

    def slow_down(self, seconds: float, asked: Reason) -> None:
        """One client's calls are to wait. When that is said of a second one, with no answer to anybody between, it is for all."""
        now, wait = self._clock(), min(seconds, LONGEST_HOLD_OFF)
        own = {"asked": asked.value, "asked_until": int((now + wait) * 1000), "expires_at": int(now + wait) + 86_400}
        self._table.put({**self._own_key(self._turn()), **own})
        self._told = (self._turn().group, now + wait)
        if len(self._remember("slowed")) > 1:
            self.hold_off(seconds, asked)

    def _wait_for_own_moment(self, turn: Turn) -> None:
        """Whoever was told just now to wait for a moment waits for it here (transfer.py)."""
        group, until = self._told
        left = until - self._clock() if group == turn.group else 0.0
        if 0 < left <= MOMENT:
            self._sleep(left)

    def _check_own_wait(self, turn: Turn, now: float) -> None:
        """Whoever comes again may have been told to wait longer than his queue let him (flows/batch.py).

        Raises:
            RetryLater: he was.
        """
        if turn.received > 1 and not self._is_scarce and self._destination not in turn.begun:
            own = self._table.get(self._own_key(turn)) or {}
            wait = own.get("asked_until", 0) / 1000 - now
            if wait > 0:
                raise RetryLater(
                    wait, Reason(own["asked"]), "this chat is held off, as the service asked", counts=False
                )

    def _own_key(self, turn: Turn) -> Item:
        return {"pk": f"pace#{self._destination}#{turn.group}"}

    def failed(self) -> None:
        """The service did not answer. When it fails for several, everybody waits, longer with each time.

        What fails again and again for the same clients pauses nobody else, and is no proof against them: while a service is
        tried, those wait for what becomes of the others.
        """
        is_known = self._turn().group in self._seen.get("failing", ())
        failing, now = self._remember("failing"), int(self._clock() * 1000)
        if len(failing) < FAILURES_BEFORE_PAUSE:
            return
        if is_known and len(failing) < MOST_FAILING:
            self._table.update(self._key, "SET tried_at = :now REMOVE closed_until", values={":now": now})
            return
        pauses = int(self._seen.get("pauses", 0))
        pause = min(FIRST_PAUSE * 2 ** min(pauses, 10), LONGEST_PAUSE)
        self._table.update(
            self._key,
            "SET closed_until = :until, pauses = :pauses, tried_at = :now",
            values={":until": now + int(pause * 1000), ":pauses": pauses + 1, ":now": now},
        )

    def answered(self) -> None:
        """The service answered: what failed before was no outage, or it is over (a write only after failures)."""
        if self._seen.keys() & {"failing", "slowed"}:
            self._seen = {}
            self._table.update(self._key, "REMOVE failing, pauses, closed_until, tried_at, slowed")

    def _remember(self, name: str) -> list[str]:
        """Add this client to one of the row's lists; returns the list."""
        row = self._table.update(
            self._key,
            f"SET {name} = list_append(if_not_exists({name}, :none), :this)",
            only_if=f"attribute_not_exists({name}) OR (NOT contains({name}, :group) AND size({name}) < :most)",
            values={
                ":none": [],
                ":this": [self._turn().group],
                ":group": self._turn().group,
                ":most": MOST_FAILING,
            },
        )
        self._seen = row or self._table.get(self._key) or {}
        return list(self._seen.get(name, []))

    def _check_open(self, row: Item, now: float) -> None:
        """Whether somebody may call, soon.

        Raises:
            RetryLater: the service named a time, which spends no budget; or it fails, which nobody told us to wait for.
        """
        asked, closed = row.get("asked_until", 0) / 1000 - now, row.get("closed_until", 0) / 1000 - now
        if asked > MOMENT:
            raise RetryLater(asked, Reason(row["asked"]), "held off, as the service asked", counts=False)
        if closed > MOMENT:
            raise RetryLater(closed, Reason.SERVICE_DOWN, "held off, as the service fails")
        if not self._may_try(row, int(now * 1000)):
            wait = LONGEST_PAUSE - now + row["tried_at"] / 1000
            raise RetryLater(wait, Reason.SERVICE_DOWN, "held off, as the service fails for this client")

    def _may_try(self, row: Item, now: int) -> bool:
        """Whether it is this client's turn to try a service that fails: first come those for whom it has not failed."""
        failing = row.get("failing", ())
        if len(failing) < FAILURES_BEFORE_PAUSE or self._turn().group not in failing or len(failing) >= MOST_FAILING:
            return True
        return bool(now >= row.get("tried_at", 0) + LONGEST_PAUSE * 1000)

    def _may_call(self, row: Item, now: int) -> bool:
        """While the circuit is being tried, one call at a time: the others wait for what becomes of it."""
        if len(row.get("failing", ())) < FAILURES_BEFORE_PAUSE:
            return True
        if not self._may_try(row, now):
            return False
        until = now + int((CALL + SPARE) * 1000)
        probe = self._table.update(
            self._key,
            "SET closed_until = :until",
            only_if="attribute_not_exists(closed_until) OR closed_until <= :now",
            values={":until": until, ":now": now},
        )
        return probe is not None
