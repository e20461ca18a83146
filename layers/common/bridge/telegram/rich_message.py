"""A ``RichMessage`` (Bot API 10.1) as formatted text: nested blocks become lines, a block of the future its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import utf16_length, whole
from bridge.telegram.fields import mapping, mappings, text
from bridge.telegram.formatting import bold, join, plain
from bridge.telegram.places import map_link
from bridge.texts import Say, Texts

_DEEPEST: Final = 30
"""Levels that keep their form; what lies deeper gives only its words. Python's own limit is some 1000 calls."""

_MARKS: Final = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "text_mention"}
)  # the names are those of the entities
_INSTEAD_OF_TEXT: Final = {"custom_emoji": "alternative_text", "mathematical_expression": "expression"}
_MEDIA: Final = {
    "photo": Say.PHOTO,
    "video": Say.VIDEO,
    "animation": Say.ANIMATION,
    "audio": Say.AUDIO,
    "voice_note": Say.VOICE,
}
_NO_WORDS: Final = frozenset(
    {"type", "align", "valign", "mime_type", "language", "date_time_format", "file_name", "name", "anchor_name",
     "reference_name", "url", "username"}
)  # fmt: skip
"""Fields with strings that nobody is meant to read; ids are left out too."""


def flatten(rich_message: Mapping[str, Any], texts: Texts) -> FormattedText:
    """The words of all its blocks, line by line; empty when it has none."""
    return _blocks(mappings(rich_message, "blocks"), texts, 0)


def _blocks(blocks: Iterable[Mapping[str, Any]], texts: Texts, depth: int) -> FormattedText:
    if depth > _DEEPEST:
        return plain("\n".join(_leaves(list(blocks))))
    return join(_block(block, texts, depth) for block in blocks)


def _block(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    kind = text(block, "type")
    if kind in _MEDIA:
        return join([plain(f"[{texts.say(_MEDIA[kind])}]"), _caption(block, depth)], " ")
    form = _FORMS.get(kind)
    if form:
        return form(block, texts, depth)
    if kind in _WITH_TEXT:
        return _inline(block.get("text"), depth)
    return plain("\n".join(_leaves(block)))


def _heading(block: Mapping[str, Any], _texts: Texts, depth: int) -> FormattedText:
    return bold(_inline(block.get("text"), depth).text)


def _pre(block: Mapping[str, Any], _texts: Texts, depth: int) -> FormattedText:
    return _marked("pre", plain(_inline(block.get("text"), depth).text), language=text(block, "language"))


def _quotation(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    words = _blocks(mappings(block, "blocks"), texts, depth + 1)
    return _marked("blockquote", join([words, _inline(block.get("text"), depth), _credit(block, depth)]))


def _list(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    return join(_item(item, texts, depth) for item in mappings(block, "items"))


def _item(item: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    label = text(item, "label") or "•"
    if item.get("has_checkbox") is True:
        label = "☑" if item.get("is_checked") is True else "☐"
    return join([plain(label), _blocks(mappings(item, "blocks"), texts, depth + 1)], " ")


def _gallery(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    return join([_blocks(mappings(block, "blocks"), texts, depth + 1), _caption(block, depth)])


def _table(block: Mapping[str, Any], _texts: Texts, depth: int) -> FormattedText:
    rows = block.get("cells")
    lines = [
        join((_inline(cell.get("text"), depth) for cell in row if isinstance(cell, Mapping)), " | ")
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list)
    ]
    return join([_inline(block.get("caption"), depth), *lines])


def _details(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    summary = bold(_inline(block.get("summary"), depth).text)
    return join([summary, _blocks(mappings(block, "blocks"), texts, depth + 1)])


def _map(block: Mapping[str, Any], texts: Texts, depth: int) -> FormattedText:
    link = map_link(mapping(block, "location"))
    return join([plain(f"[{texts.say(Say.LOCATION)}]"), plain(link), _caption(block, depth)], " ")


def _formula(block: Mapping[str, Any], _texts: Texts, _depth: int) -> FormattedText:
    return plain(text(block, "expression"))


def _divider(_block: Mapping[str, Any], _texts: Texts, _depth: int) -> FormattedText:
    return plain("———")


def _nothing(_block: Mapping[str, Any], _texts: Texts, _depth: int) -> FormattedText:
    return plain("")


_WITH_TEXT: Final = frozenset({"paragraph", "footer", "thinking"})
_FORMS: Final[dict[str, Callable[[Mapping[str, Any], Texts, int], FormattedText]]] = {
    "heading": _heading,
    "pre": _pre,
    "blockquote": _quotation,
    "pullquote": _quotation,
    "list": _list,
    "collage": _gallery,
    "slideshow": _gallery,
    "table": _table,
    "details": _details,
    "map": _map,
    "mathematical_expression": _formula,
    "divider": _divider,
    "anchor": _nothing,
}


def _caption(block: Mapping[str, Any], depth: int) -> FormattedText:
    caption = mapping(block, "caption")
    return join([_inline(caption.get("text"), depth), _credit(caption, depth)])


def _credit(block: Mapping[str, Any], depth: int) -> FormattedText:
    credit = _inline(block.get("credit"), depth)
    return join([plain("—"), credit], " ") if credit.text else credit


def _inline(rich: Any, depth: int) -> FormattedText:
    """A ``RichText``: a string, an array of them, or an object with the formatting of its ``text``."""
    if depth > _DEEPEST or isinstance(rich, str):
        return plain("".join(_leaves(rich)))
    if isinstance(rich, list):
        return join((_inline(part, depth + 1) for part in rich), "")
    return _formatted(rich, depth) if isinstance(rich, Mapping) else plain("")


def _formatted(rich: Mapping[str, Any], depth: int) -> FormattedText:
    kind = text(rich, "type")
    if kind in _INSTEAD_OF_TEXT:
        return plain(text(rich, _INSTEAD_OF_TEXT[kind]))
    if "text" not in rich:
        return plain("".join(_leaves(rich)))
    inner = _inline(rich["text"], depth + 1)
    if kind == "url":
        return _marked("text_link", inner, url=text(rich, "url"))
    return _marked(kind, inner, user=mapping(rich, "user")) if kind in _MARKS else inner


def _marked(entity_type: str, inner: FormattedText, **extra: Any) -> FormattedText:
    around = Entity(entity_type, 0, utf16_length(inner.text), extra)
    return FormattedText(inner.text, (around, *inner.entities))


def _leaves(tree: Any) -> list[str]:
    """Every string for people in the tree, in order; without recursion, because it may be deeper than Python goes."""
    found: list[str] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.append(whole(node))
        elif isinstance(node, list):
            waiting += node[::-1]
        elif isinstance(node, Mapping):
            waiting += [v for k, v in list(node.items())[::-1] if k not in _NO_WORDS and not str(k).endswith("id")]
    return found
