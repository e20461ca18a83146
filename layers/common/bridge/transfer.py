"""Calls and files over HTTP, both ways: within a size, within a time, and with errors of our tree.

Receiving changes nothing at the other side, so whatever goes wrong there is never "unknown". A request whose body was
not sent whole changes nothing either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final, TypeVar, cast

import httpx

from bridge.errors import InLine, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.model import CALL, MOMENT

TIMEOUT: Final = httpx.Timeout(connect=5, read=25, write=25, pool=5)
"""Seconds, each read and write; the sum is limited by ``SECONDS``."""

SECONDS: Final = 60.0
"""For all bytes of one file one way: 50 MB, the most that goes, at 0.85 MB/s."""

TRANSFER: Final = CALL + SECONDS
"""Seconds that a call with a file in it may take."""

PASSING_ON: Final = 2 * TRANSFER
"""Seconds that it may take to receive a file and to send it on: with less left, it would be received in vain."""

AGAIN_AFTER: Final = 30.0
"""Seconds to the next try of a transfer that broke off."""

AS_IT_IS: Final = {"accept": "*/*", "accept-encoding": "identity"}
"""Ask for the bytes themselves: a compressed kilobyte may unpack to a megabyte."""

Result = TypeVar("Result")

TRIES: Final = 3
"""Times that a call is made which a service asks to wait for no longer than a moment."""


def after_a_moment(call: Callable[[], Result]) -> Result:
    """Make a call again that was refused for a moment only: what was read or received for it need not be so again.

    Its slot waits for that moment (aws/pacer.py).
    """
    for _ in range(TRIES - 1):
        try:
            return call()
        except RetryLater as wait:
            if wait.counts or wait.after > MOMENT or isinstance(wait, InLine):  # a place in line is not asked for again
                raise
    return call()


Clock = Callable[[], float]


class Deadline:
    """The end of the time that one transfer has.

    Args:
        clock: seconds; monotonic outside of tests.
        seconds: how long from now.
    """

    def __init__(self, clock: Clock = time.monotonic, seconds: float = SECONDS) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            RetryLater: none are.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, "a file's transfer took too long")
        return left


def pieces_of(response: httpx.Response, *, max_bytes: int, deadline: Deadline) -> Iterator[bytes]:
    """The body as it comes.

    Raises:
        Refused: it is said to be larger than ``max_bytes``, or compressed. The iterator raises it too when more came.
        RetryLater: of the iterator: it broke off or came too slowly.
    """
    size = size_of(response)
    if size is not None and size > max_bytes:
        raise too_big(size)
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise Refused(Reason.FILE_GONE, "compressed")
    return _pieces(response, max_bytes, deadline)


def _pieces(response: httpx.Response, max_bytes: int, deadline: Deadline) -> Iterator[bytes]:
    came = 0
    try:
        for piece in response.iter_bytes():  # as they come: to ask for a size would be to wait until so much is there
            came += len(piece)
            if came > max_bytes:
                raise too_big(came)
            deadline.left()
            yield piece
        deadline.left()  # a body without a length ends where its connection is cut, also by us
    except httpx.HTTPError as error:
        deadline.left()
        raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, type(error).__name__) from None


def size_of(response: httpx.Response) -> int | None:
    """The announced length in bytes."""
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def too_big(size: int) -> Refused:
    """The refusal of a file that is larger than may pass."""
    return Refused(Reason.FILE_TOO_BIG, f"{size} bytes or more")


@contextmanager
def nothing_was_done() -> Iterator[None]:
    """Around a question: when its answer was lost, nothing happened, so it is asked again later."""
    try:
        yield
    except OutcomeUnknown as lost:
        raise RetryLater(AGAIN_AFTER, lost.reason, lost.detail) from None


class Sending:
    """A file as httpx reads it to send it; raises RetryLater in the middle when its time is up."""

    def __init__(self, file: IO[bytes], clock: Clock = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._deadline: Deadline | None = None

    def as_file(self) -> IO[bytes]:
        """As httpx wants it typed: it needs no more of a file than is here."""
        return cast("IO[bytes]", self)

    def read(self, size: int = -1) -> bytes:
        if self._deadline is None:
            self._deadline = Deadline(self._clock)  # only now: a slot was waited for before
        self._deadline.left()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset == whence == 0:
            self._deadline = None  # it is sent once more, and has its time again
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """With ``seek`` it tells httpx the length, which then stands in the header."""
        return self._file.tell()
