"""The files of a Telegram message as addresses of our own, at which Planfix fetches them; each is received once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from bridge.files import in_temporary_file
from bridge.planfix.chat_route import LinkedFile
from bridge.routes.files import key_of_file
from bridge.signed_links import FileLink, sign

if TYPE_CHECKING:
    from bridge.clock import Clock
    from bridge.model import Attachment, Chat
    from bridge.routes.files import Files
    from bridge.routes.port import Posting, Store

DAY: Final = 86_400


class Links:
    """Addresses ``{public_url}/files/{integration}/{signed}``.

    Args:
        files: receives each file once, and puts it into the bucket (`put`).
        public_url: of our own API.
        key: signs (signed_links.py).
        days: how long an address opens.
    """

    def __init__(self, files: Files, *, public_url: str, key: bytes, days: int, clock: Clock) -> None:
        self._files = files
        self._public_url = public_url
        self._key = key
        self._days = days
        self._clock = clock

    def carry(self, posting: Posting) -> tuple[tuple[LinkedFile, ...], list[str]]:
        """The files as addresses, and for each file that could not come along a sentence as HTML."""
        chat, key = posting.place.chat, posting.key
        kept, sentences = self._files.carry(posting.attachments, key=key, received_at=posting.received.at)
        links = (LinkedFile(one.name, self._address(_where(key_of_file(key, one)), chat)) for one, _ in kept)
        return tuple(links), sentences

    def _address(self, where: str, chat: Chat) -> str:
        link = FileLink(where, chat.key, int(self._clock()) + self._days * DAY)
        return f"{self._public_url}/files/{chat.integration}/{sign(link, chat.integration, self._key)}"


def put_into(store: Store) -> Callable[[Attachment, Iterator[bytes], str], int]:
    """What puts a file into the bucket."""

    def put(attachment: Attachment, pieces: Iterator[bytes], key: str) -> int:
        with in_temporary_file(pieces) as file:
            store.put(_where(key), file, mime=attachment.mime, name=attachment.name)
        return 1

    return put


def _where(key: str) -> str:
    """Where a file lies, by its ledger key: neither a client's number nor a file's name stands there."""
    return f"files/{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
