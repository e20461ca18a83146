import os
import re
import subprocess
import sys

import pytest

from local.demo_cast import make
from local.suppression import CONVERSATION, KINDS


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


EFFECTS = [("rest", effect) for effect in CONVERSATION["rest"]] + [
    ("chat_api", effect) for effect in CONVERSATION["chat_api"] if effect not in CONVERSATION["rest"]
]
"""Each effect once: a play takes seconds."""


@pytest.mark.parametrize(("route", "seed"), [("rest", "11"), ("chat_api", "12")])
def test_everything_arrives_whatever_the_names(route, seed):
    """The demo of any seed ends with exit code 0, and its transcript holds this seed's names."""
    result = _demo("--route", route, "--seed", seed)
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


@pytest.mark.parametrize(("route", "effect"), EFFECTS)
def test_without_any_effect_the_conversation_notices(route, effect):
    """Each effect is looked at: when the fakes drop it, the demo says what is missing and ends with exit code 1."""
    result = _demo("--route", route, "--seed", "13", "--act", "conversation", "--suppress", effect)
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout.count("✘") == 1, result.stdout + result.stderr
    assert "Not everything arrived" in result.stdout


@pytest.mark.parametrize(("route", "half"), [("rest", 0), ("rest", 1), ("chat_api", 0)])
def test_each_kind_has_its_line(route, half):
    """The lines of the dropped kinds say what is missing, and those of all others stay: each looks at its own kind."""
    kinds = KINDS[route]
    dropped = set(list(kinds)[half::2])
    result = _demo("--route", route, "--seed", "13", "--act", "kinds", *_suppressing(dropped))
    assert result.returncode == 1, result.stdout + result.stderr
    assert (_lines("✘", result), _lines("✔", result)) == (dropped, set(kinds) - dropped), result.stdout


FILES = {
    *("in-photo", "in-video", "in-document", "in-animation", "in-video_note", "in-voice", "in-audio", "in-sticker"),
    *("in-album", "in-live_photo", "in-owner"),
    *("out-photo", "out-document", "out-voice", "out-audio", "out-video", "out-animation", "out-album"),
}


@pytest.mark.parametrize(
    ("route", "spoilt"), [("rest", ("in-bytes", "out-names")), ("chat_api", ("in-names", "out-bytes"))]
)
def test_each_file_is_looked_at(route, spoilt):
    """Another byte or another name is noticed in every line about a file, both ways, and in no other."""
    result = _demo("--route", route, "--seed", "13", "--act", "kinds", *_suppressing(spoilt))
    assert result.returncode == 1, result.stdout + result.stderr
    assert _lines("✘", result) == FILES, result.stdout


def _suppressing(effects):
    return [part for effect in effects for part in ("--suppress", effect)]


def _lines(mark, result):
    """The names of the lines with this mark."""
    return set(re.findall(rf"^  {mark} ((?:in|out)-\w+):", result.stdout, re.MULTILINE))


def test_an_unknown_effect_is_wrong_usage():
    """A mistyped effect is not a demo without it."""
    assert _demo("--suppress", "nothing").returncode == 2


def test_an_effect_of_the_other_route_is_wrong_usage():
    """Only what a route does can be taken away from it."""
    assert _demo("--route", "chat_api", "--suppress", "contact").returncode == 2
