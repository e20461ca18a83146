"""How many of Planfix's slots went to lesser work while an employee's answer waited for its own, seen where slots are given."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bridge.aws.pacer import Pacer

if TYPE_CHECKING:
    from collections.abc import Iterator

REMEMBERED = 1000
"""The newest slots that are looked at; ten seconds of them."""


class Slots:
    """The slots that were given.

    Attributes:
        before: of each call for an answer, how many slots between its asking and its own went to clients' messages and files.
    """

    def __init__(self) -> None:
        self.before: list[int] = []
        self._lesser: deque[int] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """All pacers of this process tell of the slots they give."""
        reserve = Pacer._reserve  # noqa: SLF001 - nothing else tells for whom a slot is

        def told(pacer: Pacer, now: int, *given: Any) -> int | None:
            at = reserve(pacer, now, *given)
            if at is not None and pacer._is_scarce:  # noqa: SLF001
                self._note(now, at, is_answer=pacer._turn().is_answer)  # noqa: SLF001
            return at

        with patch.object(Pacer, "_reserve", told):
            yield

    def _note(self, now: int, at: int, *, is_answer: bool) -> None:
        with self._lock:
            if is_answer:
                self.before.append(sum(now < one < at for one in self._lesser))
            else:
                self._lesser.append(at)
