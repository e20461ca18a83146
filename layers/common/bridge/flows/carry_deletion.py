"""Carry a deletion: one notice for however many messages, which says which they were; their words stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bridge.flows.naming import name_message, name_sent
from bridge.flows.place import place_in_account
from bridge.keys import message_key, sent_key
from bridge.telegram.updates import DELETED_MESSAGES, deleted_messages
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat

MOST_NAMED: Final = 20
"""Messages that are looked up and named, the newest: Telegram deletes up to a hundred at once, a whole chat that way."""


def carry_deletion(to: Integration, update: Mapping[str, Any]) -> None:
    """Tell the chat's task which of its messages were deleted in Telegram. A chat without a task has nothing to tell."""
    deleted = deleted_messages(update[DELETED_MESSAGES])
    place = place_in_account(to, deleted.connection_id, deleted.chat) if deleted else None
    if deleted is None or place is None:
        to.count("deletion_not_carried")
        return
    task = to.chats.state(place.chat).task_id
    if task is None:
        to.count("deletion_without_task")
        return
    numbers = sorted(set(deleted.message_ids))
    said = "\n".join([to.texts.say(Say.MESSAGES_DELETED), *_lines(to, place.chat, task, numbers)])
    ids = ", ".join(map(str, numbers))
    to.route.note(task, said, key=f"deletion#{place.chat.key}#{to.digest(ids)}")


def _lines(to: Integration, chat: Chat, task: int, numbers: list[int]) -> list[str]:
    """One line a comment: an album is in one, and so is an answer of which nothing is left. The unknown ones are counted."""
    looked_up = numbers[-MOST_NAMED:]
    carried = {number: to.effects.outcome(message_key(chat, number)) for number in looked_up}
    sent = {number: to.effects.outcome(sent_key(chat, number)) for number in looked_up if not carried[number]}
    answers = [row for row in sent.values() if row]
    messages = Counter(name_message(to.texts, row.get("date", 0), row, task=task) for row in carried.values() if row)
    named = [line + f" × {times}" * (times > 1) for line, times in messages.items()]
    named += dict.fromkeys(name_sent(to.texts, row, answers) for row in answers)
    lines = [f"• {line}" for line in named]
    if unknown := len(sent) - len(answers):
        lines.append(to.texts.say(Say.UNKNOWN_DELETED, count=unknown))
    if len(numbers) > MOST_NAMED:
        lines.append(to.texts.say(Say.MORE_DELETED, count=len(numbers) - MOST_NAMED))
    return lines
