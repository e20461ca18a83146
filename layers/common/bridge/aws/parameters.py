"""Reads an integration's parameters from SSM: one call for all of them, kept for a minute. Raw JSON: no pydantic here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Misconfigured, Reason, RetryLater
from bridge.model import ALIAS

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEPT: Final = 60.0
"""Seconds a container keeps what it read, and remembers that an alias does not exist (design section 3)."""
REREAD: Final = 10.0
"""Seconds between two reads that a secret's mismatch or a remote's 401 may cause: a flood of forged requests reads no more."""

ASKED_IN_VAIN: Final = 5
"""Aliases a minute of which a container asks SSM and hears nothing: a slip of the pen in an address costs nothing more. From then on
somebody may be guessing (SSM answers 40 requests a second to a whole account), and it is first looked which aliases there are."""
LISTED_EVERY: Final = 20.0
"""Seconds between two such looks: a new integration works within a minute, whoever guesses meanwhile."""


@dataclass(frozen=True, slots=True)
class RawIntegration:
    """Its parameters as JSON; ``settings`` and ``secrets`` are unvalidated objects."""

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


SECRET_PARTS: Final = 5
"""Parameters that an integration's secrets may take: 4 KB each are twice what the chats of 50 channels need. With the settings
they are six names, and GetParameters takes ten (AWS Systems Manager API reference), so that one call reads whatever there is."""


def secrets_names(stack: str, alias: str) -> list[str]:
    """The parameters that an integration's secrets may lie in; all but the first are there only when they are needed."""
    first = secrets_name(stack, alias)
    return [first, *(f"{first}-{number}" for number in range(2, SECRET_PARTS + 1))]


def joined_secrets(texts: Sequence[str | None]) -> dict[str, Any]:
    """The secrets from their parameters' texts: each further one holds chats.

    Raises:
        ValueError: one is no JSON object.
    """
    parts = [json.loads(text) for text in texts if text]
    if not all(isinstance(part, dict) for part in parts):
        raise ValueError("no object")
    whole: dict[str, Any] = dict(parts[0]) if parts else {}
    chats: dict[str, Any] = {}
    for part in parts:
        chats |= part.get("chats", {})
    return {**whole, "chats": chats} if any("chats" in part for part in parts) else whole


class Parameters:
    """Integrations by alias."""

    def __init__(self, client: SSMClient, stack: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._stack = stack
        self._clock = clock
        self._read: dict[str, RawIntegration] = {}
        self._unknown: dict[str, float] = {}
        self._in_vain: list[float] = []
        self._listed_at = float("-inf")
        self._listed: frozenset[str] | None = None

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
        if kept is None and not self._may_exist(alias, now):
            raise UnknownIntegration(Reason.SETTINGS_MISSING, alias)
        try:
            fresh = self._get(alias, now)
        except UnknownIntegration:
            self._read.pop(alias, None)
            self._unknown[alias] = now
            self._in_vain.append(now)
            raise
        except Exception as error:  # noqa: BLE001 - whatever SSM or the network says, an old copy serves
            if kept is None:
                self._in_vain.append(now)
                raise _no_answer(error) from None
            fresh = RawIntegration(alias, kept.settings, kept.secrets, now - KEPT + REREAD)
        self._read[alias] = fresh
        return fresh

    def _may_exist(self, alias: str, now: float) -> bool:
        """Whether it is worth asking for an alias that is not kept.

        Raises:
            RetryLater: that must be looked up, and SSM does not answer.
        """
        if not ALIAS.fullmatch(alias):
            return False
        self._unknown = {one: at for one, at in self._unknown.items() if now - at < KEPT}
        self._in_vain = [at for at in self._in_vain if now - at < KEPT]
        if alias in self._unknown:
            return False
        if len(self._in_vain) < ASKED_IN_VAIN:
            return True
        if now - self._listed_at >= LISTED_EVERY:
            self._listed_at, self._listed = now, None
            try:
                self._listed = self._aliases()
            except Exception as error:  # noqa: BLE001 - as above
                raise _no_answer(error) from None
        if self._listed is None:
            raise RetryLater(5.0, Reason.SERVICE_DOWN, "SSM: did not answer a moment ago")
        return alias in self._listed

    def _aliases(self) -> frozenset[str]:
        names: list[str] = []
        following: dict[str, Any] = {}
        while True:
            answer = self._client.get_parameters_by_path(Path=f"/{self._stack}/", Recursive=True, **following)
            names += [one["Name"] for one in answer["Parameters"]]
            if not answer.get("NextToken"):
                return frozenset(name.split("/")[2] for name in names)
            following = {"NextToken": answer["NextToken"]}

    def _get(self, alias: str, now: float) -> RawIntegration:
        names = [settings_name(self._stack, alias), *secrets_names(self._stack, alias)]
        answer = self._client.get_parameters(Names=names, WithDecryption=True)
        found = {one["Name"]: one["Value"] for one in answer["Parameters"]}
        if not all(name in found for name in names[:2]):
            raise UnknownIntegration(Reason.SETTINGS_MISSING, alias)
        try:
            settings, secrets = json.loads(found[names[0]]), joined_secrets([found.get(name) for name in names[1:]])
        except ValueError:
            raise UnknownIntegration(Reason.SETTINGS_MISSING, f"{alias}: no JSON") from None
        return RawIntegration(alias, settings, secrets, now)


def _no_answer(error: Exception) -> RetryLater:
    return RetryLater(5.0, Reason.SERVICE_DOWN, f"SSM: {type(error).__name__}")
