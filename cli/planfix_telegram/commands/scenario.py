"""What to enter in Planfix so that answers reach the bridge: two scenarios, or the window of each chat."""

from __future__ import annotations

import typer

from planfix_telegram.chat_windows import offer_our_key, print_windows, windows_of
from planfix_telegram.commands.options import AsJson, Integration, PlanfixWebhookUrl
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import PLANFIX_ADDRESS
from planfix_telegram.screen import Screen
from planfix_telegram.shown_secret import offer_secret
from planfix_telegram.store import Stored
from planfix_telegram.texts import say
from planfix_telegram.validation import route_of, secrets_of

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
    """Print what to enter in Planfix."""
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    if route_of(stored.settings) == "chat_api":
        _chats(context, stored, context.deployment.chat_address(integration, planfix_webhook_url), as_json=as_json)
        return
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


def _chats(context: CommandContext, stored: Stored, address: str, *, as_json: bool) -> None:
    """The same for the route by chats, which has no scenario."""
    windows = windows_of(stored)
    if as_json:
        chats = [{"channel": one.channel, "name": one.name, "provider_id": one.provider_id} for one in windows]
        context.screen.json({"address": address, "chats": chats})
        return
    context.screen.note(say("no_scenario_here"))
    if not windows:
        context.screen.note(say("windows_none"))
        return
    print_windows(context.screen, windows, address)
    for window in windows:
        offer_our_key(context.screen, window)
    missing = [one.channel for one in windows if not one.has_their_key]
    for channel in missing:
        context.screen.note(say("chat_key_later", channel=channel))


def print_scenario(screen: Screen, address: str) -> None:
    """Print both scenarios of Planfix, field by field."""
    screen.result(say("scenario_text", address=address, login=LOGIN))
