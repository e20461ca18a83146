"""The chats table: which task a chat has, whose chat a task is, which contact a client is.

Rows:
    ``{integration}#{channel}#{client}``  the chat: task, contact, status of the task (cached), its newest messages, digests of the
                                          client's names
    ``{host}#task#{number}``              the task: its chat, and which of its comments were decided upon
    ``{host}#client#{telegram id}``       the client's contact in that Planfix account, for every channel and integration, and
                                          which of its fields the bridge wrote
    ``{host}#username#{digest}``          the client who was the first to have a @username
    ``{integration}#{channel}#phone#{digest}``  the client who shared this phone
    ``{host}#template#{number}``          whom that template names as assignees, and when that was read; ``object`` likewise
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bridge.aws.dynamodb import Item, Table
from bridge.model import Chat, ChatState, KnownContact, Named, Seen, TaskState

FORMER_KEPT: Final = 5
"""Tasks that a chat has left, and contacts that were merged, that are remembered: what was lost on the way is looked for there."""


class Chats:
    """Chats, tasks and clients by key."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # -- the chat

    def state(self, chat: Chat) -> ChatState:
        return self._state(self._table.get({"pk": chat.key}) or {})

    def _state(self, row: Item) -> ChatState:
        return ChatState(
            task_id=row.get("task_id"),
            former_tasks=tuple(row.get("former_tasks", ())),
            contact_id=row.get("contact_id"),
            former_contacts=tuple(row.get("former_contacts", ())),
            active_at=row.get("active_at", 0),
            client_message=row.get("client_message", 0),
            owner_message=row.get("owner_message", 0),
            sent_message=row.get("sent_message", 0),
            last_answer=row.get("last_answer", 0),
            holds=bool(row.get("holds")),
            new_task_next=bool(row.get("new_task_next")),
            look_owed=bool(row.get("look_owed")),
            seen=row.get("seen", {}),
            tasks_had=row.get("tasks_had", 0),
        )

    def remember(self, chat: Chat, **changes: int | bool) -> None:
        """Change fields of `ChatState`; the others stay."""
        self._table.update(
            {"pk": chat.key},
            "SET " + ", ".join(f"{name} = :{name}" for name in changes),
            values={f":{name}": value for name, value in changes.items()},
        )

    def go_on_in(self, chat: Chat, state: ChatState, *, task_id: int, contact_id: int, at: int) -> None:
        """The chat goes on in this task, which was active at this time (ms)."""
        former = dict.fromkeys((*state.former_tasks, *([state.task_id] if state.task_id else [])))
        former.pop(task_id, None)
        self._table.update(
            {"pk": chat.key},
            "SET task_id = :task, contact_id = :contact, active_at = :at, former_tasks = :former, tasks_had = :had "
            "REMOVE new_task_next",
            values={
                ":task": task_id,
                ":contact": contact_id,
                ":at": at,
                ":former": list(former)[-FORMER_KEPT:],
                ":had": state.tasks_had + 1,
            },
        )

    def replace_contact(self, chat: Chat, state: ChatState, contact_id: int) -> None:
        """The chat's contact was merged or deleted; comments that were read before may still name the former one."""
        former = dict.fromkeys((*state.former_contacts, *([state.contact_id] if state.contact_id else [])))
        self._table.update(
            {"pk": chat.key},
            "SET contact_id = :contact, former_contacts = :former",
            values={":contact": contact_id, ":former": list(former)[-FORMER_KEPT:]},
        )

    def client_wrote(self, chat: Chat, message_id: int, seen: Mapping[str, str]) -> ChatState:
        """Keep the client's newest message, and under which names it came (``ChatState.seen``); returns the chat as it is now."""
        return self._keep_newest(chat, "client_message", message_id, seen=dict(seen))

    def owner_wrote(self, chat: Chat, message_id: int) -> ChatState:
        """Keep the owner's newest message to the client; returns the chat as it is now."""
        return self._keep_newest(chat, "owner_message", message_id)

    def sent(self, chat: Chat, comment_id: int, message_id: int) -> ChatState:
        """A comment was sent to the client; ``message_id``: its newest message. Returns the chat as it is now."""
        self._keep_newest(chat, "sent_message", message_id)
        return self._keep_newest(chat, "last_answer", comment_id)

    def drop_status(self, chat: Chat) -> None:
        """Believe the cached status of the chat's task no longer."""
        self._table.update({"pk": chat.key}, "REMOVE active_at")

    def _keep_newest(self, chat: Chat, name: str, number: int, **beside: Any) -> ChatState:
        row = self._table.update(
            {"pk": chat.key},
            f"SET {name} = :number" + "".join(f", {other} = :{other}" for other in beside),
            only_if=f"attribute_not_exists({name}) OR {name} < :number",
            values={":number": number, **{f":{other}": value for other, value in beside.items()}},
        )
        return self.state(chat) if row is None else self._state(row)

    # -- the task

    def bind_task(
        self, chat: Chat, host: str, task_id: int, *, client_is_assigner: bool, history: Seen | None = None
    ) -> bool:
        """Bind a task to this chat before its first comment. False when it is another chat's: never adopt that one.

        ``history``: what was said in it before.
        """
        return self._table.put(
            {
                "pk": f"{host}#task#{task_id}",
                "integration": chat.integration,
                "channel": chat.channel,
                "client_id": chat.client_id,
                "client_is_assigner": client_is_assigner,
                **_seen_row(history or Seen()),
            },
            only_if="attribute_not_exists(pk)",
        )

    def task(self, host: str, task_id: int) -> TaskState | None:
        row = self._table.get({"pk": f"{host}#task#{task_id}"})
        if row is None:
            return None
        return TaskState(
            chat=Chat(row["integration"], row["channel"], row["client_id"]),
            host=host,
            task_id=task_id,
            client_is_assigner=row["client_is_assigner"],
            seen=Seen(
                since=row["since"],
                decided=frozenset(row["decided"]),
                floor=row.get("floor", 0),
                waits_at=row.get("waits_at", 0),
                calls_owed=row.get("calls_owed", 0),
                called_at=row.get("called_at", 0),
                below=row.get("below", 0),
            ),
            nagged_at=row.get("nagged_at", 0),
            posting=row.get("posting", ""),
        )

    def decide(self, host: str, task_id: int, seen: Seen) -> None:
        """Keep which of the task's comments were decided upon."""
        row = _seen_row(seen)
        self._table.update(
            {"pk": f"{host}#task#{task_id}"},
            "SET " + ", ".join(f"{name} = :{name}" for name in row),
            values={f":{name}": value for name, value in row.items()},
        )

    def nagged(self, host: str, task_id: int, at: int) -> None:
        """Keep when (ms) the employee was told to tick the client."""
        self._table.update({"pk": f"{host}#task#{task_id}"}, "SET nagged_at = :at", values={":at": at})

    # -- our own words on their way, so that they are never taken for an employee's answer

    def begin_posting(self, host: str, task_id: int, key: str) -> None:
        """Say that the bridge itself is posting a comment here (``key``: its ledger key) whose author may look like an employee."""
        self._table.update({"pk": f"{host}#task#{task_id}"}, "SET posting = :key", values={":key": key})

    def end_posting(self, host: str, task_id: int, key: str) -> None:
        """That comment's number is in the ledger now."""
        self._table.update(
            {"pk": f"{host}#task#{task_id}"}, "REMOVE posting", only_if="posting = :key", values={":key": key}
        )

    # -- the client

    def contact(self, host: str, client_id: int) -> KnownContact | None:
        row = self._table.get({"pk": f"{host}#client#{client_id}"})
        return KnownContact(row["contact_id"], tuple(row.get("ours", ()))) if row else None

    def remember_contact(self, host: str, client_id: int, contact: KnownContact) -> None:
        self._table.put({"pk": f"{host}#client#{client_id}", "contact_id": contact.id, "ours": list(contact.ours)})

    def claim_username(self, host: str, digest: str, client_id: int) -> bool:
        """Keep who was the first to have a @username; whether it is this client."""
        return self._table.put(
            {"pk": f"{host}#username#{digest}", "client_id": client_id},
            only_if="attribute_not_exists(pk) OR client_id = :client",
            values={":client": client_id},
        )

    def remember_phone(self, chat: Chat, phone: str) -> None:
        """Keep whose phone this is (a keyed digest), in this channel: the newest chat that shared it."""
        self._table.put({"pk": _phone_key(chat.integration, chat.channel, phone), "client_id": chat.client_id})

    def phone_owner(self, integration: str, channel: str, phone: str) -> Chat | None:
        """The chat whose client shared this phone; None for nobody."""
        row = self._table.get({"pk": _phone_key(integration, channel, phone)})
        return Chat(integration, channel, row["client_id"]) if row else None

    # -- what tasks are made of

    def named(self, host: str, made_of: str) -> Named | None:
        """Whom a template or an object (``template#12``, ``object#9``) named when that was last read."""
        row = self._table.get({"pk": f"{host}#{made_of}"})
        if row is None:
            return None
        return Named(tuple(row["people"]) if "people" in row else None, row["read_at"] / 1000)

    def remember_named(self, host: str, made_of: str, named: Named) -> None:
        people = {} if named.people is None else {"people": list(named.people)}
        self._table.put({"pk": f"{host}#{made_of}", "read_at": int(named.read_at * 1000), **people})


def _phone_key(integration: str, channel: str, phone: str) -> str:
    return f"{integration}#{channel}#phone#{phone}"


def _seen_row(seen: Seen) -> Item:
    return {
        "since": seen.since,
        "decided": sorted(seen.decided),
        "floor": seen.floor,
        "waits_at": seen.waits_at,
        "calls_owed": seen.calls_owed,
        "called_at": seen.called_at,
        "below": seen.below,
    }
