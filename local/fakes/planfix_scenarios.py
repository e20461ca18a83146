"""Scenarios that call the bridge: "Послать HTTP-запрос" after a comment or a change of status.

One thread an account, the next request waits for the answer; anything but 200 is repeated, and nothing else leaves the
account for three minutes after a failure (planfix.com/ru/help/HTTP-запросы).
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

import httpx

from local.fakes.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Post = Callable[[str, Mapping[str, str], bytes], int]

Event = Literal["comment", "status"]

ANSWER_TIMEOUT = 30.0
"""Planfix documents none; an answer that is slower than API Gateway's 30 s cannot come."""
_OK = 200


def post_over_http(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """POST, and the answer's status.

    Raises:
        ConnectionError: no answer.
    """
    try:
        return httpx.post(url, headers=dict(headers), content=body, timeout=ANSWER_TIMEOUT).status_code
    except httpx.TransportError as error:
        raise ConnectionError(type(error).__name__) from None


@dataclass(frozen=True)
class Repetition:
    """How a refused request comes again.

    Attributes:
        delays: seconds before the second to the last attempt.
        stall: seconds without any request of the account after a failure.
    """

    delays: tuple[float, ...]
    stall: float


PLANFIX_REPEATS = Repetition(delays=(15 * 60.0, 30 * 60.0, 60 * 60.0, 60 * 60.0), stall=3 * 60.0)
"""As Planfix does (the Russian page; the English one says 5, 15, 30, 60 minutes)."""


@dataclass(frozen=True)
class Scenario:
    """Where to: after an employee's comment and after a change of status."""

    url: str
    headers: dict[str, str] = field(repr=False)


@dataclass
class Waiting:
    """A request that still has to be accepted."""

    scenario: Scenario
    task_id: int
    event: Event
    due: float
    attempts: int = 0


@dataclass(frozen=True)
class Incident:
    """A request that was given up."""

    url: str
    task_id: int
    event: Event


class Scenarios:
    """The account's scenarios and their one queue.

    Args:
        clock: the fake's.
        lock: the fake's.
        settle: makes what is due happen (comments written for later) before the queue is looked at.
        post: gets URL, headers and body, returns the status; raises OSError when there is no answer.
        repetition: of what was not accepted.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        lock: threading.RLock,
        settle: Callable[[], None],
        *,
        post: Post,
        repetition: Repetition,
    ) -> None:
        self._clock = clock
        self._lock = lock
        self._settle = settle
        self._post = post
        self._repetition = repetition
        self._silent_until = float("-inf")
        self.added: list[Scenario] = []
        self._firing = threading.Lock()
        self._ticker = Ticker(self.fire_pending, "fake Planfix scenarios")
        self.waiting: list[Waiting] = []
        self.incidents: list[Incident] = []

    def add(self, url: str, headers: Mapping[str, str], basic: tuple[str, str] | None) -> None:
        """A scenario; ``basic`` is login and password of Basic authorization."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if basic:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        with self._lock:
            self.added.append(Scenario(url, sent))

    def happened(self, event: Event, task_id: int) -> None:
        """Queue a request of every scenario for this event."""
        now = self._clock()
        with self._lock:
            self.waiting += [Waiting(scenario, task_id, event, now) for scenario in self.added]
        self._ticker.wake()

    def fire_pending(self) -> int:
        """Send what is due now, in order, one after another; stops for three minutes at a failure.

        Returns:
            How many requests were accepted.
        """
        accepted = 0
        with self._firing:
            while request := self._next():
                accepted += self._send(request)
        return accepted

    def start(self) -> None:
        """Send from now on, in a thread."""
        self._ticker.start()

    def stop(self) -> None:
        """End the thread; a request on its way is waited for."""
        self._ticker.stop()

    def _next(self) -> Waiting | None:
        with self._lock:
            self._settle()
            now = self._clock()
            if now < self._silent_until:
                return None
            return next((request for request in self.waiting if request.due <= now), None)

    def _send(self, request: Waiting) -> bool:
        body = urlencode({"task": request.task_id, "event": request.event}).encode()
        try:
            accepted = self._post(request.scenario.url, request.scenario.headers, body) == _OK
        except OSError:
            accepted = False
        with self._lock:
            if accepted:
                self.waiting.remove(request)
            else:
                self._failed(request)
        return accepted

    def _failed(self, request: Waiting) -> None:
        now = self._clock()
        self._silent_until = now + self._repetition.stall
        if request.attempts >= len(self._repetition.delays):
            self.waiting.remove(request)
            self.incidents.append(Incident(request.scenario.url, request.task_id, request.event))
            return
        request.due = now + self._repetition.delays[request.attempts]
        request.attempts += 1
