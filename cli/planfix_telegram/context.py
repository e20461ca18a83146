"""What one call of the command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfix_telegram.deployment import Deployment
from planfix_telegram.global_options import GlobalOptions
from planfix_telegram.outside import Outside
from planfix_telegram.screen import Screen
from planfix_telegram.services import Services
from planfix_telegram.texts import repeat_options, speak_of

if TYPE_CHECKING:
    import typer


class CommandContext:
    """The screen, the deployment in AWS, Telegram and Planfix, each reached when it is first needed."""

    def __init__(self, options: GlobalOptions, outside: Outside) -> None:
        self.outside = outside
        self.screen = Screen(outside.terminal)
        self.deployment = Deployment(options, outside.aws, self.screen)
        self.services = Services(outside, self.screen)

    @classmethod
    def of(cls, ctx: typer.Context) -> CommandContext:
        """The context of this call; what it opened is closed with it."""
        options, outside = ctx.obj  # main.py puts them there; tests give the second
        repeat_options(options.as_typed)
        speak_of(ctx.params.get("integration") or "")
        context = cls(options, outside or Outside())
        ctx.call_on_close(context.services.close)
        return context
