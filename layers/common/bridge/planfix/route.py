"""The port to Planfix: what a flow may ask of it, and the values it answers with.

``rest.py`` reaches Planfix by its REST API. People are Planfix's own ids: ``user:5``, ``contact:10``, ``group:3``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bridge.files import OpenedFile
from bridge.model import File


@dataclass(frozen=True, slots=True)
class People:
    """A list of people as Planfix keeps it: persons (``user:5``, ``contact:10``), groups by number, roles by name."""

    users: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.users or self.groups or self.roles)

    def __or__(self, other: People) -> People:
        """Both lists, each person once, in order of first appearance."""
        return People(
            tuple(dict.fromkeys(self.users + other.users)),
            tuple(dict.fromkeys(self.groups + other.groups)),
            tuple(dict.fromkeys(self.roles + other.roles)),
        )

    @property
    def ids(self) -> list[str]:
        """Persons and groups as settings name them, without roles: ``["user:5", "group:3"]``."""
        return [*self.users, *(f"group:{one}" for one in self.groups)]

    @classmethod
    def of(cls, ids: Sequence[str]) -> People:
        """From settings: ``["user:5", "group:3"]``."""
        return cls(
            tuple(one for one in ids if not one.startswith("group:")),
            tuple(int(one.partition(":")[2]) for one in ids if one.startswith("group:")),
        )


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone of a contact; ``type`` is Planfix's: 1 mobile, 2 work, 3 home, 4 other."""

    number: str
    type: int = 1


@dataclass(frozen=True, slots=True)
class Contact:
    """A Planfix contact; ``telegram_id`` and ``telegram`` are its system fields. Lists of contacts come without phones."""

    id: int
    name: str = ""
    lastname: str = ""
    telegram_id: str = ""
    telegram: str = ""
    is_deleted: bool = False
    phones: tuple[Phone, ...] = ()

    @property
    def person(self) -> str:
        return f"contact:{self.id}"


@dataclass(frozen=True, slots=True)
class NewContact:
    """What a contact is made from."""

    template: int | None
    name: str
    lastname: str
    telegram_id: int
    telegram: str
    source_object_id: str


@dataclass(frozen=True, slots=True)
class Task:
    """A Planfix task.

    ``is_active`` is its status's own flag. ``dated`` is Unix time of its (minute-precise) creation by Planfix's clock, ``at``
    the same moment by ours; None without a date.
    """

    id: int
    is_active: bool
    is_deleted: bool = False
    counterparty: str = ""
    assigner: str = ""
    assignees: People = People()
    source_object_id: str = ""
    at: float | None = None
    dated: int | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a task is made from; ``template`` or ``object``, never both.

    ``assignees`` replace those whom the template or the object names; empty, theirs stay.
    """

    template: int | None
    object: int | None
    name: str
    description: str
    client: str
    source_object_id: str
    assignees: People = People()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it was read.

    ``dated`` is Unix time of its (minute-precise) date by Planfix's clock, good for comparing with other comments only;
    ``at`` is the same moment by our clock; both None without a date. ``task_id`` is where it stands now, 0 where that is not said;
    ``unread`` names fields that could not be read.
    """

    id: int
    html: str = ""
    owner: str = ""
    owner_name: str = ""
    recipients: People = People()
    at: float | None = None
    dated: int | None = None
    is_deleted: bool = False
    is_hidden: bool = False
    files: tuple[File, ...] = ()
    source_object_id: str = ""
    task_id: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentPage:
    """A part of a task's list of comments, newest first or oldest first, as it was asked for.

    Attributes:
        comments: those that could be read.
        length: how many there are, the unreadable ones included.
        is_last: nothing follows.
    """

    comments: tuple[Comment, ...]
    length: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class NewComment:
    """What a comment is made from; ``owner`` None means the token's own user."""

    html: str
    owner: str | None
    recipients: People
    source_object_id: str
    files: tuple[int, ...] = ()


class Planfix(Protocol):
    """One Planfix account. Every method raises a leaf of the error tree."""

    @property
    def host(self) -> str: ...

    def task_link(self, task_id: int) -> str: ...

    def contacts_by_telegram_id(self, telegram_id: int) -> list[Contact]: ...

    def contacts_by_username(self, username: str) -> list[Contact]: ...

    def create_contact(self, new: NewContact) -> int: ...

    def write_telegram_id(self, contact_id: int, telegram_id: int) -> None: ...

    def contact(self, contact_id: int) -> Contact | None: ...

    def write_names(self, contact_id: int, fields: Mapping[str, str]) -> None: ...

    def write_phones(self, contact_id: int, phones: Sequence[Phone]) -> None: ...

    def contact_exists(self, contact_id: int) -> bool: ...

    def task(self, task_id: int) -> Task | None: ...

    def tasks_of(self, contact_id: int, *, template_or_object: int | None) -> list[Task]: ...

    def assignees_of_template(self, template: int) -> People | None: ...

    def assignees_of_object(self, number: int) -> People | None: ...

    def create_task(self, new: NewTask) -> int: ...

    def set_assignees(self, task_id: int, people: People) -> None: ...

    def add_comment(self, task_id: int, new: NewComment) -> int: ...

    def user_name(self, user: str) -> str: ...

    def open_file(self, file_id: int, *, known: File | None = None) -> AbstractContextManager[OpenedFile]: ...

    def public_link(self, file_id: int) -> str: ...

    def upload_file(self, name: str, mime: str, pieces: Iterable[bytes]) -> int: ...

    def comment(self, comment_id: int) -> Comment | None: ...

    def newest_comments(self, task_id: int, *, offset: int = 0) -> CommentPage: ...

    def oldest_comments(self, task_id: int, *, offset: int) -> CommentPage: ...
