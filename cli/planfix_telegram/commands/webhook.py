"""`planfix-telegram webhook`: where Telegram sends the bot's updates."""

from __future__ import annotations

from typing import Any

import typer

from bridge.settings import Secrets, Settings
from bridge.telegram.client import ALLOWED_UPDATES
from bridge.telegram.failures import without_token
from planfix_telegram.commands.options import AsJson, Integration, WebhookUrl, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import TELEGRAM_ADDRESS, Deployment
from planfix_telegram.screen import shown_time
from planfix_telegram.texts import say
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_webhook")


@app.command("set", help="help_webhook_set", epilog="examples_webhook_set")
def set_(
    ctx: typer.Context, integration: Integration = "main", webhook_url: WebhookUrl = None, yes: Yes = False
) -> None:
    """Point the bot at the bridge."""
    context = CommandContext.of(ctx)
    settings, secrets = _integration(context.deployment, integration)
    address = context.deployment.address(TELEGRAM_ADDRESS, integration, webhook_url)
    point_at(context, settings, secrets, address, yes=yes)


@app.command("info", help="help_webhook_info", epilog="examples_webhook_info")
def info(ctx: typer.Context, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print what Telegram says about the webhook."""
    context = CommandContext.of(ctx)
    settings, secrets = _integration(context.deployment, integration)
    bot = context.services.bot(settings.telegram.api_url, secrets.bot_token)
    found = context.services.ask(settings.telegram.api_url, say("asking_telegram"), bot.get_webhook_info)
    # some programs put the bot's token into the address; it is not ours to show
    found = {name: without_token(value) if isinstance(value, str) else value for name, value in found.items()}
    warnings = _warnings(found)
    if as_json:
        context.screen.json({"integration": integration, "webhook": found, "warnings": warnings})
        return
    context.screen.table((say("column_key"), say("column_value")), _rows(found))
    for warning in warnings:
        context.screen.warn(warning)


@app.command("drop", help="help_webhook_drop", epilog="examples_webhook_drop")
def drop(ctx: typer.Context, integration: Integration = "main", yes: Yes = False) -> None:
    """Take the webhook away: Telegram keeps updates for a day, then they are lost."""
    context = CommandContext.of(ctx)
    settings, secrets = _integration(context.deployment, integration)
    context.screen.agree(say("drop_webhook"), yes=yes)
    bot = context.services.bot(settings.telegram.api_url, secrets.bot_token)
    context.services.ask(settings.telegram.api_url, say("asking_telegram"), bot.delete_webhook)
    context.screen.result(say("webhook_dropped"))


def point_at(context: CommandContext, settings: Settings, secrets: Secrets, address: str, *, yes: bool) -> None:
    """Set the webhook with its newest secret and the kinds of updates that the bridge reads.

    Somebody else may have the updates now, another program or another integration: it is asked before they are taken.

    Raises:
        Problem: that was not agreed to.
    """
    bot = context.services.bot(settings.telegram.api_url, secrets.bot_token)
    before = str(
        context.services.ask(settings.telegram.api_url, say("asking_telegram"), bot.get_webhook_info).get("url") or ""
    )
    if before and before != address:
        context.screen.warn(say("webhook_is_elsewhere", address=without_token(before)))
        context.screen.agree_deliberately(say("take_webhook"), yes=yes)
    context.services.ask(
        settings.telegram.api_url,
        say("setting_webhook"),
        lambda: bot.set_webhook(address, secrets.webhook_secrets[0]),
    )
    context.screen.result(say("webhook_set", address=address))


def _integration(deployment: Deployment, alias: str) -> tuple[Settings, Secrets]:
    stored = deployment.load(alias)
    settings = settings_of(stored.settings, alias)
    return settings, secrets_of(stored.secrets, alias, settings.route)


def _warnings(found: dict[str, Any]) -> list[str]:
    if not found.get("url"):
        return [say("no_webhook")]
    warnings = []
    allowed = found.get("allowed_updates")
    missing = [kind for kind in ALLOWED_UPDATES if allowed and kind not in allowed]
    if missing:
        warnings.append(say("updates_missing", kinds=", ".join(missing)))
    if found.get("last_error_message"):
        failed_at = found.get("last_error_date")
        when = shown_time(failed_at) if isinstance(failed_at, int) else "?"
        warnings.append(say("webhook_failed", when=when, detail=found["last_error_message"]))
    return warnings


def _rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (say("webhook_address"), found.get("url") or "-"),
        (say("webhook_waiting"), str(found.get("pending_update_count", 0))),
        # an absent list means Telegram's default (core.telegram.org/bots/api#setwebhook)
        (say("webhook_kinds"), ", ".join(found.get("allowed_updates") or [say("webhook_kinds_default")])),
        (say("webhook_last_error"), found.get("last_error_message") or "-"),
    ]
    if found.get("max_connections"):
        rows.append((say("webhook_connections"), str(found["max_connections"])))
    return rows
