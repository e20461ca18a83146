"""`planfix-telegram rotate`: a new secret in the place of an old one, without a message lost in between."""

from __future__ import annotations

from typing import Final

import typer

from bridge.aws.parameters import KEPT
from planfix_telegram.checks.planfix import scopes_that_lack
from planfix_telegram.commands.options import Integration, SecretFile, WebhookUrl, Yes
from planfix_telegram.commands.webhook import point_at
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import TELEGRAM_ADDRESS
from planfix_telegram.files import typed_secret
from planfix_telegram.problem import Problem
from planfix_telegram.rotation import MARGIN, Rotation
from planfix_telegram.saving import show_and_write
from planfix_telegram.shown_secret import offer_secret
from planfix_telegram.store import Change
from planfix_telegram.texts import say
from planfix_telegram.validation import check_secret, route_of, secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_rotate")

SEEN_BY_TELEGRAM: Final = 600.0
SEEN_BY_PLANFIX: Final = 1800.0
"""Seconds until the new value must have been seen: of Telegram an update, of Planfix what a person types and then does."""


@app.command("webhook", help="help_rotate_webhook", epilog="examples_rotate_webhook")
def webhook(
    ctx: typer.Context, integration: Integration = "main", webhook_url: WebhookUrl = None, yes: Yes = False
) -> None:
    """A new secret between Telegram and the bridge."""
    context = CommandContext.of(ctx)
    address = context.deployment.address(TELEGRAM_ADDRESS, integration, webhook_url)
    context.screen.agree(say("rotate_webhook"), yes=yes)
    rotation = Rotation(context, integration, "webhook_secrets", "TelegramWebhookLogGroup")
    rotation.begin()
    stored = context.deployment.store.load(integration)
    settings = settings_of(stored.settings, integration)
    point_at(context, settings, secrets_of(stored.secrets, integration, settings.route), address, yes=yes)
    if rotation.wait_until_seen({"update": ("update queued",)}, SEEN_BY_TELEGRAM, say("rotation_waits_for_telegram")):
        raise Problem("rotation_unseen")
    rotation.end()
    context.screen.result(say("rotated"))


@app.command("scenario", help="help_rotate_scenario", epilog="examples_rotate_scenario")
def scenario(ctx: typer.Context, integration: Integration = "main", yes: Yes = False) -> None:
    """A new password for the scenarios in Planfix."""
    context = CommandContext.of(ctx)
    if route_of(context.deployment.load(integration).settings) == "chat_api":
        raise Problem("rotate_chats")
    context.screen.agree(say("rotate_scenario"), yes=yes)
    rotation = Rotation(context, integration, "planfix_secrets", "PlanfixWebhookLogGroup")
    offer_secret(context.screen, rotation.begin())
    context.screen.note(say("rotation_enter_password"))
    calls = {event: ("call queued", event) for event in ("comment", "status")}
    missing = rotation.wait_until_seen(calls, SEEN_BY_PLANFIX, say("rotation_waits_for_planfix"))
    if missing:
        raise Problem("rotation_unseen_calls", events=", ".join(missing))
    rotation.end()
    context.screen.result(say("rotated"))


@app.command("bot", help="help_rotate_bot", epilog="examples_rotate_bot")
def bot(
    ctx: typer.Context,
    from_file: SecretFile = None,
    integration: Integration = "main",
    webhook_url: WebhookUrl = None,
    yes: Yes = False,
) -> None:
    """A new token of the same bot."""
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    address = context.deployment.address(TELEGRAM_ADDRESS, integration, webhook_url)
    settings = settings_of(stored.settings, integration)
    before = secrets_of(stored.secrets, integration, settings.route)
    token = typed_secret(context.screen, "bot_token", from_file)
    check_secret("bot_token", token)
    context.services.check_bot(settings.telegram.api_url, token)
    secrets = secrets_of({**stored.secrets, "bot_token": token}, integration, settings.route)
    if secrets.bot_id != before.bot_id:
        raise Problem("rotate_other_bot")
    show_and_write(context, [Change(stored, secrets=secrets)], yes=yes)
    _let_take_effect(context)
    point_at(context, settings, secrets, address, yes=yes)
    context.screen.result(say("rotated"))


@app.command("planfix", help="help_rotate_planfix", epilog="examples_rotate_planfix")
def planfix(
    ctx: typer.Context, from_file: SecretFile = None, integration: Integration = "main", yes: Yes = False
) -> None:
    """A new REST token of Planfix."""
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    settings = settings_of(stored.settings, integration)
    token = typed_secret(context.screen, "planfix_token", from_file)
    check_secret("planfix_token", token)
    context.services.check_planfix(context.services.planfix(settings.planfix, token))
    with context.screen.progress(say("asking_planfix")):
        lacking = scopes_that_lack(context.services, context.services.planfix_wire(settings.planfix, token))
    if lacking:
        raise Problem("rotate_scopes", scopes=", ".join(lacking))
    secrets = secrets_of({**stored.secrets, "planfix_token": token}, integration, settings.route)
    show_and_write(context, [Change(stored, secrets=secrets)], yes=yes)
    _let_take_effect(context)
    context.screen.result(say("rotated_planfix"))


def _let_take_effect(context: CommandContext) -> None:
    with context.screen.progress(say("rotation_takes_effect")):
        context.outside.sleep(KEPT + MARGIN)
