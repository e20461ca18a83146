"""What happened to each message, step by step, for the page and for a person who watches."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Fact = str | int | bool | None

REQUEST: ContextVar[str] = ContextVar("REQUEST", default="")
"""The webhook request that this thread answers: it ties what arrived to what was queued."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a journey: ``kind`` names it (``place.what``), ``facts`` hold ids and numbers, never text or secrets."""

    number: int
    at: float
    kind: str
    facts: dict[str, Fact]

    def as_json(self) -> dict[str, object]:
        """The step as one flat object."""
        return {"number": self.number, "at": self.at, "kind": self.kind, **self.facts}


class Journal:
    """An append-only list of steps that several threads write and several readers follow.

    Args:
        clock: gives Unix seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._steps: list[Step] = []
        self._grown = threading.Condition()

    def add(self, kind: str, **facts: Fact) -> None:
        """Write down a step."""
        with self._grown:
            self._steps.append(Step(len(self._steps) + 1, self._clock(), kind, facts))
            self._grown.notify_all()

    def after(self, number: int, timeout: float = 0) -> list[Step]:
        """The steps after step ``number``; waits up to ``timeout`` seconds for the first of them."""
        with self._grown:
            self._grown.wait_for(lambda: len(self._steps) > number, timeout)
            return self._steps[number:]
