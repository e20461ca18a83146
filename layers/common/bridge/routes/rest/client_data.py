"""What a message tells of the client besides its words: a changed name or @username, the client's own phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Refused
from bridge.keys import phone_key
from bridge.planfix.route import Phone
from bridge.routes.rest.contacts import username_in
from bridge.telegram import content

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import ChatState, Person
    from bridge.parts import Digest
    from bridge.planfix.route import Planfix
    from bridge.routes.rest.contacts import Contacts
    from bridge.telegram.updates import IncomingMessage

PATIENCE: Final = 600.0
"""Seconds after which a phone that Planfix does not take is left: the comment says it, and the chat must go on."""

_DIGITS_THAT_COUNT: Final = 10
"""Of a phone number, from its end: people write 8, 7 or nothing before the same Russian number."""

_TRIED: Final = "tried"


class ClientData:
    """What becomes of a client's contact as the client goes on writing."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        contacts: Contacts,
        *,
        digest: Digest,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._contacts = contacts
        self._digest = digest
        self._clock = clock
        self._journal = journal

    def follow_names(self, client: Person, state: ChatState) -> Mapping[str, str]:
        """Write a changed name or @username into the contact, field by field, where its value is the bridge's own.

        A field is the bridge's own when the bridge made the contact (`KnownContact.ours`) and its value is still what Telegram
        said before (``state.seen``): then no employee has changed it. The digests of ``seen`` lie with the chat and are made
        by its own integration, so two integrations that share the contact have none to compare. A @username that was
        given up is taken out: somebody else may take it. Nothing that happens here stops the message.

        Returns:
            What the client is called now, to be kept as ``seen``; as before where Planfix is to be asked again.
        """
        before = {name: digest for name, digest in state.seen.items() if name != _TRIED}
        called = self._contacts.shown_as(client)
        if before and not client.full_name:  # a name that Telegram did not give is no change
            called = {"telegram": called["telegram"]} if client.username else {}
        now = {**before, **{name: self._digest(_essence(name, value)) for name, value in called.items()}}
        changed = [name for name in called if name in before and before[name] != now[name]]
        if not changed:
            return now
        if "telegram" in changed:
            self._contacts.note_username(client.id, client.username)
        try:
            self._write_where_ours(client, {name: called[name] for name in changed}, before)
        except (Refused, Misconfigured) as error:
            self._count_failure("contact_not_updated", client, error)
        except BridgeError as error:  # with the client's next message; where nobody knows what was done, once more only
            self._count_failure("contact_not_updated_yet", client, error)
            attempt = self._digest("\n".join(now.values()))
            if not isinstance(error, OutcomeUnknown):
                return state.seen
            if state.seen.get(_TRIED) != attempt:
                return {**before, _TRIED: attempt}
        return now

    def offer_phone(self, client: Person, message: IncomingMessage, *, key: str, received_at: float) -> None:
        """Add the phone to the client's contact, when the message is the client's own contact, and once.

        Args:
            client: the client, who wrote the message.
            message: any message of the client; its comment says the phone anyway.
            key: the ledger key of that comment.
            received_at: when it came, Unix seconds.

        Raises:
            BridgeError: Planfix does not answer just now, and the message came a short while ago.
        """
        phone = content.own_phone(message.raw)
        if phone is None:
            return
        try:
            self._effects.once(phone_key(key), lambda: self._add_phone(client, phone))
        except BridgeError as error:
            is_final = isinstance(error, Refused | Misconfigured)
            if not is_final and self._clock() - received_at < PATIENCE:
                raise
            self._count_failure("phone_not_written", client, error)

    def _write_where_ours(self, client: Person, changed: Mapping[str, str], before: Mapping[str, str]) -> None:
        known = self._chats.contact(self._planfix.host, client.id)
        if known is None or not set(known.ours) & set(changed):
            return
        contact = self._planfix.contact(known.id)
        if contact is None:
            return
        present = {"name": contact.name, "lastname": contact.lastname, "telegram": contact.telegram}
        ours = {
            name: value
            for name, value in changed.items()
            if name in known.ours and self._digest(_essence(name, present[name])) == before[name]
        }
        if "telegram" in ours:
            self._contacts.note_username(
                client.id, present["telegram"]
            )  # the former one, should it be of a time when none was kept
        if ours:
            self._planfix.write_names(known.id, ours)
            self._journal.count("contact_updated")
            self._journal.info(
                "contact updated", extra={"client": client.id, "contact": known.id, "fields": sorted(ours)}
            )

    def _add_phone(self, client: Person, phone: str) -> bool:
        known = self._chats.contact(self._planfix.host, client.id)
        contact = self._planfix.contact(known.id) if known else None
        if contact is None or _core(phone) in map(_core, (one.number for one in contact.phones)):
            return False
        self._planfix.write_phones(contact.id, [*contact.phones, Phone(phone)])
        self._journal.count("phone_written")
        return True

    def _count_failure(self, name: str, client: Person, error: BridgeError) -> None:
        self._journal.count(name)
        self._journal.warning(name.replace("_", " "), extra={"client": client.id, "reason": error.reason.value})


def _essence(name: str, value: str) -> str:
    """What of a value matters, however Planfix gives it back."""
    if name == "telegram":
        return username_in(value)
    return " ".join(value.split())


def _core(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-_DIGITS_THAT_COUNT:]
