"""What Planfix pushes to ``POST /planfix/{integration}/chat``: an employee's answer in a chat, read once and for all.

Standard library only: the door reads it. Nothing here is trusted before the token was compared.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from bridge.http_api import json_answer

MOST_FIELDS: Final = 1000
"""Of one form: some fifteen of its own, and two or three for each file of an answer."""

_KEY: Final = re.compile(r"attachments((?:\[[^\[\]]*\])+)")
_PARTS: Final = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class PushedFile:
    """A file of an answer; ``url`` "" where Planfix named one and gave no address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PushedMessage:
    """An employee's answer, as it came.

    Attributes:
        provider_id: of the chat's window in Planfix.
        message_id: its id in Planfix; the same answer may come again.
        chat_id: ours; "" where an employee begins a conversation («Написать»).
        contact_phone: of the contact, or "".
        channel: as the chat's last message named it, or "".
        text: its words as Planfix writes them (telegram/chat_text.py).
        author_name: first name of who wrote it.
        author_lastname: last name.
        author_picture: address of the avatar.
        task_email: address of the task for e-mails.
        files: in their order.
    """

    provider_id: str
    message_id: str
    chat_id: str
    contact_phone: str
    channel: str
    text: str
    author_name: str
    author_lastname: str
    author_picture: str
    task_email: str
    files: tuple[PushedFile, ...]

    @property
    def begins(self) -> bool:
        """An employee writes first, to a phone: which chat that is, nobody said."""
        return not self.chat_id

    @property
    def author(self) -> str:
        """Last name and first name, the order in which Planfix's own integration signs."""
        return " ".join(name for name in (self.author_lastname, self.author_name) if name)

    def as_body(self) -> dict[str, Any]:
        """As it stands in a message of the queue: what it says cannot be read again."""
        return {
            **{name: getattr(self, name) for name in _NAMES},
            "files": [{"name": file.name, "url": file.url} for file in self.files],
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> PushedMessage:
        """Of a message of the queue."""
        files = tuple(PushedFile(one.get("name", ""), one.get("url", "")) for one in body.get("files", ()))
        return cls(**{name: body.get(name, "") for name in _NAMES}, files=files)


_FIELDS: Final = {
    "providerId": "provider_id",
    "messageId": "message_id",
    "chatId": "chat_id",
    "contactPhone": "contact_phone",
    "channel": "channel",
    "message": "text",
    "userName": "author_name",
    "userLastName": "author_lastname",
    "userIco": "author_picture",
    "taskEmail": "task_email",
}
"""Planfix's names of the fields (help page "Список команд API для чатов"), and ours."""
_NAMES: Final = tuple(_FIELDS.values())


@dataclass(frozen=True, slots=True)
class PushRefused:
    """Why a push is not taken. Planfix documents two answers; what 400 says, an employee may read beside the message."""

    status: int
    error: str

    def answer(self) -> dict[str, Any]:
        """API Gateway's response."""
        return json_answer(self.status, {"error": self.error})


WRONG: Final = PushRefused(400, "Invalid parameters")
NOT_OURS: Final = PushRefused(401, "Invalid token")


def taken(chat_id: str, contact_id: str) -> dict[str, Any]:
    """API Gateway's response to a push that is queued: Planfix wants both ids, and binds a new conversation by them."""
    return json_answer(200, {"chatId": chat_id, "contactId": contact_id})


def cannot_write_first(why: str) -> PushRefused:
    """The refusal of a conversation that an employee begins and no bot can, in words for that employee."""
    return PushRefused(400, why)


def read_push(body: bytes, tokens_of: Callable[[str], Sequence[str]]) -> PushedMessage | PushRefused:
    """What was pushed, or why it is not taken.

    Args:
        body: a form.
        tokens_of: the valid tokens of a ``providerId``, none for one that nobody set up.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # more fields than that
        return WRONG
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    if not _is_one_of(fields.get("token", ""), tokens_of(fields.get("providerId", ""))):
        return NOT_OURS
    values = {ours: fields.get(theirs, "") for theirs, ours in _FIELDS.items()}
    pushed = PushedMessage(**values, files=_files(pairs))
    is_for_somebody = pushed.chat_id or pushed.contact_phone
    says_something = pushed.text.strip() or pushed.files
    if fields.get("cmd") != "newMessage" or not (pushed.message_id and is_for_somebody and says_something):
        return WRONG
    return pushed


def _is_one_of(shown: str, valid: Sequence[str]) -> bool:
    """In constant time: every one is compared, and what nobody set up costs what one that somebody did costs."""
    found = False
    for token in valid or ("",):
        found |= hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode()) and bool(token)
    return found


def _files(pairs: Iterable[tuple[str, str]]) -> tuple[PushedFile, ...]:
    """The files of a form, in whichever layout they came (facts: planfix.md section 1.3 knows several and is sure of none).

    ``attachments[name]`` and ``attachments[url]`` repeated, in pairs or grouped; the same with ``[]`` or a number behind it;
    ``attachments[0][name]``; ``attachments[][name]``. What bears the same number belongs together; without one, the
    first name belongs to the first address.
    """
    columns: dict[str, dict[str, str]] = {"name": {}, "url": {}}
    order: dict[str, None] = {}
    for key, value in pairs:
        place = _place(key)
        if place:
            column, number = place
            number = number or f"#{sum(one.startswith('#') for one in columns[column])}"
            columns[column][number] = value
            order[number] = None
    found = (PushedFile(columns["name"].get(one, "").strip(), columns["url"].get(one, "").strip()) for one in order)
    return tuple(file for file in found if file.name or file.url)


def _place(key: str) -> tuple[str, str] | None:
    """Which field of which file a key means: ``attachments[0][url]`` is the ``url`` of ``0``, of no one in particular "" ."""
    found = _KEY.fullmatch(key)
    parts = _PARTS.findall(found[1]) if found else []
    column = next((part for part in parts if part in ("name", "url")), None)
    if column is None or len(parts) > 2:  # noqa: PLR2004 - the field, and the file's number before or behind it
        return None
    return column, next((part for part in parts if part != column), "")
