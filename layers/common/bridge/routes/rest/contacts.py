"""Find the client's contact in Planfix: remembered, by Telegram id, by @username, or made."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.model import KnownContact
from bridge.planfix.route import NewContact
from bridge.routes.rest.source import source_object_id
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import Person
    from bridge.parts import Parts
    from bridge.planfix.route import Contact, Task

OURS: Final = ("name", "lastname", "telegram")
"""Fields of a contact that the bridge made: they follow the client's names in Telegram until an employee changes them."""


@dataclass(frozen=True, slots=True)
class ClientContact:
    """A client's contact. ``has_no_tasks``: this very attempt made it, or saw that it has none: there is nothing to look for."""

    id: int
    has_no_tasks: bool = False


_BEFORE_A_USERNAME: Final = re.compile(r"(?:https?://)?(?:t\.me/|telegram\.me/)?@?", re.IGNORECASE)


def find_contact(to: Parts, client: Person, template: int | None, *, gone: int | None = None) -> ClientContact:
    """The client's contact, the same for every channel and integration of this Planfix account.

    Args:
        to: the integration.
        client: who wrote.
        template: the channel's template for new contacts.
        gone: a contact that turned out to be deleted or merged: it is looked up again.
    """
    host = to.planfix.host
    known = to.chats.contact(host, client.id)
    if known is not None and known.id != gone:
        return ClientContact(known.id)
    has_no_tasks = False

    def find_or_make() -> dict[str, Any]:
        nonlocal has_no_tasks
        found = _find(to, client, gone)
        has_no_tasks = found is None or found.has_no_tasks
        return _outcome(_make(to, client, template, key), OURS) if found is None else _outcome(found.id)

    key = f"contact#{host}#{client.id}#{gone or 0}"
    found = to.effects.once(
        key,
        find_or_make,
        look=lambda _: _made_by_lost_attempt(to, client, gone),
    )
    contact = KnownContact(found["contact"], tuple(found["ours"]))
    to.chats.remember_contact(host, client.id, contact)
    to.log.info("contact", extra={"client": client.id, "contact": contact.id})
    return ClientContact(contact.id, has_no_tasks)


def look_up_contact(to: Parts, client_id: int, *, gone: int | None) -> int | None:
    """The client's contact by Telegram id alone, after the known one was merged or deleted; nothing is made."""
    found = _by_telegram_id(to, client_id, gone)
    if found is None:
        return None
    to.chats.remember_contact(to.planfix.host, client_id, KnownContact(found.id))
    return found.id


def shown_as(to: Parts, client: Person) -> dict[str, str]:
    """What the bridge writes into a contact about who the client is: values of ``OURS``."""
    first, last = client.first_name.strip(), client.last_name.strip()
    return {
        "name": first or last or _fallback_name(to, client),
        "lastname": last if first else "",
        "telegram": f"https://t.me/{client.username}" if client.username else "",
    }


def username_in(written: str) -> str:
    """The @username in what stands in a contact, however it was written there: a link, with its @ or without; any case."""
    return _BEFORE_A_USERNAME.sub("", written.strip(), count=1).partition("?")[0].rstrip("/").lower()


def note_username(to: Parts, client_id: int, username: str) -> bool:
    """Keep for good which client of this Planfix account was the first to have a @username; whether it was this one.

    Names are given up and taken by strangers, and a contact that an employee made goes on bearing the name of its time.
    What is kept is a digest, without the integration's key: every integration of the account must know it.
    """
    if not username:
        return False
    digest = hashlib.sha256(f"{to.planfix.host}@{username_in(username)}".encode()).hexdigest()[:32]
    return to.chats.claim_username(to.planfix.host, digest, client_id)


def _find(to: Parts, client: Person, gone: int | None) -> ClientContact | None:
    is_the_first = note_username(to, client.id, client.username)
    found = _by_telegram_id(to, client.id, gone)
    if found is not None:
        return ClientContact(found.id)
    namesake = _by_username(to, client) if is_the_first else None
    if namesake is None or namesake == gone:
        return None
    tasks = to.planfix.tasks_of(namesake, template_or_object=None)
    if _is_another_clients(to, client, tasks):
        return None
    to.planfix.write_telegram_id(namesake, client.id)
    return ClientContact(namesake, has_no_tasks=not tasks)


def _make(to: Parts, client: Person, template: int | None, key: str) -> int:
    mark, shown = source_object_id(key), shown_as(to, client)
    return to.planfix.create_contact(
        NewContact(template=template, telegram_id=client.id, source_object_id=mark, **shown)
    )


def _made_by_lost_attempt(to: Parts, client: Person, gone: int | None) -> dict[str, Any] | None:
    """What an attempt whose answer was lost may have made; ours when it says what we would have written."""
    found = _by_telegram_id(to, client.id, gone)
    if found is None:
        return None
    written = {"name": found.name, "lastname": found.lastname, "telegram": found.telegram}
    return _outcome(found.id, OURS if written == shown_as(to, client) else ())


def _outcome(contact: int, ours: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"contact": contact, "ours": list(ours)}


def _by_telegram_id(to: Parts, client_id: int, gone: int | None) -> Contact | None:
    return next((one for one in to.planfix.contacts_by_telegram_id(client_id) if one.id != gone), None)


def _by_username(to: Parts, client: Person) -> int | None:
    """The one contact with this @username and no Telegram id; two of them decide nothing."""
    if not client.username:
        return None
    found = to.planfix.contacts_by_username(client.username)
    if len(found) != 1 or found[0].telegram_id:
        return None
    return found[0].id


def _is_another_clients(to: Parts, client: Person, tasks: Sequence[Task]) -> bool:
    """Whether another client's chat goes on in one of a contact's tasks: a merge, or an employee, took the Telegram id out of it."""
    bound = (to.chats.task(to.planfix.host, task.id) for task in tasks)
    return any(task is not None and task.chat.client_id != client.id for task in bound)


def _fallback_name(to: Parts, client: Person) -> str:
    return f"@{client.username}" if client.username else to.texts.say(Say.NAMELESS_CLIENT, id=client.id)
