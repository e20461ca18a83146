"""What a file is called, as what it goes to Telegram, and with which others."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import pytest

from bridge.errors import Reason, Refused
from bridge.files import ANY_MIME, OpenedFile, in_temporary_file, safe_mime, safe_name
from bridge.telegram.files import (
    MAX_PHOTO,
    MAX_UPLOAD,
    Kind,
    group_for_albums,
    outgoing,
    way_to_send,
)
from bridge.telegram.pictures import picture_size

OGG_OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(20)
OGG_VORBIS = b"OggS" + bytes(24) + b"\x01vorbis" + bytes(20)


def png(width, height):
    """The head of a PNG."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


def jpeg(width, height, before=b""):
    """The head of a JPEG; ``before`` stands before its size."""
    frame = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + b"\x03"
    return b"\xff\xd8" + (before or b"\xff\xe0\0\x04ab") + frame


def webp(chunk, data):
    """A WebP whose first chunk is this."""
    return b"RIFF\0\0\0\0WEBP" + chunk + b"\0\0\0\0" + data.ljust(20, b"\0")


def ftyp(brand):
    """The head of an MPEG-4 file."""
    return b"\0\0\0\x18ftyp" + brand + bytes(12)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("договор.pdf", "договор.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Documents\\счёт.xlsx", "счёт.xlsx"),
        ("a\r\nb\0.txt", "ab.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("half \ud83d pair.txt", "half  pair.txt"),
        ("👨‍👩‍👧.png", "👨‍👩‍👧.png"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_a_name_has_no_folders_and_no_tricks(given: str, name: str) -> None:
    """A name keeps what a person reads of it, and nothing that does something."""
    assert safe_name(given, "file") == name


def test_a_long_name_keeps_its_extension() -> None:
    """A name is cut in its stem: by the extension it is known what the file is."""
    name = safe_name("я" * 500 + ".docx", "file")
    assert len(name) == 120
    assert name.endswith("я.docx")


@pytest.mark.parametrize(
    ("given", "mime"),
    [
        ("image/PNG", "image/png"),
        ("audio/ogg; codecs=opus", "audio/ogg"),
        ("text/plain\r\nX-Injected: 1", ANY_MIME),
        ("", ANY_MIME),
        ("nonsense", ANY_MIME),
    ],
)
def test_a_type_can_stand_in_a_header(given: str, mime: str) -> None:
    """Whatever people's programs call a type, only a plain one goes on."""
    assert safe_mime(given) == mime


def test_a_temporary_file_knows_its_length() -> None:
    """The file system knows the length at once, since httpx asks it for the Content-Length."""
    with in_temporary_file(iter([b"ab", b"cde"])) as file:
        assert io.FileIO(file.fileno(), closefd=False).readall() == b"abcde"


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (png(640, 480), (640, 480)),
        (jpeg(640, 480), (640, 480)),
        (jpeg(640, 480, before=b"\xff\xe1\xff\xff" + bytes(65533)), (640, 480)),
        (jpeg(640, 480, before=b"\xff\xff\xff\xe0\0\x02"), (640, 480)),
        (webp(b"VP8X", b"\0\0\0\0" + b"\x7f\x02\0" + b"\xdf\x01\0"), (640, 480)),
        (webp(b"VP8L", b"\x2f" + ((639) | (479 << 14)).to_bytes(4, "little")), (640, 480)),
        (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480)), (640, 480)),
        (webp(b"VP8X", b"\x02\0\0\0" + b"\x7f\x02\0" + b"\xdf\x01\0"), None),
        (b"\xff\xd8\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"RIFF\0\0\0\0WEBP", None),
        (b"", None),
    ],
    ids=[
        "png",
        "jpeg",
        "exif",
        "filled",
        "webp",
        "lossless",
        "lossy",
        "animated",
        "cut-jpeg",
        "cut-png",
        "cut-webp",
        "nothing",
    ],
)
def test_a_picture_tells_its_size(head: bytes, size: tuple[int, int] | None) -> None:
    """Width and height stand in the first bytes, in four formats."""
    assert picture_size(head) == size


@pytest.mark.parametrize(
    ("name", "mime", "head", "kind"),
    [
        ("a.png", "image/png", png(640, 480), Kind.PHOTO),
        ("a.jpg", "", jpeg(640, 480), Kind.PHOTO),
        ("no extension", "", jpeg(640, 480), Kind.PHOTO),
        ("a.png", "image/png", png(6000, 4000), Kind.PHOTO),
        ("sides over 10000 together", "", png(6001, 4000), Kind.DOCUMENT),
        ("a.png", "ratio of 20", png(2000, 100), Kind.PHOTO),
        ("a.png", "ratio over 20", png(2001, 100), Kind.DOCUMENT),
        ("a.png", "no height", png(10, 0), Kind.DOCUMENT),
        ("a.jpg", "image/jpeg", b"<html>", Kind.DOCUMENT),
        ("a.gif", "image/gif", b"GIF89a\x10\0\x10\0", Kind.ANIMATION),
        ("a.ogg", "audio/ogg", OGG_OPUS, Kind.VOICE),
        ("a.ogg", "audio/ogg", OGG_VORBIS, Kind.DOCUMENT),
        ("a.mp3", "", b"ID3\x04", Kind.AUDIO),
        ("a", "audio/mpeg", b"\xff\xfb\x90", Kind.AUDIO),
        ("a.mp3", "audio/mpeg", b"<html>", Kind.DOCUMENT),
        ("a.m4a", "", ftyp(b"mp42"), Kind.AUDIO),
        ("a", "", ftyp(b"M4A "), Kind.AUDIO),
        ("a.mp4", "", ftyp(b"isom"), Kind.VIDEO),
        ("a.mov", "", ftyp(b"qt  "), Kind.DOCUMENT),
        ("a.heic", "", ftyp(b"heic"), Kind.DOCUMENT),
        ("a.wav", "audio/wav", b"RIFF\0\0\0\0WAVE", Kind.DOCUMENT),
        ("a.pdf", "application/pdf", b"%PDF-1.7", Kind.DOCUMENT),
        ("a.svg", "image/svg+xml", b"<svg>", Kind.DOCUMENT),
        ("a.JPG", "", b"", Kind.PHOTO),
        ("a.opus", "", b"", Kind.VOICE),
        ("clip", "video/mp4", b"", Kind.VIDEO),
        ("a.zip", "", b"", Kind.DOCUMENT),
    ],
)
def test_as_what_a_file_goes(name: str, mime: str, head: bytes, kind: Kind) -> None:
    """The bytes decide, the name and type where there are none; whatever Telegram would not show is a document."""
    assert way_to_send(name, mime, 1000, head) is kind


def test_a_large_picture_is_a_document() -> None:
    """A photo has at most 10 MB."""
    assert way_to_send("a.png", "", MAX_PHOTO, png(9, 9)) is Kind.PHOTO
    assert way_to_send("a.png", "", MAX_PHOTO + 1, png(9, 9)) is Kind.DOCUMENT


@pytest.mark.parametrize(("size", "reason"), [(MAX_UPLOAD + 1, Reason.FILE_TOO_BIG), (0, Reason.FILE_REFUSED)])
def test_what_does_not_go_at_all(size: int, reason: Reason) -> None:
    """Over 50 MB and empty files are refused before a byte is sent."""
    with pytest.raises(Refused) as refused:
        way_to_send("a.zip", "", size)
    assert refused.value.reason is reason


@dataclass
class Planned:
    """A file of which only this is known."""

    kind: Kind
    size: int = 1


def shape(*files: Planned) -> list[list[str]]:
    """The kinds in each group."""
    return [[file.kind.value for file in group] for group in group_for_albums(files)]


def test_what_may_share_an_album() -> None:
    """Photos and videos mix; audio and documents keep to themselves; voice and animation stay alone; order stays."""
    kinds = [
        Kind.PHOTO, Kind.VIDEO, Kind.DOCUMENT, Kind.DOCUMENT, Kind.AUDIO, Kind.AUDIO,
        Kind.VOICE, Kind.VOICE, Kind.ANIMATION, Kind.ANIMATION, Kind.PHOTO,
    ]  # fmt: skip
    assert shape(*map(Planned, kinds)) == [
        ["photo", "video"],
        ["document", "document"],
        ["audio", "audio"],
        ["voice"],
        ["voice"],
        ["animation"],
        ["animation"],
        ["photo"],
    ]


def test_an_album_has_ten_at_most() -> None:
    """The eleventh begins another group."""
    assert [len(group) for group in group_for_albums([Planned(Kind.PHOTO)] * 21)] == [10, 10, 1]


def test_an_album_is_one_request() -> None:
    """Its files together stay within the 50 MB of one request."""
    half = Planned(Kind.DOCUMENT, MAX_UPLOAD // 2)
    assert [len(group) for group in group_for_albums([half, half, half])] == [2, 1]


def opened(*pieces: bytes, name="a.png", mime=""):
    """A file that is being received."""
    return OpenedFile(name, None, mime, iter(pieces))


def test_a_file_is_kept_until_it_was_sent() -> None:
    """What came in pieces lies in one file, with its size and kind."""
    with outgoing(opened(png(9, 9), b"rest", mime="image/png")) as file:
        assert (file.name, file.mime, file.kind) == ("a.png", "image/png", Kind.PHOTO)
        assert file.size == len(png(9, 9)) + 4
        file.content.seek(0)
        assert file.content.read() == png(9, 9) + b"rest"
    assert file.content.closed


def test_a_photo_has_a_photos_extension() -> None:
    """A pasted picture without an extension gets one: Telegram looks at it (PHOTO_EXT_INVALID)."""
    with outgoing(opened(jpeg(9, 9)), name="image") as file:
        assert file.name == "image.jpg"


def test_too_much_is_noticed_while_it_comes() -> None:
    """A file without a known size is given up at 50 MB, not kept whole."""
    read = []

    def endless():
        while True:
            read.append(1)
            yield bytes(1024 * 1024)

    with pytest.raises(Refused) as refused, outgoing(OpenedFile("a", None, "", endless())):
        pass
    assert refused.value.reason is Reason.FILE_TOO_BIG
    assert len(read) == 51
