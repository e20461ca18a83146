"""The client's own data in Planfix: names that changed, and the phone once it was shared. Planfix does the rest by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from bridge.errors import BridgeError, Misconfigured, Refused
from bridge.keys import phone_key
from bridge.routes.chat_api.wording import contact_of
from bridge.telegram import content

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Chat, ChatState, Person
    from bridge.planfix.chat_route import Windows
    from bridge.telegram.updates import IncomingMessage
    from bridge.texts import Texts

PATIENCE: Final = 600.0
"""Seconds for which a phone is tried: its message must not hold the chat."""


class ClientData:
    """What Planfix knows of a client beside the messages."""

    def __init__(
        self,
        windows: Windows,
        chats: Chats,
        effects: Effects,
        texts: Texts,
        *,
        digest: Callable[[str], str],
        phone_digest: Callable[[str], str],
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._windows = windows
        self._chats = chats
        self._effects = effects
        self._texts = texts
        self._digest = digest
        self._phone_digest = phone_digest
        self._clock = clock
        self._journal = journal

    def follow(self, chat: Chat, client: Person, before: ChatState) -> Mapping[str, str]:
        """Write changed names into the contact; nothing that happens here stops the message.

        Returns:
            What the client is called now, to be kept as ``seen``; as before where Planfix is to be asked again.
        """
        now = {"called": self._digest(f"{client.full_name}\n{client.username}")}
        if before.seen.get("called") in (None, now["called"]):
            return {**before.seen, **now}
        try:
            self._windows(chat.channel).update_contact(contact_of(client, self._texts))
        except (Refused, Misconfigured) as error:
            self._count_failure("contact_not_updated", client, error)
        except BridgeError as error:  # with the client's next message
            self._count_failure("contact_not_updated_yet", client, error)
            return before.seen
        return {**before.seen, **now}

    def offer_phone(
        self, chat: Chat, client: Person, message: IncomingMessage, *, key: str, received_at: float
    ) -> None:
        """Write the phone into the contact, when the message is the client's own contact, and remember whose it is.

        Raises:
            BridgeError: Planfix does not answer just now, and the message came a short while ago.
        """
        phone = content.own_phone(message.raw)
        if phone is None:
            return

        def write() -> int:
            self._windows(chat.channel).update_contact(contact_of(client, self._texts, phone=phone))
            self._chats.remember_phone(chat, self._phone_digest(phone))
            return 1

        try:
            self._effects.once(phone_key(key), write)
        except BridgeError as error:
            is_final = isinstance(error, Refused | Misconfigured)
            if not is_final and self._clock() - received_at < PATIENCE:
                raise
            self._count_failure("phone_not_written", client, error)

    def _count_failure(self, name: str, client: Person, error: BridgeError) -> None:
        self._journal.count(name)
        self._journal.warning(name.replace("_", " "), extra={"client": client.id, "reason": error.reason.value})
