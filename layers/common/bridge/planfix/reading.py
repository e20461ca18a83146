"""Planfix's answers as values. What is typed as nobody expected is left out and named; it never stops what lies beside it.

The swagger's own examples differ from its schemas (numbers as text, ``contact:12`` for 12, ``null`` for an empty list), and
accounts hold what imports and other integrations wrote. So each field is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from bridge.errors import OutcomeUnknown, Reason
from bridge.model import File
from bridge.planfix.route import Comment, Contact, People, Phone, Task

Read = TypeVar("Read")

_LARGEST: Final = 2**63 - 1
"""The largest number that Planfix's types have (swagger: int64); a table takes 38 digits."""

_PERSON: Final = re.compile(r"(?:[a-z]+:)?\d+", re.ASCII)


class _Strange(Exception):
    """A value of another type than expected."""


def elements(answer: Mapping[str, Any], name: str) -> list[Any]:
    """A list of an answer, as it came.

    Raises:
        OutcomeUnknown: it is no list; nothing can be said of it then.
    """
    found = answer.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise OutcomeUnknown(Reason.SERVICE_DOWN, f"{name} is no list")
    return found


def readable(raws: Sequence[Any], read: Callable[[Any], Read | None]) -> list[Read]:
    """Those that have a number, at least."""
    return [one for one in map(read, raws) if one is not None]


def contact_of(raw: Any) -> Contact | None:
    """A contact, as far as it can be read; None without a number."""
    fields = _Fields(raw)
    number = fields.get("id", _number)
    if number is None:
        return None
    return Contact(
        id=number,
        name=fields.get("name", _text) or "",
        lastname=fields.get("lastname", _text) or "",
        telegram_id=fields.get("telegramId", _text) or "",
        telegram=fields.get("telegram", _text) or "",
        is_deleted=fields.get("isDeleted", _flag) or False,
        phones=tuple(fields.each("phones", _phone)),
    )


def task_of(raw: Any) -> Task | None:
    """A task, as far as it can be read; None without a number."""
    fields = _Fields(raw)
    number = fields.get("id", _number)
    if number is None:
        return None
    is_active = fields.get("status", _is_active)
    return Task(
        id=number,
        is_active=True if is_active is None else is_active,
        is_deleted=fields.get("isDeleted", _flag) or False,
        counterparty=fields.get("counterparty", _person) or "",
        assigner=fields.get("assigner", _person) or "",
        assignees=fields.get("assignees", _people) or People(),
        source_object_id=fields.get("sourceObjectId", _text) or "",
        dated=fields.get("dateTime", _time),
    )


def assignees_of(raw: Any) -> People | None:
    """Whom a template or an object names; None where it does not say, or says it as nobody expected."""
    if not isinstance(raw, Mapping) or "assignees" not in raw:
        return None
    return _Fields({"assignees": raw["assignees"] or {}}).get("assignees", _people)


def comment_of(raw: Any) -> Comment | None:
    """A comment, as far as it can be read; None without a number."""
    fields = _Fields(raw)
    number = fields.get("id", _number)
    if number is None:
        return None
    return Comment(
        id=number,
        html=fields.get("description", _text) or "",
        owner=fields.get("owner", _person) or "",
        owner_name=fields.get("owner", _name) or "",
        recipients=fields.get("recipients", _people) or People(),
        dated=fields.get("dateTime", _time),
        is_deleted=fields.get("isDeleted", _flag) or False,
        is_hidden=fields.get("isHidden", _flag) or False,
        files=tuple(fields.each("files", _file)),
        source_object_id=fields.get("sourceObjectId", _text) or "",
        task_id=fields.get("task", _entity) or 0,
        unread=tuple(dict.fromkeys(fields.unread)),
    )


class _Fields:
    """The fields of an object, each read by itself; ``unread`` names those that could not be."""

    def __init__(self, raw: Any) -> None:
        self._raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self.unread: list[str] = []

    def get(self, name: str, read: Callable[[Any], Read]) -> Read | None:
        value = self._raw.get(name)
        if value is None:
            return None
        try:
            return read(value)
        except _Strange:
            self.unread.append(name)
            return None

    def each(self, name: str, read: Callable[[Any], Read]) -> list[Read]:
        """The elements of a list, without those that cannot be read."""
        value = self._raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.unread.append(name)
            return []
        found = []
        for one in value:
            try:
                found.append(read(one))
            except _Strange:
                self.unread.append(name)
        return found


def _number(raw: Any) -> int:
    """12, "12" or "contact:12"."""
    text = str(raw).rpartition(":")[2] if isinstance(raw, str) else raw
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise _Strange
    try:
        number = int(text)
    except (ValueError, OverflowError):
        raise _Strange from None
    if abs(number) > _LARGEST:
        raise _Strange
    return number


def _text(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise _Strange
    return str(raw)


def _flag(raw: Any) -> bool:
    if raw not in (True, False, "true", "false"):
        raise _Strange
    return raw in (True, "true")


def _entity(raw: Any) -> int:
    return _number(raw.get("id") if isinstance(raw, Mapping) else raw)


def _person(raw: Any) -> str:
    """``user:5`` or ``contact:10``; the swagger's own examples give counterparties as bare numbers: contacts."""
    identity = raw.get("id") if isinstance(raw, Mapping) else raw
    if identity is None:
        return ""
    text = _text(identity)
    if not _PERSON.fullmatch(text):
        raise _Strange
    return text if ":" in text else f"contact:{text}"


def _name(raw: Any) -> str:
    return _text(raw.get("name") or "") if isinstance(raw, Mapping) else ""


def _people(raw: Any) -> People:
    if not isinstance(raw, Mapping):
        raise _Strange
    return People(
        tuple(_person(one) for one in _list(raw, "users")),
        tuple(_entity(one) for one in _list(raw, "groups")),
        tuple(_text(one) for one in _list(raw, "roles")),
    )


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    found = raw.get(name) or []
    if not isinstance(found, list):
        raise _Strange
    return found


def _phone(raw: Any) -> Phone:
    if not isinstance(raw, Mapping):
        raise _Strange
    return Phone(_text(raw.get("number") or ""), _number(raw.get("type") or 1))


def _file(raw: Any) -> File:
    if not isinstance(raw, Mapping):
        raise _Strange
    size = raw.get("size")
    return File(_number(raw.get("id")), _text(raw.get("name") or ""), None if size is None else _number(size))


def _is_active(raw: Any) -> bool:
    if not isinstance(raw, Mapping):
        raise _Strange
    return _flag(raw.get("isActive", True))


def _time(raw: Any) -> int:
    """Unix time, by Planfix's clock, of a ``TimePoint``: ``{"datetime": "2022-06-12T12:15Z"}``, UTC, precise to the minute."""
    text = raw.get("datetime") if isinstance(raw, Mapping) else raw
    if not isinstance(text, str):
        raise _Strange
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise _Strange from None
