"""Whose answers wait: those that are held until the client writes or a right returns, and those put aside until ``/send``.

Only ids are kept; the answer is read again when its time has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.model import Held

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.aws.chats import Chats
    from bridge.aws.waiting import Waiting
    from bridge.clock import Clock
    from bridge.flows.timers import Timers
    from bridge.model import Chat

CLOCKS_DIFFER: Final = 60.0
"""Seconds after an answer's time at which its timer comes: by then that time is over by every container's clock, and whoever
looks is the last to do so."""


class WaitingList:
    """The answers of each chat that wait, oldest first, and the mark in the chat's row that some are held.

    Args:
        waiting: the rows of those that wait.
        chats: the chats' rows.
        timers: whoever looks when an answer has waited too long.
        hold_for: seconds that an answer is held.
        clock: Unix seconds.
    """

    def __init__(self, waiting: Waiting, chats: Chats, timers: Timers, hold_for: int, clock: Clock) -> None:
        self._waiting = waiting
        self._chats = chats
        self._timers = timers
        self._hold_for = hold_for
        self._clock = clock

    def holds(self, chat: Chat) -> bool:
        """Whether any answer is held."""
        return self._chats.state(chat).holds

    def held(self, chat: Chat) -> list[Held]:
        return self._waiting.answers("held", chat)

    def hold(self, chat: Chat, task: int, number: int) -> Held:
        """From now on it waits, and its end has a timer."""
        now = self._clock()
        held = Held(task, number, int(now), int(now) + self._hold_for)
        # In this order: whoever dies in between leaves a timer for nothing, or a list that is empty, and never a forgotten answer.
        self._timers.look_at_held(chat, now + self._hold_for + CLOCKS_DIFFER)
        self.note_held(chat)
        self._waiting.put("held", chat, held)
        return held

    def until(self, held: Held) -> int:
        """Until when it is held, Unix seconds."""
        return held.until or held.at + self._hold_for

    def is_over(self, held: Held) -> bool:
        """Whether it has been held long enough."""
        return self._clock() > self.until(held)

    def drop_held(self, chat: Chat, held: Held) -> None:
        self._waiting.drop("held", chat, held)

    def note_held(self, chat: Chat) -> None:
        """Some answers are held."""
        self._chats.remember(chat, holds=True)

    def note_nothing_held(self, chat: Chat) -> None:
        """None is held any more."""
        self._chats.remember(chat, holds=False)

    def aside(self, chat: Chat) -> list[Held]:
        return self._waiting.answers("aside", chat)

    def put_aside(self, answer: Answer) -> None:
        """Remember an answer that was not sent, so that ``/send`` can send it."""
        self.keep_aside(answer.chat, Held(answer.task, answer.ref.number, int(self._clock())))

    def keep_aside(self, chat: Chat, held: Held) -> None:
        """The same of one that waited already."""
        self._waiting.put("aside", chat, held)

    def drop_aside(self, chat: Chat, held: Held) -> None:
        self._waiting.drop("aside", chat, held)
