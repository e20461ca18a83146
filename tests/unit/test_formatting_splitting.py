"""Cutting a text into messages, and putting texts together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Entity, FormattedText
from bridge.telegram.characters import utf16_length
from bridge.telegram.formatting import bold, join, plain
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from tests.unit.formatting_strategies import STEADY, TREES, check, formatting


def _texts(text: str, limit: int) -> list[str]:
    return [part.text for part in split(plain(text), limit)]


def test_a_short_text_is_one_part():
    """What fits is not cut."""
    text = FormattedText("a b", (Entity("bold", 0, 1),))
    assert split(text) == [text]


def test_a_blank_text_has_no_parts():
    """Nothing to send is nothing sent."""
    assert split(plain(" \n\u200b ")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aaaa. aaa\n\nbbb\nbb bb", ["aaaa. aaa", "bbb\nbb bb"]),
        ("aaaa. aaa\nbbbb. bb bb", ["aaaa. aaa", "bbbb. bb bb"]),
        ("aaa aaaa. bbbb bb bb", ["aaa aaaa.", "bbbb bb bb"]),
        ("aaaaaaa (a!) bb bbbb bb", ["aaaaaaa (a!)", "bb bbbb bb"]),
        ("aaaaa aaaa bbbbb bbbb", ["aaaaa aaaa", "bbbbb bbbb"]),
        ("aa bbbbbbbbbbbb ccc", ["aa", "bbbbbbbbbbbb", "ccc"]),
        ("aaaaaaaaaaaabbbbb", ["aaaaaaaaaaaa", "bbbbb"]),
    ],
    ids=["empty line", "line", "sentence", "sentence in brackets", "word", "word far back", "no border"],
)
def test_the_best_border_is_taken(text, expected):
    """Empty line before line, line before sentence, sentence before word, word before character."""
    assert _texts(text, 12) == expected


def test_a_border_far_from_the_end_makes_no_tiny_part():
    """An empty line at the beginning does not send two words alone."""
    assert _texts("a\n\nbbb ccc ddd eee", 12) == ["a\n\nbbb ccc", "ddd eee"]


@pytest.mark.parametrize(
    "grapheme",
    [
        "😀",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "❤️",
        "1️⃣",
        "🇷🇺",
        "e\u0301\u0302",
        "क्षि",
        "\u1112\u1161\u11ab",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
    ids=["emoji", "family", "skin tone", "heart", "keycap", "flag", "accents", "devanagari", "hangul", "region"],
)
def test_graphemes_are_whole(grapheme):
    """A character that a reader sees as one is in one part."""
    limit = 3 * utf16_length(grapheme) - 1
    assert _texts(grapheme * 5, limit) == [grapheme * 2, grapheme * 2, grapheme]


def test_a_grapheme_longer_than_a_part_is_cut_between_characters():
    """A mountain of accents cannot stop the cutting."""
    assert _texts("e" + "\u0301" * 9, 4) == ["e" + "\u0301" * 3, "\u0301" * 4, "\u0301" * 2]


def test_length_is_counted_in_utf16_units():
    """Four emoji are eight units."""
    assert _texts("😀😀😀😀😀", 8) == ["😀😀😀😀", "😀"]


def test_a_long_entity_goes_on_in_the_next_part():
    """Bold over the border is bold on both sides of it, and not over the blank that was cut."""
    parts = split(FormattedText("aaaa bbbb cccc", (Entity("bold", 2, 12),)), 10)
    assert parts == [
        FormattedText("aaaa bbbb", (Entity("bold", 2, 7),)),
        FormattedText("cccc", (Entity("bold", 0, 4),)),
    ]


def test_a_short_entity_is_not_cut():
    """A link's label stays in one part, with its address."""
    link = {"url": "https://x.com"}
    parts = split(FormattedText("aaaa bbbb cc dd ee", (Entity("text_link", 10, 5, link),)), 13)
    assert parts == [FormattedText("aaaa bbbb"), FormattedText("cc dd ee", (Entity("text_link", 0, 5, link),))]


def test_no_part_has_more_entities_than_telegram_keeps():
    """Telegram drops formatting after 100 entities: the part ends before the next one."""
    parts = split(from_html("<p>" + "<b>a</b>, " * 250 + "</p>"))
    assert [len(part.entities) for part in parts] == [100, 100, 50]


def test_entities_over_one_character_are_dropped_beyond_telegrams_number():
    """Where no cut can help, the outer ones stay."""
    entities = tuple(Entity("bold", 0, 300 - number) for number in range(150))
    (part,) = split(FormattedText("a" * 300, entities))
    assert part.entities == entities[:100]


def test_entities_out_of_bounds_are_clipped():
    """A part never has an entity that Telegram would refuse."""
    assert split(FormattedText("ab", (Entity("bold", -5, 6), Entity("italic", 1, 9), Entity("code", 7, 2)))) == [
        FormattedText("ab", (Entity("bold", 0, 1), Entity("italic", 1, 1)))
    ]


def test_a_limit_without_room_is_refused():
    """One emoji must fit."""
    with pytest.raises(ValueError, match="limit of 2 or more"):
        split(plain("a"), 1)


@STEADY
@given(st.lists(TREES, max_size=6), st.integers(2, 50))
def test_nothing_is_lost(trees, limit):
    """Parts are within the limit and valid, and together have every visible character with its looks."""
    text = from_html("".join(source for source, _ in trees))
    parts = split(text, limit)
    for part in parts:
        check(part)
        assert 0 < utf16_length(part.text) <= limit
    assert [pair for part in parts for pair in formatting(part)] == formatting(text)


def test_join_moves_the_entities():
    """Entities stay over their words, behind an emoji too; empty parts leave no separator."""
    joined = join([bold("Аня 😀:"), plain(""), FormattedText("x y", (Entity("italic", 2, 1),))], separator="\n\n")
    assert joined == FormattedText("Аня 😀:\n\nx y", (Entity("bold", 0, 7), Entity("italic", 11, 1)))


def test_bold_over_nothing_is_nothing():
    """Telegram refuses no blank entity but drops it; so it is not made."""
    assert bold(" ") == FormattedText(" ")


def test_plain_text_can_be_sent():
    """Half an emoji cannot be written in UTF-8: it is replaced."""
    assert plain("a\ud83d") == FormattedText("a�")
