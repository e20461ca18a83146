"""Planfix to client: what is new in the task, what of it is meant for the client, and sending that, in order, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Misconfigured, Reason, Refused, RetryLater
from bridge.flows.find_contact import look_up_contact
from bridge.flows.keys import comment_key, part_key, sent_key
from bridge.flows.notices import excerpt, post_notice
from bridge.planfix.route import People
from bridge.telegram.formatting import bold, join
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import FormattedText, TaskState
    from bridge.planfix.route import Comment

PAGE: Final = 100
"""The newest comments whose decisions are kept; one page of Planfix's list."""

TOO_LATE: Final = 86_400
"""Seconds: an answer found later than this is not sent by surprise (design section 4)."""

NAG_EVERY: Final = 86_400_000
"""Milliseconds between two reminders in one task to tick the client."""

OWN_POST_PENDING: Final = 10.0
"""Seconds to wait while the bridge itself is posting into this task: its comment must not be taken for an answer."""


def carry_answers(to: Integration, body: Mapping[str, Any]) -> None:
    """Something is new in a task: ``{"host": ..., "task": number}``. Send every answer that was not decided upon yet."""
    task = to.chats.task(body["host"], body["task"])
    if task is None:
        to.count("task_not_ours")
        return
    to.chats.drop_status(task.chat)
    newest, fresh = _comments(to, task)
    decided = set(task.decided)
    try:
        for comment in sorted(fresh, key=lambda one: one.id):
            _decide(to, task, comment)
            decided.add(comment.id)
    finally:
        kept = sorted(decided & {comment.id for comment in newest[:PAGE]})
        if kept != sorted(task.decided):
            to.chats.decide(task.host, task.task_id, kept)


def _comments(to: Integration, task: TaskState) -> tuple[list[Comment], list[Comment]]:
    """The newest comments, and those of them that were not decided upon; reading on while a whole page is new."""
    newest: list[Comment] = []
    fresh: list[Comment] = []
    while True:
        page = to.planfix.newest_comments(task.task_id, offset=len(newest), page_size=PAGE)
        new = [comment for comment in page if comment.id > task.since and comment.id not in task.decided]
        newest += page
        fresh += new
        if len(page) < PAGE or len(new) < len(page):
            return newest, fresh


def _decide(to: Integration, task: TaskState, comment: Comment) -> None:
    """One new comment: an answer to the client, or not."""
    if comment.is_deleted or comment.is_hidden or not comment.owner.startswith("user:"):
        return
    if _is_our_own(to, task, comment):
        return
    if not _client_is_notified(to, task, comment):
        _remind_to_tick(to, task, comment)
        return
    if comment.at is not None and to.clock() - comment.at > TOO_LATE:
        _tell_author(to, task, comment, to.texts.say(Say.FOUND_TOO_LATE, answer=excerpt(comment)), "late")
        return
    _send(to, task, comment)


def _is_our_own(to: Integration, task: TaskState, comment: Comment) -> bool:
    """Whether the bridge itself wrote it: its number is in the ledger, or will be as soon as its posting is over."""
    current = to.chats.task(task.host, task.task_id)
    posting = bool(current and current.posting)  # read before the ledger, in which the posting ends
    if to.effects.outcome(comment_key(task.host, comment.id)) is not None:
        return True
    if posting:
        raise RetryLater(OWN_POST_PENDING, Reason.BUSY, "the bridge is posting into this task", counts=False)
    return False


def _client_is_notified(to: Integration, task: TaskState, comment: Comment) -> bool:
    notified = comment.recipients
    if task.client_is_assigner and "assigner" in notified.roles:
        return True
    contacts = [person for person in notified.users if person.startswith("contact:")]
    known = to.chats.state(task.chat).contact_id
    if f"contact:{known}" in contacts:
        return True
    if not contacts or (known is not None and to.planfix.contact_exists(known)):
        return False
    found = look_up_contact(to, task.chat.client_id, gone=known)  # merged or deleted meanwhile
    if found is None:
        return False
    to.chats.remember(task.chat, contact_id=found)
    return f"contact:{found}" in contacts


def _remind_to_tick(to: Integration, task: TaskState, comment: Comment) -> None:
    """An unanswered client and an employee who may believe to have answered: said once a day in a task."""
    if not to.chats.state(task.chat).awaits_answer:
        return
    now, current = int(to.clock() * 1000), to.chats.task(task.host, task.task_id)
    if current and now - current.nagged_at < NAG_EVERY:
        return
    _tell_author(to, task, comment, to.texts.say(Say.NOT_NOTIFIED, answer=excerpt(comment)), "tick")
    to.chats.nagged(task.host, task.task_id, now)


@dataclass(frozen=True, slots=True)
class _Way:
    """How the client is reached: the chat id, and the business connection where the channel is one."""

    chat_id: int
    connection_id: str | None


def _send(to: Integration, task: TaskState, comment: Comment) -> None:
    """Send one answer in as many parts as it needs; tell its author when it did not arrive whole."""
    parts = split(_text_of(to, comment))
    sent = 0
    try:
        if not parts:
            raise Refused(Reason.EMPTY)
        for number, part in enumerate(parts):
            _send_part(to, task, comment, number, part)
            sent += 1
    except (Refused, Misconfigured) as refused:
        _tell_why_not(to, task, comment, refused, sent, len(parts))
    if sent:
        to.chats.answered(task.chat, int(to.clock() * 1000))


def _text_of(to: Integration, comment: Comment) -> FormattedText:
    said = from_html(comment.html)
    if not to.settings.send_as_employee or not said.text:
        return said
    name = to.planfix.user_name(comment.owner) or comment.owner_name
    return join([bold(f"{name}:"), said])


def _send_part(to: Integration, task: TaskState, comment: Comment, number: int, part: FormattedText) -> None:
    chat = task.chat

    def send() -> int:
        way = _way(to, task)
        try:
            return to.bot.send_text(way.chat_id, part, connection_id=way.connection_id)
        except Refused as refused:
            newer = _way(to, task)
            if refused.reason is not Reason.CONNECTION_LOST or newer == way:
                raise
        return to.bot.send_text(newer.chat_id, part, connection_id=newer.connection_id)

    message: int = to.effects.once(
        part_key(task.host, comment.id, number),
        send,
        pair=lambda message_id: (sent_key(chat, message_id), {"comment": comment.id, "part": number}),
    )
    to.count("carried_to_telegram")
    to.log.info(
        "carried to Telegram",
        extra={
            "chat": chat.key,
            "task": task.task_id,
            "comment": comment.id,
            "part": number,
            "message_id": message,
        },
    )


def _way(to: Integration, task: TaskState) -> _Way:
    """On behalf of the business account by its newest connection, whatever the id was when the client wrote."""
    chat = task.chat
    if chat.is_own_bot:
        return _Way(chat.client_id, None)
    connection = to.connections.newest(to.alias, int(chat.channel))
    if connection is None or to.settings.channel(chat.channel) is None:
        raise Refused(Reason.CONNECTION_LOST)
    return _Way(chat.client_id, connection.connection_id)


def _tell_why_not(
    to: Integration, task: TaskState, comment: Comment, refused: Refused | Misconfigured, sent: int, parts: int
) -> None:
    to.count(f"refused_{refused.reason.value}")
    to.log.warning(
        "answer refused",
        extra={"chat": task.chat.key, "comment": comment.id, "reason": refused.reason.value, "detail": refused.detail},
    )
    words = {
        "answer": excerpt(comment),
        "why": to.texts.why(refused.reason, refused.detail),
        "remedy": to.texts.remedy(refused.reason),
    }
    said = (
        to.texts.say(Say.PARTLY_SENT, sent=sent, parts=parts, **words) if sent else to.texts.say(Say.NOT_SENT, **words)
    )
    _tell_author(to, task, comment, said, "refused")


def _tell_author(to: Integration, task: TaskState, comment: Comment, text: str, about: str) -> None:
    key = f"notice#{task.host}#{comment.id}#{about}"
    post_notice(to, task.task_id, text, People(users=(comment.owner,)), key=key)
