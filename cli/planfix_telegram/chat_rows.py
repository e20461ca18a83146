"""The chats table read whole, for the admin: the bridge itself only looks rows up by key."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer

_PARTS: Final = 3
"""Of a chat's key, `{integration}#{channel}#{client}`."""


def rows(client: Any, table: str) -> Iterator[dict[str, Any]]:
    """Every row, in no order.

    Args:
        client: of DynamoDB.
        table: its name.
    """
    read = TypeDeserializer().deserialize
    for page in client.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            yield {name: _plain(read(value)) for name, value in item.items()}


def chat_of(row: dict[str, Any]) -> tuple[str, str, int] | None:
    """Integration, channel and client of a chat's row; None of any other row (aws/chats.py): a host has a dot in it, an alias none."""
    parts = str(row["pk"]).split("#")
    if len(parts) != _PARTS or "." in parts[0] or ":" in parts[0] or not parts[2].isdecimal():
        return None
    return parts[0], parts[1], int(parts[2])


def is_about(row: dict[str, Any], client_id: int) -> bool:
    """Whether a row of a Planfix account is about this client: contact, task, or who was the first with a @username."""
    return row.get("client_id") == client_id or str(row["pk"]).endswith(f"#client#{client_id}")


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value
