"""``make release VERSION=1.2.3``: the version in pyproject.toml, the changelog's date, a commit and a tag; then, if wanted, the push.

Nothing is begun unless everything is in order and ``.ci/run`` passes. What can be undone here (a commit, a tag) is asked about once,
what cannot (others fetch what was pushed) once more; whatever is no clear yes is a no. Exit code 0 only for a release that was made.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
BRANCH: Final = "main"
REMOTE: Final = "origin"

_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_VERSION_LINE: Final = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)
_UNRELEASED: Final = "## [Unreleased]\n"


class NotReleased(Exception):
    """Why there is no release, in a sentence for the maintainer."""


@dataclass(frozen=True, slots=True)
class Project:
    """A clone of the project, and what a release needs of the world outside.

    Args:
        root: its folder.
        ask: asks a question and gives the answer; EOFError where nobody sits.
        prove: runs all that must hold, and says whether it does.
        today: the date that the changelog gets.
    """

    root: Path
    ask: Callable[[str], str]
    prove: Callable[[Path], bool]
    today: date

    @property
    def pyproject(self) -> Path:
        return self.root / "pyproject.toml"

    @property
    def changelog(self) -> Path:
        return self.root / "CHANGELOG.md"

    def git(self, *arguments: str) -> str:
        """What git prints.

        Raises:
            NotReleased: git refused; its own words.
        """
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git with our own words
        if done.returncode:
            raise NotReleased(f"git {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def agreed(self, question: str) -> bool:
        """Whether the answer is a clear yes."""
        try:
            return self.ask(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
        except EOFError:
            return False


def release(project: Project, version: str) -> None:
    """Make a release, and say what was done.

    Raises:
        NotReleased: something is not in order, or was not agreed to; then all is as it was before.
    """
    problems = list(_problems(project, version))
    if problems:
        raise NotReleased("\n".join(problems))
    print("Everything must hold first: .ci/run")
    if not project.prove(project.root):
        raise NotReleased(".ci/run failed: mend that first.")
    tag = f"v{version}"
    _commit(project, version, tag)
    print(f"{tag} is committed and tagged here. To undo that: git tag -d {tag} && git reset --keep HEAD~1")
    _push(project, tag)


def _problems(project: Project, version: str) -> Iterator[str]:
    """What stands in the way, a sentence each."""
    wanted = _numbers(version)
    if wanted is None:
        yield f"{version or 'Nothing'} is no version: say make release VERSION=1.2.3."
        return
    if project.git("branch", "--show-current") != BRANCH:
        yield f"A release is made on {BRANCH}: git switch {BRANCH}."
    if project.git("status", "--porcelain"):
        yield "There are changes that are not committed: git status names them."
    released = [numbers for tag in project.git("tag", "--list", "v*").split() if (numbers := _numbers(tag[1:]))]
    if released and wanted <= max(released):
        yield f"{_spelled(max(released))} is released already: {version} is not above it."
    current = _numbers(_version(project))
    if current and wanted < current:
        yield f"pyproject.toml says {_spelled(current)} already: {version} is below it."
    if not _news(project.changelog.read_text("utf-8")):
        yield f"CHANGELOG.md says nothing under {_UNRELEASED.strip()}: what is new?"


def _commit(project: Project, version: str, tag: str) -> None:
    """Write the version and the date, show them, and commit and tag them if that is agreed to."""
    pyproject, changelog = project.pyproject.read_text("utf-8"), project.changelog.read_text("utf-8")
    news = _news(changelog)
    heading = f"{_UNRELEASED}\n## [{version}] - {project.today:%Y-%m-%d}\n"
    project.pyproject.write_text(_VERSION_LINE.sub(f'version = "{version}"', pyproject, count=1), "utf-8")
    project.changelog.write_text(changelog.replace(_UNRELEASED, heading, 1), "utf-8")
    print(project.git("diff"))
    try:
        if not project.agreed(f"Commit this and tag it {tag}?"):
            raise NotReleased("Nothing was changed.")
        project.git("commit", "--quiet", "--all", "--message", f"Version {version}")
    except NotReleased:  # a hook of the maintainer's may refuse the commit too
        project.pyproject.write_text(pyproject, "utf-8")
        project.changelog.write_text(changelog, "utf-8")
        raise
    # verbatim: git would take the changelog's headings for comments
    project.git("tag", "--annotate", tag, "--cleanup=verbatim", "--message", f"Version {version}\n\n{news}\n")


def _push(project: Project, tag: str) -> None:
    """Give it to others if that is agreed to; without a remote there is nobody to give it to."""
    if REMOTE not in project.git("remote").split():
        return
    push = ("push", "--atomic", REMOTE, BRANCH, tag)
    if project.agreed(f"Push {BRANCH} and {tag} to {REMOTE}? Others will have it then: this cannot be undone."):
        project.git(*push)
        print(f"{tag} is released.")
    else:
        print(f"Not pushed. To do it later: git {' '.join(push)}")


def _version(project: Project) -> str:
    found = _VERSION_LINE.search(project.pyproject.read_text("utf-8"))
    if found is None:
        raise NotReleased("pyproject.toml has no line with the version.")
    return found[1]


def _news(changelog: str) -> str:
    """What the changelog says under its unreleased heading; "" when there is none, or nothing but headings."""
    _, _, rest = changelog.partition(_UNRELEASED)
    section = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return section if re.search(r"^[^#\s]", section, re.MULTILINE) else ""


def _numbers(version: str) -> tuple[int, ...] | None:
    """A version as numbers that can be compared; None when it is none."""
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else None


def _spelled(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def _run_ci(root: Path) -> bool:
    return subprocess.run([root / ".ci" / "run"], check=False).returncode == 0  # noqa: S603 - our own script


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make release", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("version", nargs="?", default="", help="the version to release, three numbers")
    wanted = parser.parse_args(arguments).version
    try:
        release(Project(ROOT, input, _run_ci, datetime.now(UTC).date()), wanted)
    except NotReleased as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
