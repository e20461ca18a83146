"""What the ledger keeps of what was sent to a client: the JSON of its outcomes, read as any version of the bridge wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class SentPart(NamedTuple):
    """What became of one message of an answer's words (`keys.part_key`).

    Attributes:
        version: digest of all that the employee had written.
        parts: in how many messages it went.
        signature: characters and UTF-16 units of its author's line above it, on which it depends where the messages are cut; rows of
            older versions have none.
        message: which message it became in Telegram; None: nobody knows whether it arrived, and an employee was asked.
    """

    version: str
    parts: int
    signature: tuple[int, int]
    message: int | None

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> SentPart:
        """From an outcome."""
        characters, units = outcome.get("signature", (0, 0))
        message = int(outcome["message"]) if "message" in outcome else None
        return cls(outcome.get("of", ""), outcome.get("parts", 1), (characters, units), message)

    @classmethod
    def read(cls, outcome: Any) -> SentPart | None:
        """From what the ledger has of it, if it has anything."""
        return cls.of(outcome) if isinstance(outcome, dict) else None

    def as_outcome(self) -> dict[str, Any]:
        became = {"asked": 1} if self.message is None else {"message": self.message}
        return {**became, "of": self.version, "parts": self.parts, "signature": list(self.signature)}


class SentMessage(NamedTuple):
    """What a message in Telegram is (`keys.sent_key`): which of which answer's. Of the oldest ones only the answer is known.

    Attributes:
        answer: its number.
        parts: messages of its words.
        files: how many it has.
        part: which of its words' messages this is, from 1; 0 for a file.
        file: which of its files this is, from 1; 0 for words.
    """

    answer: int
    parts: int = 1
    files: int = 0
    part: int = 0
    file: int = 0

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> SentMessage:
        """From an outcome."""
        counted = (
            outcome.get(name, default) for name, default in (("parts", 1), ("files", 0), ("part", 0), ("file", 0))
        )
        return cls(outcome["comment"], *counted)

    @classmethod
    def read(cls, outcome: Any) -> SentMessage | None:
        """From what the ledger has of it, if it has anything."""
        return cls.of(outcome) if isinstance(outcome, dict) else None

    def as_outcome(self) -> dict[str, int]:
        which = {"part": self.part} if self.part else {"file": self.file}
        return {"comment": self.answer, "parts": self.parts, "files": self.files, **which}
