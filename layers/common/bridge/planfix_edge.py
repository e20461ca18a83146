"""Composition root of Planfix's webhook, once a container. No pydantic, no httpx, as in edge.py."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from bridge.aws.bucket import Bucket
from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.clock import unix_time
from bridge.doors.chat import ChatDoor
from bridge.doors.file import FileDoor
from bridge.doors.scenario import ScenarioDoor
from bridge.edge import AWS, make_lock, make_queue
from bridge.http_api import Request
from bridge.journal import Journal
from bridge.logs import make_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.counts import Counts

FILES: Final = AWS.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
"""Links of S3's own to what is encrypted by KMS must be signed so, and lead to the bucket's region: in old regions boto3 would sign
in the older way, which S3 refuses for such objects, and elsewhere name an address from which a new bucket is only redirected."""

Accept = Callable[[Request], dict[str, Any]]


def make_planfix_doors(counts: Counts, environment: Mapping[str, str] = os.environ) -> dict[str, Accept]:
    """The doors for Planfix, by API Gateway's route keys (template.yaml): scenarios, its API for chats, files that it fetches."""
    journal = Journal(make_logger(), counts)
    lock, queue = make_lock(environment, journal), make_queue(environment["TO_TELEGRAM_QUEUE_URL"])
    chats = Chats(Table(boto3.client("dynamodb", config=AWS), environment["CHATS_TABLE"]))
    bucket = Bucket(lambda: boto3.client("s3", config=FILES), environment["FILES_BUCKET"])
    scenarios = ScenarioDoor(
        lock, queue, chats=chats, clock=unix_time, new_id=lambda: uuid.uuid4().hex, journal=journal
    )
    return {
        "POST /planfix/{integration}/comment": scenarios.accept,
        "POST /planfix/{integration}/chat": ChatDoor(lock, queue, chats, unix_time, journal).accept,
        "GET /files/{integration}/{signed}": FileDoor(lock, bucket, unix_time, journal).accept,
    }
