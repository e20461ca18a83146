"""What runs in the emulator's own process: ministack on a socket that the parent has bound, until the parent is gone.

The parent holds the other end of standard input and never writes to it. The end of input therefore means that the
parent has ended, however it ended (also by kill -9), and this process deletes its state and ends as well.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading


def _end_with_parent(state: str) -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(state, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)  # this process and the functions that it runs: they are a session of their own


def main(socket_number: str, state: str) -> None:
    """Serve until standard input ends.

    Args:
        socket_number: file descriptor of the listening socket.
        state: folder to delete at the end.
    """
    threading.Thread(target=_end_with_parent, args=(state,), daemon=True).start()
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
