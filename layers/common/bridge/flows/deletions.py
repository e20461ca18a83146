"""Carry a deletion: one notice for however many messages, which says which they were; their words stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bridge.flows.messages import carried_as, name_message
from bridge.keys import deletion_key, message_key, sent_key
from bridge.sent import SentMessage
from bridge.telegram.updates import deleted_messages
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.flows.places import Places
    from bridge.journal import Journal
    from bridge.model import Chat
    from bridge.parts import Digest
    from bridge.routes.port import Carried, Route
    from bridge.texts import Texts

MOST_NAMED: Final = 20
"""Messages that are looked up and named, the newest: Telegram deletes up to a hundred at once, a whole chat that way."""


class Deletions:
    """Messages that were deleted in Telegram."""

    def __init__(
        self,
        places: Places,
        *,
        route: Route,
        chats: Chats,
        effects: Effects,
        digest: Digest,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._places = places
        self._route = route
        self._chats = chats
        self._effects = effects
        self._digest = digest
        self._texts = texts
        self._journal = journal

    def carry(self, raw: Any) -> None:
        """Tell the chat's task which of its messages were deleted in Telegram. A chat without a task has nothing to tell."""
        deleted = deleted_messages(raw)
        place = self._places.in_account(deleted.connection_id, deleted.chat) if deleted else None
        if deleted is None or place is None:
            self._journal.count("deletion_not_carried")
            return
        state = self._chats.state(place.chat)
        numbers = sorted(set(deleted.message_ids))
        carried = {one: carried_as(message_key(place.chat, one), self._effects) for one in numbers[-MOST_NAMED:]}
        if not state.is_in_planfix and not any(
            carried.values()
        ):  # of an automatic answer alone the chat's row knows nothing
            self._journal.count("deletion_without_task")
            return
        task = state.task_id or 0
        said = "\n".join([self._texts.say(Say.MESSAGES_DELETED), *self._lines(place.chat, task, numbers, carried)])
        ids = ", ".join(map(str, numbers))
        self._route.note(place.chat, task, said, key=deletion_key(place.chat, self._digest(ids)))

    def _lines(self, chat: Chat, task: int, numbers: Sequence[int], carried: Mapping[int, Carried | None]) -> list[str]:
        """One line a comment: an album is in one, and so is an answer of which nothing is left. The unknown ones are counted."""
        others = [number for number, one in carried.items() if not one]
        sent = [SentMessage.read(self._effects.outcome(sent_key(chat, number))) for number in others]
        answers = [message for message in sent if message is not None]
        messages = Counter(name_message(self._texts, row.date, row, task=task) for row in carried.values() if row)
        named = [line + f" × {times}" * (times > 1) for line, times in messages.items()]
        named += dict.fromkeys(_name_sent(self._texts, one, answers) for one in answers)
        lines = [f"• {line}" for line in named]
        if unknown := len(sent) - len(answers):
            lines.append(self._texts.say(Say.UNKNOWN_DELETED, count=unknown))
        if len(numbers) > MOST_NAMED:
            lines.append(self._texts.say(Say.MORE_DELETED, count=len(numbers) - MOST_NAMED))
        return lines


def _name_sent(texts: Texts, sent: SentMessage, beside: Sequence[SentMessage]) -> str:
    """``file 2 of 3 of the answer to the client (comment 5)``, or the answer, where all of its messages are meant.

    Args:
        texts: the language.
        sent: one message that was sent.
        beside: all messages that are named together, this one among them.
    """
    if sum(one.answer == sent.answer for one in beside) >= sent.parts + sent.files:
        return texts.say(Say.SENT_ANSWER, comment=sent.answer)
    if sent.file:
        return texts.say(Say.SENT_FILE, file=sent.file, files=sent.files, comment=sent.answer)
    if sent.parts == 1:
        return texts.say(Say.SENT_TEXT, comment=sent.answer)
    return texts.say(Say.SENT_PART, part=sent.part, parts=sent.parts, comment=sent.answer)
