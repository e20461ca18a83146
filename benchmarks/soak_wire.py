"""What stands between the bridge and a fake in a soak: it orders faults, and notes when a message arrived."""

from __future__ import annotations

import io
import json
import random
import re
import threading
import time
from collections import Counter
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from local.fakes.server import drop_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TO_PLANFIX = re.compile(r"#[co]\d+")
TO_CLIENT = re.compile(r"#a\d+")
"""The marks that messages begin with: ``#c12`` a client's, ``#o12`` an owner's, ``#a12`` an answer."""


class Fault(StrEnum):
    """What happens to a request."""

    SLOWER = "told to wait"
    BROKEN = "5xx, nothing done"
    BROKEN_YET_DONE = "5xx, yet done"
    DROPPED = "connection dropped, nothing done"
    DROPPED_YET_DONE = "connection dropped, yet done"


SHARES = {
    Fault.SLOWER: 0.005,
    Fault.BROKEN: 0.01,
    Fault.BROKEN_YET_DONE: 0.005,
    Fault.DROPPED: 0.005,
    Fault.DROPPED_YET_DONE: 0.005,
}
"""Of the requests, three in a hundred in all: far more than either service shows on a bad day."""

_DONE = range(200, 300)


class Wire:
    """One service as the bridge reaches it.

    Args:
        app: the fake's.
        order: tells the fake to answer its next request with `SLOWER` or `BROKEN`, in its own words.
        arrives: what the path of a request ends with that brings a message to its reader.
        marks: what those messages are marked with.
        seed: of the faults.
    """

    def __init__(
        self, app: WSGIApplication, order: Callable[[Fault], None], arrives: str, marks: re.Pattern[str], seed: str
    ) -> None:
        self._app = app
        self._order = order
        self._arrives = arrives
        self._marks = marks
        self._chance = random.Random(seed)  # noqa: S311 - chooses faults, hides nothing
        self._lock = threading.Lock()
        self.disturbed = False
        """Whether faults happen."""
        self.faults: Counter[Fault] = Counter()
        self.answers: Counter[int] = Counter()
        """Answers of the fake, by HTTP status."""
        self.arrived: dict[str, float] = {}
        """When each marked message was first there, by `time.monotonic`."""
        self.lost: Counter[str] = Counter()
        """How often the answer to a message that arrived was kept from the bridge, by the message's mark."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        data = request.get_data()
        environ["wsgi.input"] = io.BytesIO(data)
        mark = self._mark(request, data)
        fault = self._draw()
        if fault is Fault.DROPPED:
            drop_connection(environ)
            return _broken()(environ, start_response)
        if fault in {Fault.SLOWER, Fault.BROKEN}:
            self._order(fault)
        response = Response.from_app(self._app, environ)
        done = response.status_code in _DONE
        with self._lock:
            self.answers[response.status_code] += 1
        if done and mark:
            self.arrived.setdefault(mark, time.monotonic())
        if fault in {Fault.BROKEN_YET_DONE, Fault.DROPPED_YET_DONE}:
            if done and mark:
                with self._lock:
                    self.lost[mark] += 1
            if fault is Fault.DROPPED_YET_DONE:
                drop_connection(environ)
            response = _broken()
        return response(environ, start_response)

    def _mark(self, request: Request, data: bytes) -> str:
        """The mark of the message that a request brings."""
        if not request.path.endswith(self._arrives):
            return ""
        body = json.loads(data)
        # An answer's text, or a comment's HTML; both may begin with a line that says who wrote it.
        found = self._marks.search(body.get("text") or body.get("description") or "")
        return found[0] if found else ""

    def _draw(self) -> Fault | None:
        if not self.disturbed:
            return None
        with self._lock:
            [drawn] = self._chance.choices([*SHARES, None], [*SHARES.values(), 1 - sum(SHARES.values())])
            if drawn:
                self.faults[drawn] += 1
            return drawn


def _broken() -> Response:
    return Response("<html><head><title>502 Bad Gateway</title></head></html>", HTTPStatus.BAD_GATEWAY)
