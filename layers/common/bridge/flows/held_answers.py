"""Answers that wait: held until the client writes or a right returns, or put aside until an employee says ``/send``.

Only ids are kept; the comment is read again when its time has come. Everything here runs in the client's own message
group of the queue to Telegram, so nothing overtakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason
from bridge.flows.connection_care import check_bot_soon
from bridge.flows.notices import excerpt
from bridge.flows.send_answer import (
    Refusal,
    forget_unknown,
    note_refusal,
    reason_words,
    send_answer,
    tell_author,
    tell_why_not,
)
from bridge.flows.timers import set_timer
from bridge.model import Held
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat, TaskState
    from bridge.planfix.route import Comment


def hold(to: Integration, task: TaskState, comment: Comment, refusal: Refusal | None) -> None:
    """Let an answer wait for the client; ``refusal`` None means that earlier ones wait and it must not overtake them."""
    chat, now = task.chat, int(to.clock())
    answer = Held(task.task_id, comment.id, now)
    to.waiting.put("held", chat, answer)
    set_timer(to, chat, now + to.settings.hold_for * 3600 + 1)
    to.chats.remember(chat, holds=True)  # last: until then a redelivery begins anew
    if refusal is not None and refusal.error.reason is Reason.BOT_TOKEN_REVOKED:
        check_bot_soon(to)
    to.count("held")
    to.log.info("answer held", extra={"chat": chat.key, "task": task.task_id, "comment": comment.id})
    if refusal is None:
        said = to.texts.say(Say.HELD_BEHIND, answer=excerpt(comment))
    else:
        note_refusal(to, task, comment, refusal)
        said = to.texts.say(Say.HELD, **reason_words(to, comment, refusal.error))
    tell_author(to, task, comment, said, "held")


def is_held(to: Integration, task: TaskState, comment: Comment) -> bool:
    """Whether this answer waits already, from an attempt that died; its author is told if nobody did yet."""
    if comment.id not in {answer.comment_id for answer in to.waiting.answers("held", task.chat)}:
        return False
    tell_author(to, task, comment, to.texts.say(Say.HELD_BEHIND, answer=excerpt(comment)), "held")
    return True


def drain(to: Integration, chat: Chat) -> bool:
    """Send what is held, oldest first, as long as Telegram takes it. True when nothing is held any more."""
    for answer in to.waiting.answers("held", chat):
        task, comment = _read(to, answer)
        if task is None or comment is None:
            to.count("held_answer_gone")  # deleted by an employee, or with its task: nobody waits for it
            to.waiting.drop("held", chat, answer)
            continue
        if to.clock() - answer.at > to.settings.hold_for * 3600:
            _put_aside(to, chat, task, comment, answer, Say.HELD_EXPIRED)
            continue
        refusal = send_answer(to, task, comment, found_at=answer.at)
        if refusal is not None and refusal.may_be_held:
            tell_author(to, task, comment, to.texts.say(Say.HELD, **reason_words(to, comment, refusal.error)), "held")
            return False
        if refusal is None:
            said = to.texts.say(Say.DELIVERED_AFTER_ALL, answer=excerpt(comment))
            tell_author(to, task, comment, said, f"delivered#{answer.at}")
        else:
            tell_why_not(to, task, comment, refusal)
        to.waiting.drop("held", chat, answer)
    to.chats.remember(chat, holds=False)
    return True


def cancel(to: Integration, chat: Chat, *, by_owner: bool) -> int:
    """Put every held answer aside; returns how many there were.

    Args:
        to: the integration.
        chat: whose answers.
        by_owner: the owner wrote to the client from the phone, which is the remedy that we advise.
    """
    answers = to.waiting.answers("held", chat)
    for answer in answers:
        task, comment = _read(to, answer)
        if task is None or comment is None:
            to.waiting.drop("held", chat, answer)
            continue
        _put_aside(to, chat, task, comment, answer, Say.CANCELLED_BY_OWNER if by_owner else Say.CANCELLED)
    to.chats.remember(chat, holds=False)
    return len(answers)


def put_aside(to: Integration, task: TaskState, comment: Comment) -> None:
    """Remember an answer that was not sent, so that ``/send`` can send it."""
    to.waiting.put("aside", task.chat, Held(task.task_id, comment.id, int(to.clock())))


def send_aside(to: Integration, chat: Chat) -> int:
    """An employee said ``/send``: everything held or put aside goes out, oldest first; returns how many there were."""
    answers = {answer.comment_id: answer for kind in ("aside", "held") for answer in to.waiting.answers(kind, chat)}
    for _, answer in sorted(answers.items()):
        task, comment = _read(to, answer)
        if task is not None and comment is not None:
            forget_unknown(to, task, comment)
            to.waiting.put("held", chat, Held(answer.task_id, answer.comment_id, int(to.clock())))
        to.waiting.drop("aside", chat, answer)
    if answers:
        to.chats.remember(chat, holds=True)
        drain(to, chat)
    return len(answers)


def _put_aside(to: Integration, chat: Chat, task: TaskState, comment: Comment, answer: Held, why: Say) -> None:
    to.waiting.put("aside", chat, answer)
    tell_author(to, task, comment, to.texts.say(why, answer=excerpt(comment)), f"{why.value}#{answer.at}")
    to.waiting.drop("held", chat, answer)


def _read(to: Integration, answer: Held) -> tuple[TaskState | None, Comment | None]:
    return to.chats.task(to.planfix.host, answer.task_id), to.planfix.comment(answer.comment_id)
