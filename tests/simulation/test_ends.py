"""What ``make ends`` keeps of a seed, and how it compares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulation.ends import difference, end, is_same, main, packed, unpacked

SEEDS = range(3)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calm ends of a few seeds."""
    file = tmp_path_factory.mktemp("ends") / "before.json"
    assert main(["--seeds", str(len(SEEDS)), "--processes", "1", "--calm", "--file", str(file)]) == 0
    return file


def test_the_same_code_gives_the_same_file(kept: Path, tmp_path: Path) -> None:
    """Whoever plays the same seeds again gets the same file, byte by byte."""
    again = tmp_path / "again.json"
    asked = ["--seeds", str(len(SEEDS)), "--processes", "2", "--calm", "--file", str(again), "--against", str(kept)]
    assert main(asked) == 0
    assert again.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("seed", SEEDS)
def test_calm_ends_do_not_depend_on_when_calls_happen(seed: int) -> None:
    """Faster and slower services, which move every later call, leave what people see as it is."""
    usual = end(seed, calm=True)
    assert is_same(usual, end(seed, calm=True, share=0.35))
    assert is_same(usual, end(seed, calm=True, share=0.65))


def test_an_end_holds_what_people_saw(kept: Path) -> None:
    """Phones, files, contacts, tasks with their comments, dead letters; and neither a row's key nor the bridge's mark."""
    text = "\n".join("\n".join(unpacked(one)) for one in json.loads(kept.read_text("utf-8"))["ends"].values())
    for part in (
        "== the phone of 700000001",
        "== contacts of acme.planfix.ru",
        "== task of contact 700000001",
        "client: c№",
    ):
        assert part in text
    for part in ("jpeg, ", '"assignees": ["user:', "| edited", "== what went to the dead letters"):
        assert part in text
    assert "sourceObjectId" not in text
    assert "#own_bot#" not in text


def test_what_differs_is_named_with_its_place(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The seed, whose phone or task it is, the line of before and the line of now."""
    told = json.loads(kept.read_text("utf-8"))
    lines = unpacked(told["ends"]["1"])
    place = next(number for number, line in enumerate(lines) if line.startswith("client: c№"))
    told["ends"]["1"] = packed([*lines[:place], "client: another word", *lines[place + 1 :]])
    other = tmp_path / "other.json"
    other.write_text(json.dumps(told), "utf-8")
    assert main(["--seeds", "2", "--processes", "1", "--calm", "--against", str(other)]) == 1
    shown = capsys.readouterr().out
    assert "seed 1 ends differently" in shown
    assert "- client: another word" in shown
    assert f"+ {lines[place]}" in shown
    assert "seed 0" not in shown


def test_files_of_the_two_modes_are_not_compared(kept: Path) -> None:
    """Ends with faults say nothing about ends without."""
    with pytest.raises(SystemExit, match="--calm"):
        main(["--seeds", "1", "--processes", "1", "--against", str(kept)])


def test_moments_may_be_a_little_apart() -> None:
    """A call more moves a moment by a minute; a quarter of an hour is another moment."""
    assert is_same(["until 24.11.2025 10:00"], ["until 24.11.2025 10:01"])
    assert not is_same(["until 24.11.2025 10:00"], ["until 24.11.2025 10:15"])
    assert list(difference(["== a", "x", "y"], ["== a", "x", "z"])) == ["== a", "- y", "+ z"]
