"""Messages of the fake world: where one may go, how it is sent, edited and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.fakes.telegram_entities import caption_text, message_text
from local.fakes.telegram_media import check_album, check_upload, media_fields
from local.fakes.telegram_model import (
    Bot,
    Chat,
    Connection,
    Json,
    Letter,
    StoredFile,
    Target,
    bad_request,
    forbidden,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.fakes.telegram_world import World

DAY = 24 * 3600
"""The window of can_reply (core.telegram.org/bots/api#businessbotrights)."""
EDITABLE = 48 * 3600
"""Messages not sent by the bot, and deletion in the bot's own chats (core.telegram.org/bots/api#deletemessage)."""
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


@dataclass(frozen=True)
class Upload:
    """One multipart file part."""

    name: str
    mime: str
    data: bytes


class Messages:
    """The methods about messages; the world's lock is held by the caller."""

    def __init__(self, world: World) -> None:
        self.world = world

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

    def send_message(self, bot: Bot, p: Json) -> Json:
        text, entities = message_text(p["text"], p.get("parse_mode", ""), p.get("entities", []))
        return self._send(bot, self._target(bot, p), p, {"text": text, **_some("entities", entities)})

    def send_location(self, bot: Bot, p: Json) -> Json:
        names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
        location = {name: p[name] for name in names if name in p}
        return self._send(bot, self._target(bot, p), p, {"location": location})

    def send_media(self, bot: Bot, kind: str, p: Json, uploads: Mapping[str, Upload]) -> Json:
        caption = _caption(p)
        target = self._target(bot, p)
        file = self._media(bot, kind, p[kind], uploads)
        return self._send(bot, target, p, {**media_fields(kind, file, p), **caption}, file)

    def send_media_group(self, bot: Bot, p: Json, uploads: Mapping[str, Upload]) -> list[Json]:
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

    def send_chat_action(self, bot: Bot, p: Json) -> bool:
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
        return self.file(bot, reference, "wrong file identifier/HTTP URL specified")

    def file(self, bot: Bot, file_id: str, refusal: str) -> StoredFile:
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

    def edit_text(self, bot: Bot, p: Json) -> Json:
        if "text" not in p:
            raise bad_request("message text is empty")
        text, entities = message_text(p["text"], p.get("parse_mode", ""), p.get("entities", []))
        _, letter = self._editable(bot, p)
        if "text" not in letter.message:
            raise bad_request("there is no text in the message to edit")
        return self._edit(letter, {"text": text, "entities": entities or None}, p)

    def edit_caption(self, bot: Bot, p: Json) -> Json:
        caption = _caption(p)
        _, letter = self._editable(bot, p)
        if letter.file is None:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(letter, {"caption": None, "caption_entities": None, **caption}, p)

    def edit_media(self, bot: Bot, p: Json, uploads: Mapping[str, Upload]) -> Json:
        item = p["media"]
        caption = _caption(item)
        _, letter = self._editable(bot, p)
        letter.file = self._media(bot, item["type"], item["media"], uploads)
        letter.rewrite(dict.fromkeys((*MEDIA.values(), "text", "entities", "caption", "caption_entities")))
        return self._edit(letter, {**media_fields(item["type"], letter.file, item), **caption}, p)

    def delete_message(self, bot: Bot, p: Json) -> bool:
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

    def delete_business_messages(self, bot: Bot, p: Json) -> bool:
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

    def read_business_message(self, bot: Bot, p: Json) -> bool:
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


def _caption(p: Json) -> Json:
    caption, entities = caption_text(p.get("caption", ""), p.get("parse_mode", ""), p.get("caption_entities", []))
    return {**_some("caption", caption), **_some("caption_entities", entities)}


def _some(name: str, value: object) -> Json:
    return {name: value} if value else {}
