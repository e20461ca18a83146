"""Creates in the emulator what template.yaml describes: tables, queues, the bucket, parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from bridge.aws.parameters import secrets_names
from bridge.settings import to_parameter, to_secret_parameters
from local.emulator import ACCOUNT, REGION, ROOT_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from bridge.settings import Secrets, Settings
    from local.template import Template

STACK = "local"

PARAMETERS = {
    "Stack": STACK,
    "Stage": STACK,
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "Api": STACK,  # made by nobody: the gateway here is a server of our own
}


def connection_environment(endpoint: str) -> dict[str, str]:
    """What makes every AWS client of this process talk to the emulator, and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


class Buckets(Protocol):
    """What is asked of boto3's client of S3."""

    def create_bucket(self, *, Bucket: str) -> Any: ...  # noqa: N803 - boto3's name


@dataclass(frozen=True, slots=True)
class Clients:
    """The emulator's own clients of this house; the handlers make theirs."""

    dynamodb: DynamoDBClient
    sqs: SQSClient
    ssm: SSMClient
    s3: Buckets


def connect(endpoint: str) -> Clients:
    """Clients of the emulator at this address. Loopback, so nothing is retried and no proxy is asked."""
    session = boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION)
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1}, max_pool_connections=50, proxies={}, read_timeout=30
    )
    return Clients(
        dynamodb=session.client("dynamodb", endpoint_url=endpoint, config=config),
        sqs=session.client("sqs", endpoint_url=endpoint, config=config),
        ssm=session.client("ssm", endpoint_url=endpoint, config=config),
        s3=session.client("s3", endpoint_url=endpoint, config=config),
    )


def create_tables(template: Template, dynamodb: DynamoDBClient) -> None:
    """Create the tables and tell the template their names."""
    for logical_id, properties in template.of_type("AWS::DynamoDB::Table").items():
        name = str(template.resolve(properties.get("TableName", f"{STACK}-{logical_id}")))
        dynamodb.create_table(
            TableName=name,
            KeySchema=properties["KeySchema"],
            AttributeDefinitions=properties["AttributeDefinitions"],
            BillingMode="PAY_PER_REQUEST",
        )
        if "TimeToLiveSpecification" in properties:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
        template.bind(logical_id, name, Arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")


def create_queues(template: Template, sqs: SQSClient) -> dict[str, str]:
    """Create the queues, those that others name as their DLQ first.

    Returns:
        Address of each queue by its ARN.
    """
    addresses = {}
    queues = template.of_type("AWS::SQS::Queue")
    for logical_id in sorted(queues, key=lambda queue: "RedrivePolicy" in queues[queue]):
        properties = dict(queues[logical_id])
        name = str(template.resolve(properties.pop("QueueName", f"{STACK}-{logical_id}.fifo")))
        properties.pop("Tags", None)
        attributes = {key: _attribute(template.resolve(value)) for key, value in properties.items()}
        address = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        template.bind(logical_id, address, Arn=arn, QueueName=name, QueueUrl=address)
        addresses[arn] = address
    return addresses


def create_buckets(template: Template, s3: Buckets) -> None:
    """Create the buckets and tell the template their names."""
    for logical_id, properties in template.of_type("AWS::S3::Bucket").items():
        name = str(template.resolve(properties.get("BucketName", f"{STACK}-{logical_id.lower()}")))
        s3.create_bucket(Bucket=name)
        template.bind(logical_id, name, Arn=f"arn:aws:s3:::{name}")


def _attribute(value: object) -> str:
    """A queue attribute as SQS takes it: always text."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


def put_parameters(ssm: SSMClient, integrations: Mapping[str, tuple[Settings, Secrets]]) -> None:
    """Store each integration under the names of design section 3."""
    for alias, (settings, secrets) in integrations.items():
        ssm.put_parameter(
            Name=f"/{STACK}/{alias}/settings", Value=to_parameter(settings), Type="String", Overwrite=True
        )
        for name, text in zip(secrets_names(STACK, alias), to_secret_parameters(secrets), strict=False):
            ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
