"""The scenarios in Planfix: whether they call, and with the right password. Planfix tells nobody: the door's log does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, note, ok, wrong
from planfix_telegram.log_lines import DAY, HOUR, LogLine, lines, newest
from planfix_telegram.screen import shown_time

DOOR_LOG: Final = "PlanfixWebhookLogGroup"

QUEUED: Final = "call queued"
OF_NOBODY: Final = "a task that is no chat of ours"
WRONG_PASSWORD: Final = "wrong secret"  # noqa: S105 - the words of a log line
"""What the door's log says of a call (bridge/doors/scenario.py)."""

TEST_WAIT: Final = 180.0
TEST_EVERY: Final = 3.0
"""Seconds that a person and the scenario may take, and between two looks."""


def look(case: Case) -> Iterator[Finding]:
    """When they last called, and how often with a password that is not valid."""
    group = case.site.deployment.resources.get(DOOR_LOG)
    if not group:
        return
    heard = _last_heard(case, group, case.site.outside.unix_time())
    yield from wrong_passwords(case, heard, "do_scenario_password")
    if heard:
        yield ok("scenario_heard", when=shown_time(heard.at))
    else:
        yield wrong("scenario_never_heard", "do_scenario")


def wrong_passwords(case: Case, heard: LogLine | None, remedy: str) -> Iterator[Finding]:
    """How often Planfix, or a stranger, showed our door what is not valid in the last day; ``heard``: the last call that was right."""
    group = case.site.deployment.resources[DOOR_LOG]
    logs, now = case.site.deployment.client("logs"), case.site.outside.unix_time()
    refused = [
        one
        for one in lines(logs, group, (WRONG_PASSWORD,), now - DAY, now)
        if one.said.get("integration") == case.alias
    ]
    if refused:
        last = max(one.at for one in refused)
        about: dict[str, Any] = {"count": len(refused), "when": shown_time(last)}
        if now - last < HOUR or heard is None or heard.at < last:
            yield wrong("scenario_password_wrong", remedy, **about)
        else:
            yield note("scenario_password_was_wrong", **about)


def _last_heard(case: Case, group: str, now: float) -> LogLine | None:
    logs, mark = case.site.deployment.client("logs"), f"{case.alias}:"
    ours = newest(logs, group, (QUEUED, mark), now, lambda said: str(said.get("group", "")).startswith(mark))
    if ours or len(case.site.cases) > 1:  # a call about a task that is no chat does not say whose scenario it is
        return ours
    return newest(logs, group, (OF_NOBODY,), now, lambda _: True)


def wait_for_call(case: Case, task: int) -> Iterator[Finding]:
    """Wait for the scenario to call because of a comment that a person writes into this task now."""
    group = case.site.deployment.resources.get(DOOR_LOG)
    if not group:
        return
    outside, logs = case.site.outside, case.site.deployment.client("logs")
    began, until = outside.unix_time(), outside.clock() + TEST_WAIT
    while outside.clock() < until:
        outside.sleep(TEST_EVERY)
        now = outside.unix_time()
        found = (one for phrase in (QUEUED, OF_NOBODY) for one in lines(logs, group, (phrase,), began - 1, now))
        if any(one.said.get("task") == task for one in found):
            yield ok("test_call_came", task=task, seconds=round(now - began))
            return
    yield wrong("test_call_lost", "do_scenario_on", task=task, seconds=round(TEST_WAIT))
