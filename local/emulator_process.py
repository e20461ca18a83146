"""What runs in the emulator's own process: ministack on a socket that the parent has bound, until the parent is gone.

The parent holds the other end of standard input and never writes to it. The end of input therefore means that the
parent has ended, however it ended (also by kill -9), and this process deletes its state and ends as well.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import shutil
import signal
import struct
import sys
import threading
import time
from typing import SupportsIndex

_LOOK_AGAIN = 0.2
"""Real seconds after which a sleep looks at the clock again: it ends when its time has passed, also by a skip."""


def _end_with_parent(state: str) -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(state, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)  # this process and the functions that it runs: they are a session of their own


def _live_by(clock: int) -> None:
    """Let ministack's time be that of the parent's clock (local/clock.py, which this process cannot import).

    Ministack asks `time.time` for visibility, delays, deduplication, retention and TTL. What asks `time.monotonic`, such
    as asyncio, stays on real time, and so do the dates of parameters (`datetime.now`), by which nothing decides.
    """
    skipped, shared = struct.Struct("d"), mmap.mmap(clock, 8, access=mmap.ACCESS_READ)
    real_time, real_sleep = time.time, time.sleep

    def moved_time() -> float:
        return real_time() + float(skipped.unpack_from(shared)[0])

    def sleep(seconds: float | SupportsIndex, /) -> None:
        until = moved_time() + float(seconds)
        while (left := until - moved_time()) > 0:
            real_sleep(min(left, _LOOK_AGAIN))

    time.time = moved_time
    time.sleep = sleep


def main(socket_number: str, state: str, clock: str | None = None) -> None:
    """Serve until standard input ends.

    Args:
        socket_number: file descriptor of the listening socket.
        state: folder to delete at the end.
        clock: file descriptor of the parent's clock.
    """
    threading.Thread(target=_end_with_parent, args=(state,), daemon=True).start()
    if clock is not None:
        _live_by(int(clock))
    # Imported after the watchdog runs: a parent that dies during the imports is noticed too.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # type: ignore[import-untyped]  # noqa: PLC0415 - ministack has no types

    config = Config()
    config.bind = [f"fd://{socket_number}"]
    config.keep_alive_timeout = 75  # as ministack's own main() does; shorter than a long poll would break one
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main(*sys.argv[1:])
