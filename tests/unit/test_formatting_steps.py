"""Reading, cutting and writing take steps in proportion to the text: a pasted megabyte must not hold its chat."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final
from unittest.mock import patch

import pytest

from bridge.answer import Command
from bridge.model import Chat, Entity, FormattedText, TaskState
from bridge.planfix.route import Comment
from bridge.routes.rest.quotations import _ranks
from bridge.routes.rest.rest_answer import answer_in
from bridge.routes.rest.wording import LONGEST, beginning
from bridge.telegram import splitting
from bridge.telegram.formatting import parted, plain, to_html, unformatted
from bridge.telegram.reading_html import from_html, pictures_in
from bridge.telegram.splitting import split

IN_PROPORTION: Final = 2.2
"""Twice the text may take so many times the steps."""

PIECES: Final = {
    "styles": "<b>x</b><i>y</i>",
    "styles that cross": "<b>x<i>y</b>z</i>",
    "styles that never end": "<b>x<i>",
    "paragraphs": "<p>some words</p>",
    "lists": "<ul><li>one</li><li>two</li></ul>",
    "lists in lists": "<ol><li>x",
    "items": "<li>x",
    "tables": "<table><tr><td>a</td><td>b</td></tr></table>",
    "tables in tables": "<table><tr><td>a",
    "empty cells": "<td>",
    "quotations": "<blockquote>q</blockquote>a",
    "quotations in quotations": "<blockquote>x",
    "code": '<pre><code class="language-py">x\n y</code></pre>',
    "links": '<a href="https://x.y/">z</a> ',
    "links that Telegram refuses": '<a href="mailto:a@b.c">z</a> ',
    "links in links": '<a href="mailto:a@b.c">z',
    "mentions": '<a class="mention" href="/task/5">z</a> ',
    "inline styles": '<span style="font-weight:bold">x</span>y',
    "inline styles in inline styles": '<span style="font-weight:bold;white-space:pre">x',
    "divisions in divisions": "<div>x",
    "pictures": '<img src="a" alt="cat">',
    "lines": "x<br>",
    "ends of nothing": "</b>x</p>",
    "entities": "&amp;&nbsp;",
    "half entities": "&#1111111111&a",
    "words": "слово ",
    "sentences": "One. Two!\n",
    "one word": "x",
    "emoji": "😀",
    "flags": "🇷🇺",
    "marks": "e\u0301",
    "families": "👩\u200d",
    "spaces that fold": " \n",
    "spaces that do not": "\u3000 \u200b ",
    "lines of code": "  x\t\n",
    "less than": "<",
    "half tags": "<a ",
    "half values": '<a x="',
    "half comments": "<!-- ",
    "comments": "<!-- x -->y",
    "scripts": "<script>x</script>y<xml>",
    "attributes": '<a x="1" ',
}
SMALL: Final = 3000
"""Characters: long enough that what is done once per text does not count."""


def steps_of(do: Callable[[], object]) -> int:
    """How many bytecodes it takes: time, without a clock."""
    taken = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal taken
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        taken += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(before)
    return taken


def growth(do: Callable[[Any], object], of: Callable[[int], Any]) -> float:
    """How many times the steps twice as much takes."""
    few, many = of(SMALL), of(2 * SMALL)
    do(of(SMALL // 2))  # what regular expressions keep from their first use is kept
    return steps_of(lambda: do(many)) / steps_of(lambda: do(few))


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    from_html.cache_clear()
    yield
    from_html.cache_clear()


def _html(piece: str) -> Callable[[int], str]:
    return lambda length: piece * (length // len(piece))


def _text(piece: str) -> Callable[[int], FormattedText]:
    return lambda length: from_html(_html(piece)(length) + ".")


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_reading_takes_steps_in_proportion(piece: str) -> None:
    """Twice the HTML takes twice the steps, whatever it is."""
    assert growth(from_html, _html(piece)) < IN_PROPORTION


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_looking_for_pictures_takes_steps_in_proportion(piece: str) -> None:
    """Tags are looked through once."""
    assert growth(pictures_in, _html(piece)) < IN_PROPORTION


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_cutting_takes_steps_in_proportion(piece: str) -> None:
    """Twice the text takes twice the steps, however many messages it makes."""
    assert growth(lambda text: split(text, 16), _text(piece)) < IN_PROPORTION


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_writing_takes_steps_in_proportion(piece: str) -> None:
    """Telegram's entities become Planfix's HTML, or plain words, entity by entity."""
    assert growth(lambda text: to_html(text.text, text.entities), _text(piece)) < IN_PROPORTION
    assert growth(lambda text: unformatted(text, 100), _text(piece)) < IN_PROPORTION
    assert growth(parted, _text(piece)) < IN_PROPORTION


@pytest.mark.parametrize("place", [lambda n, _: (n, 1), lambda n, all_: (n, all_ - n), lambda n, _: (0, n)])
@pytest.mark.parametrize("kind", ["bold", "url", "pre"])
def test_entities_of_any_shape_take_steps_in_proportion(
    place: Callable[[int, int], tuple[int, int]], kind: str
) -> None:
    """Entities side by side, one inside the other, and all from the beginning."""

    def entities(length: int) -> list[Entity]:
        return [Entity(kind, *place(number, length // 4)) for number in range(length // 4)]

    def write(these: list[Entity]) -> str:
        return to_html("x" * len(these), these)

    assert growth(write, entities) < IN_PROPORTION


def test_a_slash_word_of_any_length_is_compared_with_commands_only_where_it_could_be_one() -> None:
    """A megabyte without a space is no mistyped command."""
    assert growth(_mistyped, lambda length: _comment("/" + "x" * length)) < IN_PROPORTION
    assert steps_of(lambda: _mistyped(_comment("/" + "x" * 10 * SMALL))) < 10 * SMALL
    assert growth(_command, lambda length: _comment("/edit " + "x" * length)) < IN_PROPORTION


def test_quoted_words_are_looked_for_in_proportion() -> None:
    """However long the quoted words are: they are no regular expression that each comment has to be tried with."""
    said = _comment("a b " * SMALL + "end")
    from_html(said.html)

    def look(words: str) -> list[int]:
        return list(_ranks(words, said))

    assert look("b end") == [1]
    assert look("b en") == []
    assert growth(look, lambda length: ("a b " * length)[:length] + "x") < IN_PROPORTION
    assert steps_of(lambda: look("a b " * SMALL)) < SMALL


def test_only_the_beginning_of_long_words_is_cut() -> None:
    """What a comment cannot take is shown by its beginning, and the rest need not be cut for it."""
    words = [("<p>слово</p>" * (LONGEST // 4))[: times * LONGEST] for times in (2, 4)]
    for each in words:
        from_html(each)
    few, many = (steps_of(lambda each=each: beginning(each)) for each in words)
    assert many < 1.1 * few


def test_an_answer_is_read_once() -> None:
    """As a command, for what it quotes, as what is sent: the same HTML is read once and kept for a moment."""
    comment = _comment("<p>" + "слово " * SMALL + "</p>")
    first = steps_of(lambda: _command(comment))
    assert steps_of(lambda: (_mistyped(comment), _command(comment))) < first


def test_steps_tell_what_is_quadratic() -> None:
    """A deliberate bug: all entities are gone through for each part, as once they were; and its growth is seen."""

    def from_the_first(self: splitting._Ahead, end: int) -> Iterator[Entity]:
        return (entity for entity in self._entities if entity.offset < end)

    with patch.object(splitting._Ahead, "over", from_the_first):
        assert growth(lambda text: split(text, 64), _text("<b>x</b><i>y</i>")) > IN_PROPORTION


TASK = TaskState(Chat("main", "own_bot", 1), "acme.planfix.ru", 1)


def _command(comment: Comment) -> Command | None:
    return answer_in(TASK, comment).command


def _mistyped(comment: Comment) -> str | None:
    return answer_in(TASK, comment).mistyped


def _comment(html: str) -> Comment:
    return Comment(id=1, html=html, owner="user:1")


def test_plain_words_take_no_step_for_each_character() -> None:
    """A megabyte of words without tags is read by regular expressions, line by line or faster."""
    assert steps_of(lambda: from_html("слово слово\n" * SMALL)) < SMALL
    assert steps_of(lambda: plain("слово " * SMALL)) < SMALL
