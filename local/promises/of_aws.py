"""What lies in tables, queues and the bucket, as the promises want it; ``dynamodb``, ``sqs`` and ``s3`` are boto3's clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import boto3
from boto3.dynamodb.types import TypeDeserializer

from local.promises.account import Left, update_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_HIDDEN_FOR = 60
"""Seconds for which a dead letter that was looked at hides, so that the others come; then all are shown again."""


@dataclass(frozen=True)
class Stack:
    """Where the tables and the dead letters of one stack are.

    Attributes:
        connections, chats, ledger: the tables' names.
        dead: addresses of the dead-letter queues, by their names.
        bucket: its name.
    """

    dynamodb: DynamoDBClient
    sqs: SQSClient
    s3: Any
    connections: str
    chats: str
    ledger: str
    dead: Mapping[str, str]
    bucket: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The stack that the functions with these environment variables work on."""
        session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )
        address = environment["AWS_ENDPOINT_URL"]
        return cls(
            session.client("dynamodb", endpoint_url=address),
            session.client("sqs", endpoint_url=address),
            session.client("s3", endpoint_url=address),
            environment["CONNECTIONS_TABLE"],
            environment["CHATS_TABLE"],
            environment["LEDGER_TABLE"],
            {
                "to-planfix-dead": environment["TO_PLANFIX_DLQ_URL"],
                "to-telegram-dead": environment["TO_TELEGRAM_DLQ_URL"],
            },
            environment["FILES_BUCKET"],
        )


def rows(dynamodb: DynamoDBClient, table: str) -> list[dict[str, Any]]:
    """Every row of a table in plain values. A scan: for whoever looks at the end, never for a message."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [_plain(item) for page in pages for item in page["Items"]]


def letters(sqs: SQSClient, address: str) -> list[dict[str, Any]]:
    """The bodies of a dead-letter queue's messages; they stay there."""
    found: list[dict[str, Any]] = []
    seen: list[str] = []
    while got := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_FOR).get(
        "Messages", []
    ):
        found += [json.loads(one["Body"]) for one in got]
        seen += [one["ReceiptHandle"] for one in got]
    for handle in seen:
        sqs.change_message_visibility(QueueUrl=address, ReceiptHandle=handle, VisibilityTimeout=0)
    return found


def kept_words(stack: Stack) -> list[tuple[str, int]]:
    """Host and number of the answers whose words the bucket keeps (bridge/routes/chat_api/kept_words.py)."""
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack.bucket, Prefix="words/")
    keys = [one["Key"].split("/") for page in pages for one in page.get("Contents", ())]
    return [(host, int(number)) for _, host, number in keys]


def left_in(queue: str, bodies: list[dict[str, Any]]) -> list[Left]:
    """Messages of a queue that still lie there."""
    return [Left(queue, json.dumps(body, ensure_ascii=False), update_of(body)) for body in bodies]


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    read = TypeDeserializer().deserialize
    return {name: _number(read(value)) for name, value in item.items()}


def _number(value: Any) -> Any:
    """DynamoDB's numbers come as Decimal."""
    if isinstance(value, dict):
        return {name: _number(one) for name, one in value.items()}
    if isinstance(value, (list, set)):
        return [_number(one) for one in value]
    is_number = type(value).__name__ == "Decimal"
    return value if not is_number else int(value) if value == int(value) else float(value)
