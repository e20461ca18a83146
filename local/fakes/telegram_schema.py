"""The official method table, and the check of a call against it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from local.fakes.telegram_model import Json, RefusedError, bad_request

_TABLE: Json = json.loads(files("local.fakes").joinpath("telegram_methods.json").read_text("utf-8"))
METHODS: Json = _TABLE["methods"]
_TYPES: Json = _TABLE["types"]

_MISSING = {
    "text": "message text is empty",
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "file_id": "file_id not specified",
    "business_connection_id": "business connection not found",
    "latitude": "latitude is empty",
    "longitude": "longitude is empty",
}
"""The real words where they are known."""


class _WrongTypeError(Exception):
    """A value that is none of its parameter's types; the message says where."""


def checked(method: str, params: Json, uploads: frozenset[str]) -> Json:
    """The call's parameters as values of their declared types.

    Args:
        method: as in the table.
        params: as received; JSON-serialized objects and numbers as text are accepted, as the real server does.
        uploads: names of the multipart file parts.

    Raises:
        RefusedError: 400; for an unknown parameter too, which the real server would ignore.
    """
    declared: Json = METHODS[method]
    for name in params:
        if name not in declared:
            raise bad_request(f"unknown parameter {name} (fake)")
    values: Json = {}
    for name, spec in declared.items():
        if name in params:
            try:
                values[name] = _value(params[name], spec["types"], name)
            except _WrongTypeError as error:
                raise bad_request(f"{error} (fake)") from None
        elif name in uploads and "InputFile" in spec["types"]:
            values[name] = f"attach://{name}"
        elif spec.get("required"):
            raise _missing(name)
    return values


def _missing(name: str) -> RefusedError:
    return bad_request(_MISSING.get(name, f"parameter {name} is required (fake)"))


def _value(raw: Any, types: list[str], where: str) -> Any:
    failures = []
    for kind in _likeliest_first(raw, types):
        try:
            return _typed(raw, kind, where)
        except _WrongTypeError as error:
            failures.append(str(error))
    raise _WrongTypeError(failures[0])


def _likeliest_first(raw: Any, types: list[str]) -> list[str]:
    """For a union of media types, the one its ``type`` names: so that the error speaks of what was meant."""
    named = raw.get("type") if isinstance(raw, dict) else None
    return sorted(types, key=lambda kind: named is None or _discriminator(kind) != named)


def _discriminator(kind: str) -> str | None:
    """``InputMediaLivePhoto`` is told by type ``live_photo``."""
    if not kind.startswith("InputMedia") or kind == "InputMedia":
        return None
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.removeprefix("InputMedia")).lower()


def _typed(raw: Any, kind: str, where: str) -> Any:
    if kind.startswith("Array of "):
        return _array(raw, kind.removeprefix("Array of "), where)
    if kind in _PLAIN:
        return _PLAIN[kind](raw, where)
    return _object(raw, kind, where)


def _integer(raw: Any, where: str) -> int:
    if isinstance(raw, bool) or not (isinstance(raw, int) or (isinstance(raw, str) and re.fullmatch(r"-?\d+", raw))):
        raise _WrongTypeError(f"{where} must be an Integer")
    return int(raw)


def _float(raw: Any, where: str) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    if isinstance(raw, str) and re.fullmatch(r"-?\d+(\.\d+)?", raw):
        return float(raw)
    raise _WrongTypeError(f"{where} must be a Float")


def _boolean(raw: Any, where: str) -> bool:
    # Client.cpp's to_bool: "true", "yes" and "1" in any case are true.
    text = str(raw).lower()
    if isinstance(raw, bool | str) and text in {"true", "yes", "1", "false", "no", "0"}:
        return text in {"true", "yes", "1"}
    raise _WrongTypeError(f"{where} must be a Boolean")


def _string(raw: Any, where: str) -> str:
    if not isinstance(raw, str):
        raise _WrongTypeError(f"{where} must be a String")
    return raw


_PLAIN = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "String": _string,
    "InputFile": _string,
}


def _array(raw: Any, item: str, where: str) -> list[Any]:
    values = _decoded(raw, where)
    if not isinstance(values, list):
        raise _WrongTypeError(f"{where} must be an Array of {item}")
    # "Array of InputMediaAudio" and its four brothers mean a mixed array of them (sendMediaGroup).
    kinds = _TYPES["InputMedia"]["subtypes"] if item.startswith("InputMedia") else [item]
    return [_value(value, kinds, f"{where}[{i}]") for i, value in enumerate(values)]


def _object(raw: Any, kind: str, where: str) -> Json:
    value = _decoded(raw, where)
    if not isinstance(value, dict):
        raise _WrongTypeError(f"{where} must be a {kind}")
    spec = _TYPES.get(kind)
    if spec is None:
        raise _WrongTypeError(f"{where}: the fake knows no {kind}")
    if "subtypes" in spec:
        return dict(_value(value, spec["subtypes"], where))
    expected = _discriminator(kind)
    if expected and value.get("type") != expected:
        raise _WrongTypeError(f'{where} has no known type "{value.get("type")}"')
    for name in value:
        if name not in spec:
            raise _WrongTypeError(f"{where} has an unknown field {name}")
    for name, field in spec.items():
        if field.get("required") and name not in value:
            raise _WrongTypeError(f"{where} lacks the field {name}")
    return {name: _value(value[name], spec[name]["types"], f"{where}.{name}") for name in value}


def _decoded(raw: Any, where: str) -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        raise _WrongTypeError(f"{where}: can't parse JSON") from None
