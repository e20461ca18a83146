"""`planfix-telegram local`: the bridge on this machine, without AWS."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from planfix_telegram.files import read_integrations
from planfix_telegram.problem import Problem
from planfix_telegram.validation import secrets_of, settings_of

app = typer.Typer(add_completion=False, help="help_local")

EXTRA = {"aws_lambda_powertools", "ministack", "werkzeug"}
"""Packages of the `local` extra (pyproject.toml)."""


@app.command(help="help_local", epilog="examples_local")
def local(
    settings: Annotated[Path, typer.Option("--settings", metavar="FILE", help="help_local_settings")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="help_local_port")] = 8080,
) -> None:
    """Serve the bridge until Ctrl-C."""
    integrations = read_integrations(settings)
    for alias, parts in integrations.items():
        secrets_of(parts.get("secrets", {}), alias, settings_of(parts["settings"], alias).route)
    try:
        bridge = import_module("local.bridge")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in EXTRA:
            raise Problem("local_extra_missing", package=error.name) from None
        raise
    try:
        bridge.serve(integrations, port)
    except import_module("local.problem").LocalProblem as problem:
        raise Problem("local_problem", detail=str(problem)) from None
