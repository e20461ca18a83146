"""Formatting that Telegram refuses: the words go out without it, once, and the log says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.model import Entity, FormattedText
from bridge.telegram.formatting import unformatted
from tests.world import CLIENT, OWNER, World, notices

REFUSED = (
    "Bad Request: can't parse entities: entity overlaps another one",
    "Bad Request: can't parse MessageEntity: Unsupported type specified",
    "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 3",
    "Bad Request: entity URL 'x' is invalid: Wrong HTTP URL",
    "Bad Request: ENTITIES_TOO_LONG",
    "Bad Request: ENTITY_BOUNDS_INVALID",
)


@pytest.mark.parametrize("description", REFUSED)
@pytest.mark.needs("formats")
def test_answer_goes_out_without_the_formatting_that_is_refused(chat: World, description: str) -> None:
    """The same words, plain, once; nobody is told to write them again, and the log says what happened."""
    chat.telegram.fail_next("sendMessage", status=400, description=description)
    chat.employee_answers("<p>Доставим <b>завтра</b></p>")
    chat.settle()
    seen = [one for one in chat.telegram.chat_of(CLIENT, OWNER) if one.who == "bot"]
    assert [(one.text, list(one.entities)) for one in seen] == [("Доставим завтра", [])]
    assert notices(chat) == []
    assert chat.count.totals["sent_without_formatting"] == 1
    assert "formatting refused, sent without it" in chat.log.getvalue()
    assert "завтра" not in chat.log.getvalue()


def test_link_keeps_its_address_without_formatting(chat: World) -> None:
    """Of a link, the address is shown: without it, nothing would be left to press."""
    chat.telegram.fail_next("sendMessage", status=400, description=REFUSED[0])
    chat.employee_answers(
        'Смета <a href="https://example.com/a">здесь</a>, <a href="https://b.example/">https://b.example/</a>'
    )
    chat.settle()
    assert chat.phone() == ["Смета здесь (https://example.com/a), https://b.example/"]


def test_words_stay_whole_where_addresses_do_not_fit() -> None:
    """A message has its limit: the words are worth more than an address."""
    text = FormattedText("😀 здесь", (Entity("text_link", 3, 5, {"url": "https://example.com/"}),))
    assert unformatted(text, 100).text == "😀 здесь (https://example.com/)"
    assert unformatted(text, 10).text == "😀 здесь"


@pytest.mark.needs("formats")
def test_refused_without_formatting_too_is_refused_once(chat: World) -> None:
    """What is refused plain as well is refused for good, with a notice."""
    chat.telegram.fail_next("sendMessage", status=400, description=REFUSED[0], times=2)
    chat.employee_answers("<b>ответ</b>")
    chat.settle()
    assert (chat.phone(), [text[0] for text in notices(chat)]) == ([], ["⚠"])


@pytest.mark.needs("formats")
def test_lost_reply_to_the_plain_words_is_in_doubt_as_any(make_world: Callable[..., World]) -> None:
    """The words went out without formatting and the reply was lost: under ``ask``, an employee is asked."""
    world = make_world(settings={"on_unknown_delivery": "ask"})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendMessage", status=400, description=REFUSED[0])
    world.telegram.fail_next("sendMessage", status=502, apply=True)
    world.employee_answers("<b>ответ</b>")
    world.settle()
    assert (world.phone(), [text[0] for text in notices(world)]) == (["ответ"], ["❓"])


@pytest.mark.needs("formats")
def test_edit_goes_out_without_the_formatting_that_is_refused(chat: World) -> None:
    """The same holds for /edit."""
    chat.employee_answers("Доставим завтра")
    chat.settle()
    chat.telegram.fail_next("editMessageText", status=400, description=REFUSED[0])
    chat.employee_commands("/edit Доставим <b>сегодня</b>")
    chat.settle()
    assert chat.phone() == ["Доставим сегодня"]
    assert [text[0] for text in notices(chat)] == ["✏"]
