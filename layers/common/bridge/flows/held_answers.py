"""Answers that wait: held until the client writes or a right returns, or put aside until an employee says ``/send``.

Only ids are kept; the comment is read again when its time has come. Everything here runs in the client's own message
group of the queue to Telegram, so nothing overtakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.connection_care import check_bot_soon, check_channel_soon
from bridge.flows.long_answers import note_asked, note_wanted, was_asked_about
from bridge.flows.send_answer import Refusal, forget_unknown, note_refusal, reason_words, send_answer, tell_why_not
from bridge.flows.timers import set_timer
from bridge.model import Held
from bridge.moment import moment
from bridge.routes.rest.meant import WHO_AND_TO_WHOM, client_is_notified, is_by_employee
from bridge.routes.rest.notices import excerpt, tell_author
from bridge.texts import Say

CLOCKS_DIFFER: Final = 60.0
"""Seconds after an answer's time at which its timer comes: by then that time is over by every container's clock, and whoever
looks is the last to do so."""

SENT_IF_WANTED: Final = frozenset({Reason.DELIVERY_UNKNOWN, Reason.MANY_MESSAGES})
"""Refusals that an employee is asked about: ``/send`` is the answer."""

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat, TaskState
    from bridge.planfix.route import Comment


def hold(to: Integration, task: TaskState, comment: Comment, refusal: Refusal | None) -> None:
    """Let an answer wait for the client; ``refusal`` None means that earlier ones wait and it must not overtake them."""
    chat = task.chat
    answer = _begin_to_hold(to, chat, task.task_id, comment.id)
    _look_after(to, chat, refusal)
    to.count("held")
    to.log.info("answer held", extra={"chat": chat.key, "task": task.task_id, "comment": comment.id})
    if refusal is None:
        said = to.texts.say(Say.HELD_BEHIND, answer=excerpt(comment))
    else:
        note_refusal(to, task, comment, refusal)
        said = _held(to, comment, answer, refusal)
    tell_author(to, task, comment, said, f"held#{answer.at}")


def _begin_to_hold(to: Integration, chat: Chat, task_id: int, comment_id: int) -> Held:
    """From now on it waits, and its end has a timer."""
    now, hold_for = to.clock(), to.settings.hold_for * 3600
    answer = Held(task_id, comment_id, int(now), int(now) + hold_for)
    # In this order: whoever dies in between leaves a timer for nothing, or a list that is empty, and never a forgotten answer.
    set_timer(to, chat, now + hold_for + CLOCKS_DIFFER)
    to.chats.remember(chat, holds=True)
    to.waiting.put("held", chat, answer)
    return answer


def _until(to: Integration, answer: Held) -> int:
    return answer.until or answer.at + to.settings.hold_for * 3600


def _held(to: Integration, comment: Comment, answer: Held, refusal: Refusal) -> str:
    held_until = moment(_until(to, answer))
    return to.texts.say(Say.HELD, **reason_words(to, comment, refusal.error), until=held_until)


def refuse(to: Integration, task: TaskState, comment: Comment, refusal: Refusal, about: str = "refused") -> None:
    """An answer does not go out by itself: say why; where it may go out later after all, keep it for ``/send``."""
    if refusal.error.reason is Reason.MANY_MESSAGES:
        note_asked(to, task, comment)
    if isinstance(refusal.error, Misconfigured) or refusal.error.reason in SENT_IF_WANTED:
        put_aside(to, task, comment)
    if not tell_why_not(to, task, comment, refusal, about):
        bury(to, task, comment, refusal.error.reason, found_at=to.clock(), about=about)


def bury(
    to: Integration,
    task: TaskState,
    comment: Comment,
    reason: Reason,
    *,
    found_at: float,
    about: str,
    first_at: float = 0,
) -> None:
    """Put an answer with the dead letters, once: where no notice can say what became of it, or its budget is spent."""
    letter = {
        "kind": "answer",
        "integration": to.alias,
        "host": task.host,
        "task": task.task_id,
        "comment": comment.id,
        "received_at": found_at,
        "first_received_at": first_at or found_at,
        "group": task.chat.group,
    }

    def put() -> int:
        to.bury(letter, reason.value)
        to.count("given_up")
        return 1

    to.effects.once(f"buried#{task.host}#{comment.id}#{about}", put)


def is_held(to: Integration, task: TaskState, comment: Comment) -> bool:
    """Whether this answer waits already, from an attempt that died; its author is told if nobody did yet."""
    held = [answer for answer in to.waiting.answers("held", task.chat) if answer.comment_id == comment.id]
    for answer in held:
        said = to.texts.say(Say.HELD_BEHIND, answer=excerpt(comment))
        tell_author(to, task, comment, said, f"held#{answer.at}")
    return bool(held)


def drain(to: Integration, chat: Chat, *, found_at: float) -> bool:
    """Send what is held, oldest first, as long as Telegram takes it. True when nothing is held any more.

    ``found_at``: when we were told to (Unix seconds); what may pass is waited for from then on.
    """
    for answer in to.waiting.answers("held", chat):
        task, comment = _read(to, answer)
        if task is None or comment is None:
            to.count("held_answer_gone")  # deleted by an employee, or with its task: nobody waits for it
            to.waiting.drop("held", chat, answer)
            continue
        if ends_unmeant(to, task, comment, f"unmeant#{answer.at}"):
            to.waiting.drop("held", chat, answer)
            continue
        if to.clock() > _until(to, answer):
            _put_aside(to, chat, task, comment, answer, Say.HELD_EXPIRED)
            continue
        refusal = send_answer(to, task, comment, found_at=found_at)
        if refusal is not None and refusal.may_be_held:
            _look_after(to, chat, refusal)
            said = _held(to, comment, answer, refusal)
            tell_author(to, task, comment, said, f"held#{answer.at}")
            return False
        if refusal is None:
            said = to.texts.say(Say.DELIVERED_AFTER_ALL, answer=excerpt(comment))
            tell_author(to, task, comment, said, f"delivered#{answer.at}")
        else:
            refuse(to, task, comment, refusal, f"refused#{answer.at}")
        to.waiting.drop("held", chat, answer)
    to.chats.remember(chat, holds=False)
    return True


def ends_unmeant(to: Integration, task: TaskState, comment: Comment, about: str) -> bool:
    """Whether an answer from before is none for the client now: its author changed it meanwhile. Then that is its end.

    One that is hidden now is as one that is deleted: nobody waits for it, and its words are for nobody else to read.
    """
    if comment.is_hidden:
        to.count("held_answer_gone")
        return True
    if not WHO_AND_TO_WHOM.isdisjoint(comment.unread):
        reason = Reason.COMMENT_UNREADABLE
    elif is_by_employee(comment) and client_is_notified(to, task, comment):
        return False
    else:
        reason = Reason.CLIENT_NOT_NOTIFIED
    refuse(to, task, comment, Refusal(Refused(reason), 0, 0), about)
    return True


def cancel(to: Integration, chat: Chat, *, owner_wrote_at: float | None = None) -> int:
    """Put the held answers aside, and drop those that somebody was asked about; returns how many there were.

    Args:
        to: the integration.
        chat: whose answers.
        owner_wrote_at: when the owner wrote to the client from the phone (Unix seconds), which is the remedy that we advise
            to whoever reads that an answer is held; what was held later was written later. None: an employee said so.
    """
    held = to.waiting.answers("held", chat)
    answers = held if owner_wrote_at is None else [answer for answer in held if answer.at <= owner_wrote_at]
    for answer in answers:
        task, comment = _read(to, answer)
        if task is None or comment is None:
            to.waiting.drop("held", chat, answer)
            continue
        _put_aside(to, chat, task, comment, answer, Say.CANCELLED if owner_wrote_at is None else Say.CANCELLED_BY_OWNER)
    if answers == held:
        to.chats.remember(chat, holds=False)
    return len(answers) + (_drop_very_long(to, chat) if owner_wrote_at is None else 0)


def _drop_very_long(to: Integration, chat: Chat) -> int:
    """The answers of very many messages that wait for an employee's word have it."""
    dropped = 0
    for answer in to.waiting.answers("aside", chat):
        task = to.chats.task(to.planfix.host, answer.task_id)
        if task is None or not was_asked_about(to, task, answer):
            continue
        comment = to.planfix.comment(answer.comment_id)
        if comment is not None:
            said = to.texts.say(Say.VERY_LONG_CANCELLED, answer=excerpt(comment))
            tell_author(to, task, comment, said, f"{Say.VERY_LONG_CANCELLED.value}#{answer.at}")
        to.waiting.drop("aside", chat, answer)
        dropped += 1
    return dropped


def put_aside(to: Integration, task: TaskState, comment: Comment) -> None:
    """Remember an answer that was not sent, so that ``/send`` can send it."""
    to.waiting.put("aside", task.chat, Held(task.task_id, comment.id, int(to.clock())))


def send_aside(to: Integration, chat: Chat, *, until: float | None = None) -> int:
    """An employee said ``/send``: everything held or put aside goes out, oldest first; returns how many there were.

    ``until``: when that was said (Unix seconds), if an attempt to do it died: what was put aside since is the next one's.
    """
    aside = [one for one in to.waiting.answers("aside", chat) if until is None or one.at <= until]
    answers = {answer.comment_id: answer for answer in (*aside, *to.waiting.answers("held", chat))}
    for _, answer in sorted(answers.items()):
        task, comment = _read(to, answer)
        if task is not None and comment is not None:
            forget_unknown(to, task, comment)
            note_wanted(to, task, answer)
            _begin_to_hold(to, chat, answer.task_id, answer.comment_id)
        to.waiting.drop("aside", chat, answer)
    if answers:
        to.chats.remember(chat, holds=True)
        try:
            drain(to, chat, found_at=to.clock())
        except (RetryLater, OutcomeUnknown):  # the command is done all the same, and must not be obeyed again
            held = {"kind": "held", "integration": to.alias, "channel": chat.channel, "client": chat.client_id}
            to.tell(held, chat.group)
    return len(answers)


def _look_after(to: Integration, chat: Chat, refusal: Refusal | None) -> None:
    """What the admin has to put right is looked at from time to time: no event of Telegram's will tell."""
    if refusal is not None and refusal.error.reason is Reason.BOT_TOKEN_REVOKED:
        check_bot_soon(to)
    is_mode_off = refusal is not None and refusal.error.reason is Reason.BUSINESS_MODE_OFF
    if is_mode_off or (not chat.is_own_bot and to.settings.channel(chat.channel) is None):
        check_channel_soon(to, chat.channel)


def _put_aside(to: Integration, chat: Chat, task: TaskState, comment: Comment, answer: Held, why: Say) -> None:
    to.waiting.put("aside", chat, answer)
    tell_author(to, task, comment, to.texts.say(why, answer=excerpt(comment)), f"{why.value}#{answer.at}")
    to.waiting.drop("held", chat, answer)


def _read(to: Integration, answer: Held) -> tuple[TaskState | None, Comment | None]:
    return to.chats.task(to.planfix.host, answer.task_id), to.planfix.comment(answer.comment_id)
