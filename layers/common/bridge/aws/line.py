"""The line before a destination that has no room: who came first begins first, however many containers there are.

Only congestion draws tickets. They are numbers of the destination's row (aws/pacer.py): ``tail``, the last one drawn, and
``head``, the highest one that has begun, with the time when it did (``head_at``) and how long one took lately (``took``), in ms.
Whoever draws one draws for all that follows in its batch, so that it is by age. A few of the oldest wait in their containers, all
others in their queue, for a part of the time that the line before them takes. A ticket that is lost (its message died, or called
nobody) holds nobody: who finds the destination idle moves up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from bridge.aws.dynamodb import Item, Table
from bridge.errors import InLine
from bridge.turn import Turn

AWAKE: Final = 3
AWAKE_FOR: Final = 3.0
"""Tickets that may begin next, or seconds before their slots: as many wait in a container, so that no slot goes by unused."""

PART_OF_ESTIMATE: Final = 0.8
"""Of the time that the line before it will take by what is known, a message waits so much in its queue, then asks again: too
early costs a receive, too late costs slots."""

NEWEST: Final = 0.3
"""What the newest one to begin counts in how long one takes."""

SHORTEST: Final = 2.0
"""Gaps between two calls: the least that is waited in the queue."""

LONGEST: Final = 60.0
"""Seconds: the most, since what is before it may come to an end sooner: employees' files, of which each takes a slot, end at once. But
nobody in line takes less than a slot, so that in a line of thousands it is the part of their slots."""

LONGEST_PLACE: Final = 10.0
"""Gaps: the longest that one is believed to take. The head may have stood still since yesterday, with nobody in line."""

KEPT_FOR: Final = 86_400
"""Seconds that a ticket is kept; later its message draws another."""

STANDS_STILL: Final = 120.0
STANDS_STILL_FOR: Final = 60.0
"""Seconds, and gaps, that somebody was sent back for while nobody before it began: they are not there."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line: its number, where the head was when it was last looked at, and when that was (Unix seconds).

    ``stood``: seconds that it was sent back for since the head was first seen there.
    """

    number: int
    head: int
    seen_at: float
    stood: float = 0.0


class Line:
    """The line of one destination.

    Args:
        table: the ledger table.
        destination: as in aws/pacer.py.
        gap: seconds between two slots.
    """

    def __init__(self, table: Table, destination: str, gap: float) -> None:
        self._table = table
        self._destination = destination
        self._gap = gap
        self._awake = max(AWAKE, math.ceil(AWAKE_FOR / gap))

    def ticket_of(self, message_id: str) -> Ticket | None:
        """The ticket that a message drew when it was here before."""
        row = self._table.get(self._ticket_key(message_id))
        if row is None:
            return None
        return Ticket(row["ticket"], row["head"], row["seen_at"], row.get("stood", 0))

    def draw(self, key: Item, turns: Sequence[Turn], now: float) -> Item:
        """Draw the next ticket for each of these that needs one; ``key``: of the destination's row, which is returned as it is now."""
        turns = [turn for turn in turns if self._destination not in turn.begun]
        if not turns:
            return {}
        row = self._table.update(
            key,
            "SET tail = if_not_exists(tail, :none) + :these, head = if_not_exists(head, :none)",
            values={":none": 0, ":these": len(turns)},
        )
        row = row or {}
        first = row["tail"] - len(turns) + 1
        for number, turn in enumerate(turns, first):
            ticket = Ticket(number, row["head"], now)
            turn.tickets[self._destination] = ticket
            turn.keep.append(partial(self.keep, turn.message_id, ticket))
        return row

    def let_in(self, ticket: Ticket | None) -> tuple[str, dict[str, Any]]:
        """The condition on the destination's row under which it may begin; without a ticket, when nobody is in line."""
        if ticket is None:
            return "(attribute_not_exists(tail) OR head >= tail)", {}
        return "head >= :least", {":least": ticket.number - self._awake}

    def has_begun(self, key: Item, row: Item, ticket: Ticket, now: float) -> None:
        """Those behind it move up."""
        at, head = int(now * 1000), int(row.get("head", 0))
        before = row.get("took", self._gap * 1000)
        took = (at - row.get("head_at", at)) / max(ticket.number - head, 1)
        is_told = 0 < took < LONGEST_PLACE * self._gap * 1000
        each = before * (1 - NEWEST) + took * NEWEST if is_told else before
        self._table.update(
            key,
            "SET head = :mine, head_at = :now, took = :took",
            only_if="head < :mine",
            values={":mine": ticket.number, ":now": at, ":took": int(each)},
        )

    def move_up(self, key: Item, ticket: Ticket) -> None:
        """The destination is idle, so those before it are gone or asleep: it may begin."""
        least = ticket.number - self._awake
        self._table.update(key, "SET head = :least", only_if="head < :least", values={":least": least})

    def is_next(self, row: Item, ticket: Ticket) -> bool:
        """Whether it is among those that may begin."""
        return int(row.get("head", 0)) >= ticket.number - self._awake

    def stands_still(self, row: Item, ticket: Ticket) -> bool:
        """Whether nobody before it began for so long that they must be gone."""
        return int(row.get("head", 0)) <= ticket.head and ticket.stood > max(STANDS_STILL, STANDS_STILL_FOR * self._gap)

    def send_back(self, row: Item, ticket: Ticket, turn: Turn, now: float) -> InLine:
        """Keep its place, and say how long it waits in its queue."""
        head = int(row.get("head", 0))
        before = ticket.number - head - self._awake
        each = max(row.get("took", 0) / 1000, self._gap)
        if head > ticket.head:  # what a place in it took since it was last here
            each = max((now - ticket.seen_at) / (head - ticket.head), self._gap)
        longest = max(LONGEST, PART_OF_ESTIMATE * before * self._gap)
        wait = min(max(PART_OF_ESTIMATE * before * each, SHORTEST * self._gap), longest)
        stood = wait if head > ticket.head else ticket.stood + wait
        self.keep(turn.message_id, replace(ticket, head=head, seen_at=now, stood=stood))
        turn.keep.clear()
        return InLine(wait, f"in line, {before} before it")

    def keep(self, message_id: str, ticket: Ticket) -> None:
        """Keep a message's place while it is in its queue."""
        self._table.put(
            {
                **self._ticket_key(message_id),
                "ticket": ticket.number,
                "head": ticket.head,
                "seen_at": int(ticket.seen_at),
                "stood": int(ticket.stood),
                "expires_at": int(ticket.seen_at) + KEPT_FOR,
            }
        )

    def _ticket_key(self, message_id: str) -> Item:
        return {"pk": f"line#{self._destination}#{message_id}"}
