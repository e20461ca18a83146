"""Where a message belongs: its chat, that chat's client and channel; or nowhere, which is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason, Refused
from bridge.flows.accounts import owner_of
from bridge.model import OWN_BOT, Chat, FormattedText
from bridge.routes.port import Place
from bridge.telegram import content
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Person
    from bridge.telegram.updates import IncomingMessage


def place_of(to: Integration, message: IncomingMessage) -> Place | None:
    """The chat a message belongs to, or None when its channel is not carried (which is counted)."""
    if not message.connection_id:
        return _place_in_own_bot(to, message)
    return place_in_account(to, message.connection_id, message.client, sender_id=message.sender.id)


def place_in_account(
    to: Integration, connection_id: str, client: Person, *, sender_id: int | None = None
) -> Place | None:
    """The chat of a client in the business account whose connection this is."""
    owner = owner_of(to, connection_id)
    if owner is None and sender_id != client.id and to.settings.channel(str(sender_id)):
        owner = sender_id  # the owner's own words name their account
    if (
        owner is None
    ):  # Telegram knows it no longer, and whose it was was never told: kept as a dead letter, not dropped
        to.count("unknown_connection")
        raise Refused(Reason.CONNECTION_LOST, "a connection that nobody knows")
    channel = to.settings.channel(str(owner))
    if channel is None:
        waiting = to.connections.count_not_carried(to.alias, owner)
        to.count("not_approved")
        to.log.info("account not approved", extra={"owner": owner, "not_carried": waiting})
        return None
    if client.id == owner:
        to.count("self_chat")
        return None
    return Place(Chat(to.alias, str(owner), client.id), client, channel, owner)


def _place_in_own_bot(to: Integration, message: IncomingMessage) -> Place | None:
    payload = content.start_payload(message.raw)
    if to.settings.channel(str(message.sender.id)) or (payload or "").startswith("bizChat"):
        to.count("owner_in_own_bot")  # "Manage Bot" opens this chat with /start bizChat<id>
        return None
    channel = to.settings.channel(OWN_BOT)
    if channel is None:
        to.count("own_bot_not_a_channel")
        if payload is not None:
            _say_once_that_nobody_reads(to, message.chat.id)
        return None
    return Place(Chat(to.alias, OWN_BOT, message.chat.id), message.client, channel, None)


def _say_once_that_nobody_reads(to: Integration, user_id: int) -> None:
    text = FormattedText(to.texts.say(Say.BOT_TALKS_TO_NOBODY))
    try:
        to.effects.once(f"greeting#{to.alias}#{user_id}", lambda: to.bot.send_text(user_id, text))
    except Refused as refused:
        to.log.info("greeting refused", extra={"reason": refused.reason.value})
