"""What to enter in Planfix so that answers reach the bridge, and the one place that may show a secret."""

from __future__ import annotations

import typer

from bridge.settings import Secrets
from planfix_telegram.desk import PLANFIX_ADDRESS, Desk
from planfix_telegram.options import AsJson, Integration, PlanfixWebhookUrl
from planfix_telegram.texts import say
from planfix_telegram.validation import secrets_of

LOGIN = "bridge"
"""Planfix's form wants a login beside the password; the bridge looks at the password only."""

app = typer.Typer(help="help_scenario")


@app.command(help="help_scenario", epilog="examples_scenario")
def scenario(
    ctx: typer.Context,
    integration: Integration = "main",
    planfix_webhook_url: PlanfixWebhookUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print what to enter in the Planfix scenario."""
    desk = Desk.of(ctx)
    with desk.screen.progress(say("reading")):
        stored = desk.store.load(integration)
    secrets = secrets_of(stored.secrets, integration)
    address = planfix_webhook_url or desk.address(PLANFIX_ADDRESS, integration)
    if as_json:
        desk.screen.json(
            {
                "method": "POST",
                "address": address,
                "parameters": {"task": "{{Задача.Номер}}", "event": ["comment", "status"]},
                "authorization": {"type": "Basic", "login": LOGIN},
                "repeat_on_error": True,
            }
        )
        return
    print_scenario(desk, address)
    offer_secret(desk, secrets)


def print_scenario(desk: Desk, address: str) -> None:
    """Print both scenarios of Planfix, field by field."""
    desk.screen.result(say("scenario_text", address=address, login=LOGIN))


def offer_secret(desk: Desk, secrets: Secrets) -> None:
    """Show the secret for the scenario, when the admin wants it and nobody else reads (docs/decisions/0001)."""
    if not desk.screen.is_private:
        desk.screen.note(say("secret_needs_terminal"))
        return
    desk.screen.note()
    if desk.screen.confirm(say("show_secret_now"), default=False):
        desk.screen.result(secrets.planfix_secrets[0])
    else:
        desk.screen.note(say("secret_later"))
