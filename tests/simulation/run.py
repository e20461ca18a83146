"""``make simulate``: many seeds on every core, or one of them with its story.

python -m tests.simulation.run --seeds 2000
python -m tests.simulation.run --seed 137 --route chat_api
"""

# ruff: noqa: T201 - a command: it prints what it found

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from tests.simulation.faults import EXPLAINED, FEWEST, MATRICES, Cell, matrix_lines
from tests.simulation.people import EVENTS
from tests.simulation.seed import Outcome, play

SHOWN = 10
"""Failing seeds whose violations are printed in full; of the others the number."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(description="Simulates the bridge with faults.")
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds, from 0")
    parser.add_argument("--seed", type=int, help="play this one alone and print its story")
    parser.add_argument("--route", choices=sorted(MATRICES), default="rest", help="how the bridge reaches Planfix")
    asked = parser.parse_args(arguments)
    if asked.seed is not None:
        return _tell(play(asked.seed, tells=True, route=asked.route))
    return _run(range(asked.seeds), asked.route)


def _tell(outcome: Outcome) -> int:
    print("\n".join(outcome.story))
    print()
    for violation in outcome.violations:
        print(f"VIOLATED: {violation}")
    if not outcome.violations:
        print(f"Seed {outcome.seed}: nothing is violated.")
    return 1 if outcome.violations else 0


def _run(seeds: Iterable[int], route: str) -> int:
    began = time.monotonic()
    hits: Counter[Cell] = Counter()
    counts: Counter[str] = Counter()
    failed: list[Outcome] = []
    fewest_faults = fewest_events = sys.maxsize
    most_invocations = 0
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for outcome in pool.imap_unordered(partial(play, route=route), seeds, chunksize=5):
            hits += outcome.hits
            counts += outcome.counts
            fewest_faults = min(fewest_faults, outcome.counts["faults"])
            fewest_events = min(fewest_events, outcome.counts["events"])
            most_invocations = max(most_invocations, outcome.counts["invocations"])
            if outcome.violations:
                failed.append(outcome)
                if len(failed) <= SHOWN:
                    print(f"seed {outcome.seed}: {outcome.violations[0]}", flush=True)
    took = time.monotonic() - began
    _print_matrix(hits, route)
    print(
        f"\n{counts['seeds']} seeds in {took:.0f} s on {os.cpu_count()} cores: {counts['events']} events (at least "
        f"{fewest_events} a seed), {counts['faults']} faults (at least {fewest_faults} a seed).\n"
        f"{counts['messages']} messages and {counts['answers']} answers; {counts['sent']} messages sent to clients, "
        f"{counts['doubled']} of them a second time after a lost answer; {counts['redriven']} dead letters redriven;\n"
        f"{counts['invocations']} invocations of the sender (at most {most_invocations} a seed), {counts['overlaps']} of them beside another one."
    )
    zero = [cell for cell in MATRICES[route].cells if not hits[cell]]
    for cell in zero:
        print(f"NEVER HIT: {cell.call} {cell.fault}")
    too_few = fewest_faults < FEWEST or fewest_events < EVENTS[0]
    if too_few:
        print("A SEED HAD TOO FEW FAULTS OR EVENTS")
    _print_failed(failed, route)
    return 1 if failed or zero or too_few else 0


def _print_matrix(hits: Counter[Cell], route: str) -> None:
    print("\n".join(matrix_lines(hits, MATRICES[route])))
    print()
    for fault, meaning in EXPLAINED.items():
        print(f"{fault:>14}: {meaning}")


def _print_failed(failed: list[Outcome], route: str) -> None:
    if not failed:
        print("Nothing is violated.")
        return
    first = min(failed, key=lambda one: len(one.story))
    print(f"\nThe shortest of {len(failed)} failing stories:\n")
    _tell(first)
    print(f"\nFAILED seeds: {', '.join(str(one.seed) for one in sorted(failed, key=lambda one: one.seed))}")
    print(f"Replay one with: make simulate SEED={first.seed} ROUTE={route}")


if __name__ == "__main__":
    raise SystemExit(main())
