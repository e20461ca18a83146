"""Every remote error maps to one leaf of the error tree, and every reason has its sentences."""

from __future__ import annotations

import re

import pytest

from bridge import errors
from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.planfix import failures as planfix
from bridge.telegram import failures as telegram
from bridge.texts import REFUSALS, SENTENCES, Say, Texts

# Each error text that is known of Telegram (Bot API server sources and official error lists), with what it means.
TELEGRAM = {
    "Bad Request: BUSINESS_PEER_USAGE_MISSING": (400, Refused, Reason.WINDOW_CLOSED),
    "Bad Request: BUSINESS_PEER_INVALID": (400, Refused, Reason.BOT_STOPPED_IN_CHAT),
    "Bad Request: business connection not found": (400, Refused, Reason.CONNECTION_LOST),
    "Bad Request: BUSINESS_CONNECTION_INVALID": (400, Refused, Reason.CONNECTION_LOST),
    "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED": (400, Refused, Reason.BUSINESS_MODE_OFF),
    "Bad Request: BOT_ACCESS_FORBIDDEN": (400, Refused, Reason.REPLY_NOT_ALLOWED),
    "Bad Request: BOT_METHOD_INVALID": (400, Refused, Reason.CONNECTION_LOST),
    "Bad Request: chat identifier must be a valid Integer": (400, Refused, Reason.BRIDGE_FAULT),
    "Bad Request: chat identifier is empty": (400, Refused, Reason.BRIDGE_FAULT),
    "Bad Request: chat must be a private chat": (400, Refused, Reason.BRIDGE_FAULT),
    "Bad Request: messages must not be sent to self": (400, Refused, Reason.BRIDGE_FAULT),
    "Bad Request: PEER_ID_INVALID": (400, Refused, Reason.CHAT_NOT_FOUND),
    "Forbidden: bot was blocked by the user": (403, Refused, Reason.CLIENT_BLOCKED_US),
    "Bad Request: YOU_BLOCKED_USER": (400, Refused, Reason.WE_BLOCKED_CLIENT),
    "Forbidden: user is deactivated": (403, Refused, Reason.CLIENT_DEACTIVATED),
    "Forbidden: bot can't initiate conversation with a user": (403, Refused, Reason.CLIENT_NEVER_STARTED),
    "Forbidden: bot can't send messages to the bot": (403, Refused, Reason.CLIENT_IS_BOT),
    "Forbidden: bot can't send messages to bots": (403, Refused, Reason.CLIENT_IS_BOT),
    "Bad Request: chat not found": (400, Refused, Reason.CHAT_NOT_FOUND),
    "Bad Request: private chat not found": (400, Refused, Reason.CHAT_NOT_FOUND),
    "Bad Request: group chat was upgraded to a supergroup chat": (400, Refused, Reason.CHAT_NOT_FOUND),
    "Bad Request: message is too long": (400, Refused, Reason.TOO_LONG),
    "Bad Request: MESSAGE_TOO_LONG": (400, Refused, Reason.TOO_LONG),
    "Bad Request: text is too long": (400, Refused, Reason.TOO_LONG),
    "Bad Request: message caption is too long": (400, Refused, Reason.TOO_LONG),
    "Bad Request: MEDIA_CAPTION_TOO_LONG": (400, Refused, Reason.TOO_LONG),
    "Bad Request: message text is empty": (400, Refused, Reason.EMPTY),
    "Bad Request: text must be non-empty": (400, Refused, Reason.EMPTY),
    "Bad Request: MESSAGE_EMPTY": (400, Refused, Reason.EMPTY),
    'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 1': (
        400,
        Refused,
        Reason.MARKUP_REFUSED,
    ),
    "Bad Request: can't parse MessageEntity: Unsupported type specified": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100": (
        400,
        Refused,
        Reason.MARKUP_REFUSED,
    ),
    "Bad Request: entity URL 'localhost' is invalid: Wrong HTTP URL": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: invalid custom emoji identifier specified": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: ENTITY_MENTION_USER_INVALID": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: ENTITIES_TOO_LONG": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: ENTITY_BOUNDS_INVALID": (400, Refused, Reason.MARKUP_REFUSED),
    "Bad Request: message to edit not found": (400, Refused, Reason.EDIT_IMPOSSIBLE),
    "Bad Request: MESSAGE_ID_INVALID": (400, Refused, Reason.EDIT_IMPOSSIBLE),
    "Bad Request: message can't be edited": (400, Refused, Reason.EDIT_IMPOSSIBLE),
    "Bad Request: MESSAGE_EDIT_TIME_EXPIRED": (400, Refused, Reason.EDIT_IMPOSSIBLE),
    "Bad Request: MESSAGE_AUTHOR_REQUIRED": (400, Refused, Reason.EDIT_IMPOSSIBLE),
    "Bad Request: message to be replied not found": (400, Refused, Reason.REPLY_TARGET_GONE),
    "Bad Request: VOICE_MESSAGES_FORBIDDEN": (400, Refused, Reason.VOICE_FORBIDDEN),
    "Bad Request: PRIVACY_PREMIUM_REQUIRED": (400, Refused, Reason.CLIENT_ONLY_CONTACTS),
    "Bad Request: ALLOW_PAYMENT_REQUIRED_10": (400, Refused, Reason.CLIENT_WANTS_STARS),
    "Bad Request: CHAT_RESTRICTED": (400, Refused, Reason.ACCOUNT_RESTRICTED),
    "Bad Request: file is too big": (400, Refused, Reason.FILE_TOO_BIG),
    "Bad Request: wrong file_id or the file is temporarily unavailable": (400, RetryLater, Reason.FILE_GONE),
    "Bad Request: wrong file identifier/HTTP URL specified": (400, Refused, Reason.FILE_REFUSED),
    "Bad Request: failed to get HTTP URL content": (400, Refused, Reason.FILE_REFUSED),
    "Bad Request: wrong type of the web page content": (400, Refused, Reason.FILE_REFUSED),
    "Bad Request: can't upload file by URL": (400, Refused, Reason.FILE_REFUSED),
    "Request Entity Too Large": (413, Refused, Reason.FILE_TOO_BIG),
    "Bad Request: PHOTO_INVALID_DIMENSIONS": (400, Refused, Reason.FILE_REFUSED),
    "Bad Request: IMAGE_PROCESS_FAILED": (400, Refused, Reason.FILE_REFUSED),
    "Bad Request: PHOTO_EXT_INVALID": (400, Refused, Reason.FILE_REFUSED),
    "Too Many Requests: retry after 17": (429, RetryLater, Reason.TOO_MANY_REQUESTS),
    "Unauthorized": (401, Misconfigured, Reason.BOT_TOKEN_REVOKED),
    "Unauthorized: invalid token specified": (401, Misconfigured, Reason.BOT_TOKEN_REVOKED),
    "Conflict: can't use getUpdates method while webhook is active": (409, Misconfigured, Reason.BOT_TAKEN_OVER),
    "Conflict: terminated by other setWebhook": (409, Misconfigured, Reason.BOT_TAKEN_OVER),
    "Not Found: method not found": (404, Refused, Reason.BRIDGE_FAULT),
    "Internal Server Error": (500, OutcomeUnknown, Reason.SERVICE_DOWN),
    "Internal Server Error: restart": (500, OutcomeUnknown, Reason.SERVICE_DOWN),
    "Request aborted": (500, OutcomeUnknown, Reason.SERVICE_DOWN),
    "Bad Gateway": (502, OutcomeUnknown, Reason.SERVICE_DOWN),
    "Gateway Timeout": (504, OutcomeUnknown, Reason.SERVICE_DOWN),
}

PLANFIX_CODES = [
    0, 1, 2, 5, 6, 10, 11, 16, 20, 21, 22, 23, 30, 40, 41, 1000, 1001, 1002, 2000, 2001, 2002, 2004, 2005, 2006,
    *range(3000, 3003), *range(4000, 4007), 5000, 5001, 5002, *range(6000, 6014), 7000, 7001, 7002, 7003,
    *range(8000, 8014), 9000,
]  # fmt: skip


@pytest.mark.parametrize(("words", "means"), TELEGRAM.items(), ids=list(TELEGRAM))
def test_telegram_error_has_its_leaf(words: str, means: tuple[int, type[BridgeError], Reason]) -> None:
    """Each known error text of Telegram becomes one leaf with one reason, whatever the case of its letters."""
    status, leaf, reason = means
    for text in (words, words.lower(), words.upper()):
        error = telegram.failure(status, text, {"retry_after": 17} if status == 429 else None)
        assert (type(error), error.reason) == (leaf, reason)


@pytest.mark.parametrize("row", telegram.ROWS, ids=lambda row: row.words)
def test_every_telegram_row_is_reached(row: telegram.Row) -> None:
    """No row is hidden behind an earlier one: its own words lead to it."""
    assert telegram.failure(400, row.words).reason is row.reason


def test_too_many_requests_waits_as_told() -> None:
    """retry_after is obeyed, whatever its size, and costs no error budget."""
    error = telegram.failure(429, "Too Many Requests: retry after 50000", {"retry_after": 50000})
    assert isinstance(error, RetryLater)
    assert (error.after, error.counts) == (50000, False)


def test_unknown_error_keeps_its_own_words() -> None:
    """What nobody knew is refused with Telegram's own words, so that somebody can add a row."""
    error = telegram.failure(400, "Bad Request: A_NEW_THING")
    assert (type(error), error.reason, error.detail) == (Refused, Reason.UNKNOWN_ERROR, "Bad Request: A_NEW_THING")


def test_token_is_blanked_in_an_error() -> None:
    """No error carries the bot's token, even if the remote repeats it."""
    token = "123456:AAF" + "x" * 32
    assert token not in str(telegram.failure(404, f"Not Found: /bot{token}/sendMessage"))


@pytest.mark.parametrize("code", PLANFIX_CODES)
def test_planfix_code_has_a_row(code: int) -> None:
    """Each documented code of Planfix has a row, and the code decides before the HTTP status."""
    assert code in {row.code for row in planfix.ROWS}
    by_status = {type(planfix.failure(status, {"code": code, "error": "x"})) for status in (400, 403, 500)}
    assert len(by_status) == 1


def test_planfix_missing_task_is_no_outage() -> None:
    """HTTP 500 with code 1000 is a missing task, not a server's failure."""
    error = planfix.failure(500, {"result": "fail", "code": 1000, "error": "Task not found by id 10"})
    assert (type(error), error.reason) == (Refused, Reason.TASK_GONE)


def test_planfix_limit_waits_as_told() -> None:
    """Code 22 names its wait in milliseconds."""
    error = planfix.failure(403, {"result": "fail", "code": 22, "error": "limit", "timeToReset": 90_000})
    assert isinstance(error, RetryLater)
    assert (error.after, error.counts) == (90.0, False)


@pytest.mark.parametrize(
    ("status", "leaf"),
    [(401, Misconfigured), (429, RetryLater), (502, OutcomeUnknown), (504, OutcomeUnknown), (418, Refused)],
)
def test_planfix_without_code_goes_by_status(status: int, leaf: type[BridgeError]) -> None:
    """Where the body has no code, the HTTP status decides."""
    assert type(planfix.failure(status, None)) is leaf


def test_planfix_number_of_no_known_meaning_keeps_its_words() -> None:
    """A code in no row is refused with its own text."""
    assert "surprise" in planfix.failure(400, {"code": 12345, "error": "surprise"}).detail


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_sentence_and_remedy(reason: Reason) -> None:
    """A person reads why and what to do, in both languages."""
    for sentence in (REFUSALS[reason].why, REFUSALS[reason].remedy):
        assert re.search("[а-яё]", sentence.ru)
        assert not re.search("[а-яё]", sentence.en)
        assert sentence.ru.endswith(".")
        assert sentence.en.endswith(".")


@pytest.mark.parametrize("say", list(Say))
def test_every_sentence_has_the_same_blanks_in_both_languages(say: Say) -> None:
    """A placeholder that exists in one language exists in the other."""
    sentence = SENTENCES[say]
    assert re.findall(r"(?<!{){(\w+)}", sentence.ru) != [""]
    assert sorted(re.findall(r"(?<!{){(\w+)}", sentence.ru)) == sorted(re.findall(r"(?<!{){(\w+)}", sentence.en))


def test_words_with_braces_are_taken_as_they_are() -> None:
    """An answer that holds braces cannot break its notice."""
    said = Texts("ru").say(Say.NOT_SENT, answer="{x} {0}", why="", remedy="")
    assert "{x} {0}" in said


def test_the_tree_has_four_leaves() -> None:
    """Every error of the bridge is one of the four leaves, so that each caller has decided about each."""
    assert {leaf.__name__ for leaf in BridgeError.__subclasses__()} == {
        "RetryLater", "Refused", "OutcomeUnknown", "Misconfigured",
    }  # fmt: skip
    assert errors.__doc__
