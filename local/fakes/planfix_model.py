"""What the fake Planfix account holds: people, contacts, tasks, comments, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

Json = dict[str, Any]


class RefusedError(Exception):
    """An answer with ``result: fail``; ``extra`` holds further fields of the body."""

    def __init__(self, status: int, code: int, error: str, **extra: int) -> None:
        super().__init__(error)
        self.status = status
        self.body: Json = {"result": "fail", "code": code, "error": error, **extra}


def over_limit(time_to_reset: int) -> RefusedError:
    """More requests than the account allows; milliseconds until it allows them again."""
    return RefusedError(403, 22, "Request limit exceeded", timeToReset=time_to_reset)


def bad_value(error: str) -> RefusedError:
    """Code 41."""
    return RefusedError(400, 41, error)


def missing(name: str) -> RefusedError:
    """Code 40."""
    return RefusedError(400, 40, f"Missing required parameter {name}")


def task_not_found(task_id: int, status: int = 500) -> RefusedError:
    """Code 1000; only the update answers 404 (swagger 1.3.4, examples)."""
    words = "Task for update not found" if status == 404 else "Task not found"  # noqa: PLR2004 - HTTP Not Found
    return RefusedError(status, 1000, f"{words} by id {task_id}")


def contact_not_found(contact_id: int) -> RefusedError:
    """Code 2000."""
    return RefusedError(404, 2000, f"Contact not found by id {contact_id}")


def comment_not_found(comment_id: int) -> RefusedError:
    """Code 5000."""
    return RefusedError(400, 5000, f"Comment not found by id {comment_id}")


def file_not_found(file_id: int) -> RefusedError:
    """Code 7000."""
    return RefusedError(400, 7000, f"File not found by id {file_id}")


def time_point(at: float) -> Json:
    """A TimePoint; Planfix says minutes, not seconds."""
    moment = datetime.fromtimestamp(at, UTC)
    return {
        "date": moment.strftime("%d-%m-%Y"),
        "time": moment.strftime("%H:%M"),
        "datetime": moment.strftime("%Y-%m-%dT%H:%MZ"),
    }


def parse_time(raw: Json | str) -> float:
    """A TimePoint or ``dd-MM-yyyy HH:mm[:ss]``, as Unix seconds.

    Raises:
        RefusedError: 41.
    """
    try:
        if isinstance(raw, str):
            layout = "%d-%m-%Y %H:%M:%S" if raw.count(":") > 1 else "%d-%m-%Y %H:%M"
            return datetime.strptime(raw, layout).replace(tzinfo=UTC).timestamp()
        if "datetime" in raw:
            return datetime.strptime(raw["datetime"], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).timestamp()
        text = f"{raw['date']} {raw.get('time', '00:00')}"
        return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=UTC).timestamp()
    except (KeyError, ValueError):
        raise bad_value("dateTime is no point in time") from None


class Status(NamedTuple):
    """A status of a process; ``is_active`` is what "active task" means."""

    id: int
    name: str
    is_active: bool = True


DEFAULT_STATUSES = (Status(1, "Новая"), Status(2, "В работе"), Status(3, "Завершённая", is_active=False))


@dataclass
class People:
    """A list of people: persons (``user:5``, ``contact:1``) and groups."""

    users: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(self, other: People) -> None:
        """Append who is not in it yet."""
        self.users += [ref for ref in other.users if ref not in self.users]
        self.groups += [group for group in other.groups if group not in self.groups]

    def copy(self) -> People:
        """A list of its own."""
        return People(list(self.users), list(self.groups))


@dataclass
class Employee:
    """A user of the account; the REST token's robot is one."""

    id: int
    name: str
    lastname: str = ""
    groups: tuple[int, ...] = ()
    role: str = "User"
    is_active: bool = True
    email: str = ""

    @property
    def full_name(self) -> str:
        """As comments show their author."""
        return f"{self.name} {self.lastname}".strip()


@dataclass
class Contact:
    """A contact; ``fields`` are those of ContactRequest, as they were given."""

    id: int
    fields: Json
    created: float
    updated: float

    @property
    def full_name(self) -> str:
        """As tasks and comments show it."""
        return f"{self.fields.get('name', '')} {self.fields.get('lastname', '')}".strip()


@dataclass
class TaskObject:
    """An object: what tasks are made of, with its own statuses; its assignees are the new task's, as a template's."""

    id: int
    name: str
    statuses: tuple[Status, ...]
    assignees: People = field(default_factory=People)


@dataclass
class TaskTemplate:
    """A template of tasks; its assignees are the new task's, unless the request brings others."""

    id: int
    name: str
    object_id: int | None = None
    assignees: People = field(default_factory=People)


@dataclass
class Task:
    """A task. ``fields`` are the ones nothing in the fake depends on."""

    id: int
    name: str
    status_id: int
    created: float
    updated: float
    description: str = ""
    object_id: int | None = None
    template_id: int | None = None
    assigner: str | None = None
    counterparty: str | None = None
    assignees: People = field(default_factory=People)
    participants: People = field(default_factory=People)
    auditors: People = field(default_factory=People)
    files: list[int] = field(default_factory=list)
    fields: Json = field(default_factory=dict)
    is_deleted: bool = False
    is_busy: bool = False


@dataclass
class Comment:
    """A comment. It has its number from the start and is seen from ``visible_at`` on."""

    id: int
    task_id: int
    owner: str
    description: str
    at: float
    visible_at: float
    recipients: People = field(default_factory=People)
    files: list[int] = field(default_factory=list)
    from_type: str = "None"
    is_pinned: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    source_object_id: str = ""
    is_silent: bool = False
    announced: bool = False
    links: list[tuple[str, str]] = field(default_factory=list)
    """Name and address of files that a chat brought, until they are fetched."""


@dataclass(frozen=True)
class StoredFile:
    """An uploaded file."""

    id: int
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """One received request, without the token."""

    method: str
    path: str
    query: Json
    body: Json | None
    status: int
    answer: Json | None
    at: float
