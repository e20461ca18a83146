"""Which faults there are, at which calls they make sense, and which of them a seed meets.

A fault is armed for a call and hits the next call of that name. The matrix of calls and faults is stated here: a run of
many seeds has to hit every cell of it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from tests.simulation.chance import chance_of


class Cell(NamedTuple):
    """A call and what goes wrong at it."""

    call: str
    fault: str


REFUSED: Final = "refused"
CUT_BEFORE: Final = "cut before"
CUT_AFTER: Final = "cut after"
TIMEOUT_AFTER: Final = "timeout after"
LATE: Final = "late"
ERROR_BEFORE: Final = "5xx before"
ERROR_AFTER: Final = "5xx after"
SLOWER: Final = "slower"
DENIED: Final = "denied"
REPEATED: Final = "repeated"
MISSED: Final = "missed"
KILLED_BEFORE: Final = "killed before"
KILLED_AFTER: Final = "killed after"

EXPLAINED: Final = {
    REFUSED: "no connection, nothing was done",
    CUT_BEFORE: "the connection broke before anything was done",
    CUT_AFTER: "it was done, the connection broke before the answer",
    TIMEOUT_AFTER: "it was done, the answer did not come in time",
    LATE: "it was done, the answer came seconds later",
    ERROR_BEFORE: "5xx, nothing was done",
    ERROR_AFTER: "it was done, the answer is 5xx",
    SLOWER: "429 with retry_after, 403 code 22 with timeToReset, throttling",
    DENIED: "a refusal for good",
    REPEATED: "AWS: the SDK repeats a call whose answer was lost; webhooks: the same request comes again, hours later too",
    MISSED: "the request never comes",
    KILLED_BEFORE: "the process dies before the call",
    KILLED_AFTER: "the process dies after the call was done",
}

_HTTP: Final = (
    REFUSED, CUT_BEFORE, CUT_AFTER, TIMEOUT_AFTER, LATE, ERROR_BEFORE, ERROR_AFTER, SLOWER, DENIED, KILLED_BEFORE, KILLED_AFTER
)  # fmt: skip
_ASKING: Final = tuple(
    fault for fault in _HTTP if fault != DENIED
)  # a refusal of these is no failure: it is the answer
_DOWNLOAD: Final = tuple(fault for fault in _HTTP if fault not in {DENIED, SLOWER})  # it knows neither
_AWS: Final = (REFUSED, TIMEOUT_AFTER, LATE, ERROR_BEFORE, SLOWER, REPEATED, KILLED_BEFORE, KILLED_AFTER)

SEND: Final = "telegram sendMessage"
SENDS: Final = (SEND, "telegram sendDocument", "telegram sendMediaGroup")
"""Calls that write to the client."""
POST_COMMENT: Final = "planfix POST task/N/comments/"

POST_IN_CHAT: Final = "planfix newMessage"

_TELEGRAM: Final[dict[str, tuple[str, ...]]] = {
    SEND: _HTTP,
    "telegram sendDocument": _HTTP,
    "telegram sendMediaGroup": _HTTP,
    "telegram editMessageText": _HTTP,
    "telegram deleteMessage": _HTTP,
    "telegram deleteBusinessMessages": _HTTP,
    "telegram getBusinessConnection": _ASKING,
    "telegram getMe": _ASKING,
    "telegram getFile": _HTTP,
    "telegram file": _DOWNLOAD,
}
_AWS_CALLS: Final[dict[str, tuple[str, ...]]] = {
    "dynamodb get_item": _AWS,
    "dynamodb put_item": _AWS,
    "dynamodb update_item": _AWS,
    "dynamodb delete_item": _AWS,
    "dynamodb query": _AWS,
    "dynamodb transact_write_items": _AWS,
    "sqs send_message": _AWS,
    "sqs change_message_visibility_batch": _AWS,
    "ssm get_parameters": _AWS,
}
_DOORS: Final[dict[str, tuple[str, ...]]] = {
    "door dynamodb get_item": _AWS,
    "door sqs send_message": _AWS,
    "door ssm get_parameters": _AWS,
    "poller receive_message": (CUT_AFTER,),  # received, and nobody works on it until it is visible again
    "poller delete_message": (REFUSED, CUT_AFTER),
    "webhook telegram": (CUT_BEFORE, CUT_AFTER, REPEATED),
}

CALLS: Final[dict[str, tuple[str, ...]]] = {
    **_TELEGRAM,
    "planfix POST contact/list": _HTTP,
    "planfix POST contact/": _HTTP,
    "planfix POST contact/N": _HTTP,
    "planfix GET contact/N": _HTTP,
    "planfix POST task/list": _HTTP,
    "planfix GET task/templates": _HTTP,
    "planfix GET object/N": _HTTP,
    "planfix POST task/": _HTTP,
    "planfix GET task/N": _HTTP,
    "planfix POST task/N": _HTTP,
    POST_COMMENT: _HTTP,
    "planfix POST task/N/comments/list": _HTTP,
    "planfix GET comment/N": _HTTP,
    "planfix GET user/N": _HTTP,
    "planfix POST file/": _HTTP,
    "planfix GET file/N/download": _HTTP,
    "planfix file": _DOWNLOAD,
    **_AWS_CALLS,
    **_DOORS,
    "webhook planfix": (CUT_BEFORE, CUT_AFTER, REPEATED, MISSED),
}
"""Every call of the bridge where REST is the route, and the faults that make sense at it."""

CALLS_OF_CHATS: Final[dict[str, tuple[str, ...]]] = {
    **_TELEGRAM,
    POST_IN_CHAT: _HTTP,
    "planfix messageStatus": _HTTP,
    "planfix updateContact": _HTTP,
    "planfix file": _DOWNLOAD,
    **_AWS_CALLS,
    "s3 put_object": _AWS,
    "s3 get_object": _AWS,
    "s3 delete_object": _AWS,
    **_DOORS,
    "door s3 get_object": _AWS,
    "webhook chat": (CUT_BEFORE, CUT_AFTER, REPEATED),
    "webhook file": (CUT_BEFORE, CUT_AFTER, REPEATED),
}
"""The same where it is Planfix's API for chats."""

_OFTEN: Final = (
    "dynamodb get_item", "dynamodb put_item", "dynamodb update_item", "dynamodb transact_write_items",
    "door sqs send_message", "poller delete_message", "webhook telegram",
)  # fmt: skip


@dataclass(frozen=True)
class Matrix:
    """The calls of a route, and what may go wrong at them.

    Attributes:
        route: how the bridge reaches Planfix.
        calls: each with its faults.
        posts: the call that writes a client's words into Planfix.
        often: calls that every seed makes many times.
    """

    route: str
    calls: dict[str, tuple[str, ...]]
    posts: str
    often: tuple[str, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(call, fault) for call, faults in self.calls.items() for fault in faults)


MATRICES: Final = {
    one.route: one
    for one in (
        Matrix("rest", CALLS, POST_COMMENT, (POST_COMMENT, *_OFTEN, "planfix POST task/N/comments/list", SEND)),
        Matrix(
            "chat_api",
            CALLS_OF_CHATS,
            POST_IN_CHAT,
            (POST_IN_CHAT, *_OFTEN, "planfix messageStatus", "webhook chat", SEND),
        ),
    )
}
"""By route."""

CELLS_IN_TURN: Final = 4
"""Cells that a seed takes from the matrix in turn, so that many seeds meet all of them."""

FEWEST: Final = 6
"""Faults that every seed meets (the issue's number)."""


@dataclass
class Faults:
    """The faults of one seed.

    Attributes:
        hits: how often each cell was hit.
        armed: what hits the next call of that name.
    """

    plan: dict[int, list[Cell]] = field(default_factory=dict)
    hits: Counter[Cell] = field(default_factory=Counter)
    armed: dict[str, deque[str]] = field(default_factory=dict)
    matrix: Matrix = MATRICES["rest"]

    @classmethod
    def of(cls, seed: int, events: int, route: str = "rest") -> Faults:
        """The plan of a seed: at which of its events which cells are armed."""
        chance, matrix = chance_of(f"faults of {seed}"), MATRICES[route]
        plan: dict[int, list[Cell]] = {}
        cells = matrix.cells
        in_turn = [cells[(seed * CELLS_IN_TURN + number) % len(cells)] for number in range(CELLS_IN_TURN)]
        for cell in in_turn:
            plan.setdefault(chance.choice((0, chance.randrange(events))), []).append(cell)
        for _ in range(chance.randint(5, 10)):
            call = chance.choice(matrix.often)
            cell = Cell(call, chance.choice(matrix.calls[call]))
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                plan.setdefault(chance.randrange(events), []).append(cell)
        for _ in range(chance.randint(0, 4)):
            plan.setdefault(chance.randrange(events), []).append(chance.choice(cells))
        return cls(plan, matrix=matrix)

    @property
    def calls(self) -> set[str]:
        """The calls that the plan wants to happen."""
        return {cell.call for cells in self.plan.values() for cell in cells}

    @property
    def total(self) -> int:
        return self.hits.total()

    def arm(self, cells: Iterable[Cell]) -> None:
        for call, fault in cells:
            self.armed.setdefault(call, deque()).append(fault)

    def event(self, number: int) -> None:
        """The seed's event of that number is about to happen."""
        self.arm(self.plan.get(number, ()))

    def more(self, seed: int) -> None:
        """Too few were hit so far: arm some that surely will be."""
        chance = chance_of(f"more faults of {seed}")
        for call in ("dynamodb get_item", "dynamodb put_item", self.matrix.posts, "door sqs send_message"):
            self.arm([Cell(call, chance.choice(self.matrix.calls[call])), Cell(call, REFUSED)])

    def disarm(self) -> None:
        self.armed.clear()

    def take(self, call: str) -> str | None:
        """The fault that hits this call, if any."""
        waiting = self.armed.get(call)
        if not waiting:
            return None
        fault = waiting.popleft()
        self.hits[Cell(call, fault)] += 1
        return fault


class Calm(Faults):
    """A seed's plan of which nothing comes: people do what they would do, and no call goes wrong."""

    def arm(self, cells: Iterable[Cell]) -> None:
        pass


def matrix_lines(hits: Counter[Cell], matrix: Matrix) -> Iterator[str]:
    """The matrix call x fault with its hits; ``.`` where a fault makes no sense."""
    faults = list(EXPLAINED)
    width = max(map(len, matrix.calls))
    yield " " * width + "  " + "  ".join(fault.rjust(8) for fault in faults)
    for call, possible in matrix.calls.items():
        shown = [str(hits[Cell(call, fault)]) if fault in possible else "." for fault in faults]
        yield f"{call:<{width}}  " + "  ".join(
            one.rjust(max(8, len(fault))) for one, fault in zip(shown, faults, strict=True)
        )
