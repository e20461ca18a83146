"""Width and height of a picture, from its first bytes."""

from __future__ import annotations

from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"

_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers hold the size; C4, C8 and CC are tables (ITU T.81, table B.1)."""
_JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length (ITU T.81, table B.1)."""

_ANIMATED: Final = 0x02
"""The animation flag of a WebP's VP8X chunk (RFC 9649 section 2.7.1)."""


def extension_of(head: bytes) -> str | None:
    """The extension of a picture that Telegram takes as a photo; None for anything else."""
    if head.startswith(_PNG):
        return "png"
    if head.startswith(_JPEG):
        return "jpg"
    if _is_webp(head):
        return "webp"
    return None


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG or still WebP; None when they are not in these bytes."""
    if head.startswith(_PNG) and len(head) >= 24:  # noqa: PLR2004 - signature, then IHDR (PNG section 11.2.1)
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if head.startswith(_JPEG):
        return _jpeg_size(head)
    if _is_webp(head) and len(head) >= 30:  # noqa: PLR2004 - the longest of the three headers (RFC 9649)
        return _webp_size(head)
    return None


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:  # noqa: PLR2004 - every marker begins with it
        marker = head[at + 1]
        if marker in _JPEG_FRAMES:
            return int.from_bytes(head[at + 7 : at + 9], "big"), int.from_bytes(head[at + 5 : at + 7], "big")
        if marker == 0xFF:  # noqa: PLR2004 - filling before a marker
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    """RFC 9649: sections 2.7.1 (extended), 3.4 (lossless), and RFC 6386 section 9.1 (lossy)."""
    chunk = head[12:16]
    if chunk == b"VP8X" and not head[20] & _ANIMATED:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None
