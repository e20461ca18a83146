"""`planfix-telegram dead`: what the bridge gave up, and carrying it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bridge.aws.queues import Queue
from bridge.errors import Reason
from bridge.texts import Texts
from planfix_telegram.commands.option_groups import with_groups
from planfix_telegram.commands.options import (
    AsJson,
    ChatsTable,
    OnlyIntegration,
    ToPlanfixDlq,
    ToPlanfixQueue,
    ToTelegramDlq,
    ToTelegramQueue,
    Yes,
)
from planfix_telegram.context import CommandContext
from planfix_telegram.dead_letters import UNREADABLE, Letter
from planfix_telegram.deployment import TO_PLANFIX_DLQ, TO_PLANFIX_QUEUE, TO_TELEGRAM_DLQ, TO_TELEGRAM_QUEUE, Deployment
from planfix_telegram.opened_letters import Found, opened
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.redriving import Redrive
from planfix_telegram.screen import Screen, shown_time
from planfix_telegram.texts import TEXTS, current_language, say

app = typer.Typer(no_args_is_help=True, add_completion=False, help="help_dead")

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="help_letter_ids", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="help_letter_id")]
Everything = Annotated[bool, typer.Option("--all", help="help_all_letters")]


@app.command("list", help="help_dead_list", epilog="examples_dead_list")
def list_(
    ctx: typer.Context,
    integration: OnlyIntegration = None,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_dlq: ToTelegramDlq = None,
    as_json: AsJson = False,
) -> None:
    """Print what lies in the dead-letter queues; of the messages themselves only numbers and times."""
    context = CommandContext.of(ctx)
    with opened(context, _urls(context.deployment, to_planfix_dlq, to_telegram_dlq), to_look=True) as found:
        letters = _of(integration, found.letters)
    if as_json:
        context.screen.json({"letters": [_as_json(letter) for letter in letters], "missed": found.missed})
        return
    if letters:
        _show(context.screen.table, found, letters)
        context.screen.note(say("redrive_hint"))
    else:
        context.screen.result(say("no_letters"))
    _say_what_was_missed(context.screen, found)


@app.command("show", help="help_dead_show", epilog="examples_dead_show")
def show(
    ctx: typer.Context,
    letter_id: Id,
    show_text: Annotated[bool, typer.Option("--show-text", help="help_show_text")] = False,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_dlq: ToTelegramDlq = None,
    as_json: AsJson = False,
) -> None:
    """Print one dead letter; its words only when they are asked for."""
    context = CommandContext.of(ctx)
    with opened(context, _urls(context.deployment, to_planfix_dlq, to_telegram_dlq), to_look=True) as found:
        letter = found.named(letter_id)
        words = letter.said(found.words) if show_text else ""
    if as_json:
        context.screen.json(_as_json(letter) | ({"words": words} if show_text else {}))
        return
    _show(context.screen.table, found, [letter])
    if show_text:
        context.screen.result()
        context.screen.result(words or say("letter_without_words"))


@dataclass(frozen=True, slots=True)
class Queues:
    """The queues as options name them; None is the stack's."""

    to_planfix_queue: ToPlanfixQueue = None
    to_planfix_dlq: ToPlanfixDlq = None
    to_telegram_queue: ToTelegramQueue = None
    to_telegram_dlq: ToTelegramDlq = None

    def homes(self, deployment: Deployment) -> dict[str, Queue]:
        """The queue that letters came from, by their dead-letter queue's name."""
        dead = _urls(deployment, self.to_planfix_dlq, self.to_telegram_dlq)
        living = (
            self.to_planfix_queue or deployment.output(TO_PLANFIX_QUEUE),
            self.to_telegram_queue or deployment.output(TO_TELEGRAM_QUEUE),
        )
        return {deployment.queue(one).name: deployment.queue(home) for one, home in zip(dead, living, strict=True)}


@app.command("redrive", help="help_dead_redrive", epilog="examples_dead_redrive")
@with_groups
def redrive(
    ctx: typer.Context,
    *,
    ids: Ids = None,
    everything: Everything = False,
    integration: OnlyIntegration = None,
    queues: Queues,
    chats_table: ChatsTable = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put dead letters back on their queues, in the order in which they first came."""
    if bool(ids) == everything or (ids and integration):
        raise Problem("letters_wanted", exit_code=WRONG_USAGE)
    context = CommandContext.of(ctx)
    urls = _urls(context.deployment, queues.to_planfix_dlq, queues.to_telegram_dlq)
    work = Redrive(context, queues.homes(context.deployment), chats_table, yes=yes)
    try:
        goes_on = True
        while goes_on:
            with opened(context, urls) as found:
                if ids:
                    named = {found.named(one).message_id for one in ids}
                    work.put_back_named(found, [one for one in found.letters if one.message_id in named])
                    goes_on = False
                else:
                    goes_on = work.put_back_in_order(found, _of(integration, found.letters))
    finally:
        _tell(context.screen, work.put_back, list(work.left.values()), as_json=as_json)
    if not as_json:
        _say_what_was_missed(context.screen, found)
    lost = [letter for letter in work.left.values() if letter.group is None]
    if lost:
        raise Problem("letters_without_group", ids=", ".join(letter.message_id for letter in lost))


@app.command("drop", help="help_dead_drop", epilog="examples_dead_drop")
def drop(
    ctx: typer.Context,
    letter_id: Id,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_dlq: ToTelegramDlq = None,
    yes: Yes = False,
) -> None:
    """Delete a dead letter for good."""
    context = CommandContext.of(ctx)
    with opened(context, _urls(context.deployment, to_planfix_dlq, to_telegram_dlq)) as found:
        letter = found.named(letter_id)
        _show(context.screen.choices, found, [letter])
        context.screen.agree(say("drop_letter"), yes=yes, default=False)
        found.check_time(context.outside.clock())
        found.queues[letter.queue].delete(letter)
    context.screen.result(say("letter_dropped", id=letter.message_id))


# -- reading


def _urls(deployment: Deployment, to_planfix_dlq: str | None, to_telegram_dlq: str | None) -> list[str]:
    return [
        to_planfix_dlq or deployment.output(TO_PLANFIX_DLQ),
        to_telegram_dlq or deployment.output(TO_TELEGRAM_DLQ),
    ]


def _of(integration: str | None, letters: Iterable[Letter]) -> list[Letter]:
    return [letter for letter in letters if integration in {None, letter.integration}]


# -- telling


def _show(table: Any, found: Found, letters: Sequence[Letter]) -> None:
    columns = ("id", "first_came", "integration", "chat", "letter_kind", "about", "bytes", "why")
    ids = found.short_ids()
    table([say(f"column_{column}") for column in columns], [_row(ids[one.message_id], one) for one in letters])


def _say_what_was_missed(screen: Screen, found: Found) -> None:
    if found.missed:
        screen.note(say("letters_missed", count=found.missed))


def _tell(screen: Screen, put_back: Sequence[Letter], left: Sequence[Letter], *, as_json: bool) -> None:
    if as_json:
        ids = {"put_back": put_back, "left": left}
        screen.json({name: [letter.message_id for letter in letters] for name, letters in ids.items()})
    elif not put_back and not left:
        screen.result(say("no_letters"))
    else:
        screen.result(say("letters_put_back", count=len(put_back)))
        if left:
            screen.result(say("letters_left", count=len(left)))


def _row(shown_id: str, letter: Letter) -> tuple[str, ...]:
    kind = f"kind_{letter.kind}"
    numbers = {
        "about_task": letter.task,
        "about_comment": letter.comment,
        "about_update": letter.update_id,
        "about_message": letter.telegram_message_id,
    }
    return (
        shown_id,
        shown_time(letter.first_received_at),
        letter.integration,
        letter.chat,
        say(kind) if kind in TEXTS else letter.kind,
        ", ".join(say(key, number=number) for key, number in numbers.items() if number is not None),
        str(letter.size),
        _why(letter),
    )


def _as_json(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.message_id,
        "queue": letter.queue,
        "first_came": shown_time(letter.first_received_at),
        "given_up": shown_time(letter.buried_at) if letter.buried_at else None,
        "integration": letter.integration,
        "group": letter.group,
        "kind": letter.kind,
        "reason": letter.reason or "received_too_often",
        "why": _why(letter),
        "task": letter.task,
        "comment": letter.comment,
        "update_id": letter.update_id,
        "message_id": letter.telegram_message_id,
        "bytes": letter.size,
    }


def _why(letter: Letter) -> str:
    if not letter.reason:
        return say("received_too_often")
    if letter.reason == UNREADABLE:
        return say("letter_unreadable")
    if letter.reason not in set(Reason):
        return letter.reason  # of a newer bridge
    return Texts(current_language()).why(Reason(letter.reason), say("see_log"))
