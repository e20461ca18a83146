"""Files into Planfix and out of it, as streams of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from bridge.errors import BridgeError
from bridge.files import OpenedFile, in_temporary_file, safe_mime, safe_name
from bridge.planfix.redirects import Redirects
from bridge.planfix.wire import Wire
from bridge.transfer import Clock, Deadline, Sending, nothing_was_done, pieces_of, size_of, too_big

MAX_DOWNLOAD: Final = 50 * 1024 * 1024
"""Bytes: Telegram takes no more of one file (core.telegram.org/bots/api#sending-files), so more is not fetched."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What Planfix says of a file that it keeps.

    Attributes:
        id: its number.
        name: what an employee sees.
        size: bytes, where it is said.
        download_url: a link, where Planfix gives one; for whom it opens is not documented.
    """

    id: int
    name: str = ""
    size: int | None = None
    download_url: str = ""


class Files:
    """The files of one account.

    Args:
        wire: the way to it.
        redirects: where its downloads may be redirected to.
        monotonic: seconds, for the time that a file may take.
    """

    def __init__(self, wire: Wire, redirects: Redirects, monotonic: Clock) -> None:
        self._wire = wire
        self._redirects = redirects
        self._monotonic = monotonic

    def upload(self, name: str, mime: str, pieces: Iterable[bytes]) -> dict[str, Any]:
        """Put a file into Planfix; its answer has the number.

        Args:
            name: what an employee sees; Planfix transcribes voice by its extension.
            mime: its media type.
            pieces: read to their end before the call begins, so that its length is known.

        Raises:
            Refused: PLANFIX_FILE: not taken, or larger than the account's plan allows.
            BridgeError: also whatever ``pieces`` raises.
        """
        with in_temporary_file(pieces) as file:
            sending = Sending(file, self._monotonic).as_file()
            return self._wire.upload("file/", {"file": (safe_name(name, "file"), sending, safe_mime(mime))})

    def about(self, file_id: int) -> StoredFile:
        """What Planfix says of a file.

        Raises:
            Refused: FILE_GONE: there is none.
        """
        answer = self._wire.call("GET", f"file/{file_id}", params={"fields": "id,name,size,downloadUrl"})
        found = answer["file"] if isinstance(answer.get("file"), Mapping) else {}
        size = found.get("size")
        return StoredFile(
            file_id,
            str(found.get("name") or ""),
            size if isinstance(size, int) else None,
            str(found.get("downloadUrl") or ""),
        )

    def public_link(self, file_id: int) -> str:
        """A link to a file that opens for everybody; "" when Planfix gives none.

        Planfix names a ``downloadUrl`` (swagger, GET /file/{id}) and does not say for whom it opens; where a download is
        redirected to is no link to give away, for such addresses are signed for a short time. So the named one is opened
        as a stranger would, without our token: only one that then gives this file, and no page (a login form is one), is
        good.

        Raises:
            BridgeError: Planfix was asked and did not answer.
        """
        with nothing_was_done():
            about = self.about(file_id)
        try:
            link = self._wire.address.join(about.download_url)
            is_the_accounts = link.host == self._wire.address.host
        except (httpx.InvalidURL, ValueError):
            return ""
        if not about.download_url or self._wire.is_secret(link):
            return ""
        hosts = self._redirects.allowed_hosts
        ways = replace(self._redirects, allowed_hosts=(*hosts, link.host) if hosts and is_the_accounts else hosts)
        try:
            with ways.follow(str(link), self._wire.address, Deadline(self._monotonic)) as response:
                is_page = response.headers.get("content-type", "").lower().startswith("text/html")
                size = size_of(response)
        except BridgeError:
            return ""
        is_this_file = size is None or about.size is None or size == about.size
        return str(link) if is_this_file and not is_page else ""

    @contextmanager
    def open(
        self, file_id: int, *, about: StoredFile | None = None, max_bytes: int = MAX_DOWNLOAD
    ) -> Iterator[OpenedFile]:
        """Receive a file from Planfix, or from where it is kept.

        Args:
            file_id: its number.
            about: what is known of it; asked for when name or size are missing.
            max_bytes: no file larger than this.

        Raises:
            Refused: FILE_TOO_BIG, or FILE_GONE: not there, or redirected to where we do not go (redirects.py).
            RetryLater: not now; never OutcomeUnknown, since nothing is done.
        """
        with nothing_was_done():
            if about is None or not about.name or about.size is None:
                about = self.about(file_id)
            if about.size is not None and about.size > max_bytes:
                raise too_big(about.size)
            response = self._wire.download(f"file/{file_id}/download")
        deadline = Deadline(self._monotonic)
        with ExitStack() as opened:
            opened.callback(response.close)
            if response.has_redirect_location:
                response.close()
                location = response.headers["location"]
                response = opened.enter_context(self._redirects.follow(location, response.request.url, deadline))
            size = size_of(response)
            yield OpenedFile(
                about.name,
                about.size if size is None else size,
                response.headers.get("content-type", "").partition(";")[0].strip(),
                pieces_of(response, max_bytes=max_bytes, deadline=deadline),
            )
