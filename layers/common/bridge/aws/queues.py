"""The two FIFO queues: what is put on them, as ASCII JSON (SQS refuses some characters; escaped, every one passes)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Reason, Refused, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAX_BYTES: Final = 1_048_576
"""SQS takes at most 1 MiB a message (since 2025-08)."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One FIFO queue."""

    client: SQSClient
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def hide(self, receipt_handles: Sequence[str], seconds: float) -> list[str]:
        """Make received messages (at most ten) invisible for so long; returns what went wrong.

        Nothing is raised: what could not be put off comes back after the queue's own visibility timeout.
        """
        try:
            answer = self.client.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": math.ceil(seconds)}
                    for number, handle in enumerate(receipt_handles)
                ],
            )
        except Exception as error:  # noqa: BLE001 - what else the batch did must still be reported as done
            return [type(error).__name__]
        return [failed["Code"] for failed in answer.get("Failed", [])]

    def put(self, body: dict[str, Any], *, group: str, deduplication_id: str) -> None:
        """Send a message.

        Raises:
            TooBig: SQS can never take it.
            RetryLater: SQS does not take it now.
        """
        text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
        if len(text) > MAX_BYTES:
            raise TooBig(Reason.BRIDGE_FAULT, f"{len(text)} bytes")
        try:
            self.client.send_message(
                QueueUrl=self.url, MessageBody=text, MessageGroupId=group, MessageDeduplicationId=deduplication_id
            )
        except Exception as error:  # noqa: BLE001 - whatever fails here, the sender of the request must repeat it
            raise RetryLater(5.0, Reason.SERVICE_DOWN, f"SQS: {type(error).__name__}") from None


class TooBig(Refused):
    """SQS can never take this message."""
