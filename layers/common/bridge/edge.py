"""Composition root of the two webhooks, once a container. No pydantic, no httpx: a cold start is paid by a waiting caller."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from bridge import clock
from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.aws.parameters import Parameters
from bridge.aws.queues import Queue
from bridge.counts import Counts
from bridge.flows.doors import Door
from bridge.logs import make_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

AWS: Final = Config(connect_timeout=1, read_timeout=1.2, retries={"mode": "standard", "total_max_attempts": 2})
"""A door has 15 s (template.yaml): two attempts and a pause of up to a second at each of SSM, DynamoDB and SQS must fit
(3 x 3.4 s when they are slow to answer), then 503 is said and the request is repeated."""


def make_door(counts: Counts, queue_variable: str, environment: Mapping[str, str] = os.environ) -> Door:
    """A door that puts what it accepts on the queue named by this environment variable."""
    return Door(
        parameters=Parameters(boto3.client("ssm", config=AWS), environment["STACK"], clock.unix_time),
        queue=Queue(boto3.client("sqs", config=AWS), environment[queue_variable]),
        clock=clock.unix_time,
        new_id=lambda: uuid.uuid4().hex,
        count=counts,
        log=make_logger(),
    )


def make_chats(environment: Mapping[str, str] = os.environ) -> Chats:
    """The chats table, for resolving a task to its chat."""
    return Chats(Table(boto3.client("dynamodb", config=AWS), environment["CHATS_TABLE"]))
