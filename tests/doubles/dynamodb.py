"""A DynamoDB in memory, with the shape of boto3's client: real expressions, virtual time, faults on demand.

Not there, since the bridge uses none of it: scans, indexes, batch writes, transactional reads, streams, capacity,
the legacy parameters from before expressions, and the 16 MB limit of a batch read.
Rules: Amazon DynamoDB developer guide and API reference; sentences of errors as the service says them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.doubles.attributes import (
    MAX_ITEM,
    Invalid,
    Item,
    canonical,
    copied_item,
    item_bytes,
    plain,
    sort_key,
)
from tests.doubles.calls import After, Answer, Before, Calls, Request, parameters, refusal
from tests.doubles.conditions import Condition, KeyCondition, KeyPart, condition, key_condition
from tests.doubles.expressions import Expression, Names, Path, Projection, projected, projection
from tests.doubles.tables import Key, Table
from tests.doubles.updates import update

Clock = Callable[[], float]

TOKEN_LIFETIME: Final = 600
"""Seconds for which a ClientRequestToken makes a transaction idempotent (TransactWriteItems)."""
MAX_BATCH: Final = 100
"""Keys of a BatchGetItem, and actions of a TransactWriteItems."""
MAX_PAGE: Final = 1024 * 1024
"""Bytes of items that a query reads for one page."""
OLDEST_EXPIRY: Final = 5 * 365 * 86_400
"""Seconds: a TTL further in the past is not believed, and the item stays (developer guide, "Using TTL")."""

_CONDITION: Final = (
    "ConditionExpression ExpressionAttributeNames ExpressionAttributeValues ReturnValuesOnConditionCheckFailure"
)
_WRITE: Final = f"{_CONDITION} ReturnValues ReturnConsumedCapacity ReturnItemCollectionMetrics"
PARAMETERS: Final = {
    "create_table": parameters("TableName KeySchema AttributeDefinitions", "BillingMode TableClass Tags"),
    "update_time_to_live": parameters("TableName TimeToLiveSpecification"),
    "put_item": parameters("TableName Item", _WRITE),
    "update_item": parameters("TableName Key", f"UpdateExpression {_WRITE}"),
    "delete_item": parameters("TableName Key", _WRITE),
    "get_item": parameters(
        "TableName Key", "ConsistentRead ProjectionExpression ExpressionAttributeNames ReturnConsumedCapacity"
    ),
    "batch_get_item": parameters("RequestItems", "ReturnConsumedCapacity"),
    "query": parameters(
        "TableName KeyConditionExpression",
        "FilterExpression ProjectionExpression ExpressionAttributeNames ExpressionAttributeValues ConsistentRead "
        "ExclusiveStartKey Limit ScanIndexForward Select ReturnConsumedCapacity",
    ),
    "transact_write_items": parameters(
        "TransactItems", "ClientRequestToken ReturnConsumedCapacity ReturnItemCollectionMetrics"
    ),
}
_ACTIONS: Final = {
    "Put": parameters("TableName Item", _CONDITION),
    "Update": parameters("TableName Key UpdateExpression", _CONDITION),
    "Delete": parameters("TableName Key", _CONDITION),
    "ConditionCheck": parameters("TableName Key ConditionExpression", _CONDITION),
}
_RETURNED: Final = {
    "put_item": ("NONE", "ALL_OLD"),
    "delete_item": ("NONE", "ALL_OLD"),
    "update_item": ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"),
}


class ConditionalCheckFailedException(ClientError):
    """A condition does not hold; ``response["Item"]`` is there when it was asked for."""


class TransactionCanceledException(ClientError):
    """Nothing of a transaction was written; ``response["CancellationReasons"]`` says why."""


class ResourceNotFoundException(ClientError):
    """There is no such table."""


class ResourceInUseException(ClientError):
    """There is a table of that name."""


class IdempotentParameterMismatchException(ClientError):
    """A ClientRequestToken was used for another transaction."""


class ValidationException(ClientError):
    """A request that the service does not understand. Boto3 raises a plain ClientError with this code."""


class _ConditionFailed(Exception):
    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self.item = item


@dataclass(slots=True)
class _Write:
    """One checked write: what must hold, and what the item becomes."""

    table: Table
    key: Key
    condition: Condition | None
    values: Item
    becomes: Callable[[Item | None], Item | None]
    paths: tuple[Path, ...] = ()
    item_on_failure: bool = False

    def result(self) -> tuple[Item | None, Item | None]:
        """The item before and after, without writing it.

        Raises:
            _ConditionFailed: the condition does not hold.
            Invalid: the item cannot become that.
        """
        old = self.table.get(self.key)
        if self.condition and not self.condition.holds(old or {}, self.values):
            raise _ConditionFailed(copied_item(old) if old and self.item_on_failure else None)
        return old, self.becomes(old)


class FakeDynamoDB:
    """DynamoDB without AWS. Thread-safe; answers share nothing with what is stored.

    Args:
        clock: Unix time in seconds.
        before: called with each operation and its request, before anything happens; may raise.
        after: called with the answer as well, after the effect; may raise.
        lag: seconds for which a read that does not ask for consistency misses an item's last write.
    """

    def __init__(
        self, clock: Clock, *, before: Before | None = None, after: After | None = None, lag: float = 0
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._calls = Calls(PARAMETERS, before, after)
        self._tables: dict[str, Table] = {}
        self._tokens: dict[str, tuple[float, Any]] = {}
        self.operations = self._calls.counts
        self.exceptions = SimpleNamespace(
            ClientError=ClientError,
            ConditionalCheckFailedException=ConditionalCheckFailedException,
            TransactionCanceledException=TransactionCanceledException,
            ResourceNotFoundException=ResourceNotFoundException,
            ResourceInUseException=ResourceInUseException,
            IdempotentParameterMismatchException=IdempotentParameterMismatchException,
        )

    # -- for the test

    def add_table(self, name: str, hash_name: str, range_name: str | None = None, *, ttl: str = "") -> None:
        """Create a table whose keys are strings; ``ttl`` is the attribute of its time to live."""
        keys = (hash_name, range_name) if range_name else (hash_name,)
        with self._calls.lock:
            self._tables[name] = Table(name, keys, dict.fromkeys(keys, "S"), ttl)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table in plain Python values, in order of the keys."""
        with self._calls.lock:
            rows = sorted(self._tables[table].items(), key=self._tables[table].key_of)
            return [{name: plain(value) for name, value in row.items()} for row in rows]

    def expire(self, now: float) -> int:
        """Delete what is due by its TTL, as the service does at some time within days; returns how many."""
        gone = 0
        with self._calls.lock:
            for table in self._tables.values():
                for item in list(table.items()) if table.ttl else ():
                    due = item.get(table.ttl, {}).get("N")
                    if due is not None and now - OLDEST_EXPIRY <= float(due) <= now:
                        table.set(table.key_of(item), None)
                        gone += 1
        return gone

    # -- boto3's client

    def create_table(self, **request: Any) -> Answer:
        return self._make("create_table", request, self._create_table)

    def update_time_to_live(self, **request: Any) -> Answer:
        return self._make("update_time_to_live", request, self._update_time_to_live)

    def put_item(self, **request: Any) -> Answer:
        return self._make("put_item", request, self._put_item)

    def update_item(self, **request: Any) -> Answer:
        return self._make("update_item", request, self._update_item)

    def delete_item(self, **request: Any) -> Answer:
        return self._make("delete_item", request, self._delete_item)

    def get_item(self, **request: Any) -> Answer:
        return self._make("get_item", request, self._get_item)

    def batch_get_item(self, **request: Any) -> Answer:
        return self._make("batch_get_item", request, self._batch_get_item)

    def query(self, **request: Any) -> Answer:
        return self._make("query", request, self._query)

    def transact_write_items(self, **request: Any) -> Answer:
        return self._make("transact_write_items", request, self._transact_write_items)

    def _make(self, operation: str, request: Request, effect: Callable[[Request], Answer]) -> Answer:
        try:
            return self._calls.make(operation, request, effect)
        except Invalid as invalid:
            raise refusal(ValidationException, "ValidationException", str(invalid), operation) from None
        except _ConditionFailed as failed:
            more = {"Item": failed.item} if failed.item else {}
            code = "ConditionalCheckFailedException"
            raise refusal(
                ConditionalCheckFailedException, code, "The conditional request failed", operation, **more
            ) from None

    # -- tables

    def _create_table(self, request: Request) -> Answer:
        name = request["TableName"]
        if name in self._tables:
            raise refusal(
                ResourceInUseException, "ResourceInUseException", f"Table already exists: {name}", "create_table"
            )
        keys = {one["KeyType"]: one["AttributeName"] for one in request["KeySchema"]}
        types = {one["AttributeName"]: one["AttributeType"] for one in request["AttributeDefinitions"]}
        if set(keys.values()) != set(types):
            raise Invalid(
                "One or more parameter values were invalid: Some AttributeDefinitions are not used. "
                f"AttributeDefinitions: {sorted(types)}, keys used: {sorted(keys.values())}"
            )
        names = tuple(keys[kind] for kind in ("HASH", "RANGE") if kind in keys)
        self._tables[name] = Table(name, names, types)
        return {"TableDescription": {"TableName": name, "KeySchema": request["KeySchema"], "TableStatus": "ACTIVE"}}

    def _update_time_to_live(self, request: Request) -> Answer:
        wanted = request["TimeToLiveSpecification"]
        self._table(request["TableName"], "update_time_to_live").ttl = (
            wanted["AttributeName"] if wanted["Enabled"] else ""
        )
        return {"TimeToLiveSpecification": dict(wanted)}

    def _table(self, name: str, operation: str) -> Table:
        if name not in self._tables:
            raise refusal(
                ResourceNotFoundException, "ResourceNotFoundException", "Requested resource not found", operation
            )
        return self._tables[name]

    # -- writes

    def _put_item(self, request: Request) -> Answer:
        returned = _returned(request, "put_item")
        old, _ = self._carry_out(self._put(request, "put_item"))
        return _attributes(old if returned == "ALL_OLD" else None)

    def _delete_item(self, request: Request) -> Answer:
        returned = _returned(request, "delete_item")
        old, _ = self._carry_out(self._delete(request, "delete_item"))
        return _attributes(old if returned == "ALL_OLD" else None)

    def _update_item(self, request: Request) -> Answer:
        returned = _returned(request, "update_item")
        write = self._update(request, "update_item")
        old, new = self._carry_out(write)
        if returned == "NONE":
            return {}
        item = (new if returned.endswith("NEW") else old) or {}
        return _attributes(projected(item, write.paths) if returned.startswith("UPDATED") else item)

    def _carry_out(self, write: _Write) -> tuple[Item | None, Item | None]:
        old, new = write.result()
        self._store(write, old, new)
        return old, new

    def _store(self, write: _Write, old: Item | None, new: Item | None) -> None:
        if self._lag:
            write.table.replaced[write.key] = (self._clock(), old)
        write.table.set(write.key, new)

    def _put(self, request: Request, operation: str) -> _Write:
        holds, values = _condition(request)
        item = _canonical_item(request["Item"])
        table = self._table(request["TableName"], operation)
        table.check_item_key(item)
        if item_bytes(item) > MAX_ITEM:
            raise Invalid("Item size has exceeded the maximum allowed size")
        return _Write(
            table, table.key_of(item), holds, values, lambda _: item, item_on_failure=_item_on_failure(request)
        )

    def _update(self, request: Request, operation: str) -> _Write:
        text = request.get("UpdateExpression")
        changes = [] if text is None else [update(text, _names(request))]
        holds, values = _condition(request, *changes)
        key = _canonical_item(request["Key"])
        table = self._table(request["TableName"], operation)
        table.check_key(key)
        paths = tuple(action.path for change in changes for action in change.actions)
        for path in paths:
            if path[0] in table.keys:
                raise Invalid(
                    f"One or more parameter values were invalid: Cannot update attribute {path[0]}. "
                    "This attribute is part of the key"
                )

        def becomes(old: Item | None) -> Item:
            item = copied_item(old or key)
            for change in changes:
                change.apply(item, values)
            if item_bytes(item) > MAX_ITEM:
                raise Invalid("Item size to update has exceeded the maximum allowed size")
            return item

        return _Write(
            table, table.key_of(key), holds, values, becomes, paths, item_on_failure=_item_on_failure(request)
        )

    def _delete(self, request: Request, operation: str) -> _Write:
        write = self._check(request, operation)
        write.becomes = lambda _: None
        return write

    def _check(self, request: Request, operation: str) -> _Write:
        holds, values = _condition(request)
        key = _canonical_item(request["Key"])
        table = self._table(request["TableName"], operation)
        table.check_key(key)
        return _Write(
            table,
            table.key_of(key),
            holds,
            values,
            lambda old: old,
            item_on_failure=_item_on_failure(request),
        )

    # -- transactions

    def _transact_write_items(self, request: Request) -> Answer:
        actions = request["TransactItems"]
        if not 1 <= len(actions) <= MAX_BATCH:
            raise Invalid(
                "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
                f"Member must have length between 1 and {MAX_BATCH}"
            )
        if self._done_before(request):
            return {}
        self._write_together(self._writes(actions))
        token = request.get("ClientRequestToken")
        if token:
            self._tokens[token] = (self._clock() + TOKEN_LIFETIME, copy.deepcopy(actions))
        return {}

    def _writes(self, actions: list[Request]) -> list[_Write]:
        builders = {"Put": self._put, "Update": self._update, "Delete": self._delete, "ConditionCheck": self._check}
        writes: list[_Write] = []
        seen: set[tuple[str, Any]] = set()
        for action in actions:
            if len(action) != 1:
                raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
            ((kind, details),) = action.items()
            _ACTIONS[kind].check(details)
            write = builders[kind](details, "transact_write_items")
            writes.append(write)
            item = (write.table.name, write.key)
            if item in seen:
                raise Invalid("Transaction request cannot include multiple operations on one item")
            seen.add(item)
        return writes

    def _write_together(self, writes: Iterable[_Write]) -> None:
        reasons: list[dict[str, Any]] = []
        results: list[tuple[_Write, Item | None, Item | None]] = []
        for write in writes:
            try:
                results.append((write, *write.result()))
                reasons.append({"Code": "None"})
            except _ConditionFailed as failed:
                reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
                reasons.append({**reason, "Item": failed.item} if failed.item else reason)
            except Invalid as invalid:
                reasons.append({"Code": "ValidationError", "Message": str(invalid)})
        if len(results) < len(reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise refusal(
                TransactionCanceledException,
                "TransactionCanceledException",
                f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                "transact_write_items",
                CancellationReasons=reasons,
            )
        for result in results:
            self._store(*result)

    def _done_before(self, request: Request) -> bool:
        now = self._clock()
        self._tokens = {token: done for token, done in self._tokens.items() if done[0] > now}
        done = self._tokens.get(request.get("ClientRequestToken", ""))
        if done is None:
            return False
        if done[1] != request["TransactItems"]:
            code = "IdempotentParameterMismatchException"
            raise refusal(
                IdempotentParameterMismatchException,
                code,
                "The token was used with other actions",
                "transact_write_items",
            )
        return True

    # -- reads

    def _get_item(self, request: Request) -> Answer:
        key, asked = _canonical_item(request["Key"]), _projection(request)
        _values(request, *asked)
        table = self._table(request["TableName"], "get_item")
        table.check_key(key)
        item = self._seen(table, table.key_of(key), request)
        return {} if item is None else {"Item": _shown(item, asked)}

    def _seen(self, table: Table, key: Key, request: Request) -> Item | None:
        """The item as this read sees it."""
        if self._lag and not request.get("ConsistentRead"):
            written_at, before = table.replaced.get(key, (float("-inf"), None))
            if self._clock() - written_at < self._lag:
                return before
        return table.get(key)

    def _batch_get_item(self, request: Request) -> Answer:
        wanted = request["RequestItems"]
        if not 1 <= sum(len(one["Keys"]) for one in wanted.values()) <= MAX_BATCH:
            raise Invalid("Too many items requested for the BatchGetItem call")
        responses = {name: self._batch_of_one_table(name, one) for name, one in wanted.items()}
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _batch_of_one_table(self, name: str, request: Request) -> list[Item]:
        asked = _projection(request)
        _values(request, *asked)
        table = self._table(name, "batch_get_item")
        keys = []
        for given in request["Keys"]:
            key = _canonical_item(given)
            table.check_key(key)
            keys.append(table.key_of(key))
        if len(set(keys)) < len(keys):
            raise Invalid("Provided list of item keys contains duplicates")
        found = (self._seen(table, key, request) for key in keys)
        return [_shown(item, asked) for item in found if item is not None]

    def _query(self, request: Request) -> Answer:
        names, asked = _names(request), _projection(request)
        keys = key_condition(request["KeyConditionExpression"], names)
        text = request.get("FilterExpression")
        wanted = [] if text is None else [condition("FilterExpression", text, names)]
        values = _values(request, keys, *wanted, *asked)
        table = self._table(request["TableName"], "query")
        hash_part, range_part = _key_parts(table, keys)
        rows = self._partition(table, sort_key(values[hash_part.operands[0]]), request)
        if range_part:
            rows = [row for row in rows if range_part.holds(row[table.keys[1]], values)]
        read, more = _page(table, rows, request)
        found = [row for row in read if all(one.holds(row, values) for one in wanted)]
        answer: Answer = {"Count": len(found), "ScannedCount": len(read)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [_shown(row, asked) for row in found]
        if more:
            answer["LastEvaluatedKey"] = {name: dict(read[-1][name]) for name in table.keys}
        return answer

    def _partition(self, table: Table, hash_key: Any, request: Request) -> list[Item]:
        """What the query sees under one hash key, in order of the range key."""
        ranges = set(table.partitions.get(hash_key, {}))
        ranges.update(key[1] for key in table.replaced if key[0] == hash_key)
        found = {key: item for key in ranges if (item := self._seen(table, (hash_key, key), request)) is not None}
        keys = list(found) if len(table.keys) == 1 else sorted(found)
        return [found[key] for key in keys]


# -- what a request says


def _canonical_item(item: Mapping[str, Any]) -> Item:
    return {name: canonical(value) for name, value in item.items()}


def _names(request: Request) -> Names:
    return tuple(request.get("ExpressionAttributeNames", {}).items())


def _returned(request: Request, operation: str) -> str:
    returned: str = request.get("ReturnValues", "NONE")
    allowed = _RETURNED[operation]
    if returned not in allowed:
        raise Invalid(f"ReturnValues can only be {' or '.join(reversed(allowed))}")
    return returned


def _item_on_failure(request: Request) -> bool:
    return bool(request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD")


def _attributes(item: Item | None) -> Answer:
    return {"Attributes": copied_item(item)} if item else {}


def _condition(request: Request, *others: Expression) -> tuple[Condition | None, Item]:
    """The condition of a write, and its checked values; ``others`` are the request's other expressions."""
    text = request.get("ConditionExpression")
    if text is None:
        return None, _values(request, *others)
    parsed = condition("ConditionExpression", text, _names(request))
    return parsed, _values(request, *others, parsed)


def _values(request: Request, *parsed: Expression) -> Item:
    """The request's values: all that its expressions use, of the types they allow, and no other name or value."""
    values = _canonical_item(request.get("ExpressionAttributeValues", {}))
    for expression in parsed:
        for name in expression.values - values.keys():
            raise Invalid(
                f"Invalid {expression.kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {name}"
            )
        for check in expression.checks:
            check(values)
    _refuse_unused("ExpressionAttributeNames", request, [expression.names for expression in parsed])
    _refuse_unused("ExpressionAttributeValues", request, [expression.values for expression in parsed])
    return values


def _refuse_unused(parameter: str, request: Request, used: list[frozenset[str]]) -> None:
    given = request.get(parameter)
    if given is None:
        return
    if not used:
        raise Invalid(f"{parameter} can only be specified when using expressions")
    if not given:
        raise Invalid(f"{parameter} must not be empty")
    unused = set(given).difference(*used)
    if unused:
        raise Invalid(f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(sorted(unused))}}}")


def _projection(request: Request) -> list[Projection]:
    """The projection of a read, or nothing."""
    text = request.get("ProjectionExpression")
    return [] if text is None else [projection(text, _names(request))]


def _shown(item: Item, asked: list[Projection]) -> Item:
    return projected(item, asked[0].paths) if asked else copied_item(item)


def _key_parts(table: Table, asked: KeyCondition) -> tuple[KeyPart, KeyPart | None]:
    by_name = {part.name: part for part in asked.parts}
    hash_part = by_name.pop(table.keys[0], None)
    if hash_part is None:
        raise Invalid(f"Query condition missed key schema element: {table.keys[0]}")
    if hash_part.sign != "=":
        raise Invalid("Query key condition not supported")
    range_part = by_name.pop(table.keys[1], None) if len(table.keys) > 1 else None
    if by_name or len(asked.parts) > 1 + bool(range_part):
        raise Invalid("Query key condition not supported")
    return hash_part, range_part


def _page(table: Table, rows: list[Item], request: Request) -> tuple[list[Item], bool]:
    """The rows that one answer reads, and whether there may be more."""
    forward = request.get("ScanIndexForward", True)
    rows = rows if forward else rows[::-1]
    start = request.get("ExclusiveStartKey")
    if start is not None:
        key = _canonical_item(start)
        table.check_key(key)
        after = table.key_of(key)
        rows = [row for row in rows if (table.key_of(row) > after if forward else table.key_of(row) < after)]
    limit = request.get("Limit", len(rows))
    if limit < 1 and rows:
        raise Invalid("1 validation error detected: Value at 'limit' failed to satisfy constraint: must be at least 1")
    read, size = 0, 0
    while read < min(limit, len(rows)) and size < MAX_PAGE:
        size += item_bytes(rows[read])
        read += 1
    # A full page says "more" even when it was the last: the service does not look ahead.
    return rows[:read], read < len(rows) or (read == limit and "Limit" in request and read > 0)
