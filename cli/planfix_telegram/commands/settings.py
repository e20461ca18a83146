"""`planfix-telegram settings`: show, set, unset, import, export."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.planfix.chat_ids import provider_id_of
from bridge.settings import Secrets
from planfix_telegram.catalogue import Catalogue, needs_planfix, numbered
from planfix_telegram.commands.options import AsJson, Integration, NoCheck, OnlyIntegration, SecretFile, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.difference import settings_difference, state
from planfix_telegram.files import STREAM, read_integrations, typed_secret, write_text
from planfix_telegram.left_to_planfix import where_in_planfix
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.route_change import check_secrets_of_route
from planfix_telegram.saving import check_numbers, show_and_write
from planfix_telegram.screen import shown_time
from planfix_telegram.services import Services
from planfix_telegram.setting_keys import (
    CHATS,
    NOTHING,
    check_secret_name,
    defaults,
    drop,
    flat,
    flat_secrets,
    is_rotating,
    put,
    secret_names,
    with_secret,
)
from planfix_telegram.shown_secret import offer_secret
from planfix_telegram.store import Change, Stored
from planfix_telegram.texts import say
from planfix_telegram.validation import route_of, secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_settings")


@app.command("show", help="help_settings_show", epilog="examples_settings_show")
def show(ctx: typer.Context, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print what is set."""
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    kept = flat_secrets(stored.secrets)
    secrets = {name: state(kept.get(name)) for name in _secrets_to_show(stored)}
    is_set = flat(stored.settings)
    by_chats = route_of(stored.settings) == "chat_api"
    left = where_in_planfix([*defaults(), *is_set]) if by_chats else {}
    if as_json:
        whole = {"integration": integration, "settings": stored.settings, "secrets": secrets}
        context.screen.json(whole | ({"left_to_planfix": left} if by_chats else {}))
        return
    unset = defaults() | _provider_ids(stored)
    shown = {key: value if value == NOTHING else say("by_default", value=value) for key, value in unset.items()}
    shown |= is_set | {key: _left(is_set.get(key), option) for key, option in left.items()}
    context.screen.table((say("column_key"), say("column_value")), [*shown.items(), *secrets.items()])
    if by_chats:
        context.screen.note(say("left_where"))


@app.command("set", help="help_settings_set", epilog="examples_settings_set")
def set_(
    ctx: typer.Context,
    pairs: Annotated[list[str] | None, typer.Argument(metavar="KEY VALUE", help="help_pairs")] = None,
    secret: Annotated[str | None, typer.Option("--secret", metavar="NAME", help="help_secret")] = None,
    from_file: SecretFile = None,
    generate: Annotated[bool, typer.Option("--generate", help="help_generate")] = False,
    integration: Integration = "main",
    no_check: NoCheck = False,
    yes: Yes = False,
) -> None:
    """Change settings, or one secret."""
    context = CommandContext.of(ctx)
    if secret:
        if pairs:
            raise Problem("secret_in_arguments", exit_code=WRONG_USAGE, name=secret)
        _set_secret(context, integration, secret, from_file, generate=generate, no_check=no_check, yes=yes)
        return
    if generate or from_file:
        raise Problem("only_with_secret", exit_code=WRONG_USAGE)
    if not pairs or len(pairs) % 2:
        raise Problem("pairs_wanted", exit_code=WRONG_USAGE)
    for name in [one for one in pairs[::2] if one in secret_names() or one.startswith(f"{CHATS}.")]:
        raise Problem("is_a_secret", exit_code=WRONG_USAGE, name=name)
    stored = context.deployment.load(integration)
    raw = copy.deepcopy(stored.settings)
    typed = list(zip(pairs[::2], pairs[1::2], strict=True))
    catalogue = None if no_check else _catalogue(context, stored, typed)
    for key, value in typed:
        put(raw, key, _as_stored(key, value, catalogue))
    change = _changed(stored, raw)
    if not no_check:
        check_numbers(context, [change])
    if show_and_write(context, [change], yes=yes):
        context.screen.result(say("written"))


@app.command("unset", help="help_settings_unset", epilog="examples_settings_unset")
def unset(
    ctx: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help="help_keys")] = None,
    secret: Annotated[str | None, typer.Option("--secret", metavar="NAME", help="help_unset_secret")] = None,
    integration: Integration = "main",
    yes: Yes = False,
) -> None:
    """Remove settings, so that their defaults apply again, or the older value of a rotating secret."""
    if bool(keys) == bool(secret):
        raise Problem("keys_wanted", exit_code=WRONG_USAGE)
    context = CommandContext.of(ctx)
    stored = context.deployment.load(integration)
    if secret:
        _drop_older(context, stored, secret, yes=yes)
        return
    raw = copy.deepcopy(stored.settings)
    for key in keys or ():
        drop(raw, key)
    if show_and_write(context, [_changed(stored, raw)], yes=yes):
        context.screen.result(say("written"))


@app.command("history", help="help_settings_history", epilog="examples_settings_history")
def history(ctx: typer.Context, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print who changed what and when; of secrets, only that they were written."""
    context = CommandContext.of(ctx)
    context.deployment.load(integration)
    with context.screen.progress(say("reading")):
        versions = context.deployment.store.history(integration)
    changes: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for one in versions:
        lines = settings_difference(before, one.settings) if one.settings is not None else []
        changes.append(
            {
                "at": shown_time(one.at),
                "by": one.by,
                "what": "secrets" if one.settings is None else "settings",
                "changes": [{"key": line.key, "before": line.before, "after": line.after} for line in lines],
            }
        )
        before = before if one.settings is None else one.settings
    if as_json:
        context.screen.json({"integration": integration, "history": changes})
        return
    columns = [say(f"column_{column}") for column in ("when", "by", "key", "before", "after")]
    context.screen.table(columns, [row for change in changes for row in _history_rows(change)])


def _history_rows(change: dict[str, Any]) -> list[tuple[str, ...]]:
    when, by = change["at"], change["by"]
    if change["what"] == "secrets":
        return [(when, by, say("secrets_word"), "", say("secret_changed"))]
    return [(when, by, one["key"], one["before"] or "", one["after"] or say("removed")) for one in change["changes"]]


@app.command("import", help="help_settings_import", epilog="examples_settings_import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", allow_dash=True, help="help_import_file")],
    integration: OnlyIntegration = None,
    no_check: NoCheck = False,
    yes: Yes = False,
) -> None:
    """Store integrations as a file describes them: all of them or none."""
    context = CommandContext.of(ctx)
    wanted = read_integrations(file)
    if integration:
        if integration not in wanted:
            raise Problem("file_without_integration", path=file, alias=integration, known=", ".join(wanted))
        wanted = {integration: wanted[integration]}
    with context.screen.progress(say("reading")):
        before = {alias: context.deployment.store.find(alias) for alias in wanted}
    changes = [_imported(before[alias], parts) for alias, parts in wanted.items()]
    if not no_check:
        check_numbers(context, changes)
    if show_and_write(context, changes, yes=yes):
        context.screen.result(say("imported", aliases=", ".join(wanted)))


@app.command("export", help="help_settings_export", epilog="examples_settings_export")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", allow_dash=True, help="help_export_file")] = STREAM,
    integration: OnlyIntegration = None,
    yes: Yes = False,
) -> None:
    """Write settings to a file that `settings import` reads. Never secrets."""
    context = CommandContext.of(ctx)
    with context.screen.progress(say("reading")):
        aliases = [integration] if integration else context.deployment.store.aliases()
        if not aliases:
            raise Problem("no_integrations", stack=context.deployment.stack)
        found = {alias: {"settings": context.deployment.store.load(alias).settings} for alias in aliases}
    if file == STREAM:
        context.screen.json({"integrations": found})
        return
    if file.exists():
        context.screen.agree(say("overwrite", path=file), yes=yes)
    write_text(file, json.dumps({"integrations": found}, ensure_ascii=False, indent=2) + "\n")
    context.screen.result(say("exported", path=file, aliases=", ".join(aliases)))


def _catalogue(context: CommandContext, stored: Stored, typed: list[tuple[str, str]]) -> Catalogue | None:
    """What names are looked up in; None when none was typed."""
    names = [one for one in typed if needs_planfix(*one)]
    if not names:
        return None
    settings = settings_of(stored.settings, stored.alias)
    secrets = secrets_of(stored.secrets, stored.alias, settings.route)
    if not secrets.planfix_token:  # the route is that of chats
        raise Problem("names_need_token", key=names[0][0], value=names[0][1])
    return Catalogue(context.services, context.services.planfix(settings.planfix, secrets.planfix_token))


def _as_stored(key: str, value: str, catalogue: Catalogue | None) -> str:
    """What people type as it is stored: a name as its number, an account's address with https."""
    if catalogue and needs_planfix(key, value):
        return numbered(catalogue, key, value)
    return f"https://{value}" if key == "planfix.account_url" and "." in value and "://" not in value else value


def _left(value: str | None, option: str) -> str:
    """A setting that this route leaves to Planfix, with its value where one is stored all the same."""
    if value is None or value == NOTHING:
        return say("left_to_planfix", option=option)
    return say("left_though_set", value=value, option=option)


def _provider_ids(stored: Stored) -> dict[str, str]:
    """What is to be typed into the window of each channel's chat in Planfix, where no other id is set."""
    channels = stored.settings.get("channels", {}) if route_of(stored.settings) == "chat_api" else {}
    return {f"channels.{channel}.provider_id": provider_id_of(stored.alias, channel) for channel in channels}


def _secrets_to_show(stored: Stored) -> list[str]:
    """Those of chats for each channel, where the route needs them, and wherever one is set."""
    settings, chats = stored.settings, stored.secrets.get(CHATS, {})
    needed = settings.get("channels", {}) if route_of(settings) == "chat_api" else {}
    return secret_names(dict.fromkeys([*needed, *chats]))


def _changed(stored: Stored, raw: dict[str, Any]) -> Change:
    """The integration with other settings; where they choose another route, its secrets are those that this one needs."""
    settings = settings_of(raw, stored.alias)
    if settings.route != route_of(stored.settings):
        check_secrets_of_route(stored, settings.route)
    return Change(stored, settings)


def _set_secret(
    context: CommandContext,
    alias: str,
    name: str,
    from_file: Path | None,
    *,
    generate: bool,
    no_check: bool,
    yes: bool,
) -> None:
    check_secret_name(name)
    if generate and (not is_rotating(name) or from_file):
        names = ", ".join(one for one in secret_names() if is_rotating(one))
        raise Problem("generate_which", exit_code=WRONG_USAGE, names=names)
    stored = context.deployment.load(alias)
    value = context.outside.new_secret() if generate else typed_secret(context.screen, name, from_file)
    older = [one for one in flat_secrets(stored.secrets).get(name, []) if one != value][:1] if is_rotating(name) else []
    raw = with_secret(stored.secrets, name, [value, *older] if is_rotating(name) else value)
    secrets = secrets_of(raw, alias, route_of(stored.settings))
    if not no_check:
        _check(context.services, stored, secrets, name)
    if not show_and_write(context, [Change(stored, secrets=secrets)], yes=yes):
        return
    context.screen.result(say("written"))
    if older:
        context.screen.note(say("two_values_now", name=name))
    if name in {"webhook_secrets", "bot_token"}:
        context.screen.note(say("webhook_again"))
    if name == "planfix_secrets" or (generate and name.startswith(f"{CHATS}.")):
        offer_secret(context.screen, value)


def _check(services: Services, stored: Stored, secrets: Secrets, name: str) -> None:
    """A token that its service refuses is not stored."""
    settings = settings_of(stored.settings, stored.alias)
    if name == "bot_token":
        services.check_bot(settings.telegram.api_url, secrets.bot_token)
    elif name == "planfix_token":
        services.check_planfix(services.planfix(settings.planfix, secrets.planfix_token))
    elif name.startswith(f"{CHATS}.") and name.endswith(".planfix_token") and settings.planfix.chat_url:
        channel = name.split(".")[1]
        own = settings.channels.get(channel)
        provider_id = (own and own.provider_id) or provider_id_of(stored.alias, channel)
        services.check_chat(settings.planfix, provider_id, secrets.chats[channel].planfix_token)


def _drop_older(context: CommandContext, stored: Stored, name: str, *, yes: bool) -> None:
    check_secret_name(name)
    values = flat_secrets(stored.secrets).get(name)
    if not is_rotating(name) or not values or len(values) < 2:  # noqa: PLR2004 - the newer and the older
        raise Problem("no_older_value", name=name)
    secrets = secrets_of(with_secret(stored.secrets, name, values[:1]), stored.alias, route_of(stored.settings))
    if show_and_write(context, [Change(stored, secrets=secrets)], yes=yes):
        context.screen.result(say("written"))


def _imported(before: Stored, parts: dict[str, Any]) -> Change:
    if "secrets" in parts:
        settings = settings_of(parts["settings"], before.alias)
        return Change(before, settings, secrets_of(parts["secrets"], before.alias, settings.route))
    if not before.secrets:
        raise Problem("import_without_secrets", alias=before.alias)
    return _changed(before, parts["settings"])
