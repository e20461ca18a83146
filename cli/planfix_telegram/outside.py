"""What the command reaches outside itself."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

import boto3
import httpx

from planfix_telegram.screen import Terminal

SECRET_BYTES = 32
"""Random bytes of a generated secret: 43 letters that both webhooks' rules allow."""


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _own_version() -> str:
    """This command's version; empty when it runs from a folder that is not installed."""
    try:
        return version("planfix-telegram")
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class Outside:
    """Keyboard, network, clocks and chance; tests give their own.

    Attributes:
        clock: seconds that only go forward.
        unix_time: Unix seconds.
        sleep: waits seconds.
        version: of this command.
    """

    terminal: Terminal = field(default_factory=Terminal)
    http: Callable[[], httpx.Client] = httpx.Client
    aws: Callable[..., boto3.Session] = boto3.Session
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    new_secret: Callable[[], str] = _new_secret
    unix_time: Callable[[], float] = time.time
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    version: Callable[[], str] = _own_version
