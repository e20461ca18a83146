"""Chats of the fake Planfix account: the windows of their settings, and what is known of each chat in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from local.fakes.planfix_model import Json

INVALID_PARAMETERS = "Invalid parameters"
INVALID_TOKEN = "Invalid token"
TASK_NOT_FOUND = "task not found"
UNKNOWN_CONTACT = "unknown contact"

Layout = Literal["pairs", "grouped", "indexed", "lists", "indexed_lists"]
"""How more than one file is written into a form: no source shows it (facts: planfix.md section 1.3)."""


class ChatRefusedError(Exception):
    """An answer with an ``error``."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.body: Json = {"error": error}


def wrong() -> ChatRefusedError:
    """Whatever of a command is not as the help page has it."""
    return ChatRefusedError(400, INVALID_PARAMETERS)


@dataclass(frozen=True)
class ChatWindow:
    """The window of a chat's settings in Planfix.

    Attributes:
        provider_id: as somebody typed it there.
        planfix_token: that Planfix shows there.
        url: where answers are pushed to.
        token: that somebody typed there, shown to that address.
        task_template: of new tasks.
        task_fields: fields of type String that this template has.
        contact_template: of new contacts.
        assignees: added to those of the template, like ``("user:5", "group:3")``.
        employee: author of what our side wrote, where the call does not name one; 0 is whoever set the chat up.
        new_task_if_none_active: a message after closing opens a new task.
        has_write_button: an employee may write first, to a contact with a phone.
        echo_opens_task: whether our side's words open a task; no source says so.
    """

    provider_id: str
    planfix_token: str
    url: str
    token: str = field(repr=False)
    task_template: int | None = None
    task_fields: frozenset[str] = frozenset()
    contact_template: int | None = None
    assignees: tuple[str, ...] = ()
    employee: int = 0
    new_task_if_none_active: bool = True
    has_write_button: bool = False
    echo_opens_task: bool = True


@dataclass
class ChatOfTask:
    """One chat in a window: its task and contact, and the ``channel`` of its last message."""

    window: ChatWindow
    chat_id: str
    contact_id: str
    task_id: int | None = None
    channel: str = ""


class State(NamedTuple):
    """What an employee sees beside an answer."""

    state: str
    said: str = ""


class Report(NamedTuple):
    """One call of ``messageStatus``; ``after``: the newest comment's number at that moment."""

    at: float
    message_id: str
    state: str
    said: str
    after: int


class PushRefused(NamedTuple):
    """A push that was answered 400 or 401: the employee sees the words."""

    message_id: str
    status: int
    error: str
