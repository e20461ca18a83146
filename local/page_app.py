"""The playground's page: static files, the stage as JSON, what a person does on it, the journal as a stream."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Request, Response

from bridge.model import OWN_BOT
from local.stage import ACCOUNT_TEMPLATE, BOT_TEMPLATE, COLLEAGUE, MANAGER, OWNER, OWNER_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.fakes.planfix_model import Comment, Task
    from local.stage import Stage

    Json = dict[str, Any]

_FILES = Path(__file__).with_name("page")
_DAY_AND_MORE = 25 * 3600
"""Seconds: Telegram lets a business bot answer for 24 hours after the client's last message."""
_KEEP_ALIVE = 15
"""Seconds between two signs of life on a silent stream."""
_ACTIVE_STATUS = 2
"""The fake's status "in work"."""


class PageApp:
    """WSGI application of the playground's page.

    Args:
        stage: what is shown and played on.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._channels = {OWN_BOT: (None, BOT_TEMPLATE), str(OWNER_ID): (OWNER_ID, ACCOUNT_TEMPLATE)}
        self._actions: dict[str, Callable[[Json], None]] = {
            "client/write": self._client_writes,
            "client/start": self._client_starts,
            "owner/write": self._owner_writes,
            "employee/comment": self._employee_comments,
            "task/status": self._set_status,
            "refuse": self._refuse,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        # Other web sites must not act here: their requests come with their own host name, or without a JSON body.
        if request.host.partition(":")[0] not in {"127.0.0.1", "localhost"}:
            return _problem(HTTPStatus.FORBIDDEN, "This page is served on 127.0.0.1 only.")
        path = request.path.removeprefix("/")
        if path == "api/state":
            return _json(self._state())
        if path == "api/steps":
            return self._steps()
        if path.startswith("api/"):
            return self._act(path.removeprefix("api/"), request)
        try:
            return send_from_directory(_FILES, path or "index.html", request.environ, max_age=0)
        except HTTPException:
            return _problem(HTTPStatus.NOT_FOUND, f"There is no {path} here.")

    def _act(self, name: str, request: Request) -> Response:
        action = self._actions.get(name)
        if action is None or request.method != "POST":
            return _problem(HTTPStatus.NOT_FOUND, f"There is no {name} here.")
        if not request.is_json:
            return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON.")
        try:
            action(request.get_json())
        except (KeyError, TypeError, ValueError, HTTPException) as error:
            return _problem(HTTPStatus.BAD_REQUEST, str(error))
        return _json({})

    def _steps(self) -> Response:
        def stream() -> Iterator[str]:
            last = 0
            while True:
                steps = self._stage.journal.after(last, timeout=_KEEP_ALIVE)
                for step in steps:
                    last = step.number
                    yield f"data: {json.dumps(step.as_json())}\n\n"
                if not steps:
                    yield ": still here\n\n"

        return Response(stream(), content_type="text/event-stream", headers={"Cache-Control": "no-store"})

    # What a person does

    def _client_writes(self, given: Json) -> None:
        owner_id, _ = self._channels[given["channel"]]
        self._stage.telegram.client_writes(self._stage.bot, int(given["client"]), str(given["text"]), owner_id=owner_id)

    def _client_starts(self, given: Json) -> None:
        self._stage.telegram.start(self._stage.bot, int(given["client"]), str(given.get("payload", "")))

    def _owner_writes(self, given: Json) -> None:
        self._stage.telegram.owner_writes(OWNER_ID, int(given["client"]), str(given["text"]))

    def _employee_comments(self, given: Json) -> None:
        self._stage.planfix.employee_comments(
            int(given["task"]),
            _number(given["employee"]),
            str(given["html"]),
            notify=[str(one) for one in given["notify"]],
        )

    def _set_status(self, given: Json) -> None:
        if given["active"]:
            self._stage.planfix.set_status(int(given["task"]), _ACTIVE_STATUS)
        else:
            self._stage.planfix.close_task(int(given["task"]))

    def _refuse(self, given: Json) -> None:
        telegram, client, switched_on = self._stage.telegram, int(given["client"]), bool(given["on"])
        owner_id, _ = self._channels[given["channel"]]
        match given["what"]:
            case "window":
                self._stage.clock.skip(_DAY_AND_MORE)
            case "blocked":
                (telegram.block if switched_on else telegram.unblock)(client, owner_id, bot=self._stage.bot)
            case "paused":
                (telegram.pause_chat if switched_on else telegram.resume_chat)(OWNER_ID, client)
            case "reply":
                rights = ("can_read_messages",) if switched_on else ("can_reply", "can_read_messages")
                telegram.change_connection(OWNER_ID, rights)
            case "change":
                telegram.change_connection(OWNER_ID)
            case "connected" if switched_on:
                telegram.disconnect(OWNER_ID)
            case "connected":
                telegram.connect(self._stage.bot, OWNER_ID)
            case unknown:
                raise ValueError(f"Telegram has no refusal {unknown!r} here.")

    # What the page shows

    def _state(self) -> Json:
        stage = self._stage
        cast = stage.cast
        connection = self._connection()
        return {
            "clients": [{"id": one.id, "name": one.name.full, "username": one.username} for one in cast.clients],
            "channels": [
                {
                    "key": str(OWNER_ID),
                    "name": cast.owner.full,
                    "owner": cast.owner.full,
                    "own_bot": False,
                    "connected": connection is not None,
                    "can_reply": bool(connection and "can_reply" in connection),
                },
                {"key": OWN_BOT, "name": cast.company, "own_bot": True},
            ],
            "employees": [
                {"id": f"user:{number}", "name": f"{name.last} {name.first}"}
                for number, name in ((MANAGER, cast.manager), (COLLEAGUE, cast.colleague), (OWNER, cast.owner))
            ],
            "queues": stage.bridge.health()["queues"],
            "chats": {
                f"{channel}:{client.id}": self._chat(channel, client.id)
                for channel in self._channels
                for client in cast.clients
            },
            "tasks": [
                self._task(task, client.id, channel)
                for channel, (_, template) in self._channels.items()
                for client in cast.clients
                for task in stage.tasks_of(client.id, template)
            ],
        }

    def _connection(self) -> frozenset[str] | None:
        """The rights of the account's present connection."""
        world = self._stage.telegram.world
        with world.lock:
            connection_id = world.account(OWNER_ID).connection_id
            connection = world.connections[connection_id] if connection_id else None
            return connection.rights if connection and connection.is_enabled else None

    def _chat(self, channel: str, client_id: int) -> Json:
        world = self._stage.telegram.world
        owner_id, _ = self._channels[channel]
        with world.lock:
            chat = world.account(owner_id or self._stage.bot.id).chats.get(client_id)
            paused, blocked = bool(chat and chat.paused), bool(chat and chat.blocked)
        return {
            "paused": paused,
            "blocked": blocked,
            "letters": [
                {
                    "id": seen.message_id,
                    "who": seen.who,
                    "text": seen.text,
                    "entities": seen.entities,
                    "date": seen.date,
                }
                for seen in self._stage.letters(client_id, channel)
            ],
        }

    def _task(self, task: Task, client_id: int, channel: str) -> Json:
        planfix, cast = self._stage.planfix, self._stage.cast
        status = planfix.status_of(task.id)
        contact = planfix.contact(_number(task.counterparty or ""))
        people = [planfix.person_name(reference) for reference in task.assignees.users]
        return {
            "id": task.id,
            "name": task.name,
            "status": status.name,
            "active": status.is_active,
            "client": client_id,
            "channel": channel,
            "template": cast.bot_template if channel == OWN_BOT else cast.account_template,
            "description": task.description,
            "assignees": people + [cast.group for _ in task.assignees.groups],
            "contact": {
                "id": contact.id,
                "name": contact.full_name,
                "username": str(contact.fields.get("telegram", "")).rpartition("/")[2],
                "telegramId": contact.fields.get("telegramId"),
            },
            "comments": [self._comment(comment, task) for comment in self._stage.comments(task)],
        }

    def _comment(self, comment: Comment, task: Task) -> Json:
        planfix = self._stage.planfix
        by_client = comment.owner == task.counterparty
        notified = [planfix.person_name(reference) for reference in comment.recipients.users]
        return {
            "id": comment.id,
            "author": planfix.person_name(comment.owner),
            "kind": "client" if by_client else "bridge" if comment.owner == f"user:{planfix.robot_id}" else "employee",
            "html": comment.description,
            "at": comment.at,
            "notified": notified + [self._stage.cast.group for _ in comment.recipients.groups],
        }


def _number(reference: str) -> int:
    """17 of ``user:17``."""
    return int(reference.partition(":")[2])


def _json(value: Json) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")


def _problem(status: HTTPStatus, sentence: str) -> Response:
    return Response(json.dumps({"error": sentence}, ensure_ascii=False), status, content_type="application/json")
