"""What HTML's elements, their classes and inline styles mean for a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from bridge.telegram.markup import COMMENT


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


STYLES: Final = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "tg-spoiler": "spoiler",
}
"""Elements that are a Telegram entity over their characters."""
LINES: Final = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
"""Elements that begin and end a line."""
CELLS: Final = _names("td th")
EMPTY: Final = _names("base br col embed hr img input link meta param source track wbr")
"""Elements without an end tag."""
CLOSED_BY_NEXT: Final = _names("p li td th tr dt dd option")
"""Elements whose end tag may be left out."""
_INLINE: Final = _names(
    "a abbr acronym audio basefont bdi bdo big blink button colgroup data font head iframe label map mark meter nobr "
    "noscript object option output picture progress q rp rt ruby script select small span style sub sup svg template "
    "textarea time title video xml o:p"
)
ELEMENTS: Final = LINES | CELLS | EMPTY | _INLINE | STYLES.keys() | {COMMENT}
"""A source with none of these is no HTML, and its ``<words>`` are words."""

_LANGUAGE: Final = re.compile(r"(?:\A|\s)lang(?:uage)?-(\S+)")
_MENTION: Final = re.compile(r"mention|user|contact|employee|group")
_QUOTING: Final = _names("article aside div p section")
_QUOTE: Final = re.compile(r"(?:\A|[\s_-])(?:block)?quot(?:e|ed|ation)(?:[\s_-]|\Z)", re.IGNORECASE)
_HEAVY: Final = _names("bold bolder 600 700 800 900")
_VERBATIM: Final = _names("pre pre-wrap pre-line break-spaces")


class Style(NamedTuple):
    """What an inline style changes."""

    sets: frozenset[str]
    """Entity types."""
    unsets: frozenset[str]
    is_verbatim: bool
    is_hidden: bool


def inline_style(source: str) -> Style:
    """Read a ``style`` attribute."""
    values: dict[str, str] = {}
    for declaration in source.lower().split(";"):
        name, _, value = declaration.partition(":")
        values[name.strip()] = value.strip()
    weight, slant = values.get("font-weight", ""), values.get("font-style", "")
    decoration = f"{values.get('text-decoration', '')} {values.get('text-decoration-line', '')}".split()
    states = {
        "bold": weight in _HEAVY if weight else None,
        "italic": slant.startswith(("italic", "oblique")) if slant else None,
        "underline": "underline" in decoration or None,
        "strikethrough": "line-through" in decoration or None,
    }
    return Style(
        frozenset(entity_type for entity_type, state in states.items() if state),
        frozenset(entity_type for entity_type, state in states.items() if state is False),
        values.get("white-space", "") in _VERBATIM,
        values.get("display") == "none" or values.get("mso-hide") == "all",
    )


def language(attributes: Mapping[str, str]) -> str:
    """The programming language a class names, as in ``language-python``."""
    found = _LANGUAGE.search(attributes.get("class", ""))
    return found[1] if found else ""


def is_quotation(name: str, attributes: Mapping[str, str]) -> bool:
    """A quotation, whichever element an editor makes it of: ``<div class="gmail_quote">`` is one too."""
    return name == "blockquote" or (name in _QUOTING and _QUOTE.search(attributes.get("class", "")) is not None)


def is_mention(attributes: Mapping[str, str]) -> bool:
    """A colleague's name that Planfix's editor made a link: it leads into the account, where no client can go."""
    return "mention" in attributes.get("class", "") or any(
        name.startswith("data-") and _MENTION.search(name) for name in attributes
    )
