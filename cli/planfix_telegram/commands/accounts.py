"""`planfix-telegram accounts`: which business accounts may use the bridge."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bridge.aws.connections import Connections
from bridge.model import OWN_BOT, Connection
from planfix_telegram.commands.options import AsJson, ConnectionsTable, Integration, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.saving import show_and_write
from planfix_telegram.screen import clean, shown_time
from planfix_telegram.store import Change, Stored
from planfix_telegram.texts import as_list, say
from planfix_telegram.validation import route_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_accounts")

Owner = Annotated[str, typer.Argument(metavar="OWNER", help="help_owner")]
ChannelName = Annotated[str | None, typer.Option("--name", metavar="NAME", help="help_channel_name")]


@dataclass(frozen=True, slots=True)
class Account:
    """A business account as the admin sees it; `connection` is None when it was never seen."""

    owner_id: int
    channel_name: str
    is_approved: bool
    connection: Connection | None

    @property
    def state(self) -> str:
        """A key of texts.py."""
        if self.connection is None:
            return "state_never_seen"
        if not self.connection.is_enabled:
            return "state_disabled"
        if not self.is_approved:
            return "state_pending"
        return "state_approved" if self.connection.can_reply else "state_no_reply_right"


@app.command("list", help="help_accounts_list", epilog="examples_accounts_list")
def list_(
    ctx: typer.Context,
    integration: Integration = "main",
    connections_table: ConnectionsTable = None,
    as_json: AsJson = False,
) -> None:
    """Print every business account that connected the bot or is approved."""
    context = CommandContext.of(ctx)
    with context.screen.progress(say("reading")):
        stored = context.deployment.store.load(integration)
        found = accounts_of(stored.settings, context.deployment.connections(connections_table).all(integration))
    if as_json:
        context.screen.json({"integration": integration, "accounts": [_as_json(account) for account in found]})
        return
    if not found:
        context.screen.result(say("no_accounts"))
        return
    columns = ("owner", "name", "username", "state", "rights", "connected", "not_carried")
    context.screen.table([say(f"column_{column}") for column in columns], [_row(account) for account in found])
    if any(account.state == "state_pending" for account in found):
        context.screen.note(say("approve_hint"))
    if any(account.state == "state_no_reply_right" for account in found):
        context.screen.warn(say("no_reply_right"))


@app.command("approve", help="help_accounts_approve", epilog="examples_accounts_approve")
def approve(
    ctx: typer.Context,
    owner: Owner,
    name: ChannelName = None,
    integration: Integration = "main",
    connections_table: ConnectionsTable = None,
    yes: Yes = False,
) -> None:
    """Carry this account's messages from now on."""
    context = CommandContext.of(ctx)
    with context.screen.progress(say("reading")):
        stored = context.deployment.store.load(integration)
        connections = context.deployment.connections(connections_table)
        account = _named(owner, accounts_of(stored.settings, connections.all(integration)))
    if account.is_approved and name is None:
        raise Problem("approved_already", owner=account.owner_id)
    if account.connection is None and not account.is_approved:
        context.screen.warn(say("never_connected", owner=account.owner_id))
        context.screen.agree_deliberately(say("approve_anyway"), yes=yes)
    elif not account.is_approved and context.screen.is_interactive:
        # anybody can connect our bot to an account: a person looks whose it is
        context.screen.agree_deliberately(say("ask_approve", who=described(account)), yes=yes)
    approve_account(context, stored, account, {"name": name or account.channel_name}, connections)
    if route_of(stored.settings) == "chat_api" and not account.is_approved:
        context.screen.note(say("approved_wants_window"))


@app.command("revoke", help="help_accounts_revoke", epilog="examples_accounts_revoke")
def revoke(
    ctx: typer.Context,
    owner: Owner,
    integration: Integration = "main",
    connections_table: ConnectionsTable = None,
    yes: Yes = False,
) -> None:
    """Carry this account's messages no longer."""
    context = CommandContext.of(ctx)
    with context.screen.progress(say("reading")):
        stored = context.deployment.store.load(integration)
        # an id needs no look at the connections: revoking must not depend on anything
        seen = [] if owner.isdecimal() else context.deployment.connections(connections_table).all(integration)
        account = _named(owner, accounts_of(stored.settings, seen))
    if not account.is_approved:
        raise Problem("not_approved", owner=account.owner_id)
    raw = copy.deepcopy(stored.settings)
    del raw["channels"][str(account.owner_id)]
    if not raw["channels"]:
        del raw["channels"]
    change = Change(stored, settings=settings_of(raw, integration), keeps_keys=True)
    if show_and_write(context, [change], yes=yes):
        context.screen.result(say("revoked", name=account.channel_name or account.owner_id))


def accounts_of(settings: dict[str, Any], seen: list[Connection]) -> list[Account]:
    """Every account that connected or is approved, by owner id."""
    channels: dict[str, dict[str, Any]] = settings.get("channels", {})
    by_owner: dict[int, Connection | None] = {int(key): None for key in channels if key != OWN_BOT}
    by_owner |= {connection.owner_id: connection for connection in seen}
    return [
        Account(
            owner_id,
            str(channels.get(str(owner_id), {}).get("name") or clean(connection.name if connection else "")),
            str(owner_id) in channels,
            connection,
        )
        for owner_id, connection in sorted(by_owner.items())
    ]


def approve_account(
    context: CommandContext, stored: Stored, account: Account, channel: dict[str, str], connections: Connections
) -> None:
    """Add the account's channel and say what was not carried while it waited."""
    raw = copy.deepcopy(stored.settings)
    known = raw.setdefault("channels", {}).setdefault(str(account.owner_id), {})
    username = account.connection.username if account.connection else ""
    known.update({key: value for key, value in {**channel, "telegram_name": username}.items() if value})
    if not show_and_write(context, [Change(stored, settings=settings_of(raw, stored.alias))], yes=True):
        return
    if account.connection is None:
        context.screen.result(say("approved_beforehand", name=known.get("name") or account.owner_id))
        return
    missed = connections.forget_not_carried(stored.alias, account.owner_id)
    context.screen.result(say("approved", name=known.get("name") or account.owner_id))
    context.screen.result(say("were_not_carried", count=missed) if missed else say("all_carried"))
    if not account.connection.can_reply:
        context.screen.warn(say("no_reply_right"))


def described(account: Account) -> str:
    """Whose account it is, as its owner is known: name, @username, number."""
    connection = account.connection
    name = clean(connection.name) if connection and connection.name else account.channel_name
    username = f" @{connection.username}" if connection and connection.username else ""
    return f"{name}{username} ({account.owner_id})"


def _named(owner: str, found: list[Account]) -> Account:
    """The account by its owner's id, @username or name, or by its channel's name.

    Raises:
        Problem: none or several.
    """
    if owner.isdecimal():
        known = {account.owner_id: account for account in found}
        return known.get(int(owner), Account(int(owner), "", is_approved=False, connection=None))
    username = owner.removeprefix("@").casefold()
    for account in found:
        if account.connection and account.connection.username.casefold() == username:
            return account
    called = [one for one in found if owner.casefold() in _names(one)]
    if len(called) > 1:
        names = as_list(described(one) for one in called)
        raise Problem("owner_ambiguous", exit_code=WRONG_USAGE, owner=owner, names=names)
    if not called:
        raise Problem("owner_unknown", exit_code=WRONG_USAGE, owner=owner)
    return called[0]


def _names(account: Account) -> set[str]:
    names = {account.channel_name, account.connection.name if account.connection else ""} - {""}
    return {name.casefold() for name in names}


def _row(account: Account) -> tuple[str, ...]:
    connection = account.connection
    if connection is None:
        return (str(account.owner_id), account.channel_name, "", say(account.state), "", "", "")
    return (
        str(account.owner_id),
        account.channel_name,
        f"@{connection.username}" if connection.username else "",
        say(account.state),
        ", ".join(connection.rights) or "-",
        shown_time(connection.received_at / 1000),
        str(connection.not_carried or ""),
    )


def _as_json(account: Account) -> dict[str, Any]:
    connection = account.connection
    return {
        "owner_id": account.owner_id,
        "name": account.channel_name,
        "username": connection.username if connection else None,
        "state": account.state.removeprefix("state_"),
        "rights": list(connection.rights) if connection else [],
        "connected_at": shown_time(connection.received_at / 1000) if connection else None,
        "not_carried": connection.not_carried if connection else 0,
    }
