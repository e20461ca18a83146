"""The bridge's own comments: the mark that they carry, which ones they are, and what an attempt made whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID, uuid5

from bridge.errors import Reason, RetryLater
from bridge.keys import comment_key
from bridge.telegram.reading_html import from_html

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.model import Lost, TaskState
    from bridge.parts import Digest
    from bridge.planfix.route import Comment, Planfix
    from bridge.settings import Settings

_NAMESPACE: Final = UUID("b0e0c3a6-6f4c-5a1b-9a53-54b07c3c5a6e")
"""Any fixed UUID will do; changing it would hide every earlier creation from us."""

CLOCKS_DIFFER: Final = 120.0
"""Seconds: Planfix gives the time of a comment or task to the minute, and its clock is not ours."""

LOOKED_FOR_OWN: Final = 60
"""Pages in which a comment of our own is looked for at most, when the answer to its posting was lost: a quarter of an invocation's
time at one request a second. Mostly it ends with the first one, where older comments begin."""

OWN_POST_PENDING: Final = 10.0
"""Seconds to wait while the bridge itself is posting into this task: its comment must not be taken for an answer."""

OWN_POST_ENDS_WITHIN: Final = 600.0
"""Seconds after which a posting that is still open waits for Planfix, or was given up: answers do not wait for it."""

_DAY: Final = 86_400


def source_object_id(key: str) -> str:
    """The mark that the bridge's creations carry in Planfix (``sourceObjectId``, in its swagger a uuid), by the ledger key of their cause."""
    return str(uuid5(_NAMESPACE, key))


class Own(NamedTuple):
    """What the ledger keeps of a comment that the bridge wrote itself (`keys.comment_key`): a message's, or a notice.

    Attributes:
        chat: key of the chat whose message it carries.
        message: that message's number; of an album, its first.
        notice: ledger key of the notice that it is.
    """

    chat: str = ""
    message: int = 0
    notice: str = ""

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> Own:
        """From an outcome."""
        return cls(outcome.get("chat", ""), int(outcome.get("message", 0)), outcome.get("notice", ""))

    def as_outcome(self) -> dict[str, Any]:
        return {"notice": self.notice} if self.notice else {"chat": self.chat, "message": self.message}


class Attempt(NamedTuple):
    """What an attempt whose answer was lost would have made.

    Attributes:
        mark: its `source_object_id`.
        by_client: its author is the client's contact.
        words: where sentences about its files may stand below its words, those words; else None.
        files: such files of it as came to Planfix, by number.
    """

    mark: str
    by_client: bool = False
    words: str | None = None
    files: frozenset[int] = frozenset()

    def words_in(self, comment: Comment) -> str:
        """The words of a comment without the sentences about files that could not come along."""
        shown, words = from_html(comment.html).text, self.words
        if words is None or not shown.startswith(words):
            return shown
        return words if shown[len(words) :].lstrip("\n").startswith("[") else shown


class OwnComments:
    """Which comments the bridge wrote itself."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        *,
        digest: Digest,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._digest = digest
        self._settings = settings
        self._clock = clock

    def made(self, host: str, number: int) -> Own | None:
        """What is kept of a comment that the bridge made; None of all others."""
        outcome = self._effects.outcome(comment_key(host, number))
        return None if outcome is None else Own.of(outcome)

    def known(self, task: TaskState, comment: Comment) -> Own | None:
        """What the bridge knows of a comment of which it may be the author; None of all others.

        Its number is in the ledger, or will be as soon as its posting is over.

        Only what the owner wrote on the phone can be taken for an answer (it notifies the client), so only that is marked as
        being posted. A mark whose effect is not open any more was left behind by a posting that failed for good.
        """
        current = self._chats.task(task.host, task.task_id)
        posting = self._effects.still_open(current.posting) if current and current.posting else None
        own = self.made(task.host, comment.id)  # after the mark: here it ends
        if own is not None or posting is None:
            return own
        if self._clock() - posting.since < OWN_POST_ENDS_WITHIN:
            raise RetryLater(OWN_POST_PENDING, Reason.BUSY, "the bridge is posting into this task")
        is_that = self._digest(from_html(comment.html).text) in posting.marks  # never completed, and its words are here
        return Own() if is_that else None

    def is_forgotten(self, comment: Comment) -> bool:
        """Whether a comment is so old that the ledger does not say any more whether it is the bridge's own."""
        return comment.at is not None and self._clock() - comment.at > (self._settings.ledger_kept_for - 1) * _DAY

    def left_by(self, lost: Lost, task: int, attempts: Sequence[Attempt]) -> tuple[Comment, int] | None:
        """The comment in a task that an attempt made whose answer was lost, and which of them; None when none is there."""
        for comment in self._from_newest(task, lost.since):
            for number, attempt in enumerate(attempts):
                if self._is_of(attempt, comment, lost):
                    return comment, number
        return None

    def _from_newest(self, task: int, since: float) -> Iterator[Comment]:
        """The newest comments, one page after another as they are asked for, down to ``since`` (Unix seconds).

        A lost one of our own, which was begun then, is among them.
        """
        length = 0
        for _ in range(LOOKED_FOR_OWN):
            page = self._planfix.newest_comments(task, offset=length)
            yield from page.comments
            if page.is_last or any(one.at is not None and one.at < since - CLOCKS_DIFFER for one in page.comments[-1:]):
                return
            length += page.length

    def _is_of(self, attempt: Attempt, found: Comment, lost: Lost) -> bool:
        """By its mark where Planfix gives it back; by its files; else by author's kind, words, time, and being nobody's.

        The author's number is not compared (contacts are merged), and the words are those of the lost attempts.
        """
        if found.source_object_id:
            return found.source_object_id == attempt.mark
        if attempt.files:  # nobody else's comment has them
            return not attempt.files.isdisjoint(file.id for file in found.files)
        return (
            found.owner.startswith("contact:") == attempt.by_client
            and (found.at is None or found.at >= lost.since - CLOCKS_DIFFER)
            and self._digest(attempt.words_in(found)) in lost.marks
            and self.made(self._planfix.host, found.id) is None
        )
