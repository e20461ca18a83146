"""Answers that wait: held until the client writes or a right returns, or put aside until an employee says ``/send``.

Only ids are kept; the comment is read again when its time has come. Everything here runs in the client's own message
group of the queue to Telegram, so nothing overtakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.long_answers import note_asked, note_wanted, was_asked_about
from bridge.flows.send_answer import Refusal, forget_unknown, note_refusal, reason_words, send_answer, tell_why_not
from bridge.keys import buried_key
from bridge.model import Held
from bridge.moment import moment
from bridge.queued import GivenUp, MayGo
from bridge.texts import Say

CLOCKS_DIFFER: Final = 60.0
"""Seconds after an answer's time at which its timer comes: by then that time is over by every container's clock, and whoever
looks is the last to do so."""

SENT_IF_WANTED: Final = frozenset({Reason.DELIVERY_UNKNOWN, Reason.MANY_MESSAGES})
"""Refusals that an employee is asked about: ``/send`` is the answer."""

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.flows.integration import Integration
    from bridge.model import Chat


def hold(to: Integration, answer: Answer, refusal: Refusal | None) -> None:
    """Let an answer wait for the client; ``refusal`` None means that earlier ones wait and it must not overtake them."""
    chat = answer.chat
    held = _begin_to_hold(to, chat, answer.task, answer.ref.number)
    _look_after(to, chat, refusal)
    to.count("held")
    to.log.info("answer held", extra={"chat": chat.key, "task": answer.task, "comment": answer.ref.number})
    if refusal is None:
        said = to.texts.say(Say.HELD_BEHIND, answer=answer.excerpt)
    else:
        note_refusal(to, answer, refusal)
        said = _held(to, answer, held, refusal)
    to.route.tell_author(answer, said, f"held#{held.at}")


def _begin_to_hold(to: Integration, chat: Chat, task_id: int, number: int) -> Held:
    """From now on it waits, and its end has a timer."""
    now, hold_for = to.clock(), to.settings.hold_for * 3600
    held = Held(task_id, number, int(now), int(now) + hold_for)
    # In this order: whoever dies in between leaves a timer for nothing, or a list that is empty, and never a forgotten answer.
    to.timers.look_at_held(chat, now + hold_for + CLOCKS_DIFFER)
    to.chats.remember(chat, holds=True)
    to.waiting.put("held", chat, held)
    return held


def _until(to: Integration, held: Held) -> int:
    return held.until or held.at + to.settings.hold_for * 3600


def _held(to: Integration, answer: Answer, held: Held, refusal: Refusal) -> str:
    held_until = moment(_until(to, held))
    return to.texts.say(Say.HELD, **reason_words(to, answer, refusal.error), until=held_until)


def refuse(to: Integration, answer: Answer, refusal: Refusal, about: str = "refused") -> None:
    """An answer does not go out by itself: say why; where it may go out later after all, keep it for ``/send``."""
    if refusal.error.reason is Reason.MANY_MESSAGES:
        note_asked(to, answer)
    if isinstance(refusal.error, Misconfigured) or refusal.error.reason in SENT_IF_WANTED:
        put_aside(to, answer)
    if not tell_why_not(to, answer, refusal, about):
        bury(to, answer, refusal.error.reason, found_at=to.clock(), about=about)


def bury(to: Integration, answer: Answer, reason: Reason, *, found_at: float, about: str, first_at: float = 0) -> None:
    """Put an answer with the dead letters, once: where no notice can say what became of it, or its budget is spent."""
    ref = answer.ref
    letter = GivenUp(
        to.alias, ref.host, answer.task, ref.number, found_at, first_at or found_at, group=answer.chat.group
    )

    def put() -> int:
        to.bury(letter, reason.value)
        to.count("given_up")
        return 1

    to.effects.once(buried_key(answer.ref.host, answer.ref.number, about), put)


def is_held(to: Integration, answer: Answer) -> bool:
    """Whether this answer waits already, from an attempt that died; its author is told if nobody did yet."""
    waiting = [one for one in to.waiting.answers("held", answer.chat) if one.comment_id == answer.ref.number]
    for held in waiting:
        said = to.texts.say(Say.HELD_BEHIND, answer=answer.excerpt)
        to.route.tell_author(answer, said, f"held#{held.at}")
    return bool(waiting)


def drain(to: Integration, chat: Chat, *, found_at: float) -> bool:
    """Send what is held, oldest first, as long as Telegram takes it. True when nothing is held any more.

    ``found_at``: when we were told to (Unix seconds); what may pass is waited for from then on.
    """
    for held in to.waiting.answers("held", chat):
        answer = to.route.held_answer(held)
        if answer is None:
            to.count("held_answer_gone")  # deleted by an employee, or with its task: nobody waits for it
            to.waiting.drop("held", chat, held)
            continue
        if ends_unmeant(to, answer, f"unmeant#{held.at}"):
            to.waiting.drop("held", chat, held)
            continue
        if to.clock() > _until(to, held):
            _put_aside(to, answer, held, Say.HELD_EXPIRED)
            continue
        refusal = send_answer(to, answer, found_at=found_at)
        if refusal is not None and refusal.may_be_held:
            _look_after(to, chat, refusal)
            to.route.tell_author(answer, _held(to, answer, held, refusal), f"held#{held.at}")
            return False
        if refusal is None:
            said = to.texts.say(Say.DELIVERED_AFTER_ALL, answer=answer.excerpt)
            to.route.tell_author(answer, said, f"delivered#{held.at}")
        else:
            refuse(to, answer, refusal, f"refused#{held.at}")
        to.waiting.drop("held", chat, held)
    to.chats.remember(chat, holds=False)
    return True


def ends_unmeant(to: Integration, answer: Answer, about: str) -> bool:
    """Whether an answer from before is none for the client now: its author changed it meanwhile. Then that is its end.

    One that is hidden now is as one that is deleted: nobody waits for it, and its words are for nobody else to read.
    """
    if to.route.is_hidden(answer):
        to.count("held_answer_gone")
        return True
    reason = to.route.why_unmeant(answer)
    if reason is None:
        return False
    refuse(to, answer, Refusal(Refused(reason), 0, 0), about)
    return True


def cancel(to: Integration, chat: Chat, *, owner_wrote_at: float | None = None) -> int:
    """Put the held answers aside, and drop those that somebody was asked about; returns how many there were.

    Args:
        to: the integration.
        chat: whose answers.
        owner_wrote_at: when the owner wrote to the client from the phone (Unix seconds), which is the remedy that we advise
            to whoever reads that an answer is held; what was held later was written later. None: an employee said so.
    """
    waiting = to.waiting.answers("held", chat)
    ending = waiting if owner_wrote_at is None else [held for held in waiting if held.at <= owner_wrote_at]
    for held in ending:
        answer = to.route.held_answer(held)
        if answer is None:
            to.waiting.drop("held", chat, held)
            continue
        _put_aside(to, answer, held, Say.CANCELLED if owner_wrote_at is None else Say.CANCELLED_BY_OWNER)
    if ending == waiting:
        to.chats.remember(chat, holds=False)
    return len(ending) + (_drop_very_long(to, chat) if owner_wrote_at is None else 0)


def _drop_very_long(to: Integration, chat: Chat) -> int:
    """The answers of very many messages that wait for an employee's word have it."""
    dropped = 0
    for held in to.waiting.answers("aside", chat):
        if not was_asked_about(to, to.route.ref(chat, held.comment_id)):
            continue
        answer = to.route.held_answer(held)
        if answer is not None:
            said = to.texts.say(Say.VERY_LONG_CANCELLED, answer=answer.excerpt)
            to.route.tell_author(answer, said, f"{Say.VERY_LONG_CANCELLED.value}#{held.at}")
        to.waiting.drop("aside", chat, held)
        dropped += 1
    return dropped


def put_aside(to: Integration, answer: Answer) -> None:
    """Remember an answer that was not sent, so that ``/send`` can send it."""
    to.waiting.put("aside", answer.chat, Held(answer.task, answer.ref.number, int(to.clock())))


def send_aside(to: Integration, chat: Chat, *, until: float | None = None) -> int:
    """An employee said ``/send``: everything held or put aside goes out, oldest first; returns how many there were.

    ``until``: when that was said (Unix seconds), if an attempt to do it died: what was put aside since is the next one's.
    """
    aside = [one for one in to.waiting.answers("aside", chat) if until is None or one.at <= until]
    waiting = {held.comment_id: held for held in (*aside, *to.waiting.answers("held", chat))}
    for _, held in sorted(waiting.items()):
        answer = to.route.held_answer(held)
        if answer is not None:
            forget_unknown(to, answer)
            note_wanted(to, answer.ref)
            _begin_to_hold(to, chat, held.task_id, held.comment_id)
        to.waiting.drop("aside", chat, held)
    if waiting:
        to.chats.remember(chat, holds=True)
        try:
            drain(to, chat, found_at=to.clock())
        except (RetryLater, OutcomeUnknown):  # the command is done all the same, and must not be obeyed again
            to.tell(MayGo.of(chat), chat.group)
    return len(waiting)


def _look_after(to: Integration, chat: Chat, refusal: Refusal | None) -> None:
    """What the admin has to put right is looked at from time to time: no event of Telegram's will tell."""
    if refusal is not None and refusal.error.reason is Reason.BOT_TOKEN_REVOKED:
        to.checks.bot_soon()
    is_mode_off = refusal is not None and refusal.error.reason is Reason.BUSINESS_MODE_OFF
    if is_mode_off or (not chat.is_own_bot and to.settings.channel(chat.channel) is None):
        to.checks.channel_soon(chat.channel)


def _put_aside(to: Integration, answer: Answer, held: Held, why: Say) -> None:
    to.waiting.put("aside", answer.chat, held)
    to.route.tell_author(answer, to.texts.say(why, answer=answer.excerpt), f"{why.value}#{held.at}")
    to.waiting.drop("held", answer.chat, held)
