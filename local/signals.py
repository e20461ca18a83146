"""How the programs of this folder are ended."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


def end_by_signal() -> None:
    """From now on SIGTERM ends the program as Ctrl-C does, and Ctrl-C also one that a script put in the background."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)


def wait_for_the_end() -> None:
    """Wait until a signal ends the program, by KeyboardInterrupt."""
    while True:
        signal.pause()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
