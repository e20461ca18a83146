"""`planfix-telegram setup`: the guided first set-up, or the same by options alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge.aws.connections import Connections
from bridge.settings import Secrets, Settings
from planfix_telegram.accounts import Account, accounts_of, approve_account
from planfix_telegram.choosing import Choice, choose
from planfix_telegram.desk import PLANFIX_ADDRESS, TELEGRAM_ADDRESS, Desk
from planfix_telegram.interview import Given, Interview
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


@app.command(help="help_setup", epilog="examples_setup")
def setup(
    ctx: typer.Context,
    integration: Integration = "main",
    bot_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", allow_dash=True, help="help_bot_token_file")
    ] = None,
    planfix_url: Annotated[str | None, typer.Option(metavar="URL", help="help_planfix_url")] = None,
    planfix_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", allow_dash=True, help="help_planfix_token_file")
    ] = None,
    task_template: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_task_template")] = None,
    task_object: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_task_object")] = None,
    contact_template: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_contact_template")] = None,
    default_assignee: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_default_assignee")] = None,
    extra_assignee: Annotated[list[str] | None, typer.Option(metavar="ID|NAME", help="help_extra_assignee")] = None,
    notice_language: Annotated[str | None, typer.Option(metavar="ru|en", help="help_notice_language")] = None,
    new_task: Annotated[
        bool | None, typer.Option("--new-task-if-none-active/--always-same-task", help="help_new_task")
    ] = None,
    send_as_employee: Annotated[
        bool | None, typer.Option("--send-as-employee/--no-send-as-employee", help="help_send_as_employee")
    ] = None,
    own_bot: Annotated[bool | None, typer.Option("--own-bot/--no-own-bot", help="help_own_bot")] = None,
    telegram_api_url: Annotated[str | None, typer.Option(metavar="URL", help="help_telegram_api_url")] = None,
    webhook_url: WebhookUrl = None,
    planfix_webhook_url: PlanfixWebhookUrl = None,
    connections_table: ConnectionsTable = None,
    owner: Annotated[int | None, typer.Option(metavar="ID", min=1, help="help_setup_owner")] = None,
    owner_name: Annotated[str | None, typer.Option(metavar="NAME", help="help_channel_name")] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="help_no_wait")] = False,
    yes: Yes = False,
) -> None:
    """Set an integration up, from tokens to the first approved account."""
    if task_template and task_object:
        raise Problem("template_or_object", exit_code=WRONG_USAGE)
    desk = Desk.of(ctx)
    asks = desk.screen.is_interactive and not yes
    # what fails without a question comes first: credentials, the stack, what is stored
    with desk.screen.progress(say("reading")):
        stored = desk.store.find(integration)
        webhook_url = webhook_url or desk.address(TELEGRAM_ADDRESS, integration)
        planfix_webhook_url = planfix_webhook_url or desk.address(PLANFIX_ADDRESS, integration)
        connections = None if no_wait else desk.connections(connections_table)
    given = Given(
        bot_token_file,
        planfix_url,
        planfix_token_file,
        task_template,
        task_object,
        contact_template,
        default_assignee,
        extra_assignee or (),
        notice_language,
        new_task,
        send_as_employee,
        own_bot,
        telegram_api_url,
    )
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
        _first_account(desk, interview, connections, integration, owner, owner_name, asks=asks)
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
    owner: int | None,
    name: str | None,
    *,
    asks: bool,
) -> None:
    desk.screen.step(say("step_account"))
    stored = desk.store.load(alias)
    approved = [one for one in accounts_of(stored.settings, []) if owner in {None, one.owner_id}]
    if approved:
        desk.screen.done(
            say("approved_before", names=", ".join(one.channel_name or str(one.owner_id) for one in approved))
        )
        return
    desk.screen.note(say("connect_the_bot", username=interview.bot.get("username", "")))
    try:
        account = _choose(desk, _wait(desk, stored.settings, connections, alias, owner), owner, asks=asks)
    except KeyboardInterrupt:
        account = None
    if account is None:
        desk.screen.note(say("approve_later"))
        return
    channel = {"name": name or account.channel_name}
    if asks:
        channel["name"] = name or desk.screen.ask(say("ask_channel_name"), channel["name"])
        employee = interview.owner_user(account.channel_name)
        channel |= {"owner_user": employee} if employee else {}
    # read again: waiting may have taken long enough for somebody else's change
    approve_account(desk, desk.store.load(alias), account, channel, connections)


def _wait(
    desk: Desk, settings: dict[str, object], connections: Connections, alias: str, owner: int | None
) -> list[Account]:
    """Pending accounts, as soon as there is one; none when nobody connects for `LONGEST_WAIT`."""
    until = desk.outside.clock() + LONGEST_WAIT
    with desk.screen.progress(say("waiting_for_account")):
        while True:
            found = accounts_of(settings, connections.all(alias))
            waiting = [one for one in found if one.state == "state_pending" and owner in {None, one.owner_id}]
            if waiting or desk.outside.clock() >= until:
                return waiting
            desk.outside.sleep(LOOK_EVERY)


def _choose(desk: Desk, waiting: list[Account], owner: int | None, *, asks: bool) -> Account | None:
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
    if asks and owner is None and not desk.screen.confirm(say("ask_approve", who=_described(waiting[0])), default=True):
        return None
    return waiting[0]


def _described(account: Account) -> str:
    username = account.connection.username if account.connection else ""
    return f"{account.channel_name}{f' @{username}' if username else ''} ({account.owner_id})"
