"""Who waits for what: unanswered clients, held answers, answers put aside. An index beside the connections.

Rows in the connections table, under one integration, so that one query finds a channel's or a chat's:
    ``unanswered#{channel}#{client}``          a client who waits for an answer, to which message at least, and in which task
    ``held#{channel}#{client}#{comment}``      an answer that goes out when the client writes or a right returns
    ``aside#{channel}#{client}#{comment}``     an answer that goes out only when an employee says ``/send``
Queried only when a chat is known to hold something or a connection was lost, never for an ordinary message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from bridge.aws.dynamodb import Table
from bridge.model import Chat, Held

Kind = Literal["held", "aside"]

ASIDE_KEPT: Final = 7 * 86_400
"""Seconds that ``/send`` can still bring an answer back; what is older is nobody's answer any more."""


class Waiting:
    """What waits, by chat and by channel."""

    def __init__(self, table: Table, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def client_waits(self, chat: Chat, task_id: int, message_id: int) -> None:
        """The client wrote this message and has no answer yet."""
        row = {"task_id": task_id, "client_id": chat.client_id, "client_message": message_id}
        self._table.put(
            {**self._client_key(chat), **row},
            only_if="attribute_not_exists(client_message) OR client_message <= :this",
            values={":this": message_id},
        )

    def client_has_answer(self, chat: Chat, message_id: int) -> None:
        """Our side wrote this message to the client, who waits no longer unless for an answer to a newer one."""
        self._table.delete(
            self._client_key(chat),
            only_if="attribute_not_exists(client_message) OR client_message < :ours",
            values={":ours": message_id},
        )

    def unanswered(self, integration: str, channel: str) -> dict[int, int]:
        """The channel's unanswered clients: Telegram user id -> task."""
        rows = self._query(integration, f"unanswered#{channel}#")
        return {row["client_id"]: row["task_id"] for row in rows}

    def put(self, kind: Kind, chat: Chat, answer: Held) -> None:
        """Let an answer wait."""
        key = self._answer_key(kind, chat, answer)
        row = {**key, "task_id": answer.task_id, "client_id": chat.client_id, "since": answer.at}
        times = {"expires_at": answer.at + ASIDE_KEPT} if kind == "aside" else {"held_until": answer.until}
        self._table.put({**row, **times})

    def drop(self, kind: Kind, chat: Chat, answer: Held) -> None:
        """That answer waits no longer."""
        self._table.delete(self._answer_key(kind, chat, answer))

    def answers(self, kind: Kind, chat: Chat) -> list[Held]:
        """The chat's waiting answers, oldest comment first."""
        rows, now = self._query(chat.integration, f"{kind}#{chat.channel}#{chat.client_id}#"), self._clock()
        return [_held(row) for row in rows if "expires_at" not in row or row["expires_at"] >= now]

    def clients_with_held(self, integration: str, channel: str) -> dict[int, int]:
        """The channel's clients for whom an answer is held: Telegram user id -> task."""
        rows = self._query(integration, f"held#{channel}#")
        return {row["client_id"]: row["task_id"] for row in rows}

    def _query(self, integration: str, prefix: str) -> list[dict[str, Any]]:
        return self._table.query("integration", integration, "item", prefix)

    def _client_key(self, chat: Chat) -> dict[str, Any]:
        return {"integration": chat.integration, "item": f"unanswered#{chat.channel}#{chat.client_id}"}

    def _answer_key(self, kind: Kind, chat: Chat, answer: Held) -> dict[str, Any]:
        # 16 digits hold every comment number, and sort as text the way they sort as numbers
        item = f"{kind}#{chat.channel}#{chat.client_id}#{answer.comment_id:016d}"
        return {"integration": chat.integration, "item": item}


def _held(row: dict[str, Any]) -> Held:
    return Held(row["task_id"], int(row["item"].rpartition("#")[2]), row["since"], row.get("held_until", 0))
