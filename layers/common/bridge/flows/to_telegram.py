"""Planfix to client: what becomes of each answer that a route reads; sent in order, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.reports import Refusal
from bridge.keys import decided_key
from bridge.model import Chat
from bridge.routes.port import Call, End
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.flows.commands import Commands
    from bridge.flows.held_answers import HeldAnswers, Release
    from bridge.flows.refused_answers import RefusedAnswers
    from bridge.flows.reports import Reports
    from bridge.flows.send_answer import Sending
    from bridge.journal import Journal
    from bridge.parts import Messenger
    from bridge.queued import GivenUp, Handed, Look, MayGo, OwnerWrote, Pushed
    from bridge.routes.port import Route

TOO_LATE: Final = 86_400.0
"""Seconds: an answer found later than this is not sent by surprise (design section 4)."""

SAY_THAT_IT_WAITS_AFTER: Final = 300.0
"""Seconds after which an answer that is not delivered yet gets a notice."""


LOOKED_OFTEN_UNTIL: Final = 600.0
LOOKED_EVERY: Final = 3600.0
LOOKED_WITHIN: Final = 1000.0
"""Seconds: while Telegram takes nothing, an answer looks for later ones whose authors are to be told in its first ten minutes, and
then in a quarter of each hour, in which it comes once (flows/batch.py). Each look is a request to Planfix, and thousands may wait."""


class AnswerJourneys:
    """The journeys of answers, each begun by a message of the queue to Telegram."""

    def __init__(
        self,
        alias: str,
        route: Route,
        bot: Messenger,
        journey: Callable[[Call], AnswerJourney],
        refused_answers: RefusedAnswers,
        release: Release,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._alias = alias
        self._route = route
        self._bot = bot
        self._journey = journey
        self._refused_answers = refused_answers
        self._release = release
        self._clock = clock
        self._journal = journal

    def look(self, look: Look, handed: Handed) -> None:
        """Something is new in a task. Send every answer not decided upon yet."""
        call = Call.of(look, handed)
        age = self._clock() - call.received_at
        if age > LOOKED_OFTEN_UNTIL and age % LOOKED_EVERY > LOOKED_WITHIN:
            self._bot.check_open()
        self._route.answers(call, self._journey(call))

    def push(self, pushed: Pushed, handed: Handed) -> None:
        """An answer came with its words."""
        call = Call.of(pushed, handed)
        self._route.answers(call, self._journey(call))

    def try_again(self, given_up: GivenUp, handed: Handed) -> None:
        """An answer that was given up, redriven. What went out stays so."""
        answer = self._route.answer(given_up.host, given_up.task, given_up.comment)
        if answer is None:
            self._journal.count("redriven_answer_gone")
            return
        if not self._refused_answers.ends_unmeant(answer, "redriven"):
            self._journey(Call.of(given_up, handed)).send(answer)

    def send_held(self, held: MayGo, handed: Handed) -> None:
        """Held answers may go out now, or have waited too long."""
        chat, call = Chat(self._alias, held.channel, held.client), Call.of(held, handed)
        journey = self._journey(call)
        try:
            journey.drain(chat)
        except (RetryLater, OutcomeUnknown) as wait:
            self._route.tell_that_new_ones_wait(chat, wait, call, journey)
            raise

    def owner_wrote(self, wrote: OwnerWrote) -> None:
        """The owner wrote to the client from the phone: what is held for that client is held no longer."""
        chat = Chat(self._alias, wrote.channel, wrote.client)
        self._release.cancel_by_owner(chat, wrote_at=wrote.at or wrote.received_at)


class AnswerJourney:
    """What becomes of the answers that one call finds (`bridge.routes.port.Journey`)."""

    patience = SAY_THAT_IT_WAITS_AFTER

    def __init__(
        self,
        call: Call,
        held_answers: HeldAnswers,
        refused_answers: RefusedAnswers,
        sending: Sending,
        commands: Commands,
        reports: Reports,
        effects: Effects,
        clock: Clock,
    ) -> None:
        self._call = call
        self._held_answers = held_answers
        self._refused_answers = refused_answers
        self._sending = sending
        self._commands = commands
        self._reports = reports
        self._effects = effects
        self._clock = clock

    def drain(self, chat: Chat) -> None:
        if self._held_answers.are_in(chat):
            self._held_answers.drain(chat, found_at=self._call.received_at)

    def obey(self, answer: Answer) -> None:
        if answer.command is not None:
            self._commands.obey(answer, answer.command)
        elif answer.mistyped is not None:
            self._commands.tell_of_mistyping(answer, answer.mistyped)

    def decide(self, answer: Answer, *, was_seen: bool) -> End:
        """Send it, if it is not found so late that it would surprise."""
        if not self._is_found_too_late(answer, was_seen=was_seen):
            end = self.send(answer)
        else:
            self._refused_answers.put_aside(answer, Say.FOUND_TOO_LATE, "late")
            end = End.NOT_SENT
        if end is not End.SENT:
            self._note_decided(answer)
        return end

    def ends_unmeant(self, answer: Answer) -> bool:
        has_waited = self._has_waited(answer.at or self._call.received_at)  # else it costs a read for each remark
        if not (has_waited and self._reports.told_that_it_waits(answer)):
            return False
        if not self._refused_answers.ends_unmeant(answer, "unmeant"):
            return False
        self._note_decided(answer)
        return True

    def is_overdue(self, answer: Answer) -> bool:
        return self._has_waited(self._found_at(answer))

    def waits(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> None:
        if self.is_overdue(answer):
            self._reports.waits(answer, wait)

    def send(self, answer: Answer) -> End:
        """Send an answer, or bring it into a state that its author sees."""
        if self._held_answers.are_in(answer.chat):
            if not self._held_answers.is_held(answer):
                self._held_answers.hold(answer, None)
            return End.NOT_SENT
        if self._call.receipts > 1 and self._refused_answers.was_refused(answer):
            # An attempt that died had refused it for good and may have said so: whatever holds now, it is not sent by itself.
            self._refused_answers.refuse(answer, Refusal(Refused(Reason.DELIVERY_UNKNOWN), 0, 0))
            return End.NOT_SENT
        found_at = self._found_at(answer)
        try:
            refusal = self._sending.send(answer, found_at=found_at)
        except (RetryLater, OutcomeUnknown) as wait:
            if self._refused_answers.is_given_up(answer, wait, self._call, found_at=self._found_at(answer)):
                return End.GIVEN_UP
            self.waits(answer, wait)
            raise
        if refusal is None:
            if self._has_waited(answer.at or found_at) and self._reports.told_that_it_waits(answer):
                self._reports.tell(answer, Say.DELIVERED_AFTER_ALL, "delivered")
            return End.SENT
        return End.NOT_SENT if self._held_answers.hold_or_refuse(answer, refusal) else End.REFUSED

    def _note_decided(self, answer: Answer) -> None:
        self._effects.renew(decided_key(answer.ref.host, answer.ref.number), 1)

    def _is_found_too_late(self, answer: Answer, *, was_seen: bool) -> bool:
        """Whether nobody had seen it until now: its call may have been late, or have waited for Planfix all the time."""
        received_at = self._call.received_at
        if answer.at is None or max(self._clock(), received_at) - answer.at <= TOO_LATE:
            return False
        if received_at - answer.at > TOO_LATE:
            return True
        return not was_seen and not self._reports.told_that_it_waits(answer)

    def _found_at(self, answer: Answer) -> float:
        """When there was something to send, Unix seconds: a call may find answers that are younger than itself.

        A date that is still to come says nothing: such an answer would never be old enough for anybody to be told of it.
        """
        at = answer.at or 0.0
        return max(self._call.received_at, at if at <= self._clock() else 0.0)

    def _has_waited(self, found_at: float) -> bool:
        return self._clock() - found_at >= SAY_THAT_IT_WAITS_AFTER
