"""A task's list with more new comments than are read at once: from the oldest new one on, and in the next invocation on from there.

The list is asked for the other way round, oldest first, so that what is written meanwhile moves nothing: how many of the oldest
are done with (``Seen.below``) is all that has to be kept, and answers go out in their order while the rest is still to be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from bridge.routes.rest.comment_list import MOST_KEPT, Listed, dates_of, is_new

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from bridge.model import Seen
    from bridge.planfix.route import CommentPage, Planfix

PAGES_A_TIME: Final = 20
"""Pages that one invocation decides upon: 20 s of an account's one request a second, and some hundred look-ups in the ledger.
Then whoever else waits has a turn."""

USUAL_PAGE: Final = 100
"""Comments of a page, until one was read."""


class Stretch(NamedTuple):
    """A page of the list, oldest first, which lies at ``at``: so many are older than all of it."""

    at: int
    page: CommentPage

    @property
    def end(self) -> int:
        """How many are older than whatever follows."""
        return self.at + self.page.length

    def listed(self, seen: Seen) -> Listed:
        """The same as the other journeys read it."""
        newest = list(reversed(self.page.comments))
        fresh = [comment for comment in newest if is_new(seen, comment)]
        missing = self.page.length - len(newest)
        return Listed(newest, fresh, self.page.length, self.page.length, self.page.is_last, missing)


class Reading:
    """One invocation's reading of a long list.

    Args:
        planfix: the account.
        task_id: whose list.
        seen: what is kept of it.

    Attributes:
        below: how many of the oldest are surely done with by now, whatever is raised meanwhile.
    """

    def __init__(self, planfix: Planfix, task_id: int, seen: Seen) -> None:
        self._planfix, self._task_id, self._seen, self._size = planfix, task_id, seen, USUAL_PAGE
        self.below = seen.below

    def first(self) -> Stretch:
        """Where new ones begin. It is found by halving, since no request says how many there are, nor takes a date."""
        at, step, high = self.below, 1, None
        while True:
            stretch = self._at_the_end_of_what_is_done() if at == self.below else self._read(at)
            if _is_done_with(self._seen, stretch.page):
                self.below = max(self.below, stretch.end)
                if stretch.page.is_last:
                    return stretch
            elif stretch.at <= self.below:
                return stretch
            else:
                high = stretch.at
            if high is None:
                at, step = self.below + step * self._size, step * 2
            else:
                at = self.below + max(high - self.below, 0) // (2 * self._size) * self._size

    def next(self, seen: Seen) -> Stretch:
        """The next page; ``seen``: what is kept after the one before, all of which is done with."""
        self._seen, self.below = seen, seen.below
        return self._at_the_end_of_what_is_done()

    def _at_the_end_of_what_is_done(self) -> Stretch:
        """The page that begins with the last one that is done with: were it new, something below was deleted, and moved it here."""
        while True:
            stretch = self._read(max(self.below - 1, 0))
            comments = stretch.page.comments
            if not stretch.at or (comments and not is_new(self._seen, comments[0])):
                return stretch
            self.below = max(self.below - self._size, 0)

    def _read(self, at: int) -> Stretch:
        page = self._planfix.oldest_comments(self._task_id, offset=at)
        if not page.is_last:
            self._size = page.length
        return Stretch(at, page)


def _is_done_with(seen: Seen, page: CommentPage) -> bool:
    """Whether nothing up to the end of this page is to be decided upon."""
    if not page.comments or any(is_new(seen, comment) for comment in page.comments):
        return False
    return not seen.waits_at or max(dates_of(page.comments), default=0) < seen.waits_at


def seen_after_stretch(seen: Seen, stretch: Stretch, decided: AbstractSet[int]) -> Seen:
    """What is to be kept: the floor rises to the end of the stretch, and of its newest minute the numbers say what is done."""
    comments = stretch.page.comments
    dates = dates_of(comments)
    still = [one for one in comments if one.id not in decided and is_new(seen, one)]
    waits_at = min(dates_of(still), default=0)
    floor = max([seen.floor, *(date - 1 for date in dates)])
    floor = max(seen.floor, min(floor, waits_at - 1)) if waits_at else floor
    here = {one.id for one in comments}
    kept = [one.id for one in reversed(comments) if one not in still and (one.dated is None or one.dated > floor)]
    kept += sorted(
        seen.decided - here, reverse=True
    )  # of pages below with the same minute; of pages above, from before
    return replace(
        seen,
        decided=frozenset(kept[:MOST_KEPT]),
        floor=floor,
        waits_at=waits_at or (seen.waits_at if seen.waits_at > floor else 0),
        below=stretch.at if still else stretch.end,
    )
