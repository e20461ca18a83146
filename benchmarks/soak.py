"""``make soak``: ten thousand messages in real time through real processes, while services fail and days pass; then a close look.

People are refused and come back, too. At the end every promise of local/promises/ is looked at. Exit code 0 only if every promise was kept.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import resource
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from statistics import quantiles
from typing import TYPE_CHECKING

from benchmarks.soak_ends import Ends, words_that_changed
from benchmarks.soak_people import People
from benchmarks.soak_slots import Slots
from benchmarks.soak_wire import Fault
from benchmarks.soak_world import ACCOUNTS_OF_EACH, RATE, SoakWorld
from local.problem import LocalProblem
from local.promises.check import broken, broken_meanwhile
from local.promises.found import Found
from local.signals import end_by_signal
from local.stage import CAPABILITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 25 * 60.0
"""Seconds until a soak is ended as failed."""
ON_THE_WAY = 60
"""Messages that may be on their way at once: people go on writing when fewer are."""
FORGOTTEN_AFTER = 30.0
"""Seconds after which people do not wait for a message before they write on: it may be held, or its task deleted."""
MOST_RECENT = 1000
"""How many of the newest messages are looked at for that."""
WORKERS = 5
"""Batches of each queue at once. More do not help: boto3 in this process keeps one core busy, and has ten connections."""
TELL_EVERY = 10.0
"""Seconds between two lines of progress."""
HOUR = 3600.0
SKIPS = (25 * HOUR, 25 * HOUR, 80 * HOUR)
"""Seconds that pass at once, at equal distances in the soak: Telegram lets a business account's bot answer for 24 hours after the
client's last message, and a refused answer is held for 72."""
PATIENCE = 180.0
"""Seconds for which all that is on its way may take to arrive, when nobody writes any more."""
ROUNDS = 5
"""How often the dead letters are put back, at most."""


@dataclass
class Soak:
    """One soak."""

    world: SoakWorld
    people: People
    messages: int
    skipped: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run(self) -> float:
        """Let everybody act, then come back; wait until everything arrived; gives the seconds that took.

        Raises:
            TimeoutError: it takes too long.
        """
        self._began = self._told = time.monotonic()
        self.world.disturb(on=True)
        for number, seconds in enumerate((*SKIPS, 0.0), 1):
            self._live(self.messages * number // (len(SKIPS) + 1))
            if seconds:
                self._skip(seconds)
                self.people.answer_after_a_day()
        self.world.disturb(on=False)
        self._come_to_an_end()
        return time.monotonic() - self._began

    def _live(self, until: int) -> None:
        """Let people act until so many messages are written."""
        while self.written < until:
            for _ in range(ON_THE_WAY - len(self._awaited())):
                self.people.act()
                if self.written >= until:
                    break
            self.people.go_on()
            self._tell()
            time.sleep(0.02)

    def _skip(self, seconds: float) -> None:
        # What is on its way arrives before: what waits then waits on purpose.
        self.world.settle(PATIENCE, self.people.go_on)
        self.broken += [f"{sum(self.skipped) / HOUR:g} hours on: {one}" for one in broken_meanwhile(*self.world.look())]
        self.world.skip(seconds, PATIENCE)
        self.skipped.append(seconds)
        self._say(f"{seconds / HOUR:g} hours pass")

    def _come_to_an_end(self) -> None:
        """Everybody is back, and in each chat both sides write once more."""
        self.people.everybody_comes_back()
        self.world.settle(PATIENCE)
        self.people.every_client_writes()
        self.world.settle(PATIENCE)
        for _ in range(ROUNDS):
            if not self.world.redrive():
                break
            self.world.settle(PATIENCE)
        self.people.every_task_is_answered()
        self._skip(SKIPS[-1])  # whatever was set to happen then happens
        self.world.settle(PATIENCE)

    def seconds(self, held: set[str]) -> Iterator[tuple[str, list[float]]]:
        """How long messages were on their way that did not wait on purpose: those to Planfix, those to clients."""
        at = self.people.written_at
        for name, wire, letters in (
            ("to Planfix", self.world.to_planfix, "ceogp"),
            ("to clients", self.world.to_client, "af"),
        ):
            there = {mark: when for mark, when in wire.arrived.items() if mark[1] in letters}
            yield name, [when - at[mark] for mark, when in there.items() if mark in at and mark not in held]

    @property
    def written(self) -> int:
        """How many messages were written."""
        return self.people.messages.total() - self.people.messages["remarks and commands"]

    def _awaited(self) -> list[str]:
        """The marks that are on their way: an answer has arrived, too, when a notice names it."""
        since = time.monotonic() - FORGOTTEN_AFTER
        here, there = self.world.to_planfix.arrived, self.world.to_client.arrived
        recent = islice(reversed(self.people.written_at.items()), MOST_RECENT)
        return [mark for mark, at in recent if at > since and mark not in here and mark not in there]

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._began > LONGEST:
            depths = self.world.bridge.health()["queues"]
            raise TimeoutError(f"It took longer than {LONGEST / 60:g} minutes, and the queues hold {depths}")
        if now - self._told >= TELL_EVERY:
            self._told = now
            faults = sum(wire.faults.total() for wire in (self.world.to_planfix, self.world.to_client))
            self._say(
                f"{self.written:,} of {self.messages:,} written, {len(self._awaited())} on their way, {faults} faults"
            )

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began:4.0f} s: {what}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run a soak.

    Returns:
        Exit code: 0 when everything holds.
    """
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="how many are written in all (default 10,000)")
    parser.add_argument("--chats", type=int, default=330, help="clients in channels (default 330)")
    parser.add_argument("--seed", type=int, default=1, help="of who does what, and of the faults (default 1)")
    parser.add_argument(
        "--workers", type=int, default=WORKERS, help=f"batches of each queue at once (default {WORKERS})"
    )
    parser.add_argument(
        "--route",
        choices=CAPABILITIES,
        default=os.environ.get("ROUTE", "rest"),
        help="how Planfix is reached (default ROUTE, or rest)",
    )
    options = parser.parse_args(arguments)
    end_by_signal()
    faulthandler.dump_traceback_later(LONGEST + 60, exit=True)  # whatever hangs does not hang for ever
    try:
        slots = Slots()
        with slots.watched(), SoakWorld(options.seed, options.workers, options.route) as world:
            people = People(world, options.chats, options.seed)
            soak = Soak(world, people, options.messages)
            took = soak.run()
            deeds, seen = world.look()
            ends = Ends.of(Found(deeds, seen))
            found = [*soak.broken, *broken(deeds, seen), *words_that_changed(seen, people.written)]
            report(soak, ends, took)
            if slots.before:  # of a service that has few of them
                report_slots(slots)
    except (TimeoutError, LocalProblem) as problem:
        print(problem)
        return 1
    except KeyboardInterrupt:
        print("Ended; nothing is left running.")
        return 1
    # The emulator was this process's child and has ended: its peak is known now.
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"memory       at most {own:.0f} MiB (bridge and fakes), {child:.0f} MiB (AWS emulator)")
    for sentence in found:
        print(f"  {sentence}")
    print(f"promises     {len(found)} were broken" if found else "promises     all were kept")
    return 1 if found else 0


def report(soak: Soak, ends: Ends, took: float) -> None:
    """Print the figures."""
    world, people = soak.world, soak.people
    clients, employees, owners = (people.messages[who] for who in ("clients", "employees", "owners"))
    print(
        f"\nmessages     {soak.written:,}: {clients:,} by clients, {owners:,} by owners, {employees:,} answers; "
        f"besides, {people.messages['remarks and commands']:,} remarks and commands"
    )
    bots = len(world.bots)
    print(f"where        {len(people.chats)} chats with {bots} bots and {bots * ACCOUNTS_OF_EACH} business accounts")
    print(f"also         {', '.join(f'{what} {number}' for what, number in sorted(people.did.items()))}")
    print(f"time         {took:.0f} s, {soak.written / took:.1f} messages a second")
    skips = " + ".join(f"{seconds / HOUR:g}" for seconds in soak.skipped)
    print(
        f"skipped      {sum(soak.skipped) / HOUR:g} hours ({skips}), and {world.hurried:.0f} s in which only waits went on"
    )
    became = ", ".join(f"{number} {what}" for what, number in ends.became.most_common())
    print(f"held         {len(ends.held)} answers in {len(ends.chats)} chats; of them {became}")
    for name, wire in (("Telegram", world.to_client), ("Planfix", world.to_planfix)):
        kinds = ", ".join(f"{fault.value} {wire.faults[fault]}" for fault in Fault)
        print(f"faults       {name}: {wire.faults.total()} ({kinds})")
    print(
        f"repeated     {world.repeated} calls of webhooks, whose answer was lost; {len(world.buried)} dead letters put back"
    )
    print(f"sent again   {ends.sent_again} parts of answers, whose reply was lost {world.to_client.kept_answers} times")
    answers = world.to_planfix.answers
    if world.route == "rest":
        refused = answers[HTTPStatus.FORBIDDEN] - world.to_planfix.faults[Fault.SLOWER]
        rates = f"at most {world.planfix.peak_rate} in one second of {RATE:g}; {refused} refused for coming too fast"
    else:
        doubts = f"{ends.repeats} messages perhaps there twice, and say so; {ends.doubts} left to employees to look for"
        rates = f"{world.planfix.peak_rate or 'none'} of REST; {doubts}"
    print(f"Planfix      {answers.total():,} requests, {rates}")
    for name, seconds in soak.seconds(ends.held):
        cuts = quantiles(seconds, n=100, method="inclusive")
        print(
            f"on the way   {name}: half within {cuts[49]:.1f} s, 95 of 100 within {cuts[94]:.1f} s, all in {max(seconds):.1f} s"
        )


def report_slots(slots: Slots) -> None:
    """Print how long answers waited for others."""
    ordered = sorted(slots.before)
    often = sum(bool(number) for number in ordered) / len(ordered)
    print(
        f"answers      {len(ordered):,} calls for them waited for at most {ordered[-1]} slots of lesser work each, "
        f"99 of 100 for at most {ordered[len(ordered) * 99 // 100]}; {often:.0%} for any"
    )


if __name__ == "__main__":
    sys.exit(main())
