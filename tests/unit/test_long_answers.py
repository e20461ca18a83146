"""Answers of very many messages: their author is asked before they go out."""

from __future__ import annotations

import itertools
from typing import Any
from unittest.mock import patch

import pytest

from bridge.aws.chats import Chats
from bridge.aws.waiting import ASIDE_KEPT
from bridge.errors import Reason, RetryLater
from bridge.flows import long_answers
from bridge.flows.long_answers import MOST_UNASKED
from bridge.routes.chat_api.kept_words import KeptWords
from bridge.telegram.client import BotApi
from tests.world import CLIENT, OWNER, USER, World, notices

DAY = 86_400.0


def words(messages: int) -> str:
    """So many messages: each word is one."""
    return " ".join(letter * 4096 for letter in "абвгдежзиклмноп"[:messages])


def test_ten_messages_go_out_unasked(chat: World) -> None:
    """What an employee may well have meant is sent, as ever."""
    chat.employee_answers(words(MOST_UNASKED))
    chat.settle()
    assert len(chat.phone()) == MOST_UNASKED
    assert notices(chat) == []


def test_more_are_asked_about_first(chat: World) -> None:
    """Nothing of it goes out, its author reads how long it is and what to do, and what is behind it does not wait."""
    chat.employee_answers(words(11))
    chat.employee_answers("коротко")
    chat.settle()
    assert chat.phone() == ["коротко"]
    (said,) = notices(chat)
    for expected in ("занимает сообщений: 11", "/send", "/cancel", "файлом"):
        assert expected in said


def test_files_are_not_counted(chat: World) -> None:
    """Each was chosen by hand."""
    files = [chat.planfix.put_file(b"x", "x.txt")]
    chat.planfix.employee_comments(chat.task, USER, words(MOST_UNASKED), notify=(chat.contact_of(),), files=files)
    chat.settle()
    assert len(chat.phone()) == MOST_UNASKED + 1


def test_send_sends_it(chat: World) -> None:
    """The author says so: all of it goes out, in order, however many invocations that takes."""
    chat.employee_answers(words(15))
    chat.settle()
    chat.employee_commands("/send")
    chat.settle()
    assert " ".join(chat.phone()) == words(15)
    assert "отправлен клиенту" in notices(chat)[-1]


def test_cancel_drops_it(chat: World) -> None:
    """/cancel ends it: a later /send has nothing to send, and /edit is about what went out before."""
    chat.employee_answers("раньше")
    chat.employee_answers(words(11))
    chat.employee_commands("/cancel")
    chat.settle()
    assert "отменён" in notices(chat)[-1]
    chat.employee_commands("/send")
    chat.settle()
    assert chat.phone() == ["раньше"]
    assert "нет ответов" in notices(chat)[-1]
    chat.employee_commands("/edit иначе")
    chat.settle()
    assert chat.phone() == ["иначе"]


def test_delete_waits_for_the_word_about_it(chat: World) -> None:
    """Whoever writes /delete may mean the long one."""
    chat.employee_answers("раньше")
    chat.employee_answers(words(11))
    chat.employee_commands("/delete")
    chat.settle()
    assert chat.phone() == ["раньше"]
    assert "/cancel" in notices(chat)[-1]


def test_it_can_be_sent_for_a_week(chat: World) -> None:
    """As everything that was put aside."""
    chat.employee_answers(words(11))
    chat.settle()
    chat.clock.now += ASIDE_KEPT + DAY
    chat.employee_commands("/send")
    chat.settle()
    assert chat.phone() == []


def test_behind_a_held_answer_it_is_asked_about_in_its_turn(stopped: World) -> None:
    """It waits like the others; when its turn comes, its author is asked, and the next goes out."""
    for text in ("один", words(11), "три"):
        stopped.employee_answers(text)
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == ["один", "три"]
    assert any("занимает сообщений: 11" in one for one in notices(stopped))


def test_an_attempt_that_died_after_asking_asks_no_less(chat: World) -> None:
    """The notice stands, and the function dies before the decision is kept: the next attempt sends nothing unasked."""
    chat.employee_answers(words(11))
    keeper, keeps = (Chats, "decide") if chat.route == "rest" else (KeptWords, "keep")
    with patch.object(keeper, keeps, side_effect=SystemExit), pytest.raises(SystemExit):
        chat.settle()
    chat.clock.now += 1000
    chat.settle()
    assert chat.phone() == []
    assert len(notices(chat)) == 1
    chat.employee_commands("/send")
    chat.settle()
    assert len(chat.phone()) == 11


def test_what_has_begun_goes_on(chat: World) -> None:
    """An answer of which a part went out already, by an earlier version of the bridge, is not stopped in its middle."""
    send, sent = BotApi.send_text, itertools.count()

    def once(bot: BotApi, *place: Any, **how: Any) -> int:
        if next(sent):
            raise RetryLater(30, Reason.TOO_MANY_REQUESTS, counts=False)
        return send(bot, *place, **how)

    chat.employee_answers(words(11))
    with patch.object(long_answers, "MOST_UNASKED", 100), patch.object(BotApi, "send_text", once):
        chat.settle(for_seconds=5)
    assert len(chat.phone()) == 1
    chat.settle()
    assert " ".join(chat.phone()) == words(11)
