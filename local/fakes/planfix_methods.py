"""What each REST call does to the fake account. Bodies come already checked against planfix_schema.json."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from local.fakes.planfix_filters import contact_matches, task_matches
from local.fakes.planfix_model import (
    Comment,
    Contact,
    Employee,
    Json,
    People,
    RefusedError,
    Status,
    Task,
    TaskObject,
    TaskTemplate,
    bad_value,
    comment_not_found,
    missing,
    parse_time,
)
from local.fakes.planfix_schema import asked_fields, selected
from local.fakes.planfix_world import DEFAULT_PROCESS, OBJECT_PROCESS, World, status_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

MAX_COMMENT = 64 * 1024
"""Bytes, HTML included (Planfix help, Технические ограничения)."""
PHONE_TYPES = (1, 2, 3, 4)
"""Of a contact's phone: mobile, work, home, other (swagger 1.3.4, PhoneRequest)."""
PAGE = 100
"""The longest list, and the default length (swagger 1.3.4)."""


@dataclass(frozen=True)
class Incoming:
    """One request: numbers from its path, its query, its body."""

    ids: dict[str, int]
    query: Json
    body: Json

    @property
    def silent(self) -> bool:
        """``?silent=true``: no log, no notifications."""
        return self.query.get("silent") == "true"

    def page(self, items: Sequence[T]) -> Sequence[T]:
        """The part that ``offset`` and ``pageSize`` ask for."""
        source = {**self.query, **self.body}
        offset, size = int(source.get("offset", 0)), int(source.get("pageSize", PAGE))
        return items[offset : offset + size]


@dataclass(frozen=True)
class Reply:
    """An answer; ``body`` None has no content."""

    status: int = 200
    body: Json | None = field(default_factory=lambda: {"result": "success"})


@dataclass(frozen=True)
class Route:
    """A call: how it is asked, what it needs, what it does."""

    method: str
    rule: str
    scope: str | None
    query: frozenset[str]
    handle: Callable[[Incoming], Reply]


_LIST_QUERY = frozenset({"fields", "offset", "pageSize", "sourceId"})
_ONE_QUERY = frozenset({"fields", "sourceId"})
_NO_QUERY: frozenset[str] = frozenset()
_SILENT = frozenset({"silent"})


class Methods:
    """The calls of one account; the world's lock is held by the caller."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Every call there is, with the token's scope that it needs (REST API help page; None: no scope is documented)."""
        return [
            Route("GET", "/ping", None, _NO_QUERY, lambda _: Reply()),
            Route("POST", "/contact/list", "contact_readonly", _NO_QUERY, self._contact_list),
            Route("POST", "/contact/", "contact_add", _NO_QUERY, self._contact_create),
            Route("GET", "/contact/<contact:id>", "contact_readonly", _ONE_QUERY, self._contact_get),
            Route("POST", "/contact/<contact:id>", "contact_update", _SILENT, self._contact_update),
            Route(
                "GET", "/contact/templates", "contact_readonly", _LIST_QUERY | {"isCompany"}, self._contact_templates
            ),
            Route("POST", "/task/list", "task_readonly", _NO_QUERY, self._task_list),
            Route("POST", "/task/", "task_add", _NO_QUERY, self._task_create),
            Route("GET", "/task/<int:id>", "task_readonly", _ONE_QUERY, self._task_get),
            Route("POST", "/task/<int:id>", "task_update", _SILENT, self._task_update),
            Route("GET", "/task/templates", "task_readonly", _LIST_QUERY, self._task_templates),
            Route("POST", "/object/list", None, _NO_QUERY, self._object_list),
            Route("GET", "/object/<int:id>", None, _NO_QUERY, self._object_get),
            Route("GET", "/object/<int:id>/statuses", None, frozenset({"fields"}), self._object_statuses),
            Route("GET", "/process/task", None, frozenset({"fields"}), self._processes),
            Route("GET", "/process/task/<int:id>/statuses", None, frozenset({"fields"}), self._process_statuses),
            Route("POST", "/task/<int:id>/comments/", "comment_add", _NO_QUERY, self._comment_create),
            Route("POST", "/task/<int:id>/comments/list", "comment_readonly", _NO_QUERY, self._comment_list),
            Route("POST", "/task/<int:id>/comments/<int:comment_id>", "comment_update", _SILENT, self._comment_update),
            Route("GET", "/comment/<int:id>", "comment_readonly", _ONE_QUERY, self._comment_get),
            Route("DELETE", "/comment/<int:id>", "comment_delete", _NO_QUERY, self._comment_delete),
            Route("GET", "/file/<int:id>", "file_readonly", frozenset({"fields"}), self._file_get),
            Route("POST", "/user/list", "user_readonly", _NO_QUERY, self._user_list),
            Route("GET", "/user/<int:id>", "user_readonly", _ONE_QUERY, self._user_get),
            Route("GET", "/user/groups", "user_readonly", frozenset({"fields"}), self._user_groups),
        ]

    # Contacts

    def _contact_list(self, request: Incoming) -> Reply:
        body = request.body
        _refuse_unsupported(body, "filterId", "onlyChanged")
        _check_filters(body, lambda filter_: contact_matches(Contact(0, {}, 0, 0), filter_))
        names = asked_fields("contact", body.get("fields"))
        found = [
            contact
            for contact in self._world.contacts.values()
            if bool(contact.fields.get("isCompany")) == body.get("isCompany", False)
            and all(contact_matches(contact, filter_) for filter_ in body.get("filters", []))
        ]
        contacts = [selected(names, self._world.contact_json(contact)) for contact in request.page(found)]
        if body.get("prefixedId"):
            contacts = [{**one, "id": f"contact:{one['id']}"} for one in contacts]
        return Reply(body={"result": "success", "contacts": contacts})

    def _contact_create(self, request: Incoming) -> Reply:
        fields = self._contact_fields(request.body, None)
        if not fields.get("name", "").strip():
            raise RefusedError(400, 2006, "Contact name is not set")
        now = self._world.clock()
        contact = Contact(self._world.number("contact"), fields, now, now)
        self._world.contacts[contact.id] = contact
        return _created(contact.id)

    def _contact_get(self, request: Incoming) -> Reply:
        contact = self._world.live_contact(request.ids["id"])
        whole = self._world.contact_json(contact)
        names = asked_fields("contact", request.query.get("fields"))
        return Reply(body={"result": "success", "contact": selected(names, whole)})

    def _contact_update(self, request: Incoming) -> Reply:
        contact = self._world.live_contact(request.ids["id"])
        fields = self._contact_fields(request.body, contact)
        if not fields.get("name", "x").strip():
            raise RefusedError(400, 2006, "Contact name is not set")
        failures = [name for name in fields if name in self._world.failing_fields]
        contact.fields |= {name: value for name, value in fields.items() if name not in failures}
        contact.updated = self._world.clock()
        return _updated(failures)

    def _contact_fields(self, body: Json, contact: Contact | None) -> Json:
        template = body.get("template", {}).get("id")
        if template is not None and template not in self._world.contact_templates:
            raise bad_value(f"Template not find by id {template}")
        group = body.get("group", {}).get("id")
        if group is not None:
            raise bad_value(f"Group not find by id {group} (fake: no contact groups)")
        email = body.get("email")
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            raise RefusedError(400, 2004, "Wrong email format")
        others = [one for one in self._world.contacts.values() if one is not contact]
        if email and any(one.fields.get("email") == email for one in others):
            raise RefusedError(400, 2005, "Email is not unique")
        self._world.check_people(body.get("supervisors", {}))
        self._world.check_files(body.get("files", []))
        for phone in body.get("phones", []):
            if not any(character.isdigit() for character in phone.get("number", "")):
                raise bad_value("phones: a number without digits")
            if phone.get("type", 1) not in PHONE_TYPES:
                raise bad_value("phones: type must be 1, 2, 3 or 4")
        return {name: value for name, value in body.items() if name != "id"}

    def _contact_templates(self, request: Incoming) -> Reply:
        names = asked_fields("contact template", request.query.get("fields"))
        wholes = [{"id": number, "name": name} for number, name in self._world.contact_templates.items()]
        return _listed("templates", names, request.page(wholes))

    # Tasks

    def _task_list(self, request: Incoming) -> Reply:
        body = request.body
        _refuse_unsupported(body, "filterId")
        _check_filters(body, lambda filter_: task_matches(Task(0, "", 0, 0, 0), filter_))
        names = asked_fields("task", body.get("fields"))
        found = [
            task
            for task in self._world.tasks.values()
            if not task.is_deleted and all(task_matches(task, filter_) for filter_ in body.get("filters", []))
        ]
        return _listed("tasks", names, [self._world.task_json(task) for task in request.page(found)])

    def _task_create(self, request: Incoming) -> Reply:
        body = request.body
        template = self._template(body)
        object_id = body.get("object", {}).get("id") or (template.object_id if template else None)
        if object_id is not None and object_id not in self._world.objects:
            raise bad_value(f"Object not find by id {object_id}")
        name = body.get("name") or (template.name if template else "")
        if not name:
            raise missing("name")
        now = self._world.clock()
        task = Task(
            id=0,
            name=name,
            status_id=self._first_status(body, object_id),
            created=now,
            updated=now,
            object_id=object_id,
            template_id=template.id if template else None,
            assigner=f"user:{self._world.robot.id}",
            # What a request brings replaces the template's list; without it the template's stays.
            assignees=self._named(template, body),
        )
        for field_name, value in body.items():
            self._set_field(task, field_name, value, silent=True)
        task.id = self._world.number("task")
        self._world.tasks[task.id] = task
        return _created(task.id)

    def _named(self, template: TaskTemplate | None, body: Json) -> People:
        if template:
            return template.assignees.copy()
        return self._world.objects[body["object"]["id"]].assignees.copy() if "object" in body else People()

    def _template(self, body: Json) -> TaskTemplate | None:
        if "template" not in body:
            return None
        if "object" in body:
            raise bad_value("Send template or object, not both (fake)")
        template = self._world.task_templates.get(body["template"]["id"])
        if template is None:
            raise bad_value(f"Template not find by id {body['template']['id']}")
        return template

    def _first_status(self, body: Json, object_id: int | None) -> int:
        statuses = self._world.statuses(object_id)
        wanted = body.get("status", {}).get("id", statuses[0].id)
        if wanted not in {status.id for status in statuses}:
            raise bad_value(f"Status not find by id {wanted}")
        return int(wanted)

    def _task_get(self, request: Incoming) -> Reply:
        task = self._world.live_task(request.ids["id"])
        names = asked_fields("task", request.query.get("fields"))
        return Reply(body={"result": "success", "task": selected(names, self._world.task_json(task))})

    def _task_update(self, request: Incoming) -> Reply:
        task = self._world.live_task(request.ids["id"], status=404)
        failures = []
        for name, value in request.body.items():
            try:
                if name in self._world.failing_fields:
                    raise bad_value("Field change failed")
                self._set_field(task, name, value, silent=request.silent)
            except RefusedError:
                failures.append(name)
        task.updated = self._world.clock()
        return Reply(202, None) if task.is_busy else _updated(failures)

    def _set_field(self, task: Task, name: str, value: Any, *, silent: bool) -> None:
        if name in {"name", "description"}:
            setattr(task, name, value)
        elif name == "status":
            self._world.set_status(task, value["id"], silent=silent)
        elif name in {"assignees", "participants", "auditors"}:
            setattr(task, name, self._world.check_people(value))
        elif name == "assigner":
            task.assigner = self._world.check_person(value["id"])
        elif name == "counterparty":
            task.counterparty = self._world.check_person(_contact_ref(value["id"]))
        elif name == "files":
            task.files = self._world.check_files(value)
        elif name == "isDeleted":
            task.is_deleted = value
        elif name not in {"template", "object", "id"}:
            task.fields[name] = value
        elif task.id:
            raise bad_value("Field change failed")

    def _task_templates(self, request: Incoming) -> Reply:
        names = asked_fields("task template", request.query.get("fields"))
        wholes: list[Json] = []
        for template in self._world.task_templates.values():
            whole = {"id": template.id, "name": template.name, "type": "Template"}
            whole["assignees"] = self._world.people_json(template.assignees)
            if template.object_id:
                whole["object"] = {"id": template.object_id}
            wholes.append(whole)
        return _listed("templates", names, request.page(wholes))

    # Objects and processes

    def _object_list(self, request: Incoming) -> Reply:
        wholes = [{"id": one.id, "name": one.name} for one in self._world.objects.values()]
        return _listed("objects", ["id", "name"], request.page(wholes))

    def _object(self, request: Incoming) -> TaskObject:
        found = self._world.objects.get(request.ids["id"])
        if found is None:
            raise RefusedError(400, 0, f"Object not found by id {request.ids['id']}")
        return found

    def _object_get(self, request: Incoming) -> Reply:
        found = self._object(request)
        shown: Json = {"id": found.id, "name": found.name}
        if self._world.shows_assignees_of_objects:
            shown["assignees"] = self._world.people_json(found.assignees)
        return Reply(body={"result": "success", "object": shown})

    def _object_statuses(self, request: Incoming) -> Reply:
        return _statuses(request, self._object(request).statuses)

    def _processes(self, request: Incoming) -> Reply:
        wholes = [{"id": DEFAULT_PROCESS, "name": "Default"}]
        wholes += [{"id": OBJECT_PROCESS + one.id, "name": one.name} for one in self._world.objects.values()]
        return _listed("processes", asked_fields("process", request.query.get("fields")), wholes)

    def _process_statuses(self, request: Incoming) -> Reply:
        process = request.ids["id"]
        if process != DEFAULT_PROCESS and process - OBJECT_PROCESS not in self._world.objects:
            raise RefusedError(400, 0, f"Process not found by id {process}")
        return _statuses(
            request, self._world.statuses(None if process == DEFAULT_PROCESS else process - OBJECT_PROCESS)
        )

    # Comments

    def _comment_create(self, request: Incoming) -> Reply:
        task = self._world.live_task(request.ids["id"])
        body = request.body
        if not body.get("description") and not body.get("files"):
            raise missing("description")
        _check_size(body.get("description", ""), 5001)
        recipients = body.get("recipients", {})
        now = self._world.clock()
        owner = self._world.check_person(body.get("owner", {}).get("id", f"user:{self._world.robot.id}"))
        comment = Comment(
            id=self._world.number("comment"),
            task_id=task.id,
            owner=owner,
            description=body.get("description", ""),
            at=parse_time(body["dateTime"]) if "dateTime" in body else now,
            visible_at=now,
            recipients=self._recipients(task, recipients),
            files=self._world.check_files(body.get("files", [])),
            is_pinned=body.get("isPinned", False),
            is_hidden=body.get("isHidden", False),
            source_object_id=body.get("sourceObjectId", ""),
        )
        return _created(self._world.put_comment(comment).id)

    def _recipients(self, task: Task, raw: Json) -> People:
        return self._world.recipients(task, self._world.check_people(raw), raw.get("roles", []))

    def _comment_list(self, request: Incoming) -> Reply:
        task = self._world.live_task(request.ids["id"])
        body = request.body
        names = asked_fields("comment", body.get("fields"))
        kept = {"All": {True, False}, "Deleted": {True}}.get(body.get("typeList", "Comments"), {False})
        found = [comment for comment in self._world.visible_comments(task.id) if comment.is_deleted in kept]
        # Python's sort is stable: the last named field first gives the order that was asked for.
        for order in reversed(body.get("resultOrder", [])):
            found.sort(key=_ORDERS[order["field"]], reverse=order.get("direction") == "Desc")
        return _listed("comments", names, [self._world.comment_json(comment) for comment in request.page(found)])

    def _comment(self, comment_id: int, task_id: int | None = None) -> Comment:
        comment = self._world.comments.get(comment_id)
        self._world.settle()
        if comment is None or not comment.announced or task_id not in {None, comment.task_id}:
            raise comment_not_found(comment_id)
        return comment

    def _comment_update(self, request: Incoming) -> Reply:
        task = self._world.live_task(request.ids["id"])
        comment = self._comment(request.ids["comment_id"], task.id)
        body = request.body
        _check_size(body.get("description", ""), 5002)
        recipients = self._recipients(task, body["recipients"]) if "recipients" in body else comment.recipients
        files = self._world.check_files(body["files"]) if "files" in body else comment.files
        comment.recipients, comment.files = recipients, files
        comment.description = body.get("description", comment.description)
        comment.is_pinned = body.get("isPinned", comment.is_pinned)
        comment.is_hidden = body.get("isHidden", comment.is_hidden)
        return Reply()

    def _comment_get(self, request: Incoming) -> Reply:
        comment = self._comment(request.ids["id"])
        names = asked_fields("comment", request.query.get("fields"))
        return Reply(body={"result": "success", "comment": selected(names, self._world.comment_json(comment))})

    def _comment_delete(self, request: Incoming) -> Reply:
        comment = self._comment(request.ids["id"])
        if comment.is_deleted:
            raise comment_not_found(comment.id)
        comment.is_deleted = True
        return Reply()

    # Files and users

    def _file_get(self, request: Incoming) -> Reply:
        file = self._world.live_file(request.ids["id"])
        whole = {"id": file.id, "name": file.name, "size": len(file.data)}
        names = asked_fields("file", request.query.get("fields"))
        return Reply(body={"result": "success", "file": selected(names, whole)})

    def _user_list(self, request: Incoming) -> Reply:
        body = request.body
        _refuse_unsupported(body, "filters")
        names = asked_fields("user", body.get("fields"))
        found = [user for user in self._world.users.values() if user.is_active or not body.get("onlyActive")]
        users = [selected(names, self._world.user_json(user)) for user in request.page(found)]
        if body.get("prefixedId"):
            users = [{**one, "id": f"user:{one['id']}"} for one in users]
        return Reply(body={"result": "success", "users": users})

    def _user_get(self, request: Incoming) -> Reply:
        user: Employee | None = self._world.users.get(request.ids["id"])
        if user is None:
            raise RefusedError(400, 4000, f"User not found by id {request.ids['id']}")
        names = asked_fields("user", request.query.get("fields"))
        return Reply(body={"result": "success", "user": selected(names, self._world.user_json(user))})

    def _user_groups(self, request: Incoming) -> Reply:
        wholes = [{"id": number, "name": name} for number, name in self._world.groups.items()]
        return _listed("groups", asked_fields("group", request.query.get("fields")), wholes)


_ORDERS: dict[str, Callable[[Comment], float]] = {
    "id": lambda comment: comment.id,
    "dateTime": lambda comment: comment.at,
}


def _created(number: int) -> Reply:
    return Reply(201, {"result": "success", "id": number})


def _updated(failures: Iterable[str]) -> Reply:
    failed = [{"field": name, "error": "Field change failed"} for name in failures]
    return Reply(body={"result": "success", **({"failures": failed} if failed else {})})


def _listed(name: str, names: list[str], wholes: Iterable[Json]) -> Reply:
    return Reply(body={"result": "success", name: [selected(names, whole) for whole in wholes]})


def _statuses(request: Incoming, statuses: Iterable[Status]) -> Reply:
    names = asked_fields("status", request.query.get("fields"))
    return _listed("statuses", names, [status_json(status) for status in statuses])


def _refuse_unsupported(body: Json, *names: str) -> None:
    """What the real service knows and this fake does not must not seem to work."""
    for name in names:
        if body.get(name):
            raise bad_value(f"{name} is not in this fake")


def _check_filters(body: Json, matches: Callable[[Json], bool]) -> None:
    """A wrong filter is refused whatever the account holds."""
    for filter_ in body.get("filters", []):
        matches(filter_)


def _check_size(description: str, code: int) -> None:
    if len(description.encode()) > MAX_COMMENT:
        raise RefusedError(400, code, "Comment is longer than 64 KB")


def _contact_ref(number: int | str) -> str:
    return f"contact:{number}" if isinstance(number, int) else number
