"""Options that several commands have, under one name and with one help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Integration = Annotated[
    str,
    typer.Option(
        "--integration", "-i", envvar="PLANFIX_TELEGRAM_INTEGRATION", metavar="ALIAS", help="help_integration"
    ),
]
OnlyIntegration = Annotated[
    str | None, typer.Option("--integration", "-i", metavar="ALIAS", help="help_only_integration")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="help_yes")]
NoCheck = Annotated[bool, typer.Option("--no-check", help="help_no_check")]
AsJson = Annotated[bool, typer.Option("--json", help="help_json")]
ConnectionsTable = Annotated[
    str | None,
    typer.Option(envvar="PLANFIX_TELEGRAM_CONNECTIONS_TABLE", metavar="NAME", help="help_connections_table"),
]
WebhookUrl = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_WEBHOOK_URL", metavar="URL", help="help_webhook_url")
]
ChatsTable = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_CHATS_TABLE", metavar="NAME", help="help_chats_table")
]
ToPlanfixQueue = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_TO_PLANFIX_QUEUE", metavar="URL", help="help_to_planfix_queue")
]
ToPlanfixDlq = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_TO_PLANFIX_DLQ", metavar="URL", help="help_to_planfix_dlq")
]
ToTelegramQueue = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_TO_TELEGRAM_QUEUE", metavar="URL", help="help_to_telegram_queue")
]
ToTelegramDlq = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_TO_TELEGRAM_DLQ", metavar="URL", help="help_to_telegram_dlq")
]
PlanfixWebhookUrl = Annotated[
    str | None,
    typer.Option(envvar="PLANFIX_TELEGRAM_PLANFIX_WEBHOOK_URL", metavar="URL", help="help_planfix_webhook_url"),
]
SecretFile = Annotated[Path | None, typer.Option("--from-file", metavar="FILE", allow_dash=True, help="help_from_file")]
