"""`planfix-telegram status`: the first screen of `doctor`, in about a second."""

from __future__ import annotations

import typer

from planfix_telegram.checks.case import Places
from planfix_telegram.checks.examination import first_screen
from planfix_telegram.commands.doctor import Report
from planfix_telegram.commands.options import AsJson, ConnectionsTable, OnlyIntegration, PlanfixWebhookUrl, WebhookUrl
from planfix_telegram.context import CommandContext

app = typer.Typer(add_completion=False, help="help_status")


@app.command(help="help_status", epilog="examples_status")
def status(
    ctx: typer.Context,
    *,
    integration: OnlyIntegration = None,
    webhook_url: WebhookUrl = None,
    planfix_webhook_url: PlanfixWebhookUrl = None,
    connections_table: ConnectionsTable = None,
    as_json: AsJson = False,
) -> None:
    """Look at what is read quickly and changes nothing."""
    report = Report(CommandContext.of(ctx), as_json=as_json)
    site = report.site(Places(webhook_url, planfix_webhook_url, connections_table), integration)
    if site:
        report.look(first_screen(site, [case for case in site.cases if integration in {None, case.alias}]))
    report.end()
