"""What changes between two sets of values. A secret's value is never in it, only that it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planfix_telegram.setting_keys import flat, flat_secrets
from planfix_telegram.texts import say


@dataclass(frozen=True, slots=True)
class Line:
    """One key; None where it is absent."""

    key: str
    before: str | None
    after: str | None


def settings_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Every setting that becomes another."""
    old, new = flat(dict(before)), flat(dict(after))
    return [Line(key, old.get(key), new.get(key)) for key in sorted(old | new) if old.get(key) != new.get(key)]


def secrets_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Every secret that becomes another, without its value."""
    before, after = flat_secrets(before), flat_secrets(after)
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return [
        Line(
            name,
            state(before[name]) if name in before else None,
            (say("secret_changed") if name in before else say("secret_set")) if name in after else None,
        )
        for name in changed
    ]


def state(value: Any) -> str:
    """What may be said about a stored secret."""
    if isinstance(value, list) and len(value) > 1:
        return say("secret_two_valid")
    return say("secret_set") if value else say("secret_not_set")
