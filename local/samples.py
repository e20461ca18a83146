"""Ready files to try with: made for this, small, and each real enough to be shown and played."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_GIF = bytes.fromhex("47494638396101000100800000ff0000ffffff21f90400000000002c00000000010001000002024401003b")
"""One red pixel."""

_FOLDER = Path(__file__).with_name("sample_files")


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, and as what a phone sends it.

    Attributes:
        kind: Telegram's name of the kind.
        name: as people see it.
        mime: its media type.
        data: its bytes.
        given: what a phone says of it besides: seconds, performer, emoji.
    """

    kind: str
    name: str
    mime: str
    data: bytes
    given: dict[str, Any] = field(default_factory=dict)


def _read(kind: str, file: str, name: str, mime: str, **given: Any) -> Sample:
    return Sample(kind, name, mime, (_FOLDER / file).read_bytes(), given)


def samples() -> dict[str, Sample]:
    """One of each kind by its name, and two more photos, for an album."""
    return {
        "photo": _read("photo", "teapot-blue.jpg", "Синий чайник.jpg", "image/jpeg"),
        "photo_green": _read("photo", "teapot-green.jpg", "Зелёный чайник.jpg", "image/jpeg"),
        "photo_red": _read("photo", "teapot-red.jpg", "Красный чайник.jpg", "image/jpeg"),
        "video": _read("video", "kettle.mp4", "Кипит.mp4", "video/mp4", duration=3),
        "video_note": _read("video_note", "hello.mp4", "hello.mp4", "video/mp4", duration=3, length=240),
        "animation": _read("animation", "dance.mp4", "dance.mp4", "video/mp4", duration=3),
        "voice": _read("voice", "voice.ogg", "Голосовое.ogg", "audio/ogg", duration=3),
        "audio": _read(
            "audio", "melody.m4a", "Мелодия.m4a", "audio/mp4", duration=4, performer="Чайник", title="Мелодия"
        ),
        "document": _read("document", "prices.pdf", "Прайс-лист.pdf", "application/pdf"),
        "gif": Sample("animation", "Пиксель.gif", "image/gif", _GIF),
        "sticker": _read("sticker", "cat.webp", "cat.webp", "image/webp", emoji="😺"),
    }
