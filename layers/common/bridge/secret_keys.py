"""Keys that are made from an integration's secrets. Standard library only: doors make them from what SSM holds, unvalidated."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any


def key_of_digests(secrets: Mapping[str, Any]) -> bytes:
    """The bytes of ``digest_key``, or of what stands for it."""
    text = str(secrets.get("digest_key") or digest_key_of(str(secrets.get("bot_token", ""))))
    return base64.urlsafe_b64decode(text + "=")


def digest(key: bytes, text: str) -> str:
    """A keyed digest: whoever lacks the key can neither make one nor guess what it is of."""
    return hmac.new(key, text.encode("utf-8", "replace"), "sha256").hexdigest()[:32]


def phone_digest(key: bytes, phone: str) -> str:
    """A keyed digest of the ten last digits of a phone: a country's code is written in many ways."""
    return digest(key, re.sub(r"\D", "", phone)[-10:])


def digest_key_of(bot_token: str) -> str:
    """The key of an integration that has none of its own: what its present token makes."""
    made = hashlib.sha256(b"digest of versions:" + bot_token.encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
