"""The plain text of Planfix's chats as Telegram's text, and Telegram's text as plain text for them.

Planfix writes an answer without its formatting: a link as ``label [ https://url ]``, a quotation as lines with ``>>`` and a bare
``>>`` below it (facts: planfix.md section 1.3, observed). What it makes of formatting that it is sent is not known, so none is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank
from bridge.telegram.links import readable_address, says, telegram_link
from bridge.telegram.marks import QUOTES, Mark, Run, with_entities
from bridge.telegram.reading_html import from_html

_QUOTED: Final = ">>"
_ADDRESS: Final = re.compile(r" ?\[ ((?:https?://|tg:|mailto:|tel:)\S+) \]", re.IGNORECASE)
_ENDS_A_PHRASE: Final = re.compile(r"[.,:;!?]\s+|[(\"«„“—–]|\s-\s")
_MOST_WORDS: Final = 6
"""Of a label. Where one begins, nobody says: behind a comma, a bracket, or so many words before its end."""

Marks = frozenset[Mark]


def from_chat_text(source: str) -> FormattedText:
    """Read an answer as Planfix pushes it: links and quotations are such again, and every word stays.

    Where HTML came after all, it is read as a comment's.
    """
    text = from_html(source)
    if text.entities:
        return text
    runs: list[Run] = []
    before: Marks = frozenset()
    for line, marks in _lines(text.text.split("\n")):
        if runs:
            runs.append(("\n", marks & before))
        runs += _with_links(line, marks)
        before = marks
    return with_entities(runs)


def _lines(lines: Sequence[str]) -> list[tuple[str, Marks]]:
    """The lines without the signs of quotation; what was quoted together bears one mark. No blank ones at the ends."""
    found: list[tuple[str, Marks]] = []
    quotation: list[str] = []
    for number, line in enumerate([*lines, ""]):
        if line.startswith(_QUOTED) and number < len(lines):
            quotation.append(line.removeprefix(_QUOTED).removeprefix(" "))
            continue
        mark = frozenset({Mark("blockquote", number=number)})
        found += [(quoted, mark) for quoted in _trimmed(quotation)]
        quotation = []
        if number < len(lines):
            found.append((line, frozenset()))
    while found and is_blank(found[-1][0]):
        found.pop()
    return found[next((n for n, (line, _) in enumerate(found) if not is_blank(line)), 0) :]


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    words = [number for number, line in enumerate(lines) if not is_blank(line)]
    return lines[words[0] : words[-1] + 1] if words else ()


def _with_links(line: str, marks: Marks) -> Iterator[Run]:
    read_to = 0
    for found in _ADDRESS.finditer(line):
        words, address = line[read_to : found.start()], found[1]
        read_to = found.end()
        before, label = _label(words, address)
        yield before, marks
        link = telegram_link(address)
        if link:
            yield label or link, marks | {Mark("text_link", link)}
        else:
            shown = readable_address(address) or address
            yield label if label and says(label, shown) else f"{label} ({shown})".lstrip(), marks
    yield line[read_to:], marks


def _label(words: str, address: str) -> tuple[str, str]:
    """What stands before a link, and the words of the link: its address when they are that, else the end of the phrase."""
    last = words.rpartition(" ")[2]
    if last and says(last, address):
        begin = len(words) - len(last)
    else:
        begin = max((found.end() for found in _ENDS_A_PHRASE.finditer(words)), default=0)
        further = words[begin:].rsplit(" ", _MOST_WORDS)
        begin += len(further[0]) + 1 if len(further) > _MOST_WORDS else 0
        begin += len(words) - begin - len(words[begin:].lstrip())
    return words[:begin], words[begin:]


def to_chat_text(text: FormattedText) -> str:
    """Telegram's text as plain text: ``>`` before quoted lines, the address of a link behind its words."""
    units = text.text.encode("utf-16-le", "surrogatepass")
    added = sorted(piece for entity in text.entities for piece in _added(entity, units))
    pieces, read_to = [], 0
    for place, _, words in added:
        pieces += [units[read_to:place], words.encode("utf-16-le", "surrogatepass")]
        read_to = place
    return b"".join([*pieces, units[read_to:]]).decode("utf-16-le", "replace")


_LINE_END: Final = "\n".encode("utf-16-le")


def _added(entity: Entity, units: bytes) -> Iterator[tuple[int, int, str]]:
    """What an entity becomes: the byte before which it is put, its rank among what is put there, the characters."""
    begin, end = 2 * entity.offset, min(2 * (entity.offset + entity.length), len(units))
    inside = units[begin:end]
    if entity.type == "text_link":
        address = str(entity.extra.get("url", ""))
        if address and not says(inside.decode("utf-16-le", "replace"), address):
            yield end, 0, f" ({address})"
    elif entity.type in QUOTES and inside:
        if end < len(units) and units[end : end + 2] != _LINE_END:
            yield end, 1, "\n"
        if begin and units[begin - 2 : begin] != _LINE_END:
            yield begin, 2, "\n"
        yield begin, 3, "> "
        for at in range(2, len(inside), 2):
            if inside[at - 2 : at] == _LINE_END:
                yield begin + at, 3, "> "
