"""How a file goes to Telegram: as what, together with which others, and what it is until then.

Limits: core.telegram.org/bots/api#sending-files, #sendphoto, #sendvoice, #sendmediagroup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Final, Protocol, TypeVar

from bridge.errors import Reason, Refused
from bridge.files import OpenedFile, in_temporary_file, safe_mime, safe_name
from bridge.telegram.pictures import extension_of, picture_size

MAX_DOWNLOAD: Final = 20 * 1024 * 1024
"""Bytes; getFile gives no larger file (Client.cpp: 20971520)."""
MAX_UPLOAD: Final = 50 * 1024 * 1024
"""Bytes of one request."""
MAX_PHOTO: Final = 10 * 1024 * 1024
MAX_PHOTO_SIDES: Final = 10_000
"""Width and height together."""
MAX_PHOTO_RATIO: Final = 20
ALBUM_MOST: Final = 10

HEAD: Final = 256 * 1024
"""Bytes looked into: a JPEG has its size behind its preview and colour profile, 64 KB each."""


class Kind(StrEnum):
    """As what a file is sent; the value is the parameter's name."""

    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"

    @property
    def method(self) -> str:
        return f"send{self.value.capitalize()}"

    @property
    def action(self) -> str:
        """What the client sees while it is on its way (core.telegram.org/bots/api#sendchataction)."""
        return _ACTIONS.get(self, "upload_document")


_ACTIONS: Final = {
    Kind.PHOTO: "upload_photo",
    Kind.VIDEO: "upload_video",
    Kind.ANIMATION: "upload_video",
    Kind.VOICE: "upload_voice",
}

_ALBUMS: Final = {Kind.PHOTO: "pictures", Kind.VIDEO: "pictures", Kind.AUDIO: "audio", Kind.DOCUMENT: "documents"}
"""Which kinds may share an album; voice and animation never do."""

_BY_EXTENSION: Final = {
    **dict.fromkeys(("jpg", "jpeg", "png", "webp"), Kind.PHOTO),
    "gif": Kind.ANIMATION,
    **dict.fromkeys(("ogg", "oga", "opus"), Kind.VOICE),
    **dict.fromkeys(("mp3", "m4a"), Kind.AUDIO),
    **dict.fromkeys(("mp4", "m4v"), Kind.VIDEO),
}
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "webp", "gif", "bmp", "svg", "tif", "tiff", "heic", "heif", "avif"})
_BY_MIME: Final = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp"), Kind.PHOTO),
    "image/gif": Kind.ANIMATION,
    **dict.fromkeys(("audio/ogg", "audio/opus"), Kind.VOICE),
    **dict.fromkeys(("audio/mpeg", "audio/mp3", "audio/mp4", "audio/x-m4a"), Kind.AUDIO),
    **dict.fromkeys(("video/mp4", "video/x-m4v"), Kind.VIDEO),
}
_MPEG4_BRANDS: Final = frozenset({b"isom", *(b"iso%d" % n for n in range(2, 10)), b"mp41", b"mp42", b"avc1", b"dash", b"MSNV", b"M4V "})  # fmt: skip
"""What the box ``ftyp`` says of a film (ISO/IEC 14496-12 annex E); QuickTime, 3GP and HEIC share the box, not the use."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file ready to be sent; ``content`` can be read more than once."""

    name: str
    mime: str
    kind: Kind
    size: int
    content: IO[bytes]


@contextmanager
def outgoing(opened: OpenedFile, *, name: str = "", mime: str = "") -> Iterator[OutgoingFile]:
    """Receive a file into a temporary one and decide how to send it.

    Args:
        opened: where it comes from; it is read to its end.
        name: instead of the opened file's own.
        mime: instead of the opened file's own.

    Raises:
        Refused: Telegram would not take it: empty, or over 50 MB.
        RetryLater: it broke off.
    """
    mime = safe_mime(mime or opened.mime)
    with in_temporary_file(_limited(opened.pieces)) as content:
        size = content.seek(0, 2)
        content.seek(0)
        head = content.read(HEAD)
        shown = safe_name(name or opened.name, "file")
        kind = way_to_send(shown, mime, size, head)
        if kind is Kind.PHOTO and _BY_EXTENSION.get(_extension(shown)) is not Kind.PHOTO:
            shown = f"{shown}.{extension_of(head)}"  # else PHOTO_EXT_INVALID; the client does not see it
        yield OutgoingFile(shown, mime, kind, size, content)


def _limited(pieces: Iterable[bytes]) -> Iterator[bytes]:
    came = 0
    for piece in pieces:
        came += len(piece)
        if came > MAX_UPLOAD:
            raise Refused(Reason.FILE_TOO_BIG, f"{came} bytes or more")
        yield piece


def way_to_send(name: str, mime: str, size: int, head: bytes = b"") -> Kind:
    """As what Telegram takes a file.

    Args:
        name: its extension counts.
        mime: counts when there is no known extension.
        size: bytes.
        head: the first bytes (``HEAD`` of them are enough), which count before name and type; without them the answer
            is what is likely, good for planning.

    Raises:
        Refused: as nothing: it is empty or over 50 MB.
    """
    if size == 0:
        raise Refused(Reason.FILE_REFUSED, "the file is empty")
    if size > MAX_UPLOAD:
        raise Refused(Reason.FILE_TOO_BIG, f"{size} bytes")
    said = _BY_EXTENSION.get(_extension(name)) or _BY_MIME.get(mime)
    kind = _by_head(head, said) if head else said or Kind.DOCUMENT
    return Kind.DOCUMENT if kind is Kind.PHOTO and size > MAX_PHOTO else kind


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def is_picture(name: str) -> bool:
    """Whether a file of this name is a picture, whatever Telegram takes it for."""
    return _extension(name) in _PICTURES


def _by_head(head: bytes, said: Kind | None) -> Kind:
    if extension_of(head):
        return Kind.PHOTO if _is_photo(picture_size(head)) else Kind.DOCUMENT
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.ANIMATION
    if head.startswith(b"OggS"):  # Vorbis in the same container is no voice (RFC 7845 section 5.1)
        return Kind.VOICE if b"OpusHead" in head[:128] else Kind.DOCUMENT
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12], said)
    return Kind.AUDIO if said is Kind.AUDIO and _is_mp3(head) else Kind.DOCUMENT


def _by_brand(brand: bytes, said: Kind | None) -> Kind:
    if said is Kind.AUDIO or brand in (b"M4A ", b"M4B "):
        return Kind.AUDIO
    return Kind.VIDEO if brand in _MPEG4_BRANDS else Kind.DOCUMENT


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")  # an MPEG frame's eleven ones


def _is_photo(size: tuple[int, int] | None) -> bool:
    if size is None or min(size) < 1:
        return False
    return sum(size) <= MAX_PHOTO_SIDES and max(size) <= MAX_PHOTO_RATIO * min(size)


class Groupable(Protocol):
    """Anything with a kind and a size in bytes: a file, or the plan of one."""

    @property
    def kind(self) -> Kind: ...

    @property
    def size(self) -> int: ...


Grouped = TypeVar("Grouped", bound=Groupable)


def group_for_albums(files: Sequence[Grouped]) -> list[list[Grouped]]:
    """Neighbours that may share an album, in their order; a group of one is sent as a file.

    An album is one request, so its files together stay within what one request may hold.
    """
    groups: list[list[Grouped]] = []
    for file in files:
        if groups and _joins(groups[-1], file):
            groups[-1].append(file)
        else:
            groups.append([file])
    return groups


def _joins(group: Sequence[Groupable], file: Groupable) -> bool:
    album = _ALBUMS.get(file.kind)
    return (
        album is not None
        and _ALBUMS.get(group[0].kind) == album
        and len(group) < ALBUM_MOST
        and sum(one.size for one in group) + file.size <= MAX_UPLOAD
    )
