"""One deployment of the bridge in AWS: its settings, tables, queues and addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
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

    @property
    def stack(self) -> str:
        return self._options.stack

    @cached_property
    def store(self) -> Store:
        return Store(self._client("ssm"), self.stack)

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

    def address(self, name: str, alias: str) -> str:
        """A webhook's address with the integration filled in."""
        return self.output(name).replace("{integration}", alias)

    def connections(self, table: str | None) -> Connections:
        """The connections table, by its name or as the stack names it."""
        return Connections(Table(self._client("dynamodb"), table or self.output(CONNECTIONS_TABLE)))

    def chats(self, table: str | None) -> Chats:
        """The chats table, by its name or as the stack names it."""
        return Chats(Table(self._client("dynamodb"), table or self.output(CHATS_TABLE)))

    def waiting(self, unix_time: Callable[[], float]) -> Waiting:
        """What waits, in the connections table."""
        return Waiting(Table(self._client("dynamodb"), self.output(CONNECTIONS_TABLE)), unix_time)

    def queue(self, url: str) -> Queue:
        """A queue by its address."""
        return Queue(self._client("sqs"), url)

    @cached_property
    def _outputs(self) -> dict[str, str]:
        with self._screen.progress(say("reading_stack", stack=self.stack)):
            stacks = self._client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}
        if outputs.get(SETTINGS_PREFIX, f"/{self.stack}") != f"/{self.stack}":
            # what we write the functions would never read
            raise Problem("prefix_differs", stack=self.stack, prefix=outputs[SETTINGS_PREFIX])
        return outputs

    @cached_property
    def _session(self) -> boto3.Session:
        return self._make_session(profile_name=self._options.profile, region_name=self._options.region)

    def _client(self, service: Any) -> Any:
        return self._session.client(service, endpoint_url=self._options.endpoint_url, config=_NETWORK)
