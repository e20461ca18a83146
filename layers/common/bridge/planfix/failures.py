"""What Planfix's error codes mean. The code in the body decides, the HTTP status only where there is none.

Codes: REST API help page and swagger 1.3.4; a missing task is HTTP 500 with code 1000, so the status says little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RemoteWords, RetryLater
from bridge.shown import one_line

QUOTA_WAIT: Final = 60.0
"""Seconds to wait for code 22 when Planfix does not say how long."""
SERVER_DOWN_WAIT: Final = 30.0
"""Seconds to the next try when Planfix is down; the sender grows it."""
OVER_LIMIT: Final = 22
LONGEST: Final = 300
"""Characters of a remote's words that are kept."""


@dataclass(frozen=True, slots=True)
class Row:
    """One code: the leaf it becomes and the reason a person reads."""

    code: int
    leaf: type[BridgeError]
    reason: Reason


ROWS: Final = (
    Row(0, OutcomeUnknown, Reason.SERVICE_DOWN),  # "unknown error"
    Row(1, Misconfigured, Reason.PLANFIX_TOKEN_REFUSED),
    Row(2, Misconfigured, Reason.PLANFIX_TOKEN_REFUSED),  # token inactive
    Row(5, Misconfigured, Reason.PLANFIX_SCOPE_MISSING),
    Row(6, Refused, Reason.PLANFIX_ACCESS_DENIED),  # also "New comments not allowed in this process"
    Row(10, Misconfigured, Reason.PLANFIX_ACCOUNT_STOPPED),  # blocked for spam
    Row(11, Misconfigured, Reason.PLANFIX_ACCOUNT_STOPPED),  # frozen
    Row(16, Misconfigured, Reason.PLANFIX_TOKEN_REFUSED),  # the token's employee is inactive
    Row(20, Misconfigured, Reason.PLANFIX_PLAN),  # not paid
    Row(21, Misconfigured, Reason.PLANFIX_PLAN),  # free plan
    Row(OVER_LIMIT, RetryLater, Reason.PLANFIX_QUOTA),
    Row(23, Misconfigured, Reason.PLANFIX_PLAN),  # contact limit
    Row(30, Refused, Reason.BRIDGE_FAULT),  # bad JSON
    Row(40, Refused, Reason.PLANFIX_BAD_VALUE),
    Row(41, Refused, Reason.PLANFIX_BAD_VALUE),
    Row(1000, Refused, Reason.TASK_GONE),
    Row(1001, Refused, Reason.PLANFIX_REFUSED),
    Row(1002, Refused, Reason.PLANFIX_REFUSED),
    Row(2000, Refused, Reason.CONTACT_GONE),
    Row(2001, Refused, Reason.PLANFIX_REFUSED),
    Row(2002, Refused, Reason.PLANFIX_REFUSED),
    Row(2004, Refused, Reason.PLANFIX_BAD_VALUE),
    Row(2005, Refused, Reason.PLANFIX_BAD_VALUE),
    Row(2006, Refused, Reason.PLANFIX_BAD_VALUE),
    *(Row(code, Refused, Reason.PLANFIX_REFUSED) for code in range(3000, 3003)),  # projects
    *(Row(code, Refused, Reason.PLANFIX_REFUSED) for code in range(4000, 4007)),  # employees
    Row(5000, Refused, Reason.COMMENT_GONE),
    Row(5001, Refused, Reason.PLANFIX_REFUSED),
    Row(5002, Refused, Reason.PLANFIX_REFUSED),
    *(Row(code, Refused, Reason.PLANFIX_REFUSED) for code in range(6000, 6014)),  # data tags
    Row(7000, Refused, Reason.FILE_GONE),
    Row(7001, Refused, Reason.PLANFIX_FILE),
    Row(7002, Refused, Reason.PLANFIX_FILE),  # too big for the plan
    Row(7003, Refused, Reason.PLANFIX_FILE),
    *(Row(code, Refused, Reason.PLANFIX_REFUSED) for code in range(8000, 8014)),  # directories
    Row(9000, Refused, Reason.PLANFIX_REFUSED),
)
_BY_CODE: Final = {row.code: row for row in ROWS}


def failure(status: int, body: Mapping[str, Any] | None, *, token: str = "") -> BridgeError:
    """The error that an answer of Planfix means.

    Args:
        status: HTTP status.
        body: the JSON body when there is one; ``timeToReset`` is in milliseconds.
        token: what must not be repeated.
    """
    body = body or {}
    code, words = body.get("code"), str(body.get("error", ""))
    row = _BY_CODE.get(code) if isinstance(code, int) else None
    known = f"HTTP {status}{f', code {row.code}' if row else ''}"
    if row is None:
        return _by_status(status, said(words or known, known, token))
    detail = said(f"{code} {words}", known, token)
    if row.leaf is RetryLater:
        reset = body.get("timeToReset")
        wait = float(min(reset, 1e12)) / 1000 if isinstance(reset, int | float) and reset > 0 else QUOTA_WAIT
        return RetryLater(wait, row.reason, detail, counts=False)
    return row.leaf(row.reason, detail)


# What the API for chats says: no code, and words that are always the same (help page "Список команд API для чатов").
CHAT_ROWS: Final[Mapping[str, tuple[type[BridgeError], Reason]]] = {
    "Invalid parameters": (Refused, Reason.PLANFIX_CHAT_REFUSED),
    "Invalid token": (Misconfigured, Reason.PLANFIX_CHAT_TOKEN_REFUSED),
    "task not found": (Refused, Reason.TASK_GONE),
    "unknown contact": (Refused, Reason.CONTACT_GONE),
}
_BY_WORDS: Final = {words.casefold(): (words, *meaning) for words, meaning in CHAT_ROWS.items()}


def chat_failure(status: int, body: Mapping[str, Any] | None, *, token: str = "") -> BridgeError:
    """The same of the API for chats: its words decide, then a code as REST has it, then the HTTP status.

    Args:
        status: HTTP status.
        body: the JSON body when there is one.
        token: what must not be repeated.
    """
    words = str((body or {}).get("error", ""))
    known = f"HTTP {status}"
    row = _BY_WORDS.get(words.strip().casefold())
    if row:
        phrase, leaf, reason = row
        return leaf(reason, f"{known} {phrase}")
    detail = said(words or known, known, token)
    if status == 401:  # noqa: PLR2004 - HTTP Unauthorized
        return Misconfigured(Reason.PLANFIX_CHAT_TOKEN_REFUSED, detail)
    if 300 <= status < 400 or status in (404, 405, 410):  # noqa: PLR2004 - elsewhere, nowhere, or something else
        return Misconfigured(Reason.PLANFIX_CHAT_ADDRESS, detail)
    return failure(status, body, token=token)


def said(words: str, known: str, token: str = "") -> RemoteWords:
    """Words of Planfix, cut, cleaned, and without our token."""
    return RemoteWords(one_line(words.replace(token, "<token>") if token else words)[:LONGEST], known)


def _by_status(status: int, detail: RemoteWords) -> BridgeError:
    if status == 401:  # noqa: PLR2004 - HTTP Unauthorized
        return Misconfigured(Reason.PLANFIX_TOKEN_REFUSED, detail)
    if status == 429:  # noqa: PLR2004 - not in the swagger, but the web's word for "slower"
        return RetryLater(QUOTA_WAIT, Reason.PLANFIX_QUOTA, detail, counts=False)
    if status >= 500:  # noqa: PLR2004 - HTTP server errors
        return OutcomeUnknown(Reason.SERVICE_DOWN, detail)
    return Refused(Reason.UNKNOWN_ERROR, detail)
