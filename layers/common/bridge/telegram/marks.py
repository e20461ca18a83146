"""Runs of marked characters: the form between HTML and Telegram's entities.

Marks may lie in any way; ``nested`` gives them as both sides want them, one inside the other, and ``with_entities``
as Telegram takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank, utf16_length

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
_RANK: Final = {entity_type: rank for rank, entity_type in enumerate(_OUTER_TO_INNER)}
"""Which entity stands outside when two begin together; blocks first, because a block is never inside a line."""


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


def nested(runs: Iterable[Run]) -> Iterator[str | Opened | Closed]:
    """Runs of marked characters as properly nested steps: a mark that would cross another is closed and opened again."""
    stack: list[Mark] = []
    before: frozenset[Mark] = frozenset()
    for characters, marks in runs:
        if marks != before:
            keep = _kept(stack, marks) if stack else 0
            while len(stack) > keep:
                yield Closed(stack.pop())
            new = marks.difference(stack) if stack else marks
            for mark in sorted(new, key=_rank) if len(new) > 1 else new:
                stack.append(mark)
                yield Opened(mark)
            before = marks
        yield characters
    while stack:
        yield Closed(stack.pop())


def _rank(mark: Mark) -> int:
    return _RANK[mark.type]


def _kept(stack: Sequence[Mark], marks: frozenset[Mark]) -> int:
    """How many of the open marks stay open; around a block that begins now only what may stand around it."""
    blocks = [_RANK[mark.type] for mark in marks if mark.type in BLOCKS and mark not in stack]
    begins = min(blocks) if blocks else len(_RANK)
    for position, mark in enumerate(stack):
        if mark not in marks or _RANK[mark.type] > begins:
            return position
    return len(stack)


def with_entities(runs: Iterable[Run]) -> FormattedText:
    """The runs as Telegram's text: entities sorted, nested, and only those together that Telegram lets stand together."""
    texts: list[str] = []
    entities: list[Entity] = []
    begins: list[tuple[int, int]] = []
    offset = 0
    for step in nested(_allowed_runs(runs)):
        if isinstance(step, Opened):
            begins.append((offset, len(texts)))
        elif isinstance(step, Closed):
            begin, first = begins.pop()
            if not all(is_blank(text) for text in texts[first:]):
                entities.append(Entity(step.mark.type, begin, offset - begin, _extra(step.mark)))
        else:
            texts.append(step)
            offset += utf16_length(step)
    entities.sort(key=lambda entity: (entity.offset, -entity.length, _RANK[entity.type]))
    return FormattedText("".join(texts), tuple(entities))


def _allowed_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Neighbours with the same marks are one run."""
    allowed: dict[frozenset[Mark], frozenset[Mark]] = {frozenset(): frozenset()}
    for marks, neighbours in groupby(runs, key=itemgetter(1)):
        if marks not in allowed:
            allowed[marks] = _allowed(marks)
        yield "".join([text for text, _ in neighbours]), allowed[marks]


def _allowed(marks: frozenset[Mark]) -> frozenset[Mark]:
    """What Telegram lets stand together (core.telegram.org/bots/api#formatting-options); an address outlives its looks."""
    types = {mark.type for mark in marks}
    if "text_link" in types:
        return frozenset(mark for mark in marks if mark.type != "code")
    alone = "pre" if "pre" in types else "code"
    if alone in types:
        return frozenset(mark for mark in marks if mark.type == alone or mark.type in QUOTES)
    return marks


def _extra(mark: Mark) -> dict[str, str]:
    if mark.type == "text_link":
        return {"url": mark.value}
    return {"language": mark.value} if mark.value else {}
