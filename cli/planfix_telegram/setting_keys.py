"""Settings by dotted key, as the model names them: `planfix.account_url`, `channels.<owner id>.name`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bridge.model import OWN_BOT
from bridge.settings import ChatTokens, Secrets, Settings
from planfix_telegram.problem import Problem
from planfix_telegram.texts import as_list

CHANNEL = "<owner id>"

NOTHING = "-"
"""How an empty value is shown."""

ROTATING = {"webhook_secrets", "planfix_secrets"}
"""Secrets of which two values are valid while they rotate, the newer first; and so are a chat's own tokens."""

CHATS = "chats"
_OUR_TOKENS = "our_tokens"


def known_keys() -> list[str]:
    """Every key that can be set."""
    return [key for key, _, _ in _leaves(Settings, "")]


def defaults() -> dict[str, str]:
    """What holds for each key of the integration itself while it is not set."""
    return {key: _readable(default) for key, _, default in _leaves(Settings, "") if CHANNEL not in key}


def secret_names(channels: Iterable[str] = (CHANNEL,)) -> list[str]:
    """Every secret that can be set; those of chats for each of these channels."""
    chats = [f"{CHATS}.{channel}.{name}" for channel in channels for name in ChatTokens.model_fields]
    return [*(name for name in Secrets.model_fields if name != CHATS), *chats]


def is_rotating(name: str) -> bool:
    """Whether two values of this secret are valid while it rotates."""
    return name in ROTATING or (name.startswith(f"{CHATS}.") and name.endswith(f".{_OUR_TOKENS}"))


def flat_secrets(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Secrets by the names by which they are set; those without a value are left out."""
    found = {name: value for name, value in raw.items() if name != CHATS and value}
    for channel, tokens in raw.get(CHATS, {}).items():
        found |= {f"{CHATS}.{channel}.{name}": value for name, value in tokens.items() if value}
    return found


def with_secret(raw: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Unvalidated secrets with one of them set, by the name by which it is set."""
    if not name.startswith(f"{CHATS}."):
        return {**raw, name: value}
    _, channel, last = name.split(".")
    chats = raw.get(CHATS, {})
    return {**raw, CHATS: {**chats, channel: {**chats.get(channel, {}), last: value}}}


def put(raw: dict[str, Any], key: str, text: str) -> None:
    """Set a key in unvalidated settings; the model judges the value afterwards.

    Args:
        raw: settings as stored; changed in place.
        key: dotted.
        text: as typed; a list's elements are separated by commas.

    Raises:
        Problem: no such key.
    """
    annotation = _annotation(key)
    if annotation is None:
        raise _unknown(key)
    value: Any = text
    if _is_list(annotation):
        value = [part.strip() for part in text.split(",") if part.strip()]
    *path, last = key.split(".")
    for part in path:
        raw = raw.setdefault(part, {})
    raw[last] = value


def drop(raw: dict[str, Any], key: str) -> None:
    """Remove a key, or a whole group of keys, from unvalidated settings.

    Raises:
        Problem: no such key, or it is not set.
    """
    if _annotation(key) is None and not _is_group(key):
        raise _unknown(key)
    *path, last = key.split(".")
    for part in path:
        raw = raw.get(part, {})
    if last not in raw:
        raise Problem("key_not_set", key=key)
    del raw[last]


def check_secret_name(name: str) -> None:
    """Raises Problem when there is no such secret, or none that anybody may change."""
    if name == "digest_key":
        raise Problem("digest_key_stays")
    if name not in secret_names([_channel(name)]) or CHANNEL in name:
        known = (one for one in secret_names() if one != "digest_key")
        raise Problem("secret_unknown", name=name, known=", ".join(known))


def flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Settings as dotted keys and readable values."""
    if isinstance(value, dict) and (value or not _is_channel(prefix)):
        lines: dict[str, str] = {}
        for name, inner in value.items():
            lines |= flat(inner, f"{prefix}.{name}" if prefix else str(name))
        return lines
    return {prefix: _readable(value)}


def _readable(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or NOTHING
    return str(value) if value or value == 0 else NOTHING


def _unknown(key: str) -> Problem:
    known = [one.replace(CHANNEL, _channel(key)) for one in known_keys()]
    if _is_group(key):
        examples = [one for one in known if one.startswith(f"{key}.")]
        return Problem("key_is_group", key=key, examples=", ".join(examples[:3]))
    near = _near(key, known)
    if near:
        return Problem("key_unknown_near", key=key, near=", ".join(near))
    return Problem("key_unknown", key=key, known=as_list(known))


def _near(key: str, known: list[str]) -> list[str]:
    """Keys that may have been meant: misspelled at its end, named without its group, or misspelled altogether."""
    group, _, last = key.rpartition(".")
    beside = {one.rpartition(".")[2]: one for one in known if one.rpartition(".")[0] == group}
    near = [beside[one] for one in get_close_matches(last, list(beside), n=2)]
    near += [one for one in known if one.rpartition(".")[2] == last]
    return list(dict.fromkeys(near or get_close_matches(key, known, n=2, cutoff=0.7)))


def _is_channel(key: str) -> bool:
    return key.count(".") == 1 and key.startswith("channels.")


def _channel(key: str) -> str:
    parts = key.split(".")
    return parts[1] if len(parts) > 1 and (parts[1].isdecimal() or parts[1] == OWN_BOT) else CHANNEL


def _template(key: str) -> str:
    """The key as `known_keys` has it."""
    return key.replace(f".{_channel(key)}", f".{CHANNEL}", 1)


def _annotation(key: str) -> Any:
    """The type of the key's value; None when it is not a key."""
    return next((annotation for known, annotation, _ in _leaves(Settings, "") if known == _template(key)), None)


def _is_group(key: str) -> bool:
    template = _template(key)
    return any(one.startswith(f"{template}.") for one in known_keys())


def _leaves(model: type[BaseModel], prefix: str) -> list[tuple[str, Any, Any]]:
    """Every key under a model, with the type of its value and its default."""
    found: list[tuple[str, Any, Any]] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if get_origin(inner) is dict:
            found += _leaves(get_args(inner)[1], f"{prefix}{name}.{CHANNEL}.")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _leaves(inner, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", inner, None if field.is_required() else field.default))
    return found


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) is UnionType:
        return any(_is_list(part) for part in get_args(annotation))
    return get_origin(annotation) is tuple
