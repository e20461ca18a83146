"""A task's comments as answers: which are new, and each of them in its turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater, StillComing
from bridge.routes.port import Call, End, Journey
from bridge.routes.rest.comment_list import look_further, read_new, seen_after
from bridge.routes.rest.long_list import PAGES_A_TIME, Reading, seen_after_stretch
from bridge.routes.rest.rest_answer import WHO_AND_TO_WHOM, answer_in, is_by_employee

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Chat, Seen, TaskState
    from bridge.planfix.route import Planfix
    from bridge.routes.rest.comment_list import Listed
    from bridge.routes.rest.contacts import Contacts
    from bridge.routes.rest.decisions import Decisions
    from bridge.routes.rest.notices import Hints
    from bridge.routes.rest.rest_answer import RestAnswer

CALLS_COME_WITHIN: Final = 600.0
"""Seconds within which the calls for several comments come; Planfix repeats a failed one after 15 minutes."""

MOST_CALLS_OWED: Final = 20
"""Calls that may come for nothing before one makes us look further down."""

GOES_ON_AFTER: Final = 1.0
"""Seconds until a long list is read on: others' messages go first."""


class Answers:
    """Reads what employees write."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        contacts: Contacts,
        decisions: Decisions,
        hints: Hints,
        *,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._contacts = contacts
        self._decisions = decisions
        self._hints = hints
        self._clock = clock
        self._journal = journal

    def one(self, host: str, task: int, number: int) -> RestAnswer | None:
        """One answer as it stands now; None when it is gone, or its task is none of ours."""
        known, comment = self._chats.task(host, task), self._planfix.comment(number)
        return answer_in(known, comment) if known and comment else None

    def why_unmeant(self, answer: RestAnswer) -> Reason | None:
        """Why an answer from before is none for the client now; None when it still is one."""
        if not WHO_AND_TO_WHOM.isdisjoint(answer.comment.unread):
            return Reason.COMMENT_UNREADABLE
        is_meant = is_by_employee(answer.comment) and self._contacts.client_is_notified(answer.state, answer.comment)
        return None if is_meant else Reason.CLIENT_NOT_NOTIFIED

    def read(self, call: Call, journey: Journey) -> None:
        """Something is new in a task: let the journey decide about every answer that was not decided upon yet."""
        task = self._chats.task(call.host, call.task)
        if task is None:
            self._journal.count("task_not_ours")
            return
        self._chats.drop_status(task.chat)
        try:
            journey.drain(task.chat)
        except (RetryLater, OutcomeUnknown) as wait:
            self._tell_that_these_wait(task, wait, call, journey)
            raise
        try:
            read = self._read(task, call, journey)
        except Refused as refused:
            if refused.reason is not Reason.TASK_GONE:
                raise
            self._journal.count("task_gone")  # a deleted task has no answers; its chat goes on in another task
            return
        if read is None:
            return
        task, listed, found = read
        ends: dict[int, End] = {}
        try:
            self._decisions.decide_all(task, listed.fresh, listed.newest, ends, journey)
        finally:
            seen = _calls_counted(seen_after(task.seen, listed, {*task.seen.decided, *ends}), _announced(ends), call)
            if seen != task.seen:
                self._chats.decide(task.host, task.task_id, seen)
        if listed.unreadable:
            self._hints.without_number(task, listed.unreadable)
        found = found or _are_of_people(ends)
        if _is_announced(call) and not found and not _calls_owed(task.seen, call):
            self._look_further(task, listed, journey)

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        """What was answered behind held ones that must wait: nobody else looks at it."""
        state = self._chats.state(chat)
        task = self._chats.task(self._planfix.host, state.task_id) if state.task_id else None
        if task is not None:
            self._tell_that_these_wait(task, wait, call, journey)

    def _tell_that_these_wait(
        self, task: TaskState, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        """The same of a task's new answers."""
        if self._clock() - call.received_at < journey.patience:
            return
        try:
            fresh = read_new(self._planfix, task).fresh
        except Refused as refused:
            self._journal.info(
                "not told that answers wait", extra={"task": task.task_id, "reason": refused.reason.value}
            )
            return
        self._decisions.say_that_these_wait(task, fresh, wait, journey)

    def _read(self, task: TaskState, call: Call, journey: Journey) -> tuple[TaskState, Listed, bool] | None:
        """What is new; where that is more than is read at once, all but the newest is decided upon on the way.

        Returns the task with what is kept by then, and whether people's comments were among those; None when another call follows.
        """
        found: bool | None = False
        if not task.seen.below:
            listed = read_new(self._planfix, task)
            if not listed.is_cut:
                return task, listed, False
        task, found = self._decide_from_the_oldest(task, call, journey)
        if found is None:
            return None
        listed = read_new(self._planfix, task)
        if listed.is_cut:
            raise StillComing(GOES_ON_AFTER, "a list that grows")
        return task, listed, found

    def _decide_from_the_oldest(self, task: TaskState, call: Call, journey: Journey) -> tuple[TaskState, bool | None]:
        """Decide upon a long list up to its newest comment, page by page; each page that is done with is done with for good.

        Raises:
            StillComing: this invocation has read enough, and the next goes on from here.
        """
        self._journal.count("long_list")
        reading, found = Reading(self._planfix, task.task_id, task.seen), False
        try:
            stretch = reading.first()
        finally:
            if reading.below != task.seen.below:
                self._chats.decide(task.host, task.task_id, replace(task.seen, below=reading.below))
        for number in range(1, PAGES_A_TIME + 1):
            listed, ends = stretch.listed(task.seen), dict[int, End]()
            try:
                self._decisions.decide_all(task, listed.fresh, listed.newest, ends, journey)
            finally:
                seen = seen_after_stretch(task.seen, stretch, {*task.seen.decided, *ends})
                owed = min(_calls_owed(seen, call) + _announced(ends), MOST_CALLS_OWED)
                task = replace(task, seen=replace(seen, calls_owed=owed, called_at=int(call.received_at)))
                self._chats.decide(task.host, task.task_id, task.seen)
            if listed.unreadable:
                self._hints.without_number(task, listed.unreadable)
            found = found or _are_of_people(ends)
            if len(ends) < len(listed.fresh):
                return task, None  # one was given up: whoever goes on with the others was called
            if stretch.page.is_last:
                break
            if number == PAGES_A_TIME:
                self._journal.info("long list", extra={"task": task.task_id, "done_with": task.seen.below})
                raise StillComing(GOES_ON_AFTER, "a long list")
            stretch = reading.next(task.seen)
        task = replace(task, seen=replace(task.seen, below=0))
        self._chats.decide(task.host, task.task_id, task.seen)
        return task, found

    def _look_further(self, task: TaskState, listed: Listed, journey: Journey) -> None:
        """A call for a comment that is not where new ones appear: Planfix may date it by when it was written."""
        further = look_further(self._planfix, self._effects, task, listed)
        meant = [comment for comment in further.fresh if self._contacts.client_is_notified(task, comment)]
        self._journal.count("looked_further")
        self._journal.info(
            "looked further",
            extra={"task": task.task_id, "comments": further.length, "answers": [one.id for one in meant]},
        )
        self._decisions.decide_all(task, meant, listed.newest, {}, journey)
        if not meant and not further.is_whole:
            self._hints.not_found(task, further.length)


def _is_announced(call: Call) -> bool:
    """Whether a scenario says that there is a new comment, which a status' change or the bridge itself does not."""
    return call.event == "comment"


def _announced(ends: Mapping[int, End]) -> int:
    """How many of them have a call of their own."""
    return sum(end not in (End.NOTICE, End.OTHERS) for end in ends.values())


def _are_of_people(ends: Mapping[int, End]) -> bool:
    """Whether a call may have been for one of them: a scenario may tell of the client's comments too."""
    return any(end is not End.NOTICE for end in ends.values())


def _calls_owed(seen: Seen, call: Call) -> int:
    """How many calls may still come for what was found already; one that is late was probably lost."""
    return seen.calls_owed if call.received_at - seen.called_at < CALLS_COME_WITHIN else 0


def _calls_counted(seen: Seen, announced: int, call: Call) -> Seen:
    """Each comment of an employee has its call; one call finds what several announce, and the others come for nothing."""
    owed = min(max(_calls_owed(seen, call) + announced - _is_announced(call), 0), MOST_CALLS_OWED)
    return replace(seen, calls_owed=owed, called_at=int(call.received_at) if announced and owed else seen.called_at)
