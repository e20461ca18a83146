"""Files that the admin names: secrets, and the integrations that `settings import` and `local` read."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridge.model import ALIAS
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.screen import Screen
from planfix_telegram.texts import say

STREAM = Path("-")
"""Stands for stdin or stdout."""


def read_text(path: Path) -> str:
    """The file's text; `-` is stdin.

    Raises:
        Problem: it cannot be read, or is no UTF-8.
    """
    try:
        raw = sys.stdin.buffer.read() if path == STREAM else path.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise Problem("file_unreadable", path=path, detail=error.strerror or type(error).__name__) from None
    except UnicodeDecodeError as error:
        raise Problem("file_no_utf8", path=path, position=error.start) from None


def read_secret(path: Path) -> str:
    """A secret from a file: its text without the line's end."""
    text = read_text(path).strip()
    if not text:
        raise Problem("file_empty", path=path)
    return text


def typed_secret(screen: Screen, name: str, path: Path | None) -> str:
    """A secret from a file, or as a person types it, unseen.

    Raises:
        Problem: nobody is there to type it, or nothing was typed.
    """
    if path:
        return read_secret(path)
    if not screen.is_interactive:
        raise Problem("secret_from_where", exit_code=WRONG_USAGE, name=name)
    value = screen.ask_hidden(say("enter_secret", name=name))
    if not value:
        raise Problem("not_agreed")
    return value


def read_integrations(path: Path) -> dict[str, dict[str, Any]]:
    """`{"integrations": {alias: {"settings": {...}, "secrets": {...}}}}`, "secrets" being optional.

    Returns:
        Both objects by alias, not yet judged by the model.

    Raises:
        Problem: no JSON (says line and column), or of another form.
    """
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise Problem("file_no_json", path=path, detail=error.msg, line=error.lineno, column=error.colno) from None
    found = value.get("integrations") if isinstance(value, dict) else None
    if not isinstance(found, dict) or not found:
        raise Problem("file_no_integrations", path=path)
    for alias, parts in found.items():
        if not ALIAS.fullmatch(alias):
            raise Problem("file_alias_malformed", path=path, alias=alias)
        _check_parts(path, alias, parts)
    return found


def _check_parts(path: Path, alias: str, parts: Any) -> None:
    if not isinstance(parts, Mapping) or not isinstance(parts.get("settings"), Mapping):
        raise Problem("file_no_settings", path=path, alias=alias)
    strange = set(parts) - {"settings", "secrets"}
    if strange or not isinstance(parts.get("secrets", {}), Mapping):
        raise Problem("file_strange_parts", path=path, alias=alias, strange=", ".join(sorted(strange)) or "secrets")


def write_text(path: Path, text: str) -> None:
    """Write a file whole; raises Problem when that is impossible."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem("file_unwritable", path=path, detail=error.strerror or type(error).__name__) from None
