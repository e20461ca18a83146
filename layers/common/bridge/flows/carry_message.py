"""Carry one message, new or edited: what it says, who wrote it, and under which key."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from bridge.flows.naming import name_message
from bridge.flows.who_wrote import carry_words
from bridge.keys import message_key, sent_key
from bridge.model import Author
from bridge.routes.port import Posting, Receipt
from bridge.telegram import content
from bridge.telegram.fields import number
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.routes.port import Place
    from bridge.telegram.updates import IncomingMessage


def carry_message(to: Integration, place: Place, message: IncomingMessage, received: Receipt) -> None:
    """Carry a new message."""
    author = message.who_wrote(place.owner_id)
    if is_echo(to, place, message, author):
        to.count("echo")
        return
    rendered = content.render(message.raw, to.texts)
    key = message_key(place.chat, message.message_id)
    says = _start_of_bot(to, place, message) or rendered.html
    version = to.digest(content.fingerprint(rendered))
    files = files_version(to, rendered)
    carry_words(to, Posting(place, message, author, says, key, version, received, files, rendered.attachments))
    if author is Author.CLIENT:
        to.route.offer_phone(place.client, message, key=key, received_at=received.at)


def _start_of_bot(to: Integration, place: Place, message: IncomingMessage) -> str | None:
    """``/start`` in the own bot as a sentence with its source, or None when the message is no such thing."""
    payload = content.start_payload(message.raw) if place.chat.is_own_bot else None
    if payload is None:
        return None
    return html.escape(to.texts.say(Say.STARTED_BOT_FROM if payload else Say.STARTED_BOT, payload=payload))


def carry_edit(to: Integration, place: Place, message: IncomingMessage, received: Receipt) -> None:
    """Carry an edited message: a comment of its own with the new words; the old ones stay."""
    author = message.who_wrote(place.owner_id)
    if is_echo(to, place, message, author):
        to.count("echo")
        return
    rendered = content.render(message.raw, to.texts)
    version = to.digest(content.fingerprint(rendered))
    original = message_key(place.chat, message.message_id)
    carried = to.effects.outcome(original)
    former = carried or to.effects.outcome(f"version#{original}")
    if former and former["version"] == version:
        to.count("edit_without_change")  # business edits are not filtered by Telegram (facts: telegram.md section 2)
        return
    which = name_message(to.texts, message.date, carried, task=to.chats.state(place.chat).task_id)
    edited = f"{html.escape(to.texts.say(Say.MESSAGE_EDITED, message=which))}<br>{rendered.html}"
    key = f"edit#{original}#{number(message.raw, 'edit_date')}#{version}"
    files = files_version(to, rendered)
    # Most edits leave the files alone: then the comment shows the new words only.
    attachments = () if carried and carried["files"] == files else rendered.attachments
    posting = Posting(place, message, author, edited, key, version, received, files, attachments, is_edit=True)
    posted = carry_words(to, posting)
    if carried:
        to.effects.renew(original, {**carried, "version": version, "files": files})
    elif posted:  # the original may still come, redriven: its own row must stay free
        to.effects.renew(f"version#{original}", {"version": version})


def files_version(to: Integration, rendered: content.Content) -> str:
    """A keyed digest of which files a message has; "" when it has none."""
    return to.digest("\n".join(one.file_unique_id for one in rendered.attachments)) if rendered.attachments else ""


def is_echo(to: Integration, place: Place, message: IncomingMessage, author: Author) -> bool:
    """Whether our own answer comes back: marked so by Telegram, or known by its number."""
    if author is Author.CLIENT:
        return False
    return author is Author.BOT or to.effects.outcome(sent_key(place.chat, message.message_id)) is not None
