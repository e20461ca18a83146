"""How a message from Telegram reads in a chat of Planfix: plain words, who wrote them, and what a new task is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bridge.model import Author
from bridge.planfix.chat_ids import chat_id_of, contact_id_of
from bridge.planfix.chat_route import ChatContact, NewChatMessage
from bridge.routes.lateness import said_late
from bridge.telegram import content
from bridge.telegram.chat_text import to_chat_text
from bridge.telegram.reading_html import from_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import ChatState, Person
    from bridge.planfix.chat_route import LinkedFile
    from bridge.routes.port import Posting
    from bridge.settings import Settings
    from bridge.texts import Texts

LONGEST: Final = 48 * 1024
"""Bytes of words. A comment takes 64 KB (Planfix help, "Технические ограничения"), and of a chat's message nothing else is known."""


class Wording:
    """The words of messages in chats."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts

    def message(
        self,
        posting: Posting,
        state: ChatState,
        files: tuple[LinkedFile, ...],
        sentences: Sequence[str],
        *,
        is_repeat: bool,
    ) -> NewChatMessage:
        """What is posted.

        Args:
            posting: what was written.
            state: of its chat, before.
            files: its files as addresses.
            sentences: about those that could not come along, as HTML.
            is_repeat: it may be there already.
        """
        place, channel = posting.place, posting.place.channel
        lines = [
            *self._who_wrote(posting),
            said_late(posting, state, self._texts).removesuffix("<br>"),
            posting.says,
            *sentences,
        ]
        if is_repeat:
            lines.insert(0, self._texts.say(Say.PERHAPS_A_REPEAT))
        text = to_chat_text(from_html("<br>".join(line for line in lines if line)))
        is_first = not (state.client_message or state.owner_message)
        return NewChatMessage(
            chat_id_of(place.chat),
            contact_of(place.client, self._texts),
            _shortened(text, self._texts),
            channel=place.chat.channel,
            title=place.client.full_name if is_first else "",
            files=files,
            is_echo=not posting.by_client,
            user_email=(channel.owner_email or "") if not posting.by_client else "",
            task_fields=self._task_fields(posting) if is_first else {},
        )

    def _who_wrote(self, posting: Posting) -> list[str]:
        if posting.author is Author.AUTOMATIC:
            return [self._texts.say(Say.AUTOMATIC_ANSWER)]
        if not posting.by_client and not posting.place.channel.owner_email:
            name = posting.message.sender.full_name or posting.place.channel.name
            return [self._texts.say(Say.OWNER_WROTE, name=name)]
        return []

    def _task_fields(self, posting: Posting) -> dict[str, str]:
        """Fields of a new task, as the settings name them: Planfix fills those that its template has."""
        place = posting.place
        names = self._settings.task_fields
        fields = {
            names.start_source: content.start_payload(posting.message.raw) or "",
            names.channel_name: place.channel.name,
            names.username: place.client.username,
            names.telegram_id: str(place.client.id),
        }
        return {name: value for name, value in fields.items() if name and value}


def contact_of(client: Person, texts: Texts, *, phone: str = "") -> ChatContact:
    """The client as Planfix gets to know him."""
    address = f"https://t.me/{client.username} (@{client.username})" if client.username else f"Telegram id {client.id}"
    name = client.first_name or client.last_name or client.username or texts.say(Say.NAMELESS_CLIENT, id=client.id)
    lastname = client.last_name if client.first_name else ""
    return ChatContact(contact_id_of(client.id), name, lastname, phone=phone, data=address)


def _shortened(text: str, texts: Texts) -> str:
    if len(text.encode("utf-8", "replace")) <= LONGEST:
        return text
    shown = text.encode("utf-8", "replace")[: LONGEST - 1024].decode("utf-8", "ignore")
    return f"{shown}…\n{texts.say(Say.REST_IN_TELEGRAM)}"
