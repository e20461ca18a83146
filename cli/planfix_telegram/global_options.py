"""The options that stand before every command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """Which deployment the command works on, and how AWS is reached; None is what AWS's own settings say."""

    stack: str
    region: str | None
    profile: str | None
    endpoint_url: str | None
