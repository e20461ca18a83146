"""``make soak``: ten thousand messages through the bridge on this machine while both services fail, then a close look.

Exit code 0 only if nothing was lost, doubled or overtaken, and nothing is left anywhere.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from statistics import quantiles

from benchmarks.soak_invariants import sent_again, violations
from benchmarks.soak_people import People
from benchmarks.soak_wire import Fault
from benchmarks.soak_world import ACCOUNTS_OF_EACH, RATE, SoakWorld
from local.problem import LocalProblem
from local.signals import end_by_signal

LONGEST = 15 * 60.0
"""Seconds until a soak is ended as failed."""
ON_THE_WAY = 60
"""Messages that may be on their way at once: people go on writing when fewer are."""
WORKERS = 5
"""Batches of each queue at once. More do not help: boto3 in this process keeps one core busy, and has ten connections."""
TELL_EVERY = 10.0
"""Seconds between two lines of progress."""
QUIET_FOR = 15.0
"""Seconds without anything left to deliver, after which what did not arrive is lost: longer than any retry's first wait."""


@dataclass
class Soak:
    """One soak."""

    world: SoakWorld
    people: People
    messages: int

    def run(self) -> float:
        """Let everybody write, and wait until everything arrived; gives the seconds that took.

        Raises:
            TimeoutError: it takes too long.
        """
        self._began = self._told = time.monotonic()
        self.world.disturb(on=True)
        while self._written < self.messages:
            for _ in range(min(ON_THE_WAY - self._awaited, self.messages - self._written)):
                self.people.write()
            self._tell()
            time.sleep(0.02)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_FOR:
            if self.world.waits():
                quiet_since = time.monotonic()
            elif not self._awaited:
                break
            self._tell()
            time.sleep(0.2)
        self.world.disturb(on=False)
        return time.monotonic() - self._began

    def seconds(self) -> tuple[list[float], list[float]]:
        """How long messages were on their way: those to Planfix, those to clients."""
        arrived = (self.world.to_planfix.arrived, self.world.to_client.arrived)
        to_planfix, to_clients = ([there[mark] - self.people.written_at[mark] for mark in there] for there in arrived)
        return to_planfix, to_clients

    @property
    def _written(self) -> int:
        written = self.people.written
        return written.total() - written["remarks"]

    @property
    def _awaited(self) -> int:
        """How many marked messages are on their way."""
        return len(self.people.written_at) - len(self.world.to_planfix.arrived) - len(self.world.to_client.arrived)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._began > LONGEST:
            raise TimeoutError(
                f"It took longer than {LONGEST / 60:g} minutes: {self._awaited} of {self._written:,} messages "
                f"did not arrive, and the queues hold {self.world.bridge.health()['queues']}"
            )
        if now - self._told >= TELL_EVERY:
            self._told = now
            arrived = self._written - self._awaited
            faults = sum(wire.faults.total() for wire in (self.world.to_planfix, self.world.to_client))
            print(
                f"{now - self._began:4.0f} s: {self._written:,} of {self.messages:,} written, {arrived:,} arrived, "
                f"{faults} faults",
                flush=True,
            )


def main(arguments: list[str] | None = None) -> int:
    """Run a soak.

    Returns:
        Exit code: 0 when everything holds.
    """
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="how many are written in all (default 10,000)")
    parser.add_argument("--chats", type=int, default=200, help="clients in channels (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of who writes what to whom, and of the faults (default 1)")
    parser.add_argument(
        "--workers", type=int, default=WORKERS, help=f"batches of each queue at once (default {WORKERS})"
    )
    options = parser.parse_args(arguments)
    end_by_signal()
    faulthandler.dump_traceback_later(LONGEST + 60, exit=True)  # whatever hangs does not hang for ever
    try:
        with SoakWorld(options.seed, options.workers) as world:
            people = People(world, options.chats, options.seed)
            soak = Soak(world, people, options.messages)
            took = soak.run()
            found = list(violations(world, people))
            report(soak, took)
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
    print(f"invariants   {len(found)} violations" if found else "invariants   all hold")
    return 1 if found else 0


def report(soak: Soak, took: float) -> None:
    """Print the figures."""
    world, people = soak.world, soak.people
    clients, employees, owners = (people.written[who] for who in ("clients", "employees", "owners"))
    print(
        f"\nmessages     {soak.messages:,}: {clients:,} by clients, {owners:,} by owners, {employees:,} answers; "
        f"besides, {people.written['remarks']} remarks for colleagues only"
    )
    accounts = len(world.bots) * ACCOUNTS_OF_EACH
    print(f"where        {len(people.chats)} chats with {len(world.bots)} bots and {accounts} business accounts")
    print(f"time         {took:.0f} s, {soak.messages / took:.1f} messages a second")
    for name, wire in (("Telegram", world.to_client), ("Planfix", world.to_planfix)):
        kinds = ", ".join(f"{fault.value} {wire.faults[fault]}" for fault in Fault)
        print(f"faults       {name}: {wire.faults.total()} ({kinds})")
    lost = world.to_client.lost.total()
    print(f"sent again   {sent_again(world, people)} answers, whose reply was lost {lost} times (policy resend)")
    answers = world.to_planfix.answers
    refused = answers[HTTPStatus.FORBIDDEN] - world.to_planfix.faults[Fault.SLOWER]
    print(
        f"Planfix      {answers.total():,} requests, at most {world.planfix.peak_rate} in one second of {RATE:g}; "
        f"{refused} refused for coming too fast"
    )
    for name, seconds in zip(("to Planfix", "to clients"), soak.seconds(), strict=True):
        cuts = quantiles(seconds, n=100, method="inclusive")
        print(
            f"on the way   {name}: half within {cuts[49]:.1f} s, 95 of 100 within {cuts[94]:.1f} s, all in {max(seconds):.1f} s"
        )


if __name__ == "__main__":
    sys.exit(main())
