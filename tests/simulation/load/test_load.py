"""A short run of ``make load``, and that the load run itself measures what it says and sees a broken bound."""

from __future__ import annotations

import json

import pytest

from tests.simulation.load import bounds, runs
from tests.simulation.load.crowd import Letter
from tests.simulation.load.mutations import PACE_BUGS, PaceBug
from tests.simulation.load.run import main
from tests.simulation.load.runs import Run
from tests.simulation.load.scenarios import MB, SCENARIOS, Scenario
from tests.simulation.load.verdicts import Row, measure, of_arrival
from tests.simulation.load.wire import Meter, Slot

WITHIN = {"arrived", "drained", "requests", "Telegram's calls", "receives", "invocations"}
KEPT = (
    ("burst", 1, 0.1, WITHIN | {"answers first", "answered"}),
    ("burst", 8, 0.3, WITHIN | {"answers first", "answered", "by age"}),
    ("burst", 50, 0.3, WITHIN | {"answers first", "answered", "by age"}),
    ("rate-0.2", 3, 1.0, WITHIN | {"answers first", "answered"}),
    ("photos", 3, 1.0, WITHIN | {"fetched once"}),
    ("known", 1, 0.1, WITHIN | {"answers first", "answered"}),
    ("files-40x5", 1, 0.05, WITHIN | {"fetched once"}),
    ("in", 1, 1.0, WITHIN | {"fetched once"}),
    ("flood-chat", 3, 0.1, {"arrived", "drained", "asked again", "told"}),
    ("flood-bot", 3, 1.0, WITHIN | {"asked again"}),
    ("poison", 3, 0.2, {"arrived", "drained", "asked again"}),
    ("planfix-day-small", 3, 0.02, {"arrived", "drained"}),
    ("telegram-day-small", 3, 0.01, {"arrived", "drained"}),
)  # fmt: skip
"""Scenarios, containers, the share of the people, and the bounds that are kept besides those that always are."""
ALWAYS = {"once", "in order", "nothing given up", "rules", "receives of one", "in flight"}


def _scenario(name: str) -> Scenario:
    return next(one for one in SCENARIOS if one.name == name)


def _broken(row: Row) -> dict[str, str]:
    return {one.bound: one.said for one in row.broken}


@pytest.mark.parametrize(("name", "containers", "share", "kept"), KEPT)
def test_bounds_are_kept(name: str, containers: int, share: float, kept: set[str]) -> None:
    """A small crowd of each kind is carried within these bounds; `make load` plays the whole table."""
    row = measure(_scenario(name), containers, share=share)
    assert kept | ALWAYS <= {one.bound for one in row.verdicts}
    assert not {bound: said for bound, said in _broken(row).items() if bound in kept | ALWAYS}


def test_a_row_is_the_same_whenever_it_is_played() -> None:
    """What a broken bound shows can be measured again."""
    scenario = _scenario("burst")
    assert measure(scenario, 2, 7, share=0.05) == measure(scenario, 2, 7, share=0.05)


@pytest.mark.parametrize("bug", PACE_BUGS, ids=lambda bug: bug.name)
def test_deliberate_bugs_of_the_pace_are_found(bug: PaceBug, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each breaks the bound that stands beside it, and without it that bound is kept."""
    scenario = _scenario(bug.scenario)
    without = _broken(measure(scenario, bug.containers, share=bug.share))
    needed = runs.necessary(scenario, 1, bug.share)
    monkeypatch.setattr(runs, "necessary", lambda *_: needed)
    with bug.apply():
        shown = _broken(measure(scenario, bug.containers, share=bug.share, most_invocations=2000))
    assert (bug.breaks in without, bug.breaks in shown) == (False, True), shown


def test_a_broken_bound_is_named_and_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table says which bound is broken, by how much, and the exit code is 1."""
    arguments = ["--only", "known", "--containers", "2", "--share", "0.1", "--jobs", "1"]
    monkeypatch.setattr(bounds, "EDGE", -10)
    monkeypatch.setattr(bounds, "FACTOR", 0.1)
    assert main(arguments) == 1
    said = capsys.readouterr().out
    assert "BROKEN: drained, requests" in said
    assert "known with 2 containers a queue, drained: " in said


def test_the_rows_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever compares runs reads figures, not columns."""
    main(["--only", "known", "--containers", "2", "--share", "0.05", "--jobs", "1", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["scenario"], row["containers"]) == ("known", 2)
    assert row["necessary"] >= 6  # one for each message and answer at least
    assert {"bound": "arrived", "kept": True, "said": "6 of 6"} in row["verdicts"]


def test_a_file_takes_as_long_as_its_bytes_both_ways() -> None:
    """Twenty megabytes at one a second are twenty seconds out of Telegram and twenty into Planfix."""
    row = measure(_scenario("in"), 1)
    assert row.p50 is not None
    assert 2 * 20 < row.p50 < 2 * 20 + 10


def test_a_transfer_that_takes_too_long_ends_in_the_bridge_by_its_own_clock() -> None:
    """The time that a file may take is virtual too: a file that is too slow for any invocation never arrives."""
    scenario = _scenario("in")
    slow = Scenario(scenario.name, scenario.said, scenario.plan, speed=MB / 100, bytes_carried=20 * MB)
    assert measure(slow, 1, most_invocations=30).drained is None


@pytest.fixture(scope="module")
def run() -> Run:
    """A run whose letters and figures a test replaces by its own."""
    return Run(_scenario("known"), 1, 1, 0.01)


def test_who_arrives_after_a_younger_one_is_late_by_the_time_between(run: Run) -> None:
    """The message whose turn it was came ten seconds after the younger one that took its turn."""
    run.letters = [Letter(1, "message", 7, at=100.0), Letter(2, "message", 8, at=101.0)]
    run.meter = Meter(arrived={1: [120.0], 2: [110.0]})
    assert run.late() == 10.0


def test_slots_that_lesser_work_takes_while_an_answer_waits_are_counted(run: Run) -> None:
    """Slots of clients' messages and files count between an answer's comment and its words at the client, its own do not."""
    run.letters = [Letter(1, "answer", 7, at=100.0), Letter(2, "file", 7, beside=1, at=100.0)]
    lesser = [Slot(at, is_lesser=True) for at in (99.0, 101.0, 102.0, 106.0)]
    run.meter = Meter(slots=[*lesser, Slot(103.0, is_lesser=False)], arrived={1: [105.0], 2: [300.0]})
    assert run.passed() == 2


def test_a_younger_message_of_the_same_chat_overtakes(run: Run) -> None:
    """Order is each chat's own: a message before an older one of its chat breaks it, before another chat's it does not."""
    run.letters = [Letter(1, "message", 7, at=1.0), Letter(2, "message", 7, at=2.0), Letter(3, "message", 8, at=3.0)]
    run.meter = Meter(arrived={1: [30.0], 2: [20.0], 3: [10.0]})
    assert "1 were overtaken" in next(one.said for one in of_arrival(run) if one.bound == "in order")


def test_only_the_flooded_chat_is_refused() -> None:
    """Telegram's 429 for a chat leaves the others alone; when the bridge does not, the row says so."""
    row = measure(_scenario("flood-chat"), 3, share=0.1)
    refused = next(one for one in row.verdicts if one.bound == "asked again")
    assert refused.said == f"{refused.said.split()[0]} of 20"
    assert int(refused.said.split()[0]) >= 1
    assert row.drained is not None
    assert row.drained > 3600


def test_as_many_containers_work_at_once_as_there_are() -> None:
    """More containers carry more at once, so the seconds that are paid for grow."""
    few, many = (measure(_scenario("burst"), number, share=0.1) for number in (1, 4))
    assert many.billed > 1.5 * few.billed
