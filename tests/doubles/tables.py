"""A DynamoDB table in memory: items by hash and range key, and the checks of those keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.doubles.attributes import Invalid, Item, sort_key, type_of

MAX_HASH_KEY: Final = 2048
MAX_RANGE_KEY: Final = 1024
"""Bytes of a key (Constraints in Amazon DynamoDB)."""

Key = tuple[Any, Any]
"""Hash and range key, comparable (no range key: None)."""


@dataclass(slots=True)
class Table:
    """Items by key.

    Args:
        name: the table's name.
        keys: the attributes of the hash key and, if there is one, of the range key.
        types: the type (S, N or B) of each of them.
        ttl: the attribute that says when an item expires, or nothing.
    """

    name: str
    keys: tuple[str, ...]
    types: Mapping[str, str]
    ttl: str = ""
    partitions: dict[Any, dict[Any, Item]] = field(default_factory=dict)
    replaced: dict[Key, tuple[float, Item | None]] = field(default_factory=dict)
    """When an item was last written, and what stood there before: what an eventually consistent read may still see."""

    def key_of(self, item: Item) -> Key:
        hash_key = sort_key(item[self.keys[0]])
        return hash_key, sort_key(item[self.keys[1]]) if len(self.keys) > 1 else None

    def check_item_key(self, item: Item) -> None:
        for name in self.keys:
            if name not in item:
                raise Invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
            if type_of(item[name]) != self.types[name]:
                raise Invalid(
                    f"One or more parameter values were invalid: Type mismatch for key {name} "
                    f"expected: {self.types[name]} actual: {type_of(item[name])}"
                )
        self._check_key_values(item)

    def check_key(self, key: Item) -> None:
        if key.keys() != set(self.keys) or any(type_of(key[name]) != self.types[name] for name in self.keys):
            raise Invalid("The provided key element does not match the schema")
        self._check_key_values(key)

    def _check_key_values(self, item: Item) -> None:
        for name, most, said in zip(
            self.keys,
            (MAX_HASH_KEY, MAX_RANGE_KEY),
            (
                "Size of hashkey has exceeded the maximum size limit of2048 bytes",
                "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
            ),
            strict=False,
        ):
            ((kind, value),) = item[name].items()
            if not value:
                raise Invalid(
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                    f"an empty {'binary' if kind == 'B' else 'string'} value. Key: {name}"
                )
            if kind != "N" and len(value.encode() if kind == "S" else value) > most:
                raise Invalid(f"One or more parameter values were invalid: {said}")

    def get(self, key: Key) -> Item | None:
        return self.partitions.get(key[0], {}).get(key[1])

    def set(self, key: Key, item: Item | None) -> None:
        if item is not None:
            self.partitions.setdefault(key[0], {})[key[1]] = item
        elif key[0] in self.partitions:
            partition = self.partitions[key[0]]
            partition.pop(key[1], None)
            if not partition:
                del self.partitions[key[0]]

    def items(self) -> Iterator[Item]:
        for partition in self.partitions.values():
            yield from partition.values()
