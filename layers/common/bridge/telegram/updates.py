"""What Telegram sends, read tolerantly: any JSON gives an answer, unknown fields are left in ``raw``, nothing raises.

Imported by the webhook too: standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.model import Author, Person
from bridge.shown import one_line
from bridge.telegram.characters import identifier, is_blank, whole

NEW_MESSAGES: Final = ("business_message", "message")
EDITED_MESSAGES: Final = ("edited_business_message", "edited_message")
DELETED_MESSAGES: Final = "deleted_business_messages"
BUSINESS_CONNECTION: Final = "business_connection"

_MAX_ID: Final = 1 << 52
"""Telegram ids have at most 52 significant bits (core.telegram.org/bots/api#user)."""

_LONGEST_KIND: Final = 64
"""Characters; the longest of Bot API 10.1 is ``deleted_business_messages``."""

_LONGEST_NAME: Final = 256
"""Characters of a name that are read: Telegram's own have at most 64 (core.telegram.org/method/account.updateProfile)."""


def is_update(raw: Any) -> bool:
    """Whether this JSON is an update at all: an object with a whole ``update_id``."""
    return isinstance(raw, dict) and _whole(raw.get("update_id")) is not None


def kind_of(update: Mapping[str, Any]) -> str:
    """The update's kind: the name of its one object, e.g. ``business_message``; a kind of the future too."""
    for name, value in update.items():
        if name != "update_id" and isinstance(value, dict) and len(name) <= _LONGEST_KIND and name.isascii():
            return str(name)
    return "empty"


def group_of(update: Mapping[str, Any]) -> str:
    """The message group's second half: the client's user id, ``owner:{id}`` for a connection, ``other`` for neither.

    In a private chat ``chat.id`` is the client's user id in every channel, so nothing has to be looked up.
    """
    body = update.get(kind_of(update))
    if not isinstance(body, dict):
        return "other"
    if kind_of(update) == BUSINESS_CONNECTION:
        owner = person(body.get("user")).id
        return f"owner:{owner}" if owner else "other"
    chat = person(body.get("chat")).id
    if not chat and isinstance(body.get("message"), dict):
        chat = person(body["message"].get("chat")).id  # a callback query
    client = chat or person(body.get("from")).id or person(body.get("user")).id
    return str(client) if client else "other"


def album_of(update: Mapping[str, Any]) -> str:
    """The album (``media_group_id``) that a new message is a member of, or ""."""
    kind = kind_of(update)
    return _id(update[kind].get("media_group_id")) if kind in NEW_MESSAGES else ""


def envelope(update: Mapping[str, Any]) -> dict[str, Any]:
    """An update without its content: ids, kind and dates, for one that is too large to be queued."""
    kind = kind_of(update)
    body = update.get(kind)
    kept = {}
    if isinstance(body, dict):
        names = ("message_id", "date", "edit_date", "is_from_offline")
        kept = {name: body[name] for name in names if isinstance(body.get(name), int)}
        kept["business_connection_id"] = _id(body.get("business_connection_id"))
        for name in ("chat", "from"):
            if isinstance(body.get(name), dict):
                kept[name] = {
                    field: value[:_LONGEST_NAME] if isinstance(value, str) else value
                    for field in ("id", "type", "first_name", "last_name", "username", "is_bot")
                    if isinstance(value := body[name].get(field), str | int)
                }
        kept["too_large"] = True
    return {"update_id": update.get("update_id"), kind: kept}


def person(raw: Any) -> Person:
    """A ``User`` or private ``Chat``; id 0 when there is none."""
    if not isinstance(raw, Mapping):
        return Person(0)
    return Person(
        id=_whole(raw.get("id")) or 0,
        first_name=_seen(raw.get("first_name")),
        last_name=_seen(raw.get("last_name")),
        username=_seen(raw.get("username")),
    )


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message of a private chat. ``raw`` is the whole ``Message``; times are Unix seconds."""

    message_id: int
    date: int
    chat: Person
    sender: Person
    connection_id: str
    chat_type: str
    is_from_offline: bool
    by_our_side_bot: bool
    sender_is_bot: bool
    raw: Mapping[str, Any]

    def who_wrote(self, owner_id: int | None) -> Author:
        """Who wrote it; the order of the tests matters (facts: telegram.md section 2)."""
        if self.by_our_side_bot:
            return Author.BOT
        if owner_id is not None and self.sender.id == owner_id:
            return Author.AUTOMATIC if self.is_from_offline else Author.OWNER
        if self.sender_is_bot:
            return Author.BOT
        return Author.CLIENT

    @property
    def client(self) -> Person:
        """The client: whoever the private chat is with. Names come from the fuller of chat and sender."""
        return self.chat if self.chat.full_name or self.sender.id != self.chat.id else self.sender


def incoming_message(raw: Any) -> IncomingMessage | None:
    """A ``Message``, or None when it has no chat or no number to speak of."""
    if not isinstance(raw, Mapping):
        return None
    chat = person(raw.get("chat"))
    message_id = _whole(raw.get("message_id"))
    if not chat.id or message_id is None:
        return None
    sender = raw.get("from")
    return IncomingMessage(
        message_id=message_id,
        date=_whole(raw.get("date")) or 0,
        chat=chat,
        sender=person(sender),
        connection_id=_id(raw.get("business_connection_id")),
        chat_type=_text(raw["chat"].get("type")) or "private",
        is_from_offline=raw.get("is_from_offline") is True,
        by_our_side_bot=isinstance(raw.get("sender_business_bot"), Mapping),
        sender_is_bot=isinstance(sender, Mapping) and sender.get("is_bot") is True,
        raw=raw,
    )


@dataclass(frozen=True, slots=True)
class ConnectionEvent:
    """A ``BusinessConnection``."""

    connection_id: str
    owner: Person
    user_chat_id: int
    is_enabled: bool
    rights: tuple[str, ...]


def connection_event(raw: Any) -> ConnectionEvent | None:
    """A ``BusinessConnection``, or None when it names no owner or no id."""
    if not isinstance(raw, Mapping):
        return None
    owner, connection_id = person(raw.get("user")), _id(raw.get("id"))
    if not owner.id or not connection_id:
        return None
    rights = raw.get("rights")
    granted = (
        tuple(sorted(_id(name) for name, value in rights.items() if value is True)) if isinstance(rights, dict) else ()
    )
    if not isinstance(rights, dict) and raw.get("can_reply") is True:
        granted = ("can_reply",)  # the flat field of before Bot API 9.0, still sent beside `rights`
    return ConnectionEvent(
        connection_id=connection_id,
        owner=owner,
        user_chat_id=_whole(raw.get("user_chat_id")) or owner.id,
        is_enabled=raw.get("is_enabled") is True,
        rights=granted,
    )


@dataclass(frozen=True, slots=True)
class DeletedMessages:
    """A ``BusinessMessagesDeleted``: ids only; Telegram says neither when nor who."""

    connection_id: str
    chat: Person
    message_ids: tuple[int, ...]


def deleted_messages(raw: Any) -> DeletedMessages | None:
    """A ``BusinessMessagesDeleted``, or None when it names no chat."""
    if not isinstance(raw, Mapping):
        return None
    chat, ids = person(raw.get("chat")), raw.get("message_ids")
    numbers = tuple(number for one in ids if (number := _whole(one)) is not None) if isinstance(ids, list) else ()
    if not chat.id or not numbers:
        return None
    return DeletedMessages(_id(raw.get("business_connection_id")), chat, numbers)


def _whole(value: Any) -> int | None:
    """A whole number that fits into Telegram's 52 bits, else None (``True`` is no number)."""
    if isinstance(value, bool) or not isinstance(value, int) or not -_MAX_ID < value < _MAX_ID:
        return None
    return value


def _text(value: Any) -> str:
    return whole(value) if isinstance(value, str) else ""


def _id(value: Any) -> str:
    """An id that is fit for a key, or ""."""
    return identifier(value) if isinstance(value, str) else ""


def _seen(value: Any) -> str:
    """A name in one line, or "" for one that nobody would see."""
    text = one_line(_text(value)[:_LONGEST_NAME])
    return "" if is_blank(text) else text
