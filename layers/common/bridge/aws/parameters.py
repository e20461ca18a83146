"""Reads an integration's two parameters from SSM: one call for both, kept for a minute. Raw JSON: no pydantic here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Misconfigured, Reason, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEPT: Final = 60.0
"""Seconds a container keeps what it read, and remembers that an alias does not exist (design section 3)."""
REREAD: Final = 10.0
"""Seconds between two reads that a secret's mismatch or a remote's 401 may cause: a flood of forged requests reads no more."""


@dataclass(frozen=True, slots=True)
class RawIntegration:
    """Both parameters as JSON; ``settings`` and ``secrets`` are unvalidated objects."""

    alias: str
    settings: dict[str, Any]
    secrets: dict[str, Any]
    read_at: float

    def __repr__(self) -> str:
        return f"RawIntegration({self.alias!r})"


class UnknownIntegration(Misconfigured):
    """No integration has this alias."""


def settings_name(stack: str, alias: str) -> str:
    """The parameter that holds an integration's settings."""
    return f"/{stack}/{alias}/settings"


def secrets_name(stack: str, alias: str) -> str:
    """The parameter (SecureString) that holds an integration's secrets."""
    return f"/{stack}/{alias}/secrets"


class Parameters:
    """Integrations by alias."""

    def __init__(self, client: SSMClient, stack: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._stack = stack
        self._clock = clock
        self._read: dict[str, RawIntegration] = {}
        self._unknown: dict[str, float] = {}

    def integration(self, alias: str, *, fresher_than: float | None = None) -> RawIntegration:
        """The integration as it is set.

        Args:
            alias: e.g. ``main``.
            fresher_than: seconds; ask again when what is kept is older than this (never less than `REREAD`).

        Raises:
            UnknownIntegration: there is no such alias.
            RetryLater: SSM does not answer and nothing is kept.
        """
        now = self._clock()
        kept = self._read.get(alias)
        limit = KEPT if fresher_than is None else max(fresher_than, REREAD)
        if kept and now - kept.read_at < limit:
            return kept
        if kept is None and now - self._unknown.get(alias, float("-inf")) < KEPT:
            raise UnknownIntegration(Reason.SETTINGS_MISSING, alias)
        try:
            fresh = self._get(alias, now)
        except UnknownIntegration:
            self._read.pop(alias, None)
            if len(self._unknown) > 1000:  # noqa: PLR2004 - somebody is guessing aliases; memory stays bounded
                self._unknown.clear()
            self._unknown[alias] = now
            raise
        except Exception as error:  # noqa: BLE001 - whatever SSM or the network says, an old copy serves
            if kept is None:
                raise RetryLater(5.0, Reason.SERVICE_DOWN, f"SSM: {type(error).__name__}") from None
            fresh = RawIntegration(alias, kept.settings, kept.secrets, now - KEPT + REREAD)
        self._read[alias] = fresh
        return fresh

    def _get(self, alias: str, now: float) -> RawIntegration:
        names = [settings_name(self._stack, alias), secrets_name(self._stack, alias)]
        answer = self._client.get_parameters(Names=names, WithDecryption=True)
        found = {one["Name"]: one["Value"] for one in answer["Parameters"]}
        if len(found) < len(names):
            raise UnknownIntegration(Reason.SETTINGS_MISSING, alias)
        try:
            settings, secrets = (json.loads(found[name]) for name in names)
        except ValueError:
            raise UnknownIntegration(Reason.SETTINGS_MISSING, f"{alias}: no JSON") from None
        return RawIntegration(alias, settings, secrets, now)
