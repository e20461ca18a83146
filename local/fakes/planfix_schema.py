"""Request bodies as the official description has them, and the selection of ``fields``."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from local.fakes.planfix_model import Json, bad_value, missing

_SCHEMA: Json = json.loads(files("local.fakes").joinpath("planfix_schema.json").read_text("utf-8"))
_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")  # RFC 9562; no other form is one
_ANY_CUSTOM_FIELD = "customFieldData"


def check_body(call: str, body: Json) -> None:
    """Check a request body.

    Args:
        call: as in the data file, ``POST /task/``.
        body: the parsed JSON.

    Raises:
        RefusedError: 41 for an unknown field or a wrong value, 40 for a missing one.
    """
    _check(body, _SCHEMA["bodies"][call], "")


def _check(value: Any, schema: Json, where: str) -> None:
    if "ref" in schema:
        schema = _SCHEMA["definitions"][schema["ref"]]
    _check_type(value, schema, where)
    if isinstance(value, dict) and "properties" in schema:
        _check_object(value, schema, where)
    elif isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            _check(item, schema["items"], f"{where}[{i}]")
    elif isinstance(value, str):
        _check_text(value, schema, where)
    elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise bad_value(f"{where} is out of range")


def _check_type(value: Any, schema: Json, where: str) -> None:
    names = schema.get("type")
    if names is None:
        return
    expected = [names] if isinstance(names, str) else names
    fits = any(isinstance(value, _TYPES[name]) for name in expected)
    if not fits or (isinstance(value, bool) and "boolean" not in expected):
        raise bad_value(f"{where or 'the body'} must be of type {' or '.join(expected)}")


def _check_object(value: Json, schema: Json, where: str) -> None:
    for name, item in value.items():
        if name not in schema["properties"]:
            raise bad_value(f"Unknown field {f'{where}.{name}'.lstrip('.')}")
        _check(item, schema["properties"][name], f"{where}.{name}".lstrip("."))
    for name in schema.get("required", ()):
        if name not in value:
            raise missing(f"{where}.{name}".lstrip("."))


def _check_text(value: str, schema: Json, where: str) -> None:
    if "enum" in schema and value not in schema["enum"]:
        raise bad_value(f"{where} must be one of {', '.join(schema['enum'])}")
    if "pattern" in schema and not re.fullmatch(schema["pattern"].strip("^$"), value):
        raise bad_value(f"{where} has a wrong form")
    if len(value) > schema.get("maxLength", len(value)):
        raise bad_value(f"{where} is too long")
    if schema.get("format") == "uuid" and not _UUID.fullmatch(value):
        raise bad_value(f"{where} must be a UUID")


def asked_fields(entity: str, fields: str | None) -> list[str]:
    """The names to return; ``id`` alone when none are asked for.

    Args:
        entity: as in the data file, ``task``.
        fields: comma list of system names and numbers of custom fields.

    Raises:
        RefusedError: 41 for a name that the entity does not have.
    """
    names = [name.strip() for name in (fields or "id").split(",") if name.strip()]
    for name in names:
        if not name.isdecimal() and name not in _SCHEMA["fields"][entity]:
            raise bad_value(f"Unknown field {name} in fields")
    return names


def selected(names: list[str], whole: Json) -> Json:
    """The asked fields that the entity has a value for; custom fields come together as ``customFieldData``."""
    chosen: Json = {name: whole[name] for name in names if name in whole and not name.isdecimal()}
    custom = {int(name) for name in names if name.isdecimal()}
    if custom:
        values = whole.get(_ANY_CUSTOM_FIELD, [])
        chosen[_ANY_CUSTOM_FIELD] = [value for value in values if value["field"]["id"] in custom]
    return chosen
