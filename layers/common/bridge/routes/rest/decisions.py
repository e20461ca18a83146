"""What a comment is, and what becomes of it: an answer to the client, a command to the bridge, or neither; each decided upon once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bridge.errors import OutcomeUnknown, RetryLater
from bridge.keys import decided_key
from bridge.routes.port import End
from bridge.routes.rest.rest_answer import answer_in, is_by_employee, may_be_an_answer

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Chat, TaskState
    from bridge.planfix.route import Comment
    from bridge.routes.port import Journey
    from bridge.routes.rest.contacts import Contacts
    from bridge.routes.rest.notices import Hints
    from bridge.routes.rest.own_comments import OwnComments
    from bridge.routes.rest.quotations import Quotations
    from bridge.routes.rest.rest_answer import RestAnswer


class Decisions:
    """Decides about comments.

    Args:
        look_at: asks for a look at a task, by its number and chat.
    """

    def __init__(
        self,
        effects: Effects,
        own: OwnComments,
        contacts: Contacts,
        quotations: Quotations,
        hints: Hints,
        *,
        look_at: Callable[[int, Chat], None],
        journal: Journal,
    ) -> None:
        self._effects = effects
        self._own = own
        self._contacts = contacts
        self._quotations = quotations
        self._hints = hints
        self._look_at = look_at
        self._journal = journal

    def decide_all(
        self,
        task: TaskState,
        fresh: Sequence[Comment],
        newest: Sequence[Comment],
        ends: dict[int, End],
        journey: Journey,
    ) -> None:
        """Decide upon each fresh comment in its turn, as far as that is possible now.

        Args:
            task: whose they are.
            fresh: what is to be decided upon.
            newest: all that was read with them.
            ends: is filled, by the comments' numbers.
            journey: what becomes of answers.
        """
        in_turn = sorted(fresh, key=lambda one: one.id)
        for number, comment in enumerate(in_turn):
            try:
                ends[comment.id] = self._decide(task, comment, newest, journey)
            except (RetryLater, OutcomeUnknown) as wait:
                self.say_that_these_wait(task, in_turn[number + 1 :], wait, journey)
                raise
            others_follow = number + 1 < len(in_turn)
            if (
                ends[comment.id] is End.GIVEN_UP and others_follow
            ):  # they are not as old, and have a budget of their own
                self._look_at(task.task_id, task.chat)
                return

    def say_that_these_wait(
        self, task: TaskState, comments: Sequence[Comment], wait: RetryLater | OutcomeUnknown, journey: Journey
    ) -> None:
        """Answers that wait behind what must wait: each has its notice after five minutes too."""
        for comment in comments:
            if (
                journey.is_overdue(answer := answer_in(task, comment))
                and is_by_employee(comment)
                and self._own.made(task.host, comment.id) is None
                and answer.command is None
                and answer.mistyped is None
                and self._contacts.client_is_notified(task, comment)
            ):
                journey.waits(answer, wait)

    def _decide(self, task: TaskState, comment: Comment, read: Sequence[Comment], journey: Journey) -> End:
        """One new comment; ``read``: with which others."""
        if comment.unread:
            self._hints.unreadable(task, comment)
        if not is_by_employee(comment):
            return End.OTHERS
        own = self._own.known(task, comment)
        if own is not None:
            return End.NOTICE if own.notice else End.INSIDE
        if self._own.is_forgotten(comment):
            self._journal.count("too_old_to_know")
            return End.INSIDE
        answer = answer_in(task, comment)
        if answer.command is not None or answer.mistyped is not None:
            journey.obey(answer)
            return End.INSIDE
        if not self._contacts.client_is_notified(task, comment):
            return self._leave_inside(answer, journey)
        self._quotations.note(answer, read)
        seen = task.seen  # as it was before this read: what waits for Telegram was found by an earlier one
        was_seen = bool(seen.waits_at) and comment.dated is not None and comment.dated >= seen.waits_at
        return journey.decide(answer, was_seen=was_seen)

    def _leave_inside(self, answer: RestAnswer, journey: Journey) -> End:
        """It is for no client."""
        if journey.ends_unmeant(answer):
            return End.NOT_SENT
        self._hints.tick_the_client(answer)
        if may_be_an_answer(answer.comment):  # its contact may be the client's one day
            self._effects.renew(decided_key(answer.ref.host, answer.ref.number), 1)
        return End.INSIDE
