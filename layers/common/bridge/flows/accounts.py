"""Business accounts: which connection is whose, and whether its messages are carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.errors import Refused
from bridge.model import Connection
from bridge.telegram.updates import ConnectionEvent, connection_event

if TYPE_CHECKING:
    from bridge.flows.integration import Integration


def note_connection(to: Integration, raw: Any, *, received_at: float, update_id: int) -> None:
    """A connection was made, changed or ended."""
    event = connection_event(raw)
    if event is None:
        to.count("unreadable_update")
        return
    newest = _keep(to, event, received_at=received_at, update_id=update_id)
    approved = to.settings.channel(str(event.owner.id)) is not None
    to.log.info(
        "business connection",
        extra={
            "owner": event.owner.id,
            "enabled": event.is_enabled,
            "rights": event.rights,
            "approved": approved,
            "newest": newest,
            "update_id": update_id,
        },
    )
    if not approved:
        to.count("pending_connection")
    elif newest:
        to.checks.account_soon(event.owner.id)
        if event.is_enabled and "can_reply" in event.rights:
            to.held_chats.wake(str(event.owner.id))


def owner_of(to: Integration, connection_id: str) -> int | None:
    """Whose connection it is; one that was never seen is asked for, since its event may come late or never."""
    owner = to.connections.owner_of(to.alias, connection_id)
    if owner is not None:
        return owner
    asked_at = to.clock()  # an event that arrives meanwhile is newer than this answer
    try:
        event = connection_event(to.bot.get_business_connection(connection_id))
    except Refused:
        return None
    if event is None:
        return None
    _keep(to, event, received_at=asked_at, update_id=0)
    return event.owner.id


def _keep(to: Integration, event: ConnectionEvent, *, received_at: float, update_id: int) -> bool:
    return to.connections.note(
        to.alias,
        Connection(
            owner_id=event.owner.id,
            connection_id=event.connection_id,
            is_enabled=event.is_enabled,
            rights=event.rights,
            name=event.owner.full_name,
            username=event.owner.username,
            user_chat_id=event.user_chat_id,
            received_at=int(received_at * 1000),
            update_id=update_id,
        ),
    )
