"""Planfix's API for chats: what each command does to the fake account, and what it refuses (help page "Список команд API для чатов")."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from local.fakes.planfix_chat_model import (
    INVALID_TOKEN,
    TASK_NOT_FOUND,
    UNKNOWN_CONTACT,
    ChatOfTask,
    ChatRefusedError,
    ChatWindow,
    Report,
    State,
    wrong,
)
from local.fakes.planfix_model import Comment, Contact, Json, People, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.fakes.planfix_world import World

FORM = "application/x-www-form-urlencoded"
MAX_COMMENT = 64 * 1024
"""Bytes, HTML included (Planfix help, Технические ограничения)."""
HISTORY = 10
"""Comments of the former task in the description of a new one (Planfix help, ВКонтакте)."""

NAME, URL = "attachments[name]", "attachments[url]"
_OWN = {"cmd", "providerId", "planfix_token"}
_CONTACT = {"contactLastName", "contactIco", "contactEmail", "contactPhone", "contactData"}
_ADDRESSES = {"contactIco", URL}
_YES, _NO = {"true", "1"}, {"false", "0"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Command:
    """A command: the fields that it must have, and those that it may."""

    required: frozenset[str]
    optional: frozenset[str]
    handle: Callable[[ChatWindow, Form], Json | None]


class Form:
    """A form whose single fields were checked to be single."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self.values: dict[str, str] = {}
        for name, value in pairs:
            if name in self.values and name not in (NAME, URL):
                raise wrong()
            self.values[name] = value

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def files(self) -> list[tuple[str, str]]:
        """Name and address of each attachment: the pair is repeated in this order.

        Raises:
            ChatRefusedError: a name without an address, or the other way round.
        """
        found = [(name, value) for name, value in self.pairs if name in (NAME, URL)]
        if [name for name, _ in found] != [NAME, URL] * (len(found) // 2) or not all(value for _, value in found):
            raise wrong()
        values = [value for _, value in found]
        return list(zip(values[::2], values[1::2], strict=True))

    @property
    def task_fields(self) -> dict[str, str]:
        return {name.removeprefix("data_"): value for name, value in self.values.items() if name.startswith("data_")}

    def shown(self) -> Json:
        """Without the token; what is repeated, as a list."""
        whole: Json = {name: value for name, value in self.values.items() if name != "planfix_token"}
        for name in (NAME, URL):
            if name in whole:
                whole[name] = [value for one, value in self.pairs if one == name]
        return whole


class ChatCommands:
    """The commands of one account; the world's lock is held by the caller.

    Attributes:
        windows: by ``providerId``.
        chats: by ``providerId`` and ``chatId``.
        contacts: numbers by ``providerId`` and ``contactId``.
        states: by ``messageId`` of what was pushed.
        reports: how they became that.
        tasks: ``providerId`` and ``chatId`` of every task that ever was a chat's.
        tells_status: ``getTask`` says ``statusIsActive``; observed, not documented.
        writes_data_as_text: ``data`` is JSON in a string; observed too.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.windows: dict[str, ChatWindow] = {}
        self.chats: dict[tuple[str, str], ChatOfTask] = {}
        self.contacts: dict[tuple[str, str], int] = {}
        self.states: dict[str, State] = {}
        self.reports: list[Report] = []
        self.tasks: dict[int, tuple[str, str]] = {}
        self.tells_status = False
        self.writes_data_as_text = False
        self._commands = {
            "newMessage": Command(
                frozenset({"chatId", "message", "contactId", "contactName"}),
                frozenset({"channel", "title", "isEcho", "userEmail", NAME, URL, *_CONTACT}),
                self._new_message,
            ),
            "getTask": Command(frozenset({"chatId"}), frozenset(), self._get_task),
            "getContact": Command(frozenset({"contactId"}), frozenset(), self._get_contact),
            "updateContact": Command(
                frozenset({"contactId", "contactName"}), frozenset(_CONTACT), self._update_contact
            ),
            "messageStatus": Command(
                frozenset({"messageId", "messageStatus"}), frozenset({"messageStatusText"}), self._message_status
            ),
        }

    def answer(self, form: Form) -> Json | None:
        """Do what a form says; returns the body of a 200, None for an empty one.

        Raises:
            ChatRefusedError: 400 or 401.
        """
        window = self.windows.get(form["providerId"])
        if window is None or form["planfix_token"] != window.planfix_token:
            raise ChatRefusedError(401, INVALID_TOKEN)
        command = self._commands.get(form["cmd"])
        if command is None:
            raise wrong()
        _check(form, command, takes_data=form["cmd"] == "newMessage")
        return command.handle(window, form)

    # -- messages

    def _new_message(self, window: ChatWindow, form: Form) -> None:
        files = form.files
        text = html.escape(form["message"], quote=False).replace("\n", "<br>")
        if form["isEcho"] not in {"", *_YES, *_NO} or len(text.encode()) > MAX_COMMENT:
            raise wrong()
        is_echo = form["isEcho"] in _YES
        chat = self.chats.setdefault(
            (window.provider_id, form["chatId"]), ChatOfTask(window, form["chatId"], form["contactId"])
        )
        contact = self._contact(window, form)
        chat.channel = form["channel"]
        task = self._task(chat, contact, form, opens=not is_echo or window.echo_opens_task)
        if task is None:
            return
        now = self._world.clock()
        comment = Comment(
            id=self._world.number("comment"),
            task_id=task.id,
            owner=f"user:{self._author(window, form)}" if is_echo else f"contact:{contact.id}",
            description=text,
            at=now,
            visible_at=now,
            recipients=task.assignees.copy(),
            from_type="WebChatApi",
            links=files,
        )
        self._world.put_comment(comment)

    def _author(self, window: ChatWindow, form: Form) -> int:
        """The employee with this e-mail, else the window's, else whoever set the chat up: the first one."""
        for user in self._world.users.values():
            if form["userEmail"] and user.email == form["userEmail"]:
                return user.id
        people = [user for user in self._world.users if user != self._world.robot.id]
        return window.employee or (people[0] if people else self._world.robot.id)

    def _task(self, chat: ChatOfTask, contact: Contact, form: Form, *, opens: bool) -> Task | None:
        present = self._world.tasks.get(chat.task_id or 0)
        name = f"WebChat, {contact.full_name}"
        if present and (not chat.window.new_task_if_none_active or self._is_alive(present)):
            if form["title"]:  # observed: each title renames it
                present.name = f"{form['title']} ({name})"
            return present
        if not opens:
            return None
        named = f"{form['title']} ({name})" if form["title"] else name
        return self.open_task(chat, contact, named, form.task_fields, self._history(present))

    def _is_alive(self, task: Task) -> bool:
        return not task.is_deleted and self._world.status_of(task).is_active

    def _history(self, task: Task | None) -> str:
        if task is None:
            return ""
        comments = self._world.visible_comments(task.id)[-HISTORY:]
        return "<br>".join(f"{self._world.person_json(one.owner)['name']}: {one.description}" for one in comments)

    def open_task(
        self, chat: ChatOfTask, contact: Contact, name: str, task_fields: Mapping[str, str], description: str = ""
    ) -> Task:
        """A task for the chat as its window says; the client is its assigner, as in every integration of Planfix."""
        window, now = chat.window, self._world.clock()
        template = self._world.task_templates.get(window.task_template or 0)
        assignees = template.assignees.copy() if template else People()
        assignees.add(people_of(window.assignees))
        if not (assignees.users or assignees.groups):
            assignees.users.append(f"user:{self._author(window, Form([]))}")
        object_id = template.object_id if template else None
        known = [(name, value) for name, value in task_fields.items() if name in window.task_fields]
        task = Task(
            id=self._world.number("task"),
            name=name,
            status_id=self._world.statuses(object_id)[0].id,
            created=now,
            updated=now,
            description=description,
            object_id=object_id,
            template_id=window.task_template,
            assigner=f"contact:{contact.id}",
            assignees=assignees,
            fields={"customFieldData": [_custom(number, *one) for number, one in enumerate(known, 1)]} if known else {},
        )
        self._world.tasks[task.id] = task
        if chat.chat_id:  # else an employee began it, and the bridge says whose it is
            self.tasks[task.id] = (window.provider_id, chat.chat_id)
        chat.task_id = task.id
        return task

    def _message_status(self, _window: ChatWindow, form: Form) -> None:
        if form["messageId"] not in self.states:
            raise wrong()
        state = form["messageStatus"] if form["messageStatus"] in {"error", "read"} else "sent"
        self.states[form["messageId"]] = State(state, form["messageStatusText"])
        newest = max(self._world.comments, default=0)
        self.reports.append(Report(self._world.clock(), form["messageId"], state, form["messageStatusText"], newest))

    def _get_task(self, window: ChatWindow, form: Form) -> Json:
        chat = self.chats.get((window.provider_id, form["chatId"]))
        task = self._world.tasks.get(chat.task_id or 0) if chat else None
        if task is None:
            raise ChatRefusedError(400, TASK_NOT_FOUND)
        data: Json = {"number": task.id}
        if self.tells_status:
            data["statusIsActive"] = self._is_alive(task)
        return self._data(data)

    # -- contacts

    def _contact(self, window: ChatWindow, form: Form) -> Contact:
        """The contact of this id; made when there is none, or none any more. What it has is kept."""
        known = self._world.contacts.get(self.contacts.get((window.provider_id, form["contactId"]), 0))
        if known:
            return known
        now = self._world.clock()
        fields: Json = {"template": {"id": window.contact_template}} if window.contact_template else {}
        contact = Contact(self._world.number("contact"), fields | _contact_fields(form), now, now)
        self._world.contacts[contact.id] = contact
        self.contacts[window.provider_id, form["contactId"]] = contact.id
        return contact

    def _get_contact(self, window: ChatWindow, form: Form) -> Json:
        number = self.contacts.get((window.provider_id, form["contactId"]), 0)
        if number not in self._world.contacts:
            raise ChatRefusedError(400, UNKNOWN_CONTACT)
        return self._data({"number": number})

    def _update_contact(self, window: ChatWindow, form: Form) -> None:
        number = self.contacts.get((window.provider_id, form["contactId"]), 0)
        if number not in self._world.contacts:
            raise wrong()
        self._world.contacts[number].fields |= _contact_fields(form)

    def _data(self, data: Json) -> Json:
        return {"data": json.dumps(data) if self.writes_data_as_text else data}


def read_form(content_type: str, body: bytes) -> Form:
    """The form of a request.

    Raises:
        ChatRefusedError: it is none, or has a field twice that may stand once.
    """
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise wrong()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise wrong() from None
    return Form(pairs)


def people_of(refs: tuple[str, ...]) -> People:
    """Persons and groups by ``user:5`` and ``group:3``."""
    return People(
        [ref for ref in refs if not ref.startswith("group:")],
        [int(ref.removeprefix("group:")) for ref in refs if ref.startswith("group:")],
    )


def _check(form: Form, command: Command, *, takes_data: bool) -> None:
    known = _OWN | command.required | command.optional
    for name, value in form.pairs:
        is_data = takes_data and name.startswith("data_") and len(name) > len("data_")
        if name not in known and not is_data:
            raise wrong()
        if name in _ADDRESSES and not _is_address(value):
            raise wrong()
        if "~" in value and name in {"providerId", "chatId", "contactId", "channel"}:
            raise wrong()
    if not all(form[name].strip() for name in command.required):
        raise wrong()
    if form["contactEmail"] and not _EMAIL.fullmatch(form["contactEmail"]):
        raise wrong()


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    return bool(parts.hostname) and (parts.scheme == "https" or here)


def _contact_fields(form: Form) -> Json:
    given = {
        "name": form["contactName"],
        "lastname": form["contactLastName"],
        "email": form["contactEmail"],
        "description": form["contactData"],
        "picture": form["contactIco"],
    }
    fields: Json = {name: value for name, value in given.items() if value}
    if form["contactPhone"]:
        fields["phones"] = [{"number": form["contactPhone"], "type": 1}]
    return fields


def _custom(number: int, name: str, value: str) -> dict[str, Any]:
    return {"field": {"id": 500 + number, "name": name, "type": 0}, "value": value, "stringValue": value}
