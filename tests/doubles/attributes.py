"""DynamoDB's typed values (``{"S": "text"}``): their stored form, their size, their order.

Stored: numbers as plain decimals without superfluous zeros, sets sorted. So equal values are equal dicts.
Limits: docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from botocore.exceptions import ParamValidationError

Attribute = dict[str, Any]
Item = dict[str, Attribute]

MAX_ITEM: Final = 400 * 1024
"""Bytes of an item with its attributes' names."""
MAX_DIGITS: Final = 38
MAX_EXPONENT: Final = 125
MIN_EXPONENT: Final = -130
MAX_DEPTH: Final = 32
SETS: Final = {"SS": "S", "NS": "N", "BS": "B"}
TYPES: Final = frozenset({"S", "N", "B", "BOOL", "NULL", "L", "M", *SETS})
ORDERED: Final = frozenset({"S", "N", "B"})

ARITHMETIC: Final = Context(prec=MAX_DIGITS)
_EXACT: Final = Context(prec=1000)


class Invalid(Exception):
    """The service's sentence for a request that it does not understand."""


def type_of(attribute: Attribute) -> str:
    """S, N, B, BOOL, NULL, L, M, SS, NS or BS."""
    return next(iter(attribute))


def number(text: str) -> Decimal:
    """A number; exact, however long."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return value


def written(value: Decimal) -> str:
    """A number as the service writes it: never with an exponent."""
    value = value.normalize(_EXACT)
    if not value:
        return "0"
    if value.adjusted() > MAX_EXPONENT:
        raise Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if value.adjusted() < MIN_EXPONENT:
        raise Invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    if len(value.as_tuple().digits) > MAX_DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    return format(value, "f")


def canonical(attribute: Mapping[str, Any], depth: int = 0) -> Attribute:
    """A stored copy of a value that came with a request.

    Raises:
        Invalid: the service refuses it.
        ParamValidationError: boto3 refuses to send it.
    """
    if len(attribute) != 1 or not TYPES.issuperset(attribute):
        raise ParamValidationError(report=f"An attribute value has exactly one of the types, not {sorted(attribute)}")
    ((kind, value),) = attribute.items()
    if kind == "S":
        _expect(value, str)
        return {"S": value}
    if kind == "N":
        return {"N": _canonical_number(value)}
    if depth > MAX_DEPTH:
        raise Invalid("Nesting Levels have exceeded supported limits")
    return {kind: _STORED[kind](kind, value, depth)}


def _expect(value: Any, *kinds: type) -> None:
    if not isinstance(value, kinds):
        raise ParamValidationError(report=f"Invalid type {type(value).__name__}, valid types: {kinds}")


def _canonical_number(text: str) -> str:
    _expect(text, str)
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS and (text[0] != "0" or text == "0"):
        return text
    return written(number(text))


def _canonical_set(kind: str, members: Any, _: int) -> list[Any]:
    _expect(members, list, tuple)
    if not members:
        raise Invalid("One or more parameter values were invalid: An attribute value may not contain an empty set")
    stored = [type_value for one in members for type_value in canonical({SETS[kind]: one}).values()]
    if len(set(stored)) < len(stored):
        raise Invalid(f"One or more parameter values were invalid: Input collection {stored} contains duplicates.")
    return sorted_set(kind, stored)


def sorted_set(kind: str, members: list[Any]) -> list[Any]:
    """The members of a set in their stored order."""
    return sorted(members, key=Decimal) if kind == "NS" else sorted(members)


def _canonical_map(_: str, members: Any, depth: int) -> Item:
    _expect(members, dict)
    return {name: canonical(value, depth + 1) for name, value in members.items()}


def _canonical_list(_: str, members: Any, depth: int) -> list[Attribute]:
    _expect(members, list, tuple)
    return [canonical(value, depth + 1) for value in members]


def _canonical_binary(_: str, value: Any, __: int) -> bytes:
    raw = getattr(value, "value", value)  # boto3's Binary
    _expect(raw, bytes, bytearray)
    return bytes(raw)


def _canonical_flag(_: str, value: Any, __: int) -> bool:
    _expect(value, bool)
    return bool(value)


_STORED: Final[dict[str, Callable[[str, Any, int], Any]]] = {
    "B": _canonical_binary,
    "BOOL": _canonical_flag,
    "NULL": _canonical_flag,
    "L": _canonical_list,
    "M": _canonical_map,
    **dict.fromkeys(SETS, _canonical_set),
}


def copied(attribute: Attribute) -> Attribute:
    """A copy that shares nothing that can change."""
    ((kind, value),) = attribute.items()
    if kind == "M":
        return {"M": {name: copied(one) for name, one in value.items()}}
    if kind == "L":
        return {"L": [copied(one) for one in value]}
    return {kind: list(value)} if kind in SETS else {kind: value}


def copied_item(item: Item) -> Item:
    """A copy of a whole item that shares nothing that can change."""
    return {name: copied(value) for name, value in item.items()}


def item_bytes(item: Item) -> int:
    """The size that counts for the limit and for a page."""
    return sum(len(name.encode()) + _bytes(value) for name, value in item.items())


def _bytes(attribute: Attribute) -> int:
    ((kind, value),) = attribute.items()
    if kind in {"S", "N", "B"}:
        return _scalar_bytes(value, kind)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _bytes(one) for name, one in value.items())
    if kind == "L":
        return 3 + sum(1 + _bytes(one) for one in value)
    return sum(_scalar_bytes(one, SETS[kind]) for one in value) if kind in SETS else 1


def _scalar_bytes(value: Any, kind: str) -> int:
    if kind == "N":
        digits = str(value).lstrip("-").replace(".", "").strip("0")
        return (len(digits) + 1) // 2 + 1 + str(value).startswith("-")
    return len(value.encode("utf-8", "surrogatepass") if kind == "S" else value)


def sort_key(attribute: Attribute) -> Any:
    """What values of one ordered type are compared by: text by its UTF-8, which is Python's order too."""
    return Decimal(attribute["N"]) if "N" in attribute else next(iter(attribute.values()))


def in_order(left: Attribute | None, right: Attribute | None, holds: Callable[[Any, Any], bool]) -> bool:
    """Whether two values of one ordered type stand in this order; values of two types, or none, do not."""
    if left is None or right is None:
        return False
    kind = type_of(left)
    return kind in ORDERED and kind in right and holds(sort_key(left), sort_key(right))


def plain(attribute: Attribute) -> Any:
    """A value as a test writes it: int or Decimal, str, bytes, bool, None, list, dict, set."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return _plain_number(value)
    if kind == "NULL":
        return None
    if kind == "M":
        return {name: plain(one) for name, one in value.items()}
    if kind == "L":
        return [plain(one) for one in value]
    if kind in SETS:
        return {_plain_number(one) if kind == "NS" else one for one in value}
    return value


def _plain_number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)
