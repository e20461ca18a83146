"""Which addresses Telegram takes in a ``text_link``, and what to show for the others.

A link that Telegram cannot read is refused with the whole message ("entity URL ... is invalid"), so the check is
stricter than Telegram's own (TDLib LinkManager.cpp check_link, HttpUrl.cpp parse_url).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

_HTTP: Final = re.compile(
    r"https?://(?:[\w-]+\.)+[\w-]+(?::(?P<port>[0-9]{1,5}))?(?:[/?#][^\s\x00-\x1f]*)?", re.IGNORECASE
)
_TG: Final = re.compile(r"tg://[a-z]+(?:\?[\w=&%.~+-]*)?", re.IGNORECASE)
_OTHER: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):(?P<rest>.+)", re.IGNORECASE | re.DOTALL)

_LONGEST: Final = 2048
_LAST_PORT: Final = 65535
_TO_TYPE: Final = frozenset({"mailto", "tel", "sms", "callto"})
"""The part after the colon is what a person would type."""
_TO_SHOW: Final = frozenset({"http", "https", "ftp", "tg", "skype", "viber", "whatsapp", "sip", "geo", "file"})


def telegram_link(address: str) -> str:
    """The address as Telegram takes it in a ``text_link``; empty when it does not."""
    address = _absolute(address)
    if not 0 < len(address) <= _LONGEST:
        return ""
    found = _HTTP.fullmatch(address)
    if found:
        port = found["port"]
        return address if not port or 0 < int(port) <= _LAST_PORT else ""
    return address if _TG.fullmatch(address) else ""


def readable_address(address: str) -> str:
    """What a person needs to read where the link cannot be sent; empty when it would mean nothing to a client."""
    address = _absolute(address)
    found = _OTHER.fullmatch(address)
    if not found or len(address) > _LONGEST:
        return ""
    scheme = found["scheme"].lower()
    if scheme in _TO_TYPE:
        return unquote(found["rest"].partition("?")[0])
    return address if scheme in _TO_SHOW else ""


def says(label: str, address: str) -> bool:
    """Whether the label already shows the address, however it is spaced."""
    return _letters(address) in _letters(label)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _absolute(address: str) -> str:
    """Without the spaces at its ends; a space inside is written as a browser does; ``//host`` gets its scheme."""
    address = address.strip().replace(" ", "%20")
    return f"https:{address}" if address.startswith("//") else address
