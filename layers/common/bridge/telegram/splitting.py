"""Cutting a formatted text into messages."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Final, NamedTuple

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank, whole

MAX_TEXT: Final = 4096
"""Characters of a message's text (core.telegram.org/bots/api#sendmessage). Telegram counts code points (TDLib
utf8_length), so as many UTF-16 units always fit."""
MAX_ENTITIES: Final = 100
"""Telegram ignores formatting beyond this many entities (python-telegram-bot, constants.MessageLimit.MESSAGE_ENTITIES:
found by experiment)."""

_SMALLEST_LIMIT: Final = 2  # one character outside the BMP

# From the best border to the worst; each match begins where the cut is made, its blanks are dropped.
_EMPTY_LINE: Final = re.compile(r"\n[^\S\n]*\n")
_LINE_END: Final = re.compile(r"\n")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s|(?<=[.!?…][»”\")])\s|(?<=[。！？])")
_SPACE: Final = re.compile(r"\s")

_ZERO_WIDTH_JOINER: Final = "\u200d"
_VIRAMA: Final = 9  # canonical combining class: the consonant after it belongs to the same syllable


class _Source(NamedTuple):
    """The text being cut; positions are characters."""

    text: str
    at: list[int]
    """UTF-16 offset of each character, and of the end."""
    entities: _Ahead
    inside: bytearray
    """1 where a cut would fall inside an entity that is short enough to stay whole."""


class _Ahead:
    """The entities from where the text is being cut onwards: each is looked at as often as it has parts, not in all."""

    def __init__(self, entities: list[Entity]) -> None:
        self._entities = entities
        self._next = 0
        self._open: list[Entity] = []

    def over(self, end: int) -> Iterator[Entity]:
        """Those that cover anything before ``end`` (UTF-16 units), in order."""
        yield from self._open
        for place in range(self._next, len(self._entities)):
            if self._entities[place].offset >= end:
                return
            yield self._entities[place]

    def go_on_from(self, begin: int) -> None:
        """What ends before ``begin`` (UTF-16 units) is over."""
        still_open = [entity for entity in self._open if _end_of(entity) > begin]
        while self._next < len(self._entities) and self._entities[self._next].offset < begin:
            entity = self._entities[self._next]
            if _end_of(entity) > begin:
                still_open.append(entity)
            self._next += 1
        self._open = still_open


def _end_of(entity: Entity) -> int:
    return entity.offset + entity.length


def split(text: FormattedText, limit: int = MAX_TEXT) -> list[FormattedText]:
    """Cut a text into parts that Telegram takes, best border first: empty line, line, sentence, word, grapheme.

    A border in the second half of a part is preferred, and one that leaves short entities (links, mostly) whole.
    Longer entities go on in the next part. Where more than ``MAX_ENTITIES`` begin, the part ends earlier, so that no
    formatting is lost; only when that many cover one and the same character are the inner ones dropped.

    Args:
        text: any text; entities out of its bounds are clipped.
        limit: most UTF-16 units in a part; 1024 for a caption.

    Returns:
        Parts without blanks at their ends, none of them blank; together they have every visible character. None for a
        blank text.

    Raises:
        ValueError: the limit is below 2, the length of one emoji.
    """
    if limit < _SMALLEST_LIMIT:
        raise ValueError(
            f"A part needs room for one character of 2 UTF-16 units: pass a limit of 2 or more, not {limit}."
        )
    source = _source(text, limit)
    parts: list[FormattedText] = []
    begin = 0
    while begin < len(source.text):
        end = _end(source, begin, limit)
        part = _part(source, begin, end)
        if not is_blank(part.text):
            parts.append(part)
        begin = end
        while begin < len(source.text) and source.text[begin].isspace():
            begin += 1
        source.entities.go_on_from(source.at[begin])
    return parts


def _source(text: FormattedText, limit: int) -> _Source:
    characters = whole(text.text)
    at = list(accumulate((2 if character > "\uffff" else 1 for character in characters), initial=0))
    entities = sorted(text.entities, key=lambda entity: (entity.offset, -entity.length))
    ahead = _Ahead(entities)
    ahead.go_on_from(0)
    inside = bytearray(len(characters) + 1)
    for entity in entities:
        if 0 < entity.length <= limit // 2:
            begin, end = bisect_left(at, entity.offset), bisect_left(at, entity.offset + entity.length)
            inside[begin + 1 : end] = b"\1" * (end - begin - 1)
    return _Source(characters, at, ahead, inside)


def _end(source: _Source, begin: int, limit: int) -> int:
    """Where the part that begins here ends."""
    at = source.at
    end = bisect_right(at, at[begin] + limit) - 1
    covering = (entity for entity in source.entities.over(at[end]) if _end_of(entity) > at[begin])
    one_too_many = next(islice(covering, MAX_ENTITIES, None), None)
    if one_too_many is not None:
        surplus = bisect_left(at, one_too_many.offset)
        end = surplus if surplus > begin else end
    return end if end == len(source.text) else _border(source, begin, end)


def _border(source: _Source, begin: int, end: int) -> int:
    """The best place for a cut after ``begin`` and not after ``end``."""
    middle = begin + (end - begin + 1) // 2
    for keeps_entities in (True, False):
        for pattern in (_EMPTY_LINE, _LINE_END, _SENTENCE_END, _SPACE):
            found = _last(source, pattern, middle, end, keeps_entities=keeps_entities)
            if found:
                return found
    return (
        _last(source, _SPACE, begin + 1, end, keeps_entities=True)
        or _last_grapheme(source, begin, middle, end, keeps_entities=True)
        or _last_grapheme(source, begin, begin + 1, end, keeps_entities=False)
        or end
    )


def _last(source: _Source, pattern: re.Pattern[str], first: int, last: int, *, keeps_entities: bool) -> int:
    """The last match that begins in ``first..last``; 0 when there is none."""
    places = [found.start() for found in pattern.finditer(source.text, first, last + 2)]
    for place in reversed(places):
        if place <= last and not (keeps_entities and source.inside[place]):
            return place
    return 0


def _last_grapheme(source: _Source, begin: int, first: int, last: int, *, keeps_entities: bool) -> int:
    for place in range(last, first - 1, -1):
        if not (keeps_entities and source.inside[place]) and not _joined(source.text, place, begin):
            return place
    return 0


def _joined(text: str, place: int, begin: int) -> bool:
    """Whether the characters before and after the place are one grapheme (the rules of UAX 29 that matter in a chat).

    ``begin``: a border before it, so that a flag is told from the half of two without counting all flags of the text.
    """
    before, after = text[place - 1], text[place]
    if before == _ZERO_WIDTH_JOINER or _extends(after):
        return True
    if _is_regional_indicator(after):
        run = place
        while run > begin and _is_regional_indicator(text[run - 1]):
            run -= 1
        return (place - run) % 2 == 1
    # letters of one Hangul syllable; a consonant after a virama
    return ("\u1100" <= before <= "\u11ff" and "\u1160" <= after <= "\u11ff") or (
        unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo"
    )


def _extends(character: str) -> bool:
    """Combining marks, variation selectors, joiners, skin tones, and the tags of regional flags."""
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or character in ("\u200c", _ZERO_WIDTH_JOINER)
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_regional_indicator(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _part(source: _Source, begin: int, end: int) -> FormattedText:
    while begin < end and source.text[begin].isspace():
        begin += 1
    while begin < end and source.text[end - 1].isspace():
        end -= 1
    at = source.at
    entities: list[Entity] = []
    for entity in source.entities.over(at[end]):
        first = max(begin, bisect_left(at, entity.offset))
        last = min(end, bisect_left(at, entity.offset + entity.length))
        if first < last and not is_blank(source.text[first:last]):
            entities.append(Entity(entity.type, at[first] - at[begin], at[last] - at[first], entity.extra))
    return FormattedText(source.text[begin:end], tuple(entities[:MAX_ENTITIES]))
