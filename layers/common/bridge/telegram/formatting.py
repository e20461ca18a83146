"""Formatted text: small operations on it, and Telegram's entities as HTML for a Planfix comment.

Offsets and lengths of entities are UTF-16 units (core.telegram.org/bots/api#messageentity).
``reading_html`` goes the other way, ``splitting`` cuts what is too long for one message.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from bridge.model import Entity, FormattedText

QUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
BLOCKS: Final = QUOTES | {"pre"}

_OUTER_TO_INNER: Final = (
    "blockquote",
    "expandable_blockquote",
    "pre",
    "text_link",
    "code",
    "spoiler",
    "bold",
    "italic",
    "underline",
    "strikethrough",
)
RANK: Final = {entity_type: rank for rank, entity_type in enumerate(_OUTER_TO_INNER)}
"""Which entity stands outside when two begin together; blocks first, because a block is never inside a line."""

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
_BARE_DOMAIN: Final = re.compile(r"[^\s:/?#\x00-\x1f]+\.[^\s\x00-\x1f]+")
# What Telegram takes for nothing: spaces, zero-width characters, and what it deletes (TDLib misc.cpp,
# strip_empty_characters and clean_input_string).
_BLANK: Final = re.compile(
    r"[\s\x00-\x1f\x7f\u030a\u0333\u033f\u180e\u200b-\u200f\u2028-\u202e\u2800\ufeff\ufffc\U000e0000-\U000e007f]*"
)


class Mark(NamedTuple):
    """One formatting of a run of characters: an entity that has no place yet."""

    type: str
    value: str = ""
    """The address of a link, the language of a ``pre``."""
    number: int = 0
    """Keeps two neighbouring blocks apart."""


Run = tuple[str, frozenset[Mark]]


class Opened(NamedTuple):
    """A mark begins here."""

    mark: Mark


class Closed(NamedTuple):
    """The mark that was opened last ends here."""

    mark: Mark


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(text: str) -> str:
    """The text as real characters: surrogate pairs joined, lone surrogates replaced by U+FFFD. Keeps the UTF-16 length."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_blank(text: str) -> bool:
    """Whether Telegram would see no character at all in the text."""
    return _BLANK.fullmatch(text) is not None


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


def nested(runs: Iterable[Run]) -> Iterator[str | Opened | Closed]:
    """Runs of marked characters as properly nested steps: a mark that would cross another is closed and opened again."""
    stack: list[Mark] = []
    for characters, marks in runs:
        keep = _kept(stack, marks)
        while len(stack) > keep:
            yield Closed(stack.pop())
        for mark in sorted(marks.difference(stack), key=lambda new: RANK[new.type]):
            stack.append(mark)
            yield Opened(mark)
        yield characters
    while stack:
        yield Closed(stack.pop())


def _kept(stack: Sequence[Mark], marks: frozenset[Mark]) -> int:
    """How many of the open marks stay open; a block that begins now leaves only blocks around it."""
    block_begins = any(mark.type in BLOCKS and mark not in stack for mark in marks)
    for position, mark in enumerate(stack):
        if mark not in marks or (block_begins and mark.type not in BLOCKS):
            return position
    return len(stack)


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
    begins: dict[int, list[tuple[int, Mark]]] = {0: []}
    ends: dict[int, list[tuple[int, Mark]]] = {len(units) // 2: []}
    for number, entity in enumerate(entities):
        place = _place(units, entity)
        mark = _mark(entity, number, units, place)
        if mark:
            begins.setdefault(place[0], []).append((number, mark))
            ends.setdefault(place[1], []).append((number, mark))
    active: dict[str, dict[int, Mark]] = {}
    runs: list[Run] = []
    for begin, end in pairwise(sorted({*begins, *ends})):
        for number, mark in ends.get(begin, ()):
            del active[_kind(mark)][number]
        for number, mark in begins.get(begin, ()):
            active.setdefault(_kind(mark), {})[number] = mark
        # one of a kind: bold inside bold is bold
        marks = frozenset(next(iter(same.values())) for same in active.values() if same)
        source = units if any(mark.type == "pre" for mark in marks) else spaced
        runs.append((source[2 * begin : 2 * end].decode("utf-16-le"), marks))
    return runs


def _kind(mark: Mark) -> str:
    return "blockquote" if mark.type in QUOTES else mark.type


def _place(units: bytes, entity: object) -> tuple[int, int]:
    """Where the entity begins and ends, inside the text and never inside a surrogate pair; equal when nowhere."""
    offset, length = _field(entity, "offset"), _field(entity, "length")
    if not _is_count(offset) or not _is_count(length):
        return 0, 0
    total = len(units) // 2
    begin, end = min(max(offset, 0), total), min(max(offset + length, 0), total)
    begin -= _is_low_surrogate(units, begin)
    end += _is_low_surrogate(units, end)
    return begin, max(begin, end)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_low_surrogate(units: bytes, position: int) -> bool:
    high_byte = units[2 * position + 1 : 2 * position + 2]
    return b"\xdc" <= high_byte <= b"\xdf"


def _field(entity: object, name: str) -> Any:
    if isinstance(entity, Entity):
        return entity.extra.get(name) if name not in {"type", "offset", "length"} else getattr(entity, name)
    return entity.get(name) if isinstance(entity, Mapping) else None


def _mark(entity: object, number: int, units: bytes, place: tuple[int, int]) -> Mark | None:
    begin, end = place
    entity_type = _field(entity, "type")
    if begin == end or not isinstance(entity_type, str):
        return None
    if entity_type == "text_mention":
        user = _field(entity, "user")
        user_id = user.get("id") if isinstance(user, Mapping) else None
        return Mark("text_link", f"tg://user?id={user_id}") if _is_count(user_id) else None
    if entity_type == "url":
        return _link(units[2 * begin : 2 * end].decode("utf-16-le"))
    if entity_type == "text_link":
        return _link(_field(entity, "url"))
    if entity_type == "pre":
        language = _field(entity, "language")
        return Mark("pre", whole(language) if isinstance(language, str) else "", number)
    if entity_type in QUOTES:
        return Mark(entity_type, "", number)
    return Mark(entity_type) if entity_type in _TAGS else None


def _link(address: object) -> Mark | None:
    """A link that is safe to click in Planfix: http, https or tg; Telegram's own ``url`` may leave the scheme out."""
    if not isinstance(address, str):
        return None
    address = whole(address).strip()
    if _BARE_DOMAIN.fullmatch(address):
        address = f"http://{address}"
    return Mark("text_link", address) if _LINK.fullmatch(address) else None
