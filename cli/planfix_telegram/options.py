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
Yes = Annotated[bool, typer.Option("--yes", "-y", help="help_yes")]
AsJson = Annotated[bool, typer.Option("--json", help="help_json")]
ConnectionsTable = Annotated[
    str | None,
    typer.Option(envvar="PLANFIX_TELEGRAM_CONNECTIONS_TABLE", metavar="NAME", help="help_connections_table"),
]
WebhookUrl = Annotated[
    str | None, typer.Option(envvar="PLANFIX_TELEGRAM_WEBHOOK_URL", metavar="URL", help="help_webhook_url")
]
PlanfixWebhookUrl = Annotated[
    str | None,
    typer.Option(envvar="PLANFIX_TELEGRAM_PLANFIX_WEBHOOK_URL", metavar="URL", help="help_planfix_webhook_url"),
]
SecretFile = Annotated[Path | None, typer.Option("--from-file", metavar="FILE", allow_dash=True, help="help_from_file")]
