"""DynamoDB's expression language: what is written, parsed once and kept.

A condition, an update, a projection and a key condition are parsed with the names they stand for (``#n``) and read the
values (``:v``) of each request. Grammar and rules: Amazon DynamoDB developer guide, "Expressions", "Reserved words".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as File
from typing import Any, Final

from tests.doubles.attributes import (
    ARITHMETIC,
    ORDERED,
    SETS,
    TYPES,
    Attribute,
    Invalid,
    Item,
    copied,
    in_order,
    number,
    sort_key,
    sorted_set,
    type_of,
    written,
)

MAX_EXPRESSION: Final = 4096
"""Bytes of one expression (Constraints in Amazon DynamoDB)."""
MAX_OPERANDS_OF_IN: Final = 100

RESERVED: Final = frozenset(File(__file__).with_name("reserved_words.txt").read_text("ascii").split())
"""The guide's list of reserved words (moto ships the same one)."""

Values = Mapping[str, Attribute]
Path = tuple[str | int, ...]
"""The way to a value: names, and indexes of lists."""
Test = Callable[[Item, Values], bool]
Read = Callable[[Item, Values], Attribute | None]
Check = Callable[[Values], None]
"""What can be said about literal values before any item is read; raises `Invalid`."""

_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARATORS: Final = frozenset({"=", "<>", *_COMPARED})
_TYPE_WORDS: Final = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}
_TOKEN: Final = re.compile(r"\s*(?:([#:]?[A-Za-z0-9_]+)|(<>|<=|>=|[=<>()\[\],.+-])|$)")


@dataclass(frozen=True, slots=True)
class Operand:
    """A path, a literal value or a function's result.

    ``kind`` says what is known of its type: a type, or "" for what only the item or the request tells.
    """

    read: Read
    path: Path = ()
    value: str = ""
    function: str = ""
    kind: str = ""

    def literal_type(self, values: Values) -> str:
        return type_of(values[self.value]) if self.value else self.kind


@dataclass(slots=True)
class _Source:
    """The tokens of one expression, the names it may use, and what it used."""

    kind: str
    text: str
    names: Mapping[str, str]
    used_names: set[str] = field(default_factory=set)
    used_values: set[str] = field(default_factory=set)
    checks: list[Check] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise self.error("The expression can not be empty;")
        if len(self.text.encode()) > MAX_EXPRESSION:
            raise self.error("Expression size has exceeded the maximum allowed size;")
        position = 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None:
                raise self._syntax_error(self.text[position:].strip()[:1])
            position = match.end()
            self.tokens += filter(None, match.groups())

    def error(self, sentence: str) -> Invalid:
        return Invalid(f"Invalid {self.kind}: {sentence}")

    def _syntax_error(self, token: str) -> Invalid:
        near = " ".join(self.tokens[max(self.at - 1, 0) : self.at + 2])
        return self.error(f'Syntax error; token: "{token}", near: "{near}"')

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else "<EOF>"

    def word(self) -> str:
        """The next token in capitals: key words are read in any case."""
        return self.peek().upper()

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token == "<EOF>" or (expected is not None and token.upper() != expected):  # noqa: S105 - no password
            raise self._syntax_error(token)
        self.at += 1
        return token

    def taken(self, token: str) -> bool:
        """Take the token if it is the next one."""
        if self.word() != token:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self._syntax_error(self.peek())

    def listed(self, parse: Callable[[], Any]) -> list[Any]:
        """One or more, with commas between."""
        found = [parse()]
        while self.taken(","):
            found.append(parse())
        return found

    # -- paths and values

    def path(self) -> Path:
        steps: list[str | int] = [self._name()]
        while self.peek() in {".", "["}:
            if self.take() == ".":
                steps.append(self._name())
                continue
            if not self.peek().isdecimal():
                raise self._syntax_error(self.peek())
            steps.append(int(self.take()))
            self.take("]")
        return tuple(steps)

    def _name(self) -> str:
        token = self.peek()
        if token.startswith("#"):
            self.at += 1
            if token not in self.names:
                raise self.error(
                    f"An expression attribute name used in the document path is not defined; attribute name: {token}"
                )
            self.used_names.add(token)
            return self.names[token]
        if not token[0].isalpha():
            raise self._syntax_error(token)
        if token.upper() in RESERVED:
            raise self.error(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        self.at += 1
        return token

    def value(self) -> Operand:
        token = self.peek()
        if not token.startswith(":"):
            raise self._syntax_error(token)
        self.at += 1
        self.used_values.add(token)
        return Operand(lambda _, values: values[token], value=token)

    def operand(self, functions: Callable[[str], Operand]) -> Operand:
        """A path, a value or a function, in brackets or not."""
        if self.taken("("):
            inner = self.operand(functions)
            self.take(")")
            return inner
        if self.peek().startswith(":"):
            return self.value()
        if self.peek()[0].isalpha() and self.peek(1) == "(":
            return functions(self.take())
        path = self.path()
        return Operand(lambda item, _: lookup(item, path), path=path)

    def arguments(self, name: str, count: int, parse: Callable[[], Operand]) -> list[Operand]:
        self.take("(")
        found = self.listed(parse)
        self.take(")")
        if len(found) != count:
            raise self.error(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(found)}"
            )
        return found

    def need_path(self, name: str, operand: Operand) -> None:
        if not operand.path:
            raise self.error(f"Operator or function requires a document path; operator or function: {name}")

    def need_type(self, name: str, operand: Operand, allowed: frozenset[str], *, what: str = "function") -> None:
        """Refuse a literal of another type; ``what`` is "function", or "operator" as the service says it then."""

        def check(values: Values) -> None:
            kind = operand.literal_type(values)
            if kind and kind not in allowed:
                said = f"operator or function: {name}" if what == "function" else f"operator: {name}"
                raise self.error(f"Incorrect operand type for operator or function; {said}, operand type: {kind}")

        self.checks.append(check)


def lookup(item: Item, path: Path) -> Attribute | None:
    """The value at a path, or None."""
    found = item.get(path[0])  # type: ignore[call-overload] - a path begins with a name
    for step in path[1:]:
        if found is None:
            return None
        if isinstance(step, str):
            found = found.get("M", {}).get(step)
        else:
            members = found.get("L", ())
            found = members[step] if step < len(members) else None
    return found


def shown(path: Path) -> str:
    """A path as the service's errors show it."""
    return "[" + ", ".join(f"[{step}]" if isinstance(step, int) else step for step in path) + "]"


# -- conditions


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition."""

    kind: str
    holds: Test
    checks: tuple[Check, ...]
    names: frozenset[str]
    values: frozenset[str]


class _ConditionParser:
    def __init__(self, kind: str, text: str, names: Mapping[str, str]) -> None:
        self._source = _Source(kind, text, names)

    def parse(self) -> Condition:
        source = self._source
        holds, _ = self._any()
        source.end()
        return Condition(
            source.kind, holds, tuple(source.checks), frozenset(source.used_names), frozenset(source.used_values)
        )

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
        while source.peek(ahead) != "<EOF>":
            depth += {"(": 1, ")": -1}.get(source.peek(ahead), 0)
            ahead += 1
            if depth == 0:
                return source.peek(ahead) in _COMPARATORS or source.peek(ahead).upper() in {"BETWEEN", "IN"}
        return False

    def _single(self) -> Test:
        source = self._source
        left = source.operand(self._function)
        word = source.word()
        if word in _COMPARATORS:
            return self._comparison(left, source.take())
        if word == "BETWEEN":
            return self._between(left)
        if word == "IN":
            return self._in(left)
        if not left.function or left.function == "size":
            raise source._syntax_error(source.peek()) if not left.function else self._misused("size")
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
        holds = _COMPARED[sign]
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
            raise self._source.error(
                f"Invalid number of operands; operator: IN, number of operands: {len(members)}"
            )

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


# -- updates


@dataclass(frozen=True, slots=True)
class Action:
    """One clause of an update: SET and what to, ADD or DELETE and what, or REMOVE."""

    section: str
    path: Path
    operand: Operand | None


@dataclass(frozen=True, slots=True)
class Update:
    """A parsed update."""

    actions: tuple[Action, ...]
    checks: tuple[Check, ...]
    names: frozenset[str]
    values: frozenset[str]

    def apply(self, item: Item, values: Values) -> None:
        """Change the item in place. Every value is read from the item as it was.

        Raises:
            Invalid: an operand is missing or of the wrong type, or a path leads nowhere.
        """
        results = [action.operand and action.operand.read(item, values) for action in self.actions]
        late: list[tuple[int, list[Attribute], Attribute | None]] = []  # changes that move a list's other members
        for action, result in zip(self.actions, results, strict=True):
            container = _container(item, action.path)
            step = action.path[-1]
            if isinstance(container, list):
                self._change_list(action, container, int(step), result, late)
            else:
                _change_map(action.section, container, str(step), result)
        _change_members(late)

    @staticmethod
    def _change_list(
        action: Action,
        members: list[Attribute],
        index: int,
        result: Attribute | None,
        late: list[tuple[int, list[Attribute], Attribute | None]],
    ) -> None:
        there = {"": members[index]} if index < len(members) else {}
        if action.section == "REMOVE":
            if there:
                late.append((index, members, None))
            return
        _change_map(action.section, there, "", result)
        if "" not in there:
            if action.section == "DELETE" and index < len(members):
                late.append((index, members, None))
        elif index < len(members):
            members[index] = there[""]
        else:
            late.append((index, members, there[""]))


def _change_members(late: list[tuple[int, list[Attribute], Attribute | None]]) -> None:
    """Take members out from the last to the first, so that indexes mean the list as it was; then append."""
    for index, members, value in sorted(late, key=lambda change: -change[0]):
        if value is None:
            del members[index]
    for _, members, value in sorted(late, key=lambda change: change[0]):
        if value is not None:
            members.append(value)


def _container(item: Item, path: Path) -> dict[str, Attribute] | list[Attribute]:
    if len(path) == 1:
        return item
    parent = lookup(item, path[:-1])
    found = None if parent is None else parent.get("M" if isinstance(path[-1], str) else "L")
    if found is None:
        raise Invalid("The document path provided in the update expression is invalid for update")
    return found  # type: ignore[no-any-return] - the value of M is a map, of L a list


def _change_map(section: str, members: dict[str, Attribute], name: str, value: Attribute | None) -> None:
    existing = members.get(name)
    if section == "REMOVE":
        members.pop(name, None)
        return
    if value is None:
        raise Invalid("The provided expression refers to an attribute that does not exist in the item")
    if section == "SET":
        members[name] = copied(value)
        return
    kind = type_of(value)
    if existing is not None and kind not in existing:
        raise Invalid("An operand in the update expression has an incorrect data type")
    if section == "ADD":
        members[name] = _added(existing, kind, value[kind])
    elif existing is not None:
        left = [one for one in existing[kind] if one not in value[kind]]
        if left:
            members[name] = {kind: left}
        else:
            del members[name]


def _added(existing: Attribute | None, kind: str, value: Any) -> Attribute:
    if kind == "N":
        return {"N": _sum(existing["N"] if existing else "0", value, 1)}
    already = existing[kind] if existing else []
    return {kind: sorted_set(kind, already + [one for one in value if one not in already])}


def _sum(left: str, right: str, sign: int) -> str:
    return written(ARITHMETIC.add(number(left), sign * number(right)))


class _UpdateParser:
    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._source = _Source("UpdateExpression", text, names)

    def parse(self) -> Update:
        source = self._source
        clauses = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add, "DELETE": self._delete}
        actions: list[Action] = []
        seen: set[str] = set()
        while source.peek() != "<EOF>":
            section = source.word()
            if section not in clauses:
                raise source._syntax_error(source.peek())
            source.take()
            if section in seen:
                raise source.error(f'The "{section}" section can only be used once in an update expression;')
            seen.add(section)
            actions += source.listed(clauses[section])
        _refuse_overlaps(source, [action.path for action in actions])
        return Update(
            tuple(actions), tuple(source.checks), frozenset(source.used_names), frozenset(source.used_values)
        )

    def _set(self) -> Action:
        path = self._source.path()
        self._source.take("=")
        return Action("SET", path, self._sum_or_operand())

    def _remove(self) -> Action:
        return Action("REMOVE", self._source.path(), None)

    def _add(self) -> Action:
        return self._set_operation("ADD", {"N", *SETS})

    def _delete(self) -> Action:
        return self._set_operation("DELETE", set(SETS))

    def _set_operation(self, section: str, allowed: set[str]) -> Action:
        source = self._source
        path, operand = source.path(), source.value()

        def check(values: Values) -> None:
            kind = type_of(values[operand.value])
            if kind not in allowed:
                raise source.error(
                    f"Incorrect operand type for operator or function; operator: {section}, "
                    f"operand type: {_TYPE_WORDS[kind]}, typeSet: ALLOWED_FOR_{section}_OPERAND"
                )

        source.checks.append(check)
        return Action(section, path, operand)

    def _sum_or_operand(self) -> Operand:
        source = self._source
        bracketed = source.peek() == "(" and self._brackets_a_sum()
        if bracketed:
            source.take("(")
        operand = source.operand(self._function)
        if source.peek() in {"+", "-"}:
            sign = source.take()
            operand = self._arithmetic(sign, operand, source.operand(self._function))
        if bracketed:
            source.take(")")
        return operand

    def _brackets_a_sum(self) -> bool:
        source, depth, ahead = self._source, 0, 0
        while source.peek(ahead) != "<EOF>":
            token = source.peek(ahead)
            if depth == 1 and token in {"+", "-"}:
                return True
            depth += {"(": 1, ")": -1}.get(token, 0)
            ahead += 1
            if depth == 0:
                return False
        return False

    def _arithmetic(self, sign: str, left: Operand, right: Operand) -> Operand:
        for operand in (left, right):
            self._source.need_type(sign, operand, frozenset("N"))
        one, other, factor = _present(left), _present(right), 1 if sign == "+" else -1

        def read(item: Item, values: Values) -> Attribute:
            first, second = one(item, values), other(item, values)
            if "N" not in first or "N" not in second:
                raise Invalid("An operand in the update expression has an incorrect data type")
            return {"N": _sum(first["N"], second["N"], factor)}

        return Operand(read, function=sign, kind="N")

    def _function(self, name: str) -> Operand:
        source = self._source
        if name not in {"if_not_exists", "list_append"}:
            raise source.error(f"Invalid function name; function: {name}")
        first, second = source.arguments(name, 2, lambda: source.operand(self._function))
        if name == "if_not_exists":
            source.need_path(name, first)
            return Operand(
                lambda item, values: found if (found := lookup(item, first.path)) else second.read(item, values),
                function=name,
            )
        for operand in (first, second):
            source.need_type(name, operand, frozenset("L"))
        one, other = _present(first), _present(second)

        def read(item: Item, values: Values) -> Attribute:
            head, tail = one(item, values), other(item, values)
            if "L" not in head or "L" not in tail:
                raise Invalid("An operand in the update expression has an incorrect data type")
            return {"L": head["L"] + tail["L"]}

        return Operand(read, function=name, kind="L")


def _present(operand: Operand) -> Callable[[Item, Values], Attribute]:
    def read(item: Item, values: Values) -> Attribute:
        found = operand.read(item, values)
        if found is None:
            raise Invalid("The provided expression refers to an attribute that does not exist in the item")
        return found

    return read


def _refuse_overlaps(source: _Source, paths: list[Path]) -> None:
    for later, second in enumerate(paths):
        for first in paths[:later]:
            problem = _overlap(first, second)
            if problem:
                raise source.error(
                    f"Two document paths {problem} with each other; must remove or rewrite one of these paths; "
                    f"path one: {shown(first)}, path two: {shown(second)}"
                )


def _overlap(first: Path, second: Path) -> str:
    for one, other in zip(first, second, strict=False):
        if type(one) is not type(other):
            return "conflict"
        if one != other:
            return ""
    return "overlap"


# -- projections and key conditions


@dataclass(frozen=True, slots=True)
class Projection:
    """The paths of an item that are asked for."""

    paths: tuple[Path, ...]
    names: frozenset[str]

    def of(self, item: Item) -> Item:
        return projected(item, self.paths)


def projected(item: Item, paths: tuple[Path, ...]) -> Item:
    """A copy of what stands at these paths, in its place; members of a list close up."""
    wanted: dict[str | int, Any] = {}
    for path in paths:
        if lookup(item, path) is not None:
            branch = wanted
            for step in path[:-1]:
                branch = branch.setdefault(step, {})
            branch[path[-1]] = None
    return {str(name): _pruned(item[str(name)], branch) for name, branch in wanted.items()}


def _pruned(attribute: Attribute, branch: dict[str | int, Any] | None) -> Attribute:
    if branch is None:
        return copied(attribute)
    if "M" in attribute:
        return {"M": {str(step): _pruned(attribute["M"][step], below) for step, below in branch.items()}}
    return {"L": [_pruned(attribute["L"][step], branch[step]) for step in sorted(branch)]}  # type: ignore[type-var]


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """The hash key's value, and a condition on the range key."""

    hash_name: str
    hash_value: str
    range_name: str
    range_holds: Test
    checks: tuple[Check, ...]
    names: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4096)
def condition(kind: str, text: str, names: tuple[tuple[str, str], ...]) -> Condition:
    """Parse a condition; ``kind`` is what the service calls it, e.g. ConditionExpression."""
    return _ConditionParser(kind, text, dict(names)).parse()


@lru_cache(maxsize=4096)
def update(text: str, names: tuple[tuple[str, str], ...]) -> Update:
    """Parse an update."""
    return _UpdateParser(text, dict(names)).parse()


@lru_cache(maxsize=1024)
def projection(text: str, names: tuple[tuple[str, str], ...]) -> Projection:
    """Parse a projection."""
    source = _Source("ProjectionExpression", text, dict(names))
    paths = source.listed(source.path)
    source.end()
    _refuse_overlaps(source, paths)
    return Projection(tuple(paths), frozenset(source.used_names))


_KEY_PART: Final = re.compile(
    r"\s*(?:(?P<name>[#\w]+)\s*=\s*(?P<value>:\w+)\s*$|(?P<other>.+))", re.IGNORECASE | re.DOTALL
)
_KEY_AND: Final = re.compile(r"\bBETWEEN\b.*?\bAND\b|(\bAND\b)", re.IGNORECASE | re.DOTALL)
