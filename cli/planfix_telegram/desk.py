"""What a command works with: the screen, the deployment in AWS, Telegram and Planfix."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import httpx
from botocore.config import Config

from bridge.aws.chats import Chats
from bridge.aws.connections import Connections
from bridge.aws.dynamodb import Table
from bridge.aws.queues import Queue
from bridge.aws.waiting import Waiting
from bridge.errors import BridgeError, Reason, RetryLater
from bridge.planfix.rest import PlanfixRest
from bridge.settings import PlanfixSettings
from bridge.telegram.client import BotApi
from planfix_telegram.failures import explain_service
from planfix_telegram.pace import LocalPace
from planfix_telegram.problem import Problem
from planfix_telegram.screen import Screen, Terminal
from planfix_telegram.store import Store
from planfix_telegram.texts import say

if TYPE_CHECKING:
    import typer

    from planfix_telegram.main import Where

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

SECRET_BYTES = 32
"""Random bytes of a generated secret: 43 letters that both webhooks' rules allow."""

_NETWORK = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5, read_timeout=20)
"""A person waits: an address that does not answer is said within half a minute."""


PATIENCE = 5
"""How often a call is repeated that its service was too busy for."""
BUSY = {Reason.PLANFIX_QUOTA, Reason.TOO_MANY_REQUESTS}
LONGEST_BUSY_WAIT = 15.0
"""Seconds that a person waits for a limit a second or a minute long; a daily one is further away than that."""

T = TypeVar("T")


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the command reaches outside itself; tests give their own."""

    terminal: Terminal = field(default_factory=Terminal)
    http: Callable[[], httpx.Client] = httpx.Client
    aws: Callable[..., boto3.Session] = boto3.Session
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    new_secret: Callable[[], str] = _new_secret
    unix_time: Callable[[], float] = time.time
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex


class Desk:
    """One run's belongings, each made when it is first needed."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self.outside = where.outside or Outside()
        self.screen = Screen(self.outside.terminal)
        self._paces: dict[str, LocalPace] = {}

    @classmethod
    def of(cls, ctx: typer.Context) -> Desk:
        """The desk of this call; what it opened is closed with it."""
        desk = cls(ctx.obj)
        ctx.call_on_close(desk.close)
        return desk

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    # -- AWS

    @property
    def stack(self) -> str:
        return self._where.stack

    @cached_property
    def store(self) -> Store:
        return Store(self._client("ssm"), self.stack)

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

    def waiting(self) -> Waiting:
        """What waits, in the connections table."""
        return Waiting(Table(self._client("dynamodb"), self.output(CONNECTIONS_TABLE)), self.outside.unix_time)

    def queue(self, url: str) -> Queue:
        """A queue by its address."""
        return Queue(self._client("sqs"), url)

    @cached_property
    def _outputs(self) -> dict[str, str]:
        with self.screen.progress(say("reading_stack", stack=self.stack)):
            stacks = self._client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}
        if outputs.get(SETTINGS_PREFIX, f"/{self.stack}") != f"/{self.stack}":
            # what we write the functions would never read
            raise Problem("prefix_differs", stack=self.stack, prefix=outputs[SETTINGS_PREFIX])
        return outputs

    @cached_property
    def _session(self) -> boto3.Session:
        return self.outside.aws(profile_name=self._where.profile, region_name=self._where.region)

    def _client(self, service: Any) -> Any:
        return self._session.client(service, endpoint_url=self._where.endpoint_url, config=_NETWORK)

    # -- Telegram and Planfix

    @cached_property
    def _http(self) -> httpx.Client:
        return self.outside.http()

    def ask(self, service: str, sentence: str, call: Callable[[], T]) -> T:
        """Call Telegram or Planfix, again when it is only busy: the bridge may use up the same limit at the moment.

        Args:
            service: its address, for the sentence when it fails.
            sentence: shown while it runs.
            call: may be repeated: what it did before it was refused, it does again.

        Raises:
            Problem: it refuses, cannot be reached, or stays busy.
        """
        with self.screen.progress(sentence):
            try:
                for _ in range(PATIENCE):
                    try:
                        return call()
                    except RetryLater as later:
                        if later.reason not in BUSY or later.after > LONGEST_BUSY_WAIT:
                            raise
                        self.outside.sleep(later.after)
                return call()
            except BridgeError as error:
                raise explain_service(error, service) from None

    def bot(self, api_url: str, token: str) -> BotApi:
        return BotApi(self._http, api_url, token)

    def planfix(self, account: PlanfixSettings, token: str) -> PlanfixRest:
        if account.host not in self._paces:
            self._paces[account.host] = LocalPace(account.requests_per_second, self.outside.clock, self.outside.sleep)
        return PlanfixRest(self._http, account.account_url, token, self._paces[account.host])
