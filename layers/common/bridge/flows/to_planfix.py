"""Client to Planfix: who wrote it, in which channel, as which contact, in which task; then the comment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bridge.keys import given_up_key
from bridge.routes.port import Place, Receipt
from bridge.telegram import content
from bridge.telegram.updates import (
    BUSINESS_CONNECTION,
    DELETED_MESSAGES,
    EDITED_MESSAGES,
    NEW_MESSAGES,
    IncomingMessage,
    incoming_message,
    kind_of,
)
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.errors import BridgeError
    from bridge.flows.accounts import Accounts
    from bridge.flows.albums import Albums
    from bridge.flows.deletions import Deletions
    from bridge.flows.messages import Messages
    from bridge.flows.places import Places
    from bridge.journal import Journal
    from bridge.queued import Handed, Update
    from bridge.routes.port import Route
    from bridge.texts import Texts

Carry = Callable[[Place, IncomingMessage, Receipt], None]


class Updates:
    """What Telegram sends: each update to whoever carries its kind."""

    def __init__(
        self,
        accounts: Accounts,
        places: Places,
        messages: Messages,
        albums: Albums,
        deletions: Deletions,
        journal: Journal,
    ) -> None:
        self._accounts = accounts
        self._places = places
        self._messages = messages
        self._albums = albums
        self._deletions = deletions
        self._journal = journal

    def carry(self, message: Update, handed: Handed) -> None:
        """Carry one update, or the album that it is the first member of."""
        update, received = message.update, Receipt.of(message)
        kind = kind_of(update)
        if kind == BUSINESS_CONNECTION:  # redriven, it is as old as it was
            number = update["update_id"]
            self._accounts.note_connection(update[kind], received_at=received.first_at, update_id=number)
        elif handed.album:
            self._albums.carry(handed.album, received, may_be_cut=handed.may_be_cut)
        elif kind in NEW_MESSAGES:
            self._carry_message(update, kind, received, self._messages.carry)
        elif kind in EDITED_MESSAGES:
            self._carry_message(update, kind, received, self._messages.carry_edit)
        elif kind == DELETED_MESSAGES:
            self._deletions.carry(update[kind])
        else:
            self._journal.count("ignored_update")
            self._journal.info(
                "update of a kind that is not carried", extra={"kind": kind, "update_id": update["update_id"]}
            )

    def _carry_message(self, update: Mapping[str, Any], kind: str, received: Receipt, carry: Carry) -> None:
        message = incoming_message(update[kind])
        if message is None:
            self._journal.count("unreadable_update")
            extra = {"kind": kind, "update_id": update["update_id"]}
            self._journal.warning("a message without chat or number", extra=extra)
            return
        if message.chat_type != "private":
            self._journal.count("not_private")  # groups and channels the bot was added to are left alone
            return
        place = self._places.of(message)
        if place is None:
            return
        if content.is_ignored(message.raw):
            self._journal.count("ignored_service_message")
            extra = {"kind": content.kind_of(message.raw), "update_id": update["update_id"]}
            self._journal.info("service message", extra=extra)
            return
        carry(place, message, received)


class BuriedUpdates:
    """Updates that went to the dead letters."""

    def __init__(self, places: Places, *, route: Route, chats: Chats, texts: Texts) -> None:
        self._places = places
        self._route = route
        self._chats = chats
        self._texts = texts

    def tell(self, update: Mapping[str, Any], error: BridgeError) -> None:
        """Say so in the chat's task, if it has one."""
        kind = kind_of(update)
        message = incoming_message(update.get(kind)) if kind in (*NEW_MESSAGES, *EDITED_MESSAGES) else None
        place = self._places.of(message) if message else None
        state = self._chats.state(place.chat) if place else None
        if message is None or place is None or state is None or not state.is_in_planfix:
            return
        said = self._texts.say(Say.INCOMING_GIVEN_UP, why=self._texts.why(error.reason, error.detail))
        key = given_up_key(place.chat, message.message_id, update["update_id"])
        self._route.note(place.chat, state.task_id or 0, said, key=key)
