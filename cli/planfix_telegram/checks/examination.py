"""Every check in its order: what is read in a second, and the tests that take longer. A room that fails is a line too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from planfix_telegram.checks import accounts, alarms, bot, chats, doors, parameters, planfix, queues, scenario, stack
from planfix_telegram.checks.case import Case, Site
from planfix_telegram.checks.finding import Finding, unknown
from planfix_telegram.failures import explain
from planfix_telegram.problem import Problem
from planfix_telegram.texts import speak_of

AT_ONCE: Final = 8
"""Rooms looked at side by side: each waits for somebody else's answer."""

Check = Callable[[], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Room:
    """Checks of one subject, done one after another.

    Attributes:
        integration: its alias; empty for what belongs to the deployment.
        name: `room_{name}` in texts.
        checks: what is looked at.
    """

    integration: str
    name: str
    checks: tuple[Check, ...]


def first_screen(site: Site, cases: Sequence[Case]) -> list[Room]:
    """What is read in about a second, and changes nothing anywhere."""
    rooms = [
        Room("", "stack", (partial(stack.look, site), partial(stack.look_at_clock, site))),
        Room("", "queues", (partial(queues.look, site),)),
        Room("", "alarms", (partial(alarms.look, site),)),
    ]
    for case in cases:
        rooms += [
            Room(case.alias, "parameters", (partial(parameters.look, case),)),
            Room(case.alias, "bot", (partial(bot.look, case),)),
            Room(case.alias, "accounts", (partial(accounts.look, case),)),
            Room(case.alias, "planfix", (partial(planfix.look, case),)),
        ]
        if chats.is_route_of(case):
            rooms.append(Room(case.alias, "chats", (partial(chats.look_at_keys, case),)))
    return rooms


def tests(site: Site, cases: Sequence[Case], test_task: int | None) -> list[Room]:
    """What takes longer: each right, each number, each account asked for, the doors knocked at, the logs read."""
    rooms = [Room("", "drift", (partial(stack.look_for_drift, site),))]
    for case in cases:
        if chats.is_route_of(case):
            calls = Room(case.alias, "chats", (partial(chats.try_chats, case),))
        else:
            waits = (partial(scenario.wait_for_call, case, test_task),) if test_task is not None else ()
            calls = Room(case.alias, "scenario", (partial(scenario.look, case), *waits))
        rooms += [
            Room(case.alias, "doors", (partial(doors.knock, case),)),
            Room(case.alias, "accounts", (partial(accounts.ask_telegram, case), partial(accounts.last_heard, case))),
            Room(
                case.alias, "planfix", (partial(planfix.look_at_rights, case), partial(planfix.look_at_numbers, case))
            ),
            calls,
        ]
    return rooms


def looked_at(rooms: Sequence[Room]) -> Iterator[tuple[Room, list[Finding]]]:
    """What is found, room by room in their order; those behind are looked at meanwhile."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        found = [(room, pool.submit(_look, room)) for room in rooms]
        for room, future in found:
            yield room, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _look(room: Room) -> list[Finding]:
    speak_of(room.integration)
    findings: list[Finding] = []
    for check in room.checks:
        try:
            findings += check()
        except Exception as error:  # noqa: BLE001 - whatever one room cannot do, the others are looked at
            problem = error if isinstance(error, Problem) else explain(error)
            findings.append(unknown(f"{room.name}_not_read", str(problem)))
    return findings
