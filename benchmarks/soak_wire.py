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
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from werkzeug.wrappers import Request, Response

from local.fakes.faults import drop_connection
from local.promises.account import Marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MARKS: Final = Marks(re.compile(r"(#[a-z]\d+)(?:\.\w+)?"))
"""What people write begins with a mark of its own: ``#c12`` a client's, ``#o12`` an owner's, ``#a12`` an answer, and so on; a
piece of it, such as a file, bears the mark and a word: ``#f12.1``."""


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

CHATS: Final = "/webchat/api"
_DONE = range(200, 300)


class Wire:
    """One service as the bridge reaches it.

    Args:
        app: the fake's.
        order: tells the fake to answer its next request with `SLOWER` or `BROKEN`, in its own words.
        brings: what is shown to people by a request that was done (its address, its body, its answer); "" if nothing.
        seed: of the faults.
    """

    def __init__(
        self,
        app: WSGIApplication,
        order: Callable[[Fault], None],
        brings: Callable[[str, bytes, bytes], str],
        seed: str,
    ) -> None:
        self._app = app
        self._order = order
        self._brings = brings
        self._chance = random.Random(seed)  # noqa: S311 - chooses faults, hides nothing
        self._lock = threading.Lock()
        self.disturbed = False
        """Whether faults happen."""
        self.faults: Counter[Fault] = Counter()
        self.answers: Counter[int] = Counter()
        """Answers of the fake, by HTTP status."""
        self.arrived: dict[str, float] = {}
        """When each mark was first shown, by `time.monotonic`."""
        self.kept_answers = 0
        """How many answers were kept from the bridge of requests that brought something to people."""
        self.lost: Counter[str] = Counter()
        """How often the answer to a request that was done was kept from the bridge, by each piece that it brought."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        data = request.get_data()
        environ["wsgi.input"] = io.BytesIO(data)
        fault = self._draw()
        if fault is Fault.DROPPED:
            drop_connection(environ)
            return _broken()(environ, start_response)
        if fault in {Fault.SLOWER, Fault.BROKEN}:
            self._order(fault)
        response = Response.from_app(self._app, environ)
        shown = self._brings(request.path, data, response.get_data()) if response.status_code in _DONE else ""
        with self._lock:
            self.answers[response.status_code] += 1
            for mark in MARKS.marks(shown):
                self.arrived.setdefault(mark, time.monotonic())
        if fault in {Fault.BROKEN_YET_DONE, Fault.DROPPED_YET_DONE}:
            with self._lock:
                self.lost.update(MARKS.pieces(shown))
                self.kept_answers += bool(shown)
            if fault is Fault.DROPPED_YET_DONE:
                drop_connection(environ)
            response = _broken()
        return response(environ, start_response)

    def lost_answer_to(self, shown: str) -> bool:
        """Whether the answer to a request that brought this was ever kept from the bridge."""
        with self._lock:
            return any(self.lost[piece] for piece in MARKS.pieces(shown))

    def _draw(self) -> Fault | None:
        if not self.disturbed:
            return None
        with self._lock:
            [drawn] = self._chance.choices([*SHARES, None], [*SHARES.values(), 1 - sum(SHARES.values())])
            if drawn:
                self.faults[drawn] += 1
            return drawn


def comment_in(path: str, body: bytes, answer: bytes) -> str:  # noqa: ARG001 - Planfix's answer is a number
    """What a request to Planfix writes into a task, or into a chat, or beside an answer."""
    if path == CHATS:
        form = parse_qs(body.decode())
        return " ".join(form.get("message", []) + form.get("messageStatusText", []))
    if not path.endswith("/comments/"):
        return ""
    return str(json.loads(body).get("description") or "")


def message_in(path: str, body: bytes, answer: bytes) -> str:  # noqa: ARG001 - Telegram answers with the message
    """What a request to Telegram shows the client: words, and the names of files."""
    if not path.rpartition("/")[2].startswith(("send", "edit")):
        return ""
    result = json.loads(answer)["result"]
    messages = result if isinstance(result, list) else [result]
    return " ".join(" ".join(_shown(one)) for one in messages if isinstance(one, dict))


def _shown(message: dict[str, object]) -> Iterable[str]:
    yield str(message.get("text") or message.get("caption") or "")
    for part in message.values():
        if isinstance(part, dict) and "file_name" in part:
            yield str(part["file_name"])


def _broken() -> Response:
    return Response("<html><head><title>502 Bad Gateway</title></head></html>", HTTPStatus.BAD_GATEWAY)
