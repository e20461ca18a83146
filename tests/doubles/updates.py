"""DynamoDB's updates: SET, REMOVE, ADD, DELETE.

Rules: Amazon DynamoDB developer guide, "Using update expressions".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tests.doubles.attributes import (
    ARITHMETIC,
    SETS,
    Attribute,
    Invalid,
    Item,
    copied,
    number,
    sorted_set,
    type_of,
    written,
)
from tests.doubles.expressions import Expression, Names, Operand, Path, Source, Values, lookup, refuse_overlaps

_TYPE_WORDS: Final = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}
_WRONG_TYPE: Final = "An operand in the update expression has an incorrect data type"
_MISSING: Final = "The provided expression refers to an attribute that does not exist in the item"
_NOWHERE: Final = "The document path provided in the update expression is invalid for update"

_Moves = list[tuple[int, list[Attribute], Attribute | None]]
"""Changes that move a list's other members: index, list, and what to append (None: take out)."""


@dataclass(frozen=True, slots=True)
class Action:
    """One clause of an update: SET and what to, ADD or DELETE and what, or REMOVE."""

    section: str
    path: Path
    operand: Operand | None


@dataclass(frozen=True, slots=True)
class Update(Expression):
    """A parsed update."""

    actions: tuple[Action, ...]

    def apply(self, item: Item, values: Values) -> None:
        """Change the item in place. Every value is read from the item as it was, every index counts in the list as it was.

        Raises:
            Invalid: an operand is missing or of the wrong type, or a path leads nowhere.
        """
        results = [action.operand.read(item, values) if action.operand else None for action in self.actions]
        moves: _Moves = []
        for action, result in zip(self.actions, results, strict=True):
            container = _container(item, action.path)
            if isinstance(container, list):
                _change_list(action, container, result, moves)
            else:
                _change_map(action.section, container, str(action.path[-1]), result)
        _carry_out(moves)


def _container(item: Item, path: Path) -> dict[str, Attribute] | list[Attribute]:
    if len(path) == 1:
        return item
    parent = lookup(item, path[:-1]) or {}
    found: dict[str, Attribute] | list[Attribute] | None = parent.get("M" if isinstance(path[-1], str) else "L")
    if found is None:
        raise Invalid(_NOWHERE)
    return found


def _change_list(action: Action, members: list[Attribute], result: Attribute | None, moves: _Moves) -> None:
    index = int(action.path[-1])
    exists = index < len(members)
    there = {"": members[index]} if exists else {}
    _change_map(action.section, there, "", result)
    if not there:
        moves += [(index, members, None)] if exists else []
    elif exists:
        members[index] = there[""]
    else:
        moves.append((index, members, there[""]))


def _carry_out(moves: _Moves) -> None:
    """Take members out from the last to the first, then append in order of the indexes."""
    for index, members, value in sorted(moves, key=lambda move: -move[0]):
        if value is None:
            del members[index]
    for _, members, value in sorted(moves, key=lambda move: move[0]):
        if value is not None:
            members.append(value)


def _change_map(section: str, members: dict[str, Attribute], name: str, value: Attribute | None) -> None:
    existing = members.get(name)
    if section == "REMOVE":
        members.pop(name, None)
        return
    if value is None:
        raise Invalid(_MISSING)
    if section == "SET":
        members[name] = copied(value)
        return
    kind = type_of(value)
    if existing is not None and kind not in existing:
        raise Invalid(_WRONG_TYPE)
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
        self._source = Source("UpdateExpression", text, names)

    def parse(self) -> Update:
        source = self._source
        clauses = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add, "DELETE": self._delete}
        actions: list[Action] = []
        seen: set[str] = set()
        while source.more():
            section = source.word()
            if section not in clauses:
                raise source.syntax_error(source.peek())
            source.take()
            if section in seen:
                raise source.error(f'The "{section}" section can only be used once in an update expression;')
            seen.add(section)
            actions += source.listed(clauses[section])
        refuse_overlaps(source, [action.path for action in actions])
        return Update(*source.parsed(), tuple(actions))

    def _set(self) -> Action:
        path = self._source.path()
        self._source.take("=")
        return Action("SET", path, self._sum_or_operand())

    def _remove(self) -> Action:
        return Action("REMOVE", self._source.path(), None)

    def _add(self) -> Action:
        return self._number_or_set("ADD", {"N", *SETS})

    def _delete(self) -> Action:
        return self._number_or_set("DELETE", set(SETS))

    def _number_or_set(self, section: str, allowed: set[str]) -> Action:
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
        while source.more(ahead):
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
                raise Invalid(_WRONG_TYPE)
            return {"N": _sum(first["N"], second["N"], factor)}

        return Operand(read, function=sign, kind="N")

    def _function(self, name: str) -> Operand:
        source = self._source
        if name not in {"if_not_exists", "list_append"}:
            raise source.error(f"Invalid function name; function: {name}")
        first, second = source.arguments(name, 2, lambda: source.operand(self._function))
        if name == "if_not_exists":
            source.need_path(name, first)
            return Operand(lambda item, values: first.read(item, values) or second.read(item, values), function=name)
        for operand in (first, second):
            source.need_type(name, operand, frozenset("L"))
        one, other = _present(first), _present(second)

        def read(item: Item, values: Values) -> Attribute:
            head, tail = one(item, values), other(item, values)
            if "L" not in head or "L" not in tail:
                raise Invalid(_WRONG_TYPE)
            return {"L": head["L"] + tail["L"]}

        return Operand(read, function=name, kind="L")


def _present(operand: Operand) -> Callable[[Item, Values], Attribute]:
    def read(item: Item, values: Values) -> Attribute:
        found = operand.read(item, values)
        if found is None:
            raise Invalid(_MISSING)
        return found

    return read


@lru_cache(maxsize=4096)
def update(text: str, names: Names) -> Update:
    """Parse an update."""
    return _UpdateParser(text, dict(names)).parse()
