"""What an admin hears before an integration's route becomes another: what Planfix itself does not join, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planfix_telegram.problem import Problem
from planfix_telegram.store import Change, Stored
from planfix_telegram.texts import as_list, say
from planfix_telegram.validation import route_of, secrets_of

_NEEDED_BY_REST: Final = ("planfix_token", "planfix_secrets")
"""Secrets without which REST cannot be. Those of chats are each channel's, and only its messages wait for them."""


def said_of_route(change: Change) -> list[str]:
    """Sentences about a change; none where the route stays, or where there was no integration before."""
    if change.settings is None or change.before.settings_text is None:
        return []
    if change.settings.route == route_of(change.before.settings):
        return []
    if change.settings.route == "rest":
        return [say("route_to_rest")]
    return [say("route_to_chats"), *_missing_keys(change)]


def _missing_keys(change: Change) -> list[str]:
    """Chats whose key of Planfix is not there yet."""
    assert change.settings is not None
    kept = change.secrets.model_dump() if change.secrets else change.before.secrets
    chats: Mapping[str, Mapping[str, Any]] = kept.get("chats", {})
    channels = [one for one in change.settings.channels if not chats.get(one, {}).get("planfix_token")]
    names = as_list(f"chats.{channel}.planfix_token" for channel in channels)
    return [say("route_keys_missing", names=names)] if channels else []


def check_secrets_of_route(stored: Stored, route: str) -> None:
    """Raises Problem when what is stored lacks a secret without which this route cannot be, naming each."""
    missing = [name for name in _NEEDED_BY_REST if route == "rest" and not stored.secrets.get(name)]
    if missing:
        raise Problem("route_secrets_missing", names=", ".join(missing))
    secrets_of(stored.secrets, stored.alias, route)
