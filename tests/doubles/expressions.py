"""DynamoDB's expression language: tokens, paths, values, operands, and the simplest expression, a projection.

An expression is parsed once, with the names it stands for (``#n``), and kept; it reads the values (``:v``) of each
request. Grammar and rules: Amazon DynamoDB developer guide, "Expressions" and "Reserved words".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as File
from typing import Any, Final

from tests.doubles.attributes import Attribute, Invalid, Item, copied, type_of

MAX_EXPRESSION: Final = 4096
"""Bytes of one expression (Constraints in Amazon DynamoDB)."""

RESERVED: Final = frozenset(File(__file__).with_name("reserved_words.txt").read_text("ascii").split())
"""The guide's list of reserved words (moto ships the same one)."""

Names = tuple[tuple[str, str], ...]
"""ExpressionAttributeNames, hashable."""
Values = Mapping[str, Attribute]
Path = tuple[str | int, ...]
"""The way to a value: names, and indexes of lists."""
Test = Callable[[Item, Values], bool]
Read = Callable[[Item, Values], Attribute | None]
Check = Callable[[Values], None]
"""What can be said about literal values before any item is read; raises `Invalid`."""

_TOKEN: Final = re.compile(r"\s*(?:([#:]?[A-Za-z0-9_]+)|(<>|<=|>=|[=<>()\[\],.+-])|$)")


@dataclass(frozen=True, slots=True)
class Expression:
    """What every parsed expression says: the names and values it uses, and what its literals must be.

    ``kind`` is the service's name for it, e.g. ConditionExpression.
    """

    kind: str
    checks: tuple[Check, ...]
    names: frozenset[str]
    values: frozenset[str]


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
class Source:
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
                raise self.syntax_error(self.text[position:].strip()[:1])
            position = match.end()
            self.tokens += filter(None, match.groups())

    def error(self, sentence: str) -> Invalid:
        return Invalid(f"Invalid {self.kind}: {sentence}")

    def syntax_error(self, token: str) -> Invalid:
        near = " ".join(self.tokens[max(self.at - 1, 0) : self.at + 2])
        return self.error(f'Syntax error; token: "{token}", near: "{near}"')

    def peek(self, ahead: int = 0) -> str:
        """The next token, or one further on."""
        return self.tokens[self.at + ahead] if self.more(ahead) else "<EOF>"

    def more(self, ahead: int = 0) -> bool:
        """Whether there is a token."""
        return self.at + ahead < len(self.tokens)

    def word(self) -> str:
        """The next token in capitals: key words are read in any case."""
        return self.peek().upper()

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token == "<EOF>" or (expected is not None and token.upper() != expected):
            raise self.syntax_error(token)
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
            raise self.syntax_error(self.peek())

    def listed(self, parse: Callable[[], Any]) -> list[Any]:
        """One or more, with commas between."""
        found = [parse()]
        while self.taken(","):
            found.append(parse())
        return found

    def parsed(self) -> tuple[str, tuple[Check, ...], frozenset[str], frozenset[str]]:
        """The fields of `Expression`."""
        return self.kind, tuple(self.checks), frozenset(self.used_names), frozenset(self.used_values)

    # -- paths and values

    def path(self) -> Path:
        steps: list[str | int] = [self._name()]
        while self.peek() in {".", "["}:
            if self.take() == ".":
                steps.append(self._name())
                continue
            if not self.peek().isdecimal():
                raise self.syntax_error(self.peek())
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
            raise self.syntax_error(token)
        if token.upper() in RESERVED:
            raise self.error(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        self.at += 1
        return token

    def value(self) -> Operand:
        token = self.peek()
        if not token.startswith(":"):
            raise self.syntax_error(token)
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
    found = item.get(str(path[0]))
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


def refuse_overlaps(source: Source, paths: list[Path]) -> None:
    """Refuse two paths of which one leads through the other, or that disagree on what a value is."""
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


@dataclass(frozen=True, slots=True)
class Projection(Expression):
    """The paths of an item that are asked for."""

    paths: tuple[Path, ...]


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
    return {"L": [_pruned(attribute["L"][step], branch[step]) for step in sorted(branch)]}


@lru_cache(maxsize=1024)
def projection(text: str, names: Names) -> Projection:
    """Parse a projection."""
    source = Source("ProjectionExpression", text, dict(names))
    paths = source.listed(source.path)
    source.end()
    refuse_overlaps(source, paths)
    return Projection(*source.parsed(), tuple(paths))
