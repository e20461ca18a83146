"""What Planfix's REST API adds to a chat, where its token is there too: a look at what arrived, and the client's Telegram id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import BridgeError, OutcomeUnknown, Reason
from bridge.keys import message_key, telegram_id_key
from bridge.planfix.chat_ids import chat_id_of, contact_id_of
from bridge.routes.port import Carried
from bridge.telegram.reading_html import from_html

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Lost, Person
    from bridge.planfix.chat_route import Windows
    from bridge.planfix.route import Comment, Planfix
    from bridge.routes.port import Place, Posting

CLOCKS_DIFFER: Final = 120.0
"""Seconds by which a comment of this attempt may seem older than the attempt: Planfix dates by the minute, with its own clock."""

MOST_PAGES: Final = 10
"""Pages of a task's comments that are looked through, the newest first."""

TWINS_AMONG: Final = 20
"""Messages before this one that may have said the same a moment ago."""


class RestBeside:
    """Looks and writes by REST."""

    def __init__(self, planfix: Planfix, windows: Windows, effects: Effects, journal: Journal) -> None:
        self._planfix = planfix
        self._windows = windows
        self._effects = effects
        self._journal = journal

    def has_arrived(self, posting: Posting, text: str, lost: Lost) -> bool | None:
        """Whether a message whose answer was lost is in its chat's task; None where that cannot be told.

        Nothing there names it: it is there when more comments say the same since then than other messages of this chat ever did, and
        it is not when none does. Which of the others came since then no date tells: theirs are by Telegram's clock.

        Raises:
            OutcomeUnknown: too much was written since to tell.
            BridgeError: Planfix does not answer.
        """
        chat, since = posting.place.chat, lost.since - CLOCKS_DIFFER
        task = self._windows(chat.channel).task(chat_id_of(chat))
        if task is None:
            return False  # a message opens the task
        found = self._comments_since(task.number, since)
        ours = [comment for comment in found if comment.owner.startswith("contact:") == posting.by_client]
        alike = sum(_says(comment, text, has_files=bool(posting.attachments)) for comment in ours)
        return True if alike > self._twins(posting) else None if alike else False

    def note_client(self, place: Place) -> None:
        """Write the client's Telegram id and @username into the contact, once: by them REST, and people, find it. Nothing here stops a message."""
        key = telegram_id_key(self._planfix.host, place.client.id)
        try:
            self._effects.once(key, lambda: self._write(place, place.client))
        except BridgeError as error:
            self._journal.count("contact_not_updated")
            self._journal.warning(
                "contact not updated", extra={"client": place.client.id, "reason": error.reason.value}
            )

    def _write(self, place: Place, client: Person) -> int:
        contact = self._windows(place.chat.channel).contact(contact_id_of(client.id))
        if contact is None:
            return 0
        self._planfix.write_telegram_id(contact, client.id)
        if client.username:
            self._planfix.write_names(contact, {"telegram": f"https://t.me/{client.username}"})
        return contact

    def _comments_since(self, task: int, since: float) -> list[Comment]:
        found: list[Comment] = []
        offset = 0
        for _ in range(MOST_PAGES):
            page = self._planfix.newest_comments(task, offset=offset)
            offset += page.length
            found += [comment for comment in page.comments if comment.at is None or comment.at >= since]
            if page.is_last or any(comment.at is not None and comment.at < since for comment in page.comments):
                return found
        raise OutcomeUnknown(Reason.DELIVERY_UNKNOWN, "more comments than are looked through")

    def _twins(self, posting: Posting) -> int:
        """Messages of this chat that said the same and surely arrived."""
        chat, own = posting.place.chat, posting.message.message_id
        numbers = [number for number in range(own - TWINS_AMONG, own + TWINS_AMONG) if number > 0 and number != own]
        outcomes = (self._effects.outcome(message_key(chat, number)) for number in numbers)
        carried = [Carried.of(outcome) for outcome in outcomes if outcome]
        return sum(one.version == posting.version for one in carried)


def _says(comment: Comment, text: str, *, has_files: bool) -> bool:
    """Whether a comment has these words; behind them it may say which files could not come along."""
    found, wanted = (" ".join(words.split()) for words in (from_html(comment.html).text, text))
    return found == wanted or (has_files and found.startswith(f"{wanted} ["))
