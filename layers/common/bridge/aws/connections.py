"""The connections table: which business connection of which owner is the newest, and with which rights.

Rows under one integration: ``owner#{user id}`` (the newest connection of that owner) and ``connection#{id}`` (whose it
is; ids change with every edit of the owner's settings, so old ones stay known).
"""

from __future__ import annotations

from typing import Any, Final

from bridge.aws.dynamodb import Item, Table
from bridge.model import Connection, Told

OWNERS_REMEMBERED: Final = 1000
"""Connection ids that a container remembers; they are few, and memory stays bounded."""


class Connections:
    """Connections by owner and by id."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._owners: dict[tuple[str, str], int] = {}

    def note(self, integration: str, connection: Connection) -> bool:
        """Keep a connection event, unless a newer one is known. True when it became the newest.

        Newer is what was received later; ``update_id`` only breaks ties (it restarts at random after a quiet week).
        """
        self._table.put(
            {
                "integration": integration,
                "item": f"connection#{connection.connection_id}",
                "owner_id": connection.owner_id,
            }
        )
        values: Item = {
            ":id": connection.connection_id,
            ":enabled": connection.is_enabled,
            ":rights": list(connection.rights),
            ":name": connection.name,
            ":username": connection.username,
            ":chat": connection.user_chat_id or connection.owner_id,
            ":received": connection.received_at,
            ":update": connection.update_id,
        }
        written = self._table.update(
            {"integration": integration, "item": f"owner#{connection.owner_id}"},
            "SET connection_id = :id, is_enabled = :enabled, rights = :rights, full_name = :name, username = :username, "
            "user_chat_id = :chat, received_at = :received, update_id = :update",
            only_if="attribute_not_exists(received_at) OR received_at < :received "
            "OR (received_at = :received AND update_id <= :update)",  # the very same event again is still the newest
            values=values,
        )
        return written is not None

    def owner_of(self, integration: str, connection_id: str) -> int | None:
        """Whose connection it is, or None when it was never seen. That never changes, so a container asks once."""
        known = self._owners.get((integration, connection_id))
        if known is not None:
            return known
        row = self._table.get({"integration": integration, "item": f"connection#{connection_id}"})
        if row is None:
            return None
        if len(self._owners) >= OWNERS_REMEMBERED:
            self._owners.clear()
        self._owners[integration, connection_id] = int(row["owner_id"])
        return int(row["owner_id"])

    def newest(self, integration: str, owner_id: int) -> Connection | None:
        """The owner's newest connection."""
        row = self._table.get({"integration": integration, "item": f"owner#{owner_id}"})
        return _connection(row) if row and "connection_id" in row else None

    def count_not_carried(self, integration: str, owner_id: int) -> int:
        """Count a message of an account that is not approved; returns how many there are now."""
        row = self._table.update(
            {"integration": integration, "item": f"owner#{owner_id}"}, "ADD not_carried :one", values={":one": 1}
        )
        return int(row["not_carried"]) if row else 0

    def forget_not_carried(self, integration: str, owner_id: int) -> int:
        """Reset that count (the account was approved); returns what it was."""
        key = {"integration": integration, "item": f"owner#{owner_id}"}
        row = self._table.get(key)
        self._table.update(key, "REMOVE not_carried")
        return int(row.get("not_carried", 0)) if row else 0

    def told(self, integration: str, item: str) -> Told:
        """What people were told of this (``owner#{id}`` or ``bot``)."""
        row = self._table.get({"integration": integration, "item": item}) or {}
        return Told(bool(row.get("told_lost")), row.get("telling", ""), row.get("told_times", 0))

    def mark_told(self, integration: str, item: str, told: Told) -> None:
        """Keep what people were told, or are being told, of this."""
        self._table.update(
            {"integration": integration, "item": item},
            "SET told_lost = :lost, telling = :telling, told_times = :times",
            values={":lost": told.lost, ":telling": told.unfinished, ":times": told.times},
        )

    def all(self, integration: str) -> list[Connection]:
        """Every account that ever connected, for the admin's list."""
        rows = self._table.query("integration", integration, "item", "owner#")
        return [_connection(row) for row in rows if "connection_id" in row]


def _connection(row: dict[str, Any]) -> Connection:
    return Connection(
        owner_id=int(str(row["item"]).partition("#")[2]),
        connection_id=row["connection_id"],
        is_enabled=row["is_enabled"],
        rights=tuple(row["rights"]),
        name=row.get("full_name", ""),
        username=row.get("username", ""),
        user_chat_id=row.get("user_chat_id"),
        received_at=row["received_at"],
        update_id=row["update_id"],
        not_carried=row.get("not_carried", 0),
    )
