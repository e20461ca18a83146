"""`planfix-telegram stats`: what was carried, by day and channel."""

from __future__ import annotations

import heapq
from typing import Annotated, Any, Final

import typer

from bridge.errors import Reason
from bridge.model import OWN_BOT
from bridge.texts import Texts
from planfix_telegram.commands.options import AsJson, Integration
from planfix_telegram.context import CommandContext
from planfix_telegram.log_lines import lines
from planfix_telegram.message_counts import RECEIVED, REFUSED, SENT, Counted, counted
from planfix_telegram.problem import Problem
from planfix_telegram.since import seconds_of
from planfix_telegram.texts import current_language, say
from planfix_telegram.validation import settings_of

app = typer.Typer(add_completion=False, help="help_stats")

SENDER_LOG: Final = "OutboundSenderLogGroup"
PAGES: Final = 1000
"""Answers of CloudWatch that are read for a phrase: ten million lines; whoever has more asks for fewer days."""

RETENTION: Final = "LogRetentionDays"
"""Parameter of template.yaml."""


@app.command(help="help_stats", epilog="examples_stats")
def stats(
    ctx: typer.Context,
    integration: Integration = "main",
    since: Annotated[str, typer.Option("--since", metavar="1d|7d|30d", help="help_since")] = "7d",
    as_json: AsJson = False,
) -> None:
    """Print messages and answers by day and channel."""
    context = CommandContext.of(ctx)
    now = context.outside.unix_time()
    began = now - seconds_of(since)
    settings = settings_of(context.deployment.load(integration).settings, integration)
    group = context.deployment.resources.get(SENDER_LOG)
    if group is None:
        raise Problem("output_missing", stack=context.deployment.stack, name=SENDER_LOG)
    client = context.deployment.client("logs")
    with context.screen.progress(say("reading")):
        # "carried to Telegram" is in "files carried to Telegram" too: each phrase finds both, and each line counts once
        phrases = (RECEIVED, SENT, REFUSED)
        found = heapq.merge(
            *(lines(client, group, (one, f"{integration}#"), began, now, pages=PAGES) for one in phrases),
            key=lambda line: line.at,
        )
        days = counted(found, integration)
    names = {key: channel.name or key for key, channel in settings.channels.items()}
    if as_json:
        context.screen.json(
            {"integration": integration, "days": [_as_json(*key, one) for key, one in sorted(days.items())]}
        )
    elif not days:
        context.screen.result(say("no_stats"))
    else:
        columns = ("day", "channel", "received", "owner_wrote", "sent", "refused", "first_answer")
        rows = [_row(day, names.get(channel, channel), one) for (day, channel), one in sorted(days.items())]
        context.screen.table([say(f"column_{column}") for column in columns], rows)
        context.screen.note(say("stats_hint", days=_kept(context)))


def _kept(context: CommandContext) -> str:
    given = context.deployment.described.get("Parameters", [])
    return str(next((one["ParameterValue"] for one in given if one["ParameterKey"] == RETENTION), 30))


def _row(day: str, channel: str, one: Counted) -> tuple[str, ...]:
    refused = sorted(one.refused.items(), key=lambda reason: -reason[1])
    return (
        day,
        say("own_bot_channel") if channel == OWN_BOT else channel,
        str(one.received),
        str(one.by_owner or ""),
        str(one.sent),
        "; ".join(f"{count} × {_why(reason)}" for reason, count in refused),
        _time(one.usual_wait),
    )


def _why(reason: str) -> str:
    return Texts(current_language()).why(Reason(reason), "").rstrip(".") if reason in set(Reason) else reason


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return say("minutes", count=minutes) if minutes < 120 else say("hours", count=round(minutes / 60))  # noqa: PLR2004 - two hours


def _as_json(day: str, channel: str, one: Counted) -> dict[str, Any]:
    return {
        "day": day,
        "channel": channel,
        "received": one.received,
        "by_owner": one.by_owner,
        "sent": one.sent,
        "refused": dict(one.refused),
        "first_answer_seconds": None if one.usual_wait is None else round(one.usual_wait),
    }
