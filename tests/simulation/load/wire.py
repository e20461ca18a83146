"""The way to the services under load: bytes take their time, a service refuses what a scenario says, and all is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tests.simulation.boundary import Boundary, Container
from tests.simulation.story import Story

if TYPE_CHECKING:
    import httpx

MARK: Final = re.compile(rb"\b([acf])(\d+)w")
"""Stands in every text, caption and file's name that people write here (see `mark`), so that it is recognised on its way."""
SUCCESS: Final = 300
"""Statuses below it."""

Writer = Literal["a", "c", "f"]
"""An employee (words and files), a client's words, a client's file."""
WAYS: Final[dict[str, str]] = {"a": "telegram send", "c": "planfix POST task/N/comments/", "f": "planfix POST file/"}
"""The call that brings what each of them wrote to the other side, or how its name begins."""


def mark(writer: Writer, number: int) -> str:
    """How the letter of this number is recognised."""
    return f"{writer}{number}w"


@dataclass(frozen=True, slots=True)
class Slot:
    """A call that took one of Planfix's slots.

    Attributes:
        at: Unix seconds.
        is_lesser: for a client's message, or for a file: what an answer's words go before.
    """

    at: float
    is_lesser: bool


@dataclass
class Meter:
    """What passed.

    Attributes:
        slots: calls of Planfix's REST API, also those that were refused or never arrived.
        telegram_calls: the same of the Bot API.
        refusals: how often a rule refused, by the call.
        fetched: how often a file's bytes were asked for, by the file.
        arrived: when which letter reached the other side, by its number; more than one time is one too many.
        told: when an employee was told, in the task, what is with which answer.
    """

    slots: list[Slot] = field(default_factory=list)
    telegram_calls: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    fetched: Counter[str] = field(default_factory=Counter)
    arrived: dict[int, list[float]] = field(default_factory=dict)
    told: dict[int, list[float]] = field(default_factory=dict)


class Mute(Story):
    """Nobody reads the story of ten thousand messages."""

    def add(self, who: str, what: str, *details: object) -> None:
        """Keep nothing."""


@dataclass
class LoadBoundary(Boundary):
    """Where the bridge's processes meet a busy world.

    Attributes:
        meter: what passed.
    """

    meter: Meter = field(default_factory=Meter)

    def _fault_at(self, who: Container, call: str) -> str | None:
        """No fault but what a scenario says: the faults' own simulation is tests/simulation/run.py."""
        return None

    def _note_sent(self, who: Container, response: httpx.Response, fault: str | None) -> None:
        """The meter notes it."""

    def http(
        self, who: Container, service: str, call: str, request: httpx.Request, effect: Callable[[], httpx.Response]
    ) -> httpx.Response:
        """One call of Telegram or Planfix."""
        self._count(who, service, request)
        response = super().http(who, service, call, request, effect)
        if response.status_code < SUCCESS and call.startswith(tuple(WAYS.values())):
            self._note_arrivals(call, request)
        return response

    def _refusal(self, who: Container, call: str, request: httpx.Request) -> httpx.Response | None:
        refused = super()._refusal(who, call, request)
        self.meter.refusals[call] += refused is not None
        return refused

    def _count(self, who: Container, service: str, request: httpx.Request) -> None:
        path = request.url.path
        is_file = path.startswith(("/file/", "/download/"))
        if is_file:
            self.meter.fetched[path] += 1
        elif service == "telegram":
            self.meter.telegram_calls += 1
        else:
            is_lesser = who.name.startswith("to-planfix") or path.startswith("/rest/file/")
            self.meter.slots.append(Slot(self.timeline.now, is_lesser))

    def _note_arrivals(self, call: str, request: httpx.Request) -> None:
        """Words that stand anywhere else than on their way are a notice's."""
        for writer, number in sorted(set(MARK.findall(request.content))):
            is_there = call.startswith(WAYS[writer.decode()])
            noted = self.meter.arrived if is_there else self.meter.told
            noted.setdefault(int(number), []).append(self.timeline.now)
