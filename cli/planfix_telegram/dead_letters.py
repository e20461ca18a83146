"""Dead letters: read without being taken out of their queue, understood, and made fit to be carried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from bridge.aws.queues import Queue
from bridge.telegram.updates import BUSINESS_CONNECTION, DELETED_MESSAGES, EDITED_MESSAGES, NEW_MESSAGES, kind_of

AT_ONCE: Final = 10
"""ReceiveMessage and ChangeMessageVisibilityBatch take at most so many (Amazon SQS API reference)."""

LONG_POLL: Final = 1
"""Seconds: a receive that waits asks every server of SQS, one that does not asks only some (developer guide, "Amazon SQS
short and long polling"); and only so is an empty answer to be believed."""

IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of what letters say that are kept in memory; a letter may have a megabyte, and a queue a hundred thousand letters."""

UNREADABLE: Final = "unreadable"

_UPDATE_KINDS: Final = {
    **dict.fromkeys(NEW_MESSAGES, "message"),
    **dict.fromkeys(EDITED_MESSAGES, "edit"),
    DELETED_MESSAGES: "deletion",
    BUSINESS_CONNECTION: "connection",
}

_LATEST: Final = 1 << 32
"""Unix seconds (the year 2106): what says to be later is no time."""


class Words:
    """What the letters say, kept aside while a queue is worked on: it may be more than memory holds.

    In a file without a name beyond `IN_MEMORY` bytes: it is gone with the command, however that ends.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by `close`

    def keep(self, text: str) -> tuple[int, int]:
        """Where it is to be found again."""
        start = self._file.seek(0, SEEK_END)
        return start, self._file.write(text.encode("utf-8", "surrogatepass"))

    def read(self, place: tuple[int, int]) -> str:
        self._file.seek(place[0])
        return self._file.read(place[1]).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True, eq=False)  # a letter is that one, however many are alike
class Letter:
    """One dead letter: what is known of it; what it says is kept aside.

    Attributes:
        queue: the dead-letter queue it lies in.
        message_id: SQS's id of it, which stays the same as long as it lies there.
        group: the message group it came from; None when nobody noted it.
        reason: a value of `bridge.errors.Reason`, or `UNREADABLE`; empty when SQS itself moved it here.
        buried_at: when it was given up, Unix seconds; None when SQS moved it.
        first_received_at: when the bridge first got it, Unix seconds.
        sequence: the order of arrival in its dead-letter queue.
        size: bytes in the dead-letter queue.
        kind: what it is: the journey's name, or of an update which one.
        integration: its alias.
        host, task, comment, update_id, telegram_message_id: what it is about, as far as it says that.
        place: where its text is kept aside.
    """

    queue: str
    message_id: str
    group: str | None
    reason: str
    buried_at: float | None
    first_received_at: float
    sequence: int
    size: int
    kind: str
    integration: str
    host: str
    task: int | None
    comment: int | None
    update_id: int | None
    telegram_message_id: int | None
    place: tuple[int, int]

    def __repr__(self) -> str:
        return f"Letter({self.message_id!r})"

    @property
    def order(self) -> tuple[float, int, int]:
        """First come, first carried; what came by one call, as it was written; then as it was given up."""
        return self.first_received_at, self.comment or self.update_id or 0, self.sequence

    @property
    def line(self) -> tuple[str, str | None]:
        """Letters of one line go back in their order: one client's, on their way to one side."""
        return self.queue, self.group

    @property
    def was_moved_by_sqs(self) -> bool:
        """Then it lies in its client's own group, behind which SQS shows no more while it is hidden."""
        return self.buried_at is None

    @property
    def chat(self) -> str:
        """The group without the integration's alias: mostly the client's Telegram id."""
        return (self.group or "").removeprefix(f"{self.integration}:")

    def said(self, words: Words) -> str:
        """What was written, as far as it is text; empty where there is none: most answers' words stay in Planfix."""
        body = _object(words.read(self.place)) or {}
        if isinstance(body.get("push"), dict):  # an answer that came with its words
            return _text(body["push"], "text")
        update = body.get("update")
        content = update.get(kind_of(update)) if isinstance(update, dict) else None
        return "" if not isinstance(content, dict) else _text(content, "text") or _text(content, "caption")

    def to_carry_again(self, words: Words, now: float) -> str:
        """What is put on the queue: its budgets begin at ``now`` (Unix seconds), and when it first came is kept.

        What cannot be read goes back as it was: a newer bridge may know it.
        """
        text = words.read(self.place)
        body = _object(text)
        if body is None:
            return text
        again = {**body, "received_at": now, "first_received_at": self.first_received_at}
        again.pop("dead", None)
        again.pop("told_to_wait", None)  # belongs to the budget before
        return json.dumps(again, ensure_ascii=True, separators=(",", ":"))


class DeadLetterQueue:
    """One dead-letter queue, of which letters are hidden while they are looked at.

    Args:
        queue: the dead-letter queue.
        words: where what the letters say is kept aside.
    """

    def __init__(self, queue: Queue, words: Words) -> None:
        self._queue = queue
        self._words = words
        self._hidden: dict[str, str] = {}

    @property
    def name(self) -> str:
        return self._queue.name

    def count(self) -> int:
        """About how many letters lie here, hidden or not; SQS may be a minute late (GetQueueAttributes)."""
        answer = self._queue.client.get_queue_attributes(
            QueueUrl=self._queue.url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
        return sum(int(number) for number in answer["Attributes"].values())

    def hide_next(self, seconds: int) -> list[Letter]:
        """Up to ten letters, which nobody else gets for so long; none when there are no more."""
        answer = self._queue.client.receive_message(
            QueueUrl=self._queue.url,
            MaxNumberOfMessages=AT_ONCE,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=LONG_POLL,
            MessageSystemAttributeNames=["MessageGroupId", "SentTimestamp", "SequenceNumber"],
        )
        received = answer.get("Messages", [])
        self._hidden |= {message["MessageId"]: message["ReceiptHandle"] for message in received}
        return [_letter(self.name, message, self._words) for message in received]

    def delete(self, letter: Letter) -> None:
        """Take a hidden letter out for good."""
        handle = self._hidden[letter.message_id]
        self._queue.client.delete_message(QueueUrl=self._queue.url, ReceiptHandle=handle)
        del self._hidden[letter.message_id]

    def release(self) -> None:
        """Everybody may see again what was hidden."""
        handles = list(self._hidden.values())
        self._hidden.clear()
        # what cannot be released comes back by itself
        with suppress(BotoCoreError, ClientError):
            for start in range(0, len(handles), AT_ONCE):
                self._queue.hide(handles[start : start + AT_ONCE], 0)


def _letter(queue: str, message: Mapping[str, Any], words: Words) -> Letter:
    attributes, text = message["Attributes"], message["Body"]
    body = _object(text)
    buried = body.pop("dead", None) if body is not None else None
    group = attributes["MessageGroupId"]
    if body is not None and isinstance(buried, dict):
        # our own code gave it up: each letter is its own group, and says where it came from
        group = body["group"] if isinstance(body.get("group"), str) else None
        if "kind" not in body and isinstance(
            body.get("body"), str
        ):  # nothing that a journey is made for, kept as it was
            text, body = body["body"], _object(body["body"])
            buried["reason"] = UNREADABLE
    else:
        buried = {}
    came = _seconds(body, "first_received_at") or _seconds(body, "received_at")
    update = (body or {}).get("update")
    update = update if isinstance(update, dict) else {}
    kind = _text(body, "kind") or UNREADABLE
    return Letter(
        queue=queue,
        message_id=message["MessageId"],
        group=group,
        reason=str(buried.get("reason", "")),
        buried_at=_seconds(buried, "at"),
        first_received_at=came or int(attributes["SentTimestamp"]) / 1000,
        sequence=int(attributes["SequenceNumber"]),
        size=len(message["Body"].encode()),
        kind=_UPDATE_KINDS.get(kind_of(update), kind) if kind == "update" else kind,
        integration=_text(body, "integration") or (group or "").partition(":")[0],
        host=_text(body, "host"),
        task=_number(body, "task"),
        comment=_number(body, "comment"),
        update_id=_number(update, "update_id"),
        telegram_message_id=_number(update.get(kind_of(update)), "message_id"),
        place=words.keep(text),
    )


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(where: Mapping[str, Any] | None, name: str) -> str:
    value = (where or {}).get(name)
    return value if isinstance(value, str) else ""


def _number(where: Any, name: str) -> int | None:
    value = where.get(name) if isinstance(where, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(where: Mapping[str, Any] | None, name: str) -> float | None:
    value = (where or {}).get(name)
    return float(value) if isinstance(value, int | float) and 0 < value < _LATEST else None
