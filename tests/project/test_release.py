"""A release: what it changes, what it asks, and that a no leaves everything as it was."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tools.release import NotReleased, Project, release

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="a release is made with git")

TODAY = date(2026, 12, 1)
PYPROJECT = '[project]\nname = "bridge"\nversion = "0.1.0"\n'
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Stickers.

## [0.1.0] - 2026-11-01

### Added

- Everything.
"""


class Maintainer:
    """Answers the questions in order, and remembers them; goes away when nothing is left to answer."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone on main whose origin has its first version."""
    for variable, value in {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "Anna",
        "GIT_AUTHOR_EMAIL": "anna@example.com",
        "GIT_COMMITTER_NAME": "Anna",
        "GIT_COMMITTER_EMAIL": "anna@example.com",
    }.items():
        monkeypatch.setenv(variable, value)
    for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set where a commit hook runs the tests
        monkeypatch.delenv(variable, raising=False)
    root, origin = tmp_path / "clone", tmp_path / "origin.git"
    _git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(origin))
    _git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(root))
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "--message", "The beginning")
    _git(root, "tag", "v0.1.0")
    _git(root, "remote", "add", "origin", str(origin))
    _git(root, "push", "--quiet", "origin", "main", "v0.1.0")
    return root


def _git(where: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(where), *arguments], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()


def _origin(clone: Path) -> tuple[str, list[str]]:
    """What others can fetch: main's commit, and the tags."""
    origin = clone.parent / "origin.git"
    return _git(origin, "rev-parse", "main"), _git(origin, "tag").split()


def _release(clone: Path, maintainer: Maintainer, version: str = "0.2.0", *, holds: bool = True) -> None:
    release(Project(clone, maintainer, lambda _: holds, TODAY), version)


def _unchanged(clone: Path) -> bool:
    nothing_new = _git(clone, "tag").split() == ["v0.1.0"] and not _git(clone, "status", "--porcelain")
    return nothing_new and (clone / "CHANGELOG.md").read_text() == CHANGELOG


def test_a_release_is_a_version_a_date_and_a_tag_that_others_get(clone: Path):
    """pyproject.toml has the version, the changelog the date under an empty new heading, the tag the news; both are pushed."""
    maintainer = Maintainer("y", "yes")
    _release(clone, maintainer)
    assert 'version = "0.2.0"' in (clone / "pyproject.toml").read_text()
    assert (
        "## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- Stickers." in (clone / "CHANGELOG.md").read_text()
    )
    assert _git(clone, "log", "-1", "--format=%s") == "Version 0.2.0"
    assert _git(clone, "tag", "--list", "--format=%(contents)", "v0.2.0") == "Version 0.2.0\n\n### Added\n\n- Stickers."
    assert _origin(clone) == (_git(clone, "rev-parse", "v0.2.0^{commit}"), ["v0.1.0", "v0.2.0"])
    assert ["cannot be undone" in question for question in maintainer.asked] == [False, True]


@pytest.mark.parametrize("answers", [("n",), ("",), ("perhaps",), ()])
def test_without_a_clear_yes_nothing_changes(clone: Path, answers: tuple[str, ...]):
    """A no, an empty line, another word or nobody at the keyboard: files, commits and tags are as before."""
    with pytest.raises(NotReleased, match="Nothing was changed"):
        _release(clone, Maintainer(*answers))
    assert _unchanged(clone)


def test_a_refused_commit_changes_nothing(clone: Path):
    """A hook of the maintainer's own may say no: its words are shown, and the files are as before."""
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(NotReleased, match="not today"):
        _release(clone, Maintainer("y", "y"))
    assert _unchanged(clone)


def test_what_cannot_be_undone_has_a_question_of_its_own(clone: Path, capsys: pytest.CaptureFixture[str]):
    """A yes to the commit is none to the push: it stays here, with the commands to push it or to undo it."""
    before = _origin(clone)
    _release(clone, Maintainer("y", "n"))
    assert _git(clone, "tag").split() == ["v0.1.0", "v0.2.0"]
    assert _origin(clone) == before
    said = capsys.readouterr().out
    assert "git push --atomic origin main v0.2.0" in said
    assert "git tag -d v0.2.0 && git reset --keep HEAD~1" in said


def test_the_undoing_that_it_names_undoes_it(clone: Path):
    """The tag is gone, and everything is as before."""
    _release(clone, Maintainer("y", "n"))
    _git(clone, "tag", "-d", "v0.2.0")
    _git(clone, "reset", "--keep", "HEAD~1")
    assert _unchanged(clone)


def test_without_a_remote_nothing_is_asked_about_pushing(clone: Path):
    """There is nobody to give it to."""
    _git(clone, "remote", "remove", "origin")
    maintainer = Maintainer("y")
    _release(clone, maintainer)
    assert len(maintainer.asked) == 1


def test_what_does_not_hold_is_not_released(clone: Path):
    """A failing .ci/run ends it before anything is written or asked."""
    maintainer = Maintainer("y", "y")
    with pytest.raises(NotReleased, match=r"\.ci/run failed"):
        _release(clone, maintainer, holds=False)
    assert _unchanged(clone)
    assert maintainer.asked == []


@pytest.mark.parametrize("version", ["", "1.2", "v0.2.0", "0.2.0rc1", "00.2.0", "0.2.0\n"])
def test_a_version_is_three_numbers(clone: Path, version: str):
    """Anything else is refused, with what to say instead."""
    with pytest.raises(NotReleased, match=r"VERSION=1\.2\.3"):
        _release(clone, Maintainer("y", "y"), version)


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9"])
def test_a_version_is_above_all_that_were_released(clone: Path, version: str):
    """No tag is made twice, and none below another."""
    with pytest.raises(NotReleased, match="not above it"):
        _release(clone, Maintainer("y", "y"), version)


def test_versions_are_compared_as_numbers(clone: Path):
    """0.10.0 is above 0.9.0."""
    _git(clone, "tag", "v0.9.0")
    _release(clone, Maintainer("y"), "0.10.0")
    with pytest.raises(NotReleased, match=r"0\.10\.0 is released already"):
        _release(clone, Maintainer("y"), "0.9.1")


def test_a_release_without_news_is_refused(clone: Path):
    """Headings alone are no news; just after a release there are none."""
    _release(clone, Maintainer("y"))
    with pytest.raises(NotReleased, match="what is new"):
        _release(clone, Maintainer("y"), "0.3.0")


def test_only_what_is_committed_on_main_is_released(clone: Path):
    """Another branch and a changed file are both named."""
    _git(clone, "switch", "--quiet", "--create", "other")
    (clone / "new.txt").write_text("not committed")
    with pytest.raises(NotReleased, match="made on main") as refused:
        _release(clone, Maintainer("y", "y"))
    assert "not committed" in str(refused.value)
