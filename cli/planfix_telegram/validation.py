"""Judges values by the model and says in one sentence what is wrong with them. Never repeats a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import TypeAdapter, ValidationError

from bridge.settings import ChatTokens, Email, Secrets, ServiceAddress, Settings, parse_secrets, parse_settings
from planfix_telegram.problem import Problem
from planfix_telegram.texts import TEXTS, say

_INVALID_FORMS: Final = {"provider_id": "invalid_provider_id", "owner_email": "invalid_owner_email"}
"""Settings whose form says little to a person, each with its sentence; other ones name people."""


def settings_of(raw: Mapping[str, Any], alias: str) -> Settings:
    """Validated settings; raises Problem with the model's reasons."""
    try:
        return parse_settings(raw)
    except ValidationError as error:
        raise Problem("settings_invalid", alias=alias, reasons=_reasons(error)) from None


def route_of(settings: Mapping[str, Any]) -> str:
    """The route that stored settings choose."""
    return str(settings.get("route") or Settings.model_fields["route"].default)


def secrets_of(raw: Mapping[str, Any], alias: str, route: str = "rest") -> Secrets:
    """Validated secrets, as this route needs them; raises Problem with the model's reasons, without the values."""
    if not raw:
        raise Problem("secrets_missing", alias=alias)
    try:
        return parse_secrets(raw, route)
    except ValidationError as error:
        raise Problem("secrets_invalid", alias=alias, reasons=_reasons(error)) from None


def check_secret(name: str, value: Any) -> None:
    """Judge one secret alone; raises Problem with the reason, without the value."""
    field = Secrets.model_fields[name]
    try:
        TypeAdapter(Annotated[field.annotation, *field.metadata]).validate_python(value)
    except ValidationError as error:
        raise Problem("secret_invalid", name=name, reasons=_reasons(error, name)) from None


def check_chat_token(value: str) -> None:
    """Judge the key that a chat's window in Planfix shows; raises Problem with the reason, without the value."""
    try:
        ChatTokens(planfix_token=value)
    except ValidationError as error:
        raise Problem("secret_invalid", name="planfix_token", reasons=_reasons(error, "planfix_token")) from None


def is_email(value: str) -> bool:
    """Whether it can be the e-mail of an employee."""
    try:
        TypeAdapter(Email).validate_python(value)
    except ValidationError:
        return False
    return True


def check_address(key: str, value: str) -> str:
    """Judge a service's address; raises Problem with the reason."""
    try:
        return TypeAdapter(ServiceAddress).validate_python(value)
    except ValidationError:
        raise Problem("address_invalid", key=key, value=value) from None


def _reasons(error: ValidationError, name: str = "") -> str:
    # the input is left out: it may be a secret
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(dict.fromkeys(f"{_place(one['loc'])}{_sentence(dict(one), name)}" for one in found))


def _place(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in location)}: " if location else ""


def _sentence(error: Mapping[str, Any], name: str) -> str:
    key = f"invalid_{error['type']}"
    if error["type"] == "string_pattern_mismatch":  # the pattern itself says little to a person
        field = str([name, *error["loc"]][-1 if not error["loc"] else 1])
        key = f"invalid_{field}" if field in Secrets.model_fields else "invalid_person"
        key = _INVALID_FORMS.get(error["loc"][-1] if error["loc"] else "", key)
    if key in TEXTS:
        return say(key, **error.get("ctx", {}))
    return say("invalid_otherwise", detail=error["type"])


def account_address(typed: str) -> str:
    """A Planfix account's address as people type or copy it, made one: `acme.planfix.ru/rest/` is that account too."""
    address = typed.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    path = parts.path.rstrip("/").removesuffix("/rest")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
