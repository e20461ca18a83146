"""Texts of Planfix's chats: links and quotations are found again, and what a chat cannot carry can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Entity, FormattedText
from bridge.telegram.chat_text import from_chat_text, to_chat_text
from bridge.telegram.formatting import bold, join, plain
from bridge.telegram.reading_html import from_html
from tests.unit.formatting_strategies import STEADY, TEXTS, check, entities_over, visible

LINK = "https://acme.ru/price?a=1&b=2"


def entities(source: str) -> list[tuple[str, str]]:
    """Type and words of each entity of an answer; a link with its address."""
    text = from_chat_text(source)
    check(text)
    units = text.text.encode("utf-16-le")
    return [
        (
            entity.extra.get("url", entity.type),
            units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"),
        )
        for entity in text.entities
    ]


# -- out of Planfix


@pytest.mark.parametrize(
    ("source", "text", "label"),
    [
        (f"прайс [ {LINK} ]", "прайс", "прайс"),
        (f"прайс [ {LINK} ] внизу", "прайс внизу", "прайс"),
        (f"Здравствуйте, наш прайс [ {LINK} ].", "Здравствуйте, наш прайс.", "наш прайс"),
        (f"Вот: прайс-лист на май [ {LINK} ]", "Вот: прайс-лист на май", "прайс-лист на май"),
        (f"см. {LINK} [ {LINK} ] ниже", f"см. {LINK} ниже", LINK),
        (f"см. acme.ru/price?a=1&b=2 [ {LINK} ]", "см. acme.ru/price?a=1&b=2", "acme.ru/price?a=1&b=2"),
        (f"[ {LINK} ]", LINK, LINK),
        (f"раз два три четыре пять шесть семь [ {LINK} ]", "раз два три четыре пять шесть семь", "два три четыре пять шесть семь"),
        (f"первая строка\nпрайс [ {LINK} ]", "первая строка\nпрайс", "прайс"),
    ],
)  # fmt: skip
def test_link(source: str, text: str, label: str):
    """Its address is hidden behind its words; where those begin, nobody says, so the end of the phrase is taken."""
    assert from_chat_text(source).text == text
    assert entities(source) == [(LINK, label)]


def test_links_of_one_line():
    """Each has the words before it, no other link's."""
    assert entities(f"раз [ {LINK} ] и два [ https://b.ru ]") == [(LINK, "раз"), ("https://b.ru", "и два")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("касса [ http://localhost/1 ]", "касса (http://localhost/1)"),
        ("a@b.ru [ mailto:a@b.ru ]", "a@b.ru"),
        ("почта [ mailto:a@b.ru ]", "почта (a@b.ru)"),
        ("позвоните [ tel:+79051234567 ]", "позвоните (+79051234567)"),
        ("a [ b ] c", "a [ b ] c"),
        (f"[{LINK}]", f"[{LINK}]"),
        ("[ https:// ]", "[ https:// ]"),
    ],
)
def test_what_telegram_takes_for_no_link(source: str, text: str):
    """It can be read, and the message is not refused for it; what is no link at all stays as it is."""
    assert from_chat_text(source) == plain(text)


@pytest.mark.parametrize(
    ("source", "text", "quoted"),
    [
        (">>Сколько?\n>>\nСто рублей", "Сколько?\nСто рублей", "Сколько?"),
        (">> Сколько?\nСто", "Сколько?\nСто", "Сколько?"),
        (">>Раз\n>>Два\n>>\nТри", "Раз\nДва\nТри", "Раз\nДва"),
        (">>Раз\n>>\n>>Два\n>>\nТри", "Раз\n\nДва\nТри", "Раз\n\nДва"),
        ("Привет\n>>Раз\n\nДва", "Привет\nРаз\n\nДва", "Раз"),
        (">>Раз\n>>", "Раз", "Раз"),
        ("&gt;&gt;Раз\nДва", "Раз\nДва", "Раз"),
    ],
)
def test_quotation(source: str, text: str, quoted: str):
    """Lines with ``>>`` are one quotation, without the bare line that closes it."""
    assert from_chat_text(source).text == text
    assert entities(source) == [("blockquote", quoted)]


def test_two_quotations():
    """Each answered on its own."""
    assert entities(">>Раз\nда\n>>Два\nнет") == [("blockquote", "Раз"), ("blockquote", "Два")]


@pytest.mark.parametrize("source", [">>", ">>\n>>", "> a", "a >> b", "1 >> 2\n"])
def test_no_quotation(source: str):
    """Signs without words quote nothing, and elsewhere in a line they are signs."""
    assert entities(source) == []


def test_link_in_a_quotation():
    """Both are there."""
    assert entities(f">>прайс [ {LINK} ]\nДа") == [("blockquote", "прайс"), (LINK, "прайс")]


def test_html_is_read_if_it_comes_after_all():
    """Nobody has seen it, and nobody promises that it never comes."""
    assert from_chat_text("<b>Да</b> &amp; нет") == FormattedText("Да & нет", (Entity("bold", 0, 2),))
    assert from_chat_text("Да &amp; нет<br>&quot;") == plain('Да & нет\n"')


@STEADY
@given(
    st.lists(
        st.sampled_from([">>", "> ", "\n", " ", "[ ", " ]", LINK, "tel:5", "слово", ", ", "<b>", "😀", "&lt;"])
    ).map("".join)
)
def test_any_text_is_read_and_no_word_is_lost(source: str):
    """Whatever comes keeps Telegram's rules, and each word of it stays."""
    text = from_chat_text(source)
    check(text)
    assert text.text.count("слово") == source.count("слово")
    assert text.text.count("😀") == source.count("😀")


@pytest.mark.parametrize(
    "unit", ["слово ", "слово", f"[ {LINK} ]", "[ https://", ">>\n", ">> x\n", ", ", " [ tel:5 ] "]
)
def test_endless_repetition(unit: str):
    """Twenty thousand times the same is read in time that grows with its length."""
    check(from_chat_text(unit * 20_000))


# -- into Planfix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (join([plain("раз"), bold("два")], " "), "раз два"),
        (FormattedText("наш прайс", (Entity("text_link", 4, 5, {"url": LINK}),)), f"наш прайс ({LINK})"),
        (
            FormattedText("acme.ru", (Entity("text_link", 0, 7, {"url": "https://acme.ru/x"}),)),
            "acme.ru (https://acme.ru/x)",
        ),
        (
            FormattedText("https://acme.ru", (Entity("text_link", 0, 15, {"url": "https://acme.ru"}),)),
            "https://acme.ru",
        ),
        (FormattedText("acme.ru", (Entity("url", 0, 7),)), "acme.ru"),
        (FormattedText("Раз\nДва\nТри", (Entity("blockquote", 0, 7),)), "> Раз\n> Два\nТри"),
        (FormattedText("Раз\nДва", (Entity("expandable_blockquote", 4, 3),)), "Раз\n> Два"),
        (FormattedText("РазДваТри", (Entity("blockquote", 3, 3),)), "Раз\n> Два\nТри"),
        (FormattedText("😀😀 да", (Entity("blockquote", 0, 4),)), "> 😀😀\n да"),
        (
            FormattedText("прайс\nДа", (Entity("blockquote", 0, 5), Entity("text_link", 0, 5, {"url": LINK}))),
            f"> прайс ({LINK})\nДа",
        ),
    ],
)
def test_readable(text: FormattedText, expected: str):
    """Words stay, a quotation has a sign at each line, an address stands behind the words of its link."""
    assert to_chat_text(text) == expected


def test_lists_are_readable():
    """A list comes with its signs from where HTML is read."""
    listed = from_html("<ul><li>раз</li><li>два</li></ul><ol><li>три</li></ol>")
    assert to_chat_text(listed) == "• раз\n• два\n1. три"


@STEADY
@given(
    TEXTS.flatmap(
        lambda text: st.tuples(st.just(text), entities_over(st.sampled_from(["bold", "blockquote", "text_link"]))(text))
    )
)
def test_every_word_goes_in(given_text: tuple[str, list[Entity]]):
    """Whatever lies over the text, its characters are all there and in their order."""
    text, over = given_text
    shown = iter(visible(to_chat_text(FormattedText(text, tuple(over)))))
    assert all(character in shown for character in visible(text))


def test_what_goes_in_comes_out_readable():
    """An employee who quotes a client's quotation sends it back as words."""
    said = to_chat_text(FormattedText("Раз\nДва", (Entity("blockquote", 0, 3),)))
    assert re.sub(r"^> ", "", said, flags=re.MULTILINE) == "Раз\nДва"
    assert from_chat_text("\n".join(f">>{line}" for line in said.split("\n"))).text == said
