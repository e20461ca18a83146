"""What an employee wrote in Planfix (editor HTML, or plain text) as Telegram's text and entities.

Tolerant on purpose: any string gives a text that Telegram takes, in linear time, and every visible character stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final, NamedTuple

from bridge.model import FormattedText
from bridge.telegram.characters import BLANKS, is_blank, whole
from bridge.telegram.html_elements import (
    CELLS,
    CLOSED_BY_NEXT,
    ELEMENTS,
    EMPTY,
    LINES,
    STYLES,
    inline_style,
    is_mention,
    is_quotation,
    language,
)
from bridge.telegram.links import readable_address, says, telegram_link
from bridge.telegram.marks import BLOCKS, QUOTES, Mark, Run, with_entities
from bridge.telegram.markup import COMMENT, Tag, tokens, unescaped

_LINE_END: Final = re.compile(r"\r\n?|[\x0b\x85\u2028\u2029]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0c\x0e-\x1f\x7f]")
_FOLDED: Final = re.compile(rf"(?<=[^{BLANKS}])[ \t\n]+(?=[^{BLANKS}])")
"""Spaces that fold to one and have visible words on both sides."""
_WORDS: Final = re.compile(r"[ \t\n]+|[^\S \t\n]+|\S+(?: \S+)*")
"""Spaces that fold, spaces that do not, and words with nothing to fold between them."""
_LINE: Final = rf"[^{BLANKS}]\S*(?: \S+)*"
_LINES: Final = re.compile(rf"[ \t\n]+|[^\S \t\n]+|{_LINE}(?:\n+{_LINE})*|\S+(?: \S+)*")
"""The same where line ends are kept: words of many lines with nothing to drop between them."""
_WORD_CHARACTER: Final = re.compile(r"\w")

_MOST_LINE_ENDS: Final = 3
"""Two empty lines between paragraphs; pasted Word text has dozens."""
_DEEPEST_INDENT: Final = 8


_WITH_A_STATE_OF_THEIR_OWN: Final = CELLS | {"pre", "blockquote", "ul", "ol", "li", "tr", "table"}


_KEPT: Final = 4
"""Texts: an answer is looked at as a command, for what it quotes, and as what is sent, one after the other."""


class _List:
    """One ``ul`` or ``ol``; ``number`` of the next item, None when not numbered."""

    def __init__(self, depth: int, number: int | None) -> None:
        self.depth = depth
        self.number = number

    def marker(self) -> str:
        indent = "  " * min(self.depth, _DEEPEST_INDENT)
        if self.number is None:
            return f"{indent}• "
        self.number += 1
        return f"{indent}{self.number - 1}. "


class _Row:
    """One table row; ``begins`` is the number of runs written before it."""

    def __init__(self, begins: int) -> None:
        self.begins = begins
        self.cells = 0


class _State(NamedTuple):
    """What is in force for the next character."""

    marks: frozenset[Mark] = frozenset()
    is_verbatim: bool = False
    is_hidden: bool = False
    items: _List | None = None
    row: _Row | None = None


class _Element(NamedTuple):
    """An open element: the state to return to, and for a link the address to show after its label."""

    name: str
    outside: _State
    address: str = ""
    begins: int = 0


@lru_cache(maxsize=_KEPT)
def from_html(source: str) -> FormattedText:
    """Read a Planfix comment.

    Text without any HTML tag keeps its line ends and its ``<words>``; where no tag makes lines (only ``<b>`` and the
    like), its line ends are kept too. Everything else is laid out as a browser does: folded spaces, lists with ``•`` or
    numbers, table rows with `` | ``. Links that Telegram would refuse become ``label (address)``, since Telegram refuses
    the whole message with them.

    Args:
        source: ``description`` of a comment, or the ``message`` of the chat route.

    Returns:
        Text without blanks at its ends (empty when nothing is visible) and entities that are sorted, nested and never
        over blanks only.
    """
    cleaned = _LINE_END.sub("\n", whole(source))
    parsed = list(tokens(cleaned))
    names = {token.name for token in parsed if isinstance(token, Tag)}
    reader = _Reader(_State(is_verbatim=not names & (LINES | {"br"})))
    for token in parsed if names & ELEMENTS else [cleaned]:
        if isinstance(token, str):
            reader.text(unescaped(token))
        elif token.is_end:
            reader.end(token.name)
        else:
            reader.start(token)
    reader.finish()
    return with_entities(reader.runs)


def pictures_in(source: str) -> int:
    """How many pictures, emoji left out, stand in the middle of a comment's text: what `from_html` can only name."""
    found = [token.attributes() for token in tokens(source) if isinstance(token, Tag) and token.name == "img"]
    return sum(bool(one.get("src")) and not _is_emoji(one) and not _is_a_dot(one) for one in found)


def _is_emoji(image: Mapping[str, str]) -> bool:
    alt = image.get("alt", "").strip()
    return bool(alt) and not _WORD_CHARACTER.search(alt)


def _is_a_dot(image: Mapping[str, str]) -> bool:
    """What mail programs count readers with."""
    return {image.get("width"), image.get("height")} & {"0", "1"} != set()


class _Reader:
    """Writes runs; line ends, spaces, list markers and cell borders wait for the character that makes them visible."""

    def __init__(self, state: _State) -> None:
        self.runs: list[Run] = []
        self._state = state
        self._open: list[_Element] = []
        self._open_names: defaultdict[str, int] = defaultdict(int)
        self._attributes: dict[str, Mapping[str, str]] = {}
        self._styles: dict[tuple[_State, Tag], _State] = {}
        self._blocks = 0
        self._line_has_content = False
        self._line_ends = 0
        self._marker = ""
        self._cell_borders = 0
        self._spaces: list[str] = []
        self._space_folds = False
        self._pre_begins = False

    def text(self, text: str) -> None:
        """Characters between two tags, decoded."""
        if self._state.is_hidden:
            return
        if text.isprintable():
            if text and "  " not in text and text[0] != " " != text[-1]:  # one word, which most texts are
                self._pre_begins = False
                self._word(text)
                return
        else:
            text = _CONTROL.sub(" ", _LINE_END.sub("\n", text))
        if self._pre_begins:
            # HTML: a line end right after <pre> is not text
            text = text.removeprefix("\n")
            self._pre_begins = False
        words = _LINES.findall(text) if self._state.is_verbatim else _WORDS.findall(_FOLDED.sub(" ", text))
        for word in words:
            if not word.isspace():
                self._word(word)
            elif word[0] not in " \t\n":
                self._hard_spaces(" " * len(word))
            elif self._state.is_verbatim:
                self._verbatim(word)
            elif self._line_has_content and not self._space_folds:
                self._spaces.append(" ")
                self._space_folds = True

    def _hard_spaces(self, blanks: str) -> None:
        """Blanks that do not fold, and hold their line open."""
        self._spaces.append(blanks)
        self._space_folds = False
        self._line_has_content = True

    def _verbatim(self, blanks: str) -> None:
        line_ends = blanks.count("\n")
        if line_ends:
            self._line_ends += line_ends
            self._line_has_content = False
            self._spaces = []
        self._spaces.append(blanks.rpartition("\n")[2].replace("\t", "    "))

    def _word(self, word: str) -> None:
        """Visible characters: first what waited for them."""
        if is_blank(word[0]) and is_blank(word):
            self._hard_spaces(word)
            return
        if self._line_ends or self._spaces or self._marker or self._cell_borders:
            self._write_what_waited()
        self.runs.append((word, self._state.marks))
        self._line_has_content = True
        self._space_folds = False

    def _write_what_waited(self) -> None:
        marks = self._state.marks
        if not self.runs:
            # a text does not begin with blanks
            self._line_ends = 0
            self._spaces = []
            self._marker = self._marker.lstrip()
        before = self.runs[-1][1] if self.runs else frozenset()
        blocks = frozenset(mark for mark in marks if mark.type in BLOCKS)
        if self._line_ends:
            most = self._line_ends if self._state.is_verbatim else _MOST_LINE_ENDS
            self.runs.append(("\n" * min(self._line_ends, most), before & marks))
        if self._marker or self._cell_borders:
            at_line_start = not self.runs or self._line_ends
            borders = ("" if at_line_start else " ") + "| " * self._cell_borders if self._cell_borders else ""
            before = blocks
            self.runs.append((borders + self._marker, blocks))
            self._spaces = []
        if self._spaces:
            # the indent of a line of code is part of the code
            self.runs.append(("".join(self._spaces), before & marks | blocks))
        self._line_ends = self._cell_borders = 0
        self._marker, self._spaces = "", []

    def _end_lines_of(self, name: str) -> None:
        if name in {"tr", "table"}:
            # empty cells at the end of a row
            self._cell_borders = 0
        if name in LINES:
            self._end_line()

    def _end_line(self) -> None:
        """A block begins or ends: what follows stands on a new line, unless it is the first of its cell."""
        if self._line_has_content and not self._cell_borders:
            self._break_line()

    def _break_line(self) -> None:
        self._line_ends += 1
        self._line_has_content = False
        self._spaces = []
        self._space_folds = False

    def start(self, tag: Tag) -> None:
        """A start tag."""
        name = tag.name
        self._pre_begins = False
        if name == COMMENT:
            return
        if name in CLOSED_BY_NEXT and self._open and self._open[-1].name == name:
            self._close()
        if name in LINES or name in CELLS:
            self._end_lines_of(name)
        if name in EMPTY:
            self._empty(name, self._attributes_of(tag))
        elif name == "a":
            self._link(self._attributes_of(tag))
        else:
            self._open.append(_Element(name, self._state))
            self._open_names[name] += 1
            self._state = self._styled(tag)

    def _link(self, attributes: Mapping[str, str]) -> None:
        # links do not nest
        self.end("a")
        address = "" if is_mention(attributes) else attributes.get("href", "")
        link = "" if _has(self._state, {"pre"}) else telegram_link(address)
        self._open.append(_Element("a", self._state, "" if link else readable_address(address), len(self.runs)))
        self._open_names["a"] += 1
        self._state = _looks(_with(self._state, Mark("text_link", link)) if link else self._state, attributes)

    def _attributes_of(self, tag: Tag) -> Mapping[str, str]:
        """Read once: an editor writes the same ones again and again."""
        if not tag.source:
            return {}
        found = self._attributes.get(tag.source)
        if found is None:
            found = self._attributes[tag.source] = tag.attributes()
        return found

    def _empty(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._state.is_hidden:
            return
        if name == "br":
            self._break_line()
        elif name == "hr":
            self._word("———")
            self._end_line()
        elif name == "img":
            alt = " ".join(attributes.get("alt", "").split())
            # an emoji is its own picture; a picture with a name is named
            self.text(f"[{alt}]" if _WORD_CHARACTER.search(alt) else alt)

    def _styled(self, tag: Tag) -> _State:
        """The state inside an element."""
        state, name = self._state, tag.name
        if name in _WITH_A_STATE_OF_THEIR_OWN:
            return _looks(self._begun(state, name, self._attributes_of(tag)), self._attributes_of(tag))
        if name not in STYLES and not tag.source:
            return state
        # the same element in the same place means the same
        styled = self._styles.get((state, tag))
        if styled is None:
            attributes = self._attributes_of(tag)
            if name in STYLES:
                styled = _looks(_marked(state, name, attributes), attributes)
            elif is_quotation(name, attributes):
                return _looks(self._quotation(state, attributes), attributes)
            else:
                styled = _looks(state, attributes)
            self._styles[state, tag] = styled
        return styled

    def _begun(self, state: _State, name: str, attributes: Mapping[str, str]) -> _State:
        """Inside an element of which each has something of its own: blocks, lists and tables."""
        if name == "pre":
            self._pre_begins = True
            inside = self._block(state, "pre", language(attributes))
            return _State(inside.marks, True, *inside[2:])
        return self._quotation(state, attributes) if name == "blockquote" else self._laid_out(state, name, attributes)

    def _quotation(self, state: _State, attributes: Mapping[str, str]) -> _State:
        return self._block(state, "expandable_blockquote" if "expandable" in attributes else "blockquote")

    def _block(self, state: _State, entity_type: str, value: str = "") -> _State:
        """The state inside a new block; not new is a quote in a quote, and a pre in a pre or a link."""
        self._blocks += 1
        if _has(state, QUOTES if entity_type in QUOTES else {"pre", "text_link"}):
            return state
        return _with(state, Mark(entity_type, value, self._blocks))

    def _laid_out(self, state: _State, name: str, attributes: Mapping[str, str]) -> _State:
        """Lists and tables."""
        if name in {"ul", "ol"}:
            depth = state.items.depth + 1 if state.items else 0
            start = attributes.get("start", "")
            first = int(start) if re.fullmatch(r"[0-9]{1,9}", start) else 1
            items = _List(depth, first if name == "ol" else None)
            return _State(state.marks, state.is_verbatim, state.is_hidden, items, state.row)
        if name == "li":
            self._marker = (state.items or _List(0, None)).marker()
        elif name == "table":
            return state._replace(row=None, items=None)
        elif name == "tr":
            return state._replace(row=_Row(len(self.runs)))
        elif state.row:
            self._next_cell(state.row)
        else:
            self._end_line()
        return state

    def _next_cell(self, row: _Row) -> None:
        row.cells += 1
        if row.cells == 1:
            return
        self._cell_borders += 1
        self._spaces = []
        if len(self.runs) > row.begins:
            # lines end inside a cell, not between two cells
            self._line_ends = 0
            self._line_has_content = True

    def end(self, name: str) -> None:
        """An end tag; one that closes nothing still ends the line of a block."""
        if self._open_names[name]:
            while self._open[-1].name != name:
                self._close()
            self._close()
        if name in LINES:
            self._end_lines_of(name)
            if name in {"li", "ul", "ol"}:
                self._marker = ""
        elif name == "br":
            # as browsers read it
            self._empty(name, {})

    def finish(self) -> None:
        """The source is over."""
        while self._open:
            self._close()

    def _close(self) -> None:
        element = self._open.pop()
        self._open_names[element.name] -= 1
        self._state = element.outside
        if element.address:
            label = "".join(text for text, _ in self.runs[element.begins :])
            if not is_blank(label) and not says(label, element.address):
                self.text(f" ({element.address})")


def _marked(state: _State, name: str, attributes: Mapping[str, str]) -> _State:
    """Inside an element that is a Telegram entity."""
    pre = next((mark for mark in state.marks if mark.type == "pre"), None)
    if name == "code" and pre and language(attributes):
        return state._replace(marks=state.marks - {pre} | {pre._replace(value=language(attributes))})
    return _with(state, Mark(STYLES[name]))


def _looks(state: _State, attributes: Mapping[str, str]) -> _State:
    """What an element's class and style change."""
    if "tg-spoiler" in attributes.get("class", "").split():
        state = _with(state, Mark("spoiler"))
    return _styled_inline(state, attributes["style"]) if "style" in attributes else state


def _has(state: _State, types: AbstractSet[str]) -> bool:
    return any(mark.type in types for mark in state.marks)


def _with(state: _State, mark: Mark) -> _State:
    return _State(state.marks | {mark}, *state[1:])  # _replace takes twice as long


def _styled_inline(state: _State, source: str) -> _State:
    style = inline_style(source)
    marks = {mark for mark in state.marks if mark.type not in style.unsets} | {Mark(name) for name in style.sets}
    return state._replace(
        marks=frozenset(marks),
        is_verbatim=state.is_verbatim or style.is_verbatim,
        is_hidden=state.is_hidden or style.is_hidden,
    )
