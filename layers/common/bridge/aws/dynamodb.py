"""The few DynamoDB calls the bridge makes, in Python values. Key look-ups and conditional writes only; no scan exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

_to_attribute = TypeSerializer().serialize
_from_attribute = TypeDeserializer().deserialize


class Table:
    """One table. Reads are consistent: what was written a moment ago decides what happens next."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self.name = name

    def get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self.name, Key=_encode(key), ConsistentRead=True)
        return _decode(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, *, only_if: str | None = None, values: Item | None = None) -> bool:
        """Write a whole item; False when ``only_if`` does not hold."""
        request: dict[str, Any] = {"TableName": self.name, "Item": _encode(item)}
        try:
            self._client.put_item(**request, **_condition(only_if, values))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def update(
        self, key: Item, expression: str, *, only_if: str | None = None, values: Item | None = None
    ) -> Item | None:
        """Change an item and return it whole as it is now; None when ``only_if`` does not hold."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "Key": _encode(key),
            "UpdateExpression": expression,
            "ReturnValues": "ALL_NEW",
        }
        try:
            answer = self._client.update_item(**request, **_condition(only_if, values))
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return _decode(answer.get("Attributes", {}))

    def delete(self, key: Item, *, only_if: str | None = None, values: Item | None = None) -> bool:
        """Remove an item; False when ``only_if`` does not hold."""
        try:
            self._client.delete_item(TableName=self.name, Key=_encode(key), **_condition(only_if, values))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def query(self, hash_name: str, hash_value: str, range_name: str, prefix: str) -> list[Item]:
        """Every item under one hash key whose range key begins with ``prefix``. For the admin's command, not for messages."""
        found: list[Item] = []
        start: dict[str, Any] = {}
        while True:
            answer = self._client.query(
                TableName=self.name,
                KeyConditionExpression="#hash = :hash AND begins_with(#range, :prefix)",
                ExpressionAttributeNames={"#hash": hash_name, "#range": range_name},
                ExpressionAttributeValues=_encode({":hash": hash_value, ":prefix": prefix}),
                ConsistentRead=True,
                **start,
            )
            found += [_decode(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put_together(self, items: Sequence[Item]) -> None:
        """Write items of this table in one transaction: all or none."""
        self._client.transact_write_items(
            TransactItems=[{"Put": {"TableName": self.name, "Item": _encode(item)}} for item in items]
        )


def _condition(only_if: str | None, values: Item | None) -> dict[str, Any]:
    condition: dict[str, Any] = {}
    if only_if:
        condition["ConditionExpression"] = only_if
    if values:
        condition["ExpressionAttributeValues"] = _encode(values)
    return condition


def _encode(item: Item) -> dict[str, Any]:
    return {name: _to_attribute(value) for name, value in item.items() if value is not None}


def _decode(item: Mapping[str, Any]) -> Item:
    return {name: _plain(_from_attribute(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """DynamoDB numbers come as Decimal; everything the bridge stores is whole (ids, milliseconds)."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
