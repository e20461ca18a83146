"""One clock for everybody on this machine: real time, and whatever was skipped ("25 hours pass")."""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import time
import weakref
from pathlib import Path
from typing import Final

_SECONDS: Final = struct.Struct("d")
"""The shared file: the skipped seconds. Eight aligned bytes are copied at once, so nobody reads half a number."""


class Clock:
    """Gives Unix seconds, in this process and in those that inherit its file (local/emulator_process.py).

    Only what is about the conversation runs by it: the fakes, the bridge's decisions, queues and tables. Timeouts of
    calls, signatures and waits for a test stay on real time.
    """

    def __init__(self) -> None:
        number, path = tempfile.mkstemp(prefix="planfix-telegram-clock-")
        Path(path).unlink()
        os.ftruncate(number, _SECONDS.size)
        weakref.finalize(self, os.close, number)
        self.file: Final = number
        """Descriptor of the shared file, for child processes."""
        self._shared = mmap.mmap(number, _SECONDS.size)

    def __call__(self) -> float:
        """Unix seconds."""
        return time.time() + self.skipped

    @property
    def skipped(self) -> float:
        """Seconds that were skipped in all."""
        return float(_SECONDS.unpack_from(self._shared)[0])

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once, for everybody.

        Raises:
            ValueError: no clock goes back.
        """
        if seconds < 0:
            raise ValueError("no clock goes back")
        _SECONDS.pack_into(self._shared, 0, self.skipped + seconds)
