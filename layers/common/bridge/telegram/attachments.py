"""The files of a Telegram message, with a right name and type even when Telegram gives none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from mimetypes import MimeTypes
from typing import Any, Final

from bridge.model import Attachment
from bridge.telegram.fields import mapping, mappings, number, text

# animation and live_photo come with the document or photo that stands for them with old bots: they are looked at first
# (core.telegram.org/bots/api#message); voice_note is what a rich message calls its voice
_FILES: Final = {
    "animation": ("animation", "video/mp4"),
    "video": ("video", "video/mp4"),
    "video_note": ("video_note", "video/mp4"),
    "voice": ("voice", "audio/ogg"),
    "voice_note": ("voice", "audio/ogg"),
    "audio": ("audio", "audio/mpeg"),
    "document": ("document", ""),
}
"""Field of the message -> kind of the attachment, and its type when Telegram names none."""

_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/m4a": ".m4a",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/mpeg3": ".mp3",
    "audio/ogg": ".ogg",
    "audio/opus": ".ogg",
    "audio/x-m4a": ".m4a",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
}
"""The types that people send; the standard library knows the others, but not all of these in each Python."""

_STANDARD: Final = MimeTypes()
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", re.IGNORECASE)  # RFC 6838 section 4.2
_OCTETS: Final = "application/octet-stream"
_NOT_IN_A_NAME: Final = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|]')
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")  # makes "exe.jpg" of a name that ends in "gpj.exe"
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_LONGEST_NAME: Final = 255
"""Bytes: the limit of the common file systems."""


def attachments_of(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The message's files in their order; previews, animated stickers and paid media have none that is worth keeping."""
    number_of_message = number(message, "message_id")
    suffix = "" if number_of_message is None else f"_{number_of_message}"
    found: list[Attachment] = []
    for holder in _holders(message):
        for one in _files_in(holder, suffix):
            repeated = sum(other.name == one[0].name for other in found)
            found.append(_renamed(one[0], repeated + 1) if repeated else one[0])
    return tuple(found)
