"""Bytes that take their time: a file's body at the speed of its line, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from tests.simulation.boundary import Container

WORTH_TIMING: Final = 64 * 1024
"""Bytes from which a body takes time: smaller ones are no files, or arrive with their headers."""


def take_body(who: Container, request: httpx.Request, speed: float) -> None:
    """Read what is sent as the service does: at the speed of the line. What the sender raises meanwhile is raised.

    Args:
        who: sends it.
        request: what is sent.
        speed: bytes a second; 0: a transfer takes no time.
    """
    if not speed or int(request.headers.get("content-length", 0)) < WORTH_TIMING:
        return
    body = bytearray()
    since, piece_of = 0, _piece(speed)
    for piece in request.stream:  # type: ignore[union-attr]
        body += piece
        since += len(piece)
        if since >= piece_of:
            who.sleep(since / speed)
            since = 0
    who.sleep(since / speed)
    request._content = bytes(body)
    request.stream = httpx.ByteStream(request._content)


def slowly(who: Container, response: httpx.Response, speed: float) -> httpx.Response:
    """The same answer, its body at the speed of the line."""
    if not speed or len(response.content) < WORTH_TIMING:
        return response
    return httpx.Response(response.status_code, headers=response.headers, stream=_Slow(response.content, who, speed))


def _piece(speed: float) -> int:
    """Bytes between two looks at the clock: those of a second, and no less than httpx reads at once."""
    return max(WORTH_TIMING, int(speed))


class _Slow(httpx.SyncByteStream):
    """Bytes that come piece by piece."""

    def __init__(self, content: bytes, who: Container, speed: float) -> None:
        self._content = content
        self._who = who
        self._speed = speed

    def __iter__(self) -> Iterator[bytes]:
        size = _piece(self._speed)
        for begin in range(0, len(self._content), size):
            piece = self._content[begin : begin + size]
            self._who.sleep(len(piece) / self._speed)
            self._who.ready_at = self._who.timeline.now
            yield piece
