"""Answers that do not go out by themselves: their authors read why.

``/send`` sends what may go out later after all; what nobody can be told of lies with the dead letters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.reports import REFUSED, Refusal
from bridge.keys import buried_key
from bridge.queued import GivenUp

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.flows.long_answers import LongAnswers
    from bridge.flows.reports import Reports
    from bridge.flows.waiting_list import WaitingList
    from bridge.journal import Journal
    from bridge.queued import Queued
    from bridge.routes.port import Call, Route
    from bridge.texts import Say

SENT_IF_WANTED: Final = frozenset({Reason.DELIVERY_UNKNOWN, Reason.MANY_MESSAGES})
"""Refusals that an employee is asked about: ``/send`` is the answer."""


class DeadAnswers:
    """Answers among the dead letters.

    Args:
        alias: the integration.
        bury: puts a message with the dead letters: body, reason.
        effects: the ledger.
        journal: log and counts.
    """

    def __init__(self, alias: str, bury: Callable[[Queued, str], None], effects: Effects, journal: Journal) -> None:
        self._alias = alias
        self._bury = bury
        self._effects = effects
        self._journal = journal

    def put(self, answer: Answer, reason: Reason, about: str, *, found_at: float, first_at: float = 0) -> None:
        """Put an answer there, once for each ``about``; ``found_at``, ``first_at``: when we were told of it (Unix seconds)."""
        ref = answer.ref
        letter = GivenUp(
            self._alias, ref.host, answer.task, ref.number, found_at, first_at or found_at, group=answer.chat.group
        )

        def put() -> int:
            self._bury(letter, reason.value)
            self._journal.count("given_up")
            return 1

        self._effects.once(buried_key(ref.host, ref.number, about), put)


class RefusedAnswers:
    """Ends answers that were not sent.

    Args:
        route: the way to Planfix.
        waiting_list: where ``/send`` finds them.
        long_answers: those of very many messages.
        dead_answers: where they lie when no notice can say what became of them, or their budget is spent.
        reports: writes to their authors.
        give_up_after: seconds after which what cannot be sent is given up; waits that we were told to make are not counted.
        clock: Unix seconds.
        journal: log and counts.
    """

    def __init__(
        self,
        route: Route,
        waiting_list: WaitingList,
        long_answers: LongAnswers,
        dead_answers: DeadAnswers,
        reports: Reports,
        give_up_after: int,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._route = route
        self._waiting_list = waiting_list
        self._long_answers = long_answers
        self._dead_answers = dead_answers
        self._reports = reports
        self._give_up_after = give_up_after
        self._clock = clock
        self._journal = journal

    def refuse(self, answer: Answer, refusal: Refusal, about: str = REFUSED) -> bool:
        """An answer does not go out by itself: say why; where it may go out later after all, keep it for ``/send``, and return True."""
        reason = refusal.error.reason
        if reason is Reason.MANY_MESSAGES:
            self._long_answers.note_asked(answer.ref)
        is_aside = isinstance(refusal.error, Misconfigured) or reason in SENT_IF_WANTED
        if is_aside:
            self._waiting_list.put_aside(answer)
        is_told = self._reports.refused(answer, refusal, about)
        if not is_told:
            self._dead_answers.put(answer, reason, about, found_at=self._clock())
        if is_aside or not is_told:
            return True
        self._route.ended(answer)
        return False

    def was_refused(self, answer: Answer) -> bool:
        """Whether it was refused for good, and its author may have been told so."""
        return self._reports.was_begun(answer.ref, REFUSED)

    def put_aside(self, answer: Answer, why: Say, about: str) -> None:
        """It goes out by ``/send`` only; its author reads why."""
        self._waiting_list.put_aside(answer)
        self._reports.tell(answer, why, about)

    def ends_unmeant(self, answer: Answer, about: str) -> bool:
        """Whether an answer from before is none for the client now: its author changed it meanwhile. Then that is its end.

        One that is hidden now is as one that is deleted: nobody waits for it, and its words are for nobody else to read.
        """
        if self._route.is_hidden(answer):
            self._journal.count("held_answer_gone")
            return True
        reason = self._route.why_unmeant(answer)
        if reason is None:
            return False
        self.refuse(answer, Refusal(Refused(reason), 0, 0), about)
        return True

    def is_given_up(self, answer: Answer, wait: RetryLater | OutcomeUnknown, call: Call, *, found_at: float) -> bool:
        """Whether an answer that must wait is beyond its budget: then its author is told, and the chat goes on."""
        if self._clock() - found_at - call.told_to_wait < self._give_up_after:
            return False
        about = str(call.received_at)
        self._dead_answers.put(answer, wait.reason, about, found_at=found_at, first_at=call.first_received_at)
        self._waiting_list.put_aside(answer)
        self._reports.gave_up(answer, wait)
        return True
