"""An HTTP API event (payload format 2.0) as a request, and the answer to it. Standard library only."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case. ``signed``: the last part of a file's address (signed_links.py)."""

    integration: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    signed: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Read API Gateway's event: bodies that are no text come base64-encoded, forms among them."""
        raw = event.get("body") or ""
        try:
            body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode("utf-8", "surrogatepass")
        except binascii.Error:
            body = b""
        path = event.get("pathParameters") or {}
        return cls(
            integration=path.get("integration", ""),
            signed=path.get("signed", ""),
            headers={str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()},
            body=body,
        )

    def form(self) -> dict[str, str]:
        """The body as a form: the first value of each name."""
        text = self.body.decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}

    def basic_password(self) -> str | None:
        """The password of Basic authorization, whatever the login; None when there is none."""
        scheme, _, credentials = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            decoded = base64.b64decode(credentials.strip(), validate=True).decode()
        except ValueError:  # binascii.Error and UnicodeDecodeError are both
            return None
        return decoded.partition(":")[2]


def answer(status: int, message: str = "") -> dict[str, Any]:
    """API Gateway's response; ``message`` is for a person who reads the caller's log."""
    if not message:
        return {"statusCode": status}
    return json_answer(status, {"message": message})


def json_answer(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """API Gateway's response with an object for a program that reads it."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json; charset=utf-8"},
        "body": json.dumps(body, ensure_ascii=False),
    }
