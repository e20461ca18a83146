"""`planfix-telegram webhook`: where Telegram sends the bot's updates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import typer

from bridge.settings import Secrets, Settings
from bridge.telegram.client import ALLOWED_UPDATES
from bridge.telegram.failures import without_token
from planfix_telegram.desk import TELEGRAM_ADDRESS, Desk
from planfix_telegram.options import AsJson, Integration, WebhookUrl, Yes
from planfix_telegram.texts import say
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, help="help_webhook")


@app.command("set", help="help_webhook_set", epilog="examples_webhook_set")
def set_(ctx: typer.Context, integration: Integration = "main", webhook_url: WebhookUrl = None) -> None:
    """Point the bot at the bridge."""
    desk = Desk.of(ctx)
    settings, secrets = _integration(desk, integration)
    point_at(desk, settings, secrets, webhook_url or desk.address(TELEGRAM_ADDRESS, integration))


@app.command("info", help="help_webhook_info", epilog="examples_webhook_info")
def info(ctx: typer.Context, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print what Telegram says about the webhook."""
    desk = Desk.of(ctx)
    settings, secrets = _integration(desk, integration)
    bot = desk.bot(settings.telegram.api_url, secrets.bot_token)
    found = desk.ask(settings.telegram.api_url, say("asking_telegram"), bot.get_webhook_info)
    # some programs put the bot's token into the address; it is not ours to show
    found = {name: without_token(value) if isinstance(value, str) else value for name, value in found.items()}
    warnings = _warnings(found)
    if as_json:
        desk.screen.json({"integration": integration, "webhook": found, "warnings": warnings})
        return
    desk.screen.table((say("column_key"), say("column_value")), _rows(found))
    for warning in warnings:
        desk.screen.warn(warning)


@app.command("drop", help="help_webhook_drop", epilog="examples_webhook_drop")
def drop(ctx: typer.Context, integration: Integration = "main", yes: Yes = False) -> None:
    """Take the webhook away: Telegram keeps updates for a day, then they are lost."""
    desk = Desk.of(ctx)
    settings, secrets = _integration(desk, integration)
    desk.screen.agree(say("drop_webhook"), yes=yes)
    bot = desk.bot(settings.telegram.api_url, secrets.bot_token)
    desk.ask(settings.telegram.api_url, say("asking_telegram"), bot.delete_webhook)
    desk.screen.result(say("webhook_dropped"))


def point_at(desk: Desk, settings: Settings, secrets: Secrets, address: str) -> None:
    """Set the webhook with its newest secret and the kinds of updates that the bridge reads."""
    bot = desk.bot(settings.telegram.api_url, secrets.bot_token)
    desk.ask(
        settings.telegram.api_url,
        say("setting_webhook"),
        lambda: bot.set_webhook(address, secrets.webhook_secrets[0]),
    )
    desk.screen.result(say("webhook_set", address=address))


def _integration(desk: Desk, alias: str) -> tuple[Settings, Secrets]:
    with desk.screen.progress(say("reading")):
        stored = desk.store.load(alias)
    return settings_of(stored.settings, alias), secrets_of(stored.secrets, alias)


def _warnings(found: dict[str, Any]) -> list[str]:
    if not found.get("url"):
        return [say("no_webhook")]
    warnings = []
    allowed = found.get("allowed_updates")
    missing = [kind for kind in ALLOWED_UPDATES if allowed and kind not in allowed]
    if missing:
        warnings.append(say("updates_missing", kinds=", ".join(missing)))
    if found.get("last_error_message"):
        warnings.append(
            say("webhook_failed", when=_time(found.get("last_error_date")), detail=found["last_error_message"])
        )
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


def _time(seconds: Any) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if isinstance(seconds, int) else "?"
