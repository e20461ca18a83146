"""The stack in AWS, as `sam deploy` makes it of the built template; AWS is an emulator that enforces IAM."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.emulator import REGION, ROOT_KEY, Emulator
from local.promises.of_aws import Stack

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
SAM = ROOT / ".venv-sam" / "bin" / "sam"
COMMAND = Path(sys.executable).with_name("planfix-telegram")
BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"

STACK = "planfix-telegram"
"""The stack's name in samconfig.toml, and the default of the template's parameter of that name."""

DENIED = re.compile(r"AccessDenied|ClientError|not authorized|unexpected error|Traceback|Task timed out|\[ERROR\]")
"""What a function's log shows of a refused AWS call, raised or told by its type, and of any other crash."""

_TIMERS = ("timer", "check_account")
"""Kinds of messages that wait for their time; an account that changed again is looked at later."""

OF_MINISTACK = "in-the-words-of-the-emulator"
"""The policy that only the emulator needs."""

QUEUES = {"to-planfix": "ToPlanfixQueueUrl", "to-telegram": "ToTelegramQueueUrl"}
DEAD_LETTERS = {"to-planfix": "ToPlanfixDlqUrl", "to-telegram": "ToTelegramDlqUrl"}
"""The stack's outputs by the names that people use."""


class Cloud:
    """What was deployed, and a look into it with the rights of root.

    Args:
        endpoint: of the emulator.
        outputs: of the stack.
        physical: names of the stack's resources by logical id.

    Attributes:
        url: where the stack's API is on this machine.
        address: where it would be at AWS, as the stack itself says.
        letters_seen: the dead letters that `letters` showed, redriven ones too.
    """

    def __init__(self, endpoint: str, outputs: Mapping[str, str], physical: Mapping[str, str]) -> None:
        self.endpoint = endpoint
        self.outputs = outputs
        self.physical = physical
        self.url = f"{endpoint}/_aws/execute-api/{physical['Api']}/$default"
        self.address = outputs["TelegramWebhookUrl"].removesuffix("/telegram/{integration}")
        self._sqs, self._logs = client(endpoint, "sqs"), client(endpoint, "logs")
        self.letters_seen: list[dict[str, Any]] = []
        self._complaints_seen = 0

    def depth(self, queue: str) -> tuple[int, int]:
        """How many messages of a queue can be received, and how many are hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = self.outputs[QUEUES[queue]]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def put(self, queue: str, body: Mapping[str, Any], *, group: str, deduplication_id: str) -> None:
        """Put a message on a queue."""
        self._sqs.send_message(
            QueueUrl=self.outputs[QUEUES[queue]],
            MessageBody=json.dumps(body),
            MessageGroupId=group,
            MessageDeduplicationId=deduplication_id,
        )

    def letters(self, queue: str) -> list[dict[str, Any]]:
        """What lies in a queue's DLQ; it stays there."""
        url = self.outputs[DEAD_LETTERS[queue]]
        got = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        found = [json.loads(one["Body"]) for one in got.get("Messages", [])]
        self.letters_seen += found
        return found

    @property
    def stack(self) -> Stack:
        """Its tables and dead letters, for whoever looks at the end."""
        names = (self.outputs[f"{table}TableName"] for table in ("Connections", "Chats", "Ledger"))
        dead = {queue: self.outputs[output] for queue, output in DEAD_LETTERS.items()}
        dynamodb, s3 = client(self.endpoint, "dynamodb"), client(self.endpoint, "s3")
        return Stack(dynamodb, self._sqs, s3, *names, dead, self.physical["FilesBucket"])

    def command(self, *arguments: str, may_fail: bool = False) -> str:
        """What `planfix-telegram` answers the admin of this stack; ``may_fail``: exit code 1 is an answer too."""
        done = subprocess.run(  # noqa: S603 - our own command
            [COMMAND, *arguments],
            env=environment(self.endpoint),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in ({0, 1} if may_fail else {0}), done.stderr
        return done.stdout

    @contextmanager
    def denied(self, role: str, action: str) -> Iterator[None]:
        """Meanwhile a role (by its logical id) may not do this."""
        iam, name = client(self.endpoint, "iam"), self.physical[role]
        document = json.dumps(policy("Deny", action))
        iam.put_role_policy(RoleName=name, PolicyName="denied-by-a-test", PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=name, PolicyName="denied-by-a-test")

    def new_complaints(self) -> list[str]:
        """Lines of the functions' logs about refused calls and crashes, each told once."""
        found = [line for line in self.log() if DENIED.search(line)]
        new, self._complaints_seen = found[self._complaints_seen :], len(found)
        return new

    def timers(self) -> int:
        """How many timers lie hidden in the queue to Telegram: they wait for their time and nobody waits for them."""
        hidden_until = {}
        for at, line in self._events():
            if '"message":"put off"' in line and any(f'"kind":"{kind}"' in line for kind in _TIMERS):
                told = json.loads(line)
                hidden_until[told["group"]] = at + told["seconds"]
        return sum(until > time.time() for until in hidden_until.values())

    def log(self) -> list[str]:
        """All lines of the functions' logs, the oldest first."""
        return [line for _, line in self._events()]

    def _events(self) -> list[tuple[float, str]]:
        events = []
        for name, group in sorted(self.physical.items()):
            if name.endswith("LogGroup") and name != "ApiLogGroup":
                pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=group)
                events += [(one["timestamp"] / 1000, one["message"]) for page in pages for one in page["events"]]
        return sorted(events, key=lambda event: event[0])


def client(endpoint: str, service: str, key: tuple[str, str] = (ROOT_KEY, ROOT_KEY)) -> Any:
    """A client of the emulator; without retries, for it is on this machine."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={}, read_timeout=30)
    session = boto3.Session(aws_access_key_id=key[0], aws_secret_access_key=key[1], region_name=REGION)
    return session.client(service, endpoint_url=endpoint, config=config)


def environment(endpoint: str) -> dict[str, str]:
    """The whole environment of a command that works on the emulator as root, and can reach no other AWS."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def policy(effect: str, action: str, resource: str = "*") -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}


@contextmanager
def deployed(figures: dict[str, float]) -> Iterator[Cloud]:
    """The built template, deployed; everything ends with the context, and with this process.

    Args:
        figures: is told how long it took (s).
    """
    for needed in (PYTHON, SAM, BUILT):
        if not needed.exists():
            pytest.fail(
                f"{needed.relative_to(ROOT)} is missing: `make e2e` makes it and runs these tests.", pytrace=False
            )
    begin = time.monotonic()
    # All services, and IAM enforced.
    with Emulator(PYTHON, {"SERVICES": "", "AUTH": "true"}) as emulator:
        figures["start the emulator"] = time.monotonic() - begin
        begin = time.monotonic()
        with TemporaryDirectory() as home:
            _sam_deploy(emulator.url, home)
        cloud = _described(emulator.url)
        _add_routes(cloud)
        _repeat_permissions_for_ministack(cloud)
        _let_plain_http_in(cloud)
        figures["deploy"] = time.monotonic() - begin
        yield cloud


def _sam_deploy(endpoint: str, home: str) -> None:
    # A home of its own: nobody's AWS configuration is read.
    variables = {**environment(endpoint), "HOME": home, "SAM_CLI_TELEMETRY": "0"}
    command = [SAM, "deploy", "--no-confirm-changeset", "--parameter-overrides", "Architecture=x86_64"]
    done = subprocess.run(  # noqa: S603 - our own SAM and template
        command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"sam deploy failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}", pytrace=False)


def _described(endpoint: str) -> Cloud:
    cloudformation = client(endpoint, "cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Cloud(endpoint, outputs, {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources})


def _add_routes(cloud: Cloud) -> None:
    """Ministack's CloudFormation skips an HTTP API's OpenAPI body, in which SAM writes the routes (1.5.33)."""
    template = client(cloud.endpoint, "cloudformation").get_template(StackName=STACK, TemplateStage="Processed")
    body = template["TemplateBody"]
    document = json.loads(body) if isinstance(body, str) else body
    gateway, functions = client(cloud.endpoint, "apigatewayv2"), client(cloud.endpoint, "lambda")
    api = cloud.physical["Api"]
    for path, methods in document["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            integration = operation["x-amazon-apigateway-integration"]
            [name] = re.findall(r"\$\{(\w+)\.Arn\}", json.dumps(integration["uri"]))
            arn = functions.get_function(FunctionName=cloud.physical[name])["Configuration"]["FunctionArn"]
            made = gateway.create_integration(
                ApiId=api,
                IntegrationType="AWS_PROXY",
                IntegrationUri=arn,
                PayloadFormatVersion=integration["payloadFormatVersion"],
            )
            target = f"integrations/{made['IntegrationId']}"
            gateway.create_route(ApiId=api, RouteKey=f"{method.upper()} {path}", Target=target)


def _repeat_permissions_for_ministack(cloud: Cloud) -> None:
    """Say each role's own permissions once more in the words that ministack (1.5.33) understands; none is added.

    AWS authorizes ssm:GetParameters on each parameter, ministack on ``*``. AWS authorizes a batch of SQS by the single
    action and knows no other (Service Authorization Reference), ministack by the batch's own name.
    """
    iam = client(cloud.endpoint, "iam")
    for name, role in cloud.physical.items():
        if name.endswith("Role"):
            [own] = iam.list_role_policies(RoleName=role)["PolicyNames"]
            document = iam.get_role_policy(RoleName=role, PolicyName=own)["PolicyDocument"]
            repeated = {**document, "Statement": [_for_ministack(one) for one in document["Statement"]]}
            iam.put_role_policy(RoleName=role, PolicyName=OF_MINISTACK, PolicyDocument=json.dumps(repeated))


def _let_plain_http_in(cloud: Cloud) -> None:
    """The bucket's policy does nothing but refuse plain HTTP, and the emulator speaks no other."""
    client(cloud.endpoint, "s3").delete_bucket_policy(Bucket=cloud.physical["FilesBucket"])


def _for_ministack(statement: Mapping[str, Any]) -> dict[str, Any]:
    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    if "ssm:GetParameters" in actions:
        return {**statement, "Action": ["ssm:GetParameters"], "Resource": "*"}
    return {**statement, "Action": [f"{action}Batch" if action.startswith("sqs:") else action for action in actions]}
