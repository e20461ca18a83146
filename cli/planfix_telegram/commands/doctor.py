"""`planfix-telegram doctor` and `status`: whether all is well, from the outside, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from planfix_telegram.checks import chats
from planfix_telegram.checks.case import Case, Places, Site
from planfix_telegram.checks.examination import Room, first_screen, looked_at, tests
from planfix_telegram.checks.finding import Finding, State
from planfix_telegram.commands.options import AsJson, ConnectionsTable, OnlyIntegration, PlanfixWebhookUrl, WebhookUrl
from planfix_telegram.context import CommandContext
from planfix_telegram.problem import FAILED, WRONG_USAGE, Problem
from planfix_telegram.screen import Screen
from planfix_telegram.texts import say

app = typer.Typer(add_completion=False, help="help_doctor")


@app.command(help="help_doctor", epilog="examples_doctor")
def doctor(
    ctx: typer.Context,
    *,
    integration: OnlyIntegration = None,
    test_call: Annotated[int | None, typer.Option("--test-call", metavar="TASK", min=1, help="help_test_call")] = None,
    webhook_url: WebhookUrl = None,
    planfix_webhook_url: PlanfixWebhookUrl = None,
    connections_table: ConnectionsTable = None,
    as_json: AsJson = False,
) -> None:
    """Look at everything, and try what can be tried."""
    report = Report(CommandContext.of(ctx), as_json=as_json)
    if test_call and not integration:
        raise Problem("test_call_of_one", exit_code=WRONG_USAGE)
    site = report.site(Places(webhook_url, planfix_webhook_url, connections_table), integration)
    if site:
        cases = [case for case in site.cases if integration in {None, case.alias}]
        if test_call and any(chats.is_route_of(case) for case in cases):
            raise Problem("test_call_of_rest", exit_code=WRONG_USAGE)
        report.look(first_screen(site, cases))
        if test_call:
            report.ask_for_comment(cases, test_call)
        report.look(tests(site, cases, test_call))
    report.end()


class Report:
    """What was found, shown as it comes, and how the command ends.

    Args:
        context: this call's belongings.
        as_json: shown at the end, for programs.
    """

    def __init__(self, context: CommandContext, *, as_json: bool) -> None:
        self._context = context
        self._as_json = as_json
        self._found: list[tuple[Room, Finding]] = []
        self._heading = ""

    def site(self, places: Places, integration: str | None) -> Site | None:
        """The deployment; None when it cannot even be found, which is said."""
        context = self._context
        try:
            context.services.open()
            aliases = context.deployment.described and context.deployment.store.aliases()
            if integration and integration not in aliases:
                context.deployment.store.load(integration)  # says which there are
            with context.screen.progress(say("reading")):
                stored = [context.deployment.store.find(alias) for alias in aliases]
                _ = context.deployment.resources
        except Problem as problem:
            if problem.exit_code == WRONG_USAGE:
                raise
            self._show(Room("", "stack", ()), [Finding(problem.key, State.WRONG, str(problem))])
            return None
        if not stored:
            self._show(Room("", "stack", ()), [_no_integration()])
        return Site(context, places, stored)

    def ask_for_comment(self, cases: Sequence[Case], task: int) -> None:
        """A person writes what the scenario has to call for: a token's comment may be a robot's, which it leaves out."""
        for case in cases:
            address = case.planfix.task_link(task) if case.planfix else str(task)
            self._context.screen.note(say("write_a_comment", address=address))

    def look(self, rooms: Sequence[Room]) -> None:
        """Look at these rooms and show what is found."""
        found = looked_at(rooms)
        for room in rooms:
            with self._context.screen.progress(say("looking_at", room=say(f"room_{room.name}"))):
                _, findings = next(found)
            self._show(room, findings)

    def end(self) -> None:
        """Say how it stands; the exit code is 0 only when all is well."""
        ill = [finding for _, finding in self._found if not finding.state.is_well]
        if self._as_json:
            self._context.screen.json({"ok": not ill, "checks": [_as_json(*one) for one in self._found]})
        else:
            self._context.screen.result()
            self._context.screen.result(say("not_well", count=len(ill)) if ill else say("all_well"))
        if ill:
            raise typer.Exit(FAILED)

    def _show(self, room: Room, findings: Sequence[Finding]) -> None:
        self._found += [(room, finding) for finding in findings]
        if self._as_json or not findings:
            return
        screen = self._context.screen
        heading = say(f"room_{room.name}")
        if room.integration:
            heading = f"{room.integration}: {heading}"
        if heading != self._heading:
            screen.heading(heading)
        self._heading = heading
        for finding in findings:
            _line(screen, finding)


def _no_integration() -> Finding:
    return Finding("no_integration", State.WRONG, say("no_integration"), say("do_setup"))


def _line(screen: Screen, finding: Finding) -> None:
    screen.finding(finding.state.value, finding.text, finding.remedy)


def _as_json(room: Room, finding: Finding) -> dict[str, Any]:
    return {"integration": room.integration or None, "room": room.name, **asdict(finding)}
