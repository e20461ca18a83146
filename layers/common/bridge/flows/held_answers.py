"""Answers that are held until the client writes or a right returns, and what an employee or the owner says about those that wait.

Everything here runs in the client's own message group of the queue to Telegram, so nothing overtakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import OutcomeUnknown, Reason, RetryLater
from bridge.moment import moment
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.clock import Clock
    from bridge.flows.connection_care import Checks, HeldChats
    from bridge.flows.long_answers import LongAnswers
    from bridge.flows.refused_answers import RefusedAnswers
    from bridge.flows.reports import Refusal, Reports
    from bridge.flows.send_answer import Sending
    from bridge.flows.waiting_list import WaitingList
    from bridge.journal import Journal
    from bridge.model import Chat, Held
    from bridge.routes.port import Route
    from bridge.settings import Settings


class HeldAnswers:
    """Holds answers, and sends them in their order when that is possible again."""

    def __init__(
        self,
        settings: Settings,
        route: Route,
        waiting_list: WaitingList,
        sending: Sending,
        refused_answers: RefusedAnswers,
        reports: Reports,
        checks: Checks,
        journal: Journal,
    ) -> None:
        self._settings = settings
        self._route = route
        self._waiting_list = waiting_list
        self._sending = sending
        self._refused_answers = refused_answers
        self._reports = reports
        self._checks = checks
        self._journal = journal

    def are_in(self, chat: Chat) -> bool:
        """Whether any answer of this chat is held."""
        return self._waiting_list.holds(chat)

    def hold_or_refuse(self, answer: Answer, refusal: Refusal) -> bool:
        """It was refused: let it wait where that may help and is wanted; else that is its end, unless somebody sends it: then True too."""
        if refusal.may_be_held and self._settings.hold_refused:
            self.hold(answer, refusal)
            return True
        return self._refused_answers.refuse(answer, refusal)

    def hold(self, answer: Answer, refusal: Refusal | None) -> None:
        """Let an answer wait for the client; ``refusal`` None means that earlier ones wait and it must not overtake them."""
        chat = answer.chat
        held = self._waiting_list.hold(chat, answer.task, answer.ref.number)
        self._look_after(chat, refusal)
        self._journal.count("held")
        extra = {"chat": chat.key, "task": answer.task, "comment": answer.ref.number}
        self._journal.info("answer held", extra=extra)
        if refusal is None:
            self._tell_that_it_is_behind(answer, held)
        else:
            self._reports.note(answer, refusal)
            self._tell_that_it_is_held(answer, held, refusal)

    def is_held(self, answer: Answer) -> bool:
        """Whether this answer waits already, from an attempt that died; its author is told if nobody did yet."""
        waiting = [one for one in self._waiting_list.held(answer.chat) if one.comment_id == answer.ref.number]
        for held in waiting:
            self._tell_that_it_is_behind(answer, held)
        return bool(waiting)

    def drain(self, chat: Chat, *, found_at: float) -> None:
        """Send what is held, oldest first, as long as Telegram takes it.

        ``found_at``: when we were told to (Unix seconds); what may pass is waited for from then on.
        """
        for held in self._waiting_list.held(chat):
            answer = self._route.held_answer(held)
            if answer is None:
                self._journal.count("held_answer_gone")  # deleted by an employee, or with its task: nobody waits for it
            elif self._waits_still(answer, held, found_at):
                return
            self._waiting_list.drop_held(chat, held)
        self._waiting_list.note_nothing_held(chat)

    def put_aside(self, answer: Answer, held: Held, why: Say) -> None:
        """What was held waits for ``/send`` only; its author reads why."""
        self._waiting_list.keep_aside(answer.chat, held)
        self._reports.tell(answer, why, f"{why.value}#{held.at}")

    def _waits_still(self, answer: Answer, held: Held, found_at: float) -> bool:
        """Whether this one must go on waiting; else it went out, or came to another end."""
        if self._refused_answers.ends_unmeant(answer, f"unmeant#{held.at}"):
            return False
        if self._waiting_list.is_over(held):
            self.put_aside(answer, held, Say.HELD_EXPIRED)
            return False
        refusal = self._sending.send(answer, found_at=found_at)
        if refusal is None:
            self._reports.tell(answer, Say.DELIVERED_AFTER_ALL, f"delivered#{held.at}")
            return False
        if refusal.may_be_held:
            self._look_after(answer.chat, refusal)
            self._tell_that_it_is_held(answer, held, refusal)
            return True
        self._refused_answers.refuse(answer, refusal, f"refused#{held.at}")
        return False

    def _look_after(self, chat: Chat, refusal: Refusal | None) -> None:
        """What the admin has to put right is looked at from time to time: no event of Telegram's will tell."""
        reason = refusal.error.reason if refusal is not None else None
        if reason is Reason.BOT_TOKEN_REVOKED:
            self._checks.bot_soon()
        is_mode_off = reason is Reason.BUSINESS_MODE_OFF
        if is_mode_off or (not chat.is_own_bot and self._settings.channel(chat.channel) is None):
            self._checks.channel_soon(chat.channel)

    def _tell_that_it_is_behind(self, answer: Answer, held: Held) -> None:
        self._reports.tell(answer, Say.HELD_BEHIND, f"held#{held.at}")

    def _tell_that_it_is_held(self, answer: Answer, held: Held, refusal: Refusal) -> None:
        held_until = moment(self._waiting_list.until(held))
        self._reports.held(answer, refusal, f"held#{held.at}", held_until=held_until)


class Release:
    """What an employee or the owner says ends the waiting: everything goes out now, or nothing of it does."""

    def __init__(
        self,
        route: Route,
        waiting_list: WaitingList,
        held_answers: HeldAnswers,
        held_chats: HeldChats,
        sending: Sending,
        long_answers: LongAnswers,
        reports: Reports,
        clock: Clock,
    ) -> None:
        self._route = route
        self._waiting_list = waiting_list
        self._held_answers = held_answers
        self._held_chats = held_chats
        self._sending = sending
        self._long_answers = long_answers
        self._reports = reports
        self._clock = clock

    def send(self, chat: Chat, *, until: float | None = None) -> int:
        """An employee said ``/send``: everything held or put aside goes out, oldest first; returns how many there were.

        ``until``: when that was said (Unix seconds), if an attempt to do it died: what was put aside since is the next one's.
        """
        aside = [one for one in self._waiting_list.aside(chat) if until is None or one.at <= until]
        waiting = {held.comment_id: held for held in (*aside, *self._waiting_list.held(chat))}
        for _, held in sorted(waiting.items()):
            answer = self._route.held_answer(held)
            if answer is not None:
                self._sending.forget_doubts(answer)
                self._long_answers.note_wanted(answer.ref)
                self._waiting_list.hold(chat, held.task_id, held.comment_id)
            self._waiting_list.drop_aside(chat, held)
        if waiting:
            self._waiting_list.note_held(chat)
            try:
                self._held_answers.drain(chat, found_at=self._clock())
            except (RetryLater, OutcomeUnknown):  # the command is done all the same, and must not be obeyed again
                self._held_chats.wake_one(chat)
        return len(waiting)

    def cancel(self, chat: Chat) -> int:
        """An employee said ``/cancel``: what is held is put aside, and what somebody was asked about is dropped; returns how many."""
        held = self._waiting_list.held(chat)
        self._put_aside(chat, held, Say.CANCELLED)
        self._waiting_list.note_nothing_held(chat)
        return len(held) + self._drop_very_long(chat)

    def cancel_by_owner(self, chat: Chat, *, wrote_at: float) -> None:
        """The owner wrote to the client from the phone at that time (Unix seconds): what was held until then is put aside.

        It is the remedy that we advise to whoever reads that an answer is held; what was held later was written later.
        """
        if not self._waiting_list.holds(chat):
            return
        held = self._waiting_list.held(chat)
        ending = [one for one in held if one.at <= wrote_at]
        self._put_aside(chat, ending, Say.CANCELLED_BY_OWNER)
        if ending == held:
            self._waiting_list.note_nothing_held(chat)

    def _put_aside(self, chat: Chat, ending: list[Held], why: Say) -> None:
        for held in ending:
            answer = self._route.held_answer(held)
            if answer is not None:
                self._held_answers.put_aside(answer, held, why)
            self._waiting_list.drop_held(chat, held)

    def _drop_very_long(self, chat: Chat) -> int:
        """The answers of very many messages that wait for an employee's word have it."""
        dropped = 0
        for held in self._waiting_list.aside(chat):
            if not self._long_answers.was_asked_about(self._route.ref(chat, held.comment_id)):
                continue
            answer = self._route.held_answer(held)
            if answer is not None:
                self._reports.tell(answer, Say.VERY_LONG_CANCELLED, f"{Say.VERY_LONG_CANCELLED.value}#{held.at}")
            self._waiting_list.drop_aside(chat, held)
            dropped += 1
        return dropped
