"""What Telegram's refusals mean: one row a failure, from its words to a leaf of the error tree.

Rows are tried from the top. Business sends carry the server's raw code, other sends a friendly text, so both are
listed; matching is by substring and ignores case (tdlib/telegram-bot-api Client.cpp, fail_query_with_error).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RemoteWords, RetryLater
from bridge.shown import one_line

_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")

SERVER_DOWN_WAIT: Final = 30.0
"""Seconds to the next try when Telegram is down; the sender grows it."""

LONGEST: Final = 300
"""Characters of a remote's words that are kept."""

UNKNOWN_WORDS: Final = "in words that we do not know"
_STATUSES: Final = range(100, 600)


@dataclass(frozen=True, slots=True)
class Row:
    """One failure: the words Telegram uses, the leaf it becomes, and the reason a person reads."""

    words: str
    leaf: type[BridgeError]
    reason: Reason


ROWS: Final = (
    # the 24-hour window and the owner's switches (messages.sendMessage errors; core.telegram.org/api/bots/connected-business-bots)
    Row("BUSINESS_PEER_USAGE_MISSING", Refused, Reason.WINDOW_CLOSED),
    Row("BUSINESS_PEER_INVALID", Refused, Reason.BOT_STOPPED_IN_CHAT),
    Row("business connection not found", Refused, Reason.CONNECTION_LOST),
    Row("BUSINESS_CONNECTION_INVALID", Refused, Reason.CONNECTION_LOST),
    Row("BUSINESS_CONNECTION_NOT_ALLOWED", Refused, Reason.BUSINESS_MODE_OFF),
    Row("BOT_ACCESS_FORBIDDEN", Refused, Reason.REPLY_NOT_ALLOWED),
    Row("BOT_METHOD_INVALID", Refused, Reason.CONNECTION_LOST),
    # the client
    Row("bot was blocked by the user", Refused, Reason.CLIENT_BLOCKED_US),
    Row("USER_IS_BLOCKED", Refused, Reason.CLIENT_BLOCKED_US),
    Row("YOU_BLOCKED_USER", Refused, Reason.WE_BLOCKED_CLIENT),
    Row("user is deactivated", Refused, Reason.CLIENT_DEACTIVATED),
    Row("INPUT_USER_DEACTIVATED", Refused, Reason.CLIENT_DEACTIVATED),
    Row("can't initiate conversation", Refused, Reason.CLIENT_NEVER_STARTED),
    Row("can't send messages to the bot", Refused, Reason.CLIENT_IS_BOT),
    Row("can't send messages to bots", Refused, Reason.CLIENT_IS_BOT),
    Row("PRIVACY_PREMIUM_REQUIRED", Refused, Reason.CLIENT_ONLY_CONTACTS),
    Row("ALLOW_PAYMENT_REQUIRED", Refused, Reason.CLIENT_WANTS_STARS),
    Row("CHAT_RESTRICTED", Refused, Reason.ACCOUNT_RESTRICTED),
    Row("PEER_ID_INVALID", Refused, Reason.CHAT_NOT_FOUND),
    Row("group chat was upgraded", Refused, Reason.CHAT_NOT_FOUND),
    Row("chat not found", Refused, Reason.CHAT_NOT_FOUND),
    # what was sent
    Row("message is too long", Refused, Reason.TOO_LONG),
    Row("MESSAGE_TOO_LONG", Refused, Reason.TOO_LONG),
    Row("text is too long", Refused, Reason.TOO_LONG),
    Row("message caption is too long", Refused, Reason.TOO_LONG),
    Row("MEDIA_CAPTION_TOO_LONG", Refused, Reason.TOO_LONG),
    Row("message text is empty", Refused, Reason.EMPTY),
    Row("text must be non-empty", Refused, Reason.EMPTY),
    Row("MESSAGE_EMPTY", Refused, Reason.EMPTY),
    # of the formatting, before what the server says of the entities it got (Client.cpp get_formatted_text, MessageEntity.cpp)
    Row("can't parse entities", Refused, Reason.MARKUP_REFUSED),
    Row("can't parse MessageEntity", Refused, Reason.MARKUP_REFUSED),
    Row("entity beginning at UTF-16 offset", Refused, Reason.MARKUP_REFUSED),
    Row("entity URL", Refused, Reason.MARKUP_REFUSED),
    Row("custom emoji identifier", Refused, Reason.MARKUP_REFUSED),
    Row("ENTITIES_TOO_LONG", Refused, Reason.MARKUP_REFUSED),
    Row("ENTITY_BOUNDS_INVALID", Refused, Reason.MARKUP_REFUSED),
    Row("ENTITY_MENTION_USER_INVALID", Refused, Reason.MARKUP_REFUSED),
    Row("message to edit not found", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("message to delete not found", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("MESSAGE_ID_INVALID", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("message can't be edited", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("message can't be deleted", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("MESSAGE_DELETE_FORBIDDEN", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("MESSAGE_EDIT_TIME_EXPIRED", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("MESSAGE_AUTHOR_REQUIRED", Refused, Reason.EDIT_IMPOSSIBLE),
    Row("message to be replied not found", Refused, Reason.REPLY_TARGET_GONE),
    Row("VOICE_MESSAGES_FORBIDDEN", Refused, Reason.VOICE_FORBIDDEN),
    # files
    Row("file is too big", Refused, Reason.FILE_TOO_BIG),
    Row("Request Entity Too Large", Refused, Reason.FILE_TOO_BIG),
    Row("file is temporarily unavailable", RetryLater, Reason.FILE_GONE),
    Row("wrong file identifier", Refused, Reason.FILE_REFUSED),
    Row("failed to get HTTP URL content", Refused, Reason.FILE_REFUSED),
    Row("wrong type of the web page content", Refused, Reason.FILE_REFUSED),
    Row("can't upload file by URL", Refused, Reason.FILE_REFUSED),
    Row("PHOTO_INVALID_DIMENSIONS", Refused, Reason.FILE_REFUSED),
    Row("too big for a photo", Refused, Reason.FILE_REFUSED),
    Row("IMAGE_PROCESS_FAILED", Refused, Reason.FILE_REFUSED),
    Row("PHOTO_EXT_INVALID", Refused, Reason.FILE_REFUSED),
    # the bot
    Row("Conflict:", Misconfigured, Reason.BOT_TAKEN_OVER),
    Row("Unauthorized", Misconfigured, Reason.BOT_TOKEN_REVOKED),
    # our own mistakes: said plainly, so that somebody reports them
    Row("method not found", Refused, Reason.BRIDGE_FAULT),
    Row("chat identifier", Refused, Reason.BRIDGE_FAULT),
    Row("chat must be a private chat", Refused, Reason.BRIDGE_FAULT),
    Row("must not be sent to self", Refused, Reason.BRIDGE_FAULT),
)

NOT_MODIFIED: Final = "message is not modified"
"""An edit that changes nothing: Telegram calls it an error, we call it done."""


_MISSING: Final = ("message to delete not found", "message_id_invalid")


def is_missing(description: str) -> bool:
    """Whether Telegram says of a message that it is not there, and not that it may not be touched."""
    return any(words in description.lower() for words in _MISSING)


def without_token(text: str) -> str:
    """The text with anything shaped like a bot token blanked."""
    return _TOKEN.sub("<token>", text)


def failure(status: int, description: str, parameters: Mapping[str, Any] | None = None) -> BridgeError:
    """The error that an answer of Telegram means.

    Args:
        status: ``error_code`` of the body, or the HTTP status when there is no JSON body.
        description: Telegram's words.
        parameters: ``ResponseParameters``; ``retry_after`` is in seconds.
    """
    lowered = description.lower()
    row = next((row for row in ROWS if row.words.lower() in lowered), None)
    known = str(status) if status in _STATUSES else "a strange status"
    said = RemoteWords(one_line(without_token(description))[:LONGEST], f"{known} {row.words if row else UNKNOWN_WORDS}")
    if status == 429:  # noqa: PLR2004 - HTTP Too Many Requests
        after = (parameters or {}).get("retry_after")
        wait = float(min(after, 1e9)) if isinstance(after, int | float) and after > 0 else SERVER_DOWN_WAIT
        return RetryLater(wait, Reason.TOO_MANY_REQUESTS, said, counts=False)
    if status == 401:  # noqa: PLR2004 - HTTP Unauthorized
        return Misconfigured(Reason.BOT_TOKEN_REVOKED, said)
    if status >= 500:  # noqa: PLR2004 - HTTP server errors: the request may have been carried out (telegram.md section 3)
        return OutcomeUnknown(Reason.SERVICE_DOWN, said)
    if row is None:
        return Refused(Reason.UNKNOWN_ERROR, said)
    if row.leaf is RetryLater:
        return RetryLater(SERVER_DOWN_WAIT, row.reason, said)
    return row.leaf(row.reason, said)
