"""What Planfix calls our chats and clients by. Standard library only: the door reads them too.

None of these ids holds ``~``, which Planfix keeps for itself (help page "Список команд API для чатов", providerId).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bridge.model import ALIAS, OWN_BOT, Chat

_CHAT_ID: Final = re.compile(rf"({ALIAS.pattern})\.({OWN_BOT}|[0-9]{{1,19}})\.(-?[0-9]{{1,19}})", re.ASCII)


def provider_id_of(alias: str, channel: str) -> str:
    """The ``providerId`` of a channel for which none is set: an admin types it into the window of its chat."""
    return f"{alias}.{channel}"


def channel_of(provider_id: str, alias: str, channels: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The channel whose chat in Planfix has this id, by the integration's ``channels`` as they are set; None for nobody's."""
    for channel, own in channels.items():
        if provider_id == (own.get("provider_id") or provider_id_of(alias, channel)):
            return channel
    return None


def chat_id_of(chat: Chat) -> str:
    """Our chat as Planfix knows it. It stays when the connection of its business account becomes another."""
    return f"{chat.integration}.{chat.channel}.{chat.client_id}"


def chat_of(chat_id: str) -> Chat | None:
    """The chat that this id means; None when it is none of ours."""
    found = _CHAT_ID.fullmatch(chat_id)
    return Chat(found[1], found[2], int(found[3])) if found else None


def contact_id_of(client_id: int) -> str:
    """A client as Planfix knows it: the same in every channel."""
    return str(client_id)
