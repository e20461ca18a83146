"""The admin's command: global options, its groups of commands, and how each run ends.

Exit codes: 0 done, 1 a problem (one sentence says what to do), 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from planfix_telegram.global_options import DEFAULT_STACK, GlobalOptions
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.texts import NAME, TEXTS, language_of, repeat_options, say, speak, speak_of
from planfix_telegram.usage import help_instead, is_wrong_usage, sentence

if TYPE_CHECKING:
    from planfix_telegram.outside import Outside

STOPPED = 130
"""What a shell says of a program that Ctrl-C ended: 128 + SIGINT."""

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_ENDPOINT = re.compile(r"https?://[^\s/]+(/\S*)?")
"""What botocore takes, whose own complaint comes later and in its own words."""

DEBUG = "PLANFIX_TELEGRAM_DEBUG"

COMMANDS = (
    "setup",
    "status",
    "doctor",
    "settings",
    "accounts",
    "webhook",
    "scenario",
    "rotate",
    "chats",
    "forget",
    "dead",
    "logs",
    "stats",
    "integrations",
    "local",
)
"""Each is in the module of its name, and in the help in this order."""


class _OnDemand(TyperGroup):
    """Imports a command's module when it is called: `--help` needs neither boto3 nor pydantic nor httpx."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name else command, rest


app = typer.Typer(
    name=NAME,
    cls=_OnDemand,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"{NAME} {version(NAME)}")
        except PackageNotFoundError:
            typer.echo(f"{NAME} {say('not_installed')}")
        raise typer.Exit


@app.callback(help="help_main", epilog="examples_main")
def options(
    ctx: typer.Context,
    stack: Annotated[str, typer.Option(envvar="PLANFIX_TELEGRAM_STACK", help="help_stack")] = DEFAULT_STACK,
    region: Annotated[str | None, typer.Option(help="help_region", show_default=False)] = None,
    profile: Annotated[str | None, typer.Option(help="help_profile", show_default=False)] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="help_endpoint_url", show_default=False)] = None,
    language: Annotated[str | None, typer.Option(metavar="en|ru", help="help_language", show_default=False)] = None,
    version: Annotated[  # noqa: ARG001, A002, RUF100 - its callback has answered already
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="help_version")
    ] = False,
) -> None:
    """Global options."""
    if language not in {None, "en", "ru"}:
        raise typer.BadParameter(say("language_unknown"), param_hint="--language")
    if region is not None and not _REGION.fullmatch(region):
        raise typer.BadParameter(say("region_malformed", region=region), param_hint="--region")
    if endpoint_url is not None and not _ENDPOINT.fullmatch(endpoint_url):
        raise typer.BadParameter(say("endpoint_malformed", url=endpoint_url), param_hint="--endpoint-url")
    ctx.obj = GlobalOptions(stack, region, profile, endpoint_url), ctx.obj


def run(arguments: Sequence[str] | None = None, outside: Outside | None = None) -> NoReturn:
    """Run the command and end the process.

    Args:
        arguments: without the program's name; by default those of the process.
        outside: what the command reaches outside itself; given by tests.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    speak(language_of(arguments, os.environ))
    repeat_options("")
    speak_of("")
    try:
        code = _root().main(arguments, prog_name=NAME, obj=outside, standalone_mode=False)
    except KeyboardInterrupt:
        _complain(say("stopped"))
        sys.exit(STOPPED)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        if is_wrong_usage(error):
            _complain_of_usage(error)
            sys.exit(WRONG_USAGE)
        problem = error if isinstance(error, Problem) else _explained(error)
        _complain(str(problem))
        sys.exit(problem.exit_code)
    if code == STOPPED:
        _complain(say("stopped"))
    sys.exit(code if isinstance(code, int) else 0)


def _complain_of_usage(error: Exception) -> None:
    shown = help_instead(error)
    if shown is None:
        _complain(sentence(error))
    elif shown:  # typer prints its own, coloured, while it is asked for
        typer.echo(shown, err=True)


def _explained(error: Exception) -> Problem:
    from planfix_telegram.failures import explain  # noqa: PLC0415 - knows botocore, which --help must not wait for

    return explain(error)


def _complain(sentence: str) -> None:
    from planfix_telegram.screen import Screen  # noqa: PLC0415 - rich is slow to import, and mostly nothing goes wrong

    Screen().problem(sentence)


def _root() -> TyperGroup:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    for name in COMMANDS:
        root.add_command(TyperCommand(name=name, help=f"help_{name}"))
    _translate(root)
    return root


def _load(name: str) -> Any:
    command = get_command(import_module(f"planfix_telegram.commands.{name}").app)
    command.name = name
    _translate(command)
    return command


def _translate(command: Any) -> None:
    """Commands and options are declared with keys of texts.py where their help stands."""
    for part in (command, *command.params):
        if getattr(part, "name", None) in {"install_completion", "show_completion"}:
            part.help = say(f"help_{part.name}")
        if getattr(part, "help", None) in TEXTS:
            part.help = say(part.help)
    if command.epilog in TEXTS:
        command.epilog = "[bold]" + say("examples") + "[/bold]\n\n" + say(command.epilog)
    for child in getattr(command, "commands", {}).values():
        _translate(child)
