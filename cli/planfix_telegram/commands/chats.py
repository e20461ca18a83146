"""`planfix-telegram chats`: which client has which task, and how that is changed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bridge.aws.chats import Chats
from bridge.model import OWN_BOT, Chat, ChatState
from bridge.planfix.rest import PlanfixRest
from bridge.planfix.route import Task
from bridge.queued import Look
from bridge.queued import as_json as as_json_of
from bridge.routes.rest.comment_list import history_of
from bridge.settings import Settings
from planfix_telegram.chat_rows import chat_of, rows
from planfix_telegram.commands.options import AsJson, Integration, ToTelegramQueue, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import CHATS_TABLE, TO_TELEGRAM_QUEUE
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.screen import shown_time
from planfix_telegram.since import seconds_of
from planfix_telegram.texts import as_list, say
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_chats")

Client = Annotated[int, typer.Argument(metavar="CLIENT", min=1, help="help_client")]
Channel = Annotated[str | None, typer.Option("--channel", metavar="OWNER|NAME|own_bot", help="help_channel")]


class Desk:
    """One integration's chats.

    Args:
        context: this call's belongings.
        alias: the integration's.
    """

    def __init__(self, context: CommandContext, alias: str) -> None:
        stored = context.deployment.load(alias)
        self._context = context
        self._alias = alias
        self.settings: Settings = settings_of(stored.settings, alias)
        token = secrets_of(stored.secrets, alias, self.settings.route).planfix_token
        self.planfix: PlanfixRest = context.services.planfix(self.settings.planfix, token)
        self.chats: Chats = context.deployment.chats(None)

    def check_route(self) -> None:
        """Raises Problem where it is not the bridge that knows which task a chat has."""
        if self.settings.route != "rest":
            raise Problem("tasks_by_planfix")

    def name(self, channel: str) -> str:
        """How people call a channel."""
        if channel == OWN_BOT:
            return say("own_bot_channel")
        known = self.settings.channels.get(channel)
        return (known.name if known else "") or channel

    def chat(self, client_id: int, channel: str | None) -> tuple[Chat, ChatState]:
        """The client's chat in this channel, or in the only one where there is one.

        Raises:
            Problem: there is none, or there are several.
        """
        if channel is not None:
            chat = Chat(self._alias, self._channel(channel), client_id)
            return chat, self.chats.state(chat)
        found = self.all(client_id)
        if len(found) != 1:
            key = "chat_ambiguous" if found else "chat_unknown"
            names = as_list(f"{self.name(chat.channel)} ({chat.channel})" for chat, _ in found) or self._channels()
            raise Problem(key, exit_code=WRONG_USAGE, client=client_id, names=names)
        return found[0]

    def all(self, client_id: int) -> list[tuple[Chat, ChatState]]:
        """The client's chats in the channels of the settings."""
        chats = (Chat(self._alias, channel, client_id) for channel in self.settings.channels)
        return [(chat, state) for chat in chats if (state := self.chats.state(chat)) != ChatState()]

    def task(self, number: int) -> Task:
        """A task of Planfix.

        Raises:
            Problem: there is none.
        """
        found = self._context.services.ask(self.planfix.host, say("asking_planfix"), lambda: self.planfix.task(number))
        if found is None:
            raise Problem("task_unknown", task=number)
        return found

    def contact(self, chat: Chat, state: ChatState) -> int:
        """Who the client is in Planfix.

        Raises:
            Problem: nobody knows.
        """
        known = self.chats.contact(self.planfix.host, chat.client_id)
        if state.contact_id or known:
            return state.contact_id or (known.id if known else 0)
        found = self._context.services.ask(
            self.planfix.host, say("asking_planfix"), lambda: self.planfix.contacts_by_telegram_id(chat.client_id)
        )
        if len(found) != 1:
            raise Problem("contact_unknown", client=chat.client_id)
        return found[0].id

    def _channel(self, text: str) -> str:
        """A channel by its key or its name."""
        named = [key for key in self.settings.channels if self.name(key).casefold() == text.casefold()]
        found = [text] if text in self.settings.channels else named
        if len(found) != 1:
            raise Problem("channel_unknown", exit_code=WRONG_USAGE, channel=text, names=self._channels())
        return found[0]

    def _channels(self) -> str:
        return as_list(f"{self.name(channel)} ({channel})" for channel in self.settings.channels)


@app.command("list", help="help_chats_list", epilog="examples_chats_list")
def list_(ctx: typer.Context, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print every chat of an integration."""
    context = CommandContext.of(ctx)
    desk = Desk(context, integration)
    with context.screen.progress(say("reading")):
        found = sorted(_chats(context, integration), key=lambda chat: (chat.channel, chat.client_id))
        listed = [_described(desk, chat, desk.chats.state(chat)) for chat in found]
    if as_json:
        context.screen.json({"integration": integration, "chats": listed})
    elif not listed:
        context.screen.result(say("no_chats"))
    else:
        _table(context, listed)


@app.command("show", help="help_chats_show", epilog="examples_chats_show")
def show(ctx: typer.Context, client: Client, integration: Integration = "main", as_json: AsJson = False) -> None:
    """Print a client's chats."""
    context = CommandContext.of(ctx)
    desk = Desk(context, integration)
    with context.screen.progress(say("reading")):
        found = [_described(desk, chat, state) for chat, state in desk.all(client)]
    if as_json:
        context.screen.json({"integration": integration, "chats": found})
    elif not found:
        raise Problem("chat_unknown", client=client, names=as_list(desk.name(one) for one in desk.settings.channels))
    else:
        _table(context, found)


@app.command("link", help="help_chats_link", epilog="examples_chats_link")
def link(
    ctx: typer.Context,
    client: Client,
    task: Annotated[int, typer.Argument(metavar="TASK", min=1, help="help_task")],
    channel: Channel = None,
    integration: Integration = "main",
    yes: Yes = False,
) -> None:
    """Let a client's chat go on in this task."""
    context = CommandContext.of(ctx)
    desk = Desk(context, integration)
    desk.check_route()
    chat, state = desk.chat(client, channel)
    found = desk.task(task)
    if not found.is_active and desk.settings.new_task_if_none_active:
        raise Problem("task_inactive", task=task)
    bound = desk.chats.task(desk.planfix.host, task)
    if bound and bound.chat != chat:
        raise Problem("task_of_another", task=task, client=bound.chat.client_id, channel=desk.name(bound.chat.channel))
    contact = desk.contact(chat, state)
    if f"contact:{contact}" not in {found.counterparty, found.assigner}:
        context.screen.warn(say("task_of_other_contact", task=task, contact=contact))
    context.screen.agree_deliberately(
        say("link_chat", client=client, channel=desk.name(chat.channel), address=desk.planfix.task_link(task)), yes=yes
    )
    if bound is None:
        # what was said in it before is history, and is never sent to the client
        page = context.services.ask(
            desk.planfix.host, say("asking_planfix"), lambda: desk.planfix.newest_comments(task)
        )
        is_assigner = found.assigner == f"contact:{contact}"
        desk.chats.bind_task(chat, desk.planfix.host, task, client_is_assigner=is_assigner, history=history_of(page))
    desk.chats.go_on_in(chat, state, task_id=task, contact_id=contact, at=0)
    context.screen.result(say("chat_linked", client=client, address=desk.planfix.task_link(task)))


@app.command("unlink", help="help_chats_unlink", epilog="examples_chats_unlink")
def unlink(
    ctx: typer.Context, client: Client, channel: Channel = None, integration: Integration = "main", yes: Yes = False
) -> None:
    """Let the client's next message open a new task."""
    context = CommandContext.of(ctx)
    desk = Desk(context, integration)
    desk.check_route()
    chat, state = desk.chat(client, channel)
    if state.task_id is None:
        raise Problem("chat_without_task", client=client)
    context.screen.agree(
        say("unlink_chat", client=client, channel=desk.name(chat.channel), task=state.task_id), yes=yes
    )
    desk.chats.remember(chat, new_task_next=True)
    context.screen.result(say("chat_unlinked", client=client, task=state.task_id))


@app.command("sync", help="help_chats_sync", epilog="examples_chats_sync")
def sync(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--since", metavar="2h|1d", help="help_since")] = "24h",
    integration: Integration = "main",
    to_telegram_queue: ToTelegramQueue = None,
    yes: Yes = False,
) -> None:
    """Look for answers in the tasks of recently active chats: Planfix may have given up its calls."""
    context = CommandContext.of(ctx)
    desk = Desk(context, integration)
    desk.check_route()
    oldest = (context.outside.unix_time() - seconds_of(since)) * 1000
    with context.screen.progress(say("reading")):
        states = [(chat, desk.chats.state(chat)) for chat in _chats(context, integration)]
        recent = [(chat, state.task_id) for chat, state in states if state.task_id and state.active_at >= oldest]
    if not recent:
        context.screen.result(say("nothing_to_sync"))
        return
    context.screen.agree(say("sync_chats", count=len(recent)), yes=yes)
    queue = context.deployment.queue(to_telegram_queue or context.deployment.output(TO_TELEGRAM_QUEUE))
    with context.screen.progress(say("writing")):
        for chat, task in recent:
            look = Look(chat.integration, desk.planfix.host, task, context.outside.unix_time(), event="comment")
            queue.put(as_json_of(look), group=chat.group, deduplication_id=context.outside.new_id())
    context.screen.result(say("chats_synced", count=len(recent)))


def _chats(context: CommandContext, alias: str) -> list[Chat]:
    table = context.deployment.output(CHATS_TABLE)
    found = (chat_of(row) for row in rows(context.deployment.client("dynamodb"), table))
    return [Chat(*one) for one in found if one and one[0] == alias]


def _described(desk: Desk, chat: Chat, state: ChatState) -> dict[str, Any]:
    return {
        "channel": chat.channel,
        "channel_name": desk.name(chat.channel),
        "client": chat.client_id,
        "contact": state.contact_id,
        "task": state.task_id,
        "address": desk.planfix.task_link(state.task_id) if state.task_id else None,
        "former_tasks": list(state.former_tasks),
        "active": shown_time(state.active_at / 1000) if state.active_at else None,
        "awaits_answer": state.awaits_answer,
        "holds": state.holds,
        "new_task_next": state.new_task_next,
    }


def _table(context: CommandContext, found: list[dict[str, Any]]) -> None:
    columns = [say(f"column_{one}") for one in ("channel", "client", "contact", "task", "active", "chat_state")]
    context.screen.table(
        columns,
        [
            (
                one["channel_name"],
                str(one["client"]),
                str(one["contact"] or ""),
                one["address"] or "",
                one["active"] or "",
                ", ".join(say(f"chat_{name}") for name in ("awaits_answer", "holds", "new_task_next") if one[name]),
            )
            for one in found
        ],
    )
