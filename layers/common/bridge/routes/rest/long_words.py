"""Words longer than a comment may be: their beginning is shown, and all of them hang on it as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Refused
from bridge.routes.rest.files import put_file
from bridge.telegram.formatting import plain, to_html
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.parts import Parts

LONGEST: Final = 48 * 1024
"""Bytes of HTML. A comment takes 64 KB (Planfix help, "Технические ограничения"); the rest is for the lines about its files."""

SHOWN: Final = 8000
"""UTF-16 units of what is longer, shown without formatting: as HTML each has at most six bytes (``&nbsp;``)."""


def beginning(words: str) -> str:
    """The words themselves, or the beginning of what no comment takes; HTML."""
    if len(words.encode()) <= LONGEST:
        return words
    near = from_html(words).text[: 2 * SHOWN]  # the rest need not be cut
    parts = split(plain(near), SHOWN)
    return to_html(f"{parts[0].text}…" if parts else "…", ())


def carry_whole(to: Parts, words: str, *, key: str, received_at: float) -> tuple[tuple[int, ...], str]:
    """Put all the words into Planfix as a file.

    Returns:
        The file's number, none when Planfix did not take it; and a sentence that says where the rest is, as HTML.
    """
    page = f'<!doctype html><meta charset="utf-8">{words}'.encode()

    def upload() -> int:
        return to.planfix.upload_file("message.html", "text/html", [page])

    try:
        number = put_file(to, f"file#{key}#whole", upload, received_at=received_at)
    except Refused as refused:
        to.count("file_not_carried")
        to.log.info("long words not carried", extra={"bytes": len(page), "reason": refused.reason.value})
        return (), to_html(to.texts.say(Say.REST_IN_TELEGRAM), ())
    return (number,), to_html(to.texts.say(Say.REST_IN_FILE), ())
