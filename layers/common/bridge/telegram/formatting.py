"""Formatted text: small operations on it, and Telegram's entities as HTML for a Planfix comment.

Offsets and lengths of entities are UTF-16 units (core.telegram.org/bots/api#messageentity).
``reading_html`` goes the other way, ``splitting`` cuts what is too long for one message.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeGuard

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank, utf16_length, whole, without_leading_blanks
from bridge.telegram.marks import BLOCKS, QUOTES, Closed, Mark, Opened, Run, nested

_TAGS: Final = {
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote>", "</blockquote>"),
    "pre": ("<pre>", "</pre>"),
    "code": ("<code>", "</code>"),
    # the class is Telegram's own; the grey is for an editor that drops the class
    "spoiler": ('<span class="tg-spoiler" style="background-color:#d3d3d3">', "</span>"),
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
}

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE_HTML_WOULD_EAT: Final = re.compile(r"(?:(?<=[ \n])|\A) ")
_LINK: Final = re.compile(r"(?:https?://|tg:)[^\s\x00-\x1f]+", re.IGNORECASE)
_BARE_DOMAIN: Final = re.compile(r"[^\s:/?#\x00-\x1f][^\s:/?#.\x00-\x1f]*\.[^\s\x00-\x1f]+")


_LONGEST_LINK: Final = 4096
"""UTF-16 units of an address that stands in the text: Telegram's messages have no longer texts."""


def plain(text: str) -> FormattedText:
    """Text without formatting."""
    return FormattedText(whole(text))


def unformatted(text: FormattedText, limit: int) -> FormattedText:
    """The same words without formatting; addresses of links stand behind them, unless that exceeds so many UTF-16 units."""
    units, read_to, pieces = text.text.encode("utf-16-le"), 0, []
    for entity in sorted(text.entities, key=lambda one: one.offset + one.length):
        if entity.type == "text_link":
            end = 2 * (entity.offset + entity.length)
            label, address = units[2 * entity.offset : end].decode("utf-16-le", "replace"), entity.extra.get("url", "")
            if label != address:
                pieces += [units[read_to:end], f" ({address})".encode("utf-16-le")]
                read_to = end
    whole_text = b"".join([*pieces, units[read_to:]]).decode("utf-16-le", "replace")
    return FormattedText(whole_text if utf16_length(whole_text) <= limit else text.text)


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


def to_html(text: str, entities: Sequence[Mapping[str, Any] | Entity]) -> str:
    """Telegram's text as HTML for a Planfix comment: every character escaped, tags balanced.

    Entities may be anything: what has no known type, no place in the text or no usable address is plain text, what
    begins or ends inside a character takes the whole character, what crosses is closed and opened again.

    Args:
        text: the message's ``text`` or ``caption``.
        entities: its ``entities`` or ``caption_entities``, as they came.
    """
    characters = _CONTROL.sub(" ", whole(text))
    written: list[str] = []
    after_block = False
    for step in nested(_runs(characters, entities)):
        if isinstance(step, Opened):
            written.append(_start_tag(step.mark))
        elif isinstance(step, Closed):
            written.append(_end_tag(step.mark))
            after_block = step.mark.type in BLOCKS
        else:
            # a block ends its line by itself
            leaf = step.removeprefix("\n") if after_block else step
            written.append(html.escape(leaf, quote=False).replace("\xa0", "&nbsp;").replace("\n", "<br>"))
            after_block = False
    return "".join(written)


def _start_tag(mark: Mark) -> str:
    if mark.type == "text_link":
        return f'<a href="{html.escape(mark.value)}">'
    if mark.type == "pre" and mark.value:
        return f'<pre><code class="language-{html.escape(mark.value)}">'
    return _TAGS[mark.type][0]


def _end_tag(mark: Mark) -> str:
    if mark.type == "text_link":
        return "</a>"
    if mark.type == "pre" and mark.value:
        return "</code></pre>"
    return _TAGS[mark.type][1]


def _runs(characters: str, entities: Sequence[Mapping[str, Any] | Entity]) -> list[Run]:
    units = characters.encode("utf-16-le")
    # the same characters with the spaces that HTML folds made hard; a pre keeps its own
    spaced = _SPACE_HTML_WOULD_EAT.sub("\xa0", characters).encode("utf-16-le")
    active = _Active()
    runs: list[Run] = []
    begin = 0
    for end, is_begin, number, mark in [*_borders(units, entities), (len(units) // 2, False, -1, None)]:
        if end > begin:
            marks = active.marks()
            source = units if any(one.type == "pre" for one in marks) else spaced
            runs.append((source[2 * begin : 2 * end].decode("utf-16-le"), marks))
            begin = end
        if mark:
            active.change(number, mark, begins=is_begin)
    return runs


def _borders(units: bytes, entities: Sequence[Mapping[str, Any] | Entity]) -> list[tuple[int, bool, int, Mark]]:
    """Where something ends (False) or begins (True), in order: the place, the entity's number and its mark."""
    borders: list[tuple[int, bool, int, Mark]] = []
    for number, entity in enumerate(entities):
        fields = entity.as_json() if isinstance(entity, Entity) else entity
        if isinstance(fields, Mapping):
            begin, end = _place(units, fields)
            mark = _mark(fields, number, units, (begin, end))
            if mark:
                borders += ((begin, True, number, mark), (end, False, number, mark))
    return sorted(borders)


class _Active:
    """The entities over the place that is being read."""

    def __init__(self) -> None:
        self._by_kind: dict[str, deque[tuple[int, Mark]]] = {}
        self._ended: set[int] = set()

    def change(self, number: int, mark: Mark, *, begins: bool) -> None:
        if not begins:
            self._ended.add(number)
            return
        kind = "blockquote" if mark.type in QUOTES else mark.type
        self._by_kind.setdefault(kind, deque()).append((number, mark))

    def marks(self) -> frozenset[Mark]:
        """One of a kind, that which began first: bold inside bold is bold."""
        for same in self._by_kind.values():
            while same and same[0][0] in self._ended:
                same.popleft()
        return frozenset([same[0][1] for same in self._by_kind.values() if same])


def _place(units: bytes, entity: Mapping[str, Any]) -> tuple[int, int]:
    """Where the entity begins and ends, inside the text and never inside a surrogate pair; equal when nowhere."""
    offset, length = entity.get("offset"), entity.get("length")
    if not _is_count(offset) or not _is_count(length):
        return 0, 0
    total = len(units) // 2
    begin, end = min(max(offset, 0), total), min(max(offset + length, 0), total)
    begin -= _is_low_surrogate(units, begin)
    end += _is_low_surrogate(units, end)
    return begin, max(begin, end)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_low_surrogate(units: bytes, position: int) -> bool:
    high_byte = units[2 * position + 1 : 2 * position + 2]
    return b"\xdc" <= high_byte <= b"\xdf"


def _mark(entity: Mapping[str, Any], number: int, units: bytes, place: tuple[int, int]) -> Mark | None:
    begin, end = place
    entity_type = entity.get("type")
    if begin == end or not isinstance(entity_type, str):
        return None
    if entity_type == "url":
        return _link(units[2 * begin : 2 * end].decode("utf-16-le") if end - begin <= _LONGEST_LINK else "")
    if entity_type in {"text_link", "text_mention"}:
        return _link(entity.get("url") if entity_type == "text_link" else _profile(entity.get("user")))
    if entity_type not in _TAGS:
        return None
    language = entity.get("language") if entity_type == "pre" else ""
    return Mark(entity_type, whole(language) if isinstance(language, str) else "", number * (entity_type in BLOCKS))


def _profile(user: object) -> str:
    user_id = user.get("id") if isinstance(user, Mapping) else None
    return f"tg://user?id={user_id}" if _is_count(user_id) else ""


def _link(address: object) -> Mark | None:
    """A link that is safe to click in Planfix: http, https or tg; Telegram's own ``url`` may leave the scheme out."""
    if not isinstance(address, str):
        return None
    address = whole(address).strip()
    if _BARE_DOMAIN.fullmatch(address):
        address = f"http://{address}"
    return Mark("text_link", address) if _LINK.fullmatch(address) else None


def parted(text: FormattedText) -> tuple[FormattedText, FormattedText]:
    """The quotation that the text begins with (empty when there is none), and what follows it."""
    length = next((one.length for one in text.entities if one.type in QUOTES and one.offset == 0), 0)
    quoted = text.text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "replace")
    inside = [one for one in text.entities if one.offset + one.length <= length]
    return FormattedText(quoted, tuple(inside)), cut_off(text, len(quoted))


def cut_off(text: FormattedText, characters: int) -> FormattedText:
    """The text without its first characters and the blanks that follow them."""
    rest = without_leading_blanks(text.text[characters:])
    lost = utf16_length(text.text) - utf16_length(rest)
    if not lost:
        return text
    entities = []
    for entity in text.entities:
        begin, end = max(entity.offset - lost, 0), entity.offset + entity.length - lost
        if end > begin:
            entities.append(Entity(entity.type, begin, end - begin, entity.extra))
    return FormattedText(rest, tuple(entities))
