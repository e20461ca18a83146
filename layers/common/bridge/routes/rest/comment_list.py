"""A task's list of comments: how far down it is read, what of it is new, and what is kept of what was decided.

The list lies in order of date, because a comment that was written for later has an old number and, when its time has come,
the date for which it was written: it appears at the top, however many were written meanwhile. All dates are Planfix's own,
and are compared with each other only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bridge.keys import command_key, comment_key, decided_key, files_key, part_key
from bridge.model import Seen
from bridge.routes.rest.rest_answer import may_be_an_answer

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.model import TaskState
    from bridge.planfix.route import Comment, CommentPage, Planfix

MOST_KEPT: Final = 500
"""Numbers that a task's row holds at most, about 4 KB: the newest page's, and while something older waits, all above it."""

AT_ONCE: Final = 5
"""Pages that are read from the newest on before new comments count as too many: then they are read from the oldest on
(long_list.py), so that a list may have any length. Nearly every read is one page."""

LOOKED_THROUGH: Final = 10
"""Pages that are read further down for a comment of which we were told, and which is not where new ones appear."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read of a task's list.

    Attributes:
        newest: the comments, newest first, each once.
        fresh: those of them that are to be decided upon.
        page: how long the first page was.
        length: how far down all this is; the unreadable ones count.
        is_whole: nothing lies below.
        unreadable: how many have not even a number.
        is_cut: more of them are new than are read at once.
    """

    newest: list[Comment]
    fresh: list[Comment]
    page: int
    length: int
    is_whole: bool
    unreadable: int = 0
    is_cut: bool = False


def read_new(planfix: Planfix, task: TaskState) -> Listed:
    """Read as far down as something new can lie: one page, where fewer than that came since the last read."""
    newest: dict[int, Comment] = {}
    first = length = unreadable = 0
    for number in range(1, AT_ONCE + 1):
        page = planfix.newest_comments(task.task_id, offset=length)
        first, length = first or page.length, length + page.length
        unreadable += page.length - len(page.comments)
        for comment in page.comments:
            newest.setdefault(comment.id, comment)  # what was written between two pages pushed it down
        reaches = page.is_last or _reaches_what_is_known(task.seen, page)
        if reaches or number == AT_ONCE:
            break
    fresh = [comment for comment in newest.values() if is_new(task.seen, comment)]
    return Listed(list(newest.values()), fresh, first, length, page.is_last, unreadable, is_cut=not reaches)


def _reaches_what_is_known(seen: Seen, page: CommentPage) -> bool:
    """Whether all that may be new lies above the end of this page; what waits may have decided ones above it."""
    if not page.comments or is_new(seen, page.comments[-1]):
        return False
    lowest = dates_of(page.comments)[-1:]
    return not seen.waits_at or not lowest or lowest[0] < seen.waits_at


def is_new(seen: Seen, comment: Comment) -> bool:
    """Whether nothing was decided about it yet, as far as the task's row tells."""
    if comment.id in seen.decided:
        return False
    if comment.dated is None or not seen.floor:
        return comment.id > seen.since
    return comment.dated > seen.floor


def dates_of(comments: Iterable[Comment]) -> list[int]:
    """The dates of those that have one, in their order."""
    return [comment.dated for comment in comments if comment.dated is not None]


def seen_after(seen: Seen, listed: Listed, decided: set[int]) -> Seen:
    """What is to be kept of a read: everything up to the floor is done with, above it the numbers say so.

    The floor lies at the end of the newest page; below what waits; and below the newest minute, since dates are precise to
    the minute, and what is going to appear has this minute or a later one.
    """
    still = [one for one in listed.newest if one.id not in decided and is_new(seen, one)]
    waits_at = min(dates_of(still), default=0)
    dates, floor = dates_of(listed.newest), seen.floor
    read_to = 0 if listed.is_whole else dates[-1] if dates else seen.floor  # whatever has a later date was read
    if dates and len(listed.newest) >= listed.page and not (listed.is_whole and len(listed.newest) == listed.page):
        edge = max(dates[min(listed.page, len(dates)) - 1], read_to)
        floor = max(floor, min([edge, dates[0] - 1, *([waits_at - 1] if waits_at else [])]))
    kept = [one.id for one in listed.newest if one not in still and (one.dated is None or one.dated > floor)]
    if floor < read_to:  # more of the same minute lies below what was read, and is known from before
        kept += sorted(seen.decided.difference(kept), reverse=True)
    return replace(seen, decided=frozenset(kept[:MOST_KEPT]), floor=floor, waits_at=waits_at)


def history_of(page: CommentPage) -> Seen | None:
    """Everything that was said in a task of others, by the first page of its list; None where nothing was.

    A comment that was written there for later, and appears after this, is not history.
    """
    if not page.comments:
        return None
    since, dates = max(comment.id for comment in page.comments), dates_of(page.comments)
    if not dates:
        return Seen(since=since)
    # Dates are precise to the minute: of the newest one, it is the numbers that tell what was there.
    there = frozenset(comment.id for comment in page.comments if comment.dated is None or comment.dated == dates[0])
    if dates[-1] == dates[0] and not page.is_last:
        return Seen(since=since, floor=dates[0])
    return Seen(since=since, floor=dates[0] - 1, decided=there)


def look_further(planfix: Planfix, effects: Effects, task: TaskState, listed: Listed) -> Listed:
    """Read on below, for an answer of which we were told: those (``fresh``) that no decision is known of.

    Numbers of so long ago are kept nowhere; the ledger knows what was done about them.
    """
    comments = {comment.id: comment for comment in listed.newest}
    length, is_whole = listed.length, listed.is_whole
    for _ in range(LOOKED_THROUGH):
        if is_whole:
            break
        page = planfix.newest_comments(task.task_id, offset=length)
        length, is_whole = length + page.length, page.is_last
        comments |= {comment.id: comment for comment in page.comments}
    above = [one for one in comments.values() if one.id > task.seen.since and one.id not in task.seen.decided]
    unknown = answers_nobody_knows(effects, task.host, above)
    # Without a date it may be older than all that the ledger knows, and have been sent long ago: that is not found, then.
    dated = [one for one in unknown if one.dated is not None]
    return replace(listed, fresh=dated, length=length, is_whole=is_whole and len(dated) == len(unknown))


def answers_nobody_knows(effects: Effects, host: str, comments: Iterable[Comment]) -> list[Comment]:
    """Those that an employee wrote to some contact, and of which the ledger knows no decision."""
    return [one for one in comments if may_be_an_answer(one) and not _is_known(effects, host, one.id)]


def _is_known(effects: Effects, host: str, number: int) -> bool:
    """Whether it is ours, was sent or begun to be, was obeyed, or another decision about it was kept."""
    keys = (
        comment_key(host, number),
        part_key(host, number, 0),
        decided_key(host, number),
        files_key(host, number),
        command_key(host, number),
    )
    return any(effects.was_begun(key) for key in keys)
