"""What a remote says may repeat a message's words, or a secret: people may read it, cleaned; a log may not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import BridgeError, Reason, Refused, RemoteWords
from bridge.planfix import failures as planfix
from bridge.telegram import failures as telegram
from tests.unit.test_doors import call
from tests.world import MAIN, World

SECRET_WORDS = "Пароль от сейфа: 4711-0815"
TOKEN = "rest-token-4711"
KNOWN = re.compile(
    rf"(?:\d{{3}}|a strange status) (?:{'|'.join(re.escape(row.words) for row in telegram.ROWS)}|{telegram.UNKNOWN_WORDS})"
    r"|HTTP \d{3}(?:, code \d{1,4})?"
)
CODES = st.sampled_from([None, *(row.code for row in planfix.ROWS), 4711, "Пароль", True, -1, 10**30])


def echo(words: str) -> st.SearchStrategy[str]:
    """What a remote might say: these words among others, known phrases too."""
    phrases = st.sampled_from([row.words for row in telegram.ROWS])
    return st.lists(st.just(words) | phrases | st.text(max_size=20), max_size=5).map(" ".join)


def both_logged(error: BridgeError) -> tuple[str, str]:
    """What a log gets of an error, and what its own text is, should somebody print it."""
    return error.logged, str(error).removeprefix(f"{error.reason.value}: ")


@given(st.sampled_from([400, 401, 403, 404, 409, 413, 429, 500, 502, 0, -5, 47110815]), echo(SECRET_WORDS))
def test_telegrams_words_stay_out_of_a_log(status: int, words: str) -> None:
    """A log gets the status and the phrase by which the error was recognised, whatever was said around it."""
    for logged in both_logged(telegram.failure(status, words)):
        assert KNOWN.fullmatch(logged)


@given(st.sampled_from([200, 400, 401, 403, 429, 500, 503]), CODES, echo(SECRET_WORDS))
def test_planfix_words_stay_out_of_a_log(status: int, code: object, words: str) -> None:
    """A log gets the status and a code that we know."""
    for logged in both_logged(planfix.failure(status, {"code": code, "error": words}, token=TOKEN)):
        assert KNOWN.fullmatch(logged)


@given(st.text(max_size=400))
def test_people_read_one_short_line(words: str) -> None:
    """What people may read is cut, and has neither line breaks nor other control characters, nor what turns its direction."""
    for error in (telegram.failure(400, words), planfix.failure(400, {"error": words})):
        assert len(error.detail) <= 300
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", error.detail)


def test_our_tokens_are_read_by_nobody() -> None:
    """A remote that repeats what it was called with does not spread it."""
    assert TOKEN not in planfix.failure(401, {"code": 1, "error": f"Token {TOKEN} is wrong"}, token=TOKEN).detail
    assert MAIN.token not in telegram.failure(404, f"Not Found: /bot{MAIN.token}/sendMessage").detail


def test_words_stay_remote_when_they_are_handed_on() -> None:
    """An error that is raised anew with another's detail says no more in a log than that one."""
    error = Refused(Reason.FILE_GONE, telegram.failure(400, SECRET_WORDS).detail)
    assert isinstance(error.detail, RemoteWords)
    assert error.logged == f"400 {telegram.UNKNOWN_WORDS}"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400},
        {"status": 403},
        {"status": 429, "parameters": {"retry_after": 3}},
        {"status": 500},
        {"status": 400, "says": "Bad Request: can't parse entities: "},
        {"status": 400, "says": "Bad Request: BUSINESS_PEER_USAGE_MISSING "},
    ],
)
def test_answer_that_telegram_repeats_is_not_logged(chat: World, fault: dict) -> None:
    """Whatever Telegram answers to a message, and repeats of it, the log has no word of it."""
    chat.update_settings(on_unknown_delivery="ask")
    said = fault.pop("says", "Bad Request: ") + SECRET_WORDS
    chat.telegram.fail_next("sendMessage", description=said, times=3, **fault)
    chat.employee_answers(f"<b>{SECRET_WORDS}</b>")
    chat.settle()
    assert chat.log.getvalue().count('"detail"') >= 1
    assert "сейфа" not in chat.log.getvalue()
    assert "4711" not in chat.log.getvalue()


@pytest.mark.parametrize(("status", "code"), [(400, 40), (500, 0), (400, 6), (400, 4711), (429, 22), (401, 1)])
def test_message_that_planfix_repeats_is_not_logged(chat: World, status: int, code: int) -> None:
    """Whatever Planfix answers to a comment, and repeats of it, the log has no word of it."""
    chat.planfix.fail_next("POST", "/task/", status=status, code=code, error=f"Bad value: {SECRET_WORDS}", times=3)
    chat.client_writes(SECRET_WORDS)
    chat.settle(for_seconds=900)
    assert chat.log.getvalue().count('"detail"') >= 1
    assert "сейфа" not in chat.log.getvalue()


@pytest.mark.only_on("rest")
def test_scenario_that_sends_words_is_not_logged(chat: World) -> None:
    """A scenario whose parameter ``event`` holds a comment's words is a call like any other, and they go nowhere."""
    assert call(chat, f"task={chat.task}&event={SECRET_WORDS}".encode())["statusCode"] == 200
    assert "Пароль" not in chat.log.getvalue()
    assert [body.get("event", "") for body in chat.waiting("to-telegram.fifo")] == [""]
