"""What each Bot API method does to the fake world. Parameters come already checked against the method table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.fakes.telegram_media import MAX_DOWNLOAD
from local.fakes.telegram_messages import MEDIA, Messages
from local.fakes.telegram_model import UPDATE_KINDS, Bot, Json, RefusedError, bad_request
from local.fakes.telegram_world import CALLBACK_LIFE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.fakes.telegram_messages import Upload
    from local.fakes.telegram_world import World

LINK_LIFE = 3600
"""Seconds a file_path is good for, at least (core.telegram.org/bots/api#getfile)."""
LONGEST_POLL = 20.0
"""Real seconds that getUpdates waits at most, whatever its ``timeout``."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Answer:
    """A result that comes with a description."""

    result: object
    description: str


class Methods:
    """The methods of one fake; its lock is held by the caller."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._messages = Messages(world)
        self._table: dict[str, Callable[[Bot, Json], object]] = {
            "getMe": lambda bot, _: self._me(bot),
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": lambda bot, _: self._webhook_info(bot),
            "getUpdates": self._get_updates,
            "getBusinessConnection": self._get_business_connection,
            "getFile": self._get_file,
            "sendMessage": self._messages.send_message,
            "sendLocation": self._messages.send_location,
            "sendChatAction": self._messages.send_chat_action,
            "editMessageText": self._messages.edit_text,
            "editMessageCaption": self._messages.edit_caption,
            "deleteMessage": self._messages.delete_message,
            "deleteBusinessMessages": self._messages.delete_business_messages,
            "readBusinessMessage": self._messages.read_business_message,
            "answerCallbackQuery": self._answer_callback,
        }

    def call(self, bot: Bot, method: str, params: Json, uploads: Mapping[str, Upload]) -> object:
        """Do it.

        Raises:
            RefusedError: with the answer to give.
        """
        if method in MEDIA:
            return self._messages.send_media(bot, MEDIA[method], params, uploads)
        if method == "sendMediaGroup":
            return self._messages.send_media_group(bot, params, uploads)
        if method == "editMessageMedia":
            return self._messages.edit_media(bot, params, uploads)
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
        if not bot.pending and p.get("timeout"):
            self.world.changed.wait(min(p["timeout"], LONGEST_POLL))
        return [update.body for update in self.world.pending(bot)[: p.get("limit", 100)]]

    def _get_business_connection(self, bot: Bot, p: Json) -> Json:
        connection = self.world.connections.get(p["business_connection_id"])
        # Any refusal upstream is shown with this text (Client.cpp, TdOnCheckBusinessConnectionCallback).
        if connection is None or connection.bot is not bot or not connection.current:
            raise bad_request("business connection not found")
        return connection.as_json()

    def _get_file(self, bot: Bot, p: Json) -> Json:
        file = self._messages.file(bot, p["file_id"], "wrong file_id or the file is temporarily unavailable")
        if len(file.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        self.world.links[bot.id, file.path] = self.world.clock() + LINK_LIFE
        return {
            "file_id": file.file_id,
            "file_unique_id": file.file_unique_id,
            "file_size": len(file.data),
            "file_path": file.path,
        }

    def _answer_callback(self, bot: Bot, p: Json) -> bool:
        asked = bot.callbacks.pop(p["callback_query_id"], None)
        if asked is None or self.world.clock() - asked > CALLBACK_LIFE:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(p.get("text", "")) > 200:  # noqa: PLR2004 - core.telegram.org/bots/api#answercallbackquery
            raise bad_request("MESSAGE_TOO_LONG")
        return True


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
