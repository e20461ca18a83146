"""The fake Planfix refuses the bodies that the reference implementation of JSON Schema refuses, and no others."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from local.fakes.planfix_model import Json, RefusedError
from local.fakes.planfix_schema import check_body
from tests.simulation.chance import chance_of

DATA: Final[Json] = json.loads(files("local.fakes").joinpath("planfix_schema.json").read_text("utf-8"))
BODIES: Final = 100
"""Of each call."""
STRANGE: Final = 0.04
"""Share of values, fields and omissions that are none of the schema's: some bodies have none, some several."""
MISSING, WRONG = 40, 41
ANYTHING: Final[tuple[Any, ...]] = (
    None, True, 0, 1, -1, 101, 1.0, "", "x", "x" * 101, [], [1], {}, {"id": 1}, {"x": 1}, "user:5", "contact:1", "contact:1\n", "Contact:1",
    "d9428888-122b-11e1-b85c-61cd3cbb3210", "d9428888122b11e1b85c61cd3cbb3210",
)  # fmt: skip


def test_the_data_is_json_schema() -> None:
    """Every keyword is one of JSON Schema's and has a value of its kind."""
    for name in ("bodies", "definitions"):
        for schema in DATA[name].values():
            Draft202012Validator.check_schema(_standard(schema))


@pytest.mark.parametrize("call", DATA["bodies"])
def test_bodies_are_refused_as_json_schema_says(call: str) -> None:
    """The fake and jsonschema say the same of bodies right and wrong; of several faults the fake names one."""
    chance, validator = chance_of(f"bodies of {call}"), _validator(call)
    taken = 0
    for _ in range(BODIES):
        body = _body(DATA["bodies"][call], chance)
        expected = {MISSING if one.validator == "required" else WRONG for one in validator.iter_errors(body)}
        code = _code(call, body)
        assert code in expected if expected else code is None, (body, code, expected)
        taken += code is None
    assert BODIES / 20 < taken < BODIES * 19 / 20, "nearly all bodies are alike"


def _code(call: str, body: Any) -> int | None:
    try:
        check_body(call, body)
    except RefusedError as refused:
        return int(refused.body["code"])
    return None


def _validator(call: str) -> Any:
    """The data as a standard schema: no other fields than those named, 1.0 is no integer, a pattern is the whole text's."""
    definitions = {name: _standard(schema) for name, schema in DATA["definitions"].items()}
    integers = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    validator = extend(Draft202012Validator, type_checker=integers)
    return validator(
        {**_standard(DATA["bodies"][call]), "definitions": definitions}, format_checker=FormatChecker(["uuid"])
    )


def _standard(part: Any) -> Any:
    if isinstance(part, list):
        return [_standard(one) for one in part]
    if not isinstance(part, dict):
        return part
    if isinstance(part.get("ref"), str):
        return {"$ref": f"#/definitions/{part['ref']}"}
    if isinstance(part.get("pattern"), str):
        part = {**part, "pattern": part["pattern"].replace("$", r"\Z")}
    closed = {"additionalProperties": False} if isinstance(part.get("properties"), dict) else {}
    return {name: _standard(one) for name, one in part.items()} | closed


def _body(schema: Json, chance: random.Random) -> Any:
    """A value as the schema wants it, here and there another one."""
    if chance.random() < STRANGE:
        return chance.choice(ANYTHING)
    if "ref" in schema:
        return _body(DATA["definitions"][schema["ref"]], chance)
    if "properties" in schema:
        return dict(_fields(schema, chance))
    if "items" in schema:
        return [_body(schema["items"], chance) for _ in range(chance.randrange(3))]
    return chance.choice(_fitting(json.dumps(schema)))


@lru_cache
def _fitting(schema: str) -> list[Any]:
    read = json.loads(schema)
    validator = Draft202012Validator(read)
    return [one for one in (*ANYTHING, *read.get("enum", ())) if validator.is_valid(one)]


def _fields(schema: Json, chance: random.Random) -> Iterator[tuple[str, Any]]:
    required = schema.get("required", ())
    for name, one in schema["properties"].items():
        if chance.random() < (1 - STRANGE if name in required else 0.3):
            yield name, _body(one, chance)
    if chance.random() < STRANGE:
        yield "noSuchField", 1
