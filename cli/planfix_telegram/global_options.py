"""The options that stand before every command."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

DEFAULT_STACK = "planfix-telegram"


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """Which deployment the command works on, and how AWS is reached; None is what AWS's own settings say."""

    stack: str
    region: str | None
    profile: str | None
    endpoint_url: str | None

    @property
    def as_typed(self) -> str:
        """What a hint repeats, so that it works on the same deployment; the defaults go without saying."""
        typed = {
            "--stack": self.stack if self.stack != DEFAULT_STACK else None,
            "--region": self.region,
            "--profile": self.profile,
            "--endpoint-url": self.endpoint_url,
        }
        return " ".join(f"{name} {shlex.quote(value)}" for name, value in typed.items() if value)
