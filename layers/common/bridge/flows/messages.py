"""Carry one message, new or edited: what it says, who wrote it, and under which key."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from bridge.keys import edit_key, message_key, sent_key, version_key
from bridge.model import Author
from bridge.moment import moment
from bridge.routes.port import Carried, Posting, Receipt
from bridge.telegram import content
from bridge.telegram.fields import number
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.flows.conversations import Conversations
    from bridge.journal import Journal
    from bridge.parts import Digest
    from bridge.routes.port import Place, Route
    from bridge.telegram.updates import IncomingMessage
    from bridge.texts import Texts


class Messages:
    """Messages that come one by one."""

    def __init__(
        self,
        conversations: Conversations,
        *,
        route: Route,
        chats: Chats,
        effects: Effects,
        digest: Digest,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._conversations = conversations
        self._route = route
        self._chats = chats
        self._effects = effects
        self._digest = digest
        self._texts = texts
        self._journal = journal

    def carry(self, place: Place, message: IncomingMessage, received: Receipt) -> None:
        """Carry a new message."""
        if self.is_echo(place, message):
            return
        author = message.who_wrote(place.owner_id)
        rendered = content.render(message.raw, self._texts)
        key = message_key(place.chat, message.message_id)
        says = self._start_of_bot(place, message) or rendered.html
        version = version_of(rendered, self._digest)
        files = files_of(rendered, self._digest)
        self._conversations.carry(
            Posting(place, message, author, says, key, version, received, files, rendered.attachments)
        )
        if author is Author.CLIENT:
            self._route.offer_phone(place.chat, place.client, message, key=key, received_at=received.at)

    def carry_edit(self, place: Place, message: IncomingMessage, received: Receipt) -> None:
        """Carry an edited message: a comment of its own with the new words; the old ones stay."""
        if self.is_echo(place, message):
            return
        author = message.who_wrote(place.owner_id)
        rendered = content.render(message.raw, self._texts)
        version = version_of(rendered, self._digest)
        original = message_key(place.chat, message.message_id)
        carried = carried_as(original, self._effects)
        if version == (carried.version if carried else self._version_kept_of(original)):
            self._journal.count("edit_without_change")  # Telegram does not filter them (facts: telegram.md section 2)
            return
        which = name_message(self._texts, message.date, carried, task=self._chats.state(place.chat).task_id)
        edited = f"{html.escape(self._texts.say(Say.MESSAGE_EDITED, message=which))}<br>{rendered.html}"
        key = edit_key(original, number(message.raw, "edit_date"), version)
        files = files_of(rendered, self._digest)
        # Most edits leave the files alone: then the comment shows the new words only.
        attachments = () if carried and carried.files == files else rendered.attachments
        posting = Posting(place, message, author, edited, key, version, received, files, attachments, is_edit=True)
        posted = self._conversations.carry(posting)
        if carried:
            self._effects.renew(original, carried._replace(version=version, files=files).as_outcome())
        elif posted:  # the original may still come, redriven: its own row must stay free
            self._effects.renew(version_key(original), {"version": version})

    def is_echo(self, place: Place, message: IncomingMessage) -> bool:
        """Whether our own answer comes back, which is counted: marked so by Telegram, or known by its number."""
        author = message.who_wrote(place.owner_id)
        if author is Author.CLIENT:
            return False
        if author is not Author.BOT and self._effects.outcome(sent_key(place.chat, message.message_id)) is None:
            return False
        self._journal.count("echo")
        return True

    def _start_of_bot(self, place: Place, message: IncomingMessage) -> str | None:
        """``/start`` in the own bot as a sentence with its source, or None when the message is no such thing."""
        payload = content.start_payload(message.raw) if place.chat.is_own_bot else None
        if payload is None:
            return None
        return html.escape(self._texts.say(Say.STARTED_BOT_FROM if payload else Say.STARTED_BOT, payload=payload))

    def _version_kept_of(self, original: str) -> str | None:
        kept = self._effects.outcome(version_key(original))
        return str(kept["version"]) if kept else None


def version_of(rendered: content.Content, digest: Digest) -> str:
    """A keyed digest of what a message says."""
    return digest(content.fingerprint(rendered))


def files_of(rendered: content.Content, digest: Digest) -> str:
    """A keyed digest of which files a message has; "" when it has none."""
    return digest("\n".join(one.file_unique_id for one in rendered.attachments)) if rendered.attachments else ""


def carried_as(key: str, effects: Effects) -> Carried | None:
    """What became of a message, or an album, by its ledger key; None when it was not carried."""
    outcome = effects.outcome(key)
    return Carried.of(outcome) if outcome else None


def name_message(texts: Texts, date: int, carried: Carried | None, *, task: int | None = None) -> str:
    """``message of 21.11.2026 14:05 UTC (comment 5)``, as far as it is known: how an employee finds it.

    Args:
        texts: the language.
        date: when it was written, Unix seconds; 0 when unknown.
        carried: what became of it.
        task: where this is said: another task is named.
    """
    at = moment(date)
    named = texts.say(Say.MESSAGE_OF, time=at) if at else texts.say(Say.A_MESSAGE)
    if carried is None or not carried.comment:
        return named
    if task in (None, carried.task):
        return texts.say(Say.IN_COMMENT, message=named, comment=carried.comment)
    return texts.say(Say.IN_COMMENT_OF_TASK, message=named, comment=carried.comment, task=carried.task)
