"""What became of the answers of a soak, for its report; and whether words arrived to the letter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from local.promises.notices import ENDS, HOLDS, Notice, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.promises.account import Chat, Seen
    from local.promises.found import Found

_BECAME = {
    Notice.DELIVERED_AFTER_ALL: "were sent",
    Notice.HELD_EXPIRED: "expired",
    Notice.CANCELLED: "were cancelled",
    Notice.CANCELLED_BY_OWNER: "were cancelled by the owner",
}


@dataclass
class Ends:
    """The answers that were held.

    Attributes:
        held: their marks.
        chats: in which.
        became: how many came to which end, in words.
        sent_again: how many parts of all answers reached their client more than once.
        repeats: how many messages say of themselves that they may be there already.
        doubts: how often employees were asked to look whether a message arrived.
    """

    held: set[str] = field(default_factory=set)
    chats: set[Chat] = field(default_factory=set)
    became: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0
    repeats: int = 0
    doubts: int = 0

    @classmethod
    def of(cls, found: Found) -> Self:
        """What the notices say, and what was sent."""
        ends = cls(repeats=len(found.repeats), doubts=found.doubts.total())
        for answer in found.deeds.answers:
            told = [notice for _, notice in found.told(answer)]
            if not HOLDS.intersection(told):
                continue
            last = next((notice for notice in reversed(told) if notice in ENDS), None)
            ends.held.add(found.mark(answer))
            ends.chats.add(answer.chat)
            ends.became["wait" if last is None else _BECAME.get(last, last.value.replace("_", " "))] += 1
        parts = Counter((sent.chat, sent.text) for sent in found.seen.sent if not sent.is_edit)
        ends.sent_again = sum(number - 1 for number in parts.values())
        return ends


def words_that_changed(seen: Seen, written: Mapping[str, str]) -> Iterator[str]:
    """Each message and answer stands there to the letter, whatever characters and line breaks it has."""
    for where, shown in _shown(seen):
        for mark in seen.marks.marks(shown):
            if mark in written and mark + " " in shown and written[mark] not in shown:
                yield f"{where}: “{written[mark]}” became “{shown[:200]}”"


def _shown(seen: Seen) -> Iterator[tuple[str, str]]:
    for comment in seen.comments:
        if comment.by == "client":
            yield f"comment {comment.id} in task {comment.task}", words_of(comment.html)
    for sent in seen.sent:
        yield f"message {sent.message_ids} of {sent.chat.key}", sent.text
