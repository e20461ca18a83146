"""Files: what is uploaded, what is taken again by its file_id, and the media objects of a Message."""

from __future__ import annotations

from typing import Any

from local.fakes.telegram_model import Json, RefusedError, StoredFile, bad_request

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
"""core.telegram.org/bots/api#sending-files"""
MAX_DOWNLOAD = 20 * 1024 * 1024
"""getFile (Client.cpp: 20971520 bytes)"""
MAX_PHOTO_SIDES = 10000
MAX_PHOTO_RATIO = 20
"""core.telegram.org/bots/api#sendphoto"""

ALBUM = range(2, 11)
"""core.telegram.org/bots/api#sendmediagroup"""


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP picture; None for anything else. WebP is not looked into."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith((b"GIF87a", b"GIF89a")):
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return 1, 1
    return None


_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers hold the size; C4, C8 and CC are tables (ITU T.81, table B.1)."""


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at : at + 1] == b"\xff":
        if data[at + 1] in _JPEG_FRAMES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def check_upload(kind: str, data: bytes) -> None:
    """Refuse what Telegram refuses of an uploaded file."""
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > MAX_UPLOAD:
        raise RefusedError(413, "Request Entity Too Large")
    if kind == "photo":
        _check_photo(data)


def _check_photo(data: bytes) -> None:
    if len(data) > MAX_PHOTO:
        raise bad_request(f"file of size {len(data)} bytes is too big for a photo")
    size = image_size(data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > MAX_PHOTO_SIDES or max(size) > MAX_PHOTO_RATIO * max(min(size), 1):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def media_fields(kind: str, file: StoredFile, given: Json) -> Json:
    """The fields of a Message that shows ``file`` as ``kind``."""
    base: Json = {"file_id": file.file_id, "file_unique_id": file.file_unique_id, "file_size": len(file.data)}
    width, height = image_size(file.data) or (given.get("width", 320), given.get("height", 240))
    described = {**base, "mime_type": file.mime, "file_name": file.name}
    seconds = {"duration": given.get("duration", 0)}
    sides = {"width": width, "height": height}
    shapes: dict[str, Any] = {
        "photo": [{**base, **sides}],
        "document": described,
        "audio": {**described, **seconds, **_present(given, "performer", "title")},
        "voice": {**base, **seconds, "mime_type": file.mime},
        "video": {**described, **seconds, **sides},
        "animation": {**described, **seconds, **sides},
        "video_note": {**base, **seconds, "length": given.get("length", 240)},
        "sticker": {
            **base,
            **sides,
            "type": "regular",
            "is_animated": file.name.endswith(".tgs"),
            "is_video": file.name.endswith(".webm"),
            **_present(given, "emoji"),
        },
    }
    # An animation's document is set too, for old clients (core.telegram.org/bots/api#message).
    extra = {"document": described} if kind == "animation" else {}
    return {kind: shapes[kind], **extra}


def _present(given: Json, *names: str) -> Json:
    return {name: given[name] for name in names if name in given}


def check_album(kinds: list[str]) -> None:
    """Refuse what sendMediaGroup refuses (td MessageContent.cpp, check_message_group_message_contents)."""
    if not kinds:
        raise bad_request("there are no messages to send")
    if len(kinds) > max(ALBUM):
        raise bad_request("too many messages to send as an album")
    if len(kinds) < min(ALBUM):
        raise bad_request("an album has 2-10 items (fake)")
    for alone in ("audio", "document"):
        if alone in kinds and set(kinds) != {alone}:
            raise bad_request(f"{alone} can't be mixed with other media types")
    if "animation" in kinds:
        raise bad_request('type "animation" is not allowed in an album (fake)')
