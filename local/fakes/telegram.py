"""A strict Telegram Bot API in memory: ``FakeTelegram``.

The Bot API side is ``FakeTelegram.wsgi`` (telegram_wire.py, telegram_methods.py). The methods of ``FakeTelegram`` are
the people: clients and owners who write, connect, pause, block, and what they see on their phones. Everything is
guarded by one lock, so tests, servers and deliveries may use one fake together.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from local.fakes.faults import Fault
from local.fakes.telegram_media import media_fields
from local.fakes.telegram_model import (
    KINDS,
    RIGHTS,
    Account,
    Bot,
    Call,
    Chat,
    Connection,
    Json,
    Letter,
    Seen,
    User,
    Who,
)
from local.fakes.telegram_wire import TelegramWire
from local.fakes.telegram_world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class FakeTelegram:
    """Telegram's servers, and the people on them.

    Args:
        clock: Unix time in seconds; inject a virtual one to live through a day in a test.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.world = World(clock)
        self.wsgi = TelegramWire(self.world)

    # Who there is

    def add_bot(
        self,
        token: str,
        username: str = "",
        *,
        name: str = "Bridge bot",
        can_connect_to_business: bool = True,
    ) -> Bot:
        """A bot; its id is the number before the token's colon."""
        with self.world.lock:
            bot_id = int(token.partition(":")[0])
            user = self.add_user(bot_id, name, username=username or f"bot{bot_id}_bot", is_bot=True)
            bot = self.world.bots[token] = Bot(user, token, can_connect_to_business)
            return bot

    def add_user(
        self,
        id: int,  # noqa: A002 - Telegram's word
        first_name: str,
        last_name: str = "",
        username: str = "",
        *,
        is_bot: bool = False,
    ) -> User:
        """A person, or (``is_bot``) somebody else's bot."""
        with self.world.lock:
            if id in self.world.users:
                raise ValueError(f"user {id} is already there")
            user = self.world.users[id] = User(id, first_name, last_name, username, is_bot)
            return user

    def rename(self, user_id: int, **names: str) -> None:
        """A person changes ``first_name``, ``last_name`` or ``username``; bots learn of it with the next message only."""
        with self.world.lock:
            user = self.world.user(user_id)
            for name, value in names.items():
                if name not in {"first_name", "last_name", "username"}:
                    raise ValueError(f"a person has no {name} to change")
                setattr(user, name, value)

    def put_file(self, data: bytes, name: str, mime: str) -> str:
        """A file that a person sends; its file_id is good for every bot that gets it in an update."""
        with self.world.lock:
            return self.world.store_file(data, name, mime, None).file_id

    def media(self, kind: str, file_id: str, **given: Any) -> Json:
        """The Message fields that show a file, for ``client_writes(..., **media("voice", file_id, duration=3))``."""
        with self.world.lock:
            return media_fields(kind, self.world.files[file_id], given)

    # Connections

    def connect(
        self,
        bot: Bot,
        owner_id: int,
        rights: Iterable[str] = ("can_reply", "can_read_messages"),
        *,
        announce: bool = True,
    ) -> str:
        """The owner adds the bot to the account; one bot an account, so another one's connection ends.

        Args:
            bot: with ``can_connect_to_business``.
            owner_id: the account.
            rights: names of BusinessBotRights.
            announce: False loses the update, as if it happened before the bridge was there.

        Returns:
            The connection id.
        """
        with self.world.lock:
            former = self.world.connection_of(owner_id)
            if former and former.is_enabled and former.bot is not bot:
                self.disconnect(owner_id)
            return self._new_connection(bot, owner_id, rights, announce=announce)

    def change_connection(self, owner_id: int, rights: Iterable[str] | None = None, *, announce: bool = True) -> str:
        """The owner edits the bot's settings: a new connection id, and the old one is invalid from now on."""
        with self.world.lock:
            former = self._must_connection(owner_id)
            return self._new_connection(
                former.bot, owner_id, former.rights if rights is None else rights, announce=announce
            )

    def disconnect(self, owner_id: int) -> None:
        """The owner removes the bot: ``is_enabled`` becomes false."""
        with self.world.lock:
            connection = self._must_connection(owner_id)
            connection.is_enabled = False
            self.world.emit(connection.bot, "business_connection", connection.as_json(), owner_id)

    def _new_connection(self, bot: Bot, owner_id: int, rights: Iterable[str], *, announce: bool) -> str:
        if not bot.can_connect_to_business:
            raise ValueError(f"@{bot.user.username} has no Business Mode")
        unknown = set(rights) - set(RIGHTS)
        if unknown:
            raise ValueError(f"unknown rights: {', '.join(sorted(unknown))}")
        former = self.world.connection_of(owner_id)
        if former:
            former.current = False
        account = self.world.account(owner_id)
        connection = Connection(
            self.world.new_id("connection"), bot, self.world.user(owner_id), frozenset(rights), int(self.world.clock())
        )
        self.world.connections[connection.id] = connection
        account.connection_id = connection.id
        # The bot may write to the owner directly: user_chat_id is there for that.
        bot.started.add(owner_id)
        if announce:
            self.world.emit(bot, "business_connection", connection.as_json(), owner_id)
        return connection.id

    # What people do

    def start(self, bot: Bot, client_id: int, payload: str = "") -> Json:
        """The client presses Start; ``payload`` is the link's."""
        text = f"/start {payload}".rstrip()
        command = {"type": "bot_command", "offset": 0, "length": len("/start")}
        return self.client_writes(bot, client_id, text, entities=(command,))

    def client_writes(
        self,
        bot: Bot | None,
        client_id: int,
        text: str | None = None,
        *,
        entities: Sequence[Json] = (),
        owner_id: int | None = None,
        **fields: Any,
    ) -> Json:
        """The client writes to the bot, or to a business account.

        Args:
            bot: whose chat it is; for a business account it may be None, or must be the connected one.
            client_id: who writes.
            text: None where ``fields`` bring the content.
            entities: of the text.
            owner_id: the business account; None is the bot's own chat.
            **fields: more fields of the Message. ``reply_to_message`` may be a message id.

        Returns:
            The Message as the bot gets it (also when no bot gets it).
        """
        with self.world.lock:
            content = _content(text, entities, fields)
            if owner_id is None:
                return self._writes_to_bot(_required(bot), client_id, content)
            return self._put_incoming(owner_id, client_id, "client", content, bot)

    def owner_writes(
        self,
        owner_id: int,
        client_id: int,
        text: str | None = None,
        *,
        entities: Sequence[Json] = (),
        is_from_offline: bool = False,
        **fields: Any,
    ) -> Json:
        """The owner writes on the phone, or (``is_from_offline``) the account greets, is away, sends a scheduled text."""
        with self.world.lock:
            content = _content(text, entities, fields)
            if is_from_offline:
                content["is_from_offline"] = True
            return self._put_incoming(owner_id, client_id, "owner", content, None)

    def client_edits(
        self,
        bot: Bot | None,
        client_id: int,
        message_id: int,
        text: str,
        *,
        entities: Sequence[Json] = (),
        owner_id: int | None = None,
    ) -> Json:
        """The client edits an own message; where it has a file, the caption."""
        with self.world.lock:
            account = self.world.account(_required(bot).id if owner_id is None else owner_id)
            letter = self._letter(account, client_id, message_id, "client")
            self._rewrite(letter, text, entities)
            if owner_id is None:
                self.world.emit(_required(bot), "edited_message", letter.message, client_id)
            else:
                self.world.tell_connected(owner_id, client_id, "edited_business_message", letter.message)
            return letter.message

    def owner_edits(
        self, owner_id: int, client_id: int, message_id: int, text: str, *, entities: Sequence[Json] = ()
    ) -> Json:
        """The owner edits an own message on the phone; where it has a file, the caption."""
        with self.world.lock:
            letter = self._letter(self.world.account(owner_id), client_id, message_id, "owner")
            self._rewrite(letter, text, entities)
            self.world.tell_connected(owner_id, client_id, "edited_business_message", letter.message)
            return letter.message

    def _rewrite(self, letter: Letter, text: str, entities: Sequence[Json]) -> None:
        names = ("text", "entities") if "text" in letter.message else ("caption", "caption_entities")
        edited = dict(zip(names, (text, list(entities) or None), strict=True))
        letter.rewrite({**edited, "edit_date": int(self.world.clock())})

    def client_deletes(
        self, bot: Bot | None, client_id: int, message_ids: Sequence[int], *, owner_id: int | None = None
    ) -> None:
        """Messages vanish from the chat; a bot's own chat tells its bot nothing of it."""
        with self.world.lock:
            account = self.world.account(_required(bot).id if owner_id is None else owner_id)
            for message_id in message_ids:
                self._letter(account, client_id, message_id, None).deleted = True
            if owner_id is not None:
                chat = self.world.user(client_id).as_chat()
                deleted = {"chat": chat, "message_ids": list(message_ids)}
                self.world.tell_connected(owner_id, client_id, "deleted_business_messages", deleted)

    def client_presses(
        self, bot: Bot, client_id: int, message_id: int, data: str, *, owner_id: int | None = None
    ) -> str:
        """The client presses an inline button under a bot's message. Returns the callback query's id."""
        with self.world.lock:
            account = self.world.account(bot.id if owner_id is None else owner_id)
            letter = self._letter(account, client_id, message_id, "bot")
            query_id = self.world.new_id("callback")
            bot.callbacks[query_id] = self.world.clock()
            query = {
                "id": query_id,
                "from": self.world.user(client_id).as_user(),
                "message": letter.message,
                "chat_instance": f"{account.id}-{client_id}",
                "data": data,
            }
            self.world.emit(bot, "callback_query", query, client_id)
            return query_id

    # Switches

    def pause_chat(self, owner_id: int, client_id: int) -> None:
        """The bot is stopped in, or excluded from, this chat: no updates, and sends fail."""
        with self.world.lock:
            self.world.account(owner_id).chat(self.world.user(client_id)).paused = True

    def resume_chat(self, owner_id: int, client_id: int) -> None:
        """The owner presses Start in this chat, or includes it again."""
        with self.world.lock:
            self.world.account(owner_id).chat(self.world.user(client_id)).paused = False

    def block(self, client_id: int, owner_id: int | None = None, *, bot: Bot | None = None) -> None:
        """The client blocks the business account, or the bot (None: the only one)."""
        self._set_blocked(client_id, owner_id, bot, blocked=True)

    def unblock(self, client_id: int, owner_id: int | None = None, *, bot: Bot | None = None) -> None:
        """The client takes the block back."""
        self._set_blocked(client_id, owner_id, bot, blocked=False)

    def deactivate(self, client_id: int) -> None:
        """The client deletes the Telegram account."""
        with self.world.lock:
            self.world.user(client_id).deactivated = True

    def revoke_token(self, token: str) -> None:
        """From now on 401, as after BotFather's /revoke."""
        with self.world.lock:
            self.world.bots[token].revoked = True

    def change_token(self, token: str, new: str) -> None:
        """BotFather gives the bot a new token: the former is refused from now on, all else stays."""
        with self.world.lock:
            bot = self.world.bots.pop(token)
            bot.token = new
            self.world.bots[new] = bot

    def give_token_back(self, token: str) -> None:
        """It works again: whoever took it away puts the same one back."""
        with self.world.lock:
            self.world.bots[token].revoked = False

    def fail_next(
        self,
        method: str | None = None,
        *,
        status: int = 502,
        description: str = "",
        parameters: Json | None = None,
        times: int = 1,
        apply: bool = False,
    ) -> None:
        """Order a failure of the next calls.

        Args:
            method: of the Bot API; None is any.
            status: also ``error_code``.
            description: of the answer; without one the body is no JSON, as a proxy's 502.
            parameters: for instance ``{"retry_after": 5}``.
            times: how many calls.
            apply: do the effect, then lose the answer.
        """
        body: Json | None = None
        if description:
            body = {"ok": False, "error_code": status, "description": description}
            if parameters:
                body["parameters"] = parameters
        with self.world.lock:
            self.world.faults.waiting.append(Fault(method, None, status, body, times, apply))

    # What people and bots see

    def chat_of(
        self, client_id: int, owner_id: int | None = None, *, bot: Bot | None = None, deleted: bool = False
    ) -> list[Seen]:
        """The chat on the client's phone: with the business account, or with the bot (None: the only one).

        With ``deleted``, what was deleted too, in its place: no phone shows that, but who watches may want to know.
        """
        with self.world.lock:
            account = self.world.account(self._bot_or_only(bot).id if owner_id is None else owner_id)
            chat = account.chats.get(client_id)
            return [_seen(letter, chat) for letter in chat.letters if deleted or not letter.deleted] if chat else []

    def files_of(self, message: Json) -> list[bytes]:
        """The bytes of the files that a message shows; of a photo's sizes the largest one's."""
        with self.world.lock:
            return [file.data for file in self.world.files_in(message)]

    @property
    def calls(self) -> list[Call]:
        """The received API calls, without tokens."""
        with self.world.lock:
            return list(self.world.calls)

    def updates_for(self, bot: Bot) -> list[Json]:
        """The updates that wait for the bot, ids ascending."""
        with self.world.lock:
            return [update.body for update in self.world.pending(bot)]

    # Inside

    def _writes_to_bot(self, bot: Bot, client_id: int, content: Json) -> Json:
        account = self.world.account(bot.id)
        client = self.world.user(client_id)
        chat = account.chat(client)
        if chat.blocked:
            raise ValueError(f"client {client_id} blocked the bot: unblock first")
        bot.started.add(client_id)
        letter = self.world.put_letter(account, chat, client, _resolved(chat, content), "client")
        self.world.emit(bot, "message", letter.message, client_id)
        return letter.message

    def _put_incoming(self, owner_id: int, client_id: int, who: Who, content: Json, bot: Bot | None) -> Json:
        account = self.world.account(owner_id)
        client = self.world.user(client_id)
        chat = account.chat(client)
        connection = self.world.connection_of(owner_id)
        if bot and connection and connection.bot is not bot:
            raise ValueError(f"account {owner_id} is connected to another bot")
        business = {"business_connection_id": connection.id} if connection and connection.is_enabled else {}
        sender = client if who == "client" else self.world.user(owner_id)
        letter = self.world.put_letter(account, chat, sender, {**business, **_resolved(chat, content)}, who)
        self.world.tell_connected(owner_id, client_id, "business_message", letter.message)
        return letter.message

    def _set_blocked(self, client_id: int, owner_id: int | None, bot: Bot | None, *, blocked: bool) -> None:
        with self.world.lock:
            client = self.world.user(client_id)
            if owner_id is not None:
                self.world.account(owner_id).chat(client).blocked = blocked
                return
            bot = self._bot_or_only(bot)
            chat = self.world.account(bot.id).chat(client)
            if chat.blocked == blocked:
                return
            chat.blocked = blocked
            member = {"user": bot.user.as_user(), "status": "member"}
            kicked = {"user": bot.user.as_user(), "status": "kicked", "until_date": 0}
            change = {
                "chat": client.as_chat(),
                "from": client.as_user(),
                "date": int(self.world.clock()),
                "old_chat_member": member if blocked else kicked,
                "new_chat_member": kicked if blocked else member,
            }
            self.world.emit(bot, "my_chat_member", change, client_id)

    def _bot_or_only(self, bot: Bot | None) -> Bot:
        if bot is None and len(self.world.bots) != 1:
            raise ValueError("say which bot: there is not exactly one")
        return bot or next(iter(self.world.bots.values()))

    def _must_connection(self, owner_id: int) -> Connection:
        connection = self.world.connection_of(owner_id)
        if connection is None or not connection.is_enabled:
            raise ValueError(f"account {owner_id} is not connected to a bot")
        return connection

    def _letter(self, account: Account, client_id: int, message_id: int, who: Who | None) -> Letter:
        letter = account.chat(self.world.user(client_id)).find(message_id)
        if letter is None or (who and letter.who != who):
            raise ValueError(f"chat {client_id} of account {account.id} has no such message {message_id}")
        return letter


def _required(bot: Bot | None) -> Bot:
    if bot is None:
        raise ValueError("say which bot, or which owner_id")
    return bot


def _content(text: str | None, entities: Sequence[Json], fields: Json) -> Json:
    content = {} if text is None else {"text": text}
    return {**content, **({"entities": list(entities)} if entities else {}), **fields}


def _resolved(chat: Chat, content: Json) -> Json:
    """``reply_to_message`` given as an id becomes the message, which itself answers nothing (as Telegram gives it)."""
    answered = content.get("reply_to_message")
    if not isinstance(answered, int):
        return content
    letter = chat.find(answered)
    if letter is None:
        raise ValueError(f"there is no message {answered} to reply to")
    return {**content, "reply_to_message": {k: v for k, v in letter.message.items() if k != "reply_to_message"}}


def _seen(letter: Letter, chat: Chat) -> Seen:
    message = letter.message
    return Seen(
        message_id=letter.id,
        who=letter.who,
        kind=next((kind for kind in KINDS if kind in message), "other"),
        text=message.get("text") or message.get("caption") or "",
        entities=tuple(message.get("entities") or message.get("caption_entities") or ()),
        media=letter.file.data if letter.file else None,
        file_name=letter.file.name if letter.file else "",
        date=message["date"],
        edit_date=message.get("edit_date"),
        reply_to=message.get("reply_to_message", {}).get("message_id"),
        mime=letter.file.mime if letter.file else "",
        album=message.get("media_group_id", ""),
        message=message,
        deleted=letter.deleted,
        read=letter.id <= chat.read_up_to,
    )
