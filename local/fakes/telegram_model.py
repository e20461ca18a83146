"""What the fake Telegram remembers: people, accounts, chats, connections, letters, updates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Who = Literal["client", "owner", "bot"]

RIGHTS = (
    "can_reply",
    "can_read_messages",
    "can_delete_sent_messages",
    "can_delete_all_messages",
    "can_edit_name",
    "can_edit_bio",
    "can_edit_profile_photo",
    "can_edit_username",
    "can_change_gift_settings",
    "can_view_gifts_and_stars",
    "can_convert_gifts_to_stars",
    "can_transfer_and_upgrade_gifts",
    "can_transfer_stars",
    "can_manage_stories",
)
"""core.telegram.org/bots/api#businessbotrights"""

KINDS = (
    "animation", "photo", "video", "video_note", "voice", "audio", "document", "sticker", "venue", "location",
    "contact", "poll", "dice", "text",
)  # fmt: skip
"""Content kinds of a Message that the fake tells apart; an animation has a document too and a venue a location, so they
come first."""

UPDATE_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)
"""core.telegram.org/bots/api#update"""

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Update kinds that must be asked for (core.telegram.org/bots/api#setwebhook)."""


class RefusedError(Exception):
    """An answer with ``ok: false``; ``parameters`` is ResponseParameters."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> Json:
        """The answer's JSON."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return {**answer, "parameters": self.parameters} if self.parameters else answer


def bad_request(text: str) -> RefusedError:
    """400 with Telegram's prefix."""
    return RefusedError(400, f"Bad Request: {text}")


def forbidden(text: str) -> RefusedError:
    """403 with Telegram's prefix."""
    return RefusedError(403, f"Forbidden: {text}")


@dataclass
class User:
    """A Telegram user."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    is_bot: bool = False
    deactivated: bool = False

    def as_user(self) -> Json:
        """As a User."""
        return {"id": self.id, "is_bot": self.is_bot, **self._names()}

    def as_chat(self) -> Json:
        """As the private Chat with this user."""
        return {"id": self.id, **self._names(), "type": "private"}

    def _names(self) -> Json:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: value for key, value in names.items() if value or key == "first_name"}


@dataclass
class StoredFile:
    """Bytes that Telegram keeps. ``bot_id`` is whose file_id it is; None: every bot received it in an update."""

    file_id: str
    file_unique_id: str
    data: bytes
    name: str
    mime: str
    path: str
    bot_id: int | None = None


@dataclass
class Letter:
    """One message of one account, with what only the fake knows about it."""

    message: Json
    who: Who
    file: StoredFile | None = None
    deleted: bool = False

    @property
    def id(self) -> int:
        """As Telegram numbers it."""
        return int(self.message["message_id"])

    def rewrite(self, fields: Json) -> None:
        """Edit the message; a field that becomes None goes."""
        self.message = {key: value for key, value in {**self.message, **fields}.items() if value is not None}


@dataclass
class Chat:
    """One account's private chat with one client."""

    client: User
    letters: list[Letter] = field(default_factory=list)
    paused: bool = False
    blocked: bool = False
    read_up_to: int = 0

    def find(self, message_id: int) -> Letter | None:
        """The message with this id, unless it was deleted."""
        return next((letter for letter in self.letters if letter.id == message_id and not letter.deleted), None)

    def last_incoming(self) -> int | None:
        """When the client last wrote, Unix seconds."""
        return max((letter.message["date"] for letter in self.letters if letter.who == "client"), default=None)


@dataclass
class Account:
    """A business account or a bot: it numbers its messages by itself, over all its chats."""

    id: int
    next_message_id: int = 1
    chats: dict[int, Chat] = field(default_factory=dict)
    connection_id: str | None = None

    def chat(self, client: User) -> Chat:
        """The chat with the client, made when it is new."""
        return self.chats.setdefault(client.id, Chat(client))

    def take_message_id(self) -> int:
        """The next number of this account."""
        taken, self.next_message_id = self.next_message_id, self.next_message_id + 1
        return taken


@dataclass
class Update:
    """An update that waits for its bot. Updates of one ``queue`` are delivered one after another."""

    body: Json
    queue: tuple[str, int]
    expires: float
    attempts: int = 0
    next_at: float = 0.0
    in_flight: bool = False
    first_sent_at: float | None = None

    @property
    def id(self) -> int:
        """As Telegram numbers it."""
        return int(self.body["update_id"])


@dataclass
class Webhook:
    """What setWebhook set, and what getWebhookInfo says besides."""

    url: str = ""
    secret_token: str = field(default="", repr=False)
    max_connections: int = 40
    allowed_updates: list[str] | None = None
    last_error_date: int | None = None
    last_error_message: str = ""
    set_at: float = float("-inf")

    def allows(self, kind: str) -> bool:
        """Whether updates of this kind were asked for."""
        if not self.allowed_updates:
            return kind not in NOT_BY_DEFAULT
        return kind in self.allowed_updates


@dataclass(frozen=True)
class Handed:
    """An update that the webhook took, when it was first sent, and when it was taken."""

    body: Json
    sent_at: float
    at: float


@dataclass(eq=False)
class Bot:
    """A bot, its webhook, its waiting updates and those that were handed over."""

    user: User
    token: str = field(repr=False)
    can_connect_to_business: bool
    next_update_id: int = 1
    revoked: bool = False
    webhook: Webhook = field(default_factory=Webhook)
    pending: list[Update] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    started: set[int] = field(default_factory=set)
    callbacks: dict[str, float] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """As Telegram numbers it."""
        return self.user.id


@dataclass(eq=False)
class Connection:
    """A business connection. Once changed or replaced, its id is no longer ``current``."""

    id: str
    bot: Bot
    owner: User
    rights: frozenset[str]
    date: int
    is_enabled: bool = True
    current: bool = True

    def as_json(self) -> Json:
        """As a BusinessConnection."""
        connection: Json = {
            "id": self.id,
            "user": self.owner.as_user(),
            "user_chat_id": self.owner.id,
            "date": self.date,
            # The server still writes the field of Bot API 7.2 beside the rights (Client.cpp, JsonBusinessConnection).
            "can_reply": "can_reply" in self.rights,
            "is_enabled": self.is_enabled,
        }
        if self.rights:
            connection["rights"] = {right: True for right in RIGHTS if right in self.rights}
        return connection


@dataclass(frozen=True)
class Target:
    """Where a message goes: whose account, which chat, and through which connection (None: the bot's own chat)."""

    account: Account
    chat: Chat
    connection: Connection | None


@dataclass(frozen=True)
class Call:
    """One received API call, without the token."""

    bot_id: int | None
    method: str
    params: Json
    status: int
    answer: Json | None
    at: float


@dataclass(frozen=True)
class Seen:
    """A message as the client's phone shows it. ``text`` is the caption where ``media`` is set.

    ``album`` is the same for the members of an album, "" outside one; ``message`` is all of it, for what is no text and no
    file; ``deleted`` ones are seen only by who asks for them; ``read`` is whether the business account read it.
    """

    message_id: int
    who: Who
    kind: str
    text: str
    entities: tuple[Json, ...]
    media: bytes | None
    file_name: str
    date: int
    edit_date: int | None
    reply_to: int | None
    mime: str
    album: str
    message: Json
    deleted: bool
    read: bool
