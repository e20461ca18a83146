"""`planfix-telegram integrations`: which there are in a deployment, and how one goes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bridge.model import OWN_BOT
from bridge.settings import Secrets, Settings
from planfix_telegram.commands.options import AsJson, WebhookUrl, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import TELEGRAM_ADDRESS
from planfix_telegram.problem import Problem
from planfix_telegram.store import Stored
from planfix_telegram.texts import say, speak_of
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_integrations")

Alias = Annotated[str, typer.Argument(metavar="ALIAS", help="help_integration")]


@app.command("list", help="help_integrations_list", epilog="examples_integrations_list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print every integration of the deployment."""
    context = CommandContext.of(ctx)
    with context.screen.progress(say("reading")):
        stored = [context.deployment.store.find(alias) for alias in context.deployment.store.aliases()]
    found = [_described(one) for one in stored]
    if as_json:
        context.screen.json({"integrations": found})
    elif not found:
        raise Problem("no_integrations", stack=context.deployment.stack)
    else:
        columns = ("integration", "planfix", "bot", "accounts", "own_bot", "language")
        rows = [[_cell(one[column]) for column in columns] for one in found]
        context.screen.table([say(f"column_{column}") for column in columns], rows)


@app.command("remove", help="help_integrations_remove", epilog="examples_integrations_remove")
def remove(ctx: typer.Context, alias: Alias, webhook_url: WebhookUrl = None, yes: Yes = False) -> None:
    """Take the integration's webhook away and delete its settings and secrets."""
    context = CommandContext.of(ctx)
    speak_of(alias)
    stored = context.deployment.load(alias)
    settings, secrets = _valid(stored)
    context.screen.warn(say("remove_means", alias=alias, host=settings.planfix.host if settings else "?"))
    context.screen.agree_deliberately(say("remove_integration", alias=alias), yes=yes)
    if settings and secrets:
        _drop_webhook(context, settings, secrets, context.deployment.address(TELEGRAM_ADDRESS, alias, webhook_url))
    else:
        context.screen.warn(say("webhook_left"))
    with context.screen.progress(say("writing")):
        context.deployment.store.remove(stored)
    context.screen.result(say("integration_removed", alias=alias))


def _drop_webhook(context: CommandContext, settings: Settings, secrets: Secrets, address: str) -> None:
    """Where the updates go elsewhere already, they go on."""
    api_url = settings.telegram.api_url
    bot = context.services.bot(api_url, secrets.bot_token)
    try:
        info = context.services.ask(api_url, say("asking_telegram"), bot.get_webhook_info)
        if info.get("url") == address:
            context.services.ask(api_url, say("asking_telegram"), bot.delete_webhook)
    except Problem as problem:  # a bot that is gone must not keep its integration
        context.screen.warn(str(problem))
        context.screen.warn(say("webhook_left"))


def _valid(stored: Stored) -> tuple[Settings | None, Secrets | None]:
    try:
        settings = settings_of(stored.settings, stored.alias)
        return settings, secrets_of(stored.secrets, stored.alias, settings.route)
    except Problem:
        return None, None


def _described(stored: Stored) -> dict[str, Any]:
    settings, secrets = _valid(stored)
    if settings is None or secrets is None:
        return {
            "integration": stored.alias, "planfix": None, "bot": None, "accounts": None, "own_bot": None, "language": None,
        }  # fmt: skip
    channels = settings.channels
    return {
        "integration": stored.alias,
        "planfix": settings.planfix.host,
        "bot": secrets.bot_id,
        "accounts": len(channels) - (OWN_BOT in channels),
        "own_bot": OWN_BOT in channels,
        "language": settings.language,
    }


def _cell(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, bool):
        return say("yes_word") if value else say("no_word")
    return str(value)
