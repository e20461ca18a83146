"""What a Planfix account has to choose from: each list is read once, when it is first needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from bridge.planfix.rest import PlanfixRest
from planfix_telegram.choosing import Choice, named, people, things
from planfix_telegram.services import Services
from planfix_telegram.texts import say

_NUMBER: Final = re.compile(r"\d+")
_PERSON: Final = re.compile(r"(user|contact|group):\d+")
_PEOPLE: Final = {"default_assignee", "extra_assignees", "owner_user"}
_THINGS: Final = {"task_template", "task_object", "contact_template"}
"""Settings that name something of Planfix, by their last word."""


class Catalogue:
    """Templates, objects and people of one account."""

    def __init__(self, services: Services, planfix: PlanfixRest) -> None:
        self._services = services
        self._planfix = planfix

    @cached_property
    def task_templates(self) -> list[Choice]:
        return things(self._read(self._planfix.task_templates))

    @cached_property
    def objects(self) -> list[Choice]:
        return things(self._read(self._planfix.objects))

    @cached_property
    def contact_templates(self) -> list[Choice]:
        return things(self._read(self._planfix.contact_templates))

    @cached_property
    def people(self) -> list[Choice]:
        """Employees and groups."""
        return people(self._read(self._planfix.users), self._read(self._planfix.user_groups))

    def read_all(self) -> None:
        """All at once, so that the questions follow each other without waiting for Planfix's one request a second."""
        _ = self.task_templates, self.objects, self.contact_templates, self.people

    def _read(self, read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        return self._services.ask(self._planfix.host, say("reading_planfix"), read)


def needs_planfix(key: str, text: str) -> bool:
    """Whether a setting's value, as typed, is a name that only Planfix knows."""
    kind = key.rpartition(".")[2]
    form = _PERSON if kind in _PEOPLE else _NUMBER
    return kind in _PEOPLE | _THINGS and not all(form.fullmatch(one) for one in _parts(text))


def numbered(catalogue: Catalogue, key: str, text: str) -> str:
    """A setting's value with the numbers of what it names.

    Raises:
        Problem: Planfix has none or several of that name.
    """
    kind = key.rpartition(".")[2]
    form = _PERSON if kind in _PEOPLE else _NUMBER
    choices: Callable[[], list[Choice]] = {
        "task_template": lambda: catalogue.task_templates,
        "task_object": lambda: catalogue.objects,
        "contact_template": lambda: catalogue.contact_templates,
    }.get(kind, lambda: catalogue.people)
    parts = [one if form.fullmatch(one) else named(choices(), one, key).key for one in _parts(text)]
    return ",".join(parts)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
