"""What must hold at the end of a soak: nothing lost, nothing doubled, nothing out of order, nothing left."""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.soak_wire import TO_CLIENT
from bridge.texts import SENTENCES, Say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.soak_people import Chat, People
    from benchmarks.soak_world import SoakWorld
    from local.fakes.planfix_model import Comment

EXPECTED_NOTICES = (Say.NOT_NOTIFIED, Say.WAITING, Say.DELIVERED_AFTER_ALL)
"""A remark where the client waits for an answer; and an answer that took more than five minutes. No soak refuses any."""


def violations(world: SoakWorld, people: People) -> Iterator[str]:
    """Every violation as a sentence; none when all is well."""
    yield from _left(world)
    yield from _twins(world, people)
    people.find_tasks()
    robot = f"user:{world.planfix.robot_id}"
    for chat in people.chats:
        comments = world.planfix.comments(chat.task.id) if chat.task else []
        carried = [words for one in comments if (words := _carried(one, robot)) is not None]
        yield from compared(f"{chat.name}, to Planfix", chat.to_planfix, carried)
        yield from compared_answers(
            f"{chat.name}, to the client", chat.answers, _letters(world, chat), world.to_client.lost
        )
        for one in comments:
            if one.owner == robot and _carried(one, robot) is None and not _is_expected(one):
                yield f"{chat.name}: a notice that nobody expected: {one.description}"


def compared(where: str, wanted: Sequence[str], got: Sequence[str]) -> Iterator[str]:
    """What is lost, what is there too often, and, where all is there, what is out of order."""
    lost, surplus = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
    for text, number in lost.items():
        yield f"{where}: lost {number} times: {text!r}"
    for text, number in surplus.items():
        yield f"{where}: {number} times too often: {text!r}"
    if not lost and not surplus and list(wanted) != list(got):
        place = next(place for place, (one, other) in enumerate(zip(wanted, got, strict=True)) if one != other)
        yield f"{where}: out of order: {got[place]!r} came instead of {wanted[place]!r}"


def compared_answers(
    where: str, wanted: Sequence[str], got: Sequence[str], lost_replies: Mapping[str, int]
) -> Iterator[str]:
    """As `compared`; but an answer may follow itself as often as Telegram's reply to it was lost (policy ``resend``)."""
    once = []
    for text, copies in groupby(got):
        once.append(text)
        more, allowed = len(list(copies)) - 1, lost_replies.get(mark_of(text), 0)
        if more > allowed:
            yield f"{where}: sent {more} times too often, but only {allowed} replies to it were lost: {text!r}"
    yield from compared(where, wanted, once)


def sent_again(world: SoakWorld, people: People) -> int:
    """How many answers clients got once more."""
    letters = [_letters(world, chat) for chat in people.chats]
    return sum(len(texts) - len(set(texts)) for texts in letters)


def mark_of(text: str) -> str:
    """The mark of an answer."""
    found = TO_CLIENT.search(text)
    return found[0] if found else ""


def _left(world: SoakWorld) -> Iterator[str]:
    """What lies somewhere still."""
    for queue, depth in world.bridge.health()["queues"].items():
        for state, number in depth.items():
            if number:
                yield f"{queue}: {number} messages are left ({state})"
    for bot in world.bots:
        if updates := world.telegram.updates_for(bot):
            yield f"Telegram: {len(updates)} updates are left for bot {bot.id}"
    for incident in world.planfix.incidents:
        yield f"Planfix: a call for task {incident.task_id} was given up"


def _twins(world: SoakWorld, people: People) -> Iterator[str]:
    """One contact a client, one task a chat."""
    contacts = Counter(str(one.fields.get("telegramId")) for one in world.planfix.contacts())
    for client, number in contacts.items():
        if number > 1:
            yield f"client {client} has {number} contacts"
    written_to = [chat for chat in people.chats if chat.to_planfix]
    if len(world.planfix.tasks()) > len(written_to):
        yield f"there are {len(world.planfix.tasks())} tasks for {len(written_to)} chats"


def _carried(comment: Comment, robot: str) -> str | None:
    """The words of a client or owner; None for an employee's comment and for a notice."""
    words = html.unescape(re.sub(r"<[^>]+>", "", comment.description.replace("<br>", "\n")))
    if comment.owner == robot:
        return words.partition("\n")[2] if comment.description.startswith("<b>") else None
    return words if comment.from_type != "Planfix" else None


def _letters(world: SoakWorld, chat: Chat) -> list[str]:
    """What the client read, without signatures."""
    channel = chat.channel
    sent = world.telegram.chat_of(chat.client_id, channel.owner_id, bot=channel.bot)
    texts = [one.text for one in sent if one.who == "bot"]
    return [text.partition("\n")[2] for text in texts] if channel.alias == "second" else texts


def _is_expected(notice: Comment) -> bool:
    text = html.unescape(notice.description)
    return any(re.fullmatch(_pattern(SENTENCES[say].ru), text, re.DOTALL) for say in EXPECTED_NOTICES)


def _pattern(sentence: str) -> str:
    return "".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", sentence))
