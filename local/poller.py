"""An event source mapping: takes a queue's messages, hands them to the sender, deletes what it carried out.

Format: docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from local.gate import Gate
    from local.invocation import Handler
    from local.journal import Journal
    from local.template import Mapping

_log = logging.getLogger(__name__)

_WAIT_SECONDS = 1
"""Lambda polls for 20 s; here a shorter wait lets the bridge stop quickly, at one local request a second."""


class Poller:
    """Polls one queue in a thread; up to the mapping's maximum of batches is worked on at once.

    Args:
        queue: the name people know the queue by (``to-planfix``).
        address: the queue's URL.
        mapping: batch size and concurrency from the template.
        sqs: of the emulator.
        handler: the sender.
        journal: is told what was taken and what became of it.
        gate: each poll goes in, and comes out when what it took is done with.
    """

    def __init__(
        self,
        queue: str,
        address: str,
        mapping: Mapping,
        *,
        sqs: SQSClient,
        handler: Handler,
        journal: Journal,
        gate: Gate,
    ) -> None:
        self._queue = queue
        self._address = address
        self._mapping = mapping
        self._sqs = sqs
        self._handler = handler
        self._journal = journal
        self._gate = gate
        self._timers: dict[str, float] = {}
        self.polls = 0
        """How many polls have ended. What one of them took is no longer among the `timers`."""
        self._stopping = threading.Event()
        self._free = threading.Semaphore(mapping.maximum_concurrency)
        self._workers = ThreadPoolExecutor(mapping.maximum_concurrency, thread_name_prefix=queue)
        self._thread = threading.Thread(target=self._poll, name=f"poll-{queue}", daemon=True)
        self._thread.start()

    @property
    def timers(self) -> int:
        """How many of the queue's hidden messages are timers: they wait for their time and nobody waits for them."""
        return len(self._timers)

    def is_timer_due(self, now: float) -> bool:
        """Whether the time of any of the `timers` has come: it is received at once or, as waits vary a little, soon."""
        return any(due <= now for due in list(self._timers.values()))

    def take_no_more(self) -> None:
        """Let the present poll be the last one; `stop` waits for it. So several pollers can end together."""
        self._stopping.set()

    def stop(self) -> None:
        """Take no more messages and wait for the batches at work. May be called again."""
        self.take_no_more()
        self._thread.join()
        self._workers.shutdown()

    def _poll(self) -> None:
        while not self._stopping.is_set():
            if not self._free.acquire(timeout=_WAIT_SECONDS):
                continue
            self._gate.enter()
            messages = self._receive()
            for message in messages:
                self._timers.pop(message["MessageId"], None)
            self.polls += 1
            if messages:
                self._workers.submit(self._work, messages)
            else:
                self._done()

    def _done(self) -> None:
        self._gate.leave()
        self._free.release()

    def _receive(self) -> list[MessageTypeDef]:
        try:
            return self._sqs.receive_message(
                QueueUrl=self._address,
                MaxNumberOfMessages=self._mapping.batch_size,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
        except (BotoCoreError, ClientError) as error:
            if not self._stopping.wait(_WAIT_SECONDS):
                _log.warning("Polling %s failed: %s", self._queue, error)
            return []

    def _work(self, messages: list[MessageTypeDef]) -> None:
        try:
            for message in messages:
                self._tell("sender.took", message)
            failed = self._invoke(messages)
            for message in messages:
                if message["MessageId"] in failed:
                    if (due := _due(message)) is not None:
                        self._timers[message["MessageId"]] = due
                    self._tell("sender.deferred", message)
                else:
                    self._sqs.delete_message(QueueUrl=self._address, ReceiptHandle=message["ReceiptHandle"])
                    self._tell("sender.finished", message)
        except (BotoCoreError, ClientError) as error:
            # Not deleted means delivered again, as at AWS.
            _log.warning("Deleting from %s failed: %s", self._queue, error)
        finally:
            self._done()

    def _invoke(self, messages: list[MessageTypeDef]) -> set[str]:
        """Call the sender; gives the ids of messages that stay in the queue until their visibility ends."""
        everything = {message["MessageId"] for message in messages}
        try:
            answer = self._handler({"Records": [self._record(message) for message in messages]})
        except Exception:  # noqa: BLE001 - whatever a function raises leaves the whole batch, as at AWS
            _log.exception("The sender failed on a batch of %s", self._queue)
            return everything
        failures = (answer or {}).get("batchItemFailures") or []
        identifiers = {failure.get("itemIdentifier") for failure in failures}
        # An identifier that names no message of the batch fails the whole batch (AWS: with-sqs, partial responses).
        return everything if identifiers - everything else identifiers

    def _record(self, message: MessageTypeDef) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: {
                    "stringValue": value.get("StringValue"),
                    "binaryValue": value.get("BinaryValue"),
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": value["DataType"],
                }
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._mapping.queue_arn,
            "awsRegion": REGION,
        }

    def _tell(self, kind: str, message: MessageTypeDef) -> None:
        attributes = message["Attributes"]
        self._journal.add(
            kind,
            queue=self._queue,
            message=message["MessageId"],
            group=attributes.get("MessageGroupId", ""),
            attempt=int(attributes.get("ApproximateReceiveCount", 1)),
        )


def _due(message: MessageTypeDef) -> float | None:
    """Until when (Unix seconds) a message waits that the bridge put there for later (bridge/flows/timers.py), else None."""
    try:
        body = json.loads(message["Body"])
    except ValueError:
        return None
    return float(body["due"]) if isinstance(body, dict) and body.get("kind") == "timer" else None
