"""Addresses of files that open for whoever has one, until their end: ``GET /files/{integration}/{signed}``.

Signed by us, not by S3: an address that a function presigns dies with its role's session, hours before Planfix may come for the
file. Standard library only.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_MAC: Final = 16
"""Bytes of the signature: 128 bits are guessed by nobody, and the address stays short."""


@dataclass(frozen=True, slots=True)
class FileLink:
    """What an address gives away.

    Attributes:
        file: where the file lies in its bucket.
        chat: whose it is, `Chat.key`.
        until: Unix seconds, the first at which it does not open any more.
    """

    file: str
    chat: str
    until: int


class Unopened(Enum):
    """Why an address opens nothing."""

    FORGED = auto()  # or of another integration, or cut off
    OVER = auto()  # it was good once


def key_of_links(key_of_digests: bytes) -> bytes:
    """The key that signs an integration's addresses: one of its own, made from the one that never changes (decisions/0018)."""
    return hmac.digest(key_of_digests, b"addresses of files", "sha256")


def sign(link: FileLink, integration: str, key: bytes) -> str:
    """The last part of the address.

    Args:
        link: what it shall give away.
        integration: alias; the address is good under it only.
        key: `key_of_links`.
    """
    payload = json.dumps([link.file, link.chat, link.until], ensure_ascii=False, separators=(",", ":")).encode()
    return _text(_mac(payload, integration, key) + payload)


def check(signed: str, integration: str, key: bytes, now: float) -> FileLink | Unopened:
    """What an address gives away, or why nothing.

    Args:
        signed: the last part of the address, as somebody showed it.
        integration: alias, of the same address.
        key: `key_of_links`.
        now: Unix seconds.
    """
    raw = _bytes(signed)
    if not hmac.compare_digest(raw[:_MAC], _mac(raw[_MAC:], integration, key)):
        return Unopened.FORGED
    link = FileLink(*json.loads(raw[_MAC:]))  # we wrote it
    return link if now < link.until else Unopened.OVER


def _mac(payload: bytes, integration: str, key: bytes) -> bytes:
    return hmac.digest(key, integration.encode("utf-8", "replace") + b"\0" + payload, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """The bytes of a text that is written exactly as we write it; none of any other, so that one link has one address."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:  # binascii.Error, and what is not ASCII
        return b""
    return raw if _text(raw) == text else b""
