"""Planfix to client: what becomes of each answer that a route reads; sent in order, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.commands import obey, tell_of_mistyping
from bridge.flows.held_answers import bury, cancel, drain, ends_unmeant, hold, is_held, put_aside, refuse
from bridge.flows.send_answer import Refusal, reason_words, refusal_key, send_answer
from bridge.keys import decided_key, notice_key
from bridge.model import Chat
from bridge.routes.port import Call, End
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.flows.integration import Integration
    from bridge.queued import GivenUp, Handed, Look, MayGo, OwnerWrote

TOO_LATE: Final = 86_400.0
"""Seconds: an answer found later than this is not sent by surprise (design section 4)."""

SAY_THAT_IT_WAITS_AFTER: Final = 300.0
"""Seconds after which an answer that is not delivered yet gets a notice."""


LOOKED_OFTEN_UNTIL: Final = 600.0
LOOKED_EVERY: Final = 3600.0
LOOKED_WITHIN: Final = 1000.0
"""Seconds: while Telegram takes nothing, an answer looks for later ones whose authors are to be told in its first ten minutes, and
then in a quarter of each hour, in which it comes once (flows/batch.py). Each look is a request to Planfix, and thousands may wait."""


def carry_answers(to: Integration, look: Look, handed: Handed) -> None:
    """Something is new in a task. Send every answer not decided upon yet."""
    call = Call.of(look, handed)
    age = to.clock() - call.received_at
    if age > LOOKED_OFTEN_UNTIL and age % LOOKED_EVERY > LOOKED_WITHIN:
        to.bot.check_open()
    to.route.answers(call, AnswerJourney(to, call))


def carry_one_answer(to: Integration, given_up: GivenUp, handed: Handed) -> None:
    """An answer that was given up, redriven. What went out stays so."""
    answer = to.route.answer(given_up.host, given_up.task, given_up.comment)
    if answer is None:
        to.count("redriven_answer_gone")
        return
    if not ends_unmeant(to, answer, "redriven"):
        AnswerJourney(to, Call.of(given_up, handed)).send(answer)


def carry_held(to: Integration, held: MayGo, handed: Handed) -> None:
    """Held answers may go out now, or have waited too long."""
    chat, call = Chat(to.alias, held.channel, held.client), Call.of(held, handed)
    journey = AnswerJourney(to, call)
    try:
        journey.drain(chat)
    except (RetryLater, OutcomeUnknown) as wait:
        to.route.tell_that_new_ones_wait(chat, wait, call, journey)
        raise


def carry_owner_wrote(to: Integration, wrote: OwnerWrote) -> None:
    """The owner wrote to the client from the phone: what is held for that client is held no longer."""
    chat = Chat(to.alias, wrote.channel, wrote.client)
    if to.chats.state(chat).holds:
        cancel(to, chat, owner_wrote_at=wrote.at or wrote.received_at)


class AnswerJourney:
    """What becomes of the answers that one call finds (`bridge.routes.port.Journey`)."""

    patience = SAY_THAT_IT_WAITS_AFTER

    def __init__(self, to: Integration, call: Call) -> None:
        self._to = to
        self._call = call

    def drain(self, chat: Chat) -> None:
        if self._to.chats.state(chat).holds:
            drain(self._to, chat, found_at=self._call.received_at)

    def obey(self, answer: Answer) -> None:
        if answer.command is not None:
            obey(self._to, answer, answer.command)
        elif answer.mistyped is not None:
            tell_of_mistyping(self._to, answer, answer.mistyped)

    def decide(self, answer: Answer, *, was_seen: bool) -> End:
        """Send it, if it is not found so late that it would surprise."""
        to = self._to
        if not self._is_found_too_late(answer, was_seen=was_seen):
            end = self.send(answer)
        else:
            put_aside(to, answer)
            to.route.tell_author(answer, to.texts.say(Say.FOUND_TOO_LATE, answer=answer.excerpt), "late")
            end = End.NOT_SENT
        if end is not End.SENT:
            to.effects.renew(decided_key(answer.ref.host, answer.ref.number), 1)
        return end

    def ends_unmeant(self, answer: Answer) -> bool:
        to = self._to
        has_waited = self._has_waited(answer.at or self._call.received_at)  # else it costs a read for each remark
        if not (has_waited and to.effects.was_begun(_waiting_key(answer)) and ends_unmeant(to, answer, "unmeant")):
            return False
        to.effects.renew(decided_key(answer.ref.host, answer.ref.number), 1)
        return True

    def is_overdue(self, answer: Answer) -> bool:
        return self._has_waited(self._found_at(answer))

    def waits(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> None:
        to = self._to
        if self.is_overdue(answer):
            to.count("answer_waits")
            to.route.tell_author(answer, to.texts.say(Say.WAITING, **reason_words(to, answer, wait)), "waiting")

    def send(self, answer: Answer) -> End:
        """Send an answer, or bring it into a state that its author sees."""
        to = self._to
        if to.chats.state(answer.chat).holds:
            if not is_held(to, answer):
                hold(to, answer, None)
            return End.NOT_SENT
        if self._call.receipts > 1 and to.effects.was_begun(refusal_key(answer)):
            # An attempt that died had refused it for good and may have said so: whatever holds now, it is not sent by itself.
            refuse(to, answer, Refusal(Refused(Reason.DELIVERY_UNKNOWN), 0, 0))
            return End.NOT_SENT
        found_at = self._found_at(answer)
        try:
            refusal = send_answer(to, answer, found_at=found_at)
        except (RetryLater, OutcomeUnknown) as wait:
            if self._gave_up(answer, wait):
                return End.GIVEN_UP
            self.waits(answer, wait)
            raise
        if refusal is None:
            if self._has_waited(answer.at or found_at) and to.effects.was_begun(_waiting_key(answer)):
                said = to.texts.say(Say.DELIVERED_AFTER_ALL, answer=answer.excerpt)
                to.route.tell_author(answer, said, "delivered")
            return End.SENT
        if refusal.may_be_held and to.settings.hold_refused:
            hold(to, answer, refusal)
        else:
            refuse(to, answer, refusal)
        return End.NOT_SENT

    def _is_found_too_late(self, answer: Answer, *, was_seen: bool) -> bool:
        """Whether nobody had seen it until now: its call may have been late, or have waited for Planfix all the time."""
        received_at = self._call.received_at
        if answer.at is None or max(self._to.clock(), received_at) - answer.at <= TOO_LATE:
            return False
        if received_at - answer.at > TOO_LATE:
            return True
        return not was_seen and not self._to.effects.was_begun(_waiting_key(answer))

    def _found_at(self, answer: Answer) -> float:
        """When there was something to send, Unix seconds: a call may find answers that are younger than itself.

        A date that is still to come says nothing: such an answer would never be old enough for anybody to be told of it.
        """
        at = answer.at or 0.0
        return max(self._call.received_at, at if at <= self._to.clock() else 0.0)

    def _gave_up(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> bool:
        """An answer beyond its budget goes to the dead letters, its author is told, and the chat goes on."""
        to, call = self._to, self._call
        found_at = self._found_at(answer)
        if to.clock() - found_at - call.told_to_wait < to.settings.give_up_answers_after * 3600:
            return False
        about, first_at = str(call.received_at), call.first_received_at
        bury(to, answer, wait.reason, found_at=found_at, about=about, first_at=first_at)
        put_aside(to, answer)
        to.route.tell_author(answer, to.texts.say(Say.GIVEN_UP, **reason_words(to, answer, wait)), "given up")
        return True

    def _has_waited(self, found_at: float) -> bool:
        return self._to.clock() - found_at >= SAY_THAT_IT_WAITS_AFTER


def _waiting_key(answer: Answer) -> str:
    return notice_key(answer.ref.host, answer.ref.number, "waiting")
