"""A task's comments as answers: which are new, which an employee wrote for the client, each in its turn, decided upon once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bridge.answer import Answer, AnswerRef
from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater, StillComing
from bridge.keys import comment_key, decided_key
from bridge.model import Seen, TaskState
from bridge.planfix.route import Comment
from bridge.queued import Look
from bridge.routes.port import Call, End, Journey
from bridge.routes.rest.comment_list import look_further, may_be_an_answer, read_new, seen_after
from bridge.routes.rest.long_list import PAGES_A_TIME, Reading, seen_after_stretch
from bridge.routes.rest.meant import WHO_AND_TO_WHOM, client_is_notified, is_by_employee
from bridge.routes.rest.notices import ASSIGNEES, is_notice, post_notice, tell_author
from bridge.routes.rest.quotations import note_quoted
from bridge.telegram.reading_html import from_html, pictures_in
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.parts import Parts
    from bridge.routes.rest.comment_list import Listed

DAY: Final = 86_400

NAG_EVERY: Final = 86_400_000
"""Milliseconds between two reminders in one task to tick the client."""

OWN_POST_PENDING: Final = 10.0
"""Seconds to wait while the bridge itself is posting into this task: its comment must not be taken for an answer."""

OWN_POST_ENDS_WITHIN: Final = 600.0
"""Seconds after which a posting that is still open waits for Planfix, or was given up: answers do not wait for it."""

CALLS_COME_WITHIN: Final = 600.0
"""Seconds within which the calls for several comments come; Planfix repeats a failed one after 15 minutes."""

MOST_CALLS_OWED: Final = 20
"""Calls that may come for nothing before one makes us look further down."""

GOES_ON_AFTER: Final = 1.0
"""Seconds until a long list is read on: others' messages go first."""

WHAT_IS_SENT: Final = frozenset({"description", "files"})
"""The fields of a comment that the client gets: all of them, or nothing."""


@dataclass(frozen=True, kw_only=True)
class RestAnswer(Answer):
    """An answer with the comment that it is, and what is known of its task."""

    comment: Comment
    state: TaskState


def answer_in(task: TaskState, comment: Comment) -> RestAnswer:
    """A comment of a task as an answer."""
    return RestAnswer(
        ref=AnswerRef(task.chat, task.host, comment.id),
        task=task.task_id,
        author=comment.owner,
        author_name=comment.owner_name,
        whole=from_html(comment.html),
        files=comment.files,
        pictures=pictures_in(comment.html),
        at=comment.at,
        is_unreadable=not WHAT_IS_SENT.isdisjoint(comment.unread),
        is_strange=bool(comment.unread),
        comment=comment,
        state=task,
    )


def read_answers(to: Parts, call: Call, journey: Journey) -> None:
    """Something is new in a task: let the journey decide about every answer that was not decided upon yet."""
    task = to.chats.task(call.host, call.task)
    if task is None:
        to.count("task_not_ours")
        return
    to.chats.drop_status(task.chat)
    try:
        journey.drain(task.chat)
    except (RetryLater, OutcomeUnknown) as wait:
        tell_that_new_ones_wait(to, task, wait, call, journey)
        raise
    try:
        read = _read(to, task, call, journey)
    except Refused as refused:
        if refused.reason is not Reason.TASK_GONE:
            raise
        to.count("task_gone")  # a deleted task has no answers; its chat goes on in another task
        return
    if read is None:
        return
    task, listed, found = read
    ends: dict[int, End] = {}
    try:
        _decide_all(to, task, listed.fresh, listed.newest, ends, journey)
    finally:
        seen = _calls_counted(seen_after(task.seen, listed, {*task.seen.decided, *ends}), _announced(ends), call)
        if seen != task.seen:
            to.chats.decide(task.host, task.task_id, seen)
    if listed.unreadable:
        _tell_of_unreadable(to, task, listed.unreadable)
    found = found or _are_of_people(ends)
    if _is_announced(call) and not found and not _calls_owed(task.seen, call):
        _look_further(to, task, listed, journey)


def _read(to: Parts, task: TaskState, call: Call, journey: Journey) -> tuple[TaskState, Listed, bool] | None:
    """What is new; where that is more than is read at once, all but the newest is decided upon on the way.

    Returns the task with what is kept by then, and whether people's comments were among those; None when another call follows.
    """
    found: bool | None = False
    if not task.seen.below:
        listed = read_new(to, task)
        if not listed.is_cut:
            return task, listed, False
    task, found = _decide_from_the_oldest(to, task, call, journey)
    if found is None:
        return None
    listed = read_new(to, task)
    if listed.is_cut:
        raise StillComing(GOES_ON_AFTER, "a list that grows")
    return task, listed, found


def _decide_from_the_oldest(to: Parts, task: TaskState, call: Call, journey: Journey) -> tuple[TaskState, bool | None]:
    """Decide upon a long list up to its newest comment, page by page; each page that is done with is done with for good.

    Raises:
        StillComing: this invocation has read enough, and the next goes on from here.
    """
    to.count("long_list")
    reading, found = Reading(to, task.task_id, task.seen), False
    try:
        stretch = reading.first()
    finally:
        if reading.below != task.seen.below:
            to.chats.decide(task.host, task.task_id, replace(task.seen, below=reading.below))
    for number in range(1, PAGES_A_TIME + 1):
        listed, ends = stretch.listed(task.seen), dict[int, End]()
        try:
            _decide_all(to, task, listed.fresh, listed.newest, ends, journey)
        finally:
            seen = seen_after_stretch(task.seen, stretch, {*task.seen.decided, *ends})
            owed = min(_calls_owed(seen, call) + _announced(ends), MOST_CALLS_OWED)
            task = replace(task, seen=replace(seen, calls_owed=owed, called_at=int(call.received_at)))
            to.chats.decide(task.host, task.task_id, task.seen)
        if listed.unreadable:
            _tell_of_unreadable(to, task, listed.unreadable)
        found = found or _are_of_people(ends)
        if len(ends) < len(listed.fresh):
            return task, None  # one was given up: whoever goes on with the others was called
        if stretch.page.is_last:
            break
        if number == PAGES_A_TIME:
            to.log.info("long list", extra={"task": task.task_id, "done_with": task.seen.below})
            raise StillComing(GOES_ON_AFTER, "a long list")
        stretch = reading.next(task.seen)
    task = replace(task, seen=replace(task.seen, below=0))
    to.chats.decide(task.host, task.task_id, task.seen)
    return task, found


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


def _look_further(to: Parts, task: TaskState, listed: Listed, journey: Journey) -> None:
    """A call for a comment that is not where new ones appear: Planfix may date it by when it was written."""
    further = look_further(to, task, listed)
    meant = [comment for comment in further.fresh if client_is_notified(to, task, comment)]
    to.count("looked_further")
    to.log.info(
        "looked further", extra={"task": task.task_id, "comments": further.length, "answers": [one.id for one in meant]}
    )
    _decide_all(to, task, meant, listed.newest, {}, journey)
    if not meant and not further.is_whole:
        said = to.texts.say(Say.COMMENT_NOT_FOUND, count=further.length)
        day = int(to.clock()) // DAY
        post_notice(to, task.task_id, said, ASSIGNEES, key=f"unfound#{task.host}#{task.task_id}#{day}")


def _tell_of_unreadable(to: Parts, task: TaskState, number: int) -> None:
    to.count("unreadable_comment")
    to.log.warning("comments without a number", extra={"task": task.task_id, "comments": number})
    said = to.texts.say(Say.COMMENT_UNREADABLE)
    post_notice(to, task.task_id, said, ASSIGNEES, key=f"unreadable#{task.host}#{task.task_id}")


def _decide_all(
    to: Parts,
    task: TaskState,
    fresh: Sequence[Comment],
    newest: Sequence[Comment],
    ends: dict[int, End],
    journey: Journey,
) -> None:
    """Decide upon each fresh comment in its turn, as far as that is possible now; ``ends`` is filled by number."""
    in_turn = sorted(fresh, key=lambda one: one.id)
    for number, comment in enumerate(in_turn):
        try:
            ends[comment.id] = _decide(to, task, comment, newest, journey)
        except (RetryLater, OutcomeUnknown) as wait:
            _say_that_these_wait(to, task, in_turn[number + 1 :], wait, journey)
            raise
        others_follow = number + 1 < len(in_turn)
        if ends[comment.id] is End.GIVEN_UP and others_follow:  # they are not as old, and have a budget of their own
            to.tell(Look(to.alias, task.host, task.task_id), task.chat.group)
            return


def tell_that_new_ones_wait(
    to: Parts, task: TaskState, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
) -> None:
    """Answers that were written behind held ones which must wait: nobody else looks at them."""
    if to.clock() - call.received_at < journey.patience:
        return
    try:
        fresh = read_new(to, task).fresh
    except Refused as refused:
        to.log.info("not told that answers wait", extra={"task": task.task_id, "reason": refused.reason.value})
        return
    _say_that_these_wait(to, task, fresh, wait, journey)


def _say_that_these_wait(
    to: Parts,
    task: TaskState,
    comments: Sequence[Comment],
    wait: RetryLater | OutcomeUnknown,
    journey: Journey,
) -> None:
    """Answers that wait behind what must wait: each has its notice after five minutes too."""
    for comment in comments:
        if (
            journey.is_overdue(answer := answer_in(task, comment))
            and is_by_employee(comment)
            and to.effects.outcome(comment_key(task.host, comment.id)) is None
            and answer.command is None
            and answer.mistyped is None
            and client_is_notified(to, task, comment)
        ):
            journey.waits(answer, wait)


def _decide(to: Parts, task: TaskState, comment: Comment, read: Sequence[Comment], journey: Journey) -> End:
    """One new comment: an answer to the client, a command to the bridge, or neither; ``read``: with which others."""
    if comment.unread:
        _note_unread(to, task, comment)
    if not is_by_employee(comment):
        return End.OTHERS
    own = _own(to, task, comment)
    if own is not None:
        return End.NOTICE if "notice" in own else End.INSIDE
    if comment.at is not None and to.clock() - comment.at > to.settings.ledger_kept_for * DAY - DAY:
        to.count("too_old_to_know")  # the ledger has forgotten whether it is the bridge's own
        return End.INSIDE
    answer = answer_in(task, comment)
    if answer.command is not None or answer.mistyped is not None:
        journey.obey(answer)
    elif not client_is_notified(to, task, comment):
        if journey.ends_unmeant(answer):
            return End.NOT_SENT
        _remind_to_tick(to, answer)
        if may_be_an_answer(comment):  # its contact may be the client's one day
            to.effects.renew(decided_key(task.host, comment.id), 1)
    else:
        note_quoted(to, task, comment, read)
        seen = task.seen  # as it was before this read: what waits for Telegram was found by an earlier one
        was_seen = bool(seen.waits_at) and comment.dated is not None and comment.dated >= seen.waits_at
        return journey.decide(answer, was_seen=was_seen)
    return End.INSIDE


def _note_unread(to: Parts, task: TaskState, comment: Comment) -> None:
    """A comment with a field that nobody can read: where that may have made it an answer, somebody has to be told."""
    to.count("unreadable_comment")
    to.log.warning(
        "comment not readable", extra={"task": task.task_id, "comment": comment.id, "fields": list(comment.unread)}
    )
    if comment.is_deleted or not WHO_AND_TO_WHOM.intersection(comment.unread) or comment.owner.startswith("contact:"):
        return
    if to.effects.outcome(comment_key(task.host, comment.id)) is None:
        said = to.texts.say(Say.COMMENT_UNREADABLE)
        post_notice(to, task.task_id, said, ASSIGNEES, key=f"unreadable#{task.host}#{comment.id}")


def _own(to: Parts, task: TaskState, comment: Comment) -> Mapping[str, Any] | None:
    """What the bridge knows of a comment that it wrote itself; None of all others.

    Its number is in the ledger, or will be as soon as its posting is over.

    Only what the owner wrote on the phone can be taken for an answer (it notifies the client), so only that is marked as
    being posted. A mark whose effect is not open any more was left behind by a posting that failed for good.
    """
    current = to.chats.task(task.host, task.task_id)
    posting = to.effects.still_open(current.posting) if current and current.posting else None
    own: Mapping[str, Any] | None = to.effects.outcome(
        comment_key(task.host, comment.id)
    )  # after the mark: here it ends
    if own is not None or posting is None:
        return own
    if to.clock() - posting.since < OWN_POST_ENDS_WITHIN:
        raise RetryLater(OWN_POST_PENDING, Reason.BUSY, "the bridge is posting into this task")
    is_that = to.digest(from_html(comment.html).text) in posting.marks  # never completed, and its words are here
    return {} if is_that else None


def _remind_to_tick(to: Parts, answer: RestAnswer) -> None:
    """An unanswered client and an employee who may believe to have answered: said once a day in a task."""
    task, comment = answer.state, answer.comment
    if not to.chats.state(task.chat).awaits_answer:
        return
    now, current = int(to.clock() * 1000), to.chats.task(task.host, task.task_id)
    if current and now - current.nagged_at < NAG_EVERY:
        return
    if is_notice(to, task.task_id, comment):
        return  # a notice of the other journey, which is just being written
    tell_author(to, answer, to.texts.say(Say.NOT_NOTIFIED, answer=answer.excerpt), "tick", now_in=comment.task_id)
    to.chats.nagged(task.host, task.task_id, now)
