"""What a check found: one line, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from planfix_telegram.texts import say


class State(StrEnum):
    """How it stands. A note is worth reading and nobody's fault; what could not be looked at is not well either."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"

    @property
    def is_well(self) -> bool:
        return self in {State.OK, State.NOTE}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line.

    Attributes:
        check: its name for programs, which stays the same in every language.
        text: what is.
        remedy: what to do; empty where nothing is to be done.
    """

    check: str
    state: State
    text: str
    remedy: str = ""


def ok(check: str, **values: Any) -> Finding:
    """All is well; ``check`` is the sentence in texts."""
    return Finding(check, State.OK, say(check, **values))


def note(check: str, remedy: str = "", **values: Any) -> Finding:
    """Worth reading."""
    return Finding(check, State.NOTE, say(check, **values), say(remedy, **values) if remedy else "")


def wrong(check: str, remedy: str, **values: Any) -> Finding:
    """Not well; ``remedy`` is the sentence that says what to do."""
    return Finding(check, State.WRONG, say(check, **values), say(remedy, **values))


def unknown(check: str, detail: str) -> Finding:
    """Could not be looked at; the detail says why and what to do."""
    return Finding(check, State.UNKNOWN, say("could_not_look", detail=detail))
