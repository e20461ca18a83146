"""The files of a Telegram message, with a right name and type even when Telegram gives none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from mimetypes import MimeTypes
from typing import Any, Final

from bridge.model import Attachment
from bridge.shown import TURNING
from bridge.telegram.characters import identifier
from bridge.telegram.fields import mapping, mappings, number, text

# The first that is there is the file: an animation comes with a document that stands for it with old bots
# (core.telegram.org/bots/api#message). voice_note is what a rich message calls its voice.
_FILES: Final = {
    "animation": ("animation", "video/mp4"),
    "video": ("video", "video/mp4"),
    "video_note": ("video_note", "video/mp4"),
    "voice": ("voice", "audio/ogg"),
    "voice_note": ("voice", "audio/ogg"),
    "audio": ("audio", "audio/mpeg"),
    "document": ("document", ""),
}
"""Field -> kind of the attachment, and its type when Telegram names none."""

_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "audio/flac": ".flac",
    "audio/m4a": ".m4a",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
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
"""The types that people send most: the standard library names several of these differently in each Python."""

_STANDARD: Final = MimeTypes()
_OCTETS: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", re.IGNORECASE)  # RFC 6838 section 4.2
_NOT_IN_A_NAME: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029/\\:*?"<>|]')
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_LONGEST_NAME: Final = 255
"""Bytes: the limit of the usual file systems."""


def attachments_of(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The message's files, in order.

    Paid media are previews, and a moving sticker is no picture that Planfix could show: neither is attached.
    """
    message_id = number(message, "message_id")
    suffix = "" if message_id is None else f"_{message_id}"
    found: dict[str, Attachment] = {}
    repeated: Counter[str] = Counter()
    for holder in _holders(message):
        for attachment in _files_in(holder, suffix):
            name = attachment.name
            while name in found:  # counted on, not from 1 again: a made-up message may hold thousands
                repeated[attachment.name] += 1
                name = _short_enough(attachment.name, f"_{repeated[attachment.name] + 1}")
            found[name] = replace(attachment, name=name)
    return tuple(found.values())


def _holders(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Whatever may hold a file: the message, the parts of a poll, the blocks of a rich message."""
    yield message
    poll = mapping(message, "poll")
    for part in (poll, *mappings(poll, "options")):
        yield mapping(part, "media")
    waiting = mappings(mapping(message, "rich_message"), "blocks")[::-1]
    while waiting:  # not recursive: blocks nest as deep as the JSON does
        block = waiting.pop()
        yield block
        for name in ("items", "blocks"):
            waiting += mappings(block, name)[::-1]


def _files_in(holder: Mapping[str, Any], suffix: str) -> list[Attachment]:
    live = mapping(holder, "live_photo")
    if live and "animation" not in holder:
        photo = _photo(mappings(live, "photo") or mappings(holder, "photo"), suffix)
        return [one for one in (photo, _file("live_photo", live, suffix, "video/mp4")) if one]
    for field, (kind, mime) in _FILES.items():
        file = _file(kind, mapping(holder, field), suffix, mime)
        if file:
            return [file]
    picture = _photo(mappings(holder, "photo"), suffix) or _sticker(mapping(holder, "sticker"), suffix)
    return [picture] if picture else []


def _photo(sizes: list[Mapping[str, Any]], suffix: str) -> Attachment | None:
    """The largest size: Telegram promises no order."""
    usable = [size for size in sizes if text(size, "file_id")]
    if not usable:
        return None
    return _file("photo", max(usable, key=_area), suffix, "image/jpeg")


def _area(size: Mapping[str, Any]) -> int:
    return (number(size, "width") or 0) * (number(size, "height") or 0)


def _sticker(sticker: Mapping[str, Any], suffix: str) -> Attachment | None:
    if sticker.get("is_animated") or sticker.get("is_video"):
        return None
    return _file("sticker", sticker, suffix, "image/webp")


def _file(kind: str, file: Mapping[str, Any], suffix: str, usual_mime: str) -> Attachment | None:
    file_id = text(file, "file_id")
    if not file_id:
        return None
    given = _safe_name(text(file, "file_name"))
    mime = text(file, "mime_type")
    if not _TYPE.fullmatch(mime):
        mime = usual_mime or _STANDARD.guess_type(given)[0] or _OCTETS
    name = given or f"{kind}{suffix}"
    if not _EXTENSION.search(name) and not (given and mime == _OCTETS):  # Makefile is no Makefile.bin
        name += _EXTENSIONS.get(mime.lower()) or _STANDARD.guess_extension(mime) or ""
    return Attachment(
        kind=kind,
        file_id=file_id,
        file_unique_id=identifier(text(file, "file_unique_id") or file_id),
        name=_short_enough(name),
        mime=mime.lower(),
        size=number(file, "file_size"),
        duration=number(file, "duration"),
    )


def _safe_name(name: str) -> str:
    """No path, no control characters, nothing that hides the extension, nothing a file system refuses."""
    return _NOT_IN_A_NAME.sub("_", TURNING.sub("", name)).strip(" .")


def _short_enough(name: str, tail: str = "") -> str:
    """The name with ``tail`` before its extension, cut in the middle when it is too long."""
    extension = found.group() if (found := _EXTENSION.search(name)) else ""
    stem = name.removesuffix(extension).encode()[: _LONGEST_NAME - len((tail + extension).encode())]
    return stem.decode(errors="ignore") + tail + extension
