"""Options of Planfix's own that the route by chats leaves to it, and where in Planfix each is set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planfix_telegram.texts import say

_OPTIONS: Final = {
    "task_template": "left_task_template",
    "task_object": "left_task_template",
    "contact_template": "left_contact_template",
    "extra_assignees": "left_extra_assignees",
    "default_assignee": "left_default_assignee",
    "new_task_if_none_active": "left_new_task",
}
"""By the last part of the key: the sentence that names the option as Planfix has it."""


def where_in_planfix(keys: Iterable[str]) -> dict[str, str]:
    """Of these dotted keys those that are left to Planfix, each with the option's name there."""
    found = {key: _OPTIONS.get(key.rpartition(".")[2]) for key in keys}
    return {key: say(option) for key, option in found.items() if option}
