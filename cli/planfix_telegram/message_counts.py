"""Messages and answers by day and channel, as the sender's log tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from bridge.model import Author
from planfix_telegram.log_lines import LogLine

RECEIVED: Final = "carried to Planfix"
SENT: Final = "carried to Telegram"
FILES_SENT: Final = "files carried to Telegram"
REFUSED: Final = "answer refused"
"""What the sender's log says of each (bridge/routes, bridge/flows)."""


@dataclass(slots=True)
class Counted:
    """One channel's day (UTC). An answer of several parts or with files is one; so is a message that was carried in two attempts.

    Attributes:
        received: clients' messages that are in their tasks.
        by_owner: the owner's own, from the phone.
        sent: employees' answers that went out.
        refused: answers that did not, by reason (a value of `bridge.errors.Reason`).
        waits: seconds from a client's first unanswered message to the answer, whoever gave it.
    """

    received: int = 0
    by_owner: int = 0
    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def usual_wait(self) -> float | None:
        """Half of the clients waited no longer, in seconds."""
        return median(self.waits) if self.waits else None


def counted(lines: Iterable[LogLine], integration: str) -> dict[tuple[str, str], Counted]:
    """What was carried, by day (``2025-11-22``) and channel.

    Args:
        lines: of the sender's log, oldest first; others among them are left out.
        integration: whose chats.
    """
    days: dict[tuple[str, str], Counted] = {}
    known: set[tuple[str, str, int]] = set()
    waiting: dict[str, float] = {}
    for line in lines:
        said, message = line.said, str(line.said.get("message", ""))
        alias, _, rest = str(said.get("chat", "")).partition("#")
        effect = "sent" if message in (SENT, FILES_SENT) else message
        number = said.get("message_id" if message == RECEIVED else "comment")
        if message not in (RECEIVED, SENT, FILES_SENT, REFUSED) or alias != integration or not isinstance(number, int):
            continue
        if (effect, rest, number) in known:
            continue
        known.add((effect, rest, number))
        channel = rest.partition("#")[0]
        day = days.setdefault((f"{datetime.fromtimestamp(line.at, UTC):%Y-%m-%d}", channel), Counted())
        _count(day, message, said)
        _wait(day, waiting, rest, line, is_of_client=_is_of_client(message, said), is_answer=_is_answer(message, said))
    return days


def _count(day: Counted, message: str, said: Mapping[str, Any]) -> None:
    if message == REFUSED:
        day.refused[str(said.get("reason", ""))] += 1
    elif message != RECEIVED:
        day.sent += 1
    elif _is_of_client(message, said):
        day.received += 1
    elif said.get("author") == Author.OWNER:
        day.by_owner += 1


def _wait(
    day: Counted, waiting: dict[str, float], chat: str, line: LogLine, *, is_of_client: bool, is_answer: bool
) -> None:
    if is_of_client:
        waiting.setdefault(chat, line.at)
    elif is_answer and chat in waiting:
        day.waits.append(line.at - waiting.pop(chat))


def _is_of_client(message: str, said: Mapping[str, Any]) -> bool:
    return message == RECEIVED and said.get("author") == Author.CLIENT


def _is_answer(message: str, said: Mapping[str, Any]) -> bool:
    return message in (SENT, FILES_SENT) or (message == RECEIVED and said.get("author") == Author.OWNER)
