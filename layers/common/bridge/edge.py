"""Composition root of Telegram's webhook, and what Planfix's (planfix_edge.py) shares with it, once a container.

No pydantic, no httpx, and nothing of the other one: a cold start is paid by a waiting caller.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from bridge.aws.parameters import Parameters
from bridge.aws.queues import Queue
from bridge.clock import unix_time
from bridge.counts import Counts
from bridge.doors.lock import Lock
from bridge.doors.telegram import TelegramDoor
from bridge.journal import Journal
from bridge.logs import make_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

AWS: Final = Config(connect_timeout=1, read_timeout=1.2, retries={"mode": "standard", "total_max_attempts": 2})
"""A door has 15 s (template.yaml): two attempts and a pause of up to a second at each of SSM, DynamoDB and SQS must fit
(3 x 3.4 s when they are slow to answer), then 503 is said and the request is repeated."""


def make_telegram_door(counts: Counts, environment: Mapping[str, str] = os.environ) -> TelegramDoor:
    """The door for Telegram's updates."""
    journal = Journal(make_logger(), counts)
    return TelegramDoor(
        make_lock(environment, journal), make_queue(environment["TO_PLANFIX_QUEUE_URL"]), unix_time, journal
    )


def make_lock(environment: Mapping[str, str], journal: Journal) -> Lock:
    """Who is let in, by what SSM holds."""
    return Lock(Parameters(boto3.client("ssm", config=AWS), environment["STACK"], unix_time), journal)


def make_queue(url: str) -> Queue:
    """The queue at this address."""
    return Queue(boto3.client("sqs", config=AWS), url)
