"""Answers of very many messages: a pasted file of text would flood its client, so its author is asked before it goes out.

Such an answer is put aside like any other that was not sent: what comes behind it does not wait, ``/send`` sends it, and after
a week nobody can send it any more. ``/cancel`` ends it at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.keys import long_key, part_key

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.flows.integration import Integration

MOST_UNASKED: Final = 10
"""Messages of text, some 40,000 characters, that an answer may be without a question. Its files are not counted: each was
chosen by hand."""

_ASKED: Final = "asked"
_WANTED: Final = "wanted"


def is_to_be_asked_about(to: Integration, answer: Answer, *, messages: int) -> bool:
    """Whether an answer of so many messages must wait for its author's word. One that has begun to go out goes on."""
    if messages <= MOST_UNASKED or to.effects.outcome(long_key(answer.ref.host, answer.ref.number)) == _WANTED:
        return False
    return not to.effects.was_begun(part_key(answer.ref.host, answer.ref.number, 0))


def note_asked(to: Integration, answer: Answer) -> None:
    """Its author is asked now."""
    to.effects.renew(long_key(answer.ref.host, answer.ref.number), _ASKED)


def note_wanted(to: Integration, ref: AnswerRef) -> None:
    """An employee said ``/send``; what nobody was asked about yet stays so."""
    if was_asked_about(to, ref):
        to.effects.renew(long_key(ref.host, ref.number), _WANTED)


def was_asked_about(to: Integration, ref: AnswerRef) -> bool:
    """Whether it waits for its author's word."""
    return bool(to.effects.outcome(long_key(ref.host, ref.number)) == _ASKED)
