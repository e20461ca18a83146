"""Integrations in SSM Parameter Store. Written whole or not at all, never over somebody else's change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bridge.aws.parameters import joined_secrets, secrets_names, settings_name
from bridge.model import ALIAS
from bridge.settings import MAX_BYTES, Secrets, Settings, to_parameter, to_secret_parameters
from planfix_telegram.problem import WRONG_USAGE, Problem

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

AT_ONCE = 10
"""GetParameters takes at most so many names (AWS Systems Manager API reference)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An integration as SSM has it; None where a parameter is missing. Secrets may lie in several."""

    alias: str
    settings_text: str | None
    secrets_texts: tuple[str | None, ...]

    def __repr__(self) -> str:
        return f"Stored({self.alias!r})"

    @property
    def settings(self) -> dict[str, Any]:
        return _object(self.settings_text, self.alias)

    @property
    def secrets(self) -> dict[str, Any]:
        try:
            return joined_secrets(self.secrets_texts)
        except ValueError:
            raise Problem("stored_is_no_json", alias=self.alias) from None


@dataclass(frozen=True, slots=True)
class Version:
    """One writing of a parameter.

    Attributes:
        at: when, Unix seconds.
        by: who, as IAM names them: `user/anna`, `assumed-role/admin/anna`.
        settings: as they were written; None of secrets.
    """

    at: float
    by: str
    settings: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an integration becomes; None leaves that parameter as it is.

    Attributes:
        keeps_keys: a channel that is taken out may be put back, and its answers wait: its chat's keys stay.
    """

    before: Stored
    settings: Settings | None = None
    secrets: Secrets | None = None
    keeps_keys: bool = False


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
        settings, secrets = settings_name(self._stack, alias), secrets_names(self._stack, alias)
        found = self._texts([settings, *secrets])
        return Stored(alias, found.get(settings), tuple(found.get(name) for name in secrets))

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

    def history(self, alias: str) -> list[Version]:
        """Every version that SSM still has of an integration (a hundred of each parameter), oldest first; secrets without values."""
        pages = self._client.get_paginator("get_parameter_history")
        found, names = [], [settings_name(self._stack, alias), *secrets_names(self._stack, alias)]
        there = self._texts(names)
        for name in [name for name in names if name in there]:
            is_secret = name != names[0]
            for page in pages.paginate(Name=name, WithDecryption=False):
                found += [
                    Version(
                        at=one["LastModifiedDate"].timestamp(),
                        by=one.get("LastModifiedUser", "").rpartition(":")[2],
                        settings=None if is_secret else _object_or_nothing(one["Value"]),
                    )
                    for one in page["Parameters"]
                ]
        return sorted(found, key=lambda one: one.at)

    def remove(self, stored: Stored) -> None:
        """Delete its parameters; settings first, so that no integration stays half there.

        Raises:
            Problem: changed by somebody meanwhile.
        """
        names = [settings_name(self._stack, stored.alias), *secrets_names(self._stack, stored.alias)]
        current = self._texts(names)
        if [current.get(name) for name in names] != [stored.settings_text, *stored.secrets_texts]:
            raise Problem("changed_meanwhile")
        self._client.delete_parameters(Names=[name for name in names if name in current])

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
            yield from self._secret_puts(change.before, change.secrets)
        if change.settings:
            text = to_parameter(change.settings)
            check_size(text, settings_name(self._stack, alias))
            yield _Put(settings_name(self._stack, alias), change.before.settings_text, text, "String")

    def _secret_puts(self, before: Stored, secrets: Secrets) -> list[_Put]:
        """The parameters that become others. Those that gain a chat come first, so that nobody finds it in none of them."""
        stored = list(before.secrets_texts)
        while stored and stored[-1] is None:
            stored.pop()
        texts = to_secret_parameters(secrets, stored)
        names = secrets_names(self._stack, before.alias)
        for number, text in enumerate(texts):
            check_size(text, names[min(number, len(names) - 1)])
        if len(texts) > len(names):
            raise Problem("too_many_chats", limit=len(names), size=MAX_BYTES)
        olds = [*stored, *[None] * (len(texts) - len(stored))]
        puts = [
            _Put(name, old, new, "SecureString")
            for name, old, new in zip(names, olds, texts, strict=False)
            if new != old and not (old is None and new == "{}")
        ]
        return sorted(puts, key=_loses_a_chat)

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


def _loses_a_chat(put: _Put) -> bool:
    before, after = (json.loads(text).get("chats", {}).keys() for text in (put.before or "{}", put.after))
    return bool(before - after)


def check_size(text: str, name: str) -> None:
    """Raises Problem when a parameter's text is larger than a standard parameter may be."""
    size = len(text.encode())
    if size > MAX_BYTES:
        raise Problem("too_large", name=name, size=size, limit=MAX_BYTES)


def _object_or_nothing(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


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
