"""Carry what somebody wrote in Telegram to Planfix, and note who wrote last: that decides about the answers that are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.flows.looks import look_where_it_is_owed
from bridge.model import Author
from bridge.queued import MayGo, OwnerWrote

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import ChatState
    from bridge.routes.port import Posting


def carry_words(to: Integration, posting: Posting, *, tried: Sequence[Posting] = ()) -> dict[str, Any] | None:
    """Post it and return ``{"task", "comment", "version"}``, or None when this channel wants no task for it.

    ``tried``: of an album, what former attempts posted, where that may have been fewer messages.
    """
    delivered = to.route.deliver(posting, tried=tried)
    if delivered is None:
        return None
    _note_who_wrote(to, posting, delivered.before, delivered.outcome["task"])
    return delivered.outcome


def _note_who_wrote(to: Integration, posting: Posting, before: ChatState, task: int) -> None:
    """Who wrote last, and what that means for the answers that are held."""
    chat = posting.place.chat
    if posting.by_client:
        is_newest = posting.newest_message > before.client_message
        seen = to.route.follow(posting.place.client, before) if is_newest else before.seen
        # The mark first: an answer that goes out meanwhile takes it away, or is known from the chat as it is then.
        newest = max(before.client_message, posting.newest_message)
        is_first = not before.awaits_answer or before.client_message == posting.newest_message
        is_marked = is_first and replace(before, client_message=newest).awaits_answer
        if is_marked:
            to.waiting.client_waits(chat, task, posting.newest_message)
        now = to.chats.client_wrote(chat, posting.newest_message, seen)
        waited = replace(now, client_message=before.client_message).awaits_answer
        if now.awaits_answer and not is_marked and not waited:  # the answer to the one before took its mark away
            to.waiting.client_waits(chat, task, now.client_message)
        if is_marked and not now.awaits_answer:
            to.waiting.client_has_answer(chat, max(now.owner_message, now.sent_message))
        if now.holds:
            to.tell(MayGo.of(chat), chat.group)
        look_where_it_is_owed(to, chat, now)
    elif posting.author is Author.OWNER:
        now = to.chats.owner_wrote(chat, posting.newest_message)
        if not now.awaits_answer:
            to.waiting.client_has_answer(chat, posting.newest_message)
        if now.holds and not posting.is_edit:
            to.tell(OwnerWrote.of(chat, posting.received.first_at), chat.group)
        look_where_it_is_owed(to, chat, now)
