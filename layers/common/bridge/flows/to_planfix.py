"""Client to Planfix: who wrote it, in which channel, as which contact, in which task; then the comment."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Reason, Refused
from bridge.flows.accounts import note_connection, owner_of
from bridge.flows.find_contact import find_contact
from bridge.flows.find_task import find_task
from bridge.flows.keys import comment_key, message_key, sent_key
from bridge.flows.notices import post_notice
from bridge.model import OWN_BOT, Author, Chat, FormattedText
from bridge.planfix.route import NewComment, People
from bridge.source import source_object_id
from bridge.telegram import content
from bridge.telegram.reading_html import from_html
from bridge.telegram.updates import (
    BUSINESS_CONNECTION,
    DELETED_MESSAGES,
    EDITED_MESSAGES,
    NEW_MESSAGES,
    IncomingMessage,
    deleted_messages,
    incoming_message,
    kind_of,
)
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import ChatState, Person
    from bridge.settings import ChannelSettings

ASSIGNEES: Final = People(roles=("assignee",))

CLOCKS_DIFFER: Final = 120.0
"""Seconds: Planfix gives the time of a comment to the minute, and its clock is not ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs: its chat, the chat's client, the channel's settings."""

    chat: Chat
    client: Person
    channel: ChannelSettings
    owner_id: int | None


def carry_update(to: Integration, body: Mapping[str, Any]) -> None:
    """Carry one update, as it lay in the queue: ``{"update": ..., "received_at": Unix seconds}``."""
    update = body["update"]
    kind = kind_of(update)
    if kind == BUSINESS_CONNECTION:
        note_connection(to, update[kind], received_at=body["received_at"], update_id=update["update_id"])
    elif kind in NEW_MESSAGES:
        _with_message(to, update, kind, _carry_message)
    elif kind in EDITED_MESSAGES:
        _with_message(to, update, kind, _carry_edit)
    elif kind == DELETED_MESSAGES:
        _carry_deletion(to, update)
    else:
        to.count("ignored_update")
        to.log.info("update of a kind that is not carried", extra={"kind": kind, "update_id": update["update_id"]})


def _with_message(
    to: Integration, update: Mapping[str, Any], kind: str, carry: Callable[[Integration, Place, IncomingMessage], None]
) -> None:
    message = incoming_message(update[kind])
    if message is None:
        to.count("unreadable_update")
        to.log.warning("a message without chat or number", extra={"kind": kind, "update_id": update["update_id"]})
        return
    if message.chat_type != "private":
        to.count("not_private")  # groups and channels the bot was added to are left alone
        return
    place = _place_of(to, message)
    if place is None:
        return
    carry(to, place, message)


def _place_of(to: Integration, message: IncomingMessage) -> Place | None:
    """The chat a message belongs to, or None when its channel is not carried (which is counted)."""
    if not message.connection_id:
        return _place_in_own_bot(to, message)
    return _place_in_account(to, message.connection_id, message.client)


def _place_in_account(to: Integration, connection_id: str, client: Person) -> Place | None:
    owner = owner_of(to, connection_id)
    if owner is None:
        to.count("unknown_connection")
        to.log.warning("a message of a connection that Telegram does not know", extra={"client": client.id})
        return None
    channel = to.settings.channel(str(owner))
    if channel is None:
        waiting = to.connections.count_not_carried(to.alias, owner)
        to.count("not_approved")
        to.log.info("account not approved", extra={"owner": owner, "not_carried": waiting})
        return None
    if client.id == owner:
        to.count("self_chat")
        return None
    return Place(Chat(to.alias, str(owner), client.id), client, channel, owner)


def _place_in_own_bot(to: Integration, message: IncomingMessage) -> Place | None:
    payload = content.start_payload(message.raw)
    if to.settings.channel(str(message.sender.id)) or (payload or "").startswith("bizChat"):
        to.count("owner_in_own_bot")  # "Manage Bot" opens this chat with /start bizChat<id>
        return None
    channel = to.settings.channel(OWN_BOT)
    if channel is None:
        to.count("own_bot_not_a_channel")
        if payload is not None:
            _say_once_that_nobody_reads(to, message.chat.id)
        return None
    return Place(Chat(to.alias, OWN_BOT, message.chat.id), message.client, channel, None)


def _say_once_that_nobody_reads(to: Integration, user_id: int) -> None:
    text = FormattedText(to.texts.say(Say.BOT_TALKS_TO_NOBODY))
    try:
        to.effects.once(f"greeting#{to.alias}#{user_id}", lambda: to.bot.send_text(user_id, text))
    except Refused as refused:
        to.log.info("greeting refused", extra={"reason": refused.reason.value})


def _carry_message(to: Integration, place: Place, message: IncomingMessage) -> None:
    author = message.who_wrote(place.owner_id)
    if _is_echo(to, place, message, author):
        to.count("echo")
        return
    says = content.render(message.raw, to.texts)
    payload = content.start_payload(message.raw) if place.chat.is_own_bot else None
    if payload is not None:
        said = to.texts.say(Say.STARTED_BOT_FROM, payload=payload) if payload else to.texts.say(Say.STARTED_BOT)
        says = html.escape(said)
    _post(to, place, message, author, says, key=message_key(place.chat, message.message_id))


def _carry_edit(to: Integration, place: Place, message: IncomingMessage) -> None:
    author = message.who_wrote(place.owner_id)
    if _is_echo(to, place, message, author):
        to.count("echo")
        return
    says = content.render(message.raw, to.texts)
    version = to.digest(says)
    original = message_key(place.chat, message.message_id)
    carried = to.effects.outcome(original)
    if carried and carried["version"] == version:
        to.count("edit_without_change")  # business edits are not filtered by Telegram (facts: telegram.md section 2)
        return
    edited = f"{html.escape(to.texts.say(Say.MESSAGE_EDITED))}<br>{says}"
    key = f"edit#{original}#{message.raw.get('edit_date')}#{version}"
    posted = _post(to, place, message, author, edited, key=key)
    if posted:
        to.effects.renew(original, {**(carried or posted), "version": version})


def _is_echo(to: Integration, place: Place, message: IncomingMessage, author: Author) -> bool:
    """Whether our own answer comes back: marked so by Telegram, or known by its number."""
    if author is Author.CLIENT:
        return False
    return author is Author.BOT or to.effects.outcome(sent_key(place.chat, message.message_id)) is not None


def _carry_deletion(to: Integration, update: Mapping[str, Any]) -> None:
    """One line for however many messages, in the task as it is; their words stay in their own comments."""
    deleted = deleted_messages(update[DELETED_MESSAGES])
    place = _place_in_account(to, deleted.connection_id, deleted.chat) if deleted else None
    if deleted is None or place is None:
        to.count("deletion_not_carried")
        return
    task = to.chats.state(place.chat).task_id
    if task is None:
        to.count("deletion_without_task")
        return
    ids = ", ".join(str(number) for number in deleted.message_ids)
    key = f"deletion#{place.chat.key}#{to.digest(ids)}"
    post_notice(to, task, to.texts.say(Say.MESSAGES_DELETED, ids=ids), ASSIGNEES, key=key)


def _post(
    to: Integration, place: Place, message: IncomingMessage, author: Author, says: str, *, key: str
) -> dict[str, Any] | None:
    """Post one comment for a message and return its ids, or None when this channel wants no task for it."""
    chat = place.chat
    state = to.chats.state(chat)
    if author is not Author.CLIENT and place.channel.task_on_owner_message is False and state.task_id is None:
        to.count("owner_message_without_task")
        return None
    posted: dict[str, Any] = to.effects.once(
        key,
        lambda: _found_anew_if_gone(to, place, state, lambda now: _add(to, place, now, message, author, says, key)),
        look=lambda since: _look_for(to, place, message, author, says, key, since),
        pair=lambda outcome: (
            comment_key(to.planfix.host, outcome["comment"]),
            {"chat": chat.key, "message": message.message_id},
        ),
    )
    if author is not Author.CLIENT:
        to.chats.end_posting(to.planfix.host, posted["task"], key)
    _tell_the_other_journey(to, chat, author, message, state, posted["task"])
    to.count("carried_to_planfix")
    to.log.info(
        "carried to Planfix",
        extra={
            "chat": chat.key,
            "message_id": message.message_id,
            "author": author.value,
            "task": posted["task"],
            "comment": posted["comment"],
        },
    )
    return posted


def _tell_the_other_journey(
    to: Integration, chat: Chat, author: Author, message: IncomingMessage, before: ChatState, task: int
) -> None:
    """Who wrote last, and what that means for the answers that are held."""
    held = {"integration": to.alias, "channel": chat.channel, "client": chat.client_id}
    if author is Author.CLIENT:
        now = to.chats.client_wrote(chat, message.date * 1000)
        if now.awaits_answer and (not before.awaits_answer or before.client_wrote_at == now.client_wrote_at):
            to.waiting.client_waits(chat, task)
        if now.holds:
            to.tell({"kind": "held", **held}, chat.group)
    elif author is Author.OWNER:
        now = to.chats.answered(chat, message.date * 1000)
        to.waiting.client_has_answer(chat)
        if now.holds:
            to.tell({"kind": "owner_wrote", **held}, chat.group)


def _add(
    to: Integration, place: Place, state: ChatState, message: IncomingMessage, author: Author, says: str, key: str
) -> dict[str, Any]:
    chat, channel = place.chat, place.channel
    contact = state.contact_id or find_contact(to, place.client, channel.contact_template)
    if author is not Author.CLIENT and channel.task_on_owner_message is False and state.task_id is not None:
        task = state.task_id
    else:
        task = find_task(to, chat, state, client=place.client, contact=contact, channel=channel)
    comment = _comment(to, place, message, author, says, contact, key)
    if author is not Author.CLIENT:
        to.chats.begin_posting(to.planfix.host, task, key)
    number = to.planfix.add_comment(task, comment)
    return {"task": task, "comment": number, "version": to.digest(says)}


def _comment(
    to: Integration, place: Place, message: IncomingMessage, author: Author, says: str, contact: int, key: str
) -> NewComment:
    mark = source_object_id(key)
    if author is Author.CLIENT:
        return NewComment(says, owner=f"contact:{contact}", recipients=ASSIGNEES, source_object_id=mark)
    lines = [says]
    if author is Author.AUTOMATIC:
        lines.insert(0, f"<i>{html.escape(to.texts.say(Say.AUTOMATIC_ANSWER))}</i>")
    elif not place.channel.owner_user:
        name = message.sender.full_name or place.channel.name
        lines.insert(0, f"<b>{html.escape(to.texts.say(Say.OWNER_WROTE, name=name))}</b>")
    # The client is among the notified: Planfix proposes whom the last comment notified, and must go on proposing them.
    recipients = People(users=(f"contact:{contact}",)) | ASSIGNEES
    return NewComment("<br>".join(lines), place.channel.owner_user, recipients, mark)


def _found_anew_if_gone(
    to: Integration, place: Place, state: ChatState, add: Callable[[ChatState], dict[str, Any]]
) -> dict[str, Any]:
    """Tasks are deleted and contacts merged in Planfix at any time: what is gone is found again, at most twice."""
    for _ in range(2):
        try:
            return add(state)
        except Refused as refused:
            if not (_forgot_task(to, place, refused) or _replaced_contact(to, place, refused)):
                raise
            state = to.chats.state(place.chat)
    return add(state)


def _forgot_task(to: Integration, place: Place, refused: Refused) -> bool:
    if refused.reason is not Reason.TASK_GONE:
        return False
    to.chats.drop_status(place.chat)
    return True


def _replaced_contact(to: Integration, place: Place, refused: Refused) -> bool:
    """Planfix does not document which code a comment by a vanished contact gets: ask whether the contact is there."""
    if refused.reason not in (Reason.CONTACT_GONE, Reason.PLANFIX_BAD_VALUE, Reason.PLANFIX_REFUSED):
        return False
    known = to.chats.state(place.chat).contact_id or to.chats.contact(to.planfix.host, place.client.id)
    if known is None or to.planfix.contact_exists(known):
        return False
    found = find_contact(to, place.client, place.channel.contact_template, gone=known)
    to.chats.remember(place.chat, contact_id=found)
    return True


def _look_for(
    to: Integration, place: Place, message: IncomingMessage, author: Author, says: str, key: str, since: float
) -> dict[str, Any] | None:
    """The comment of an attempt whose answer was lost: by its mark, or by author, words, time and being nobody's."""
    state = to.chats.state(place.chat)
    if state.task_id is None or state.contact_id is None:
        return None
    sought = _comment(to, place, message, author, says, state.contact_id, key)
    for found in to.planfix.newest_comments(state.task_id):
        if found.source_object_id:
            same = found.source_object_id == sought.source_object_id
        else:
            same = (
                (sought.owner is None or found.owner == sought.owner)
                and from_html(found.html).text == from_html(sought.html).text
                and (found.at is None or found.at >= since - CLOCKS_DIFFER)
                and to.effects.outcome(comment_key(to.planfix.host, found.id)) is None
            )
        if same:
            return {"task": state.task_id, "comment": found.id, "version": to.digest(says)}
    return None
