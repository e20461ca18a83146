"""How a client is reached: in the bot's own chat, or on behalf of the business account by its newest connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bridge.errors import Reason, Refused

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Way:
    """The chat id, the business connection where the channel is one, and whether it may mark messages as read."""

    chat_id: int
    connection_id: str | None
    may_read: bool = False


def way_to(to: Integration, chat: Chat) -> Way:
    """The way to a client, whatever the connection's id was when the client wrote.

    Raises:
        Refused: ACCOUNT_NOT_APPROVED, when it is not in the settings; CONNECTION_LOST, when it is not connected.
    """
    if chat.is_own_bot:
        return Way(chat.client_id, None)
    if to.settings.channel(chat.channel) is None:
        raise Refused(Reason.ACCOUNT_NOT_APPROVED)
    connection = to.connections.newest(to.alias, int(chat.channel))
    if connection is None:
        raise Refused(Reason.CONNECTION_LOST)
    return Way(chat.client_id, connection.connection_id, "can_read_messages" in connection.rights)


def by_newest_way(to: Integration, chat: Chat, send: Callable[[Way], Result]) -> Result:
    """Send by the way to a client; once more when the connection was replaced by another one in this very moment."""
    way = way_to(to, chat)
    try:
        return send(way)
    except Refused as refused:
        if refused.reason is not Reason.CONNECTION_LOST:
            raise
        newer = way_to(to, chat)
        if newer == way:
            raise
    return send(newer)
