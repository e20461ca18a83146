"""DynamoDB's conditions: of a write, of a filter, and of a query's keys.

Rules: Amazon DynamoDB developer guide, "Condition and filter expressions, operators, and functions".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tests.doubles.attributes import ORDERED, SETS, TYPES, Attribute, Invalid, Item, in_order, sort_key, type_of
from tests.doubles.expressions import Expression, Names, Operand, Source, Test, Values, lookup, shown

MAX_OPERANDS_OF_IN: Final = 100

COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COMPARATORS: Final = frozenset({"=", "<>", *COMPARED})


@dataclass(frozen=True, slots=True)
class Condition(Expression):
    """A parsed condition."""

    holds: Test


class _ConditionParser:
    def __init__(self, kind: str, text: str, names: Mapping[str, str]) -> None:
        self._source = Source(kind, text, names)

    def parse(self) -> Condition:
        source = self._source
        holds, _ = self._any()
        source.end()
        return Condition(*source.parsed(), holds)

    # Each gives the test and whether it stood, alone, in brackets: twice is refused.

    def _any(self) -> tuple[Test, bool]:
        return self._joined("OR", self._all, any)

    def _all(self) -> tuple[Test, bool]:
        return self._joined("AND", self._not, all)

    def _joined(
        self, word: str, parse: Callable[[], tuple[Test, bool]], join: Callable[[Iterator[bool]], bool]
    ) -> tuple[Test, bool]:
        first = parse()
        tests = [first[0]]
        while self._source.taken(word):
            tests.append(parse()[0])
        if len(tests) == 1:
            return first
        return (lambda item, values: join(test(item, values) for test in tests)), False

    def _not(self) -> tuple[Test, bool]:
        if not self._source.taken("NOT"):
            return self._group()
        inner, _ = self._not()
        return (lambda item, values: not inner(item, values)), False

    def _group(self) -> tuple[Test, bool]:
        if self._source.peek() != "(" or self._opens_an_operand():
            return self._single(), False
        self._source.take("(")
        inner, bracketed = self._any()
        self._source.take(")")
        if bracketed:
            raise self._source.error("The expression has redundant parentheses;")
        return inner, True

    def _opens_an_operand(self) -> bool:
        """Whether what stands behind the matching bracket compares what stands in it."""
        source, depth, ahead = self._source, 0, 0
        while source.more(ahead):
            depth += {"(": 1, ")": -1}.get(source.peek(ahead), 0)
            ahead += 1
            if depth == 0:
                return source.peek(ahead) in COMPARATORS or source.peek(ahead).upper() in {"BETWEEN", "IN"}
        return False

    def _single(self) -> Test:
        source = self._source
        left = source.operand(self._function)
        word = source.word()
        if word in COMPARATORS:
            return self._comparison(left, source.take())
        if word == "BETWEEN":
            return self._between(left)
        if word == "IN":
            return self._in(left)
        if not left.function:
            raise source.syntax_error(source.peek())
        if left.function == "size":
            raise self._misused("size")
        read = left.read
        return lambda item, values: read(item, values) is not None

    def _misused(self, name: str) -> Invalid:
        return self._source.error(f"The function is not allowed to be used this way in an expression; function: {name}")

    def _compared(self) -> Operand:
        operand = self._source.operand(self._function)
        self._refuse_tests(operand)
        return operand

    def _refuse_tests(self, operand: Operand) -> None:
        if operand.function and operand.function != "size":
            raise self._misused(operand.function)

    def _comparison(self, left: Operand, sign: str) -> Test:
        self._refuse_tests(left)
        right = self._compared()
        self._need_distinct(sign, left, right)
        one, other = left.read, right.read
        if sign == "=":
            return lambda item, values: (found := one(item, values)) is not None and found == other(item, values)
        if sign == "<>":  # a value that is not there differs from every value
            return lambda item, values: one(item, values) != other(item, values)
        for operand in (left, right):
            self._source.need_type(sign, operand, ORDERED, what="operator")
        holds = COMPARED[sign]
        return lambda item, values: in_order(one(item, values), other(item, values), holds)

    def _need_distinct(self, sign: str, left: Operand, right: Operand) -> None:
        if left.path and left.path == right.path:
            raise self._source.error(
                "The first operand must be distinct from the remaining operands for this operator or function; "
                f"operator: {sign}, first operand: {shown(left.path)}"
            )

    def _between(self, middle: Operand) -> Test:
        self._refuse_tests(middle)
        self._source.take("BETWEEN")
        low = self._compared()
        self._source.take("AND")
        high = self._compared()
        for operand in (middle, low, high):
            self._source.need_type("BETWEEN", operand, ORDERED, what="operator")
        if low.value and high.value:
            self._source.checks.append(lambda values: self._check_bounds(values[low.value], values[high.value]))

        def holds(item: Item, values: Values) -> bool:
            found = middle.read(item, values)
            return in_order(low.read(item, values), found, operator.le) and in_order(
                found, high.read(item, values), operator.le
            )

        return holds

    def _check_bounds(self, low: Attribute, high: Attribute) -> None:
        if type_of(low) != type_of(high):
            rule = "same data type for lower and upper bounds"
        elif sort_key(low) > sort_key(high):
            rule = "upper bound to be greater than or equal to lower bound"
        else:
            return
        bounds = [f"AttributeValue: {{{kind}:{value}}}" for one in (low, high) for kind, value in one.items()]
        raise self._source.error(
            f"The BETWEEN operator requires {rule}; lower bound operand: {bounds[0]}, upper bound operand: {bounds[1]}"
        )

    def _in(self, left: Operand) -> Test:
        self._refuse_tests(left)
        self._source.take("IN")
        self._source.take("(")
        members = self._source.listed(self._compared)
        self._source.take(")")
        if len(members) > MAX_OPERANDS_OF_IN:
            raise self._source.error(f"Invalid number of operands; operator: IN, number of operands: {len(members)}")

        def holds(item: Item, values: Values) -> bool:
            found = left.read(item, values)
            return found is not None and any(found == member.read(item, values) for member in members)

        return holds

    # -- functions; one that tests gives something for yes and None for no

    def _function(self, name: str) -> Operand:
        functions: dict[str, tuple[int, Callable[[str, list[Operand]], Operand]]] = {
            "attribute_exists": (1, self._existence),
            "attribute_not_exists": (1, self._existence),
            "attribute_type": (2, self._attribute_type),
            "begins_with": (2, self._begins_with),
            "contains": (2, self._contains),
            "size": (1, self._size),
        }
        if name not in functions:
            raise self._source.error(f"Invalid function name; function: {name}")
        count, build = functions[name]
        arguments = self._source.arguments(name, count, self._compared)
        if count > 1:
            self._need_distinct(name, arguments[0], arguments[1])
        return build(name, arguments)

    def _existence(self, name: str, arguments: list[Operand]) -> Operand:
        self._source.need_path(name, arguments[0])
        path = arguments[0].path
        if name == "attribute_exists":
            return _test(name, lambda item, _: lookup(item, path) is not None)
        return _test(name, lambda item, _: lookup(item, path) is None)

    def _attribute_type(self, name: str, arguments: list[Operand]) -> Operand:
        place, wanted = arguments
        self._source.need_path(name, place)
        if not wanted.value:
            raise self._source.error(
                "Incorrect operand type for operator or function; operator or function: attribute_type, "
                "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            )
        self._source.need_type(name, wanted, frozenset("S"))

        def check(values: Values) -> None:
            if values[wanted.value]["S"] not in TYPES:
                raise self._source.error(
                    f"Invalid attribute type name found; type: {values[wanted.value]['S']}, "
                    "valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
                )

        self._source.checks.append(check)
        return _test(name, lambda item, values: values[wanted.value]["S"] in (lookup(item, place.path) or {}))

    def _begins_with(self, name: str, arguments: list[Operand]) -> Operand:
        for operand in arguments:
            self._source.need_type(name, operand, frozenset("SB"))
        place, prefix = arguments[0].read, arguments[1].read

        def holds(item: Item, values: Values) -> bool:
            whole, start = place(item, values), prefix(item, values)
            if whole is None or start is None or type_of(whole) != type_of(start) or type_of(whole) not in {"S", "B"}:
                return False
            return bool(sort_key(whole).startswith(sort_key(start)))

        return _test(name, holds)

    def _contains(self, name: str, arguments: list[Operand]) -> Operand:
        place, part = arguments[0].read, arguments[1].read
        return _test(name, lambda item, values: _contained(place(item, values), part(item, values)))

    def _size(self, name: str, arguments: list[Operand]) -> Operand:
        self._source.need_type(name, arguments[0], TYPES - {"N", "BOOL", "NULL"})
        measured = arguments[0].read

        def read(item: Item, values: Values) -> Attribute | None:
            found = measured(item, values)
            return None if found is None else _measure(found)

        return Operand(read, function=name, kind="N")


_YES: Final[Attribute] = {"BOOL": True}


def _test(name: str, holds: Test) -> Operand:
    return Operand(lambda item, values: _YES if holds(item, values) else None, function=name, kind="BOOL")


def _measure(attribute: Attribute) -> Attribute | None:
    ((kind, value),) = attribute.items()
    if kind in {"N", "BOOL", "NULL"}:
        return None
    return {"N": str(len(value.encode("utf-8", "surrogatepass") if kind == "S" else value))}


def _contained(whole: Attribute | None, part: Attribute | None) -> bool:
    if whole is None or part is None:
        return False
    ((kind, members),) = whole.items()
    ((part_kind, sought),) = part.items()
    if kind in {"S", "B"}:
        return part_kind == kind and sought in members
    if kind in SETS:
        return part_kind == SETS[kind] and sought in members
    return kind == "L" and part in members


@dataclass(frozen=True, slots=True)
class KeyPart:
    """What a query says of one key: a sign (a comparator, BETWEEN, begins_with) and its values."""

    name: str
    sign: str
    operands: tuple[str, ...]

    def holds(self, attribute: Attribute, values: Values) -> bool:
        given = [values[name] for name in self.operands]
        if self.sign == "=":
            return attribute == given[0]
        if self.sign == "BETWEEN":
            return in_order(given[0], attribute, operator.le) and in_order(attribute, given[1], operator.le)
        if self.sign == "begins_with":
            return in_order(attribute, given[0], lambda whole, start: whole.startswith(start))
        return in_order(attribute, given[0], COMPARED[self.sign])


@dataclass(frozen=True, slots=True)
class KeyCondition(Expression):
    """A parsed key condition: one part or two."""

    parts: tuple[KeyPart, ...]


class _KeyParser:
    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._source = Source("KeyConditionExpression", text, names)

    def parse(self) -> KeyCondition:
        source = self._source
        parts = [self._part()]
        if source.taken("AND"):
            parts.append(self._part())
        source.end()
        return KeyCondition(*source.parsed(), tuple(parts))

    def _part(self) -> KeyPart:
        source = self._source
        if source.taken("("):
            part = self._part()
            source.take(")")
            return part
        if source.peek() == "begins_with":
            source.take()
            source.take("(")
            name = self._key()
            source.take(",")
            part = KeyPart(name, "begins_with", (source.value().value,))
            source.take(")")
            return part
        name = self._key()
        if source.taken("BETWEEN"):
            low = source.value().value
            source.take("AND")
            return KeyPart(name, "BETWEEN", (low, source.value().value))
        if source.peek() not in COMPARATORS - {"<>"}:
            raise source.syntax_error(source.peek())
        return KeyPart(name, source.take(), (source.value().value,))

    def _key(self) -> str:
        path = self._source.path()
        if len(path) > 1:
            raise self._source.error("KeyConditionExpressions cannot have conditions on nested attributes")
        return str(path[0])


@lru_cache(maxsize=4096)
def condition(kind: str, text: str, names: Names) -> Condition:
    """Parse a condition; ``kind`` is ConditionExpression or FilterExpression."""
    return _ConditionParser(kind, text, dict(names)).parse()


@lru_cache(maxsize=1024)
def key_condition(text: str, names: Names) -> KeyCondition:
    """Parse a key condition."""
    return _KeyParser(text, dict(names)).parse()
