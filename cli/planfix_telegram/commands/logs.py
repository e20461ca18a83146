"""`planfix-telegram logs`: what the functions wrote, in lines for a person or as they stand."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from planfix_telegram.commands.options import OnlyIntegration
from planfix_telegram.context import CommandContext
from planfix_telegram.log_lines import LogLine, lines
from planfix_telegram.problem import Problem
from planfix_telegram.screen import clean
from planfix_telegram.since import seconds_of
from planfix_telegram.texts import say

app = typer.Typer(add_completion=False, help="help_logs")

GROUPS: Final = {
    "telegram": "TelegramWebhookLogGroup",
    "planfix": "PlanfixWebhookLogGroup",
    "sender": "OutboundSenderLogGroup",
}
"""Log groups of template.yaml by what their functions are called here."""

LATE: Final = 15.0
"""Seconds that a line may take to be found in CloudWatch Logs: while it is followed, so much is read again."""
EVERY: Final = 3.0
"""Seconds between two looks while it is followed."""

_ALWAYS: Final = {"level", "location", "message", "timestamp", "service"}
"""Fields that every line of ours has (bridge/logs.py): what it is about are the others."""
_BOOK_KEEPING: Final = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ")
"""How Lambda's own lines begin where its log is no JSON."""
_SERIOUS: Final = {"WARNING", "ERROR", "CRITICAL"}


@app.command(help="help_logs", epilog="examples_logs")
def logs(
    ctx: typer.Context,
    *,
    since: Annotated[str, typer.Option("--since", metavar="15m|2h|1d", help="help_since")] = "1h",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="help_follow")] = False,
    warnings: Annotated[bool, typer.Option("--warnings", help="help_warnings")] = False,
    integration: OnlyIntegration = None,
    as_json: Annotated[bool, typer.Option("--json", help="help_raw")] = False,
) -> None:
    """Print log lines, oldest first."""
    context = CommandContext.of(ctx)
    began = context.outside.unix_time() - seconds_of(since)
    wanted = _Wanted(integration, only_serious=warnings)
    printed: set[str] = set()
    while True:
        now = context.outside.unix_time()
        with context.screen.progress(say("reading")):
            found = [one for one in _all_lines(context, began, now) if one[1].id not in printed and wanted.has(one[1])]
        for name, line in found:
            context.screen.line(line.text.rstrip() if as_json else _shown(name, line))
        printed |= {line.id for _, line in found}
        if not follow:
            return
        began = now - LATE
        context.outside.sleep(EVERY)


class _Wanted:
    def __init__(self, integration: str | None, *, only_serious: bool) -> None:
        self._integration = integration
        self._only_serious = only_serious

    def has(self, line: LogLine) -> bool:
        """Whether a line is shown: figures and Lambda's own book-keeping are not."""
        said = line.said
        if "_aws" in said or (_is_of_lambda(said) and not _failure(said)) or line.text.startswith(_BOOK_KEEPING):
            return False
        if self._only_serious and said.get("level") not in _SERIOUS and not _is_of_lambda(said):
            return False
        return self._integration is None or _integration_of(said) in {None, self._integration}


def _all_lines(context: CommandContext, began: float, now: float) -> Iterable[tuple[str, LogLine]]:
    """Lines of every function, by time."""
    resources, client = context.deployment.resources, context.deployment.client("logs")
    groups = {name: resources[group] for name, group in GROUPS.items() if group in resources}
    if not groups:
        raise Problem("output_missing", stack=context.deployment.stack, name="LogGroup")
    return heapq.merge(
        *(_named(name, lines(client, group, (), began, now)) for name, group in groups.items()),
        key=lambda one: one[1].at,
    )


def _named(name: str, found: Iterable[LogLine]) -> Iterator[tuple[str, LogLine]]:
    return ((name, line) for line in found)


def _shown(name: str, line: LogLine) -> str:
    """One line for a person: when, who, what, and what it is about."""
    said, level = line.said, str(line.said.get("level", ""))
    about = ", ".join(f"{key} {_value(value)}" for key, value in said.items() if key not in _ALWAYS)
    what = _failure(said) if _is_of_lambda(said) else str(said.get("message", ""))
    if _is_of_lambda(said):
        about = ""
    parts = [
        f"{datetime.fromtimestamp(line.at, UTC):%m-%d %H:%M:%S}",
        f"{name:<8}",
        level if level in _SERIOUS else "",
        what,
    ]
    return clean(" ".join(part for part in parts if part) + (f": {about}" if about else ""))


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_of_lambda(said: Mapping[str, Any]) -> bool:
    return str(said.get("type", "")).startswith("platform.")


def _failure(said: Mapping[str, Any]) -> str:
    """How an invocation ended badly (Lambda's system log, `platform.report`); empty when it did not."""
    record = said.get("record")
    status = record.get("status", "") if isinstance(record, Mapping) else ""
    return f"Lambda: {status}" if said["type"] == "platform.report" and status not in {"", "success"} else ""


def _integration_of(said: Mapping[str, Any]) -> str | None:
    """Whose a line is: the field itself, or what a chat's key or a message group begins with."""
    if "integration" in said:
        return str(said["integration"])
    for name, mark in (("chat", "#"), ("group", ":")):
        if isinstance(said.get(name), str):
            return str(said[name]).partition(mark)[0]
    return None
