"""What each Bot API method does to the fake world. Parameters come already checked against the method table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.fakes.telegram_entities import caption_text, message_text
from local.fakes.telegram_media import MAX_DOWNLOAD, check_album, check_upload, media_fields
from local.fakes.telegram_model import (
    UPDATE_KINDS,
    Account,
    Bot,
    Chat,
    Connection,
    Json,
    Letter,
    RefusedError,
    StoredFile,
    bad_request,
    forbidden,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.fakes.telegram import FakeTelegram

DAY = 24 * 3600
"""The window of can_reply (core.telegram.org/bots/api#businessbotrights)."""
EDITABLE = 48 * 3600
"""Messages not sent by the bot, and deletion in the bot's own chats (core.telegram.org/bots/api#deletemessage)."""
CALLBACK_LIFE = 150
"""Seconds in which a callback query can be answered."""
LINK_LIFE = 3600
"""Seconds a file_path is good for, at least (core.telegram.org/bots/api#getfile)."""
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
"""core.telegram.org/bots/api#sendchataction"""
MEDIA = {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendAudio": "audio",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendVideoNote": "video_note",
    "sendSticker": "sticker",
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Upload:
    """One multipart file part."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Answer:
    """A result that comes with a description."""

    result: object
    description: str


@dataclass(frozen=True)
class Target:
    """Where a message goes: whose account, which chat, and through which connection (None: the bot's own chat)."""

    account: Account
    chat: Chat
    connection: Connection | None


class Methods:
    """The methods of one fake; its lock is held by the caller."""

    def __init__(self, world: FakeTelegram) -> None:
        self.world = world
        table: dict[str, Callable[[Bot, Json], object]] = {
            "getMe": lambda bot, _: self._me(bot),
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": lambda bot, _: self._webhook_info(bot),
            "getUpdates": self._get_updates,
            "getBusinessConnection": self._get_business_connection,
            "getFile": self._get_file,
            "sendMessage": self._send_message,
            "sendLocation": self._send_location,
            "sendChatAction": self._send_chat_action,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "deleteMessage": self._delete_message,
            "deleteBusinessMessages": self._delete_business_messages,
            "readBusinessMessage": self._read_business_message,
            "answerCallbackQuery": self._answer_callback,
        }
        self._table = table

    def call(self, bot: Bot, method: str, params: Json, uploads: Mapping[str, Upload]) -> object:
        """Do it.

        Raises:
            RefusedError: with the answer to give.
        """
        if method in MEDIA:
            return self._send_media(bot, MEDIA[method], params, uploads)
        if method == "sendMediaGroup":
            return self._send_media_group(bot, params, uploads)
        if method == "editMessageMedia":
            return self._edit_media(bot, params, uploads)
        return self._table[method](bot, params)

    # The bot itself

    def _me(self, bot: Bot) -> Json:
        return {
            **bot.user.as_user(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": bot.can_connect_to_business,
            "has_main_web_app": False,
        }

    def _set_webhook(self, bot: Bot, p: Json) -> Answer:
        now = self.world.clock()
        # At most about once per second (Client.cpp).
        if now - bot.webhook.set_at < 1:
            raise RefusedError(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        if not p["url"]:
            return self._delete_webhook(bot, p)
        _check_webhook(p)
        hook = bot.webhook
        before = (hook.url, hook.secret_token, hook.max_connections, hook.allowed_updates)
        hook.url = p["url"]
        # Left out, these two go back to nothing and 40; allowed_updates stays (Client.cpp).
        hook.secret_token = p.get("secret_token", "")
        hook.max_connections = p.get("max_connections", 40)
        if "allowed_updates" in p:
            hook.allowed_updates = p["allowed_updates"] or None
        hook.set_at = now
        if p.get("drop_pending_updates"):
            bot.pending.clear()
        self.world.changed.notify_all()
        same = before == (hook.url, hook.secret_token, hook.max_connections, hook.allowed_updates)
        return Answer(True, "Webhook is already set" if same else "Webhook was set")

    def _delete_webhook(self, bot: Bot, p: Json) -> Answer:
        was = bool(bot.webhook.url)
        bot.webhook.url = ""
        bot.webhook.secret_token = ""
        if p.get("drop_pending_updates"):
            bot.pending.clear()
        return Answer(True, "Webhook was deleted" if was else "Webhook is already deleted")

    def _webhook_info(self, bot: Bot) -> Json:
        hook = bot.webhook
        info: Json = {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.pending(bot)),
        }
        if hook.url:
            info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
        if hook.allowed_updates:
            info["allowed_updates"] = hook.allowed_updates
        return info

    def _get_updates(self, bot: Bot, p: Json) -> list[Json]:
        if bot.webhook.url:
            raise RefusedError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if "allowed_updates" in p:
            bot.webhook.allowed_updates = p["allowed_updates"] or None
        bot.pending[:] = [update for update in self.world.pending(bot) if update.id >= p.get("offset", 0)]
        return [update.body for update in bot.pending[: p.get("limit", 100)]]

    def _get_business_connection(self, bot: Bot, p: Json) -> Json:
        connection = self.world.connections.get(p["business_connection_id"])
        # Any refusal upstream is shown with this text (Client.cpp, TdOnCheckBusinessConnectionCallback).
        if connection is None or connection.bot is not bot or not connection.current:
            raise bad_request("business connection not found")
        return connection.as_json()

    def _get_file(self, bot: Bot, p: Json) -> Json:
        file = self._file(bot, p["file_id"], "wrong file_id or the file is temporarily unavailable")
        if len(file.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        self.world.links[bot.id, file.path] = self.world.clock() + LINK_LIFE
        return {
            "file_id": file.file_id,
            "file_unique_id": file.file_unique_id,
            "file_size": len(file.data),
            "file_path": file.path,
        }

    # Where it goes

    def _target(self, bot: Bot, p: Json) -> Target:
        """The chat of a call, after every check of the connection, the window and the client."""
        if p.get("business_connection_id"):
            return self._business_target(bot, p)
        client = self.world.users.get(p["chat_id"]) if isinstance(p["chat_id"], int) else None
        if client is None:
            raise bad_request("chat not found")
        account = self.world.account(bot.id)
        chat = account.chat(client)
        if client.is_bot:
            raise forbidden("bot can't send messages to bots")
        if client.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if client.id not in bot.started:
            raise forbidden("bot can't initiate conversation with a user")
        return Target(account, chat, None)

    def _business_target(self, bot: Bot, p: Json) -> Target:
        connection = self._connection(bot, p)
        owner = connection.owner
        if not isinstance(p["chat_id"], int):
            raise bad_request("chat identifier must be a valid Integer")
        if p["chat_id"] <= 0:
            raise bad_request("chat must be a private chat")
        if p["chat_id"] == owner.id:
            raise bad_request("messages must not be sent to self")
        if "can_reply" not in connection.rights:
            raise bad_request("BOT_ACCESS_FORBIDDEN")
        client = self.world.users.get(p["chat_id"])
        if client is None:
            raise bad_request("PEER_ID_INVALID")
        account = self.world.account(owner.id)
        chat = account.chat(client)
        if chat.paused:
            raise bad_request("BUSINESS_PEER_INVALID")
        if client.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        self._check_window(chat)
        return Target(account, chat, connection)

    def _connection(self, bot: Bot, p: Json) -> Connection:
        connection = self.world.connections.get(p["business_connection_id"])
        if connection is None or connection.bot is not bot:
            raise bad_request("business connection not found")
        if not connection.current or not connection.is_enabled:
            raise bad_request("BUSINESS_CONNECTION_INVALID")
        if not bot.can_connect_to_business:
            raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
        return connection

    def _check_window(self, chat: Chat) -> None:
        last = chat.last_incoming()
        if last is None or self.world.clock() - last > DAY:
            raise bad_request("BUSINESS_PEER_USAGE_MISSING")

    def _reply(self, target: Target, p: Json) -> Json:
        reply = p.get("reply_parameters")
        if not reply:
            return {}
        if "chat_id" in reply and target.connection:
            raise bad_request("reply_parameters.chat_id is unsupported in business chats (fake)")
        answered = target.chat.find(reply["message_id"])
        if answered:
            return {"reply_to_message": {k: v for k, v in answered.message.items() if k != "reply_to_message"}}
        # Always allowed on behalf of a business account (core.telegram.org/bots/api#replyparameters).
        if target.connection or reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")

    # Sending

    def _send(self, bot: Bot, target: Target, p: Json, content: Json, file: StoredFile | None = None) -> Json:
        content = {**content, **self._reply(target, p)}
        if "reply_markup" in p and "inline_keyboard" in p["reply_markup"]:
            content["reply_markup"] = p["reply_markup"]
        return self.world.put_outgoing(bot, target, content, file).message

    def _send_message(self, bot: Bot, p: Json) -> Json:
        text, entities = message_text(p["text"], p.get("parse_mode", ""), p.get("entities", []))
        return self._send(bot, self._target(bot, p), p, {"text": text, **_some("entities", entities)})

    def _send_location(self, bot: Bot, p: Json) -> Json:
        names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
        location = {name: p[name] for name in names if name in p}
        return self._send(bot, self._target(bot, p), p, {"location": location})

    def _send_media(self, bot: Bot, kind: str, p: Json, uploads: Mapping[str, Upload]) -> Json:
        caption = _caption(p)
        target = self._target(bot, p)
        file = self._media(bot, kind, p[kind], uploads)
        return self._send(bot, target, p, {**media_fields(kind, file, p), **caption}, file)

    def _send_media_group(self, bot: Bot, p: Json, uploads: Mapping[str, Upload]) -> list[Json]:
        items = p["media"]
        check_album([item["type"] for item in items])
        captions = [_caption(item) for item in items]
        target = self._target(bot, p)
        files = [self._media(bot, item["type"], item["media"], uploads) for item in items]
        album = {"media_group_id": self.world.new_id("album")}
        return [
            self._send(bot, target, p, {**album, **media_fields(item["type"], file, item), **caption}, file)
            for item, caption, file in zip(items, captions, files, strict=True)
        ]

    def _send_chat_action(self, bot: Bot, p: Json) -> bool:
        if p["action"] not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._target(bot, p)
        return True

    def _media(self, bot: Bot, kind: str, reference: str, uploads: Mapping[str, Upload]) -> StoredFile:
        if reference.startswith("attach://"):
            upload = uploads.get(reference.removeprefix("attach://"))
            if upload is None:
                raise bad_request(f"file {reference} is not attached (fake)")
            check_upload(kind, upload.data)
            return self.world.store_file(upload.data, upload.name, upload.mime, bot)
        # Files behind other services' addresses need authorization: the bridge has to upload, so no URL is fetched.
        return self._file(bot, reference, "wrong file identifier/HTTP URL specified")

    def _file(self, bot: Bot, file_id: str, refusal: str) -> StoredFile:
        file = self.world.files.get(file_id)
        if file is None or file.bot_id not in {None, bot.id}:
            raise bad_request(refusal)
        return file

    # Editing and deleting

    def _editable(self, bot: Bot, p: Json) -> tuple[Target, Letter]:
        if "inline_message_id" in p:
            raise bad_request("inline messages are not in this fake (fake)")
        for name, words in (("chat_id", "chat_id is empty"), ("message_id", "message identifier is not specified")):
            if name not in p:
                raise bad_request(words)
        target = self._target(bot, p)
        letter = target.chat.find(p["message_id"])
        if letter is None:
            raise bad_request("message to edit not found")
        if letter.who == "client" or (letter.who == "owner" and not target.connection):
            raise bad_request("message can't be edited")
        if letter.who == "owner" and self.world.clock() - letter.message["date"] > EDITABLE:
            raise bad_request("message can't be edited")
        return target, letter

    def _edit(self, letter: Letter, content: Json, p: Json) -> Json:
        if "reply_markup" in p:
            content = {**content, "reply_markup": p["reply_markup"]}
        unchanged = {key: letter.message.get(key) for key in (*content, "reply_markup")}
        if unchanged == {**dict.fromkeys(unchanged), **content}:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as "
                "a current content and reply markup of the message"
            )
        if "reply_markup" not in p:
            letter.message.pop("reply_markup", None)
        letter.rewrite({**content, "edit_date": int(self.world.clock())})
        return letter.message

    def _edit_text(self, bot: Bot, p: Json) -> Json:
        if "text" not in p:
            raise bad_request("message text is empty")
        text, entities = message_text(p["text"], p.get("parse_mode", ""), p.get("entities", []))
        _, letter = self._editable(bot, p)
        if "text" not in letter.message:
            raise bad_request("there is no text in the message to edit")
        return self._edit(letter, {"text": text, "entities": entities or None}, p)

    def _edit_caption(self, bot: Bot, p: Json) -> Json:
        caption = _caption(p)
        _, letter = self._editable(bot, p)
        if letter.file is None:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(letter, {"caption": None, "caption_entities": None, **caption}, p)

    def _edit_media(self, bot: Bot, p: Json, uploads: Mapping[str, Upload]) -> Json:
        item = p["media"]
        caption = _caption(item)
        _, letter = self._editable(bot, p)
        letter.file = self._media(bot, item["type"], item["media"], uploads)
        for old in (*MEDIA.values(), "text", "entities", "caption", "caption_entities"):
            letter.message.pop(old, None)
        return self._edit(letter, {**media_fields(item["type"], letter.file, item), **caption}, p)

    def _delete_message(self, bot: Bot, p: Json) -> bool:
        client = self.world.users.get(p["chat_id"]) if isinstance(p["chat_id"], int) else None
        if client is None:
            raise bad_request("chat not found")
        letter = self.world.account(bot.id).chat(client).find(p["message_id"])
        if letter is None:
            raise bad_request("message to delete not found")
        if self.world.clock() - letter.message["date"] > EDITABLE:
            raise bad_request("message can't be deleted")
        letter.deleted = True
        return True

    def _delete_business_messages(self, bot: Bot, p: Json) -> bool:
        connection = self._connection(bot, p)
        wanted = set(p["message_ids"])
        if not 1 <= len(p["message_ids"]) <= 100:  # noqa: PLR2004 - core.telegram.org/bots/api#deletebusinessmessages
            raise bad_request("message_ids must hold 1-100 identifiers (fake)")
        chats = self.world.account(connection.owner.id).chats.values()
        found = [[letter for letter in chat.letters if letter.id in wanted and not letter.deleted] for chat in chats]
        holding = [letters for letters in found if letters]
        if len(holding) != 1 or len(holding[0]) != len(wanted):
            raise bad_request("MESSAGE_ID_INVALID")
        own = all(letter.who == "bot" for letter in holding[0])
        allowed = {"can_delete_all_messages", "can_delete_sent_messages"} if own else {"can_delete_all_messages"}
        if not allowed & connection.rights:
            raise bad_request("BOT_ACCESS_FORBIDDEN")
        for letter in holding[0]:
            letter.deleted = True
        return True

    def _read_business_message(self, bot: Bot, p: Json) -> bool:
        connection = self._connection(bot, p)
        if "can_read_messages" not in connection.rights:
            raise bad_request("BOT_ACCESS_FORBIDDEN")
        client = self.world.users.get(p["chat_id"])
        chat = self.world.account(connection.owner.id).chat(client) if client else None
        if chat is None or chat.find(p["message_id"]) is None:
            raise bad_request("MESSAGE_ID_INVALID")
        self._check_window(chat)
        chat.read_up_to = max(chat.read_up_to, p["message_id"])
        return True

    def _answer_callback(self, bot: Bot, p: Json) -> bool:
        asked = bot.callbacks.pop(p["callback_query_id"], None)
        if asked is None or self.world.clock() - asked > CALLBACK_LIFE:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(p.get("text", "")) > 200:  # noqa: PLR2004 - core.telegram.org/bots/api#answercallbackquery
            raise bad_request("MESSAGE_TOO_LONG")
        return True


def _caption(p: Json) -> Json:
    caption, entities = caption_text(p.get("caption", ""), p.get("parse_mode", ""), p.get("caption_entities", []))
    return {**_some("caption", caption), **_some("caption_entities", entities)}


def _some(name: str, value: object) -> Json:
    return {name: value} if value else {}


def _check_webhook(p: Json) -> None:
    parts = urlsplit(p["url"])
    loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not loopback):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    # A local Bot API server listens anywhere; the cloud's ports are these (core.telegram.org/bots/webhooks).
    if not loopback and parts.port not in {None, 443, 80, 88, 8443}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = p.get("secret_token", "")
    if len(secret) > 256:  # noqa: PLR2004 - core.telegram.org/bots/api#setwebhook
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    for kind in p.get("allowed_updates", []):
        if kind not in UPDATE_KINDS:
            raise bad_request(f"unknown update {kind} in allowed_updates (fake)")
    if not 1 <= p.get("max_connections", 40) <= 100:  # noqa: PLR2004 - core.telegram.org/bots/api#setwebhook
        raise bad_request("max_connections must be 1-100 (fake)")
