"""One deployment of the bridge in AWS: its settings, tables, queues and addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from bridge.aws.chats import Chats
from bridge.aws.connections import Connections
from bridge.aws.dynamodb import Table
from bridge.aws.queues import Queue
from bridge.aws.waiting import Waiting
from planfix_telegram.global_options import GlobalOptions
from planfix_telegram.problem import Problem
from planfix_telegram.screen import Screen
from planfix_telegram.store import Store, Stored
from planfix_telegram.texts import say

if TYPE_CHECKING:
    import boto3

TELEGRAM_ADDRESS = "TelegramWebhookUrl"
PLANFIX_ADDRESS = "PlanfixWebhookUrl"
CONNECTIONS_TABLE = "ConnectionsTableName"
CHATS_TABLE = "ChatsTableName"
TO_PLANFIX_QUEUE = "ToPlanfixQueueUrl"
TO_PLANFIX_DLQ = "ToPlanfixDlqUrl"
TO_TELEGRAM_QUEUE = "ToTelegramQueueUrl"
TO_TELEGRAM_DLQ = "ToTelegramDlqUrl"
SETTINGS_PREFIX = "SettingsPrefix"
VERSION = "Version"
"""Outputs of template.yaml."""

_NETWORK = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5, read_timeout=20)
"""A person waits: an address that does not answer is said within half a minute."""


class Deployment:
    """The stack that the global options name; AWS is asked when something is first needed.

    Args:
        options: which one.
        session: makes a session of AWS, as `boto3.Session` does.
        screen: says what is waited for.
    """

    def __init__(self, options: GlobalOptions, session: Callable[..., boto3.Session], screen: Screen) -> None:
        self._options = options
        self._make_session = session
        self._screen = screen
        self._lock = Lock()
        self._clients: dict[str, Any] = {}

    @property
    def stack(self) -> str:
        return self._options.stack

    @property
    def region(self) -> str:
        """The region that is looked in."""
        return str(self.client("cloudformation").meta.region_name)

    @cached_property
    def store(self) -> Store:
        return Store(self.client("ssm"), self.stack)

    def load(self, alias: str) -> Stored:
        """An integration as it is stored, with a word while it is read; raises Problem when there is none of that name."""
        with self._screen.progress(say("reading")):
            return self.store.load(alias)

    def output(self, name: str) -> str:
        """A deployed address or name.

        Raises:
            Problem: the stack does not have it.
        """
        if name not in self._outputs:
            raise Problem("output_missing", stack=self.stack, name=name)
        return self._outputs[name]

    def address(self, name: str, alias: str, given: str | None = None) -> str:
        """A webhook's address with the integration filled in; ``given`` by an option, or as the stack says."""
        return (given or self.output(name)).replace("{integration}", alias)

    def chat_address(self, alias: str, given: str | None = None) -> str:
        """What to enter in the windows of an integration's chats: the neighbour of the scenarios' door (template.yaml)."""
        return self.address(PLANFIX_ADDRESS, alias, given).removesuffix("/comment").removesuffix("/chat") + "/chat"

    def connections(self, table: str | None) -> Connections:
        """The connections table, by its name or as the stack names it."""
        return Connections(Table(self.client("dynamodb"), table or self.output(CONNECTIONS_TABLE)))

    def chats(self, table: str | None) -> Chats:
        """The chats table, by its name or as the stack names it."""
        return Chats(Table(self.client("dynamodb"), table or self.output(CHATS_TABLE)))

    def waiting(self, unix_time: Callable[[], float]) -> Waiting:
        """What waits, in the connections table."""
        return Waiting(Table(self.client("dynamodb"), self.output(CONNECTIONS_TABLE)), unix_time)

    def queue(self, url: str) -> Queue:
        """A queue by its address."""
        return Queue(self.client("sqs"), url)

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The stack as CloudFormation describes it (`Stack` of DescribeStacks), with the answer's ``date``.

        Raises:
            Problem: it is not in this region.
        """
        client = self.client("cloudformation")
        with self._screen.progress(say("reading_stack", stack=self.stack)):
            try:
                answer = client.describe_stacks(StackName=self.stack)
            except client.exceptions.ClientError as error:
                if error.response["Error"].get("Code") != "ValidationError":
                    raise
                known = ", ".join(self._bridges_here()) or "-"
                raise Problem("stack_missing", stack=self.stack, region=self.region, known=known) from None
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return {**answer["Stacks"][0], "date": headers.get("date", "")}

    def _bridges_here(self) -> list[str]:
        """Other stacks of this region that are bridges, by the output that only they have."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        return sorted(
            stack["StackName"]
            for page in pages
            for stack in page["Stacks"]
            if any(one["OutputKey"] == SETTINGS_PREFIX for one in stack.get("Outputs", []))
        )

    @cached_property
    def resources(self) -> dict[str, str]:
        """What the stack made: physical ids by the template's names, without what is gone."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
            if one.get("PhysicalResourceId") and one["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def find_output(self, name: str) -> str:
        """A deployed address or name; empty where the stack does not have it."""
        return self._outputs.get(name, "")

    @cached_property
    def _outputs(self) -> dict[str, str]:
        outputs = {one["OutputKey"]: one["OutputValue"] for one in self.described.get("Outputs", [])}
        if outputs.get(SETTINGS_PREFIX, f"/{self.stack}") != f"/{self.stack}":
            # what we write the functions would never read
            raise Problem("prefix_differs", stack=self.stack, prefix=outputs[SETTINGS_PREFIX])
        return outputs

    @cached_property
    def _session(self) -> boto3.Session:
        return self._make_session(profile_name=self._options.profile, region_name=self._options.region)

    def client(self, service: Any) -> Any:
        """A client of an AWS service, the same for every caller."""
        with self._lock:  # a session makes one client at a time (boto3 guide, "Session", multithreading)
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service, endpoint_url=self._options.endpoint_url, config=_NETWORK
                )
            return self._clients[service]
