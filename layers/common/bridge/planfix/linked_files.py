"""Files that Planfix pushed as addresses. They open without our token (facts: planfix.md section 1.3), and it is never sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import httpx

from bridge.errors import Reason, Refused
from bridge.files import OpenedFile
from bridge.planfix.chat_route import LinkedFile
from bridge.planfix.files import MAX_DOWNLOAD
from bridge.planfix.redirects import Redirects
from bridge.transfer import Clock, Deadline, pieces_of, size_of

_PAGE: Final = "text/html"


class LinkedFiles:
    """The files of one account.

    Args:
        account_url: an address leads there, or is not followed; where it is redirected to, ``redirects`` decides.
        redirects: as for the files of REST.
        monotonic: seconds, for the time that a file may take.
    """

    def __init__(self, account_url: str, redirects: Redirects, monotonic: Clock) -> None:
        self._account = httpx.URL(account_url)
        hosts = redirects.allowed_hosts
        self._redirects = replace(redirects, allowed_hosts=(*hosts, self._account.host) if hosts else ())
        self._monotonic = monotonic

    @contextmanager
    def open(self, file: LinkedFile, *, max_bytes: int = MAX_DOWNLOAD) -> Iterator[OpenedFile]:
        """Receive a file.

        Raises:
            Refused: FILE_TOO_BIG, or FILE_GONE: not there, a page instead of it, or an address that is none of the account's.
            RetryLater: not now.
        """
        deadline = Deadline(self._monotonic)
        with self._redirects.follow(str(self._checked(file.url)), self._account, deadline) as response:
            mime = response.headers.get("content-type", "").partition(";")[0].strip()
            if mime.lower() == _PAGE and not file.name.lower().endswith((".html", ".htm")):
                raise Refused(Reason.FILE_GONE, "a page instead of a file")  # Planfix asks who we are
            pieces = pieces_of(response, max_bytes=max_bytes, deadline=deadline)
            yield OpenedFile(file.name, size_of(response), mime, pieces)

    def public(self, file: LinkedFile) -> str:
        """The address, which opens for everybody; "" for one that is none of the account's."""
        try:
            return str(self._checked(file.url))
        except Refused:
            return ""

    def _checked(self, address: str) -> httpx.URL:
        """The address, if it is one of the account itself: whoever can push may otherwise send us anywhere."""
        try:
            url = self._account.join(address.strip())
            is_ours = (url.scheme, url.host, url.port) == (self._account.scheme, self._account.host, self._account.port)
        except (httpx.InvalidURL, ValueError):
            is_ours = False
        if not is_ours or not address.strip():
            raise Refused(Reason.FILE_GONE, "an address that is none of the account's")
        return url
