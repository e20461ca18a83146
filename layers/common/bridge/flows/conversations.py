"""What somebody wrote in Telegram goes to Planfix, and who wrote last is noted: that decides about the answers that are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.model import Author
from bridge.queued import MayGo, OwnerWrote
from bridge.routes.port import Carried

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.waiting import Waiting
    from bridge.flows.looks import Looks
    from bridge.model import ChatState
    from bridge.parts import Tell
    from bridge.routes.port import Posting, Route


class Conversations:
    """The conversations of one integration."""

    def __init__(self, *, route: Route, chats: Chats, waiting: Waiting, looks: Looks, tell: Tell) -> None:
        self._route = route
        self._chats = chats
        self._waiting = waiting
        self._looks = looks
        self._tell = tell

    def carry(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Carried | None:
        """Carry what was written; None when this channel wants no task for it.

        ``tried``: of an album, what former attempts posted, where that may have been fewer messages.
        """
        delivered = self._route.deliver(posting, tried=tried)
        if delivered is None:
            return None
        if posting.by_client:
            self._note_client(posting, delivered.before, delivered.carried.task)
        elif posting.author is Author.OWNER:
            self._note_owner(posting)
        return delivered.carried

    def _note_client(self, posting: Posting, before: ChatState, task: int) -> None:
        chat = posting.place.chat
        is_newest = posting.newest_message > before.client_message
        seen = self._route.follow(chat, posting.place.client, before) if is_newest else before.seen
        # The mark first: an answer that goes out meanwhile takes it away, or is known from the chat as it is then.
        newest = max(before.client_message, posting.newest_message)
        is_first = not before.awaits_answer or before.client_message == posting.newest_message
        is_marked = is_first and replace(before, client_message=newest).awaits_answer
        if is_marked:
            self._waiting.client_waits(chat, task, posting.newest_message)
        now = self._chats.client_wrote(chat, posting.newest_message, seen)
        waited = replace(now, client_message=before.client_message).awaits_answer
        if now.awaits_answer and not is_marked and not waited:  # the answer to the one before took its mark away
            self._waiting.client_waits(chat, task, now.client_message)
        if is_marked and not now.awaits_answer:
            self._waiting.client_has_answer(chat, max(now.owner_message, now.sent_message))
        if now.holds:
            self._tell(MayGo.of(chat), chat.group)
        self._looks.take_what_is_owed(chat, now)

    def _note_owner(self, posting: Posting) -> None:
        chat = posting.place.chat
        now = self._chats.owner_wrote(chat, posting.newest_message)
        if not now.awaits_answer:
            self._waiting.client_has_answer(chat, posting.newest_message)
        if now.holds and not posting.is_edit:
            self._tell(OwnerWrote.of(chat, posting.received.first_at), chat.group)
        self._looks.take_what_is_owed(chat, now)
