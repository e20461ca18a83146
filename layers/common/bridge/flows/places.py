"""Where a message belongs: its chat, that chat's client and channel; or nowhere, which is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason, Refused
from bridge.keys import greeting_key
from bridge.model import OWN_BOT, Chat, FormattedText
from bridge.routes.port import Place
from bridge.telegram import content
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.flows.accounts import Accounts
    from bridge.journal import Journal
    from bridge.model import Person
    from bridge.parts import Messenger
    from bridge.settings import Settings
    from bridge.telegram.updates import IncomingMessage
    from bridge.texts import Texts


class Places:
    """The channels of one integration and the chats in them."""

    def __init__(
        self,
        alias: str,
        *,
        settings: Settings,
        accounts: Accounts,
        effects: Effects,
        bot: Messenger,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._alias = alias
        self._settings = settings
        self._accounts = accounts
        self._effects = effects
        self._bot = bot
        self._texts = texts
        self._journal = journal

    def of(self, message: IncomingMessage) -> Place | None:
        """The chat a message belongs to, or None when its channel is not carried (which is counted)."""
        if not message.connection_id:
            return self._in_own_bot(message)
        return self.in_account(message.connection_id, message.client, sender_id=message.sender.id)

    def in_account(self, connection_id: str, client: Person, *, sender_id: int | None = None) -> Place | None:
        """The chat of a client in the business account whose connection this is."""
        owner = self._accounts.owner_of(connection_id)
        if owner is None and sender_id != client.id and self._settings.channel(str(sender_id)):
            owner = sender_id  # the owner's own words name their account
        if owner is None:
            # Telegram knows it no longer, and whose it was was never told: kept as a dead letter, not dropped
            self._journal.count("unknown_connection")
            raise Refused(Reason.CONNECTION_LOST, "a connection that nobody knows")
        channel = self._accounts.channel_of(owner)
        if channel is None:
            return None
        if client.id == owner:
            self._journal.count("self_chat")
            return None
        return Place(Chat(self._alias, str(owner), client.id), client, channel, owner)

    def _in_own_bot(self, message: IncomingMessage) -> Place | None:
        payload = content.start_payload(message.raw)
        if self._settings.channel(str(message.sender.id)) or (payload or "").startswith("bizChat"):
            self._journal.count("owner_in_own_bot")  # "Manage Bot" opens this chat with /start bizChat<id>
            return None
        channel = self._settings.channel(OWN_BOT)
        if channel is None:
            self._journal.count("own_bot_not_a_channel")
            if payload is not None:
                self._say_once_that_nobody_reads(message.chat.id)
            return None
        return Place(Chat(self._alias, OWN_BOT, message.chat.id), message.client, channel, None)

    def _say_once_that_nobody_reads(self, user_id: int) -> None:
        text = FormattedText(self._texts.say(Say.BOT_TALKS_TO_NOBODY))
        try:
            self._effects.once(greeting_key(self._alias, user_id), lambda: self._bot.send_text(user_id, text))
        except Refused as refused:
            self._journal.info("greeting refused", extra={"reason": refused.reason.value})
