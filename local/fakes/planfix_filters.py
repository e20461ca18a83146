"""Complex filters of lists. Only those that the bridge has a use for; every other one is refused with code 41."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.fakes.planfix_model import Contact, Json, Task, bad_value

if TYPE_CHECKING:
    from collections.abc import Callable

TELEGRAM_ID = 4234
TELEGRAM_USERNAME = 4226


def _holds(filter_: Json, *, equal: bool) -> bool:
    if filter_["operator"] not in {"equal", "notequal"}:
        raise bad_value(f"Operator {filter_['operator']} is not allowed in filter {filter_['type']}")
    return equal is (filter_["operator"] == "equal")


def contact_matches(contact: Contact, filter_: Json) -> bool:
    """One filter of ``/contact/list``.

    Raises:
        RefusedError: 41.
    """
    kind, value = filter_["type"], filter_["value"]
    if kind == TELEGRAM_ID:
        wanted = _integer(value, kind)
        return _holds(filter_, equal=contact.fields.get("telegramId") == str(wanted))
    if kind == TELEGRAM_USERNAME:
        if not isinstance(value, str) or not value:
            raise bad_value(f"Value of filter {kind} must be a string")
        return _holds(filter_, equal=username(contact.fields.get("telegram", "")) == username(value))
    raise bad_value(f"Unknown filter type {kind}")


def username(text: str) -> str:
    """``name``, ``@name`` and ``https://t.me/name`` are one username; Telegram's usernames ignore case."""
    return re.sub(r"^(https?://)?(t\.me/|telegram\.me/)?@?", "", text.strip(), flags=re.IGNORECASE).rstrip("/").lower()


def task_matches(task: Task, filter_: Json) -> bool:
    """One filter of ``/task/list``.

    Raises:
        RefusedError: 41.
    """
    test = _TASK_FILTERS.get(filter_["type"])
    if test is None:
        raise bad_value(f"Unknown filter type {filter_['type']}")
    return _holds(filter_, equal=test(task, filter_["value"]))


def _integer(value: Any, kind: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_value(f"Value of filter {kind} must be an integer")
    return value


def _one_or_many(value: Any, kind: int) -> list[int]:
    return [_integer(item, kind) for item in (value if isinstance(value, list) else [value])]


def _person(value: Any, kind: int) -> str:
    if isinstance(value, str) and re.fullmatch(r"(user|contact|group):\d+", value):
        return value
    raise bad_value(f"Value of filter {kind} must be like user:1 or contact:5")


def _assigner(task: Task, value: Any) -> bool:
    return task.assigner == _person(value, 1)


def _counterparty(task: Task, value: Any) -> bool:
    return task.counterparty == (f"contact:{value}" if type(value) is int else _person(value, 7))


def _status(task: Task, value: Any) -> bool:
    return task.status_id in _one_or_many(value, 10)


def _template_or_object(task: Task, value: Any) -> bool:
    return not {task.template_id, task.object_id}.isdisjoint(_one_or_many(value, 51))


def _number(task: Task, value: Any) -> bool:
    return task.id in _one_or_many(value, 57)


_TASK_FILTERS: dict[int, Callable[[Task, Any], bool]] = {
    1: _assigner,
    7: _counterparty,
    10: _status,
    51: _template_or_object,
    57: _number,
}
