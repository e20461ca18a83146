"""Carry an album: its members come one by one and without an end mark, and become one comment."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from bridge.errors import StillComing
from bridge.flows.carry_message import carry_message, files_version, is_echo
from bridge.flows.place import place_of
from bridge.flows.who_wrote import carry_words
from bridge.routes.port import Member, Posting, Receipt
from bridge.telegram import content
from bridge.telegram.updates import album_of, incoming_message, kind_of
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.queued import Handed, Update
    from bridge.routes.port import Place
    from bridge.telegram.updates import IncomingMessage

MEMBERS_COME_WITHIN: Final = 3.0
"""Seconds between two looks at an album, whose members Telegram sends one after another and without an end mark. The queue
measures them: an age would be the difference of two clocks. Only an album's own client waits, and only then."""

MOST_LOOKS: Final = 60
"""Looks at an album that full batches cut each time, until it is carried as far as it is here: eight minutes, with the waits of
batch.py. A queue that mixes its groups (the soak's emulator does) cuts it as long as the backlog of all clients lasts."""

MOST_MEMBERS: Final = 10
"""Telegram groups at most ten (core.telegram.org/bots/api#sendmediagroup)."""


def carry_album(to: Integration, first: Update, handed: Handed) -> None:
    """Carry the members that are here.

    One comment for those that came in time, however late that is; one that came later follows as its own.
    """
    members = [read for one in handed.album if (read := incoming_message(one[kind_of(one)])) is not None]
    # Telegram numbers them in their order; they may arrive in another one, and an update may come twice
    messages = sorted({one.message_id: one for one in members}.values(), key=lambda one: one.message_id)
    if not messages:
        return
    if messages[0].chat_type != "private":
        to.count("not_private")  # as in to_planfix.py
        return
    place = place_of(to, messages[0])
    if place is None:
        return
    if is_echo(to, place, messages[0], messages[0].who_wrote(place.owner_id)):
        to.count("echo")
        return
    key = f"album#{place.chat.key}#{album_of(first.update)}"
    carried = to.effects.outcome(key)
    if carried is None:
        # Redriven, its members come one by one anew: what was seen of them when they first came says nothing now.
        look = f"look#{key}#{int(first.received_at * 1000)}"
        # An attempt whose answer was lost may have made its comment of fewer messages: it is looked for as it was.
        attempts = to.route.attempts_of(key)
        is_missing = not {number for attempt in attempts for number in attempt} <= {one.message_id for one in messages}
        _wait_for_more(to, look, len(messages), may_be_cut=handed.may_be_cut or is_missing)
        here = [found for attempt in attempts if (found := _of(messages, attempt))]
        tried = [_posting(to, place, one, key, Receipt.of(first)) for one in here]
        posting = _posting(to, place, messages, key, Receipt.of(first))
        carried = carry_words(to, posting, tried=tried) or {"members": ()}
    for message in messages:
        if message.message_id not in carried["members"]:
            carry_message(to, place, message, Receipt.of(first))
    for _ in range(len(handed.album) - len(members)):
        to.count("unreadable_update")


def _of(messages: list[IncomingMessage], attempt: frozenset[int]) -> list[IncomingMessage]:
    return [one for one in messages if one.message_id in attempt]


def _wait_for_more(to: Integration, look: str, here: int, *, may_be_cut: bool) -> None:
    """Return when the album is whole: a second look, three seconds after the first, finds no more of it.

    Its age says nothing (it may have waited behind a backlog of hours), nor how often it was received (it may have waited
    behind another message each time): what was seen at the last look is kept instead.
    """
    if here >= MOST_MEMBERS:
        return
    last = to.effects.outcome(look) or {"members": 0, "looks": 0}
    if (last["members"] == here and not may_be_cut) or last["looks"] >= MOST_LOOKS:
        return
    to.effects.renew(look, {"members": here, "looks": last["looks"] + 1})
    raise StillComing(MEMBERS_COME_WITHIN, "an album is arriving")


def _posting(to: Integration, place: Place, messages: list[IncomingMessage], key: str, received: Receipt) -> Posting:
    rendered = [content.render(message.raw, to.texts) for message in messages]
    members = tuple(
        Member(
            message.message_id,
            message.date,
            to.digest(content.fingerprint(shown)),
            files_version(to, shown),
            shown.attachments,
        )
        for message, shown in zip(messages, rendered, strict=True)
    )
    first = messages[0]
    return Posting(
        place,
        first,
        first.who_wrote(place.owner_id),
        _says(to, rendered),
        key,
        version="",
        received=received,
        attachments=tuple(one for member in members for one in member.attachments),
        members=members,
    )


def _says(to: Integration, rendered: list[content.Content]) -> str:
    """The line about a forward or reply once, then every caption; without any, how many files there are."""
    said = list(dict.fromkeys(shown.said for shown in rendered if shown.said))
    words = said or [html.escape(to.texts.say(Say.ALBUM, count=len(rendered)))]
    return "<br>".join(part for part in (rendered[0].above, *words) if part)
