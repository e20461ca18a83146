"""What of a batch is carried at once: a record, or all members of an album that are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from bridge.queued import Queued, Update, read
from bridge.telegram.updates import DELETED_MESSAGES, EDITED_MESSAGES, album_of, kind_of

LARGEST_BATCH: Final = 10
"""Messages of a FIFO queue that Lambda hands over at once, at most (template.yaml): a full batch may end in an album's middle."""


class Record(NamedTuple):
    """One message of a queue."""

    message_id: str
    receipt_handle: str
    body: str
    group: str
    received: int
    queue: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Record:
        attributes = raw.get("attributes", {})
        return cls(
            message_id=raw["messageId"],
            receipt_handle=raw["receiptHandle"],
            body=raw["body"],
            group=attributes.get("MessageGroupId", raw["messageId"]),
            received=int(attributes.get("ApproximateReceiveCount", 1)),
            queue=str(raw.get("eventSourceARN", "")).rpartition(":")[2],
        )


class Unit(NamedTuple):
    """What is carried at once: one record, or all members of an album that are in the batch, where the first of them is.

    Attributes:
        message: what the first record says; None when it is none of ours.
        album: which album, "" for none.
        may_be_cut: further members may lie in the queue already, beyond the end of this batch.
        members: of an album, its updates.
    """

    records: tuple[Record, ...]
    message: Queued | None
    album: str = ""
    may_be_cut: bool = False
    members: tuple[dict[str, Any], ...] = ()

    @property
    def first(self) -> Record:
        return self.records[0]


def units_of(records: Sequence[Record]) -> list[Unit]:
    """The batch in its order, with an album's members together: an owner's greeting may have come between them.

    SQS gives as many of a group as it can (Amazon SQS developer guide, "Receiving messages"). So what lies beyond a full
    batch's end is more of its last group, or of any where several are in it; an album that alone begins it is whole.
    """
    units: list[Unit] = []
    albums: dict[tuple[str, str], int] = {}  # where each client's album is
    is_full, is_mixed = len(records) >= LARGEST_BATCH, len({record.group for record in records}) > 1
    for record in records:
        message = read(record.body)
        update = message.update if isinstance(message, Update) else {}
        album = album_of(update)
        at = albums.get((record.group, album))
        if album and at is not None:
            is_repeated = update["update_id"] in _numbers(units[at])  # Telegram sends again whose 200 it did not see
            whole = units[at]._replace(records=(*units[at].records, record), members=(*units[at].members, update))
            between = units[at + 1 :]
            if is_full and not is_mixed and not is_repeated and between and not any(map(_changes, between)):
                # With what came between its members it is more than a batch: that first, then all of the album fits.
                # Not an edit or a deletion: it may be of a member, and would stand before what it changed.
                units[at:] = [*between, whole]
                albums = {(unit.first.group, unit.album): index for index, unit in enumerate(units) if unit.album}
            else:
                units[at] = whole
            continue
        if album:
            albums[record.group, album] = len(units)
        may_be_cut = is_full and (is_mixed or bool(units))
        units.append(Unit((record,), message, album, may_be_cut, (update,) if album else ()))
    return units


def _numbers(album: Unit) -> set[int]:
    return {member["update_id"] for member in album.members}


def _changes(unit: Unit) -> bool:
    """Whether it is about a message of before."""
    kind = kind_of(unit.message.update) if isinstance(unit.message, Update) else ""
    return kind in EDITED_MESSAGES or kind == DELETED_MESSAGES
