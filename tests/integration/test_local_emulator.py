import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from local.emulator import Emulator


def _gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_it_answers_on_loopback_and_leaves_nothing():
    """The emulator serves between `with` and its end; then its process and its folder are gone."""
    with Emulator() as emulator:
        assert emulator.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{emulator.url}/_ministack/health", trust_env=False).status_code == 200
        state = Path(emulator._state)
        assert state.is_dir()
    assert emulator._process.returncode is not None
    assert not state.exists()


def test_closing_twice_is_once():
    """`close` may be called again."""
    emulator = Emulator()
    emulator.close()
    emulator.close()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent(end):
    """However the parent ends, also by kill -9, the emulator ends and deletes its folder."""
    program = (
        "from local.emulator import Emulator; e = Emulator(); print(e._process.pid, e._state, flush=True); input()"
    )
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as parent:
        pid, state = parent.stdout.readline().split()
        parent.send_signal(end)
        parent.wait()
    assert _gone(int(pid))
    assert not Path(state).exists()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
