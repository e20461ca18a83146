"""The client's contact in Planfix: remembered, by Telegram id, by @username, or made; and whether a comment notifies it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.keys import contact_key
from bridge.model import KnownContact
from bridge.planfix.route import NewContact
from bridge.routes.rest.own_comments import source_object_id
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import ChatState, Person, TaskState
    from bridge.planfix.route import Comment, Contact, Planfix, Task
    from bridge.routes.port import Place
    from bridge.texts import Texts

OURS: Final = ("name", "lastname", "telegram")
"""Fields of a contact that the bridge made: they follow the client's names in Telegram until an employee changes them."""

_BEFORE_A_USERNAME: Final = re.compile(r"(?:https?://)?(?:t\.me/|telegram\.me/)?@?", re.IGNORECASE)


class ClientContact(NamedTuple):
    """A client's contact. ``has_no_tasks``: this very attempt made it, or saw that it has none: there is nothing to look for."""

    id: int
    has_no_tasks: bool = False


class Contacts:
    """The contacts of clients, each the same for every channel and integration of this Planfix account."""

    def __init__(self, planfix: Planfix, chats: Chats, effects: Effects, texts: Texts, journal: Journal) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._texts = texts
        self._journal = journal

    def of(self, place: Place, state: ChatState) -> ClientContact:
        """The contact of a chat's client."""
        if state.contact_id is not None:
            return ClientContact(state.contact_id)
        return self._find(place)

    def replace_if_gone(self, place: Place) -> bool:
        """Look for the client's contact anew when Planfix has it no longer (it was deleted or merged); whether it was so."""
        state = self._chats.state(place.chat)
        remembered = self._chats.contact(self._planfix.host, place.client.id)
        known = state.contact_id or (remembered.id if remembered else None)
        if known is None or self._planfix.contact_exists(known):
            return False
        found = self._find(place, gone=known)
        self._chats.replace_contact(place.chat, state, found.id)
        return True

    def client_is_notified(self, task: TaskState, comment: Comment) -> bool:
        """Whether the client is among those whom a comment notifies, by whichever of his contacts."""
        notified = comment.recipients
        if task.client_is_assigner and "assigner" in notified.roles:
            return True
        contacts = {person for person in notified.users if person.startswith("contact:")}
        state = self._chats.state(task.chat)
        if contacts & {f"contact:{number}" for number in (state.contact_id, *state.former_contacts)}:
            return True
        if not contacts or (state.contact_id is not None and self._planfix.contact_exists(state.contact_id)):
            return False
        client = task.chat.client_id
        found = self._by_telegram_id(client, state.contact_id)  # merged or deleted meanwhile; nothing is made here
        if found is None:
            return False
        self._chats.remember_contact(self._planfix.host, client, KnownContact(found.id))
        self._chats.replace_contact(task.chat, state, found.id)
        return f"contact:{found.id}" in contacts

    def shown_as(self, client: Person) -> dict[str, str]:
        """What the bridge writes into a contact about who the client is: values of ``OURS``."""
        first, last = client.first_name.strip(), client.last_name.strip()
        return {
            "name": first or last or handle(client, self._texts),
            "lastname": last if first else "",
            "telegram": f"https://t.me/{client.username}" if client.username else "",
        }

    def note_username(self, client_id: int, username: str) -> bool:
        """Keep for good which client of this Planfix account was the first to have a @username; whether it was this one.

        Names are given up and taken by strangers, and a contact that an employee made goes on bearing the name of its time.
        What is kept is a digest, without the integration's key: every integration of the account must know it.
        """
        if not username:
            return False
        digest = hashlib.sha256(f"{self._planfix.host}@{username_in(username)}".encode()).hexdigest()[:32]
        return self._chats.claim_username(self._planfix.host, digest, client_id)

    def _find(self, place: Place, gone: int | None = None) -> ClientContact:
        """The client's contact; ``gone``: one that turned out to be deleted or merged, so it is looked up again."""
        host, client = self._planfix.host, place.client
        known = self._chats.contact(host, client.id)
        if known is not None and known.id != gone:
            return ClientContact(known.id)
        has_no_tasks = False

        def find_or_make() -> dict[str, Any]:
            nonlocal has_no_tasks
            found = self._look_for(client, gone)
            has_no_tasks = found is None or found.has_no_tasks
            if found is not None:
                return _as_outcome(KnownContact(found.id))
            return _as_outcome(KnownContact(self._make(client, place.channel.contact_template, key), OURS))

        key = contact_key(host, client.id, gone)
        found = self._effects.once(key, find_or_make, look=lambda _: self._made_by_lost_attempt(client, gone))
        contact = _known_contact(found)
        self._chats.remember_contact(host, client.id, contact)
        self._journal.info("contact", extra={"client": client.id, "contact": contact.id})
        return ClientContact(contact.id, has_no_tasks)

    def _look_for(self, client: Person, gone: int | None) -> ClientContact | None:
        is_the_first = self.note_username(client.id, client.username)
        found = self._by_telegram_id(client.id, gone)
        if found is not None:
            return ClientContact(found.id)
        namesake = self._by_username(client) if is_the_first else None
        if namesake is None or namesake == gone:
            return None
        tasks = self._planfix.tasks_of(namesake, template_or_object=None)
        if self._is_another_clients(client, tasks):
            return None
        self._planfix.write_telegram_id(namesake, client.id)
        return ClientContact(namesake, has_no_tasks=not tasks)

    def _make(self, client: Person, template: int | None, key: str) -> int:
        mark, shown = source_object_id(key), self.shown_as(client)
        return self._planfix.create_contact(
            NewContact(template=template, telegram_id=client.id, source_object_id=mark, **shown)
        )

    def _made_by_lost_attempt(self, client: Person, gone: int | None) -> dict[str, Any] | None:
        """What an attempt whose answer was lost may have made; ours when it says what we would have written."""
        found = self._by_telegram_id(client.id, gone)
        if found is None:
            return None
        written = {"name": found.name, "lastname": found.lastname, "telegram": found.telegram}
        return _as_outcome(KnownContact(found.id, OURS if written == self.shown_as(client) else ()))

    def _by_telegram_id(self, client_id: int, gone: int | None) -> Contact | None:
        return next((one for one in self._planfix.contacts_by_telegram_id(client_id) if one.id != gone), None)

    def _by_username(self, client: Person) -> int | None:
        """The one contact with this @username and no Telegram id; two of them decide nothing."""
        if not client.username:
            return None
        found = self._planfix.contacts_by_username(client.username)
        if len(found) != 1 or found[0].telegram_id:
            return None
        return found[0].id

    def _is_another_clients(self, client: Person, tasks: Sequence[Task]) -> bool:
        """Whether another client's chat goes on in one of a contact's tasks: a merge, or an employee, took the Telegram id out of it."""
        bound = (self._chats.task(self._planfix.host, task.id) for task in tasks)
        return any(task is not None and task.chat.client_id != client.id for task in bound)


def username_in(written: str) -> str:
    """The @username in what stands in a contact, however it was written there: a link, with its @ or without; any case."""
    return _BEFORE_A_USERNAME.sub("", written.strip(), count=1).partition("?")[0].rstrip("/").lower()


def handle(client: Person, texts: Texts) -> str:
    """What a client without a name is called."""
    return f"@{client.username}" if client.username else texts.say(Say.NAMELESS_CLIENT, id=client.id)


def _known_contact(outcome: Mapping[str, Any]) -> KnownContact:
    return KnownContact(outcome["contact"], tuple(outcome["ours"]))


def _as_outcome(contact: KnownContact) -> dict[str, Any]:
    return {"contact": contact.id, "ours": list(contact.ours)}
