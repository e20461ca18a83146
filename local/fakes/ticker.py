"""A thread that does again and again what is due."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_AGAIN = 0.1
"""Real seconds after which the thread looks at the clock again, which may be a virtual one."""


class Ticker:
    """Runs something in a thread, when it is woken and every tenth of a second.

    Args:
        work: does what is due.
        name: the thread's.
    """

    def __init__(self, work: Callable[[], object], name: str) -> None:
        self._work = work
        self._name = name
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def start(self) -> None:
        """Begin."""
        if self._thread is not None:
            raise RuntimeError(f"{self._name}: it runs already")
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is being done is waited for."""
        if self._thread is None:
            return
        self._stopped.set()
        self._woken.set()
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(_LOOK_AGAIN)
            self._woken.clear()
            self._work()
