"""HTML as a list of tags and texts.

Not ``html.parser``: it raises on ``<![x[`` and takes a second for 12 KB of unclosed ``<a "`` (measured, Python 3.11).
This one takes any string in linear time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

COMMENT: Final = "!--"
"""The name of what is no element: a comment, a doctype, Word's ``<![if ...]>``."""

# `<https://x.com>` and `<a@b.c>` are no tags; bounded, so that the end of a name is not searched far
_BEGINNING: Final = re.compile(
    r"<(?:[!?]|(?P<end>/)?(?P<name>[a-z][\w.-]{0,60}(?::\w{1,60})?)(?:(?P<bare>>)|(?=[\s/])))", re.ASCII | re.IGNORECASE
)
_VALUE_OR_END: Final = re.compile(r"""=\s*(["'])|>""")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']\S*))?""")
# html.unescape raises on more than 4300 digits; no character has a number of eight
_LONG_NUMBER: Final = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
# Elements that go with their content; `xml` is Word's.
_RAW: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "title", "xml")}
_NEVER_TEXT: Final = frozenset({"script", "style"})


class Tag(NamedTuple):
    """A start or end tag; ``name`` in lower case."""

    name: str
    is_end: bool = False
    source: str = ""

    def attributes(self) -> dict[str, str]:
        """Attributes by lower-case name, decoded; of two with one name the first counts, as in a browser."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.source):
            found.setdefault(name.lower(), unescaped(value[1:-1] if value[:1] in ("'", '"') else value))
        return found


def unescaped(text: str) -> str:
    """Character references decoded, once."""
    return html.unescape(_LONG_NUMBER.sub("\N{REPLACEMENT CHARACTER}", text)) if "&" in text else text


def tokens(source: str) -> Iterator[str | Tag]:
    """The tags of the source and the raw texts between them (not yet unescaped)."""
    return _Scanner(source).tokens()


class _Scanner:
    """One pass over one source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._values_close = True
        self._absent: set[str] = set()
        self._bare: dict[str, Tag] = {}

    def tokens(self) -> Iterator[str | Tag]:
        text_from = at = 0
        while beginning := _BEGINNING.search(self._source, at):
            at = beginning.start()
            tag, end = self._bare.get(beginning[0]), beginning.end()
            if not tag:
                tag, end = self._tag(beginning)
            if not tag:
                at += 1
                continue
            if at > text_from:
                yield self._source[text_from:at]
            yield tag
            text_from = at = self._after_raw(tag, end) if tag.name in _RAW else end
        if text_from < len(self._source):
            yield self._source[text_from:]

    def _tag(self, beginning: re.Match[str]) -> tuple[Tag | None, int]:
        """The tag that begins here and where it ends; none when its ``<`` is just a character."""
        if beginning["bare"]:  # most tags have no attributes, and are some few: each is made once
            bare = self._bare[beginning[0]] = Tag(beginning["name"].lower(), beginning["end"] is not None)
            return bare, beginning.end()
        at = beginning.start()
        if self._source.startswith("<!--", at):
            end = self._find("-->", at + 2)
            if end >= 0:
                return Tag(COMMENT), end + 3
        if self._source.startswith(("<!", "<?"), at):
            end = self._find(">", at)
            return (Tag(COMMENT), end + 1) if end >= 0 else (None, at)
        end = self._tag_end(beginning.end())
        if end < 0:
            return None, at
        source = self._source[beginning.end() : end]
        return Tag(beginning["name"].lower(), beginning["end"] is not None, source), end + 1

    def _tag_end(self, at: int) -> int:
        """Position of the ``>`` outside quoted values; once a quoted value never ends, of the next ``>``."""
        position = at
        while self._values_close:
            stop = _VALUE_OR_END.search(self._source, position)
            if stop and not stop[1]:
                return stop.start()
            position = self._source.find(stop[1], stop.end()) + 1 if stop else 0
            self._values_close = position > 0
        return self._find(">", at)

    def _after_raw(self, tag: Tag, end: int) -> int:
        """Where the text goes on after the tag; for a raw element after its content."""
        closing = None if tag.is_end else _RAW.get(tag.name)
        if not closing or tag.name in self._absent:
            return end
        found = closing.search(self._source, end)
        if found:
            return found.start()
        self._absent.add(tag.name)
        return len(self._source) if tag.name in _NEVER_TEXT else end

    def _find(self, what: str, at: int) -> int:
        """``str.find`` that does not search again for what is not there any more."""
        if what in self._absent:
            return -1
        found = self._source.find(what, at)
        if found < 0:
            self._absent.add(what)
        return found
