"""What an employee wrote in Planfix (editor HTML, or plain text) as Telegram's text and entities.

Tolerant on purpose: any string gives a text that Telegram takes, in linear time, and every visible character stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from bridge.model import Entity, FormattedText
from bridge.telegram.formatting import (
    QUOTES,
    RANK,
    Closed,
    Mark,
    Opened,
    Run,
    is_blank,
    nested,
    utf16_length,
    whole,
)
from bridge.telegram.links import after_label, telegram_link
from bridge.telegram.markup import COMMENT, Tag, tokens, unescaped

_MARKS: Final = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "tg-spoiler": "spoiler",
}
_LINES: Final = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
"""Elements that begin and end a line."""
_INLINE: Final = frozenset(
    "a abbr acronym audio base basefont bdi bdo big blink button col colgroup data del embed font head iframe img "
    "input ins label link map mark meta meter nobr noscript object option output param picture progress q rp rt ruby "
    "script select small source span style sub sup svg td template textarea th time title track video wbr xml".split()
)
_ELEMENTS: Final = _LINES | _INLINE | _MARKS.keys() | {"br", COMMENT}
"""A source with none of these is no HTML, and its ``<words>`` are words."""

_CLOSED_BY_NEXT: Final = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
_CELLS: Final = frozenset({"td", "th"})
_EMPTY: Final = frozenset("base br col embed hr img input link meta param source track wbr".split())

_LINE_END: Final = re.compile(r"\r\n?|[\x0b\x85\u2028\u2029]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0c\x0e-\x1f\x7f]")
_WORDS: Final = re.compile(r"[ \t\n]+|[^\S \t\n]+|\S+")
_DECLARATION: Final = re.compile(r"([\w-]+)\s*:\s*([^;]*)")
_LANGUAGE: Final = re.compile(r"(?:\A|\s)lang(?:uage)?-(\S+)")
_MENTION: Final = re.compile(r"mention|user|contact|employee|group")
_WORD_CHARACTER: Final = re.compile(r"\w")

_MOST_LINE_ENDS: Final = 3
"""Two empty lines between paragraphs; pasted Word text has dozens."""
_DEEPEST_INDENT: Final = 8


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
    reader = _Reader(_State(is_verbatim=not names & (_LINES | {"br"})))
    for token in parsed if names & _ELEMENTS else [cleaned]:
        if isinstance(token, str):
            reader.text(unescaped(token))
        elif token.is_end:
            reader.end(token.name)
        else:
            reader.start(token)
    reader.finish()
    return _formatted(reader.runs)


class _Reader:
    """Writes runs; line ends, spaces, list markers and cell borders wait for the character that makes them visible."""

    def __init__(self, state: _State) -> None:
        self.runs: list[Run] = []
        self._state = state
        self._open: list[_Element] = []
        self._open_names: Counter[str] = Counter()
        self._blocks = 0
        self._line_has_content = False
        self._line_ends = 0
        self._marker = ""
        self._cell_borders = 0
        self._spaces = ""
        self._space_folds = False
        self._pre_begins = False

    def text(self, text: str) -> None:
        """Characters between two tags, decoded."""
        if self._state.is_hidden:
            return
        text = _CONTROL.sub(" ", _LINE_END.sub("\n", whole(text)))
        if self._pre_begins:
            # HTML: a line end right after <pre> is not text
            text = text.removeprefix("\n")
            self._pre_begins = False
        for word in _WORDS.findall(text):
            if not word.isspace():
                self._word(word)
            elif word[0] not in " \t\n":
                self._spaces += " " * len(word)
                self._space_folds = False
                self._line_has_content = True
            elif self._state.is_verbatim:
                self._verbatim(word)
            elif self._line_has_content and not self._space_folds:
                self._spaces += " "
                self._space_folds = True

    def _verbatim(self, blanks: str) -> None:
        line_ends = blanks.count("\n")
        if line_ends:
            self._line_ends += line_ends
            self._line_has_content = False
            self._spaces = ""
        self._spaces += blanks.rpartition("\n")[2].replace("\t", "    ")

    def _word(self, word: str) -> None:
        """Visible characters: first what waited for them."""
        if is_blank(word):
            self._spaces += word
            return
        marks = self._state.marks
        if not self.runs:
            # a text does not begin with blanks
            self._line_ends = 0
            self._spaces = ""
        before = self.runs[-1][1] if self.runs else frozenset()
        if self._line_ends:
            most = self._line_ends if self._state.is_verbatim else _MOST_LINE_ENDS
            self.runs.append(("\n" * min(self._line_ends, most), before & marks))
        if self._marker or self._cell_borders:
            at_line_start = not self.runs or self._line_ends
            borders = ("" if at_line_start else " ") + "| " * self._cell_borders if self._cell_borders else ""
            before = frozenset(mark for mark in marks if mark.type in QUOTES)
            self.runs.append((borders + self._marker, before))
            self._spaces = ""
        if self._spaces:
            self.runs.append((self._spaces, marks if self._state.is_verbatim else before & marks))
        self.runs.append((word, marks))
        self._line_ends = self._cell_borders = 0
        self._marker = self._spaces = ""
        self._line_has_content = True
        self._space_folds = False

    def _end_line(self) -> None:
        """A block begins or ends: what follows stands on a new line."""
        if self._line_has_content:
            self._break_line()

    def _break_line(self) -> None:
        self._line_ends += 1
        self._line_has_content = False
        self._spaces = ""
        self._space_folds = False

    def start(self, tag: Tag) -> None:
        """A start tag."""
        name = tag.name
        self._pre_begins = False
        if name == COMMENT:
            return
        if self._open and self._open[-1].name == name and name in _CLOSED_BY_NEXT:
            self._close()
        if name == "a":
            # links do not nest
            self.end("a")
        if name in _LINES:
            self._end_line()
        attributes = tag.attributes() if tag.source else {}
        if name in _EMPTY:
            self._empty(name, attributes)
            return
        address = attributes.get("href", "") if name == "a" and not _is_mention(attributes) else ""
        self._open.append(_Element(name, self._state, after_label(address), len(self.runs)))
        self._open_names[name] += 1
        self._state = self._styled(name, attributes, telegram_link(address))

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

    def _styled(self, name: str, attributes: Mapping[str, str], link: str) -> _State:
        state = self._state
        if name in _MARKS:
            state = self._marked(state, name, attributes)
        elif link:
            state = _with(state, Mark("text_link", link))
        elif name == "pre":
            self._blocks += 1
            self._pre_begins = True
            state = _with(state, Mark("pre", _language(attributes), self._blocks))._replace(is_verbatim=True)
        elif name == "blockquote" and not any(mark.type in QUOTES for mark in state.marks):
            self._blocks += 1
            kind = "expandable_blockquote" if "expandable" in attributes else "blockquote"
            state = _with(state, Mark(kind, "", self._blocks))
        elif name in {"ul", "ol", "li", "tr", "table"} or name in _CELLS:
            state = self._laid_out(state, name, attributes)
        if "tg-spoiler" in attributes.get("class", "").split():
            state = _with(state, Mark("spoiler"))
        return _with_style(state, attributes["style"]) if "style" in attributes else state

    def _marked(self, state: _State, name: str, attributes: Mapping[str, str]) -> _State:
        pre = next((mark for mark in state.marks if mark.type == "pre"), None)
        language = _language(attributes)
        if name == "code" and pre and language:
            return state._replace(marks=state.marks - {pre} | {pre._replace(value=language)})
        return _with(state, Mark(_MARKS[name]))

    def _laid_out(self, state: _State, name: str, attributes: Mapping[str, str]) -> _State:
        """Lists and tables."""
        if name in {"ul", "ol"}:
            depth = state.items.depth + 1 if state.items else 0
            start = attributes.get("start", "")
            first = int(start) if re.fullmatch(r"[0-9]{1,9}", start) else 1
            return state._replace(items=_List(depth, first if name == "ol" else None))
        if name == "li":
            self._marker = (state.items or _List(0, None)).marker()
        elif name == "table":
            return state._replace(row=None, items=None)
        elif name == "tr":
            self._cell_borders = 0
            return state._replace(row=_Row(len(self.runs)))
        elif state.row:
            self._next_cell(state.row)
        return state

    def _next_cell(self, row: _Row) -> None:
        row.cells += 1
        if row.cells == 1:
            return
        self._cell_borders += 1
        self._spaces = ""
        self._line_has_content = False
        if len(self.runs) > row.begins:
            # lines end inside a cell, not between two cells
            self._line_ends = 0

    def end(self, name: str) -> None:
        """An end tag; one that closes nothing still ends the line of a block."""
        if self._open_names[name]:
            while self._open[-1].name != name:
                self._close()
            self._close()
        if name in _LINES:
            self._end_line()
        if name == "tr":
            self._cell_borders = 0
        elif name == "li":
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
            if not is_blank(label) and not _says(label, element.address):
                self.text(f" ({element.address})")


def _with(state: _State, mark: Mark) -> _State:
    return state._replace(marks=state.marks | {mark})


def _without(state: _State, *types: str) -> _State:
    return state._replace(marks=frozenset(mark for mark in state.marks if mark.type not in types))


def _with_style(state: _State, style: str) -> _State:
    """The state under an inline style."""
    declarations = {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(style)}
    weight = declarations.get("font-weight", "")
    if weight in {"bold", "bolder", "600", "700", "800", "900"}:
        state = _with(state, Mark("bold"))
    elif weight:
        state = _without(state, "bold")
    slant = declarations.get("font-style", "")
    if slant.startswith(("italic", "oblique")):
        state = _with(state, Mark("italic"))
    elif slant == "normal":
        state = _without(state, "italic")
    lines = f"{declarations.get('text-decoration', '')} {declarations.get('text-decoration-line', '')}".split()
    if "underline" in lines:
        state = _with(state, Mark("underline"))
    if "line-through" in lines:
        state = _with(state, Mark("strikethrough"))
    if declarations.get("white-space", "") in {"pre", "pre-wrap", "pre-line", "break-spaces"}:
        state = state._replace(is_verbatim=True)
    is_hidden = declarations.get("display") == "none" or declarations.get("mso-hide") == "all"
    return state._replace(is_hidden=True) if is_hidden else state


def _language(attributes: Mapping[str, str]) -> str:
    found = _LANGUAGE.search(attributes.get("class", ""))
    return found[1] if found else ""


def _is_mention(attributes: Mapping[str, str]) -> bool:
    """A colleague's name that Planfix's editor made a link: it leads into the account, where no client can go."""
    return "mention" in attributes.get("class", "") or any(
        name.startswith("data-") and _MENTION.search(name) for name in attributes
    )


def _says(label: str, address: str) -> bool:
    """Whether the label already shows the address, however it is spaced."""
    return _letters(address) in _letters(label)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _formatted(runs: Iterable[Run]) -> FormattedText:
    texts: list[str] = []
    entities: list[Entity] = []
    begins: list[int] = []
    offset = 0
    for step in nested((text, _allowed(marks)) for text, marks in runs):
        if isinstance(step, Opened):
            begins.append(offset)
        elif isinstance(step, Closed):
            begin = begins.pop()
            entities.append(Entity(step.mark.type, begin, offset - begin, _extra(step.mark)))
        else:
            texts.append(step)
            offset += utf16_length(step)
    entities.sort(key=lambda entity: (entity.offset, -entity.length, RANK[entity.type]))
    return FormattedText("".join(texts), tuple(entities))


def _allowed(marks: frozenset[Mark]) -> frozenset[Mark]:
    """What Telegram lets stand together (core.telegram.org/bots/api#formatting-options); an address outlives its looks."""
    types = {mark.type for mark in marks}
    if "text_link" in types:
        return frozenset(mark for mark in marks if mark.type not in {"pre", "code"})
    alone = "pre" if "pre" in types else "code"
    if alone in types:
        return frozenset(mark for mark in marks if mark.type == alone or mark.type in QUOTES)
    return marks


def _extra(mark: Mark) -> dict[str, str]:
    if mark.type == "text_link":
        return {"url": mark.value}
    return {"language": mark.value} if mark.value else {}
