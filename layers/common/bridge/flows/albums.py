"""Carry an album: its members come one by one and without an end mark, and become one comment."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.errors import StillComing
from bridge.flows.messages import carried_as, files_of, version_of
from bridge.keys import album_key, album_seen_key
from bridge.routes.port import Member, Posting, Receipt
from bridge.telegram import content
from bridge.telegram.updates import album_of, incoming_message, kind_of
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.flows.conversations import Conversations
    from bridge.flows.messages import Messages
    from bridge.flows.places import Places
    from bridge.journal import Journal
    from bridge.parts import Digest
    from bridge.routes.port import Place, Route
    from bridge.telegram.updates import IncomingMessage
    from bridge.texts import Texts

MEMBERS_COME_WITHIN: Final = 3.0
"""Seconds between two looks at an album, whose members Telegram sends one after another and without an end mark. The queue
measures them: an age would be the difference of two clocks. Only an album's own client waits, and only then."""

MOST_LOOKS: Final = 60
"""Looks at an album that full batches cut each time, until it is carried as far as it is here: eight minutes, with the waits of
batch.py. A queue that mixes its groups (the soak's emulator does) cuts it as long as the backlog of all clients lasts."""

MOST_MEMBERS: Final = 10
"""Telegram groups at most ten (core.telegram.org/bots/api#sendmediagroup)."""


class _Seen(NamedTuple):
    """What the ledger keeps of the looks at an album that is arriving: how many members the last one found, and how many there were."""

    members: int = 0
    looks: int = 0


class Albums:
    """Messages that come together."""

    def __init__(
        self,
        messages: Messages,
        conversations: Conversations,
        places: Places,
        *,
        route: Route,
        effects: Effects,
        digest: Digest,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._places = places
        self._route = route
        self._effects = effects
        self._digest = digest
        self._texts = texts
        self._journal = journal

    def carry(self, updates: Sequence[Mapping[str, Any]], received: Receipt, *, may_be_cut: bool) -> None:
        """Carry the members that are here.

        One comment for those that came in time, however late that is; one that came later follows as its own.

        Args:
            updates: of each member.
            received: when the first of them came.
            may_be_cut: more of them may lie in the queue.
        """
        members = [read for one in updates if (read := incoming_message(one[kind_of(one)])) is not None]
        # Telegram numbers them in their order; they may arrive in another one, and an update may come twice
        messages = sorted({one.message_id: one for one in members}.values(), key=lambda one: one.message_id)
        if not messages:
            return
        if messages[0].chat_type != "private":
            self._journal.count("not_private")  # as in to_planfix.py
            return
        place = self._places.of(messages[0])
        if place is None or self._messages.is_echo(place, messages[0]):
            return
        key = album_key(place.chat, album_of(updates[0]))
        carried = carried_as(key, self._effects)
        together = carried.members if carried else self._carry_together(place, messages, key, received, may_be_cut)
        for message in messages:
            if message.message_id not in together:
                self._messages.carry(place, message, received)
        for _ in range(len(updates) - len(members)):
            self._journal.count("unreadable_update")

    def _carry_together(
        self, place: Place, messages: Sequence[IncomingMessage], key: str, received: Receipt, may_be_cut: bool
    ) -> tuple[int, ...]:
        """Carry them in one comment; returns which of them are in it."""
        # Redriven, its members come one by one anew: what was seen of them when they first came says nothing now.
        seen_key = album_seen_key(key, received.at)
        # An attempt whose answer was lost may have made its comment of fewer messages: it is looked for as it was.
        attempts = self._route.attempts_of(key)
        is_missing = not {number for attempt in attempts for number in attempt} <= {one.message_id for one in messages}
        self._wait_for_more(seen_key, len(messages), may_be_cut=may_be_cut or is_missing)
        here = [found for attempt in attempts if (found := _of(messages, attempt))]
        tried = [self._posting(place, one, key, received) for one in here]
        carried = self._conversations.carry(self._posting(place, messages, key, received), tried=tried)
        return carried.members if carried else ()

    def _wait_for_more(self, seen_key: str, here: int, *, may_be_cut: bool) -> None:
        """Return when the album is whole: a second look, three seconds after the first, finds no more of it.

        Its age says nothing (it may have waited behind a backlog of hours), nor how often it was received (it may have waited
        behind another message each time): what was seen at the last look is kept instead.
        """
        if here >= MOST_MEMBERS:
            return
        last = _Seen(**(self._effects.outcome(seen_key) or {}))
        if (last.members == here and not may_be_cut) or last.looks >= MOST_LOOKS:
            return
        self._effects.renew(seen_key, _Seen(here, last.looks + 1)._asdict())
        raise StillComing(MEMBERS_COME_WITHIN, "an album is arriving")

    def _posting(self, place: Place, messages: Sequence[IncomingMessage], key: str, received: Receipt) -> Posting:
        rendered = [content.render(message.raw, self._texts) for message in messages]
        members = tuple(
            Member(
                message.message_id,
                message.date,
                version_of(shown, self._digest),
                files_of(shown, self._digest),
                shown.attachments,
            )
            for message, shown in zip(messages, rendered, strict=True)
        )
        first = messages[0]
        return Posting(
            place,
            first,
            first.who_wrote(place.owner_id),
            self._says(rendered),
            key,
            version="",
            received=received,
            attachments=tuple(one for member in members for one in member.attachments),
            members=members,
        )

    def _says(self, rendered: Sequence[content.Content]) -> str:
        """The line about a forward or reply once, then every caption; without any, how many files there are."""
        said = list(dict.fromkeys(shown.said for shown in rendered if shown.said))
        words = said or [html.escape(self._texts.say(Say.ALBUM, count=len(rendered)))]
        return "<br>".join(part for part in (rendered[0].above, *words) if part)


def _of(messages: Sequence[IncomingMessage], attempt: frozenset[int]) -> list[IncomingMessage]:
    return [one for one in messages if one.message_id in attempt]
