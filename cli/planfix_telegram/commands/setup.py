"""`planfix-telegram setup`: the guided first set-up, or the same by options alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bridge.aws.connections import Connections
from bridge.settings import Secrets, Settings
from planfix_telegram.chat_windows import connect_chats
from planfix_telegram.choosing import Choice, choose
from planfix_telegram.commands.accounts import Account, accounts_of, approve_account, described
from planfix_telegram.commands.option_groups import with_groups
from planfix_telegram.commands.options import ConnectionsTable, Integration, PlanfixWebhookUrl, WebhookUrl, Yes
from planfix_telegram.commands.scenario import print_scenario
from planfix_telegram.commands.webhook import point_at
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import PLANFIX_ADDRESS, TELEGRAM_ADDRESS
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.saving import show_and_write
from planfix_telegram.screen import Screen
from planfix_telegram.setup_questions import Given, SetupQuestions
from planfix_telegram.shown_secret import offer_secret
from planfix_telegram.store import Change
from planfix_telegram.texts import as_list, say
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(add_completion=False, help="help_setup")

LOOK_EVERY = 2.0
"""Seconds between two looks at the connections table while waiting: a person just pressed a button."""
LONGEST_WAIT = 1800.0
"""Seconds after which waiting ends by itself, so that an unattended run ends; a person stops it by Ctrl-C."""


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Which account `setup` waits for, by options."""

    connections_table: ConnectionsTable = None
    owner: Annotated[str | None, typer.Option(metavar="ID|@NAME", help="help_setup_owner")] = None
    owner_name: Annotated[str | None, typer.Option(metavar="NAME", help="help_channel_name")] = None
    no_wait: Annotated[bool, typer.Option("--no-wait", help="help_no_wait")] = False

    def is_meant(self, account: Account) -> bool:
        """Whether it may be this one."""
        if self.owner is None:
            return True
        username = account.connection.username if account.connection else ""
        return (
            self.owner == str(account.owner_id) or self.owner.removeprefix("@").casefold() == username.casefold() != ""
        )


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
    context = CommandContext.of(ctx)
    asks = context.screen.is_interactive and not yes
    # what fails without a question comes first: credentials, the stack, what is stored
    with context.screen.progress(say("reading")):
        stored = context.deployment.store.find(integration)
        webhook_url = context.deployment.address(TELEGRAM_ADDRESS, integration, webhook_url)
        planfix_webhook_url = context.deployment.address(PLANFIX_ADDRESS, integration, planfix_webhook_url)
        connections = None if first.no_wait else context.deployment.connections(first.connections_table)
    questions = SetupQuestions(context, given, stored, asks=asks)
    context.screen.step(say("step_telegram"))
    questions.telegram()
    context.screen.step(say("step_planfix"))
    questions.route()
    questions.planfix()
    questions.choices()
    context.screen.step(say("step_options"))
    questions.shared()
    settings = settings_of(questions.settings, integration)
    secrets = secrets_of(_with_new_secrets(context, settings, questions.secrets), integration, settings.route)

    context.screen.step(say("step_store"))
    show_and_write(context, [Change(stored, settings, secrets)], yes=yes)
    _point_at(context, settings, secrets, webhook_url, yes=yes)
    is_approved = connections is not None and _first_account(
        context, questions, connections, integration, first, asks=asks
    )
    context.screen.step(say("step_scenario"))
    if questions.by_chats:
        address = context.deployment.chat_address(integration, planfix_webhook_url)
        is_done = connect_chats(context, integration, address, asks=asks) and is_approved
    else:
        print_scenario(context.screen, planfix_webhook_url)
        offer_secret(context.screen, secrets.planfix_secrets[0])
        is_done = is_approved
    if is_done:
        context.screen.done(say("setup_done_by_chats" if questions.by_chats else "setup_done"))
    else:
        context.screen.step(say("step_left"))
        context.screen.note(_left(questions, is_approved=is_approved))


def _left(questions: SetupQuestions, *, is_approved: bool) -> str:
    """What nobody did yet."""
    if questions.by_chats and is_approved:
        return say("left_windows")
    return say(
        "left_to_do_by_chats" if questions.by_chats else "left_to_do", username=questions.bot.get("username", "")
    )


def _with_new_secrets(context: CommandContext, settings: Settings, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, and of our own secrets those that the route needs and nobody made yet."""
    names = ["webhook_secrets", *(["planfix_secrets"] if settings.route == "rest" else [])]
    return {**given, **{name: [context.outside.new_secret()] for name in names if not given.get(name)}}


def _point_at(context: CommandContext, settings: Settings, secrets: Secrets, address: str, *, yes: bool) -> None:
    try:
        point_at(context, settings, secrets, address, yes=yes)
    except Problem as problem:
        raise Problem("stored_without_webhook", detail=str(problem)) from None


def _first_account(
    context: CommandContext,
    questions: SetupQuestions,
    connections: Connections,
    alias: str,
    first: FirstAccount,
    *,
    asks: bool,
) -> bool:
    """Whether an account is approved in the end."""
    context.screen.step(say("step_account"))
    stored = context.deployment.store.load(alias)
    known = accounts_of(stored.settings, connections.all(alias))
    approved = [one for one in known if one.is_approved and first.is_meant(one)]
    if approved:
        context.screen.done(
            say("approved_before", names=", ".join(one.channel_name or str(one.owner_id) for one in approved))
        )
        return True
    context.screen.note(say("connect_the_bot", username=questions.bot.get("username", "")))
    try:
        account = _choose(context.screen, _wait(context, stored.settings, connections, alias, first), first, asks=asks)
    except KeyboardInterrupt:
        account = None
    if account is None:
        return False
    channel = {"name": first.owner_name or account.channel_name}
    if asks:
        channel["name"] = first.owner_name or context.screen.ask(say("ask_channel_name"), channel["name"])
        channel |= questions.owner(account.channel_name)
    # read again: waiting may have taken long enough for somebody else's change
    approve_account(context, context.deployment.store.load(alias), account, channel, connections)
    return True


def _wait(
    context: CommandContext, settings: dict[str, object], connections: Connections, alias: str, first: FirstAccount
) -> list[Account]:
    """Pending accounts, as soon as there is one; none when nobody connects for `LONGEST_WAIT`."""
    until = context.outside.clock() + LONGEST_WAIT
    with context.screen.progress(say("waiting_for_account")):
        while True:
            found = accounts_of(settings, connections.all(alias))
            waiting = [one for one in found if one.state == "state_pending" and first.is_meant(one)]
            if waiting or context.outside.clock() >= until:
                return waiting
            context.outside.sleep(LOOK_EVERY)


def _choose(screen: Screen, waiting: list[Account], first: FirstAccount, *, asks: bool) -> Account | None:
    """Anybody can connect our bot to an account: a person looks whose it is, or an option said it."""
    if waiting and not asks and first.owner is None:
        screen.warn(say("somebody_waits", names=as_list(described(one) for one in waiting)))
        return None
    if len(waiting) > 1:
        choices = [Choice(str(one.owner_id), described(one)) for one in waiting]
        chosen = choose(screen, say("ask_which_account"), choices, None)
        return next((one for one in waiting if chosen and str(one.owner_id) == chosen.key), None)
    if not waiting:
        return None
    if asks and first.owner is None and not screen.confirm_deliberately(say("ask_approve", who=described(waiting[0]))):
        return None
    return waiting[0]
