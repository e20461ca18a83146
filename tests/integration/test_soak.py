"""A small soak: real time, real processes, faults, days that pass; the large one is `make soak`."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(600)  # it takes half a minute on a machine of its own
@pytest.mark.parametrize("route", ["chat_api"])  # `make soak` plays both, longer
def test_a_small_soak_keeps_every_promise(route):
    """What people do happens to a few of them, and every promise is kept."""
    soak = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.soak", "--messages", "80", "--chats", "12", "--seed", "3", "--route", route],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (soak.returncode, "all were kept" in soak.stdout) == (0, True), soak.stdout + soak.stderr
