"""The dead-letter queues opened: every letter read and hidden from others, and visible again in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from planfix_telegram.context import CommandContext
from planfix_telegram.dead_letters import DeadLetterQueue, Letter, Words
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.texts import say

HIDDEN_TO_LOOK: Final = 60
"""Seconds for which letters are hidden while they are listed; a list that is killed hides them no longer than that."""

HIDDEN_TO_WORK: Final = 300
"""Seconds for the same while they are put back: time to answer questions."""

A_LETTER_TAKES: Final = 0.6
"""Seconds more for each letter: it is read, sent and deleted, from far away."""

HIDDEN_AT_MOST: Final = 12 * 3600
"""SQS hides nothing for longer (ChangeMessageVisibility). Who is stopped in between makes visible what is left."""

LISTED: Final = 1000
"""Letters of a queue that a list shows at most."""

READ: Final = 120_000
"""Letters of a queue that are read at most: a FIFO queue hides no more at a time (SQS quotas)."""

MARGIN: Final = 30
"""Seconds that putting one letter back may take at the worst: none is begun with less."""

SHORT_ID: Final = 8
"""Letters of an id in the list, unless two ids begin alike."""

SHORTEST_ID: Final = 4
"""An id that was meant to be in a variable of a script, and is not, must not match everything."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, oldest first.

    Attributes:
        letters: hidden from everybody else.
        queues: the dead-letter queues by name.
        missed: about how many more lie there.
        until: by this time of `Outside.clock` they are visible again.
        words: what they say.
    """

    letters: list[Letter]
    queues: dict[str, DeadLetterQueue]
    missed: int
    until: float
    words: Words

    def named(self, wanted: str) -> Letter:
        """The letter whose id begins so."""
        known = [one for one in self.letters if len(wanted) >= SHORTEST_ID and one.message_id.startswith(wanted)]
        if not known:
            raise Problem("letter_unknown", exit_code=WRONG_USAGE, id=wanted)
        if len(known) > 1:
            ids = ", ".join(one.message_id for one in known)
            raise Problem("letter_ambiguous", exit_code=WRONG_USAGE, id=wanted, ids=ids)
        return known[0]

    def check_time(self, now: float) -> None:
        """Raises Problem when letters may be visible again: they cannot be deleted, and putting them back would double them."""
        if now > self.until - MARGIN:
            raise Problem("letters_came_back")

    def short_ids(self) -> dict[str, str]:
        """Ids as they are shown: the shortest beginnings that tell them apart."""
        ids = [one.message_id for one in self.letters]
        length = SHORT_ID
        while len({one[:length] for one in ids}) < len(ids):
            length += 1
        return {one: one[:length] for one in ids}


@contextmanager
def opened(context: CommandContext, urls: Sequence[str], *, to_look: bool = False) -> Iterator[Found]:
    """Every letter, hidden as long as the work on so many may take; however this ends, those that are left are visible again."""
    began = context.outside.clock()
    words = Words()
    queues = [DeadLetterQueue(context.deployment.queue(url), words) for url in urls]
    letters: list[Letter] = []
    try:
        there = {queue.name: queue.count() for queue in queues}
        seconds = HIDDEN_TO_LOOK if to_look else _hidden_for(sum(there.values()))
        missed = 0
        for queue in queues:
            read = 0
            while read < (LISTED if to_look else READ):
                if context.outside.clock() - began > seconds / 2:  # the other half is for what follows
                    if not to_look:
                        raise Problem("letters_unread")
                    break
                with context.screen.progress(say("reading_letters", count=len(letters))):
                    batch = queue.hide_next(seconds)
                if not batch:
                    break
                letters += batch
                read += len(batch)
            missed += max(0, there[queue.name] - read)
        letters.sort(key=lambda letter: letter.order)
        yield Found(letters, {queue.name: queue for queue in queues}, missed, began + seconds, words)
    finally:
        for queue in queues:
            queue.release()
        words.close()


def _hidden_for(count: int) -> int:
    """Seconds for the work on so many letters."""
    return min(HIDDEN_TO_WORK + int(count * A_LETTER_TAKES), HIDDEN_AT_MOST)
