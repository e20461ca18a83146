"""What to enter in Planfix so that answers reach the bridge, and the one place that may show a secret."""

from __future__ import annotations

import typer

from planfix_telegram.commands.options import AsJson, Integration, PlanfixWebhookUrl
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import PLANFIX_ADDRESS
from planfix_telegram.screen import Screen
from planfix_telegram.texts import say
from planfix_telegram.validation import secrets_of

LOGIN = "bridge"
"""Planfix's form wants a login beside the password; the bridge looks at the password only."""

app = typer.Typer(add_completion=False, help="help_scenario")


@app.command(help="help_scenario", epilog="examples_scenario")
def scenario(
    ctx: typer.Context,
    integration: Integration = "main",
    planfix_webhook_url: PlanfixWebhookUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print what to enter in the Planfix scenario."""
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    secrets = secrets_of(stored.secrets, integration)
    address = context.deployment.address(PLANFIX_ADDRESS, integration, planfix_webhook_url)
    if as_json:
        context.screen.json(
            {
                "method": "POST",
                "address": address,
                "parameters": {"task": "{{Задача.Номер}}", "event": ["comment", "status"]},
                "authorization": {"type": "Basic", "login": LOGIN},
                "repeat_on_error": True,
            }
        )
        return
    print_scenario(context.screen, address)
    offer_secret(context.screen, secrets.planfix_secrets[0])


def print_scenario(screen: Screen, address: str) -> None:
    """Print both scenarios of Planfix, field by field."""
    screen.result(say("scenario_text", address=address, login=LOGIN))


def offer_secret(screen: Screen, secret: str) -> None:
    """Show the secret that Planfix is to show, when the admin wants it and nobody else reads (docs/decisions/0001)."""
    if not screen.is_private:
        screen.note(say("secret_needs_terminal"))
        return
    screen.note()
    if screen.confirm(say("show_secret_now"), default=False):
        screen.result(secret)
    else:
        screen.note(say("secret_later"))
