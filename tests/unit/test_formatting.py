"""Telegram's entities as HTML for Planfix."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Entity
from bridge.telegram.formatting import to_html
from bridge.telegram.reading_html import from_html
from tests.unit.formatting_strategies import STEADY, TEXTS, TREES, formatting, visible


def test_every_character_is_escaped():
    """What looks like HTML in a message is text in Planfix, also inside a tag."""
    bold = {"type": "bold", "offset": 0, "length": 8}
    assert to_html("<b>&amp; & <i>", [bold]) == "<b>&lt;b&gt;&amp;amp;</b> &amp; &lt;i&gt;"


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ({"type": "bold"}, "<b>word</b>"),
        ({"type": "italic"}, "<i>word</i>"),
        ({"type": "underline"}, "<u>word</u>"),
        ({"type": "strikethrough"}, "<s>word</s>"),
        ({"type": "code"}, "<code>word</code>"),
        ({"type": "pre"}, "<pre>word</pre>"),
        ({"type": "pre", "language": 'c"'}, '<pre><code class="language-c&quot;">word</code></pre>'),
        ({"type": "blockquote"}, "<blockquote>word</blockquote>"),
        ({"type": "expandable_blockquote"}, "<blockquote>word</blockquote>"),
        ({"type": "spoiler"}, '<span class="tg-spoiler" style="background-color:#d3d3d3">word</span>'),
        ({"type": "text_link", "url": 'https://x.com/?a=1&b="'}, '<a href="https://x.com/?a=1&amp;b=&quot;">word</a>'),
        ({"type": "text_link", "url": "tg://resolve?domain=a"}, '<a href="tg://resolve?domain=a">word</a>'),
        ({"type": "text_mention", "user": {"id": 7}}, '<a href="tg://user?id=7">word</a>'),
    ],
)
def test_each_type_has_its_tag(entity, expected):
    """Every type that HTML can show is shown."""
    assert to_html("word", [{**entity, "offset": 0, "length": 4}]) == expected


@pytest.mark.parametrize(
    "entity_type", ["mention", "hashtag", "email", "custom_emoji", "date_time", "not_born_yet", ""]
)
def test_other_types_are_plain_text(entity_type):
    """A type without looks of its own, or unknown, leaves the words as they are."""
    assert to_html("@word", [{"type": entity_type, "offset": 0, "length": 5}]) == "@word"


@pytest.mark.parametrize("address", ["https://x.com/a", "http://x.com", "x.com/a"])
def test_addresses_in_the_text_are_links(address):
    """An entity of type url links its own words, with the scheme Telegram adds where there is none."""
    found = to_html(f"see {address}", [{"type": "url", "offset": 4, "length": len(address)}])
    assert found == f'see <a href="{address if "//" in address else "http://" + address}">{address}</a>'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " ", None, 5, "//x", "https://x y"])
def test_only_safe_links_are_links(url):
    """Nothing but http, https and tg can be clicked in Planfix."""
    assert to_html("word", [{"type": "text_link", "offset": 0, "length": 4, "url": url}]) == "word"


def test_offsets_are_utf16_units():
    """An emoji before an entity counts twice."""
    assert to_html("😀 word", [{"type": "bold", "offset": 3, "length": 4}]) == "😀 <b>word</b>"


def test_an_entity_never_cuts_a_character():
    """An end inside a surrogate pair takes the whole character."""
    assert to_html("a😀b", [{"type": "bold", "offset": 2, "length": 2}]) == "a<b>😀b</b>"
    assert to_html("a😀b", [{"type": "bold", "offset": 0, "length": 2}]) == "<b>a😀</b>b"


def test_crossing_entities_become_nested():
    """An entity that crosses another is closed and opened again."""
    entities = [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}]
    assert to_html("abcdef", entities) == "<b>ab<i>cd</i></b><i>ef</i>"


def test_a_block_stands_outside_of_a_line():
    """Bold that reaches into a quotation is bold before it and bold in it."""
    entities = [Entity("bold", 0, 6), Entity("blockquote", 3, 3)]
    assert to_html("ab\ncde", entities) == "<b>ab<br></b><blockquote><b>cde</b></blockquote>"


def test_lines_are_kept():
    """A line end is a <br>, except after a block, which ends its line by itself."""
    assert to_html("a\n\nb", []) == "a<br><br>b"
    assert to_html("a\nb\nc", [Entity("blockquote", 2, 1)]) == "a<br><blockquote>b</blockquote>c"


def test_spaces_are_kept():
    """Spaces that HTML would fold are hard ones; in a pre they stay."""
    assert to_html("  a  b\n c", []) == "&nbsp;&nbsp;a &nbsp;b<br>&nbsp;c"
    assert to_html("  a  b", [Entity("pre", 0, 6)]) == "<pre>  a  b</pre>"


def test_lone_surrogates_are_replaced():
    """Half an emoji cannot be written in UTF-8; it does not move the entities after it."""
    assert to_html("\ud83d word", [Entity("bold", 2, 4)]) == "� <b>word</b>"


_MANY_EMPTY_LINES = re.compile(r"\n{4,}")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "x"]), inner, max_size=2),
    max_leaves=3,
)
_TYPES = st.sampled_from(
    [
        "bold",
        "italic",
        "pre",
        "code",
        "text_link",
        "url",
        "text_mention",
        "blockquote",
        "spoiler",
        "expandable_blockquote",
    ]
)
_NUMBERS = st.integers(-4, 60) | st.sampled_from([10**20, -(10**20), True, None, "1", 1.5])
_ENTITIES = st.lists(
    st.fixed_dictionaries(
        {"type": _TYPES | _JSON, "offset": _NUMBERS, "length": _NUMBERS},
        optional={"url": st.just("https://x.com/") | _JSON, "user": _JSON, "language": _JSON},
    )
    | _JSON,
    max_size=12,
)


class _Tree(HTMLParser):
    """The text of well-formed HTML; a tag out of order fails."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self.text += "\n"
        else:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


@STEADY
@given(TEXTS | st.text(st.characters(), max_size=20), _ENTITIES)
def test_any_entities_give_balanced_html_with_all_the_text(text, entities):
    """Whatever the entities are, tags are balanced and every visible character is there."""
    expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert visible(_Tree(to_html(text, entities)).text) == visible(expected)


@STEADY
@given(TREES)
def test_the_way_back_is_the_same(tree):
    """Text and entities written as HTML and read again are the same lines with the same looks, but for many empty lines."""
    there = from_html(tree[0])
    back = from_html(to_html(there.text, there.entities))
    assert _MANY_EMPTY_LINES.sub("\n\n\n", back.text) == _MANY_EMPTY_LINES.sub("\n\n\n", there.text)
    assert formatting(back) == formatting(there)


def test_hundreds_of_entities_do_not_multiply():
    """Output grows with the entities, not with their square."""
    entities = [Entity("bold", place, 4000) for place in range(2000)]
    assert to_html("a" * 4000, entities) == "<b>" + "a" * 4000 + "</b>"
