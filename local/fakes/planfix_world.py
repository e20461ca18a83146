"""The state of one fake Planfix account, and how it looks in answers. Its lock is held by whoever calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local.fakes.faults import Faults
from local.fakes.planfix_model import (
    DEFAULT_STATUSES,
    Call,
    Comment,
    Contact,
    Employee,
    Json,
    People,
    Status,
    StoredFile,
    Task,
    TaskObject,
    TaskTemplate,
    bad_value,
    contact_not_found,
    file_not_found,
    task_not_found,
    time_point,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.fakes.planfix_scenarios import Event

DEFAULT_PROCESS = 1
OBJECT_PROCESS = 1000
"""The fake numbers an object's process by its object."""


class World:
    """Everything one account holds.

    Args:
        clock: Unix time in seconds.
        token: of the REST API.
        robot: the token's user.
    """

    def __init__(self, clock: Callable[[], float], token: str, robot: Employee) -> None:
        self.clock = clock
        self.token = token
        self.robot = robot
        self.lock = threading.RLock()
        self.users: dict[int, Employee] = {robot.id: robot}
        self.groups: dict[int, str] = {}
        self.objects: dict[int, TaskObject] = {}
        self.task_templates: dict[int, TaskTemplate] = {}
        self.contact_templates: dict[int, str] = {}
        self.contacts: dict[int, Contact] = {}
        self.tasks: dict[int, Task] = {}
        self.comments: dict[int, Comment] = {}
        self._in_task: dict[int, list[Comment]] = {}
        self._to_appear: list[Comment] = []
        self.files: dict[int, StoredFile] = {}
        self.scopes: frozenset[str] | None = None
        self.gives_back_source_object_id = False
        self.dates_by_writing = False
        self.shows_assignees_of_objects = False
        self.failing_fields: set[str] = set()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.remembers_calls = True
        self.on_event: Callable[[Event, int], None] = lambda _event, _task_id: None
        self.on_comment: Callable[[Comment], None] = lambda _comment: None
        self._numbers: dict[str, int] = {}

    def number(self, kind: str) -> int:
        """The next number of this kind; tasks, contacts, comments and files are numbered apart."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    # People

    def check_person(self, ref: str) -> str:
        """``ref`` itself.

        Raises:
            RefusedError: 2000 for a contact that is gone, 41 for an unknown user.
        """
        kind, _, number = ref.partition(":")
        if kind == "contact" and int(number) not in self.contacts:
            raise contact_not_found(int(number))
        if kind == "user" and int(number) not in self.users:
            raise bad_value(f"User not find by id {number}")
        return ref

    def check_people(self, raw: Json) -> People:
        """A PeopleRequest whose people are all there.

        Raises:
            RefusedError: as ``check_person``; 41 for an unknown group.
        """
        groups = [group["id"] for group in raw.get("groups", [])]
        for group in groups:
            if group not in self.groups:
                raise bad_value(f"Group not find by id {group}")
        return People([self.check_person(person["id"]) for person in raw.get("users", [])], groups)

    def person_json(self, ref: str) -> Json:
        """A PersonResponse."""
        kind, _, number = ref.partition(":")
        people: dict[int, Employee] | dict[int, Contact] = self.users if kind == "user" else self.contacts
        known = people.get(int(number))
        return {"id": ref, "name": known.full_name if known else ""}

    def people_json(self, people: People) -> Json:
        """A PeopleResponse."""
        return {
            "users": [self.person_json(ref) for ref in people.users],
            "groups": [{"id": group, "name": self.groups.get(group, "")} for group in people.groups],
        }

    def user_json(self, user: Employee) -> Json:
        """A UserResponse."""
        return {
            "id": user.id,
            "name": user.name,
            "lastname": user.lastname,
            "midname": "",
            "role": user.role,
            "status": "Active" if user.is_active else "Inactive",
            "isDeleted": False,
            "groups": [{"id": group, "name": self.groups.get(group, "")} for group in user.groups],
        }

    # Contacts

    def live_contact(self, contact_id: int) -> Contact:
        """The contact.

        Raises:
            RefusedError: 2000.
        """
        if contact_id not in self.contacts:
            raise contact_not_found(contact_id)
        return self.contacts[contact_id]

    def contact_json(self, contact: Contact) -> Json:
        """A ContactResponse."""
        given = {**contact.fields}
        if not self.gives_back_source_object_id:
            given.pop("sourceObjectId", None)
        return {
            "midname": "",
            "lastname": "",
            "telegramId": "",
            "telegram": "",
            "isCompany": False,
            "isDeleted": False,
            **given,
            "phones": [
                {"number": one["number"], "maskedNumber": one["number"], "type": one.get("type", 1)}
                for one in given.get("phones", [])
            ],
            "id": contact.id,
            "createdDate": time_point(contact.created),
            "dateOfLastUpdate": time_point(contact.updated),
        }

    # Tasks

    def live_task(self, task_id: int, status: int = 500) -> Task:
        """The task.

        Raises:
            RefusedError: 1000.
        """
        if task_id not in self.tasks:
            raise task_not_found(task_id, status)
        return self.tasks[task_id]

    def statuses(self, object_id: int | None) -> tuple[Status, ...]:
        """The statuses of an object's tasks, or of the account's default process."""
        return self.objects[object_id].statuses if object_id else DEFAULT_STATUSES

    def status_of(self, task: Task) -> Status:
        """The task's status."""
        return next(status for status in self.statuses(task.object_id) if status.id == task.status_id)

    def set_status(self, task: Task, status_id: int, *, silent: bool = False) -> None:
        """Change the status; scenarios learn of it unless ``silent``.

        Raises:
            RefusedError: 41.
        """
        if status_id not in {status.id for status in self.statuses(task.object_id)}:
            raise bad_value(f"Status not find by id {status_id}")
        changed = task.status_id != status_id
        task.status_id = status_id
        task.updated = self.clock()
        if changed and not silent:
            self.on_event("status", task.id)

    def task_json(self, task: Task) -> Json:
        """A TaskResponse."""
        given = {**task.fields}
        if not self.gives_back_source_object_id:
            given.pop("sourceObjectId", None)
        whole: Json = {
            "priority": "NotUrgent",
            "type": "Task",
            **given,
            "id": task.id,
            "name": task.name,
            "description": task.description,
            "status": status_json(self.status_of(task)),
            "processId": OBJECT_PROCESS + task.object_id if task.object_id else DEFAULT_PROCESS,
            "dateTime": time_point(task.created),
            "dateOfLastUpdate": time_point(task.updated),
            "assignees": self.people_json(task.assignees),
            "participants": self.people_json(task.participants),
            "auditors": self.people_json(task.auditors),
            "isDeleted": task.is_deleted,
            "files": self.files_json(task.files),
        }
        for name, ref in (("assigner", task.assigner), ("counterparty", task.counterparty)):
            if ref:
                whole[name] = self.person_json(ref)
        for name, number in (("object", task.object_id), ("template", task.template_id)):
            if number:
                whole[name] = {"id": number}
        return whole

    # Comments and files

    def put_comment(self, comment: Comment) -> Comment:
        """Write the comment; a later ``visible_at`` keeps it back until then."""
        self.comments[comment.id] = comment
        self._in_task.setdefault(comment.task_id, []).append(comment)
        self._to_appear.append(comment)
        self.settle()
        return comment

    def move_comments(self, from_task: int, to_task: int) -> None:
        """All comments of a task stand in another one."""
        moved = self._in_task.pop(from_task, [])
        for comment in moved:
            comment.task_id = to_task
        self._in_task.setdefault(to_task, []).extend(moved)

    def settle(self) -> None:
        """Let every comment appear whose time has come."""
        now = self.clock()
        due = [comment for comment in self._to_appear if comment.visible_at <= now]
        if due:
            self._to_appear = [comment for comment in self._to_appear if comment.visible_at > now]
        for comment in due:
            comment.announced = True
            self._appeared(comment)

    def _appeared(self, comment: Comment) -> None:
        task = self.tasks.get(comment.task_id)
        if task:
            task.updated = self.clock()
        # The scenario's condition is a comment by an employee: neither contacts nor the robot are one.
        if comment.owner.startswith("user:") and comment.owner != f"user:{self.robot.id}" and not comment.is_silent:
            self.on_event("comment", comment.task_id)
        self.on_comment(comment)

    def visible_comments(self, task_id: int) -> list[Comment]:
        """The comments that appeared, deleted ones included, ids ascending."""
        self.settle()
        shown = [comment for comment in self._in_task.get(task_id, ()) if comment.announced]
        return sorted(shown, key=lambda comment: comment.id)

    def comment_json(self, comment: Comment) -> Json:
        """A CommentResponse."""
        whole: Json = {
            "id": comment.id,
            "dateTime": time_point(comment.at),
            "type": "Comment",
            "fromType": comment.from_type,
            "description": comment.description,
            "task": {"id": comment.task_id},
            "owner": self.person_json(comment.owner),
            "isDeleted": comment.is_deleted,
            "isPinned": comment.is_pinned,
            "isHidden": comment.is_hidden,
            "isNotRead": False,
            "recipients": self.people_json(comment.recipients),
            "reminders": [],
            "dataTags": [],
            "files": self.files_json(comment.files),
        }
        if self.gives_back_source_object_id and comment.source_object_id:
            whole["sourceObjectId"] = comment.source_object_id
        return whole

    def recipients(self, task: Task, people: People, roles: Iterable[str]) -> People:
        """Who is notified: the people, and whoever has one of the roles in the task."""
        everybody = people.copy()
        for role in roles:
            if role == "assigner":
                everybody.add(People([task.assigner] if task.assigner else []))
            else:
                holders = {"assignee": task.assignees, "participant": task.participants, "auditor": task.auditors}
                everybody.add(holders[role])
        return everybody

    def put_file(self, data: bytes, name: str, mime: str) -> StoredFile:
        """Keep an uploaded file."""
        file = StoredFile(self.number("file"), name, mime, data)
        self.files[file.id] = file
        return file

    def check_files(self, raw: Iterable[Json]) -> list[int]:
        """The files' ids.

        Raises:
            RefusedError: 7000.
        """
        wanted = [file["id"] for file in raw]
        for file_id in wanted:
            self.live_file(file_id)
        return wanted

    def live_file(self, file_id: int) -> StoredFile:
        """The file.

        Raises:
            RefusedError: 7000.
        """
        if file_id not in self.files:
            raise file_not_found(file_id)
        return self.files[file_id]

    def files_json(self, ids: Iterable[int]) -> list[Json]:
        """FileResponses."""
        return [
            {"id": file.id, "size": len(file.data), "name": file.name}
            for file in (self.files[file_id] for file_id in ids if file_id in self.files)
        ]


def status_json(status: Status) -> Json:
    """A TaskStatus."""
    return {
        "id": status.id,
        "name": status.name,
        "color": "#4573b1",
        "isActive": status.is_active,
        "hasDeadline": status.is_active,
        "isAppliedIndividually": False,
        "texts": [{"lang": "Ru", "name": status.name}],
    }
