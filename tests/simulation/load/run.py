"""``make load``: bursts, outages, slow files and refusals in virtual time, a table of them, and whether every bound is kept.

python -m tests.simulation.load.run
python -m tests.simulation.load.run --only burst --containers 8
"""

# ruff: noqa: T201 - a command: it prints what it found

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from tests.simulation.load.runs import MOST_INVOCATIONS
from tests.simulation.load.scenarios import SCENARIOS
from tests.simulation.load.verdicts import Row, measure

HEAD = (
    f"{'scenario':<19} {'N':>2} {'drained':>9} {'bound':>9} {'requests':>8} {'needed':>7} {'invoc.':>7} {'receives':>8} {'most':>5} "
    f"{'billed s':>8} {'p50 s':>8} {'p99 s':>8} {'passed':>6} {'late s':>7}  verdict"
)

LEGEND = """
N: containers of each queue. drained, bound: seconds until everything had arrived, and as the slots allow it. requests, needed: of Planfix,
and of the same work when nothing waits. receives: messages handed out; most: of one. billed: the sender's seconds. p50, p99: of answers,
or of messages where nobody answers. passed: Planfix's slots that went to lesser work while an answer waited. late: behind its turn by age."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play what the command line asks for; the exit code says whether every bound is kept."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument(
        "--only", action="append", default=[], help="these scenarios; a name that ends in * is a beginning"
    )
    parser.add_argument(
        "--containers", type=int, action="append", default=[], help="of each queue, instead of the scenario's own"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the people, for a small version")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="rows that are played at once")
    parser.add_argument(
        "--most-invocations",
        type=int,
        default=MOST_INVOCATIONS,
        help="with more, a row is given up as turning in circles",
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON instead")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    asked = parser.parse_args(arguments)
    chosen = [one for one in SCENARIOS if not asked.only or any(_is_meant(one.name, name) for name in asked.only)]
    if not chosen:
        parser.error(f"there is no such scenario; there are {', '.join(one.name for one in SCENARIOS)}")
    if asked.list:
        print("\n".join(f"{one.name:<19} {one.said}" for one in chosen))
        return 0
    work = [
        (one.name, number, asked.seed, asked.share, asked.most_invocations)
        for one in chosen
        for number in (asked.containers or one.containers)
    ]
    began, rows = time.monotonic(), []
    if not asked.json:
        print(HEAD)
    for row in _played(work, asked.jobs):
        rows.append(row)
        if not asked.json:
            print(line(row), flush=True)
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        print(LEGEND)
        _print_broken(rows)
        print(f"{len(rows)} rows in {time.monotonic() - began:.0f} s.")
    return 1 if any(row.broken for row in rows) else 0


def _is_meant(name: str, asked: str) -> bool:
    return name.startswith(asked[:-1]) if asked.endswith("*") else name == asked


Work = tuple[str, int, int, float, int]
"""A scenario's name, how many containers, the seed, the share of the people, the most invocations: what a process can be told."""


def _play(work: Work) -> Row:
    name, containers, seed, share, most_invocations = work
    scenario = next(one for one in SCENARIOS if one.name == name)
    return measure(scenario, containers, seed, share=share, most_invocations=most_invocations)


def _played(work: Sequence[Work], jobs: int) -> Iterator[Row]:
    """Rows in their order, each as soon as it is there."""
    if jobs == 1:
        yield from map(_play, work)
        return
    with multiprocessing.Pool(min(jobs, len(work))) as pool:
        yield from pool.imap(_play, work)


def line(row: Row) -> str:
    """A row of the table."""
    verdict = f"BROKEN: {', '.join(one.bound for one in row.broken)}" if row.broken else "kept"
    return (
        f"{row.scenario:<19} {row.containers:>2} {_figure(row.drained):>9} {row.bound:>9,.0f} {row.requests:>8,} "
        f"{_figure(row.necessary):>7} {row.invocations:>7,} {row.receives:>8,} {row.most_receives:>5} {row.billed:>8,.0f} "
        f"{_figure(row.p50, '-', 1):>8} {_figure(row.p99, '-', 1):>8} {row.passed:>6,} {_figure(row.late, '-'):>7}  {verdict}"
    )


def _figure(value: float | None, otherwise: str = "never", digits: int = 0) -> str:
    return otherwise if value is None else f"{value:,.{digits}f}"


def _print_broken(rows: Iterable[Row]) -> None:
    broken = [(row, one) for row in rows for one in row.broken]
    if not broken:
        print("\nEvery bound is kept.")
        return
    print(f"\n{len(broken)} bounds are broken:")
    for row, one in broken:
        print(f"  {row.scenario} with {row.containers} containers a queue, {one.bound}: {one.said}")


if __name__ == "__main__":
    raise SystemExit(main())
