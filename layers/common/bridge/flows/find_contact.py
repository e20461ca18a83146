"""Find the client's contact in Planfix: remembered, by Telegram id, by @username, or made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.planfix.route import NewContact
from bridge.source import source_object_id
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Person


def find_contact(to: Integration, client: Person, template: int | None, *, gone: int | None = None) -> int:
    """The client's contact number, the same for every channel and integration of this Planfix account.

    Args:
        to: the integration.
        client: who wrote.
        template: the channel's template for new contacts.
        gone: a contact that turned out to be deleted or merged: it is looked up again.
    """
    host = to.planfix.host
    known = to.chats.contact(host, client.id)
    if known is not None and known != gone:
        return known

    key = f"contact#{host}#{client.id}#{gone or 0}"

    def find_or_make() -> int:
        # Searching comes first, so an attempt whose answer was lost is found here and not made twice.
        for contact in to.planfix.contacts_by_telegram_id(client.id):
            if contact.id != gone:
                return contact.id
        namesake = _by_username(to, client)
        if namesake is not None and namesake != gone:
            to.planfix.write_telegram_id(namesake, client.id)
            return namesake
        return to.planfix.create_contact(
            NewContact(
                template=template,
                name=client.first_name.strip() or client.last_name.strip() or _fallback_name(to, client),
                lastname=client.last_name.strip() if client.first_name.strip() else "",
                telegram_id=client.id,
                telegram=f"https://t.me/{client.username}" if client.username else "",
                source_object_id=source_object_id(key),
            )
        )

    found: int = to.effects.once(key, find_or_make)
    to.chats.remember_contact(host, client.id, found)
    to.log.info("contact", extra={"client": client.id, "contact": found})
    return found


def look_up_contact(to: Integration, client_id: int, *, gone: int | None) -> int | None:
    """The client's contact by Telegram id alone, after the known one was merged or deleted; nothing is made."""
    for contact in to.planfix.contacts_by_telegram_id(client_id):
        if contact.id != gone:
            to.chats.remember_contact(to.planfix.host, client_id, contact.id)
            return contact.id
    return None


def _by_username(to: Integration, client: Person) -> int | None:
    """The one contact with this @username and no Telegram id; two of them decide nothing."""
    if not client.username:
        return None
    found = to.planfix.contacts_by_username(client.username)
    if len(found) != 1 or found[0].telegram_id:
        return None
    return found[0].id


def _fallback_name(to: Integration, client: Person) -> str:
    return f"@{client.username}" if client.username else to.texts.say(Say.NAMELESS_CLIENT, id=client.id)
