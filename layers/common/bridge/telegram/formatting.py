"""Formatted text: Telegram's text with entities, to and from Planfix's HTML.

The door to ``writing_html``, ``reading_html`` and ``splitting``. Offsets and lengths of entities are UTF-16 units
(core.telegram.org/bots/api#messageentity).
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank, utf16_length, whole
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.telegram.writing_html import to_html

__all__ = ["bold", "from_html", "join", "plain", "split", "to_html", "utf16_length"]


def plain(text: str) -> FormattedText:
    """Text without formatting."""
    return FormattedText(whole(text))


def bold(text: str) -> FormattedText:
    """Text that is bold from end to end."""
    characters = whole(text)
    if is_blank(characters):
        return FormattedText(characters)
    return FormattedText(characters, (Entity("bold", 0, utf16_length(characters)),))


def join(parts: Iterable[FormattedText], separator: str = "\n") -> FormattedText:
    """The parts one after another with the separator between them; empty parts are left out."""
    texts: list[str] = []
    entities: list[Entity] = []
    offset = 0
    for part in parts:
        if not part.text:
            continue
        if texts:
            offset += utf16_length(separator)
        texts.append(part.text)
        entities += [Entity(e.type, e.offset + offset, e.length, e.extra) for e in part.entities]
        offset += utf16_length(part.text)
    return FormattedText(separator.join(texts), tuple(entities))
