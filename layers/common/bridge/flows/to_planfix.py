"""Client to Planfix: who wrote it, in which channel, as which contact, in which task; then the comment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bridge.flows.accounts import note_connection
from bridge.flows.carry_album import carry_album
from bridge.flows.carry_deletion import carry_deletion
from bridge.flows.carry_message import carry_edit, carry_message
from bridge.flows.place import place_of
from bridge.keys import message_key
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
    from bridge.errors import BridgeError
    from bridge.flows.integration import Integration
    from bridge.queued import Handed, Update

Carry = Callable[["Integration", Place, IncomingMessage, Receipt], None]


def carry_update(to: Integration, message: Update, handed: Handed) -> None:
    """Carry one update, or the album that it is the first member of."""
    update = message.update
    kind = kind_of(update)
    if kind == BUSINESS_CONNECTION:
        received_at = Receipt.of(message).first_at  # redriven, it is as old as it was
        note_connection(to, update[kind], received_at=received_at, update_id=update["update_id"])
    elif handed.album:
        carry_album(to, message, handed)
    elif kind in NEW_MESSAGES:
        _with_message(to, message, carry_message)
    elif kind in EDITED_MESSAGES:
        _with_message(to, message, carry_edit)
    elif kind == DELETED_MESSAGES:
        carry_deletion(to, update)
    else:
        to.count("ignored_update")
        to.log.info("update of a kind that is not carried", extra={"kind": kind, "update_id": update["update_id"]})


def tell_that_it_was_given_up(to: Integration, update: Mapping[str, Any], error: BridgeError) -> None:
    """An update went to the dead letters: say so in its chat's task, if it has one."""
    kind = kind_of(update)
    message = incoming_message(update.get(kind)) if kind in (*NEW_MESSAGES, *EDITED_MESSAGES) else None
    place = place_of(to, message) if message else None
    task = to.chats.state(place.chat).task_id if place else None
    if message is None or place is None or task is None:
        return
    said = to.texts.say(Say.INCOMING_GIVEN_UP, why=to.texts.why(error.reason, error.detail))
    key = f"given-up#{message_key(place.chat, message.message_id)}#{update['update_id']}"
    to.route.note(task, said, key=key)


def _with_message(to: Integration, queued: Update, carry: Carry) -> None:
    update, kind = queued.update, kind_of(queued.update)
    message = incoming_message(update[kind])
    if message is None:
        to.count("unreadable_update")
        to.log.warning("a message without chat or number", extra={"kind": kind, "update_id": update["update_id"]})
        return
    if message.chat_type != "private":
        to.count("not_private")  # groups and channels the bot was added to are left alone
        return
    place = place_of(to, message)
    if place is None:
        return
    if content.is_ignored(message.raw):
        to.count("ignored_service_message")
        to.log.info("service message", extra={"kind": content.kind_of(message.raw), "update_id": update["update_id"]})
        return
    carry(to, place, message, Receipt.of(queued))
