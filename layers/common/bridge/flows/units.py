"""What of a batch is carried at once: a record, or all members of an album that are here."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.telegram.updates import DELETED_MESSAGES, EDITED_MESSAGES, album_of, is_update, kind_of

LARGEST_BATCH: Final = 10
"""Messages of a FIFO queue that Lambda hands over at once, at most (template.yaml): a full batch may end in an album's middle."""


@dataclass(frozen=True, slots=True)
class Record:
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


@dataclass(frozen=True, slots=True)
class Unit:
    """What is carried at once: one record, or all members of an album that are in the batch, at the place of the first.

    Attributes:
        may_be_cut: further members may lie in the queue already, beyond the end of this batch.
        members: of an album, its updates' numbers.
    """

    records: tuple[Record, ...]
    body: dict[str, Any] | None
    album: str = ""
    may_be_cut: bool = False
    members: tuple[int, ...] = ()

    @property
    def first(self) -> Record:
        return self.records[0]


def units_of(records: Sequence[Record], kinds: Container[str]) -> list[Unit]:
    """The batch in its order, with an album's members together: an owner's greeting may have come between them.

    SQS gives as many of a group as it can (Amazon SQS developer guide, "Receiving messages"). So what lies beyond a full
    batch's end is more of its last group, or of any where several are in it; an album that alone begins it is whole.
    """
    units: list[Unit] = []
    albums: dict[tuple[str, str], int] = {}  # where each client's album is
    is_full, is_mixed = len(records) >= LARGEST_BATCH, len({record.group for record in records}) > 1
    for record in records:
        body = _read(record, kinds)
        album = album_of(body["update"]) if body and body["kind"] == "update" else ""
        at = albums.get((record.group, album))
        number = body["update"]["update_id"] if body and album else 0
        if album and at is not None:
            is_repeated = number in units[at].members  # Telegram sends an update again whose 200 it did not see
            whole = replace(units[at], records=(*units[at].records, record), members=(*units[at].members, number))
            between = units[at + 1 :]
            if is_full and not is_mixed and not is_repeated and between and not any(map(_changes, between)):
                # With what came between its members it is more than a batch: that first, then all of the album fits.
                # Not an edit or a deletion: it may be of a member, and would stand before what it changed.
                units[at:] = [*between, whole]
                albums = {(unit.first.group, unit.album): place for place, unit in enumerate(units) if unit.album}
            else:
                units[at] = whole
            continue
        if album:
            albums[record.group, album] = len(units)
        units.append(Unit((record,), body, album, may_be_cut=is_full and (is_mixed or bool(units)), members=(number,)))
    return units


def _changes(unit: Unit) -> bool:
    """Whether it is about a message of before."""
    kind = kind_of(unit.body["update"]) if unit.body and unit.body["kind"] == "update" else ""
    return kind in EDITED_MESSAGES or kind == DELETED_MESSAGES


def _read(record: Record, kinds: Container[str]) -> dict[str, Any] | None:
    """The record's body, or None when it is none of ours."""
    try:
        body = json.loads(record.body)
        known = body["kind"] in kinds and float(body["received_at"]) >= 0 and isinstance(body["integration"], str)
        return body if known and (body["kind"] != "update" or is_update(body["update"])) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
