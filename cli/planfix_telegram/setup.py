"""`planfix-telegram setup`: the guided first set-up, or the same by options alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from bridge.aws.connections import Connections
from bridge.settings import Secrets, Settings
from planfix_telegram.accounts import Account, accounts_of, approve_account
from planfix_telegram.choosing import Choice, choose
from planfix_telegram.desk import PLANFIX_ADDRESS, TELEGRAM_ADDRESS, Desk
from planfix_telegram.interview import Given, Interview
from planfix_telegram.option_groups import with_groups
from planfix_telegram.options import ConnectionsTable, Integration, PlanfixWebhookUrl, WebhookUrl, Yes
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.saving import show_and_write
from planfix_telegram.scenario import offer_secret, print_scenario
from planfix_telegram.store import Change
from planfix_telegram.texts import say
from planfix_telegram.validation import secrets_of, settings_of
from planfix_telegram.webhook import point_at

app = typer.Typer(help="help_setup")

LOOK_EVERY = 2.0
"""Seconds between two looks at the connections table while waiting: a person just pressed a button."""
LONGEST_WAIT = 1800.0
"""Seconds after which waiting ends by itself, so that an unattended run ends; a person stops it by Ctrl-C."""


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Which account `setup` waits for, by options."""

    connections_table: ConnectionsTable = None
    owner: Annotated[int | None, typer.Option(metavar="ID", min=1, help="help_setup_owner")] = None
    owner_name: Annotated[str | None, typer.Option(metavar="NAME", help="help_channel_name")] = None
    no_wait: Annotated[bool, typer.Option("--no-wait", help="help_no_wait")] = False

    def is_meant(self, account: Account) -> bool:
        """Whether it may be this one."""
        return self.owner in {None, account.owner_id}


@app.command(help="help_setup", epilog="examples_setup")
@with_groups
def setup(
    ctx: typer.Context,
    *,
    integration: Integration = "main",
    given: Given,
    webhook_url: WebhookUrl = None,
    planfix_webhook_url: PlanfixWebhookUrl = None,
    first: FirstAccount,
    yes: Yes = False,
) -> None:
    """Set an integration up, from tokens to the first approved account."""
    if given.task_template and given.task_object:
        raise Problem("template_or_object", exit_code=WRONG_USAGE)
    desk = Desk.of(ctx)
    asks = desk.screen.is_interactive and not yes
    # what fails without a question comes first: credentials, the stack, what is stored
    with desk.screen.progress(say("reading")):
        stored = desk.store.find(integration)
        webhook_url = webhook_url or desk.address(TELEGRAM_ADDRESS, integration)
        planfix_webhook_url = planfix_webhook_url or desk.address(PLANFIX_ADDRESS, integration)
        connections = None if first.no_wait else desk.connections(first.connections_table)
    interview = Interview(desk, given, stored, asks=asks)
    desk.screen.step(say("step_telegram"))
    interview.telegram()
    desk.screen.step(say("step_planfix"))
    interview.planfix()
    interview.choices()
    desk.screen.step(say("step_options"))
    interview.shared()
    settings = settings_of(interview.settings, integration)
    new_secrets = {name: [desk.outside.new_secret()] for name in ("webhook_secrets", "planfix_secrets")}
    secrets = secrets_of({**new_secrets, **interview.secrets}, integration)

    desk.screen.step(say("step_store"))
    show_and_write(desk, [Change(stored, settings, secrets)], yes=yes)
    _point_at(desk, settings, secrets, webhook_url)
    if connections:
        _first_account(desk, interview, connections, integration, first, asks=asks)
    desk.screen.step(say("step_scenario"))
    print_scenario(desk, planfix_webhook_url)
    offer_secret(desk, secrets)
    desk.screen.done(say("setup_done"))


def _point_at(desk: Desk, settings: Settings, secrets: Secrets, address: str) -> None:
    try:
        point_at(desk, settings, secrets, address)
    except Problem as problem:
        raise Problem("stored_without_webhook", detail=str(problem)) from None


def _first_account(
    desk: Desk,
    interview: Interview,
    connections: Connections,
    alias: str,
    first: FirstAccount,
    *,
    asks: bool,
) -> None:
    desk.screen.step(say("step_account"))
    stored = desk.store.load(alias)
    approved = [one for one in accounts_of(stored.settings, []) if first.is_meant(one)]
    if approved:
        desk.screen.done(
            say("approved_before", names=", ".join(one.channel_name or str(one.owner_id) for one in approved))
        )
        return
    desk.screen.note(say("connect_the_bot", username=interview.bot.get("username", "")))
    try:
        account = _choose(desk, _wait(desk, stored.settings, connections, alias, first), first, asks=asks)
    except KeyboardInterrupt:
        account = None
    if account is None:
        desk.screen.note(say("approve_later"))
        return
    channel = {"name": first.owner_name or account.channel_name}
    if asks:
        channel["name"] = first.owner_name or desk.screen.ask(say("ask_channel_name"), channel["name"])
        employee = interview.owner_user(account.channel_name)
        channel |= {"owner_user": employee} if employee else {}
    # read again: waiting may have taken long enough for somebody else's change
    approve_account(desk, desk.store.load(alias), account, channel, connections)


def _wait(
    desk: Desk, settings: dict[str, object], connections: Connections, alias: str, first: FirstAccount
) -> list[Account]:
    """Pending accounts, as soon as there is one; none when nobody connects for `LONGEST_WAIT`."""
    until = desk.outside.clock() + LONGEST_WAIT
    with desk.screen.progress(say("waiting_for_account")):
        while True:
            found = accounts_of(settings, connections.all(alias))
            waiting = [one for one in found if one.state == "state_pending" and first.is_meant(one)]
            if waiting or desk.outside.clock() >= until:
                return waiting
            desk.outside.sleep(LOOK_EVERY)


def _choose(desk: Desk, waiting: list[Account], first: FirstAccount, *, asks: bool) -> Account | None:
    """Anybody can connect our bot to an account: a person looks whose it is, or an option said it."""
    if len(waiting) > 1 and not asks:
        desk.screen.warn(say("several_waiting", names=", ".join(_described(one) for one in waiting)))
        return None
    if len(waiting) > 1:
        choices = [Choice(str(one.owner_id), _described(one)) for one in waiting]
        chosen = choose(desk.screen, say("ask_which_account"), choices, None)
        return next((one for one in waiting if chosen and str(one.owner_id) == chosen.key), None)
    if not waiting:
        return None
    if (
        asks
        and first.owner is None
        and not desk.screen.confirm(say("ask_approve", who=_described(waiting[0])), default=True)
    ):
        return None
    return waiting[0]


def _described(account: Account) -> str:
    username = account.connection.username if account.connection else ""
    return f"{account.channel_name}{f' @{username}' if username else ''} ({account.owner_id})"
