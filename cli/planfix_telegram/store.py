"""Integrations in SSM Parameter Store. Written whole or not at all, never over somebody else's change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bridge.aws.parameters import secrets_name, settings_name
from bridge.model import ALIAS
from bridge.settings import MAX_BYTES, Secrets, Settings, to_parameter
from planfix_telegram.problem import WRONG_USAGE, Problem

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient
    from pydantic import BaseModel

AT_ONCE = 10
"""GetParameters takes at most so many names (AWS Systems Manager API reference)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An integration as SSM has it; None where a parameter is missing."""

    alias: str
    settings_text: str | None
    secrets_text: str | None

    def __repr__(self) -> str:
        return f"Stored({self.alias!r})"

    @property
    def settings(self) -> dict[str, Any]:
        return _object(self.settings_text, self.alias)

    @property
    def secrets(self) -> dict[str, Any]:
        return _object(self.secrets_text, self.alias)


@dataclass(frozen=True, slots=True)
class Change:
    """What an integration becomes; None leaves that parameter as it is."""

    before: Stored
    settings: Settings | None = None
    secrets: Secrets | None = None


@dataclass(frozen=True, slots=True)
class _Put:
    name: str
    before: str | None
    after: str
    kind: Literal["String", "SecureString"]


class Store:
    """Integrations of one deployment.

    Args:
        client: of SSM.
        stack: the deployment's name.
    """

    def __init__(self, client: SSMClient, stack: str) -> None:
        self._client = client
        self._stack = stack

    def aliases(self) -> list[str]:
        """Every integration that has settings."""
        prefix, ending = settings_name(self._stack, "*").split("*")
        pages = self._client.get_paginator("get_parameters_by_path").paginate(Path=prefix.rstrip("/"), Recursive=True)
        names = [parameter["Name"] for page in pages for parameter in page["Parameters"]]
        return sorted(name[len(prefix) : -len(ending)] for name in names if name.endswith(ending))

    def find(self, alias: str) -> Stored:
        """The integration, perhaps with nothing stored yet."""
        if not ALIAS.fullmatch(alias):
            raise Problem("alias_malformed", exit_code=WRONG_USAGE, alias=alias)
        names = settings_name(self._stack, alias), secrets_name(self._stack, alias)
        found = self._texts(names)
        return Stored(alias, *(found.get(name) for name in names))

    def load(self, alias: str) -> Stored:
        """The integration.

        Raises:
            Problem: there is none of that name.
        """
        stored = self.find(alias)
        if stored.settings_text is None:
            known = self.aliases()
            if known:
                raise Problem("integration_unknown", alias=alias, stack=self._stack, known=", ".join(known))
            raise Problem("no_integrations", stack=self._stack)
        return stored

    def kind_of(self, name: str) -> str:
        """How a parameter is kept: `String` or `SecureString`; empty when there is none."""
        found = self._client.get_parameters(Names=[name], WithDecryption=False)["Parameters"]
        return found[0]["Type"] if found else ""

    def check(self, changes: Sequence[Change]) -> None:
        """Raises Problem when something is too large for a parameter."""
        for change in changes:
            list(self._puts(change))

    def write(self, changes: Sequence[Change]) -> None:
        """Write every change, or none of them.

        Raises:
            Problem: too large for a parameter, changed by somebody meanwhile, or (named as such) left half written
                because undoing failed too.
        """
        puts = [put for change in changes for put in self._puts(change)]
        current = self._texts([put.name for put in puts])
        if any(current.get(put.name) != put.before for put in puts):
            raise Problem("changed_meanwhile")
        begun: list[_Put] = []
        try:
            for put in puts:
                begun.append(put)
                self._put(put.name, put.after, put.kind)
        except BaseException:  # Ctrl-C too: nothing stays half written
            self._undo(begun)
            raise

    def _puts(self, change: Change) -> Iterable[_Put]:
        alias = change.before.alias
        # secrets first: settings without secrets would be an integration that answers nobody
        if change.secrets:
            text = parameter_text(change.secrets, secrets_name(self._stack, alias))
            yield _Put(secrets_name(self._stack, alias), change.before.secrets_text, text, "SecureString")
        if change.settings:
            text = parameter_text(change.settings, settings_name(self._stack, alias))
            yield _Put(settings_name(self._stack, alias), change.before.settings_text, text, "String")

    def _put(self, name: str, text: str, kind: Literal["String", "SecureString"]) -> None:
        self._client.put_parameter(Name=name, Value=text, Type=kind, Overwrite=True)

    def _undo(self, begun: Sequence[_Put]) -> None:
        for put in reversed(begun):
            # whatever goes wrong here, what is left is looked up and named below
            with suppress(Exception):
                if put.before is None:
                    self._client.delete_parameters(Names=[put.name])
                else:
                    self._put(put.name, put.before, put.kind)
        try:
            current = self._texts([put.name for put in begun])
            left = [put.name for put in begun if current.get(put.name) != put.before]
        except Exception:  # noqa: BLE001 - SSM does not even answer: then anything may be left
            left = [put.name for put in begun]
        if left:
            raise Problem("half_written", names=", ".join(left))

    def _texts(self, names: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for first in range(0, len(names), AT_ONCE):
            answer = self._client.get_parameters(Names=list(names[first : first + AT_ONCE]), WithDecryption=True)
            found |= {one["Name"]: one["Value"] for one in answer["Parameters"]}
        return found


def parameter_text(model: BaseModel, name: str) -> str:
    """The JSON text of a parameter.

    Raises:
        Problem: it is larger than a standard parameter may be.
    """
    text = to_parameter(model)
    size = len(text.encode())
    if size > MAX_BYTES:
        raise Problem("too_large", name=name, size=size, limit=MAX_BYTES)
    return text


def _object(text: str | None, alias: str) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Problem("stored_is_no_json", alias=alias)
    return value
