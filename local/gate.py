"""A gate that work goes through: it can be closed for a moment in which nothing is at work."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gate:
    """Any number may be inside, until somebody closes it: then none goes in, and whoever closed it waits for those inside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_closed = False

    def enter(self) -> None:
        """Go in; waits while the gate is closed."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1

    def leave(self) -> None:
        """Come out; any thread may say so."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """In, and out at the end."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def closed(self, timeout: float) -> Iterator[None]:
        """Nobody is inside, until the end.

        Args:
            timeout: real seconds to wait for those inside.

        Raises:
            TimeoutError: somebody is still inside; the gate is open again.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            if not self._changed.wait_for(lambda: not self._is_closed, timeout):
                raise TimeoutError(f"Somebody else held everything up for {timeout:g} s")
            self._is_closed = True
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: not self._inside, max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"{self._inside} pieces of work did not end within {timeout:g} s")
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
