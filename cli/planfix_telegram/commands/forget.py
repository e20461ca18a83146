"""`planfix-telegram forget`: delete what the bridge keeps of a client."""

from __future__ import annotations

from typing import Any

import typer

from planfix_telegram.chat_rows import chat_of, is_about, rows
from planfix_telegram.commands.chats import Client
from planfix_telegram.commands.options import AsJson, Integration, Yes
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import CHATS_TABLE, CONNECTIONS_TABLE
from planfix_telegram.problem import Problem
from planfix_telegram.texts import say
from planfix_telegram.validation import settings_of

app = typer.Typer(add_completion=False, help="help_forget")

WAITING = ("unanswered#", "held#", "aside#")
"""What waits for a client, in the connections table (aws/waiting.py)."""


@app.command(help="help_forget", epilog="examples_forget")
def forget(
    ctx: typer.Context, client: Client, integration: Integration = "main", yes: Yes = False, as_json: AsJson = False
) -> None:
    """Delete an integration's rows about a client."""
    context = CommandContext.of(ctx)
    settings = settings_of(context.deployment.load(integration).settings, integration)
    dynamodb = context.deployment.client("dynamodb")
    tables = {name: context.deployment.output(name) for name in (CHATS_TABLE, CONNECTIONS_TABLE)}
    with context.screen.progress(say("reading")):
        chats = _of_chats(list(rows(dynamodb, tables[CHATS_TABLE])), integration, settings.planfix.host, client)
        waiting = [
            {"integration": row["integration"], "item": row["item"]}
            for row in rows(dynamodb, tables[CONNECTIONS_TABLE])
            if row["integration"] == integration and row["item"].startswith(WAITING) and row.get("client_id") == client
        ]
    if not chats and not waiting:
        raise Problem("client_unknown", client=client)
    context.screen.warn(say("forget_means", client=client, days=settings.ledger_kept_for))
    context.screen.agree_deliberately(say("forget_client", client=client, rows=len(chats) + len(waiting)), yes=yes)
    with context.screen.progress(say("writing")):
        for table, keys in ((tables[CONNECTIONS_TABLE], waiting), (tables[CHATS_TABLE], chats)):
            for key in keys:
                dynamodb.delete_item(TableName=table, Key={name: {"S": value} for name, value in key.items()})
    if as_json:
        context.screen.json({"client": client, "deleted": [*waiting, *chats]})
    else:
        context.screen.result(say("client_forgotten", client=client, rows=len(chats) + len(waiting)))


def _of_chats(found: list[dict[str, Any]], alias: str, host: str, client: int) -> list[dict[str, str]]:
    """Keys of the rows to delete; what another integration of the same Planfix account still needs stays."""
    of_client = [chat for row in found if (chat := chat_of(row)) and chat[2] == client]
    is_needed = any(integration != alias for integration, _, _ in of_client)
    keys = []
    for row in found:
        chat = chat_of(row)
        if chat:
            is_meant = chat[0] == alias and chat[2] == client
        elif "integration" in row:  # a task's
            is_meant = row["integration"] == alias and row.get("client_id") == client
        else:
            is_meant = not is_needed and is_about(row, client) and str(row["pk"]).startswith(f"{host}#")
        if is_meant:
            keys.append({"pk": str(row["pk"])})
    return keys
