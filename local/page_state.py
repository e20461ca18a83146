"""What the playground's page shows: the stage as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.model import OWN_BOT
from local.stage import ACCOUNT_TEMPLATE, BOT_TEMPLATE, COLLEAGUE, MANAGER, OWNER, OWNER_ID

if TYPE_CHECKING:
    from local.fakes.planfix_model import Comment, Task
    from local.fakes.planfix_model import StoredFile as PlanfixFile
    from local.fakes.telegram_model import Seen
    from local.stage import Stage

    Json = dict[str, Any]

CHANNELS = {OWN_BOT: (None, BOT_TEMPLATE), str(OWNER_ID): (OWNER_ID, ACCOUNT_TEMPLATE)}
"""Where clients write: the owner of the business account (None: the bot itself), and the template of the tasks."""


class PageState:
    """Reads the stage for the page.

    Args:
        stage: what is shown.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def everything(self) -> Json:
        """All that the page draws."""
        stage = self._stage
        cast = stage.cast
        connection = self._connection()
        return {
            "now": stage.clock(),
            "route": stage.route,
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
                for channel in CHANNELS
                for client in cast.clients
            },
            "tasks": [
                self._task(task, client.id, channel)
                for channel, (_, template) in CHANNELS.items()
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
        owner_id, _ = CHANNELS[channel]
        with world.lock:
            chat = world.account(owner_id or self._stage.bot.id).chats.get(client_id)
            paused, blocked = bool(chat and chat.paused), bool(chat and chat.blocked)
        return {
            "paused": paused,
            "blocked": blocked,
            "letters": [_letter(seen) for seen in self._stage.letters(client_id, channel, deleted=True)],
        }

    def _task(self, task: Task, client_id: int, channel: str) -> Json:
        planfix, cast = self._stage.planfix, self._stage.cast
        status = planfix.status_of(task.id)
        contact = planfix.contact(number_in(task.assigner or ""))
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
        by_client = comment.owner == task.assigner
        state = planfix.chats.state_of(comment.id)
        notified = [planfix.person_name(reference) for reference in comment.recipients.users]
        return {
            "id": comment.id,
            "author": planfix.person_name(comment.owner),
            "kind": "client" if by_client else "bridge" if self._stage.is_by_bridge(comment) else "employee",
            "state": state and state._asdict(),
            "html": comment.description,
            "files": [stored_file(planfix.files[number]) for number in comment.files],
            "at": comment.at,
            "notified": notified + [self._stage.cast.group for _ in comment.recipients.groups],
        }


def _letter(seen: Seen) -> Json:
    """A message as the page draws it."""
    part = seen.message.get(seen.kind)
    shown = part[-1] if isinstance(part, list) else part
    file_id = shown.get("file_id") if isinstance(shown, dict) else None
    content: Json = {}
    if seen.media is not None and file_id:
        content["file"] = {
            "url": f"files/telegram/{file_id}",
            "name": seen.file_name,
            "mime": seen.mime,
            "size": len(seen.media),
        }
    elif isinstance(part, dict):
        content["content"] = part
    return {
        "id": seen.message_id,
        "who": seen.who,
        "kind": seen.kind,
        "text": seen.text,
        "entities": seen.entities,
        "date": seen.date,
        "edited": seen.edit_date is not None,
        "deleted": seen.deleted,
        "read": seen.read,
        "album": seen.album,
        "reply_to": seen.reply_to,
        **content,
    }


def stored_file(file: PlanfixFile) -> Json:
    """A file as the page draws it."""
    return {
        "id": file.id,
        "url": f"files/planfix/{file.id}",
        "name": file.name,
        "mime": file.mime,
        "size": len(file.data),
    }


def number_in(reference: str) -> int:
    """17 of ``user:17``."""
    return int(reference.partition(":")[2])
