"""Planfix to client: what is new in the task, what of it is meant for the client, and sending that, in order, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater, StillComing
from bridge.flows.commands import command_in, mistyped, obey, tell_of_mistyping
from bridge.flows.held_answers import bury, cancel, drain, ends_unmeant, hold, is_held, put_aside, refuse
from bridge.flows.send_answer import Refusal, reason_words, refusal_key, send_answer
from bridge.keys import comment_key, decided_key
from bridge.model import Chat
from bridge.routes.rest.comment_list import look_further, may_be_an_answer, read_new, seen_after
from bridge.routes.rest.long_list import PAGES_A_TIME, Reading, seen_after_stretch
from bridge.routes.rest.meant import WHO_AND_TO_WHOM, client_is_notified, is_by_employee
from bridge.routes.rest.notices import ASSIGNEES, excerpt, is_notice, post_notice, tell_author
from bridge.routes.rest.quotations import note_quoted
from bridge.telegram.reading_html import from_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Seen, TaskState
    from bridge.planfix.route import Comment
    from bridge.routes.rest.comment_list import Listed

DAY: Final = 86_400

TOO_LATE: Final = DAY
"""Seconds: an answer found later than this is not sent by surprise (design section 4)."""

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

SAY_THAT_IT_WAITS_AFTER: Final = 300.0
"""Seconds after which an answer that is not delivered yet gets a notice."""


LOOKED_OFTEN_UNTIL: Final = 12
ONE_LOOK_IN: Final = 2
"""While Telegram takes nothing, an answer that was received twelve times (for an hour, flows/batch.py) asks every other time
whether there are later ones whose authors are to be told: each such look is a request to Planfix."""


def carry_answers(to: Integration, body: Mapping[str, Any]) -> None:
    """Something is new in a task: ``{"host", "task", "received_at"}``. Send every answer not decided upon yet."""
    task = to.chats.task(body["host"], body["task"])
    if task is None:
        to.count("task_not_ours")
        return
    to.chats.drop_status(task.chat)
    if body.get("receipts", 1) > LOOKED_OFTEN_UNTIL and body["receipts"] % ONE_LOOK_IN:
        to.bot.check_open()
    try:
        if to.chats.state(task.chat).holds:
            drain(to, task.chat, found_at=body["received_at"])
    except (RetryLater, OutcomeUnknown) as wait:
        _say_that_new_ones_wait(to, task, wait, body)
        raise
    try:
        read = _read(to, task, body)
    except Refused as refused:
        if refused.reason is not Reason.TASK_GONE:
            raise
        to.count("task_gone")  # a deleted task has no answers; its chat goes on in another task
        return
    if read is None:
        return
    task, listed, found = read
    ends: dict[int, _End] = {}
    try:
        _decide_all(to, task, listed.fresh, listed.newest, body, ends)
    finally:
        seen = _calls_counted(seen_after(task.seen, listed, {*task.seen.decided, *ends}), _announced(ends), body)
        if seen != task.seen:
            to.chats.decide(task.host, task.task_id, seen)
    if listed.unreadable:
        _tell_of_unreadable(to, task, listed.unreadable)
    found = found or _are_of_people(ends)
    if _is_announced(body) and not found and not _calls_owed(task.seen, body):
        _look_further(to, task, listed, body)


def _read(to: Integration, task: TaskState, body: Mapping[str, Any]) -> tuple[TaskState, Listed, bool] | None:
    """What is new; where that is more than is read at once, all but the newest is decided upon on the way.

    Returns the task with what is kept by then, and whether people's comments were among those; None when another call follows.
    """
    found: bool | None = False
    if not task.seen.below:
        listed = read_new(to, task)
        if not listed.is_cut:
            return task, listed, False
    task, found = _decide_from_the_oldest(to, task, body)
    if found is None:
        return None
    listed = read_new(to, task)
    if listed.is_cut:
        raise StillComing(GOES_ON_AFTER, "a list that grows")
    return task, listed, found


def _decide_from_the_oldest(to: Integration, task: TaskState, body: Mapping[str, Any]) -> tuple[TaskState, bool | None]:
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
        listed, ends = stretch.listed(task.seen), dict[int, _End]()
        try:
            _decide_all(to, task, listed.fresh, listed.newest, body, ends)
        finally:
            seen = seen_after_stretch(task.seen, stretch, {*task.seen.decided, *ends})
            owed = min(_calls_owed(seen, body) + _announced(ends), MOST_CALLS_OWED)
            task = replace(task, seen=replace(seen, calls_owed=owed, called_at=int(body["received_at"])))
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


def _is_announced(body: Mapping[str, Any]) -> bool:
    """Whether a scenario says that there is a new comment, which a status' change or the bridge itself does not."""
    return body.get("event") == "comment"


def _announced(ends: Mapping[int, _End]) -> int:
    """How many of them have a call of their own."""
    return sum(end not in (_End.NOTICE, _End.OTHERS) for end in ends.values())


def _are_of_people(ends: Mapping[int, _End]) -> bool:
    """Whether a call may have been for one of them: a scenario may tell of the client's comments too."""
    return any(end is not _End.NOTICE for end in ends.values())


def _calls_owed(seen: Seen, body: Mapping[str, Any]) -> int:
    """How many calls may still come for what was found already; one that is late was probably lost."""
    return seen.calls_owed if body["received_at"] - seen.called_at < CALLS_COME_WITHIN else 0


def _calls_counted(seen: Seen, announced: int, body: Mapping[str, Any]) -> Seen:
    """Each comment of an employee has its call; one call finds what several announce, and the others come for nothing."""
    owed = min(max(_calls_owed(seen, body) + announced - _is_announced(body), 0), MOST_CALLS_OWED)
    return replace(seen, calls_owed=owed, called_at=int(body["received_at"]) if announced and owed else seen.called_at)


def _look_further(to: Integration, task: TaskState, listed: Listed, body: Mapping[str, Any]) -> None:
    """A call for a comment that is not where new ones appear: Planfix may date it by when it was written."""
    further = look_further(to, task, listed)
    meant = [comment for comment in further.fresh if client_is_notified(to, task, comment)]
    to.count("looked_further")
    to.log.info(
        "looked further", extra={"task": task.task_id, "comments": further.length, "answers": [one.id for one in meant]}
    )
    _decide_all(to, task, meant, listed.newest, body, {})
    if not meant and not further.is_whole:
        said = to.texts.say(Say.COMMENT_NOT_FOUND, count=further.length)
        day = int(to.clock()) // DAY
        post_notice(to, task.task_id, said, ASSIGNEES, key=f"unfound#{task.host}#{task.task_id}#{day}")


def _tell_of_unreadable(to: Integration, task: TaskState, number: int) -> None:
    to.count("unreadable_comment")
    to.log.warning("comments without a number", extra={"task": task.task_id, "comments": number})
    said = to.texts.say(Say.COMMENT_UNREADABLE)
    post_notice(to, task.task_id, said, ASSIGNEES, key=f"unreadable#{task.host}#{task.task_id}")


def _decide_all(
    to: Integration,
    task: TaskState,
    fresh: Sequence[Comment],
    newest: Sequence[Comment],
    body: Mapping[str, Any],
    ends: dict[int, _End],
) -> None:
    """Decide upon each fresh comment in its turn, as far as that is possible now; ``ends`` is filled by number."""
    in_turn = sorted(fresh, key=lambda one: one.id)
    for number, comment in enumerate(in_turn):
        try:
            ends[comment.id] = _decide(to, task, comment, newest, body)
        except (RetryLater, OutcomeUnknown) as wait:
            _say_that_these_wait(to, task, in_turn[number + 1 :], wait, body)
            raise
        others_follow = number + 1 < len(in_turn)
        if ends[comment.id] is _End.GIVEN_UP and others_follow:  # they are not as old, and have a budget of their own
            to.tell({"kind": "task", "integration": to.alias, "host": task.host, "task": task.task_id}, task.chat.group)
            return


def _say_that_new_ones_wait(
    to: Integration, task: TaskState, wait: RetryLater | OutcomeUnknown, body: Mapping[str, Any]
) -> None:
    """Answers that were written behind held ones which must wait: nobody else looks at them."""
    if not _waited(to, body["received_at"]):
        return
    try:
        fresh = read_new(to, task).fresh
    except Refused as refused:
        to.log.info("not told that answers wait", extra={"task": task.task_id, "reason": refused.reason.value})
        return
    _say_that_these_wait(to, task, fresh, wait, body)


def _say_that_these_wait(
    to: Integration,
    task: TaskState,
    comments: Sequence[Comment],
    wait: RetryLater | OutcomeUnknown,
    body: Mapping[str, Any],
) -> None:
    """Answers that wait behind what must wait: each has its notice after five minutes too."""
    for comment in comments:
        if (
            _waited(to, _found_at(to, comment, body))
            and is_by_employee(comment)
            and to.effects.outcome(comment_key(task.host, comment.id)) is None
            and command_in(comment) is None
            and mistyped(comment) is None
            and client_is_notified(to, task, comment)
        ):
            _say_that_it_waits(to, task, comment, wait, body)


def carry_one_answer(to: Integration, body: Mapping[str, Any]) -> None:
    """An answer that was given up, redriven: ``{"host", "task", "comment", "received_at"}``. What went out stays so."""
    task, comment = to.chats.task(body["host"], body["task"]), to.planfix.comment(body["comment"])
    if task is None or comment is None:
        to.count("redriven_answer_gone")
        return
    if not ends_unmeant(to, task, comment, "redriven"):
        _send(to, task, comment, body)


def carry_held(to: Integration, body: Mapping[str, Any]) -> None:
    """Held answers may go out now, or have waited too long: ``{"channel", "client"}``."""
    chat = Chat(to.alias, body["channel"], body["client"])
    state = to.chats.state(chat)
    if not state.holds:
        return
    try:
        drain(to, chat, found_at=body["received_at"])
    except (RetryLater, OutcomeUnknown) as wait:
        task = to.chats.task(to.planfix.host, state.task_id) if state.task_id else None
        if task is not None:
            _say_that_new_ones_wait(to, task, wait, body)
        raise


def carry_owner_wrote(to: Integration, body: Mapping[str, Any]) -> None:
    """The owner wrote to the client from the phone: what is held for that client is held no longer."""
    chat = Chat(to.alias, body["channel"], body["client"])
    if to.chats.state(chat).holds:
        cancel(to, chat, owner_wrote_at=body.get("at", body["received_at"]))


class _End(Enum):
    """What was decided about a comment."""

    NOTICE = auto()
    OTHERS = auto()  # the client's, or one that is hidden
    INSIDE = auto()  # a remark, a command, or what the owner wrote on the phone
    SENT = auto()
    NOT_SENT = auto()
    GIVEN_UP = auto()  # an answer beyond its budget


def _decide(
    to: Integration, task: TaskState, comment: Comment, read: Sequence[Comment], body: Mapping[str, Any]
) -> _End:
    """One new comment: an answer to the client, a command to the bridge, or neither; ``read``: with which others."""
    if comment.unread:
        _note_unread(to, task, comment)
    if not is_by_employee(comment):
        return _End.OTHERS
    own = _own(to, task, comment)
    if own is not None:
        return _End.NOTICE if "notice" in own else _End.INSIDE
    if comment.at is not None and to.clock() - comment.at > to.settings.ledger_kept_for * DAY - DAY:
        to.count("too_old_to_know")  # the ledger has forgotten whether it is the bridge's own
        return _End.INSIDE
    command = command_in(comment)
    meant = mistyped(comment)
    if command is not None:
        obey(to, task, comment, command)
    elif meant is not None:
        tell_of_mistyping(to, task, comment, meant)
    elif not client_is_notified(to, task, comment):
        _remind_to_tick(to, task, comment)
        if may_be_an_answer(comment):  # its contact may be the client's one day
            to.effects.renew(decided_key(task.host, comment.id), 1)
    else:
        note_quoted(to, task, comment, read)
        return _decide_answer(to, task, comment, body)
    return _End.INSIDE


def _decide_answer(to: Integration, task: TaskState, comment: Comment, body: Mapping[str, Any]) -> _End:
    """Send it, if it is not found so late that it would surprise."""
    if not _is_found_too_late(to, task, comment, body):
        end = _send(to, task, comment, body)
    else:
        put_aside(to, task, comment)
        tell_author(to, task, comment, to.texts.say(Say.FOUND_TOO_LATE, answer=excerpt(comment)), "late")
        end = _End.NOT_SENT
    if end is not _End.SENT:
        to.effects.renew(decided_key(task.host, comment.id), 1)
    return end


def _is_found_too_late(to: Integration, task: TaskState, comment: Comment, body: Mapping[str, Any]) -> bool:
    """Whether nobody had seen it until now: its call may have been late, or have waited for Planfix all the time."""
    if comment.at is None or max(to.clock(), body["received_at"]) - comment.at <= TOO_LATE:
        return False
    if body["received_at"] - comment.at > TOO_LATE:
        return True
    seen = task.seen  # as it was before this read: what waits for Telegram was found by an earlier one
    has_waited = seen.waits_at and comment.dated is not None and comment.dated >= seen.waits_at
    return not has_waited and not to.effects.was_begun(_waiting_key(task, comment))


def _note_unread(to: Integration, task: TaskState, comment: Comment) -> None:
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


def _found_at(to: Integration, comment: Comment, body: Mapping[str, Any]) -> float:
    """When there was something to send, Unix seconds: a call may find comments that are younger than itself.

    A date that is still to come says nothing: such a comment would never be old enough for anybody to be told of it.
    """
    at = comment.at or 0.0
    return max(float(body["received_at"]), at if at <= to.clock() else 0.0)


def _send(to: Integration, task: TaskState, comment: Comment, body: Mapping[str, Any]) -> _End:
    """Send an answer, or bring it into a state that its author sees."""
    if to.chats.state(task.chat).holds:
        if not is_held(to, task, comment):
            hold(to, task, comment, None)
        return _End.NOT_SENT
    if body.get("receipts", 1) > 1 and to.effects.was_begun(refusal_key(task, comment)):
        # An attempt that died had refused it for good and may have said so: whatever holds now, it is not sent by itself.
        refuse(to, task, comment, Refusal(Refused(Reason.DELIVERY_UNKNOWN), 0, 0))
        return _End.NOT_SENT
    found_at = _found_at(to, comment, body)
    try:
        refusal = send_answer(to, task, comment, found_at=found_at)
    except (RetryLater, OutcomeUnknown) as wait:
        if _gave_up(to, task, comment, wait, body):
            return _End.GIVEN_UP
        _say_that_it_waits(to, task, comment, wait, body)
        raise
    if refusal is None:
        if _waited(to, comment.at or found_at) and to.effects.was_begun(_waiting_key(task, comment)):
            said = to.texts.say(Say.DELIVERED_AFTER_ALL, answer=excerpt(comment))
            tell_author(to, task, comment, said, "delivered")
        return _End.SENT
    if refusal.may_be_held and to.settings.hold_refused:
        hold(to, task, comment, refusal)
    else:
        refuse(to, task, comment, refusal)
    return _End.NOT_SENT


def _gave_up(
    to: Integration, task: TaskState, comment: Comment, wait: RetryLater | OutcomeUnknown, body: Mapping[str, Any]
) -> bool:
    """An answer beyond its budget goes to the dead letters, its author is told, and the chat goes on."""
    found_at = _found_at(to, comment, body)
    if to.clock() - found_at - body.get("told_to_wait", 0) < to.settings.give_up_answers_after * 3600:
        return False
    first_at = body.get("first_received_at", 0)
    bury(to, task, comment, wait.reason, found_at=found_at, about=str(body["received_at"]), first_at=first_at)
    put_aside(to, task, comment)
    tell_author(to, task, comment, to.texts.say(Say.GIVEN_UP, **reason_words(to, comment, wait)), "given up")
    return True


def _say_that_it_waits(
    to: Integration, task: TaskState, comment: Comment, wait: RetryLater | OutcomeUnknown, body: Mapping[str, Any]
) -> None:
    if _waited(to, _found_at(to, comment, body)):
        to.count("answer_waits")
        said = to.texts.say(Say.WAITING, **reason_words(to, comment, wait))
        tell_author(to, task, comment, said, "waiting")


def _waited(to: Integration, found_at: float) -> bool:
    return to.clock() - found_at >= SAY_THAT_IT_WAITS_AFTER


def _waiting_key(task: TaskState, comment: Comment) -> str:
    return f"notice#{task.host}#{comment.id}#waiting"


def _own(to: Integration, task: TaskState, comment: Comment) -> Mapping[str, Any] | None:
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


def _remind_to_tick(to: Integration, task: TaskState, comment: Comment) -> None:
    """An unanswered client and an employee who may believe to have answered: said once a day in a task."""
    if not to.chats.state(task.chat).awaits_answer:
        return
    now, current = int(to.clock() * 1000), to.chats.task(task.host, task.task_id)
    if current and now - current.nagged_at < NAG_EVERY:
        return
    if is_notice(to, task.task_id, comment):
        return  # a notice of the other journey, which is just being written
    tell_author(to, task, comment, to.texts.say(Say.NOT_NOTIFIED, answer=excerpt(comment)), "tick")
    to.chats.nagged(task.host, task.task_id, now)
