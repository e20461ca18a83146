"""Planfix by its REST API (swagger 1.3.4): one request a call, paced by the caller's slots, errors of our tree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from bridge.errors import OutcomeUnknown, Reason, Refused
from bridge.files import OpenedFile
from bridge.model import File, Slots
from bridge.planfix.failures import said
from bridge.planfix.files import MAX_DOWNLOAD, Files, StoredFile
from bridge.planfix.reading import assignees_of, comment_of, contact_of, elements, readable, task_of
from bridge.planfix.redirects import Redirects
from bridge.planfix.route import (
    Comment,
    CommentPage,
    Contact,
    NewComment,
    NewContact,
    NewTask,
    People,
    Phone,
    Task,
)
from bridge.planfix.wire import Wire
from bridge.transfer import Clock

if TYPE_CHECKING:
    import httpx

PAGE: Final = 100
"""The most that a list gives at once (REST API limits)."""

# filters of /contact/list and /task/list (REST API: complex filters)
TELEGRAM_ID: Final = 4234
TELEGRAM_USERNAME: Final = 4226
ASSIGNER: Final = 1
COUNTERPARTY: Final = 7
TEMPLATE_OR_OBJECT: Final = 51

_CONTACT_FIELDS: Final = "id,name,lastname,telegramId,telegram,isDeleted"
_TASK_FIELDS: Final = "id,status,counterparty,assigner,assignees,dateTime,isDeleted,sourceObjectId"
_COMMENT_FIELDS: Final = "id,description,owner,dateTime,recipients,files,isDeleted,isHidden,sourceObjectId,task"


Dated = TypeVar("Dated", Task, Comment)


class PlanfixRest:
    """One Planfix account.

    Args:
        http: the container's one HTTP client.
        account_url: ``https://acme.planfix.ru``, without a trailing slash.
        token: the REST token.
        slots: the right to make one more call, shared by every container.
        redirects: where a file's download may lead; by default to every public host.
        page: how many elements of a list are asked for at once.
        clock: Unix seconds; what Planfix dates is told in its time.
        monotonic: seconds, for the time that a file may take.
    """

    def __init__(
        self,
        http: httpx.Client,
        account_url: str,
        token: str,
        slots: Slots,
        *,
        redirects: Redirects | None = None,
        page: int = PAGE,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._account_url = account_url
        self._page = page
        self._wire = Wire(http, account_url, token, slots, clock)
        self._files = Files(self._wire, redirects or Redirects.of_account(http, account_url), monotonic)

    @property
    def host(self) -> str:
        return urlsplit(self._account_url).netloc.lower()

    def task_link(self, task_id: int) -> str:
        """The task's address for a person."""
        return f"{self._account_url}/task/{task_id}"

    def ping(self) -> None:
        """Check the token; raises Misconfigured when it is refused."""
        self._wire.call("GET", "ping")

    # -- contacts

    def contacts_by_telegram_id(self, telegram_id: int) -> list[Contact]:
        return self._contacts({"type": TELEGRAM_ID, "operator": "equal", "value": telegram_id})

    def contacts_by_username(self, username: str) -> list[Contact]:
        return self._contacts({"type": TELEGRAM_USERNAME, "operator": "equal", "value": username})

    def create_contact(self, new: NewContact) -> int:
        body: dict[str, Any] = {
            "name": new.name,
            "lastname": new.lastname,
            "telegramId": str(new.telegram_id),
            "sourceObjectId": new.source_object_id,
        }
        if new.telegram:
            body["telegram"] = new.telegram
        if new.template:
            body["template"] = {"id": new.template}
        return _created(self._wire.call("POST", "contact/", body))

    def write_telegram_id(self, contact_id: int, telegram_id: int) -> None:
        self._update(f"contact/{contact_id}", {"telegramId": str(telegram_id)})

    def contact(self, contact_id: int) -> Contact | None:
        """One contact with its phones, or None when it was deleted or merged."""
        try:
            answer = self._wire.call("GET", f"contact/{contact_id}", params={"fields": f"{_CONTACT_FIELDS},phones"})
        except Refused as refused:
            if refused.reason is Reason.CONTACT_GONE:
                return None
            raise
        contact = contact_of(answer.get("contact"))
        if contact is None:
            raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer without a contact")
        return None if contact.is_deleted else contact

    def contact_exists(self, contact_id: int) -> bool:
        return self.contact(contact_id) is not None

    def write_names(self, contact_id: int, fields: Mapping[str, str]) -> None:
        """Write some of ``name``, ``lastname`` and ``telegram``; the contact's other fields stay."""
        self._update(f"contact/{contact_id}", fields, gives_way=True)

    def write_phones(self, contact_id: int, phones: Sequence[Phone]) -> None:
        """Replace the contact's phones (a list that is sent is what remains, so callers send the present ones too)."""
        self._update(
            f"contact/{contact_id}",
            {"phones": [{"number": one.number, "type": one.type} for one in phones]},
            gives_way=True,
        )

    def _contacts(self, complex_filter: Mapping[str, Any]) -> list[Contact]:
        body = {"filters": [complex_filter], "fields": _CONTACT_FIELDS}
        found = readable(self._paged_list("contact/list", "contacts", body), contact_of)
        return [one for one in found if not one.is_deleted]

    # -- tasks

    def task(self, task_id: int) -> Task | None:
        """The task, or None when it is gone (HTTP 500 with code 1000)."""
        try:
            answer = self._wire.call("GET", f"task/{task_id}", params={"fields": _TASK_FIELDS})
        except Refused as refused:
            if refused.reason is Reason.TASK_GONE:
                return None
            raise
        task = task_of(answer.get("task"))
        if task is None:
            raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer without a task")
        task = self._in_our_time(task)
        return None if task.is_deleted else task

    def tasks_of(self, contact_id: int, *, template_or_object: int | None) -> list[Task]:
        """The client's tasks in this template or object, newest first.

        As counterparty first, which the bridge sets; as assigner too, which is all that Planfix's own integration sets.
        """
        for person_filter in (COUNTERPARTY, ASSIGNER):
            filters = [{"type": person_filter, "operator": "equal", "value": f"contact:{contact_id}"}]
            if template_or_object:
                filters.append({"type": TEMPLATE_OR_OBJECT, "operator": "equal", "value": template_or_object})
            found = readable(
                self._paged_list("task/list", "tasks", {"filters": filters, "fields": _TASK_FIELDS}), task_of
            )
            alive = [self._in_our_time(task) for task in found if not task.is_deleted]
            if alive:
                return sorted(alive, key=lambda task: task.id, reverse=True)
        return []

    def assignees_of_template(self, template: int) -> People | None:
        """Whom the template names; None where that cannot be told."""
        templates = self._paged_get("task/templates", "templates", "id,assignees")
        return assignees_of(next((raw for raw in templates if (one := task_of(raw)) and one.id == template), None))

    def assignees_of_object(self, number: int) -> People | None:
        """Whom the object names; None where that cannot be told: which fields an object comes with is written nowhere."""
        return assignees_of(self._wire.call("GET", f"object/{number}").get("object"))

    def create_task(self, new: NewTask) -> int:
        body: dict[str, Any] = {
            "name": new.name,
            "description": new.description,
            "assigner": {"id": new.client},
            "counterparty": {"id": new.client},
            "sourceObjectId": new.source_object_id,
        }
        if new.template:
            body["template"] = {"id": new.template}
        elif new.object:
            body["object"] = {"id": new.object}
        if new.assignees:
            body["assignees"] = _people_request(new.assignees)
        return _created(self._wire.call("POST", "task/", body))

    def set_assignees(self, task_id: int, people: People) -> None:
        """Replace the task's assignees (what is sent is what remains, so callers merge first)."""
        self._update(f"task/{task_id}", {"assignees": _people_request(people)})

    # -- comments

    def add_comment(self, task_id: int, new: NewComment) -> int:
        body: dict[str, Any] = {
            "description": new.html,
            "recipients": _people_request(new.recipients),
            "sourceObjectId": new.source_object_id,
        }
        if new.owner:
            body["owner"] = {"id": new.owner}
        if new.files:
            body["files"] = [{"id": one} for one in new.files]
        return _created(self._wire.call("POST", f"task/{task_id}/comments/", body))

    def comment(self, comment_id: int) -> Comment | None:
        """One comment, or None when it is gone."""
        try:
            answer = self._wire.call("GET", f"comment/{comment_id}", params={"fields": _COMMENT_FIELDS})
        except Refused as refused:
            if refused.reason in (Reason.COMMENT_GONE, Reason.TASK_GONE):
                return None
            raise
        found = comment_of(answer.get("comment"))
        if found is None:  # nothing says that it is gone: whoever believed that would drop an answer that is held
            raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer without a comment")
        return None if found.is_deleted else self._in_our_time(found)

    def newest_comments(self, task_id: int, *, offset: int = 0) -> CommentPage:
        """One page of the task's comments, newest first.

        By date: a comment that was written for later has an old number, and appears with the date for which it was written.
        """
        return self._comments(task_id, "Desc", offset)

    def oldest_comments(self, task_id: int, *, offset: int) -> CommentPage:
        """One page of the same list from its other end, oldest first: what is written meanwhile moves nothing."""
        return self._comments(task_id, "Asc", offset)

    def _comments(self, task_id: int, direction: str, offset: int) -> CommentPage:
        answer = self._wire.call(
            "POST",
            f"task/{task_id}/comments/list",
            {
                "offset": offset,
                "pageSize": self._page,
                "fields": _COMMENT_FIELDS,
                "typeList": "Comments",
                "resultOrder": [{"field": name, "direction": direction} for name in ("dateTime", "id")],
            },
        )
        raws = elements(answer, "comments")
        comments = tuple(map(self._in_our_time, readable(raws, comment_of)))
        return CommentPage(comments, len(raws), is_last=len(raws) < self._page)

    def _in_our_time(self, dated: Dated) -> Dated:
        """What Planfix dated by its clock (``dated``), by ours too (``at``)."""
        return dated if dated.dated is None else replace(dated, at=dated.dated - self._wire.ahead)

    # -- files

    def upload_file(self, name: str, mime: str, pieces: Iterable[bytes]) -> int:
        """Put a file into Planfix; returns its number (see files.py)."""
        return _created(self._files.upload(name, mime, pieces))

    def file(self, file_id: int) -> StoredFile:
        """What Planfix says of a file."""
        return self._files.about(file_id)

    def public_link(self, file_id: int) -> str:
        """A link to a file that opens for everybody (see files.py); "" when there is none."""
        return self._files.public_link(file_id)

    def open_file(
        self, file_id: int, *, known: File | None = None, max_bytes: int = MAX_DOWNLOAD
    ) -> AbstractContextManager[OpenedFile]:
        """Receive a file (see files.py); ``known`` is as it came with its comment, and saves a request."""
        about = StoredFile(file_id, known.name, known.size) if known else None
        return self._files.open(file_id, about=about, max_bytes=max_bytes)

    # -- what an admin chooses from

    def task_templates(self) -> list[dict[str, Any]]:
        return list(self._paged_get("task/templates", "templates", "id,name"))

    def contact_templates(self) -> list[dict[str, Any]]:
        return list(self._paged_get("contact/templates", "templates", "id,name"))

    def objects(self) -> list[dict[str, Any]]:
        return self._paged_list("object/list", "objects", {})

    def users(self) -> list[dict[str, Any]]:
        return self._paged_list("user/list", "users", {"onlyActive": True, "fields": "id,name,lastname,role"})

    def user_groups(self) -> list[dict[str, Any]]:
        answer = self._wire.call("GET", "user/groups", params={"fields": "id,name"})
        return elements(answer, "groups")

    def _paged_get(self, path: str, name: str, fields: str) -> Iterator[Any]:
        params = {"fields": fields, "pageSize": self._page}
        return self._paged(lambda offset: self._wire.call("GET", path, params={**params, "offset": offset}), name)

    def _paged_list(self, path: str, name: str, body: Mapping[str, Any]) -> list[Any]:
        whole = {**body, "pageSize": self._page}
        return list(self._paged(lambda offset: self._wire.call("POST", path, {**whole, "offset": offset}), name))

    def _paged(self, ask: Callable[[int], Mapping[str, Any]], name: str) -> Iterator[Any]:
        """The elements of a list, page by page as they are wanted."""
        read = 0
        while True:
            page = elements(ask(read), name)
            yield from page
            read += len(page)
            if len(page) < self._page:
                return

    def user_name(self, user: str) -> str:
        """An employee's "Lastname Name" (``user`` is ``user:5``), the order in which Planfix's own integration signs."""
        answer = self._wire.call("GET", f"user/{user.partition(':')[2]}", params={"fields": "id,name,lastname"})
        found = answer.get("user")
        names = [found.get("lastname"), found.get("name")] if isinstance(found, Mapping) else []
        return " ".join(name for name in names if isinstance(name, str) and name)

    def _update(self, path: str, body: Mapping[str, Any], *, gives_way: bool = False) -> None:
        answer = self._wire.call("POST", path, body, gives_way=gives_way)
        failures = answer.get("failures")
        if failures:
            raise Refused(Reason.PLANFIX_BAD_VALUE, said(str(failures), "fields that were not written"))


def _created(answer: Mapping[str, Any]) -> int:
    created = answer.get("id")
    if not isinstance(created, int | float):
        raise OutcomeUnknown(Reason.SERVICE_DOWN, "created without a number")
    return int(created)


def _people_request(people: People) -> dict[str, Any]:
    request: dict[str, Any] = {
        "users": [{"id": one} for one in people.users],
        "groups": [{"id": one} for one in people.groups],
    }
    if people.roles:
        request["roles"] = list(people.roles)
    return request
