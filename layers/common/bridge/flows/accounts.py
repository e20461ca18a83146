"""Business accounts: which connection is whose, and whether its messages are carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.errors import Refused
from bridge.model import Connection
from bridge.telegram.updates import ConnectionEvent, connection_event

if TYPE_CHECKING:
    from bridge.aws.connections import Connections
    from bridge.clock import Clock
    from bridge.flows.connection_care import Checks, HeldChats
    from bridge.journal import Journal
    from bridge.parts import Messenger
    from bridge.settings import ChannelSettings, Settings


class Accounts:
    """The business accounts that connected one integration's bot."""

    def __init__(
        self,
        alias: str,
        *,
        clock: Clock,
        settings: Settings,
        connections: Connections,
        bot: Messenger,
        checks: Checks,
        held_chats: HeldChats,
        journal: Journal,
    ) -> None:
        self._alias = alias
        self._clock = clock
        self._settings = settings
        self._connections = connections
        self._bot = bot
        self._checks = checks
        self._held_chats = held_chats
        self._journal = journal

    def note_connection(self, raw: Any, *, received_at: float, update_id: int) -> None:
        """A connection was made, changed or ended."""
        event = connection_event(raw)
        if event is None:
            self._journal.count("unreadable_update")
            return
        newest = self._keep(event, received_at=received_at, update_id=update_id)
        approved = self._settings.channel(str(event.owner.id)) is not None
        self._journal.info(
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
            self._journal.count("pending_connection")
        elif newest:
            self._checks.account_soon(event.owner.id)
            if event.is_enabled and "can_reply" in event.rights:
                self._held_chats.wake(str(event.owner.id))

    def owner_of(self, connection_id: str) -> int | None:
        """Whose connection it is; one that was never seen is asked for, since its event may come late or never."""
        owner = self._connections.owner_of(self._alias, connection_id)
        if owner is not None:
            return owner
        asked_at = self._clock()  # an event that arrives meanwhile is newer than this answer
        try:
            event = connection_event(self._bot.get_business_connection(connection_id))
        except Refused:
            return None
        if event is None:
            return None
        self._keep(event, received_at=asked_at, update_id=0)
        return event.owner.id

    def channel_of(self, owner_id: int) -> ChannelSettings | None:
        """The channel of an account; None while nobody approved it: then its message is counted, and not carried."""
        channel = self._settings.channel(str(owner_id))
        if channel is None:
            not_carried = self._connections.count_not_carried(self._alias, owner_id)
            self._journal.count("not_approved")
            self._journal.info("account not approved", extra={"owner": owner_id, "not_carried": not_carried})
        return channel

    def _keep(self, event: ConnectionEvent, *, received_at: float, update_id: int) -> bool:
        return self._connections.note(
            self._alias,
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
