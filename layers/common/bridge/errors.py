"""Everything that can go wrong, as one tree. A flow catches a leaf, never a string.

BridgeError
 ├── RetryLater       not now: nothing was done; try again after so many seconds
 │    ├── StillComing  the rest of it has not come yet: no failure, and nothing is given up for it
 │    ├── InLine       its destination has no room for it yet, and nothing was begun: it keeps its place
 │    └── OutOfTime    this invocation is nearly over: the next one goes on where this one stopped
 ├── Refused          never: this message will not go this way; the reason has a sentence and a remedy in texts.py
 ├── OutcomeUnknown   the request left, the answer was lost: it may or may not have happened
 └── Misconfigured    the integration's fault, not the message's: token, scope, plan, rights, settings
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why something was refused or waits. Each has a sentence and a remedy in ``texts.py``, in every language."""

    # Telegram will not take the answer
    WINDOW_CLOSED = "window_closed"
    BOT_STOPPED_IN_CHAT = "bot_stopped_in_chat"
    REPLY_NOT_ALLOWED = "reply_not_allowed"
    CONNECTION_LOST = "connection_lost"
    ACCOUNT_NOT_APPROVED = "account_not_approved"
    BUSINESS_MODE_OFF = "business_mode_off"
    CLIENT_BLOCKED_US = "client_blocked_us"
    WE_BLOCKED_CLIENT = "we_blocked_client"
    CLIENT_DEACTIVATED = "client_deactivated"
    CLIENT_NEVER_STARTED = "client_never_started"
    CLIENT_IS_BOT = "client_is_bot"
    CLIENT_ONLY_CONTACTS = "client_only_contacts"
    CLIENT_WANTS_STARS = "client_wants_stars"
    ACCOUNT_RESTRICTED = "account_restricted"
    CHAT_NOT_FOUND = "chat_not_found"
    TOO_LONG = "too_long"
    MANY_MESSAGES = "many_messages"
    EMPTY = "empty"
    MARKUP_REFUSED = "markup_refused"
    EDIT_IMPOSSIBLE = "edit_impossible"
    NOT_ONE_MESSAGE = "not_one_message"
    DELETE_NOT_ALLOWED = "delete_not_allowed"
    REPLY_TARGET_GONE = "reply_target_gone"
    VOICE_FORBIDDEN = "voice_forbidden"
    FILE_TOO_BIG = "file_too_big"
    FILE_GONE = "file_gone"
    FILE_REFUSED = "file_refused"
    BOT_TOKEN_REVOKED = "bot_token_revoked"  # noqa: S105 - a reason's name
    BOT_TAKEN_OVER = "bot_taken_over"
    BRIDGE_FAULT = "bridge_fault"
    # Planfix will not take the comment
    TASK_GONE = "task_gone"
    CONTACT_GONE = "contact_gone"
    COMMENT_GONE = "comment_gone"
    PLANFIX_TOKEN_REFUSED = "planfix_token_refused"  # noqa: S105 - a reason's name
    PLANFIX_SCOPE_MISSING = "planfix_scope_missing"
    PLANFIX_ACCESS_DENIED = "planfix_access_denied"
    PLANFIX_ACCOUNT_STOPPED = "planfix_account_stopped"
    PLANFIX_PLAN = "planfix_plan"
    PLANFIX_QUOTA = "planfix_quota"
    PLANFIX_BAD_VALUE = "planfix_bad_value"
    PLANFIX_FILE = "planfix_file"
    PLANFIX_REFUSED = "planfix_refused"
    # its API for chats will not
    PLANFIX_CHAT_TOKEN_REFUSED = "planfix_chat_token_refused"  # noqa: S105 - a reason's name
    PLANFIX_CHAT_ADDRESS = "planfix_chat_address"
    PLANFIX_CHAT_REFUSED = "planfix_chat_refused"
    # neither side's word
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVICE_DOWN = "service_down"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    UNKNOWN_ERROR = "unknown_error"
    SETTINGS_MISSING = "settings_missing"
    TOO_OLD = "too_old"
    DELIVERY_UNKNOWN = "delivery_unknown"
    COMMENT_CHANGED = "comment_changed"
    COMMENT_UNREADABLE = "comment_unreadable"
    CLIENT_NOT_NOTIFIED = "client_not_notified"


HOLDABLE = frozenset(
    {
        Reason.WINDOW_CLOSED,
        Reason.BOT_STOPPED_IN_CHAT,
        Reason.REPLY_NOT_ALLOWED,
        Reason.CONNECTION_LOST,
        Reason.ACCOUNT_NOT_APPROVED,
        Reason.BUSINESS_MODE_OFF,
        Reason.BOT_TOKEN_REVOKED,
    }
)
"""Refusals that pass when the client writes, or the owner or the admin gives the right back: the answer may be held until then."""


class RemoteWords(str):
    """What a remote said, in one line and free of secrets.

    It may repeat what it was asked, a message's words among it. So people may read it, in the task or at the admin's
    screen, and a log may not. ``known``: what of it may stand in a log: numbers, and phrases that we know.
    """

    __slots__ = ("known",)
    known: str

    def __new__(cls, words: str, known: str) -> Self:
        made = super().__new__(cls, words)
        made.known = known
        return made


class BridgeError(Exception):
    """Root of the tree.

    Args:
        reason: why, as a key into ``texts.py``.
        detail: more about it: our own words, which may stand in a log, or `RemoteWords`.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason.value}: {self.logged}" if self.logged else reason.value)

    @property
    def logged(self) -> str:
        """What of ``detail`` may stand in a log."""
        return self.detail.known if isinstance(self.detail, RemoteWords) else self.detail


class RetryLater(BridgeError):
    """Nothing was done; try again after ``after`` seconds.

    ``counts`` tells whether the wait spends the error budget: a wait that we were told to make does not.
    """

    def __init__(self, after: float, reason: Reason, detail: str = "", *, counts: bool = True) -> None:
        super().__init__(reason, detail)
        self.after = after
        self.counts = counts


class StillComing(RetryLater):
    """The rest of what is carried is on its way: nothing failed, however old it is, and whoever waits so bounds it himself."""

    def __init__(self, after: float, detail: str) -> None:
        super().__init__(after, Reason.BUSY, detail, counts=False)


class InLine(RetryLater):
    """Nothing was begun: others are before it. No failure, and its turn is known."""

    def __init__(self, after: float, detail: str) -> None:
        super().__init__(after, Reason.BUSY, detail, counts=False)


class OutOfTime(RetryLater):
    """Too little is left of this invocation for what comes next; what was done is remembered, and the next one goes on at once.

    Nobody told us to wait, so it spends the budget.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(1.0, Reason.BUSY, detail)


class Refused(BridgeError):
    """Permanent for this message."""


class OutcomeUnknown(BridgeError):
    """The request left and its answer was lost: look before doing it again."""


class Misconfigured(BridgeError):
    """The integration's fault: messages wait, the admin is told."""
