"""A file on its way through the bridge: read piece by piece at one side, kept in a temporary file, sent at the other.

Never a whole file in memory: the function has 512 MB, and the temporary files lie in its /tmp.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from bridge.shown import TURNING

ANY_MIME: Final = "application/octet-stream"
_MIME: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")  # RFC 6838 section 4.2

_NEVER_IN_A_NAME: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of Unicode: control characters, halves of characters, ends of lines and of paragraphs."""

LONGEST_NAME: Final = 120
"""Characters; a file system takes 255 bytes, and a name in Cyrillic is two bytes a letter."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that a service is sending; ``pieces`` can be read once, inside the ``with`` that opened it.

    Attributes:
        name: as the service has it, or "".
        size: bytes, or None when the service does not say.
        mime: as the service has it, or "".
        pieces: the bytes, each piece at most 64 KB (what httpcore reads at once).
    """

    name: str
    size: int | None
    mime: str
    pieces: Iterator[bytes]


@contextmanager
def in_temporary_file(pieces: Iterable[bytes]) -> Iterator[IO[bytes]]:
    """The bytes as a file that has a length and can be read again, gone with the ``with``."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)  # writes out what is buffered too: its length is asked of the file system
        yield file


def safe_name(name: str, otherwise: str) -> str:
    """A file's name without folders, control characters and tricks, its extension kept; ``otherwise`` when nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(one for one in TURNING.sub("", last) if unicodedata.category(one) not in _NEVER_IN_A_NAME)
    stem, dot, extension = shown.strip().strip(".").rpartition(".")
    if not dot or len(extension) > 10:  # noqa: PLR2004 - longer than any extension, so it is a part of the name
        stem, dot, extension = shown.strip().strip("."), "", ""
    return (stem[: LONGEST_NAME - len(dot + extension)] + dot + extension) or otherwise


def safe_mime(mime: str) -> str:
    """A media type that can stand in a header."""
    plain = mime.partition(";")[0].strip().lower()
    return plain if _MIME.fullmatch(plain) else ANY_MIME
