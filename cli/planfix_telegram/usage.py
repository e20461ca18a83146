"""What is wrong with how the command was called, as our sentence: typer's own are English, whatever the admin speaks."""

from __future__ import annotations

import re
from typing import Any

from planfix_telegram.texts import say

_NEGATIVE = re.compile(r"-\d")


def is_wrong_usage(error: Exception) -> bool:
    """Whether typer found that the command was called wrongly."""
    return hasattr(error, "format_message")


def help_instead(error: Any) -> str | None:
    """The help that is shown when a command was called without anything; None when that is not what happened."""
    return error.ctx.get_help() if type(error).__name__ == "NoArgsIsHelpError" else None


def sentence(error: Any) -> str:
    """What is wrong, and how to see what is right."""
    where = {"help": f"{error.ctx.command_path} --help"} if getattr(error, "ctx", None) else {"help": "--help"}
    kind, text = type(error).__name__, str(getattr(error, "message", error)).rstrip(".")
    if kind == "NoSuchOption" and _NEGATIVE.match(error.option_name):
        return say("usage_negative", value=error.option_name, **where)
    if kind == "NoSuchOption":
        near = ", ".join(sorted(error.possibilities or ()))
        return say("usage_option_near" if near else "usage_option", option=error.option_name, near=near, **where)
    if kind == "MissingParameter":
        return say("usage_missing", what=_name(error), **where)
    if kind == "BadParameter":
        return say("usage_value", what=_name(error), detail=text, **where)
    return say("usage_other", detail=text, **where)


def _name(error: Any) -> str:
    """How the help calls the option or argument."""
    if error.param_hint:
        return str(error.param_hint)
    parameter = error.param
    if parameter is None:
        return "?"
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    return str(max(parameter.opts, key=len))
