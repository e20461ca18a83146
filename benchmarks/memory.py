"""``make bench``: how much memory large files take in the process that carries them, over its idle.

The bridge (real handlers, `local.bridge`) runs in a process of its own; the fakes of Telegram and Planfix are in this one, so
every file crosses real HTTP twice and the figure is the bridge's alone. Exit code 0 only if no case takes more than ``--most``.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from bridge.model import OWN_BOT
from bridge.telegram.client import ALLOWED_UPDATES
from local.fakes.planfix import FakePlanfix
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from local.phone import Phone
from local.problem import LocalProblem
from local.samples import Sample
from local.serving import Server, listen
from local.signals import end_by_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from local.fakes.planfix_model import Task

MB = 1024 * 1024
MOST = 40.0
"""MB over idle that a function of 512 MB is to take for a file, so that many times as much is left to Python and boto3."""

LARGEST_FROM_TELEGRAM = 20 * MB
"""core.telegram.org/bots/api#getfile"""
LARGEST_TO_TELEGRAM = 50 * MB - 64 * 1024
"""core.telegram.org/bots/api#sending-files: 50 MB, less what the form around the file takes."""
ALBUM = 10
PHOTO_FROM_TELEGRAM = 5 * MB
"""A large photo: Telegram gives bots pictures of at most 2560 points a side, which are smaller."""
PHOTO_TO_TELEGRAM = 49 * MB // ALBUM
"""An album is one request, so ten of them may have 50 MB together."""

MANAGER, TEMPLATE, CONTACT_TEMPLATE, CLIENT = 11, 102, 201, 501
PATIENCE = 60.0
"""Seconds that one case may take."""
REQUESTS_A_SECOND = 1000
"""Waiting for Planfix's limit costs no memory."""

_BRIDGE = "import sys; from pathlib import Path; from local.bridge import serve; serve(Path(sys.argv[1]), 0)"
_SAYS_WHERE = "The bridge listens on "


@dataclass(frozen=True)
class Case:
    """What is carried: files of one size, from the client or from an employee."""

    name: str
    from_client: bool
    files: int
    size: int


CASES = (
    Case("20 MB file from the client", True, 1, LARGEST_FROM_TELEGRAM),
    Case("album of ten photos from the client", True, ALBUM, PHOTO_FROM_TELEGRAM),
    Case("20 MB file from an employee", False, 1, 20 * MB),
    Case("50 MB file from an employee", False, 1, LARGEST_TO_TELEGRAM),
    Case("album of ten photos from an employee", False, ALBUM, PHOTO_TO_TELEGRAM),
)
WARM_UP = tuple(Case("small", case.from_client, case.files, 2000) for case in CASES)
"""The same, small: afterwards everything is imported, connected and cached that is so in a container at work."""


T = TypeVar("T")


class Process:
    """The memory of a running process, as Linux tells of it (man 5 proc)."""

    def __init__(self, pid: int) -> None:
        self._place = Path("/proc", str(pid))
        if not (self._place / "clear_refs").exists():
            raise LocalProblem("This needs Linux: peak memory is read from /proc.")

    def now(self) -> int:
        """Bytes in memory."""
        return self._status("VmRSS")

    def peak(self) -> int:
        """The most bytes that were in memory since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Begin a new peak at what is in memory now."""
        (self._place / "clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        lines = (self._place / "status").read_text("ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


class World:
    """The fakes, and the bridge in a process of its own, running between ``with`` and its end."""

    process: Process

    def __init__(self) -> None:
        self._chance = random.Random(1)  # noqa: S311 - bytes that nothing can compress
        self._end = ExitStack()
        self._token = secrets.token_urlsafe(24)
        self.telegram = FakeTelegram()
        self.planfix = FakePlanfix(token=self._token, rate=0, remember_calls=False)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.close()

    def carry(self, case: Case) -> None:
        """Let files of this case be carried, and see them arrive byte for byte.

        Raises:
            TimeoutError: they do not arrive.
        """
        files = [self._file(case, number) for number in range(case.files)]
        if case.from_client:
            self._from_client(files)
        else:
            self._from_employee(files)
        _wait(lambda: not self._is_busy(), "the bridge is at rest")

    def _file(self, case: Case, number: int) -> Sample:
        if case.files == 1:
            return Sample("document", "archive.bin", "application/octet-stream", self._chance.randbytes(case.size))
        sides = (1280).to_bytes(4, "big") + (960).to_bytes(4, "big")
        head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + sides + b"\x08\x02\0\0\0"
        return Sample("photo", f"{number}.png", "image/png", head + self._chance.randbytes(case.size - len(head)))

    def _from_client(self, files: Sequence[Sample]) -> None:
        if len(files) == 1:
            self._phone.send_file(files[0])
        else:
            self._phone.send_album(files)
        wanted = [file.data for file in files]
        _wait(lambda: self._newest_comment() == wanted, "the files are in the task, as one comment")

    def _newest_comment(self) -> list[bytes]:
        comments = self.planfix.comments(self._task.id) if self._tasks else []
        return [self.planfix.files[number].data for number in comments[-1].files] if comments else []

    def _from_employee(self, files: Sequence[Sample]) -> None:
        numbers = [self.planfix.put_file(file.data, file.name, file.mime) for file in files]
        notify = [self._task.counterparty or ""]
        self.planfix.employee_comments(self._task.id, MANAGER, "", notify=notify, files=numbers)
        wanted = [file.data for file in files]
        _wait(lambda: self._newest_letters(len(files)) == wanted, "the files are on the client's phone")

    def _newest_letters(self, count: int) -> list[bytes | None]:
        return [letter.media for letter in self.telegram.chat_of(CLIENT, bot=self._bot)[-count:]]

    @property
    def _tasks(self) -> list[Task]:
        return self.planfix.tasks()

    @property
    def _task(self) -> Task:
        return self._tasks[0]

    def _is_busy(self) -> bool:
        if self.telegram.updates_for(self._bot) or self.planfix.requests_waiting:
            return True
        queues = httpx.get(f"{self._url}/health", trust_env=False).json()["queues"]
        return any(depth["waiting"] or depth["in_flight"] for depth in queues.values())

    def _start(self) -> None:
        self.planfix.add_user(MANAGER, "Сергей", "Кожемякин")
        self.planfix.add_task_template(TEMPLATE, "Вопрос боту", assignees=(f"user:{MANAGER}",))
        self.planfix.add_contact_template(CONTACT_TEMPLATE, "Клиент")
        self.telegram.add_user(CLIENT, "Мария", "Соколова")
        self._bot = self.telegram.add_bot(f"880001:{secrets.token_urlsafe(26)}")
        self._phone = Phone(self.telegram, self._bot, CLIENT)
        webhook_secret, planfix_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        telegram_url, planfix_url = self._serve(self.telegram.wsgi), self._serve(self.planfix.wsgi)
        integration = {
            "settings": {
                "telegram": {"api_url": telegram_url},
                "planfix": {"account_url": planfix_url, "requests_per_second": REQUESTS_A_SECOND},
                "channels": {OWN_BOT: {"task_template": TEMPLATE, "contact_template": CONTACT_TEMPLATE}},
            },
            "secrets": {
                "bot_token": self._bot.token,
                "webhook_secrets": [webhook_secret],
                "planfix_secrets": [planfix_secret],
                "planfix_token": self._token,
            },
        }
        self._url = self._start_bridge({"integrations": {"main": integration}})
        httpx.post(
            f"{telegram_url}/bot{self._bot.token}/setWebhook",
            json={
                "url": f"{self._url}/telegram/main",
                "secret_token": webhook_secret,
                "allowed_updates": ALLOWED_UPDATES,
            },
            trust_env=False,
        ).raise_for_status()
        self.planfix.add_scenario(f"{self._url}/planfix/main/comment", secret=planfix_secret)
        self.planfix.start()
        self._end.callback(self.planfix.stop)
        delivery = Delivery(self.telegram)
        delivery.start()
        self._end.callback(delivery.stop)
        self.telegram.start(self._bot, CLIENT)

    def _serve(self, application: Any) -> str:
        server = Server(application, listen())
        self._end.callback(server.close)
        return server.url

    def _start_bridge(self, settings: dict[str, Any]) -> str:
        """Start the bridge; gives its address."""
        folder = Path(self._end.enter_context(tempfile.TemporaryDirectory(prefix="planfix-telegram-bench-")))
        file, output = folder / "settings.json", folder / "output"
        file.write_text(json.dumps(settings), "utf-8")
        with output.open("wb") as sink:
            process = subprocess.Popen([sys.executable, "-c", _BRIDGE, str(file)], stdout=sink, stderr=sink)  # noqa: S603 - our own program
        self._end.callback(_end, process)
        self.process = Process(process.pid)

        def url() -> str:
            if process.poll() is not None:
                raise LocalProblem(f"The bridge did not start:\n{output.read_text('utf-8')}")
            said = output.read_text("utf-8", errors="replace").partition(_SAYS_WHERE)[2]
            return said.split()[0] if "\n" in said else ""

        return _wait(url, "the bridge has started")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _wait(is_so: Callable[[], T], what: str) -> T:
    """Wait until it is so; gives what it is."""
    deadline = time.monotonic() + PATIENCE
    while not (found := is_so()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {PATIENCE:g} s it is still not so that {what}.")
        time.sleep(0.05)
    return found


def measure(world: World) -> list[tuple[Case, float, float]]:
    """Carry each case; gives its seconds, and the MB of its peak over the idle after the small ones."""
    for case in WARM_UP:
        world.carry(case)
    idle = world.process.now()
    print(
        f"Idle after small messages: {idle / MB:.1f} MB.\n\n{'carried':38}{'MB':>7}{'seconds':>9}{'peak':>8}{'over idle':>11}"
    )
    measured = []
    for case in CASES:
        world.process.forget_peak()
        began = time.monotonic()
        world.carry(case)
        took, peak = time.monotonic() - began, world.process.peak()
        over = (peak - idle) / MB
        print(f"{case.name:38}{case.files * case.size / MB:7.1f}{took:9.1f}{peak / MB:8.1f}{over:11.1f}", flush=True)
        measured.append((case, took, over))
    return measured


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark.

    Returns:
        Exit code: 0, or 1 when a case takes too much, or the bench could not be made.
    """
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--most", type=float, default=MOST, help=f"MB over idle that are allowed (default {MOST:g})")
    most = parser.parse_args(arguments).most
    end_by_signal()
    try:
        with World() as world:
            over = max(over for _, _, over in measure(world))
    except (LocalProblem, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Ended; nothing is left running.")
        return 1
    is_so = over <= most
    print(f"\nAt most {over:.1f} MB over idle; allowed are {most:g}." + ("" if is_so else " That is too much."))
    return 0 if is_so else 1


if __name__ == "__main__":
    sys.exit(main())
