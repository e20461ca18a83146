"""The embedded AWS emulator (ministack: DynamoDB, SQS FIFO, SSM, S3) as a child process on a free loopback port.

Ministack and not moto, because moto's FIFO is not faithful: it forgets deleted deduplication ids, ignores the
per-group scope and breaks the order after a change of visibility.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from local.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from local.clock import Clock

REGION = "us-east-1"
ACCOUNT = "000000000000"
"""Ministack's default account (MINISTACK_ACCOUNT_ID)."""
ROOT_KEY = "test"
"""The access key, and its secret, that ministack takes for the account's root. Links to files in S3 are always verified by it."""

_START_SECONDS = 60
"""It starts in 0.3 s on an idle machine; a busy one with cold disks may need many times that."""
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")
_PROCESS = Path(__file__).with_name("emulator_process.py")
_no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Emulator:
    """A running emulator; ``url`` is its AWS endpoint. Ends with this process, however this process ends.

    Args:
        python: an interpreter that has ministack. Functions that are deployed to the emulator run in it too.
        variables: further environment variables of ministack, or other values of those below.
        clock: what time it is for queues and tables; by default it is real.
    """

    def __init__(
        self,
        python: str | Path = sys.executable,
        variables: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._python = python
        self._variables = dict(variables or {})
        self._clock = clock
        self._state = tempfile.mkdtemp(prefix="planfix-telegram-aws-")
        self._log = Path(self._state, "log")
        self._closing = threading.Lock()
        try:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                port = listener.getsockname()[1]
                self.url = f"http://127.0.0.1:{port}"
                self._process = self._spawn(listener.fileno(), port)
        except OSError:
            shutil.rmtree(self._state, ignore_errors=True)
            raise
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _spawn(self, listener: int, port: int) -> subprocess.Popen[bytes]:
        # A list of what is passed on, not the whole environment: ministack listens to names like AUTH and USE_SSL.
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment |= {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",  # otherwise it opens 8883 on all interfaces
            "SFTP_ENABLED": "0",
            "SERVICES": "dynamodb,sqs,ssm,s3",
            "STATE_DIR": self._state,
            "S3_DATA_DIR": self._state,
            "TMPDIR": self._state,
            "LOG_LEVEL": "ERROR",
            "MINISTACK_REGION": REGION,
            **self._variables,
        }
        clock = [] if self._clock is None else [self._clock.file]
        with self._log.open("wb") as log:
            # -P: the folder of local/ is no place to import from. A session of its own: Ctrl-C is for the parent, which
            # ends this process last.
            return subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [self._python, "-P", str(_PROCESS), str(listener), self._state, *map(str, clock)],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listener, *clock],
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        # The parent has bound the socket, so a request simply waits in its queue until the child serves.
        try:
            with _no_proxy.open(f"{self.url}/_ministack/health", timeout=_START_SECONDS):
                return
        except OSError as error:
            tail = self._log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise LocalProblem(
                f"The embedded AWS emulator did not start ({tail or error}). Is `ministack` installed in the virtual "
                "environment? `make run` installs it."
            ) from error

    def close(self) -> None:
        """End the process and delete its state. May be called again."""
        with self._closing:
            if self._process.returncode is None:  # waited for, its number could be somebody else's
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)  # with the functions that it runs
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            shutil.rmtree(self._state, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
