"""What became of each file of an answer: one ledger row an answer, by the files' numbers.

By number, because a file's place changes when the comment does, and which files are sent together changes with each attempt.
A file's state:
    ``message``  the Telegram message that it, or a link to it (``link``), became
    ``begun``    ledger key of the group of files in which it was last begun: while that is open, the file is in doubt
    ``again``    ledger key of the group in which it was in doubt, and is sent once more
    ``asked``    ledger key of what an employee was asked about: it goes out by ``/send`` only
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bridge.flows.in_doubt import forget_doubt
from bridge.keys import files_key, part_key

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.flows.integration import Integration

State = Mapping[str, Any]

PLACES: Final = 20
"""Of an answer whose number of files is not known, so many places without a row are its end (see `read_states`)."""


def read_states(to: Integration, ref: AnswerRef, *, places: int | None = None) -> dict[int, State]:
    """The states of an answer's files by their numbers; of those that nothing was done with, none.

    Until November 2026 each file had a row of its own, by its place in the comment: such rows are read too.
    """
    row = to.effects.outcome(files_key(ref.host, ref.number))
    if row is not None:
        return {int(number): state for number, state in row["files"].items()}
    by_place: list[dict[str, Any]] = []
    last = -1
    for place in itertools.count() if places is None else range(places):
        by_this = to.effects.outcome(f"{part_key(ref.host, ref.number, 0)}#file#{place}")
        if by_this:
            by_place.append(by_this)
            last = place
        elif places is None and place - last >= PLACES:
            break
    return {row["file"]: {name: value for name, value in row.items() if name != "file"} for row in by_place}


def as_row(ref: AnswerRef, states: Mapping[int, State]) -> dict[str, Any]:
    """These states as the ledger keeps them: key and outcome."""
    return {files_key(ref.host, ref.number): {"files": {str(number): dict(state) for number, state in states.items()}}}


def keep_states(to: Integration, ref: AnswerRef, states: Mapping[int, State]) -> None:
    """Keep them by themselves; together with an effect, they are written by it."""
    for key, outcome in as_row(ref, states).items():
        to.effects.renew(key, outcome)


def forget_asked_files(to: Integration, ref: AnswerRef, *, places: int) -> None:
    """An employee looked and says ``/send``: files in doubt may be sent again."""
    states = read_states(to, ref, places=places)
    asked = {number: state for number, state in states.items() if "asked" in state}
    for key in {state[name] for state in asked.values() for name in ("asked", "again") if name in state}:
        forget_doubt(to, key)
    if asked:
        rest = {number: state for number, state in states.items() if number not in asked}
        keep_states(to, ref, rest)
