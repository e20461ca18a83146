"""What became of each file of an answer: one ledger row an answer, by the files' numbers.

By number, because a file's place changes when the comment does, and which files are sent together changes with each attempt.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.keys import file_at_key, files_key, group_key, link_key
from bridge.sent import SentMessage

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.effects import Effects
    from bridge.flows.in_doubt import Doubts
    from bridge.model import File

PLACES: Final = 20
"""Of an answer whose number of files is not known, so many places without a row are its end (see `AnswerFiles.states`)."""


class FileState(NamedTuple):
    """What became of a file. Keys are the ledger's, of groups of files that were sent together.

    Attributes:
        message: the Telegram message that it, or a link to it, became; None while it is not known to have arrived.
        link: that message is a link.
        begun: key of the group in which it was last begun: while that is open, the file is in doubt.
        again: key of the group in which it was in doubt, and is sent once more.
        asked: key of what an employee was asked about: it goes out by ``/send`` only.
    """

    message: int | None = None
    link: bool = False
    begun: str = ""
    again: str = ""
    asked: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> FileState:
        return cls(**{name: row[name] for name in cls._fields if name in row})

    def as_row(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value != self._field_defaults[name]}


States = dict[int, FileState]
"""By the files' numbers; of those that nothing was done with, none."""


class FilesOfAnswer:
    """The files of one answer, each known by its position in it, and what became of them.

    Attributes:
        answer: whose.
        parts: in how many messages the words above them go.
        found_at: when we were told of the answer, Unix seconds.
        states: by the files' numbers.
    """

    def __init__(self, answer: Answer, parts: int, found_at: float, states: States) -> None:
        self.answer = answer
        self.parts = parts
        self.found_at = found_at
        self.states = states

    def file(self, position: int) -> File:
        return self.answer.files[position]

    def state(self, position: int) -> FileState:
        return self.states.get(self.file(position).id, FileState())

    def each(self) -> list[FileState]:
        """Their states, in their order."""
        return [self.state(position) for position in range(len(self.answer.files))]

    def messages(self) -> list[int]:
        return [state.message for state in self.each() if state.message is not None]

    def is_again(self, position: int) -> bool:
        """Whether it may have arrived already, and is sent once more."""
        return bool(self.state(position).again)

    def change(self, positions: Sequence[int], **what: Any) -> None:
        """Change what is known of some of them."""
        for position in positions:
            self.states[self.file(position).id] = self.state(position)._replace(**what)

    def rows(self) -> dict[str, Any]:
        """All that is known, as the ledger keeps it."""
        return as_rows(self.answer.ref, self.states)

    def key(self, positions: Sequence[int]) -> str:
        """The ledger key of an attempt to send these together."""
        names = [f"{self.file(one).id}{'again' * self.is_again(one)}" for one in positions]
        return group_key(self.answer.ref.host, self.answer.ref.number, names)

    def link_key(self, position: int) -> str:
        """The ledger key of a link to it."""
        return link_key(self.answer.ref.host, self.answer.ref.number, self.file(position).id)

    def sent(self, position: int) -> SentMessage:
        """What the message is that it became."""
        files = len(self.answer.files)
        return SentMessage(self.answer.ref.number, self.parts, files, file=position + 1)


class AnswerFiles:
    """The states of answers' files, in the ledger."""

    def __init__(self, effects: Effects, doubts: Doubts) -> None:
        self._effects = effects
        self._doubts = doubts

    def states(self, ref: AnswerRef, *, places: int | None = None) -> States:
        """The states of an answer's files; ``places``: how many it has, where that is known.

        Until November 2026 each file had a row of its own, by its place in the comment: such rows are read too.
        """
        row = self._effects.outcome(files_key(ref.host, ref.number))
        if row is not None:
            return {int(number): FileState.of(state) for number, state in row["files"].items()}
        by_place: States = {}
        last = -1
        for place in itertools.count() if places is None else range(places):
            by_this = self._effects.outcome(file_at_key(ref.host, ref.number, place))
            if by_this:
                by_place[by_this["file"]] = FileState.of(by_this)
                last = place
            elif places is None and place - last >= PLACES:
                break
        return by_place

    def keep(self, ref: AnswerRef, states: States) -> None:
        """Keep them by themselves; together with an effect, they are written by it."""
        for key, outcome in as_rows(ref, states).items():
            self._effects.renew(key, outcome)

    def messages(self, ref: AnswerRef) -> list[int]:
        """The messages that an answer's files became, oldest first."""
        states = self.states(ref).values() if ref.number else ()
        return sorted(state.message for state in states if state.message is not None)

    def forget_asked(self, ref: AnswerRef, *, places: int) -> None:
        """An employee looked and says ``/send``: files in doubt may be sent again."""
        states = self.states(ref, places=places)
        asked = {number: state for number, state in states.items() if state.asked}
        for key in {key for state in asked.values() for key in (state.asked, state.again) if key}:
            self._doubts.forget(key)
        if asked:
            self.keep(ref, {number: state for number, state in states.items() if number not in asked})


def as_rows(ref: AnswerRef, states: States) -> dict[str, Any]:
    """These states as the ledger keeps them: key and outcome."""
    return {
        files_key(ref.host, ref.number): {"files": {str(number): state.as_row() for number, state in states.items()}}
    }
