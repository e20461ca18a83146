"""Both queues: every record to its journey; what must wait goes back and holds its followers."""

from __future__ import annotations

from typing import Any, Protocol

from bridge.flows.batch import carry_batch
from bridge.runtime import Runtime

RUNTIME = Runtime.from_environment()


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Lambda's entry point: an SQS batch, answered by ReportBatchItemFailures."""
    with RUNTIME.invocation(context.get_remaining_time_in_millis) as worker:
        kept = carry_batch(worker, event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in kept]}
