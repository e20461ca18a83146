"""A request to Planfix in its slot: whether it went out, and what its answer means for whoever calls next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bridge.errors import BridgeError, OutcomeUnknown, Reason, RetryLater
from bridge.model import CALL, Slots
from bridge.planfix.failures import SERVER_DOWN_WAIT


class Exchange:
    """Requests of one destination.

    Args:
        http: the container's one HTTP client.
        slots: the right to make one more call, shared by every container.
    """

    def __init__(self, http: httpx.Client, slots: Slots) -> None:
        self._http = http
        self._slots = slots

    def send(
        self, request: httpx.Request, *, needs: float = CALL, gives_way: bool = False, stream: bool = False
    ) -> httpx.Response:
        """Take a slot and send a request; redirects are not followed.

        Raises:
            RetryLater: it did not go out.
            OutcomeUnknown: it may have gone out, and no answer came.
        """
        self._slots.take(needs, gives_way=gives_way)
        try:
            return self._http.send(request, stream=stream, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout) as error:
            # what was not written whole was not carried out either
            self._slots.failed()
            raise RetryLater(SERVER_DOWN_WAIT, Reason.UNREACHABLE, type(error).__name__) from None
        except (httpx.HTTPError, UnicodeError) as error:  # httpx reads a redirect's host, which may be no name
            self._slots.failed()
            raise OutcomeUnknown(Reason.UNREACHABLE, type(error).__name__) from None

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Around the reading of an answer: its slots learn whether it was one, and how long to wait."""
        try:
            yield
        except OutcomeUnknown:
            self._slots.failed()
            raise
        except BridgeError as error:
            if isinstance(error, RetryLater):
                self._slots.hold_off(error.after, error.reason)
            self._slots.answered()
            raise
        self._slots.answered()
