"""One FIFO queue of SQS in memory: groups, visibility, receipts, deduplication, retention.

Rules: Amazon SQS developer guide, "FIFO queue delivery logic", "Visibility timeout", "Exactly-once processing",
"Dead-letter queues"; API reference, ReceiveMessage.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ALWAYS: Final = float("-inf")
DEDUPLICATION: Final = 300
"""Seconds for which a deduplication id is remembered, whatever becomes of its message."""

Scope = tuple[str, str]
"""What a deduplication id is looked up by: group (or nothing) and id."""
_Place = tuple[float, int, str]
"""Of a group in the heap: from when it is free, its oldest message, its name."""


@dataclass(slots=True, eq=False)
class Message:
    """A message; times in Unix seconds.

    Attributes:
        enqueued_at: when it came into this queue: retention counts from here (a FIFO DLQ counts anew).
        sent_at: when it was first sent; stays when SQS moves it to the DLQ.
        visible_at: until when it is hidden; in the past for one that is not in flight.
        receive_count: goes on counting in the DLQ.
        source_arn: the queue that SQS moved it from.
    """

    message_id: str
    sequence: int
    body: str
    group: str
    deduplication_id: str
    attributes: dict[str, dict[str, Any]]
    enqueued_at: float
    sent_at: float
    visible_at: float = ALWAYS
    received_at: float = 0
    first_received_at: float | None = None
    receive_count: int = 0
    source_arn: str = ""
    gone: bool = False

    def in_flight(self, now: float) -> bool:
        return self.visible_at > now


@dataclass(slots=True, eq=False)
class _Group:
    """The messages of one group in order; those of them that may be in flight; where the group waits its turn."""

    name: str
    messages: deque[Message] = field(default_factory=deque)
    received: list[Message] = field(default_factory=list)
    place: _Place | None = None

    def head(self) -> Message | None:
        while self.messages and self.messages[0].gone:
            self.messages.popleft()
        return self.messages[0] if self.messages else None

    def next_place(self) -> _Place | None:
        """By the time from which no message of the group is in flight, then by age."""
        head = self.head()
        self.received = [message for message in self.received if not message.gone]
        free_at = max((message.visible_at for message in self.received), default=ALWAYS)
        return (free_at, head.sequence, self.name) if head else None


class FifoQueue:
    """Messages in order, group by group.

    Args:
        retention: seconds that a message is kept.
        per_group: whether a deduplication id counts within its group only.
    """

    def __init__(self, *, retention: float, per_group: bool) -> None:
        self._retention = retention
        self._per_group = per_group
        self._by_sequence: dict[int, Message] = {}
        self._in_order: deque[Message] = deque()
        self._groups: dict[str, _Group] = {}
        # Two heaps; a place that its group has left stays until it comes up.
        self._free: list[_Place] = []
        self._waiting: list[_Place] = []
        self._sent: dict[Scope, Message] = {}
        self._sent_in_order: deque[tuple[float, Scope]] = deque()
        self._void: set[int] = set()

    # -- in

    def duplicate(self, group: str, deduplication_id: str, now: float) -> Message | None:
        """The message that was sent with this id within five minutes, gone or not."""
        while self._sent_in_order and self._sent_in_order[0][0] <= now:
            del self._sent[self._sent_in_order.popleft()[1]]
        return self._sent.get(self._scope(group, deduplication_id))

    def add(self, message: Message) -> None:
        """Put a message at the end, and remember its deduplication id."""
        self._by_sequence[message.sequence] = message
        self._in_order.append(message)
        group = self._groups.setdefault(message.group, _Group(message.group))
        group.messages.append(message)
        if group.place is None:
            self._settle(group)
        scope = self._scope(message.group, message.deduplication_id)
        self._sent[scope] = message
        self._sent_in_order.append((message.enqueued_at + DEDUPLICATION, scope))

    def _scope(self, group: str, deduplication_id: str) -> Scope:
        return (group if self._per_group else "", deduplication_id)

    # -- out

    def receive(self, now: float, most: int, visibility: float, dead: Callable[[Message], bool]) -> list[Message]:
        """Hand out messages of groups of which none is in flight, oldest group first, as many of each as fit.

        Args:
            now: Unix seconds.
            most: how many messages.
            visibility: seconds for which they are hidden.
            dead: whether a message is not handed out but moved to the dead-letter queue (which the caller does).
        """
        self._release(now)
        taken: list[Message] = []
        visited: list[_Group] = []
        while len(taken) < most and (place := _first(self._free, self._groups)):
            heapq.heappop(self._free)
            group = self._groups[place[2]]
            group.place = None
            group.received.clear()
            visited.append(group)
            for message in group.messages:
                if message.gone or (message.receive_count and dead(message)):
                    continue
                group.received.append(message)
                taken.append(message)
                if len(taken) == most:
                    break
        for message in taken:
            message.receive_count += 1
            message.received_at = now
            message.visible_at = now + visibility
            message.first_received_at = now if message.first_received_at is None else message.first_received_at
        for group in visited:
            self._settle(group)
        return taken

    def _release(self, now: float) -> None:
        """From a group whose messages are visible again one can receive: then only its age counts."""
        self._expire(now)
        while (place := _first(self._waiting, self._groups)) and place[0] <= now:
            heapq.heappop(self._waiting)
            self._put(self._groups[place[2]], (ALWAYS, *place[1:]))

    def _settle(self, group: _Group) -> None:
        place = group.next_place()
        if place is None:
            del self._groups[group.name]
        elif place != group.place:
            self._put(group, place)

    def _put(self, group: _Group, place: _Place) -> None:
        group.place = place
        heapq.heappush(self._free if place[0] == ALWAYS else self._waiting, place)

    def hide(self, message: Message, until: float) -> None:
        """Change until when a message in flight is hidden."""
        message.visible_at = until
        self._settle(self._groups[message.group])

    def remove(self, message: Message, *, deleted: bool) -> None:
        """Take a message out: deleted, or else moved away or expired, so that its receipt is void."""
        message.gone = True
        del self._by_sequence[message.sequence]
        if not deleted:
            self._void.add(message.sequence)
        self._settle(self._groups[message.group])

    def clear(self) -> None:
        """Remove every message."""
        for message in list(self._by_sequence.values()):
            self.remove(message, deleted=True)

    def _expire(self, now: float) -> None:
        while self._in_order and (self._in_order[0].gone or self._in_order[0].enqueued_at + self._retention <= now):
            message = self._in_order.popleft()
            if not message.gone:
                self.remove(message, deleted=False)

    # -- looking

    def find(self, sequence: int) -> Message | None:
        return self._by_sequence.get(sequence)

    def is_void(self, sequence: int) -> bool:
        """Whether the message left the queue without being deleted."""
        return sequence in self._void

    def messages(self, now: float) -> list[Message]:
        """What is in the queue, in order."""
        self._expire(now)
        return [message for message in self._in_order if not message.gone]

    def next_free(self, now: float) -> float | None:
        """The earliest time from now on at which a message can be received, if nothing else happens."""
        self._release(now)
        if _first(self._free, self._groups):
            return now
        place = _first(self._waiting, self._groups)
        return place[0] if place else None


def _first(heap: list[_Place], groups: Mapping[str, _Group]) -> _Place | None:
    """The first place that its group still holds."""
    while heap:
        group = groups.get(heap[0][2])
        if group and group.place == heap[0]:
            return heap[0]
        heapq.heappop(heap)
    return None
