"""What a Telegram message says, as HTML for a Planfix comment and the files that belong to it. Nothing here raises.

A new kind of message is one row in ``kinds`` and one fixture.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.errors import Reason
from bridge.model import Attachment
from bridge.shown import one_line
from bridge.telegram.attachments import attachments_of
from bridge.telegram.characters import is_blank
from bridge.telegram.fields import mapping, number, text, words
from bridge.telegram.formatting import to_html
from bridge.telegram.kinds import IGNORED, describe, kind_of, lines, phone_in
from bridge.telegram.quoting import forwarded, replied_to
from bridge.texts import Say, Texts

__all__ = [
    "Content",
    "could_not_carry",
    "fingerprint",
    "is_ignored",
    "kind_of",
    "own_phone",
    "render",
    "start_payload",
]

_HAVE_A_FILE: Final = frozenset(
    {"animation", "live_photo", "photo", "video", "video_note", "voice", "audio", "document"}
)
_FILE_SAYS_IT: Final = frozenset({"live_photo", "photo", "video", "document"})
"""Beside a caption nobody needs to be told that a picture is a picture."""

_WHY_NOT_CARRIED: Final = {Reason.FILE_TOO_BIG: Say.FILE_OVER_20_MB, Reason.FILE_GONE: Say.FILE_NOT_GIVEN}
"""Where the sentence for an employee's file would mislead."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is shown of a message.

    Attributes:
        html: all of it; never empty.
        attachments: its files.
        above: of ``html``, the lines about a forward or a reply; "" when there are none.
        said: of ``html``, what its files do not show by themselves; "" for a photo without a caption.
        compared: what an edit is compared by.
    """

    html: str
    attachments: tuple[Attachment, ...] = ()
    above: str = ""
    said: str = ""
    compared: str = ""


def render(message: Mapping[str, Any], texts: Texts) -> Content:
    """The message in the integration's language: what cannot be shown is named, whatever the message is."""
    kind = kind_of(message)
    if kind == "too_large":
        said = html.escape(texts.say(Say.TOO_LARGE_UPDATE))
        return Content(said, compared=said)
    attachments = attachments_of(message)
    written = words(message, "text", "entities") or words(message, "caption", "caption_entities")
    sentence = _sentence(kind, message, texts, attachments, written)
    file_says_it = kind in _FILE_SAYS_IT and attachments
    said = lines("" if file_says_it else sentence, written, _preview(message, written))
    body = said or sentence
    above = lines(forwarded(message, texts), replied_to(message, texts))
    return Content(
        html=lines(above, body),
        attachments=attachments,
        above=above,
        said=said,
        # a live location moves all the time, and only its first point is carried
        compared=kind if kind == "location" else body,
    )


def fingerprint(content: Content) -> str:
    """The same text for two versions of a message that look the same.

    What stands above the words is left out: a quoted message may change or vanish, which is no edit of this one.
    """
    return "\n".join([content.compared, *(one.file_unique_id for one in content.attachments)])


def is_ignored(message: Mapping[str, Any]) -> bool:
    """Whether it is a service message in which nobody said anything (see ``kinds.IGNORED``): counted, no comment."""
    return kind_of(message) in IGNORED and is_blank(text(message, "caption"))


def own_phone(message: Mapping[str, Any]) -> str | None:
    """The sender's own phone number with its plus, when the message is the sender's own contact; else None."""
    contact, sender = mapping(message, "contact"), number(message.get("from"), "id")
    if sender is None or number(contact, "user_id") != sender:
        return None
    return phone_in(contact) or None


def start_payload(message: Mapping[str, Any]) -> str | None:
    """The payload of ``/start payload`` ("" when there is none), or None when the message is no ``/start``."""
    command, _, payload = text(message, "text").strip().partition(" ")
    return payload.strip() if command.partition("@")[0] == "/start" else None


def could_not_carry(attachment: Attachment, texts: Texts, reason: Reason) -> str:
    """A sentence about a file that did not come along, as HTML: its name and size, why, and where to see it."""
    size = "" if attachment.size is None else texts.size(attachment.size)
    file = ", ".join(part for part in (attachment.name, size) if part)
    why = texts.say(_WHY_NOT_CARRIED[reason]) if reason in _WHY_NOT_CARRIED else texts.why(reason)
    return to_html(texts.say(Say.FILE_NOT_CARRIED, file=file, why=why), ())


def _sentence(
    kind: str, message: Mapping[str, Any], texts: Texts, attachments: tuple[Attachment, ...], written: str
) -> str:
    """What is said of the kind beside its words; "" for a text."""
    if kind == "text" and written:
        return ""
    if kind in ("text", "empty"):
        return html.escape(texts.say(Say.HIDDEN_CONTENT))
    said = "" if kind in _HAVE_A_FILE and not attachments else describe(message, texts)
    return said or to_html(texts.say(Say.UNKNOWN_KIND, kind=kind), ())


def _preview(message: Mapping[str, Any], written: str) -> str:
    """The previewed page as a link, when the words do not name it."""
    options = mapping(message, "link_preview_options")
    address = one_line(text(options, "url"))
    if not address or options.get("is_disabled") is True or html.escape(_bare(address)) in written:
        return ""
    return to_html(address, [{"type": "url", "offset": 0, "length": len(address.encode("utf-16-le")) // 2}])


def _bare(address: str) -> str:
    """As it may be written in a text: without scheme and last slash."""
    return address.rpartition("://")[2].rstrip("/")
