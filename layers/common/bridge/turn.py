"""What of a batch is at work now: whose it is, how urgent, how much time its invocation has left, and where it was let in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class Turn:
    """One message of a queue, or one album, while it is carried.

    Attributes:
        time_left: seconds that this invocation still has.
        is_answer: an employee waits for it: its calls go before those of clients' messages.
        group: whose it is. What fails for one of them alone has not failed for everybody.
        message_id: the queue's number of its message, under which its place in a line is kept.
        received: how often the queue handed it out, this time included.
        behind: what follows in its batch: younger, and not to be overtaken by what is younger still.
        tickets: its tickets in lines, by destination (aws/line.py).
        keep: remembers these tickets while it lies in its queue again.
        begun: destinations that it has called: it is no newcomer there, and is not sent away for congestion.
    """

    time_left: Callable[[], float]
    is_answer: bool = False
    group: str = ""
    message_id: str = ""
    received: int = 1
    behind: Sequence[Turn] = ()
    tickets: dict[str, Any] = field(default_factory=dict)
    keep: list[Callable[[], None]] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)

    def goes_back(self) -> None:
        """It lies in its queue again without having begun."""
        for keep in self.keep:
            keep()
