import os
import subprocess
import sys

import pytest

from local.demo_cast import make
from local.suppression import EFFECTS


def _demo(*arguments: str):
    """Play the demo in a process of its own, faster than Planfix's one request a second."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "local.demo", "--rate", "50", "--patience", "40", *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )


@pytest.mark.parametrize("seed", ["11", "12"])
def test_everything_arrives_whatever_the_names(seed):
    """The demo of any seed ends with exit code 0, and its transcript holds this seed's names."""
    result = _demo("--seed", seed)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"SEED={seed}" in result.stdout
    cast, words = make(int(seed))
    for shown in (cast.clients[0].name.full, cast.manager.last, cast.group, words.question, words.source):
        assert shown in result.stdout
    assert "✘" not in result.stdout


def test_seeds_make_different_words():
    """Nothing in the bridge can know the words beforehand: another seed has others."""
    assert make(11) != make(12)
    assert make(11) == make(11)


@pytest.mark.parametrize("effect", EFFECTS)
def test_without_any_effect_the_demo_notices(effect):
    """Each effect is looked at: when the fakes drop it, the demo says what is missing and ends with exit code 1."""
    result = _demo("--seed", "13", "--suppress", effect)
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout.count("✘") == 1, result.stdout + result.stderr
    assert "Not everything arrived" in result.stdout


def test_an_unknown_effect_is_wrong_usage():
    """A mistyped effect is not a demo without it."""
    assert _demo("--suppress", "nothing").returncode == 2
