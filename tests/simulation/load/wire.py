"""The way to the services under load: bytes take their time, a service refuses what a scenario says, and all is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import httpx

from tests.simulation.boundary import Boundary, Container
from tests.simulation.story import Story

PIECE: Final = 1024 * 1024
"""Bytes between two looks at the clock while a file is on its way."""
WORTH_TIMING: Final = 64 * 1024
"""Bytes from which a body takes time: smaller ones are no files, or arrive with their headers."""
MARK: Final = re.compile(rb"\b([acf])(\d+)w")
"""Stands in every text, caption and file's name that people write here (see `mark`), so that it is recognised on its way."""
SUCCESS: Final = 300
"""Statuses below it."""

Rule = Callable[[Container, str, httpx.Request], httpx.Response | None]
"""Who asks, what (as `Boundary` names calls) and the request to a refusal, or None where this rule has nothing to say."""


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
        speed: bytes a second of each transfer, both ways; 0: a transfer takes no time.
        rules: who is refused.
        meter: what passed.
    """

    speed: float = 0.0
    rules: list[Rule] = field(default_factory=list)
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

        def take_effect() -> httpx.Response:
            self._take_body(who, request)
            for rule in self.rules:
                refused = rule(who, call, request)
                if refused is not None:
                    self.meter.refusals[call] += 1
                    return refused
            return effect()

        response = super().http(who, service, call, request, take_effect)
        if response.status_code < SUCCESS and call.startswith(tuple(WAYS.values())):
            self._note_arrivals(call, request)
        return self._slowly(who, response)

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

    # -- bytes

    def _take_body(self, who: Container, request: httpx.Request) -> None:
        """Read what is sent as the service does: at the speed of the line. What the sender raises meanwhile is raised."""
        if not self.speed or int(request.headers.get("content-length", 0)) < WORTH_TIMING:
            return
        body = bytearray()
        since = 0
        for piece in request.stream:  # type: ignore[union-attr]
            body += piece
            since += len(piece)
            if since >= PIECE:
                who.sleep(since / self.speed)
                since = 0
        who.sleep(since / self.speed)
        request._content = bytes(body)
        request.stream = httpx.ByteStream(request._content)

    def _slowly(self, who: Container, response: httpx.Response) -> httpx.Response:
        """The same answer, its body at the speed of the line."""
        if not self.speed or len(response.content) < WORTH_TIMING:
            return response
        return httpx.Response(
            response.status_code, headers=response.headers, stream=_Slow(response.content, who, self.speed)
        )


class _Slow(httpx.SyncByteStream):
    """Bytes that come piece by piece."""

    def __init__(self, content: bytes, who: Container, speed: float) -> None:
        self._content = content
        self._who = who
        self._speed = speed

    def __iter__(self) -> Iterator[bytes]:
        for begin in range(0, len(self._content), PIECE):
            piece = self._content[begin : begin + PIECE]
            self._who.sleep(len(piece) / self._speed)
            yield piece


def too_many_requests(request: httpx.Request, seconds: float) -> httpx.Response:
    """Telegram's 429."""
    after = max(int(seconds + 0.999), 1)
    said: dict[str, Any] = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {after}"}
    return httpx.Response(429, json=said | {"parameters": {"retry_after": after}}, request=request)
