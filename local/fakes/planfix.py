"""A strict Planfix in memory, its REST API and its API for chats: ``FakePlanfix``.

The REST side is ``FakePlanfix.wsgi`` (planfix_wire.py, planfix_methods.py). The methods of ``FakePlanfix`` are the
people in the account: who set it up, the employees who comment and close tasks, and what they see.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from local.fakes.faults import Fault
from local.fakes.planfix_chats import PlanfixChats
from local.fakes.planfix_model import (
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
    over_limit,
)
from local.fakes.planfix_scenarios import PLANFIX_REPEATS, Incident, Repetition, Scenarios, post_over_http
from local.fakes.planfix_wire import PlanfixWire, Rate
from local.fakes.planfix_world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from local.fakes.planfix_scenarios import Post


class FakePlanfix:
    """One Planfix account.

    Args:
        host: the account's host, for whoever builds addresses; the fake answers under any.
        token: of the REST API; its user is a robot, ``robot_id``.
        rate: REST requests a second, as a sliding window; 0 is unlimited.
        tolerance: seconds by which a request may come too early, for pacing by a real clock over a real network.
        clock: Unix time in seconds.
        post: sends scenario requests; gets URL, headers and body, returns the status, raises OSError without answer.
        repetition: of a scenario request that was not accepted.
        remember_calls: whether ``calls`` holds what was received, with the answers: most of the memory of a long run.

    Attributes:
        robot_id: number of the token's user.
        chats: its API for chats, and who works with them.
    """

    robot_id = 900

    def __init__(
        self,
        host: str = "acme.planfix.ru",
        *,
        token: str,
        rate: float = 1.0,
        tolerance: float = 0.0,
        clock: Callable[[], float] = time.time,
        post: Post = post_over_http,
        repetition: Repetition = PLANFIX_REPEATS,
        remember_calls: bool = True,
    ) -> None:
        self.host = host
        self._world = World(clock, token, Employee(self.robot_id, "Робот", role="Robot"))
        self._world.remembers_calls = remember_calls
        self._rate = Rate(rate, tolerance)
        self.chats = chats = PlanfixChats(self._world, host)
        self.wsgi = PlanfixWire(self._world, self._rate, chats)
        self._scenarios = Scenarios(clock, self._world.lock, self._world.settle, post=post, repetition=repetition)
        self._world.on_event = self._scenarios.happened

    # The account

    def add_user(
        self,
        id: int,  # noqa: A002 - Planfix's word
        name: str,
        lastname: str = "",
        groups: Sequence[int] = (),
        email: str = "",
    ) -> None:
        """An employee, ``user:<id>``."""
        with self._world.lock:
            if id in self._world.users:
                raise ValueError(f"user {id} is already there")
            self._world.users[id] = Employee(id, name, lastname, tuple(groups), email=email)

    def add_group(self, id: int, name: str) -> None:  # noqa: A002 - Planfix's word
        """A group of employees."""
        with self._world.lock:
            self._world.groups[id] = name

    def add_object(
        self,
        id: int,  # noqa: A002 - Planfix's word
        name: str,
        statuses: Sequence[Status],
        assignees: Iterable[str] = (),
    ) -> None:
        """An object with its own statuses, the first of them for new tasks; ``assignees`` like ``("user:5", "group:3")``."""
        with self._world.lock:
            self._world.objects[id] = TaskObject(id, name, tuple(statuses), _people(assignees))

    def add_task_template(
        self,
        id: int,  # noqa: A002 - Planfix's word
        name: str,
        object_id: int | None = None,
        assignees: Iterable[str] = (),
    ) -> None:
        """A template of tasks; ``assignees`` like ``("user:5", "group:3")``."""
        with self._world.lock:
            self._world.task_templates[id] = TaskTemplate(id, name, object_id, _people(assignees))

    def add_contact_template(self, id: int, name: str) -> None:  # noqa: A002 - Planfix's word
        """A template of contacts."""
        with self._world.lock:
            self._world.contact_templates[id] = name

    def add_contact(
        self, name: str, lastname: str = "", *, telegram_id: str = "", telegram: str = "", phones: Iterable[str] = ()
    ) -> int:
        """A contact that an employee made. Returns its number."""
        with self._world.lock:
            given: Json = {"name": name, "lastname": lastname, "telegramId": telegram_id, "telegram": telegram}
            if numbers := [{"number": number, "type": 2} for number in phones]:
                given["phones"] = numbers
            now = self._world.clock()
            contact = Contact(self._world.number("contact"), given, now, now)
            self._world.contacts[contact.id] = contact
            return contact.id

    def add_task(
        self,
        name: str,
        *,
        assigner: str | None = None,
        counterparty: str | None = None,
        assignees: Iterable[str] = (),
        template_id: int | None = None,
        object_id: int | None = None,
    ) -> int:
        """A task that an employee or another integration made. Returns its number."""
        with self._world.lock:
            now = self._world.clock()
            task = Task(
                id=self._world.number("task"),
                name=name,
                status_id=self._world.statuses(object_id)[0].id,
                created=now,
                updated=now,
                assigner=assigner,
                counterparty=counterparty,
                assignees=_people(assignees),
                template_id=template_id,
                object_id=object_id,
            )
            self._world.tasks[task.id] = task
            return task.id

    def revoke_token(self) -> None:
        """From now on 401 with code 1."""
        with self._world.lock:
            self._world.token = ""

    def allow_scopes(self, scopes: Iterable[str] | None) -> None:
        """What the token may do, as ``task_add``; None is everything."""
        with self._world.lock:
            self._world.scopes = None if scopes is None else frozenset(scopes)

    def give_back_source_object_id(self, *, on: bool = True) -> None:
        """Whether ``sourceObjectId`` can be read again. No source says so, so it starts off."""
        with self._world.lock:
            self._world.gives_back_source_object_id = on

    def show_assignees_of_objects(self, *, on: bool = True) -> None:
        """Whether an object says whom it names: the swagger's type has them, its examples do not, and no ``fields`` can be asked."""
        with self._world.lock:
            self._world.shows_assignees_of_objects = on

    def fail_fields(self, *names: str) -> None:
        """Updates of these fields are answered 200 with ``failures``; none ends it."""
        with self._world.lock:
            self._world.failing_fields = set(names)

    # What people do

    def change_contact(self, contact_id: int, **fields: str) -> None:
        """An employee changes a contact's name, lastname or telegram."""
        with self._world.lock:
            self._world.live_contact(contact_id).fields |= fields

    def merge_contacts(self, from_id: int, into_id: int) -> None:
        """Two contacts become one: the first is gone, its tasks and comments are the second's."""
        with self._world.lock:
            self._world.live_contact(into_id)
            del self._world.contacts[from_id]
            self.chats.contacts_merged(from_id, into_id)
            former, present = f"contact:{from_id}", f"contact:{into_id}"
            for task in self._world.tasks.values():
                task.assigner = present if task.assigner == former else task.assigner
                task.counterparty = present if task.counterparty == former else task.counterparty
                for people in (task.assignees, task.participants, task.auditors):
                    people.users[:] = [present if ref == former else ref for ref in people.users]
            for comment in self._world.comments.values():
                comment.owner = present if comment.owner == former else comment.owner
                comment.recipients.users[:] = [present if ref == former else ref for ref in comment.recipients.users]

    def delete_contact(self, contact_id: int) -> None:
        """The contact is gone: code 2000."""
        with self._world.lock:
            del self._world.contacts[contact_id]

    def delete_task(self, task_id: int, *, purged: bool = True) -> None:
        """The task is gone: code 1000; not ``purged`` it lies in the bin, readable with ``isDeleted``."""
        with self._world.lock:
            if purged:
                del self._world.tasks[task_id]
            else:
                self._world.tasks[task_id].is_deleted = True

    def merge_tasks(self, from_id: int, into_id: int) -> None:
        """``from_id`` is merged into ``into_id``: its comments stand there, in order of date; the task itself is gone.

        What a request for it is answered then is written nowhere: as for a purged one, here.
        """
        with self._world.lock:
            self._world.move_comments(from_id, into_id)
            self.chats.tasks_merged(from_id, into_id)
            del self._world.tasks[from_id]

    def set_status(self, task_id: int, status_id: int) -> None:
        """An employee changes the status; scenarios learn of it."""
        with self._world.lock:
            self._world.set_status(self._world.tasks[task_id], status_id)

    def close_task(self, task_id: int) -> None:
        """An employee sets the first status that is not active."""
        with self._world.lock:
            task = self._world.tasks[task_id]
            done = next(status for status in self._world.statuses(task.object_id) if not status.is_active)
            self._world.set_status(task, done.id)

    def task_busy(self, task_id: int, *, busy: bool = True) -> None:
        """A scenario is changing the task: updates are answered 202."""
        with self._world.lock:
            self._world.tasks[task_id].is_busy = busy

    def employee_comments(
        self,
        task_id: int,
        user_id: int,
        html: str,
        *,
        notify: Iterable[str] = (),
        roles: Iterable[str] = (),
        at: float | None = None,
        files: Sequence[int] = (),
    ) -> int:
        """An employee comments; scenarios learn of it.

        Args:
            task_id: where.
            user_id: who.
            html: the text.
            notify: who is ticked: ``contact:1``, ``user:5``, ``group:3``.
            roles: roles that are ticked: assignee, participant, auditor, assigner.
            at: the comment's date, Unix seconds; None is now.
            files: numbers from ``put_file``.

        Returns:
            The comment's number.
        """
        with self._world.lock:
            now = self._world.clock()
            comment = self._new_comment(task_id, user_id, html, notify, roles, files, now if at is None else at, now)
            return self._world.put_comment(comment).id

    def schedule_comment(
        self,
        task_id: int,
        user_id: int,
        html: str,
        *,
        at: float,
        notify: Iterable[str] = (),
        roles: Iterable[str] = (),
        files: Sequence[int] = (),
    ) -> int:
        """An employee writes a comment for later: it has its number now and appears at ``at`` (Unix seconds).

        Its date is then when it appears; which of the two Planfix gives is written nowhere (``date_by_writing``).
        """
        with self._world.lock:
            date = self._world.clock() if self._world.dates_by_writing else at
            return self._world.put_comment(self._new_comment(task_id, user_id, html, notify, roles, files, date, at)).id

    def date_by_writing(self, *, on: bool = True) -> None:
        """Comments for later are dated by when they were written."""
        with self._world.lock:
            self._world.dates_by_writing = on

    def delete_comment(self, comment_id: int) -> None:
        """An employee deletes a comment."""
        with self._world.lock:
            self._world.comments[comment_id].is_deleted = True

    def put_file(self, data: bytes, name: str, mime: str = "application/octet-stream") -> int:
        """An employee uploads a file. Returns its number."""
        with self._world.lock:
            return self._world.put_file(data, name, mime).id

    # Scenarios

    def add_scenario(
        self,
        url: str,
        *,
        secret: str = "",
        basic: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """After an employee's comment or a change of status, POST ``task=<number>&event=comment|status``.

        Args:
            url: where to.
            secret: sent as the password of Basic authorization.
            basic: login and password of Basic authorization.
            headers: the scenario's own headers.
        """
        self._scenarios.add(url, headers or {}, ("planfix", secret) if secret else basic)

    def fire_pending(self) -> int:
        """Send the scenario requests that are due, here and now. Returns how many were accepted."""
        return self._scenarios.fire_pending()

    def start(self) -> None:
        """Send scenario requests and answers of chats from now on, each in a thread."""
        self._scenarios.start()
        self.chats.start()

    def stop(self) -> None:
        """End those threads."""
        self._scenarios.stop()
        self.chats.stop()

    @property
    def has_scenarios(self) -> bool:
        """Whether there is any scenario that calls."""
        with self._world.lock:
            return bool(self._scenarios.added)

    @property
    def requests_waiting(self) -> int:
        """How many scenario requests still have to be accepted."""
        with self._world.lock:
            return len(self._scenarios.waiting)

    @property
    def incidents(self) -> list[Incident]:
        """Scenario requests that were given up."""
        with self._world.lock:
            return list(self._scenarios.incidents)

    # What people see

    def task(self, task_id: int) -> Task:
        """The task; KeyError when it is gone."""
        with self._world.lock:
            return replace(self._world.tasks[task_id])

    def tasks(self) -> list[Task]:
        """Every task, the oldest first."""
        with self._world.lock:
            return [replace(task) for task in self._world.tasks.values()]

    def status_of(self, task_id: int) -> Status:
        """The task's status."""
        with self._world.lock:
            return self._world.status_of(self._world.tasks[task_id])

    def contact(self, contact_id: int) -> Contact:
        """The contact; KeyError when it is gone."""
        with self._world.lock:
            return replace(self._world.contacts[contact_id])

    def contacts(self) -> list[Contact]:
        """Every contact, the oldest first."""
        with self._world.lock:
            return [replace(contact) for contact in self._world.contacts.values()]

    def comments(self, task_id: int) -> list[Comment]:
        """The comments that are seen in the task, the oldest first."""
        with self._world.lock:
            return [replace(one) for one in self._world.visible_comments(task_id) if not one.is_deleted]

    def all_comments(self) -> list[Comment]:
        """Every comment that can be seen by now, those of deleted tasks too, the oldest first."""
        with self._world.lock:
            now = self._world.clock()
            seen = [one for one in self._world.comments.values() if one.visible_at <= now]
            return [replace(one) for one in sorted(seen, key=lambda one: one.id)]

    def person_name(self, ref: str) -> str:
        """The name of ``user:5`` or ``contact:1``."""
        with self._world.lock:
            return str(self._world.person_json(ref)["name"])

    @property
    def files(self) -> dict[int, StoredFile]:
        """Uploaded files by number; ``.data`` holds the bytes."""
        with self._world.lock:
            return dict(self._world.files)

    @property
    def calls(self) -> list[Call]:
        """The received REST requests, without the token."""
        with self._world.lock:
            return list(self._world.calls)

    @property
    def peak_rate(self) -> int:
        """The most requests with the right token that came within any one second."""
        with self._world.lock:
            return self._rate.peak

    def fail_next(
        self,
        method: str | None = None,
        path_prefix: str | None = None,
        *,
        status: int = 502,
        code: int | None = None,
        error: str = "Rest API error",
        times: int = 1,
        apply: bool = False,
        exact: bool = False,
    ) -> None:
        """Order a failure of the next requests.

        Args:
            method: HTTP method; None is any.
            path_prefix: after ``/rest``, as ``/task/``; None is any.
            status: HTTP status.
            code: Planfix's; without one the body is no JSON, as a proxy's 502.
            error: Planfix's words.
            times: how many requests.
            apply: do the effect, then lose the answer.
            exact: the prefix is the whole path: ``/task/`` is not ``/task/list``.
        """
        body = None if code is None else {"result": "fail", "code": code, "error": error}
        with self._world.lock:
            self._world.faults.waiting.append(Fault(method, path_prefix, status, body, times, apply, exact))

    def refuse_next_for_limit(
        self, time_to_reset: int, method: str | None = None, path_prefix: str | None = None
    ) -> None:
        """Order that the next request is over the account's limit, for ``time_to_reset`` more milliseconds."""
        refused = over_limit(time_to_reset)
        with self._world.lock:
            self._world.faults.waiting.append(
                Fault(method, path_prefix, refused.status, refused.body, times=1, apply=False)
            )

    def _new_comment(
        self,
        task_id: int,
        user_id: int,
        html: str,
        notify: Iterable[str],
        roles: Iterable[str],
        files: Sequence[int],
        at: float,
        visible_at: float,
    ) -> Comment:
        if user_id not in self._world.users:
            raise ValueError(f"there is no user {user_id}: add_user first")
        task = self._world.tasks[task_id]
        return Comment(
            id=self._world.number("comment"),
            task_id=task_id,
            owner=f"user:{user_id}",
            description=html,
            at=at,
            visible_at=visible_at,
            recipients=self._world.recipients(task, _people(notify), roles),
            files=self._world.check_files([{"id": number} for number in files]),
            from_type="Planfix",
        )


def _people(refs: Iterable[str]) -> People:
    people = People()
    for ref in refs:
        if ref.startswith("group:"):
            people.groups.append(int(ref.removeprefix("group:")))
        else:
            people.users.append(ref)
    return people
