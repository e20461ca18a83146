"""What an employee wrote in Planfix as Telegram's text and entities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Entity
from bridge.telegram.formatting import parted
from bridge.telegram.reading_html import from_html, pictures_in
from tests.unit.formatting_strategies import ADDRESSES, SOUP, STEADY, TREES, check, visible


def _entities(source: str) -> list[tuple[str, str]]:
    """Type and words of each entity."""
    found = from_html(source)
    units = found.text.encode("utf-16-le")
    return [
        (entity.type, units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"))
        for entity in found.entities
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<div>one</div>two", "one\ntwo"),
        ("one<br>two<br/><p>three</p>", "one\ntwo\nthree"),
        ("<p>one</p><p><br></p><p>two</p>", "one\n\ntwo"),
        ("<p>one</p><p>&nbsp;</p><p>two</p>", "one\n\ntwo"),
        ("<div>one<br></div><div>two</div>", "one\ntwo"),
        ("<p>one</p>" + "<p>&nbsp;</p>" * 9 + "<p>two</p>", "one\n\n\ntwo"),
        ("<p>one<p>two", "one\ntwo"),
    ],
    ids=["p", "div", "br", "empty p", "p with nbsp", "br at the end", "many empty p", "p not closed"],
)
def test_lines(source, expected):
    """Lines break where a browser breaks them; of many empty lines two stay."""
    assert from_html(source).text == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p> one \n\t two </p>\n<p>three</p>", "one two\nthree"),
        ("<p>one <b> two</b></p>", "one two"),
        ("<p>one&nbsp;&nbsp;two&#160;</p>", "one  two"),
        ("<pre>\n  if x:\n\n\n\n      y</pre>", "if x:\n\n\n\n      y"),
        ("<p>one</p><pre>\ntwo</pre>", "one\ntwo"),
        ('<p style="white-space: pre-wrap">a  b\nc</p>', "a  b\nc"),
    ],
    ids=["folded", "across tags", "nbsp", "pre", "line end in pre", "white-space"],
)
def test_spaces(source, expected):
    """Spaces fold as in a browser; hard ones become spaces; pre keeps all."""
    assert from_html(source).text == expected


def test_plain_text_keeps_its_lines_and_words():
    """Text without HTML stays as it was typed, its <words> and signs too; character references are decoded."""
    source = "Добрый день,\n\n  <Имя> <name>! 5 < 6 &amp; 7 <3\nlabel [ https://x.com ]"
    assert from_html(source).text == "Добрый день,\n\n  <Имя> <name>! 5 < 6 & 7 <3\nlabel [ https://x.com ]"


def test_addresses_in_angle_brackets_are_words():
    """What mail programs write around addresses is no tag."""
    assert from_html("<p>Anna <a@b.c> <https://x.com></p>").text == "Anna <a@b.c> <https://x.com>"


def test_lines_of_a_text_with_inline_tags_only_are_kept():
    """Where no tag makes lines, the writer's line ends do."""
    assert from_html("<b>one</b>\ntwo").text == "one\ntwo"


def test_character_references_are_decoded_once():
    """A written &lt; that was escaped stays what the employee saw."""
    assert from_html("<p>&amp;lt;b&amp;gt; &lt;b&gt; &#128512; &Auml;</p>").text == "&lt;b&gt; <b> 😀 Ä"


@pytest.mark.parametrize(
    ("source", "entity_type"),
    [
        ("<b>x</b>", "bold"),
        ("<STRONG>x</STRONG>", "bold"),
        ("<h3>x</h3>", "bold"),
        ("<i>x</i>", "italic"),
        ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"),
        ("<ins>x</ins>", "underline"),
        ("<s>x</s>", "strikethrough"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ('<span style="FONT-WEIGHT: 700">x</span>', "bold"),
        ('<font style="font-style:italic;color:red">x</font>', "italic"),
        ("<span style='text-decoration: underline dotted'>x</span>", "underline"),
        ("<span style='text-decoration-line:line-through'>x</span>", "strikethrough"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
    ],
)
def test_looks(source, entity_type):
    """Each way to write a look gives its entity."""
    assert _entities(source) == [(entity_type, "x")]


def test_a_style_can_take_a_look_away():
    """Google Docs wraps everything in a <b> that is not bold."""
    assert _entities('<b style="font-weight:normal">one <span style="font-weight:700">two</span></b>') == [
        ("bold", "two")
    ]


def test_crossing_tags_become_nested_entities():
    """Tags that cross never make entities that cross."""
    assert _entities("<p><b>one <a href='https://x.com'>two</b> three</a></p>") == [
        ("bold", "one two"),
        ("text_link", "two"),
    ]


def test_entities_do_not_cover_blanks_at_their_ends():
    """Bold spaces are spaces; a look over nothing is nothing."""
    assert _entities("<b> one </b>two<i> </i><u><br></u><p><s>&nbsp;</s></p>") == [("bold", "one")]


def test_nothing_stands_inside_code():
    """Telegram lets pre and code contain nothing, so the looks inside them are dropped."""
    assert _entities("<b>one <code>two <i>three</i></code></b>") == [("bold", "one "), ("code", "two three")]


def test_a_link_wins_over_code():
    """An address is worth more than the font it is written in."""
    assert _entities("<code>one <a href='https://x.com'>two</a></code>") == [("code", "one "), ("text_link", "two")]


def test_no_entity_covers_only_a_space():
    """Between two links in code there is nothing for the code to cover."""
    source = "<code><a href='https://x.com'>a</a> <a href='https://y.com'>b</a></code>"
    assert _entities(source) == [("text_link", "a"), ("text_link", "b")]


def test_a_link_in_a_code_block_is_written_out():
    """A pre stays one block, and its addresses can be read."""
    found = from_html("<pre>see <a href='https://x.com'>this</a>!</pre>")
    assert found.text == "see this (https://x.com)!"
    assert [entity.type for entity in found.entities] == ["pre"]


def test_code_blocks_keep_their_language():
    """The class of the code inside a pre names the language."""
    found = from_html('<p>see</p><pre><code class="hljs language-python">x = 1\ny = 2\n</code></pre><p>end</p>')
    assert found.text == "see\nx = 1\ny = 2\nend"
    assert found.entities == (Entity("pre", 4, 11, {"language": "python"}),)


def test_quotations_are_flat():
    """Telegram's quotations do not nest: inner ones belong to the outer; neighbours stay two."""
    source = "<blockquote>one<blockquote>two</blockquote>three</blockquote><blockquote>four</blockquote>"
    assert _entities(source) == [("blockquote", "one\ntwo\nthree"), ("blockquote", "four")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<ul><li>one</li><li>two</li></ul>after", "• one\n• two\nafter"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<ol start=7><li>one<li>two</ol>", "7. one\n8. two"),
        ("<ul><li>one<ol><li>two</li></ol></li><li>three</li></ul>", "• one\n  1. two\n• three"),
        ("<ul><li><p>one</p><p>two</p></li><li></li></ul>", "• one\ntwo"),
        ("<li>one", "• one"),
    ],
    ids=["ul", "ol", "start", "nested", "p inside, empty item", "no list"],
)
def test_lists(source, expected):
    """Items have bullets or numbers, inner lists an indent; empty items vanish."""
    assert from_html(source).text == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>x", "a | b\n1 | 2\nx"),
        ("<table><tbody><tr><td><p>a</p></td>\n<td><p>b</p></td></tr></tbody></table>", "a | b"),
        ("<table><tr><td>a<td><td>c<tr><td><td>b<td></table>", "a | | c\n| b"),
        ("<table><tr><td>a</td><td><p>b</p><p>c</p></td><td></td></tr><tr><td>d</td></tr></table>", "a | b\nc\nd"),
        ("<td>a</td><td>b</td>", "a\nb"),
    ],
    ids=["rows", "p in cells", "empty cells", "lines in a cell", "no table"],
)
def test_tables(source, expected):
    """A row is a line, its cells have borders; empty cells at its end vanish."""
    assert from_html(source).text == expected


@pytest.mark.parametrize(
    "address", ["https://x.com/a?b=1#c", "http://пример.рф", "tg://resolve?domain=a", "HTTPS://X.COM:8443", "//x.com/a"]
)
def test_links(address):
    """An address that Telegram takes is a link."""
    found = from_html(f'<a href=" {address} ">label</a>')
    expected = f"https:{address}" if address.startswith("//") else address
    assert found.entities == (Entity("text_link", 0, 5, {"url": expected}),)


@pytest.mark.parametrize(
    ("address", "label", "expected"),
    [
        ("mailto:a@b.c?subject=x", "Анна", "Анна (a@b.c)"),
        ("mailto:a@b.c", "a@b.c", "a@b.c"),
        ("tel:+79991234567", "+7 (999) 123-45-67", "+7 (999) 123-45-67"),
        ("tel:+79991234567", "call", "call (+79991234567)"),
        ("tel:+7 999 123-45-67", "call", "call (+7 999 123-45-67)"),
        ("mailto:%D0%B0@b.c", "Анна", "Анна (а@b.c)"),
        ("http://intranet/page", "page", "page (http://intranet/page)"),
        ("https://x.com:99999/", "x", "x (https://x.com:99999/)"),
        ("javascript:alert(1)", "x", "x"),
        ("data:text/html,x", "x", "x"),
        ("/task/5", "task", "task"),
        ("#top", "up", "up"),
        ("", "x", "x"),
        ("mailto:a@b.c", "", ""),
    ],
)
def test_other_addresses_are_text(address, label, expected):
    """What Telegram would refuse is written after its label, unless it says the same or means nothing to a client."""
    found = from_html(f'<p><a href="{address}">{label}</a></p>')
    assert found.text == expected
    assert not found.entities


@pytest.mark.parametrize(
    "source",
    [
        '<a class="mention" href="https://acme.planfix.ru/user/5">@Иван</a>',
        '<a data-user-id="5" href="https://acme.planfix.ru/user/5">@Иван</a>',
        '<span data-mention="5">@Иван</span>',
    ],
)
def test_mentions_are_their_words(source):
    """A mention of a colleague leads into Planfix, where no client can go: its words stay, the link does not."""
    found = from_html(source)
    assert found.text == "@Иван"
    assert not found.entities


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('a<img class="emoji" src="x.png" alt="😀">b', "a😀b"),
        ('<img src="x.png" alt="план.png">', "[план.png]"),
        ('a<img src="x.png">b', "ab"),
        ("a<hr>b", "a\n———\nb"),
    ],
    ids=["emoji", "named picture", "picture", "rule"],
)
def test_pictures_and_rules(source, expected):
    """An emoji's picture is the emoji, a named picture its name, a rule a line."""
    assert from_html(source).text == expected


@pytest.mark.parametrize(
    ("source", "pictures"),
    [
        ('<p>раз</p><img src="https://acme.planfix.ru/1">', 1),
        ('<img src="data:image/png;base64,AAAA" alt="Снимок экрана"><img src="/2">', 2),
        ('<img class="emoji" src="/smile.png" alt="😀">', 0),
        ('<img src="/1" width="1" height="1">', 0),
        ("<img>&lt;img src=1&gt;", 0),
    ],
)
def test_pictures_in_the_text_are_counted(source, pictures):
    """What is shown in the middle of a text and cannot go with it; emoji, dots that count readers and words are none."""
    assert pictures_in(source) == pictures


@pytest.mark.parametrize(
    ("source", "is_quotation"),
    [
        ('<div class="quote">раз</div>', True),
        ('<div class="pf-Quoted">раз</div>', True),
        ('<p class="gmail_quote">раз</p>', True),
        ('<div class="unquoted">раз</div>', False),
        ('<div class="quotes-of-prices">раз</div>', False),
        ('<span class="quote">раз</span>', False),
    ],
)
def test_a_block_of_the_class_quote_is_a_quotation(source, is_quotation):
    """Editors make quotations of other elements too, and name them so."""
    read = from_html(source)
    assert [entity.type for entity in read.entities] == ["blockquote"] * is_quotation
    assert read.text == "раз"


@pytest.mark.parametrize(
    ("source", "quotation", "rest"),
    [
        ("<blockquote>раз 😀</blockquote><b>два</b>", "раз 😀", "два"),
        ("<blockquote>раз</blockquote>", "раз", ""),
        ("два<blockquote>раз</blockquote>", "", "два\nраз"),
        ("<blockquote>раз</blockquote><blockquote>два</blockquote>три", "раз", "два\nтри"),
        ("", "", ""),
    ],
)
def test_a_text_is_parted_behind_its_first_quotation(source, quotation, rest):
    """Only a quotation at the very beginning is one that the text answers; looks stay with their words."""
    read = from_html(source)
    first, second = parted(read)
    assert (first.text, second.text) == (quotation, rest)
    assert {entity.type for entity in (*first.entities, *second.entities)} == {one.type for one in read.entities}


def test_markup_pasted_from_word_is_gone():
    """Office's comments, styles, XML and namespaces leave only the words."""
    source = (
        '<html xmlns:o="urn:x"><head><title>T</title><meta name=x><style>p {a:b}</style></head><body>'
        "<!--[if gte mso 9]><xml><w:WordDocument>x</w:WordDocument></xml><![endif]-->"
        '<p class=MsoListParagraph><![if !supportLists]><span style="mso-list:Ignore">1.</span><![endif]>one<o:p></o:p></p>'
        "<xml><o:x>y</o:x></xml><script>if (a<b) c</script>"
        '<span style="display:none">no</span><span style="mso-hide:all">no</span></body></html>'
    )
    assert from_html(source).text == "1.one"


def test_emoji_right_to_left_and_joiners_are_unharmed():
    """What is more than one code point stays together."""
    text = "👨‍👩‍👧 ❤️ 🇷🇺 👍🏽 שלום\u200f مرحبا‌ن e\u0301"
    assert from_html(f"<p><b>{text}</b></p>").text == text


@pytest.mark.parametrize("source", ["", " \n", "<p>&nbsp;</p>", "<b></b>", "<p>\u200b</p>", "<style>x", "<!-- x -->"])
def test_nothing_visible_is_no_text(source):
    """What Telegram would call an empty message is empty here."""
    assert from_html(source).text == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "<b>",
        "<i></b>",
        "<ul><li>",
        "<table><tr><td>",
        "<blockquote>",
        "<a href=mailto:a@b.c>x",
        "<a ",
        '<a "',
        '<a x=">" ',
        "<a x=",
        "<a",
        "<!--",
        "<![x[",
        "<xml>",
        "<style>",
        "&#",
        "&#1",
        "<br>x",
        "</p>",
        "<p style='a",
        "\x00",
        "\ud800",
        "\u200b",
        "x\n ",
        "<pre>\n ",
    ],
)
def test_endless_repetition(unit):
    """Twenty thousand times the same broken or nested markup is read, and in time that grows with its length."""
    check(from_html(unit * 20_000 + "end"))


@pytest.mark.parametrize("reference", ["&#" + "9" * 5000 + ";", "&#x" + "f" * 5000 + ";", "&#xD800;"])
def test_impossible_character_references(reference):
    """A number that is no character becomes U+FFFD."""
    assert from_html(f"<p>{reference}</p>").text == "�"


@STEADY
@given(SOUP | st.text(st.characters(), max_size=50))
def test_any_string_is_read(source):
    """No string raises, and each gives a text that keeps Telegram's rules."""
    check(from_html(source))


@STEADY
@given(TREES)
def test_every_visible_character_is_kept(tree):
    """Every character that a browser shows is there, in its order; only addresses of links inside a pre are added."""
    source, text = tree
    found = from_html(source)
    check(found)
    shown = visible(found.text)
    for address in ADDRESSES:
        shown = shown.replace(f"({address})", "")
    assert shown == visible(text)
