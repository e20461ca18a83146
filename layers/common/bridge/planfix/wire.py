"""One request to Planfix's REST API: in its slot, with our token, its answer as values or as an error of our tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import httpx

from bridge.errors import OutcomeUnknown, Reason, Refused
from bridge.model import CALL, Slots
from bridge.planfix.exchange import Exchange
from bridge.planfix.failures import failure
from bridge.transfer import AS_IT_IS, PASSING_ON, TIMEOUT, TRANSFER, after_a_moment


class Wire:
    """The way to one account.

    Args:
        http: the container's one HTTP client.
        account_url: ``https://acme.planfix.ru``, without a trailing slash.
        token: the REST token; it goes to this address only.
        slots: the right to make one more call, shared by every container.
        clock: Unix seconds.

    Attributes:
        ahead: seconds by which Planfix's clock is ahead of ours, by the newest answer's Date (RFC 9110, 6.6.1): what
            Planfix dates is brought to our time with it, so that two clocks are never compared.
    """

    def __init__(
        self, http: httpx.Client, account_url: str, token: str, slots: Slots, clock: Callable[[], float]
    ) -> None:
        self._http = http
        self._base = f"{account_url}/rest/"
        self._token = token
        self._headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        self._slots = slots
        self._exchange = Exchange(http, slots)
        self._clock = clock
        self.ahead = 0.0

    @property
    def address(self) -> httpx.URL:
        """The account's own address."""
        return httpx.URL(self._base)

    def is_secret(self, address: httpx.URL) -> bool:
        """Whether an address shows our token (Planfix takes it in a query too) or a name and password."""
        return self._token in unquote(str(address)) or bool(address.userinfo)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        gives_way: bool = False,
    ) -> dict[str, Any]:
        """Call a method of the API; one that ``gives_way`` lets those of others go first."""
        query = dict(params) if params else None
        request = self._http.build_request(
            method, self._base + path, json=body, params=query, headers=self._headers, timeout=TIMEOUT
        )
        return after_a_moment(lambda: self._understood(self._sent(request, gives_way=gives_way)))

    def upload(self, path: str, files: Mapping[str, Any]) -> dict[str, Any]:
        """Send files as multipart form data, given as httpx takes them; they are read again from their beginning."""
        return after_a_moment(lambda: self._uploaded(path, files))

    def _uploaded(self, path: str, files: Mapping[str, Any]) -> dict[str, Any]:
        request = self._http.build_request(
            "POST", self._base + path, files=files, headers=self._headers, timeout=TIMEOUT
        )
        response = self._sent(request, needs=TRANSFER, gives_way=True)
        if (
            response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
        ):  # of the web server before Planfix, without a code
            self._slots.answered()
            raise Refused(Reason.PLANFIX_FILE, "HTTP 413")
        return self._understood(response)

    def download(self, path: str) -> httpx.Response:
        """An answer whose body is not read yet, or a redirect; the caller closes it.

        Raises:
            BridgeError: what any other answer means.
        """
        headers = {**self._headers, **AS_IT_IS}
        request = self._http.build_request("GET", self._base + path, headers=headers, timeout=TIMEOUT)
        response = self._sent(request, needs=PASSING_ON, gives_way=True, stream=True)
        if response.status_code == httpx.codes.OK or response.has_redirect_location:
            self._slots.answered()
            return response
        try:
            response.read()
        except httpx.HTTPError as error:
            raise OutcomeUnknown(Reason.UNREACHABLE, type(error).__name__) from None
        finally:
            response.close()
        self._understood(response)
        raise OutcomeUnknown(Reason.SERVICE_DOWN, f"HTTP {response.status_code} instead of a file")

    def _sent(
        self, request: httpx.Request, *, needs: float = CALL, gives_way: bool = False, stream: bool = False
    ) -> httpx.Response:
        response = self._exchange.send(request, needs=needs, gives_way=gives_way, stream=stream)
        self._note_time(response)
        return response

    def _note_time(self, response: httpx.Response) -> None:
        try:
            self.ahead = parsedate_to_datetime(response.headers["date"]).timestamp() - self._clock()
        except (KeyError, ValueError, OverflowError):
            return  # no Date, or none that can be read: the one before is still about right

    def _understood(self, response: httpx.Response) -> dict[str, Any]:
        with self._exchange.judged():
            return self._answer(response)

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        if response.status_code == httpx.codes.ACCEPTED:
            return {}  # queued behind a scenario that changes the task: done, never repeated
        try:
            body = response.json()
        except ValueError:
            body = None
        if isinstance(body, dict) and response.is_success and body.get("result", "success") != "fail":
            return body
        if response.is_success and not isinstance(body, dict):
            if not response.content:
                return {}
            raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer that is no JSON")
        raise failure(response.status_code, body if isinstance(body, dict) else None, token=self._token)
