"""An SQS in memory, with the shape of boto3's client: FIFO queues, virtual time, faults on demand.

A receive answers at once, whatever it would wait for. Not there: standard queues, delays, policies, tags, encryption.
Rules: Amazon SQS developer guide and API reference; sentences of errors as the service says them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.doubles.calls import After, Answer, Before, Calls, Parameters, Request, parameters, refusal
from tests.doubles.fifo import FifoQueue, Message

Clock = Callable[[], float]

ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
MAX_BYTES: Final = 1_048_576
"""1 MiB: of a message, and of a batch."""
MAX_BATCH: Final = 10
MAX_VISIBILITY: Final = 43_200
"""Seconds: 12 hours, also in sum from the receive on."""
PURGE_INTERVAL: Final = 60
"""Seconds between two purges of a queue."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,75}\.fifo")
_IDENTIFIER: Final = re.compile(r"""[a-zA-Z0-9!"#$%&'()*+,./:;<=>?@\[\\\]^_`{|}~-]{1,128}""")
"""A group's or a deduplication's id (SendMessage)."""
_ENTRY: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_REFUSED: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything but the characters that a message may hold (SendMessage, MessageBody)."""

_NUMBERS: Final = {
    "VisibilityTimeout": (0, MAX_VISIBILITY),
    "MessageRetentionPeriod": (60, 1_209_600),
    "MaximumMessageSize": (1024, MAX_BYTES),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "DelaySeconds": (0, 900),
}
_DEFAULTS: Final = {
    "VisibilityTimeout": "30",
    "MessageRetentionPeriod": "345600",
    "MaximumMessageSize": str(MAX_BYTES),
    "ReceiveMessageWaitTimeSeconds": "0",
    "DelaySeconds": "0",
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoThroughputLimit": "perQueue",
    "SqsManagedSseEnabled": "true",
}
_ATTRIBUTES: Final = frozenset({*_DEFAULTS, "RedrivePolicy", "RedriveAllowPolicy"})
_MAX_RECEIVES: Final = 1000

PARAMETERS: Final = {
    "create_queue": parameters("QueueName", "Attributes tags"),
    "get_queue_url": parameters("QueueName", "QueueOwnerAWSAccountId"),
    "get_queue_attributes": parameters("QueueUrl", "AttributeNames"),
    "purge_queue": parameters("QueueUrl"),
    "send_message": parameters(
        "QueueUrl MessageBody", "MessageGroupId MessageDeduplicationId MessageAttributes DelaySeconds"
    ),
    "send_message_batch": parameters("QueueUrl Entries"),
    "receive_message": parameters(
        "QueueUrl",
        "MaxNumberOfMessages VisibilityTimeout WaitTimeSeconds AttributeNames MessageSystemAttributeNames "
        "MessageAttributeNames",
    ),
    "delete_message": parameters("QueueUrl ReceiptHandle"),
    "delete_message_batch": parameters("QueueUrl Entries"),
    "change_message_visibility": parameters("QueueUrl ReceiptHandle VisibilityTimeout"),
    "change_message_visibility_batch": parameters("QueueUrl Entries"),
    "start_message_move_task": parameters("SourceArn", "DestinationArn MaxNumberOfMessagesPerSecond"),
}
_ENTRIES: Final = {
    "send_message_batch": parameters(
        "Id MessageBody", "MessageGroupId MessageDeduplicationId MessageAttributes DelaySeconds"
    ),
    "delete_message_batch": parameters("Id ReceiptHandle"),
    "change_message_visibility_batch": parameters("Id ReceiptHandle VisibilityTimeout"),
}


class QueueDoesNotExist(ClientError):
    """There is no such queue."""


class ReceiptHandleIsInvalid(ClientError):
    """That is no receipt handle of this queue."""


class InvalidMessageContents(ClientError):
    """A message holds a character that SQS refuses."""


class PurgeQueueInProgress(ClientError):
    """The queue was purged within the last minute."""


class _Refused(Exception):
    """What the service refuses, before it is known which operation it is in."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_NO_QUEUE: Final = "AWS.SimpleQueueService.NonExistentQueue"
_PURGED: Final = "AWS.SimpleQueueService.PurgeQueueInProgress"
_KINDS: Final[Mapping[str, type[ClientError]]] = {
    _NO_QUEUE: QueueDoesNotExist,
    _PURGED: PurgeQueueInProgress,
    "ReceiptHandleIsInvalid": ReceiptHandleIsInvalid,
    "InvalidMessageContents": InvalidMessageContents,
}


def _invalid(value: object, parameter: str, reason: str) -> _Refused:
    return _Refused("InvalidParameterValue", f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


@dataclass(slots=True)
class _Queue:
    name: str
    url: str
    arn: str
    attributes: dict[str, str]
    fifo: FifoQueue
    dead_letter_arn: str = ""
    max_receives: int = 0
    purged_at: float = float("-inf")


class FakeSQS:
    """SQS without AWS. Thread-safe and deterministic: ids and receipt handles count up.

    Args:
        clock: Unix time in seconds.
        before: called with each operation and its request, before anything happens; may raise.
        after: called with the answer as well, after the effect; may raise.
    """

    def __init__(self, clock: Clock, *, before: Before | None = None, after: After | None = None) -> None:
        self._clock = clock
        self._calls = Calls(PARAMETERS, before, after)
        self._queues: dict[str, _Queue] = {}
        self._sequence = 0
        self.operations = self._calls.counts
        self.exceptions = SimpleNamespace(
            ClientError=ClientError,
            QueueDoesNotExist=QueueDoesNotExist,
            ReceiptHandleIsInvalid=ReceiptHandleIsInvalid,
            InvalidMessageContents=InvalidMessageContents,
            PurgeQueueInProgress=PurgeQueueInProgress,
        )

    # -- for the test

    def messages(self, queue_url: str) -> list[Message]:
        """Copies of what is in a queue, in order, in flight or not."""
        with self._calls.lock:
            return [replace(message) for message in self._queues[queue_url].fifo.messages(self._clock())]

    def next_event_at(self, *queue_urls: str, now: float) -> float | None:
        """The earliest time from ``now`` on at which one of these queues (none named: any) has a message to receive.

        Whoever looks what happens next reads no clock: that would move it.
        """
        with self._calls.lock:
            queues = [self._queues[url] for url in queue_urls] or self._queues.values()
            times = [at for queue in queues if (at := queue.fifo.next_free(now)) is not None]
        return min(times, default=None)

    # -- boto3's client

    def create_queue(self, **request: Any) -> Answer:
        return self._make("create_queue", request, self._create_queue)

    def get_queue_url(self, **request: Any) -> Answer:
        return self._make("get_queue_url", request, lambda asked: {"QueueUrl": self._queue_named(asked).url})

    def get_queue_attributes(self, **request: Any) -> Answer:
        return self._make("get_queue_attributes", request, self._get_queue_attributes)

    def purge_queue(self, **request: Any) -> Answer:
        return self._make("purge_queue", request, self._purge_queue)

    def send_message(self, **request: Any) -> Answer:
        return self._make("send_message", request, lambda asked: self._send(self._queue(asked), asked))

    def send_message_batch(self, **request: Any) -> Answer:
        return self._make("send_message_batch", request, self._send_batch)

    def receive_message(self, **request: Any) -> Answer:
        return self._make("receive_message", request, self._receive_message)

    def delete_message(self, **request: Any) -> Answer:
        return self._make("delete_message", request, lambda asked: self._delete(self._queue(asked), asked))

    def delete_message_batch(self, **request: Any) -> Answer:
        return self._make(
            "delete_message_batch", request, lambda asked: self._each("delete_message_batch", asked, self._delete)
        )

    def change_message_visibility(self, **request: Any) -> Answer:
        return self._make("change_message_visibility", request, lambda asked: self._hide(self._queue(asked), asked))

    def change_message_visibility_batch(self, **request: Any) -> Answer:
        operation = "change_message_visibility_batch"
        return self._make(operation, request, lambda asked: self._each(operation, asked, self._hide))

    def start_message_move_task(self, **request: Any) -> Answer:
        return self._make("start_message_move_task", request, self._start_message_move_task)

    def _make(self, operation: str, request: Request, effect: Callable[[Request], Answer]) -> Answer:
        try:
            return self._calls.make(operation, request, effect)
        except _Refused as refused:
            kind = _KINDS.get(refused.code, ClientError)
            raise refusal(kind, refused.code, str(refused), operation) from None

    # -- queues

    def _create_queue(self, request: Request) -> Answer:
        name = request["QueueName"]
        if not _NAME.fullmatch(name):
            raise _Refused(
                "InvalidParameterValue",
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                "with .fifo suffix and be 1 to 80 in length. (The double knows FIFO queues only.)",
            )
        attributes = {**_DEFAULTS, **request.get("Attributes", {})}
        _check_attributes(attributes)
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
        if url in self._queues:
            if self._queues[url].attributes != attributes:
                raise _Refused("QueueAlreadyExists", "A queue already exists with the same name and a different value")
            return {"QueueUrl": url}
        queue = _Queue(
            name,
            url,
            f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
            attributes,
            FifoQueue(
                retention=float(attributes["MessageRetentionPeriod"]),
                per_group=attributes["DeduplicationScope"] == "messageGroup",
            ),
        )
        if "RedrivePolicy" in attributes:
            self._set_redrive(queue, attributes["RedrivePolicy"])
        self._queues[url] = queue
        return {"QueueUrl": url}

    def _set_redrive(self, queue: _Queue, policy: str) -> None:
        try:
            wanted = json.loads(policy)
            arn, most = wanted["deadLetterTargetArn"], int(wanted["maxReceiveCount"])
        except (ValueError, KeyError, TypeError):
            raise _invalid(policy, "RedrivePolicy", "Redrive policy is not a valid JSON map.") from None
        if not 1 <= most <= _MAX_RECEIVES:
            raise _invalid(
                policy,
                "RedrivePolicy",
                f"Invalid value for maxReceiveCount: {most}, valid values are from 1 to 1000 both inclusive.",
            )
        if self._with_arn(arn) is None:
            raise _invalid(policy, "RedrivePolicy", "Dead letter target does not exist.")
        queue.dead_letter_arn, queue.max_receives = arn, most

    def _with_arn(self, arn: str) -> _Queue | None:
        return next((queue for queue in self._queues.values() if queue.arn == arn), None)

    def _queue(self, request: Request) -> _Queue:
        queue = self._queues.get(request["QueueUrl"])
        if queue is None:
            raise _Refused(_NO_QUEUE, "The specified queue does not exist.")
        return queue

    def _queue_named(self, request: Request) -> _Queue:
        return self._queue({"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{request['QueueName']}"})

    def _get_queue_attributes(self, request: Request) -> Answer:
        queue, now = self._queue(request), self._clock()
        in_flight = [message.in_flight(now) for message in queue.fifo.messages(now)]
        known = {
            **queue.attributes,
            "QueueArn": queue.arn,
            "ApproximateNumberOfMessages": str(in_flight.count(False)),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight.count(True)),
            "ApproximateNumberOfMessagesDelayed": "0",
        }
        names = request.get("AttributeNames", [])
        for name in names:
            if name != "All" and name not in known and name not in _ATTRIBUTES:
                raise _Refused("InvalidAttributeName", f"Unknown Attribute {name}.")
        found = {name: value for name, value in known.items() if name in names or "All" in names}
        return {"Attributes": found} if found else {}

    def _purge_queue(self, request: Request) -> Answer:
        queue, now = self._queue(request), self._clock()
        if now - queue.purged_at < PURGE_INTERVAL:
            raise _Refused(
                _PURGED, f"Only one PurgeQueue operation on {queue.name} is allowed every {PURGE_INTERVAL} seconds."
            )
        queue.purged_at = now
        queue.fifo.clear()
        return {}

    # -- sending

    def _send(self, queue: _Queue, request: Request) -> Answer:
        body = request["MessageBody"]
        attributes = request.get("MessageAttributes", {})
        _check_contents(body, attributes, int(queue.attributes["MaximumMessageSize"]))
        if request.get("DelaySeconds"):
            raise _invalid(
                request["DelaySeconds"],
                "DelaySeconds",
                "The request include parameter that is not valid for this queue type.",
            )
        group = request.get("MessageGroupId")
        if not group:
            raise _Refused("MissingParameter", "The request must contain the parameter MessageGroupId.")
        deduplication_id = request.get("MessageDeduplicationId") or self._deduplication_of_content(queue, body)
        for parameter, value in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication_id)):
            if not _IDENTIFIER.fullmatch(value):
                raise _invalid(
                    value,
                    parameter,
                    f"{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.",
                )
        now = self._clock()
        message = queue.fifo.duplicate(group, deduplication_id, now)
        if message is None:
            message = self._new(body, group, deduplication_id, attributes, now)
            queue.fifo.add(message)
        return {
            "MessageId": message.message_id,
            "MD5OfMessageBody": _md5(body),
            "SequenceNumber": _number(message.sequence),
        }

    @staticmethod
    def _deduplication_of_content(queue: _Queue, body: str) -> str:
        if queue.attributes["ContentBasedDeduplication"] != "true":
            raise _Refused(
                "InvalidParameterValue",
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
                "explicitly",
            )
        return hashlib.sha256(body.encode()).hexdigest()

    def _new(
        self, body: str, group: str, deduplication_id: str, attributes: dict[str, dict[str, Any]], now: float
    ) -> Message:
        self._sequence += 1
        copied = {name: dict(value) for name, value in attributes.items()}
        return Message(
            f"00000000-0000-4000-8000-{self._sequence:012x}",
            self._sequence,
            body,
            group,
            deduplication_id,
            copied,
            now,
            now,
        )

    def _send_batch(self, request: Request) -> Answer:
        total = sum(len(entry["MessageBody"].encode("utf-8", "surrogatepass")) for entry in request["Entries"])
        if total > MAX_BYTES:
            raise _Refused(
                "AWS.SimpleQueueService.BatchRequestTooLong",
                f"Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {total} bytes.",
            )
        return self._each("send_message_batch", request, self._send)

    def _each(self, operation: str, request: Request, effect: Callable[[_Queue, Request], Answer]) -> Answer:
        """Do what a batch asks for, entry by entry: one that is refused does not stop the others."""
        queue, entries = self._queue(request), request["Entries"]
        _check_entries(_ENTRIES[operation], entries)
        answer: Answer = {}
        for entry in entries:
            try:
                done = {"Id": entry["Id"], **effect(queue, entry)}
                answer.setdefault("Successful", []).append(done)
            except _Refused as refused:
                failed = {"Id": entry["Id"], "SenderFault": True, "Code": refused.code, "Message": str(refused)}
                answer.setdefault("Failed", []).append(failed)
        return answer

    # -- receiving

    def _receive_message(self, request: Request) -> Answer:
        queue = self._queue(request)
        most = request.get("MaxNumberOfMessages", 1)
        if not 1 <= most <= MAX_BATCH:
            raise _invalid(most, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
        visibility = request.get("VisibilityTimeout", int(queue.attributes["VisibilityTimeout"]))
        _check_visibility(visibility)
        now = self._clock()
        dead_letters = self._with_arn(queue.dead_letter_arn)
        dead: list[Message] = []

        def is_dead(message: Message) -> bool:
            if dead_letters is None or message.receive_count < queue.max_receives:
                return False
            dead.append(message)
            return True

        taken = queue.fifo.receive(now, most, visibility, is_dead)
        for message in dead:
            self._move_to_dead_letters(queue, dead_letters, message, now)
        return {"Messages": [_shown(queue, message, request) for message in taken]} if taken else {}

    def _move_to_dead_letters(self, queue: _Queue, dead_letters: _Queue | None, message: Message, now: float) -> None:
        assert dead_letters is not None
        queue.fifo.remove(message, deleted=False)
        self._sequence += 1
        # "The original message's deduplication ID will be replaced with the original message's ID" (guide, "Configuring a
        # dead-letter queue redrive"). "For FIFO queues, the enqueue timestamp resets" ("Dead-letter queues").
        moved = replace(
            message,
            sequence=self._sequence,
            deduplication_id=message.message_id,
            enqueued_at=now,
            visible_at=float("-inf"),
            source_arn=queue.arn,
            gone=False,
        )
        dead_letters.fifo.add(moved)

    def _start_message_move_task(self, request: Request) -> Answer:
        """Move what is not in flight, at once: as new messages, each to where it came from unless a queue is named."""
        source = self._with_arn(request["SourceArn"])
        is_dead_letter_queue = any(queue.dead_letter_arn == request["SourceArn"] for queue in self._queues.values())
        if source is None or not is_dead_letter_queue:
            raise _Refused(
                "ResourceNotFoundException",
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            )
        now = self._clock()
        for message in source.fifo.messages(now):
            target = self._with_arn(request.get("DestinationArn", message.source_arn))
            if target is None or message.in_flight(now):
                continue  # the task leaves what has no known source where it is
            source.fifo.remove(message, deleted=True)
            if target.fifo.duplicate(message.group, message.deduplication_id, now) is None:
                target.fifo.add(
                    self._new(message.body, message.group, message.deduplication_id, message.attributes, now)
                )
        return {"TaskHandle": f"task-{source.name}-{now}"}

    # -- receipts

    def _received(self, queue: _Queue, request: Request) -> tuple[Message | None, bool]:
        """The message of a receipt handle (None: it is no longer there), and whether the handle still holds it."""
        handle = request["ReceiptHandle"]
        name, _, numbers = handle.rpartition(":")
        sequence, _, count = numbers.partition(".")
        if name != queue.name or not (sequence.isdecimal() and count.isdecimal() and int(sequence) <= self._sequence):
            raise _Refused("ReceiptHandleIsInvalid", f"The input receipt handle is invalid: {handle}")
        message = queue.fifo.find(int(sequence))
        if message is None:
            return None, not queue.fifo.is_void(int(sequence))
        return message, message.receive_count == int(count) and message.in_flight(self._clock())

    def _delete(self, queue: _Queue, request: Request) -> Answer:
        message, holds = self._received(queue, request)
        if not holds:
            raise _invalid(request["ReceiptHandle"], "ReceiptHandle", "The receipt handle has expired.")
        if message:  # deleting twice is no error
            queue.fifo.remove(message, deleted=True)
        return {}

    def _hide(self, queue: _Queue, request: Request) -> Answer:
        seconds = request["VisibilityTimeout"]
        _check_visibility(seconds)
        message, holds = self._received(queue, request)
        if message is None or not holds:
            reason = "Message does not exist or is not available for visibility timeout change."
            raise _invalid(request["ReceiptHandle"], "ReceiptHandle", reason)
        until = self._clock() + seconds
        if until > message.received_at + MAX_VISIBILITY:
            reason = f"Total VisibilityTimeout for the message is beyond the limit [{MAX_VISIBILITY} seconds]"
            raise _invalid(seconds, "VisibilityTimeout", reason)
        queue.fifo.hide(message, until)
        return {}


# -- what a request says


def _check_attributes(attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        if name not in _ATTRIBUTES:
            raise _Refused("InvalidAttributeName", f"Unknown Attribute {name}.")
        low, high = _NUMBERS.get(name, (0, 0))
        if name in _NUMBERS and not (value.isdecimal() and low <= int(value) <= high):
            raise _Refused("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if attributes["FifoQueue"] != "true":
        raise _Refused("InvalidAttributeValue", "The double knows FIFO queues only.")
    if attributes["DelaySeconds"] != "0":
        raise _Refused("InvalidAttributeValue", "The double knows no delay.")
    per_group = attributes["FifoThroughputLimit"] == "perMessageGroupId"
    if per_group and attributes["DeduplicationScope"] != "messageGroup":
        raise _Refused(
            "InvalidAttributeValue",
            "FifoThroughputLimit perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup.",
        )


def _check_contents(body: str, attributes: Mapping[str, Mapping[str, Any]], most: int) -> None:
    if not body:
        raise _Refused("MissingParameter", "The request must contain the parameter MessageBody.")
    if _REFUSED.search(body):
        raise _Refused("InvalidMessageContents", "Message contains characters outside the allowed set.")
    size = len(body.encode())
    for name, value in attributes.items():
        size += sum(len(part.encode()) for part in (name, value["DataType"], value.get("StringValue", "")))
        size += len(value.get("BinaryValue", b""))
    if size > most:
        raise _Refused(
            "InvalidParameterValue",
            f"One or more parameters are invalid. Reason: Message must be shorter than {most} bytes.",
        )


def _check_entries(known: Parameters, entries: list[Request]) -> None:
    if not entries:
        raise _Refused("AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(entries) > MAX_BATCH:
        raise _Refused(
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {MAX_BATCH}. You have sent {len(entries)}.",
        )
    seen: set[str] = set()
    for entry in entries:
        known.check(entry)
        if not _ENTRY.fullmatch(entry["Id"]):
            raise _Refused(
                "AWS.SimpleQueueService.InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
                "letters long.",
            )
        if entry["Id"] in seen:
            raise _Refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", f"Id {entry['Id']} repeated.")
        seen.add(entry["Id"])


def _check_visibility(seconds: int) -> None:
    if not 0 <= seconds <= MAX_VISIBILITY:
        raise _invalid(seconds, "VisibilityTimeout", f"Must be between 0 and {MAX_VISIBILITY}, if provided.")


# -- what an answer says


def _md5(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def _number(sequence: int) -> str:
    return f"{sequence:020}"


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def _shown(queue: _Queue, message: Message, request: Request) -> Answer:
    answer: Answer = {
        "MessageId": message.message_id,
        "ReceiptHandle": f"{queue.name}:{message.sequence}.{message.receive_count}",
        "MD5OfBody": _md5(message.body),
        "Body": message.body,
    }
    wanted = {*request.get("AttributeNames", ()), *request.get("MessageSystemAttributeNames", ())}
    if wanted:
        system = _system_attributes(message)
        attributes = system if "All" in wanted else {name: system[name] for name in system.keys() & wanted}
        if attributes:
            answer["Attributes"] = attributes
    own = {
        name: dict(value)
        for name, value in message.attributes.items()
        if any(_matches(name, pattern) for pattern in request.get("MessageAttributeNames", ()))
    }
    if own:
        answer["MessageAttributes"] = own
    return answer


def _system_attributes(message: Message) -> dict[str, str]:
    assert message.first_received_at is not None
    attributes = {
        "SenderId": ACCOUNT,
        "SentTimestamp": _milliseconds(message.sent_at),
        "ApproximateReceiveCount": str(message.receive_count),
        "ApproximateFirstReceiveTimestamp": _milliseconds(message.first_received_at),
        "SequenceNumber": _number(message.sequence),
        "MessageDeduplicationId": message.deduplication_id,
        "MessageGroupId": message.group,
    }
    return {**attributes, "DeadLetterQueueSourceArn": message.source_arn} if message.source_arn else attributes


def _matches(name: str, pattern: str) -> bool:
    """``All``, ``.*``, ``prefix.*`` or the name itself (ReceiveMessage, MessageAttributeNames)."""
    return pattern in {"All", ".*", name} or (pattern.endswith(".*") and name.startswith(pattern[:-2]))
