"""Answers of very many messages: a pasted file of text would flood its client, so its author is asked before it goes out.

Such an answer is put aside like any other that was not sent: what comes behind it does not wait, ``/send`` sends it, and after
a week nobody can send it any more. ``/cancel`` ends it at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.keys import long_key, part_key

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.effects import Effects

MOST_UNASKED: Final = 10
"""Messages of text, some 40,000 characters, that an answer may be without a question. Its files are not counted: each was
chosen by hand."""

_ASKED: Final = "asked"
_WANTED: Final = "wanted"


class LongAnswers:
    """What was said about each of them."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def is_to_be_asked_about(self, ref: AnswerRef, *, messages: int) -> bool:
        """Whether an answer of so many messages must wait for its author's word. One that has begun to go out goes on."""
        if messages <= MOST_UNASKED or self._said_of(ref) == _WANTED:
            return False
        return not self._effects.was_begun(part_key(ref.host, ref.number, 0))

    def note_asked(self, ref: AnswerRef) -> None:
        """Its author is asked now."""
        self._effects.renew(long_key(ref.host, ref.number), _ASKED)

    def note_wanted(self, ref: AnswerRef) -> None:
        """An employee said ``/send``; what nobody was asked about yet stays so."""
        if self.was_asked_about(ref):
            self._effects.renew(long_key(ref.host, ref.number), _WANTED)

    def was_asked_about(self, ref: AnswerRef) -> bool:
        """Whether it waits for its author's word."""
        return self._said_of(ref) == _ASKED

    def _said_of(self, ref: AnswerRef) -> object:
        return self._effects.outcome(long_key(ref.host, ref.number))
