"""The state of the fake Telegram. Its lock is held by whoever calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local.fakes.faults import Faults
from local.fakes.telegram_model import (
    KINDS,
    Account,
    Bot,
    Call,
    Chat,
    Connection,
    Json,
    Letter,
    StoredFile,
    Target,
    Update,
    User,
    Who,
)

if TYPE_CHECKING:
    from collections.abc import Callable

UPDATE_LIFE = 24 * 3600
CALLBACK_LIFE = 150
"""Seconds an update waits for its bot (Client.cpp)."""


class World:
    """Who and what there is.

    Args:
        clock: Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.bots: dict[str, Bot] = {}
        self.users: dict[int, User] = {}
        self.accounts: dict[int, Account] = {}
        self.connections: dict[str, Connection] = {}
        self.files: dict[str, StoredFile] = {}
        self.links: dict[tuple[int, str], float] = {}
        self.calls: list[Call] = []
        self.faults = Faults()
        self._ids = 0

    def pending(self, bot: Bot) -> list[Update]:
        """The waiting updates, after the expired ones were dropped."""
        now = self.clock()
        bot.pending[:] = [update for update in bot.pending if update.in_flight or update.expires > now]
        return bot.pending

    def account(self, account_id: int) -> Account:
        """The business account or bot with this user id."""
        self.user(account_id)
        return self.accounts.setdefault(account_id, Account(account_id))

    def new_id(self, prefix: str) -> str:
        """An id that nothing else in this fake has."""
        self._ids += 1
        return f"{prefix}-{self._ids}"

    def store_file(self, data: bytes, name: str, mime: str, bot: Bot | None) -> StoredFile:
        """Keep bytes under a new file_id; ``bot`` is who uploaded them."""
        number = len(self.files) + 1
        ending = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{mime.partition('/')[0]}/file_{number}.{ending}"
        file = StoredFile(f"AgACfile{number}", f"AQADunique{number}", data, name, mime, path, bot.id if bot else None)
        self.files[file.file_id] = file
        return file

    def put_outgoing(self, bot: Bot, target: Target, content: Json, file: StoredFile | None) -> Letter:
        """What a bot sends. No update comes of it: bots are not told what they did themselves."""
        connection = target.connection
        business = (
            {"business_connection_id": connection.id, "sender_business_bot": bot.user.as_user()} if connection else {}
        )
        sender = connection.owner if connection else bot.user
        letter = self.put_letter(target.account, target.chat, sender, {**business, **content}, "bot")
        letter.file = file
        return letter

    def put_letter(self, account: Account, chat: Chat, sender: User, content: Json, who: Who) -> Letter:
        """A new message in the account's chat."""
        message: Json = {
            "message_id": account.take_message_id(),
            "from": sender.as_user(),
            "chat": chat.client.as_chat(),
            "date": int(self.clock()),
            **content,
        }
        letter = Letter(message, who, next(iter(self.files_in(content)), None))
        chat.letters.append(letter)
        return letter

    def files_in(self, content: Json) -> list[StoredFile]:
        """The files that a message shows, by its kind's order; of a photo's sizes the largest one."""
        ids = []
        for kind in (*KINDS, *(name for name in content if name not in KINDS)):
            part = content.get(kind)
            shown = part[-1] if isinstance(part, list) and part else part
            if isinstance(shown, dict) and "file_id" in shown:
                ids.append(shown["file_id"])
        return [self.files[one] for one in dict.fromkeys(ids) if one in self.files]

    def tell_connected(self, owner_id: int, client_id: int, kind: str, payload: Json) -> None:
        """An update for the account's bot, unless there is none or it is stopped in this chat."""
        connection = self.connection_of(owner_id)
        chat = self.account(owner_id).chats.get(client_id)
        if connection and connection.is_enabled and not (chat and chat.paused):
            self.emit(connection.bot, kind, {**payload, "business_connection_id": connection.id}, client_id)

    def emit(self, bot: Bot, kind: str, payload: Json, queue_id: int) -> None:
        """An update for the bot, if its webhook asked for this kind; ``queue_id`` is the chat or the owner."""
        if not bot.webhook.allows(kind):
            return
        update = {"update_id": bot.next_update_id, kind: payload}
        bot.next_update_id += 1
        life = CALLBACK_LIFE if kind == "callback_query" else UPDATE_LIFE
        bot.pending.append(Update(update, (_queue_kind(kind), queue_id), self.clock() + life))
        self.changed.notify_all()

    def user(self, user_id: int) -> User:
        """The user; ValueError when there is none, for those who write tests."""
        if user_id not in self.users:
            raise ValueError(f"there is no user {user_id}: add_user first")
        return self.users[user_id]

    def connection_of(self, owner_id: int) -> Connection | None:
        """The account's newest connection, enabled or not."""
        connection_id = self.account(owner_id).connection_id
        return self.connections[connection_id] if connection_id else None


def _queue_kind(kind: str) -> str:
    """Telegram's delivery queues (Client.cpp): a chat's messages are one, its business messages one, a connection's one."""
    if kind.endswith(("business_message", "business_messages")):
        return "business"
    return "message" if kind.endswith("message") else kind
