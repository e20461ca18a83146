"""A phone on the fake Telegram: what a client, or the owner of a business account, does in one chat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot, Json
    from local.samples import Sample


@dataclass(frozen=True)
class Phone:
    """Somebody's phone, open in one chat.

    Attributes:
        telegram: the fake.
        bot: whose own chat it is, or which the business account is connected to.
        client_id: the client of the chat.
        owner_id: whose business account the chat is with; None is the bot's own chat.
        by_owner: whether it is the owner's phone, not the client's.
    """

    telegram: FakeTelegram
    bot: Bot
    client_id: int
    owner_id: int | None = None
    by_owner: bool = False

    def send(self, text: str | None = None, **fields: Any) -> Json:
        """Send a text, or whatever the message's other fields bring."""
        if self.by_owner and self.owner_id is not None:
            return self.telegram.owner_writes(self.owner_id, self.client_id, text, **fields)
        return self.telegram.client_writes(self.bot, self.client_id, text, owner_id=self.owner_id, **fields)

    def send_file(self, file: Sample, caption: str = "", **fields: Any) -> Json:
        """Send a file as what it is a sample of."""
        file_id = self.telegram.put_file(file.data, file.name, file.mime)
        media = self.telegram.media(file.kind, file_id, **file.given)
        return self.send(**media, **({"caption": caption} if caption else {}), **fields)

    def send_album(self, files: Sequence[Sample], caption: str = "") -> list[Json]:
        """Send files as one album; its caption is the first one's, as phones do it."""
        album = uuid.uuid4().hex
        return [
            self.send_file(file, caption if number == 0 else "", media_group_id=album)
            for number, file in enumerate(files)
        ]

    def edit(self, message_id: int, text: str, **fields: Any) -> Json:
        """Edit an own message."""
        if self.by_owner and self.owner_id is not None:
            return self.telegram.owner_edits(self.owner_id, self.client_id, message_id, text, **fields)
        return self.telegram.client_edits(self.bot, self.client_id, message_id, text, owner_id=self.owner_id, **fields)

    def delete(self, *message_ids: int) -> None:
        """Delete messages for everybody."""
        self.telegram.client_deletes(self.bot, self.client_id, message_ids, owner_id=self.owner_id)


def location(latitude: float, longitude: float) -> Json:
    """Where somebody is, as fields of a message."""
    return {"location": {"latitude": latitude, "longitude": longitude}}


def venue(latitude: float, longitude: float, title: str, address: str) -> Json:
    """A place; its location is there a second time, for old clients (core.telegram.org/bots/api#message)."""
    where = location(latitude, longitude)
    return {"venue": {**where, "title": title, "address": address}, **where}


def contact(user_id: int, first_name: str, last_name: str, phone: str) -> Json:
    """A contact; it is the sender's own when the id is."""
    given = {"phone_number": phone, "first_name": first_name, "last_name": last_name, "user_id": user_id}
    return {"contact": given}


def poll(question: str, *options: str) -> Json:
    """A poll."""
    answers = [{"persistent_id": str(one), "text": text, "voter_count": 0} for one, text in enumerate(options)]
    return {
        "poll": {
            "id": uuid.uuid4().hex,
            "question": question,
            "options": answers,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
        }
    }


def dice(value: int) -> Json:
    """A thrown die."""
    return {"dice": {"emoji": "🎲", "value": value}}


def unknown_kind(caption: str) -> Json:
    """A kind that Telegram may add some day."""
    return {"hologram": {"file_id": "hologram-1", "depth": 3}, "caption": caption}
