"""What an employee wrote, as the flows know it: read once, by whichever route it came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from bridge.model import FormattedText
from bridge.telegram.formatting import cut_off, parted

if TYPE_CHECKING:
    from bridge.model import Chat, File

SEND: Final = "/send"
CANCEL: Final = "/cancel"
EDIT: Final = "/edit"
DELETE: Final = "/delete"
NEW: Final = "/new"
COMMANDS: Final = (SEND, CANCEL, EDIT, DELETE, NEW)

TYPING_ERRORS: Final = 2
"""Letters by which a slash-word may differ from a command and still be taken for a mistyped one."""

EXCERPT: Final = 80
"""Characters of an answer that a notice quotes, to tell which answer is meant."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, exactly as one of `COMMANDS`, and the text behind it."""

    name: str
    text: FormattedText


@dataclass(frozen=True, slots=True)
class AnswerRef:
    """Which answer: whose chat's, in which Planfix account, and its number there. The ledger knows it by these."""

    chat: Chat
    host: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an employee wrote.

    Attributes:
        ref: which one.
        task: number of the task in which it stands.
        author: who wrote it, ``user:5``; "" when nobody knows.
        author_name: as it came with the words.
        whole: its words as Telegram text, those that it quotes included.
        files: in their order.
        pictures: how many stand in the middle of the words.
        at: when it was written, in our time (Unix seconds); None when that is not known.
        is_unreadable: its words or files came in a form that nobody can read.
        is_strange: something else of it did.
    """

    ref: AnswerRef
    task: int
    author: str
    author_name: str
    whole: FormattedText
    files: tuple[File, ...]
    pictures: int
    at: float | None
    is_unreadable: bool
    is_strange: bool

    @property
    def chat(self) -> Chat:
        return self.ref.chat

    @cached_property
    def _parted(self) -> tuple[FormattedText, FormattedText]:
        return parted(self.whole)

    @property
    def quotation(self) -> FormattedText:
        """The words that it quotes; blank when it quotes nothing."""
        return self._parted[0]

    @property
    def said(self) -> FormattedText:
        """Its own words."""
        return self._parted[1]

    @cached_property
    def command(self) -> Command | None:
        """The command that it is, or None: who presses Quote and then commands, commands."""
        text = self.said.text
        word = text.split(maxsplit=1)[0].lower() if text.strip() else ""
        if word not in COMMANDS or (word != EDIT and text.strip().lower() != word):
            return None
        return Command(word, cut_off(self.said, len(word)))

    @cached_property
    def mistyped(self) -> str | None:
        """The command that this answer, which is none, was probably meant to be, or None."""
        words = self.said.text.split(maxsplit=1)
        word = words[0].lower() if words else ""
        if not word.startswith("/") or word.startswith("//"):
            return None
        alike = [command for command in COMMANDS if abs(len(word) - len(command)) <= TYPING_ERRORS]
        near = [command for command in alike if _distance(word, command) <= TYPING_ERRORS]
        return near[0] if near else None

    @property
    def excerpt(self) -> str:
        """Its first words; of one without words, its files; of one without either, its number."""
        words = " ".join(self.whole.text.split()) or ", ".join(file.name for file in self.files)
        words = words or f"#{self.ref.number}"
        return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"


def _distance(one: str, other: str) -> int:
    """Edits between two words (Levenshtein), a swap of neighbours counting as one."""
    before, row = list(range(len(other) + 1)), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [i] + [0] * len(other)
        for j, b in enumerate(other, 1):
            row[j] = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], above[j - 2] + 1)
    return row[-1]
