"""Texts, HTML and entities for the property tests of formatting, and what must hold for every result."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import is_blank, utf16_length

STEADY = settings(database=None, max_examples=100)
"""Enough examples to find something, few enough to wait for; the profile of conftest makes them the same each run."""

WORDS = st.sampled_from(
    [
        "слово",
        "word",
        "a",
        " ",
        "  ",
        "\n",
        ". ",
        "! ",
        "5 < 6 & 7 > 3",
        "<3",
        "&amp;",
        '"q"',
        "שלום",
        "مرحبا",
        "\u200f",
        "😀",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🇷🇺🇺🇦",
        "❤️",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301\u0302",
        "हिन्दी",
        "한국",
        "\xa0",
        "\u200b",
    ]
)
TEXTS = st.lists(WORDS, max_size=8).map("".join)

ADDRESSES = ("https://example.com/a?b=1&c=2", "http://пример.рф/ц")

_OPENINGS = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "i",
        "u",
        "s",
        "code",
        "pre",
        "blockquote",
        "h2",
        "span",
        "font",
        "o:p",
        "p class=MsoNormal",
        'span style="font-weight:bold"',
        "span style='font-style: italic; text-decoration: underline'",
        'span class="tg-spoiler"',
        f'a href="{html.escape(ADDRESSES[0])}"',
        f"a href={ADDRESSES[1]}",
        'a href="javascript:alert(1)"',
        'a href="/task/5" class="mention" data-user="7"',
        'pre><code class="language-python"',
    ]
)


def _element(children: list[tuple[str, str]], opening: str) -> tuple[str, str]:
    inner, visible = "".join(source for source, _ in children), "".join(text for _, text in children)
    ends = "".join(f"</{tag.split()[0]}>" for tag in reversed(opening.split("><")))
    return f"<{opening}>{inner}{ends}", visible


TREES: st.SearchStrategy[tuple[str, str]] = st.recursive(
    TEXTS.map(lambda text: (html.escape(text), text)) | st.just(("<br>", " ")) | st.just(("<!-- c -->", "")),
    lambda children: st.builds(_element, st.lists(children, max_size=5), _OPENINGS),
    max_leaves=25,
)
"""HTML of elements that add no characters of their own, and the text in it."""

SOUP = st.lists(
    WORDS
    | st.sampled_from(
        [
            "<b>",
            "</b>",
            "<i>",
            "</p>",
            "<p>",
            "<br/>",
            "<ul><li>",
            "<ol",
            "start=7>",
            "</ol>",
            "<li>",
            "<table><tr><td>",
            "<td>",
            "</table>",
            "<hr>",
            "<pre>",
            "</pre>",
            "<blockquote>",
            "</blockquote>",
            "<code>",
            "</code>",
            "<a",
            "</a>",
            "<!--",
            "-->",
            "<!--",
            "<![if",
            "<![x[",
            "<?xml",
            "<style>",
            "</style>",
            "<script",
            "<xml>",
            "</xml>",
            "<",
            ">",
            "</",
            "&",
            "&#",
            "&#0;",
            "&#13;",
            "&#xD800;",
            "&#99999999999;",
            "&lt;",
            "&nbsp;",
            "&zwj;",
            '"',
            "'",
            "=",
            "\x00",
            "�",
            "�",
            "</",
        ]
    )
    | st.sampled_from(
        [
            "<a href='mailto:a@b.c?subject=x'>",
            '<a href="http://x"',
            "<a href=https://x.com:99999>",
            "<a href='tg://user?id=5'>",
            "<a href='https://x.com/\">'>",
            "<img alt='😀'>",
            "<img alt='a.png' src=x>",
            '<p style="white-space:pre-wrap; font-weight:400">',
            "<span style='display:none'>",
            "<code class='language-c'>",
        ]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)
"""Anything that could be meant as HTML, and much that could not."""


def entities_over(types: st.SearchStrategy[str]) -> Callable[[str], st.SearchStrategy[list[Entity]]]:
    """Entities of the types anywhere over a text: they overlap and cross, but never begin inside a character."""

    def over(text: str) -> st.SearchStrategy[list[Entity]]:
        borders = [utf16_length(text[:position]) for position in range(len(text) + 1)]
        place = st.tuples(st.sampled_from(borders), st.sampled_from(borders)).map(sorted)
        return st.lists(
            st.builds(
                lambda entity_type, ends: Entity(
                    entity_type,
                    ends[0],
                    ends[1] - ends[0],
                    {"url": "https://example.com/"} if entity_type == "text_link" else {},
                ),
                types,
                place,
            ),
            max_size=8,
        )

    return over


def formatting(text: FormattedText) -> list[tuple[str, frozenset[str]]]:
    """Each visible character with the types over it."""
    covered: list[set[str]] = [set() for _ in range(utf16_length(text.text) + 1)]
    for entity in text.entities:
        for types in covered[entity.offset : entity.offset + entity.length]:
            types.add(entity.type.removeprefix("expandable_"))
    found, offset = [], 0
    for character in text.text:
        if not is_blank(character):
            found.append((character, frozenset(covered[offset])))
        offset += utf16_length(character)
    return found


def visible(text: str) -> str:
    """The characters a reader sees."""
    return "".join(character for character in text if not is_blank(character))


def _ends(entity: Entity) -> int:
    return entity.offset + entity.length


def _piece(text: str, entity: Entity) -> str:
    return text.encode("utf-16-le")[2 * entity.offset : 2 * _ends(entity)].decode("utf-16-le")


def check(text: FormattedText) -> None:
    """What Telegram asks of text and entities (core.telegram.org/bots/api#formatting-options), and what we promise."""
    assert text.text == text.text.strip()
    text.text.encode()  # no lone surrogates
    places: list[tuple[Any, ...]] = [(entity.offset, -entity.length) for entity in text.entities]
    assert places == sorted(places)
    for number, entity in enumerate(text.entities):
        assert 0 <= entity.offset < _ends(entity) <= utf16_length(text.text)
        assert not is_blank(_piece(text.text, entity))
        for inner in text.entities[number + 1 :]:
            if inner.offset >= _ends(entity):
                break
            assert _ends(inner) <= _ends(entity), "entities cross"
            assert entity.type not in {"pre", "code"}, "pre and code contain nothing"
            assert inner.type not in {"pre", "code"} or entity.type.endswith("blockquote")
            assert inner.type not in {"blockquote", "expandable_blockquote"}, "a quote is inside nothing"
            assert inner.type != entity.type
