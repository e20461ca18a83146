"""What the project promises of itself outside its code: each list that stands twice says the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def test_a_commit_is_checked_as_make_check_does():
    """pre-commit runs each command of `make check`, in its order, and no other."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    commands = recipe[1].replace("$(BIN)", ".venv/bin").replace("$(MAKE)", "make").split("\n\t")
    hooks = [hook for repo in _yaml(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert [hook["entry"] for hook in hooks] == [command.strip() for command in commands]
    assert not any(hook["pass_filenames"] for hook in hooks)


def test_public_ci_only_calls_the_script():
    """What must hold stands in .ci/run; the workflow checks out, brings Python, and calls it. Actions are named by their commit."""
    [job] = _yaml(".github/workflows/ci.yml")["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in job["steps"] if "uses" in step)


def test_every_lock_file_is_kept_fresh():
    """Each folder with a lock file is one that Dependabot looks into."""
    locks = {*ROOT.glob("requirements/*.txt"), ROOT / "layers/common/requirements.txt"}
    looked = {
        folder for update in _yaml(".github/dependabot.yml")["updates"] for folder in update.get("directories", ())
    }
    assert looked == {f"/{path.parent.relative_to(ROOT).as_posix()}" for path in locks}
    assert all(update["cooldown"]["default-days"] for update in _yaml(".github/dependabot.yml")["updates"])


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_the_licence_is_the_one_that_is_named(page: str):
    """LICENSE is MIT's, pyproject.toml says so, and both readmes lead to it."""
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert PYPROJECT["project"]["license"] == "MIT"
    assert "[MIT](LICENSE)" in (ROOT / page).read_text("utf-8")


def test_the_version_is_that_of_the_newest_release():
    """What `planfix-telegram --version` says is what the changelog dates last, once there is a release."""
    dated = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert PYPROJECT["project"]["version"] == (dated[0] if dated else "0.1.0")


def test_every_test_says_its_rule():
    """A docstring is wanted of each function by ruff, tests included, and no test hides from it in a class."""
    rules = PYPROJECT["tool"]["ruff"]["lint"]
    ignored = {*rules["ignore"], *rules["per-file-ignores"]["tests/**"]}
    assert "ALL" in rules["select"]
    assert not {"D", "D1", "D10", "D103"} & ignored
    hidden = r"^ +(async )?def test_"
    files = (ROOT / "tests").rglob("*.py")
    assert [file.name for file in files if re.search(hidden, file.read_text("utf-8"), re.MULTILINE)] == []
