"""Keys that are made from an integration's secrets. Standard library only: doors make them from what SSM holds, unvalidated."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any


def key_of_digests(secrets: Mapping[str, Any]) -> bytes:
    """The bytes of ``digest_key``, or of what stands for it."""
    text = str(secrets.get("digest_key") or digest_key_of(str(secrets.get("bot_token", ""))))
    return base64.urlsafe_b64decode(text + "=")


def digest_key_of(bot_token: str) -> str:
    """The key of an integration that has none of its own: what its present token makes."""
    made = hashlib.sha256(b"digest of versions:" + bot_token.encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
