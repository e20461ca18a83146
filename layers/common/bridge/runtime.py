"""Composition root of the sender, once a container: clients, tables, queues, and the integrations put together from settings."""

from __future__ import annotations

import contextvars
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
import httpx
from botocore.config import Config
from pydantic import ValidationError

from bridge import clock
from bridge.aws.bucket import Bucket
from bridge.aws.chats import Chats
from bridge.aws.connections import Connections
from bridge.aws.dynamodb import Table
from bridge.aws.ledger import Ledger
from bridge.aws.pacer import Pacer
from bridge.aws.parameters import REREAD, Parameters, RawIntegration
from bridge.aws.queues import Queue, TooBig
from bridge.aws.waiting import Waiting
from bridge.clock import Clock
from bridge.counts import Counts
from bridge.effects import Effects
from bridge.errors import BridgeError, Misconfigured, Reason
from bridge.flows.integration import Integration
from bridge.logs import make_logger
from bridge.model import Log
from bridge.parts import Parts
from bridge.planfix.chat_api import ChatApi
from bridge.planfix.chat_ids import provider_id_of
from bridge.planfix.linked_files import LinkedFiles
from bridge.planfix.redirects import Redirects, Resolve, addresses_of
from bridge.planfix.rest import PAGE, PlanfixRest
from bridge.queued import Queued, as_json
from bridge.routes.chat_api.compose import ChatParts, chat_route
from bridge.routes.rest.compose import rest_route
from bridge.routes.switched import SwitchedRoute
from bridge.secret_keys import digest
from bridge.settings import Secrets, Settings, parse_secrets, parse_settings
from bridge.telegram.client import BotApi
from bridge.telegram.updates import envelope
from bridge.texts import Texts
from bridge.turn import Turn

if TYPE_CHECKING:
    from bridge.routes.port import Route

AWS: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})

BOT_CALLS_PER_SECOND: Final = 30.0
"""About 30 messages a second in all (core.telegram.org/bots/faq, "My bot is hitting limits")."""

_time_left: contextvars.ContextVar[Callable[[], float]] = contextvars.ContextVar("time_left")
_turn: contextvars.ContextVar[Turn] = contextvars.ContextVar("turn")


@dataclass
class Runtime:
    """What the sender works with; tests put fakes into any of these places.

    Attributes:
        parameters: settings and secrets by alias.
        connections: the connections table.
        chats: the chats table.
        ledger: the ledger table.
        dead_letters: the dead-letter queue of each queue, by the queue's name.
        queues: each queue by its name.
        to_telegram: the name of the queue to Telegram.
        http: the one HTTP client.
        bucket: files on their way to Planfix, and words of answers that wait.
        public_url: of our own API.
        clock: Unix seconds.
        sleep: waits seconds.
        monotonic: seconds, for the time that a file may take.
        new_id: a fresh deduplication id.
        resolve: names of hosts to addresses, for files that Planfix keeps elsewhere.
        jitter: a factor near 1, so that what failed together does not return together.
        page: how many elements of a Planfix list are asked for at once.
    """

    parameters: Parameters
    connections: Connections
    waiting: Waiting
    chats: Chats
    ledger: Table
    queues: Mapping[str, Queue]
    dead_letters: Mapping[str, Queue]
    to_telegram: str
    http: httpx.Client
    bucket: Bucket
    public_url: str
    log: Log
    count: Counts
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    resolve: Resolve = addresses_of
    jitter: Callable[[], float] = lambda: random.uniform(1.0, 1.2)  # noqa: S311 - spreads retries, hides nothing
    page: int = PAGE
    _built: dict[str, tuple[RawIntegration, Integration]] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Runtime:
        """The real one, from the function's environment variables (template.yaml)."""
        now = clock.unix_time
        dynamodb, sqs = boto3.client("dynamodb", config=AWS), boto3.client("sqs", config=AWS)
        queues = [Queue(sqs, environment[name]) for name in ("TO_PLANFIX_QUEUE_URL", "TO_TELEGRAM_QUEUE_URL")]
        dead = [Queue(sqs, environment[name]) for name in ("TO_PLANFIX_DLQ_URL", "TO_TELEGRAM_DLQ_URL")]
        return cls(
            parameters=Parameters(boto3.client("ssm", config=AWS), environment["STACK"], now),
            connections=Connections(Table(dynamodb, environment["CONNECTIONS_TABLE"])),
            waiting=Waiting(Table(dynamodb, environment["CONNECTIONS_TABLE"]), now),
            chats=Chats(Table(dynamodb, environment["CHATS_TABLE"])),
            ledger=Table(dynamodb, environment["LEDGER_TABLE"]),
            queues={queue.name: queue for queue in queues},
            dead_letters={queue.name: letters for queue, letters in zip(queues, dead, strict=True)},
            to_telegram=queues[1].name,
            http=httpx.Client(follow_redirects=False),
            bucket=Bucket(lambda: boto3.client("s3", config=AWS), environment["FILES_BUCKET"]),
            public_url=environment["OWN_ADDRESS"],
            log=make_logger(),
            count=Counts(),
            clock=now,
        )

    @contextmanager
    def invocation(self, remaining_milliseconds: Callable[[], int]) -> Iterator[Runtime]:
        """One invocation: nothing begins for which too little of its time is left; its counts are written at the end."""
        token = _time_left.set(lambda: remaining_milliseconds() / 1000)
        nobodys = _turn.set(Turn(self.seconds_left, is_answer=True))
        try:
            yield self
        finally:
            _turn.reset(nobodys)
            _time_left.reset(token)
            self.count.write()

    def seconds_left(self) -> float:
        """Seconds that this invocation still has."""
        return _time_left.get()()

    @contextmanager
    def turn(self, turn: Turn) -> Iterator[None]:
        """One message, or album, of the batch is carried."""
        token = _turn.set(turn)
        try:
            yield
        finally:
            _turn.reset(token)

    def integration(self, alias: str) -> Integration:
        """The integration as it is set now; rebuilt only when its parameters changed."""
        raw = self.parameters.integration(alias)
        built = self._built.get(alias)
        if built is None or (built[0].settings, built[0].secrets) != (raw.settings, raw.secrets):
            built = (raw, self._build(raw))
            self._built[alias] = built
        return built[1]

    def secrets_may_have_changed(self, alias: str) -> None:
        """A remote refused a token: read the parameters again, at most once in ten seconds.

        What cannot be read now is no error here: whoever needs it next is told.
        """
        with suppress(BridgeError):
            self.parameters.integration(alias, fresher_than=REREAD)

    def put_off(self, queue: str, receipt_handles: Sequence[str], seconds: float) -> None:
        """Hide messages of a batch for so long."""
        failed = self.queues[queue].hide(receipt_handles, seconds)
        if failed:
            self.log.warning("visibility not changed", extra={"queue": queue, "failed": failed})

    def tell(self, message: Queued, group: str) -> None:
        """Put a message for the journey to the client on its queue; each is its own, none is a repetition."""
        message = message if message.received_at else message._replace(received_at=self.clock())
        self.queues[self.to_telegram].put(as_json(message), group=group, deduplication_id=self.new_id())

    def bury(self, queue: str, body: Mapping[str, Any], reason: str) -> None:
        """Put a message on the dead-letter queue, each as its own group, with the reason and the time."""
        letter = {**body, "dead": {"reason": reason, "at": self.clock()}}
        identity = self.new_id()
        try:
            self.dead_letters[queue].put(letter, group=identity, deduplication_id=identity)
        except TooBig:  # it just fitted without the reason: its ids are worth more than its words
            small = {name: value for name, value in letter.items() if name not in ("update", "body")}
            if isinstance(body.get("update"), dict):
                small["update"] = envelope(body["update"])
            self.dead_letters[queue].put(small, group=identity, deduplication_id=identity)

    def told_to_wait(self, message_id: str, seconds: float = 0) -> float:
        """How long (s) a message was told to wait in all, after adding ``seconds``: such waits spend no budget."""
        key = {"pk": f"told#{message_id}"}
        if not seconds:
            row = self.ledger.get(key)
            return float(row["seconds"]) if row else 0.0
        row = self.ledger.update(
            key,
            "ADD seconds :more SET expires_at = :expires",
            values={":more": int(seconds), ":expires": int(self.clock()) + 15 * 86_400},
        )
        return float(row["seconds"]) if row else 0.0

    def _build(self, raw: RawIntegration) -> Integration:
        try:
            settings = parse_settings(raw.settings)
            secrets = parse_secrets(raw.secrets, settings.route)
        except ValidationError as error:
            places = [".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)]
            raise Misconfigured(Reason.SETTINGS_MISSING, f"{raw.alias}: {', '.join(places)}") from None
        planfix_slots = self._pacer(f"planfix#{settings.planfix.host}", settings.planfix.requests_per_second)
        bot_slots = self._pacer(f"telegram#{secrets.bot_id}", BOT_CALLS_PER_SECOND, is_scarce=False)
        digest_key = secrets.key_of_digests
        parts = Parts(
            alias=raw.alias,
            settings=settings,
            texts=Texts(settings.language),
            bot=BotApi(self.http, settings.telegram.api_url, secrets.bot_token, bot_slots, monotonic=self.monotonic),
            planfix=PlanfixRest(
                self.http,
                settings.planfix.account_url,
                secrets.planfix_token,
                planfix_slots,
                redirects=self._redirects(settings),
                page=self.page,
                clock=self.clock,
                monotonic=self.monotonic,
            ),
            connections=self.connections,
            waiting=self.waiting,
            chats=self.chats,
            effects=Effects(Ledger(self.ledger, self.clock, settings.ledger_kept_for * 86_400), self.clock),
            clock=self.clock,
            tell=self.tell,
            bury=lambda message, reason: self.bury(self.to_telegram, as_json(message), reason),
            digest=partial(digest, digest_key),
            count=self.count,
            log=self.log,
        )
        return Integration(parts, partial(self._route, settings=settings, secrets=secrets))

    def _route(self, parts: Parts, settings: Settings, secrets: Secrets) -> Route:
        """The one that is chosen; where the other one's keys are there too, what began on it ends there."""
        has_rest, has_chats = bool(secrets.planfix_token), bool(secrets.chats and settings.planfix.chat_url)
        rest = rest_route(parts) if settings.route == "rest" or has_rest else None
        chats = None
        if settings.route == "chat_api" or has_chats:
            chats = chat_route(parts, self._chat_parts(parts.alias, settings, secrets), has_rest=has_rest)
        chosen, other = (rest, chats) if settings.route == "rest" else (chats, rest)
        return SwitchedRoute(chosen, other) if chosen and other else cast("Route", chosen)

    def _chat_parts(self, alias: str, settings: Settings, secrets: Secrets) -> ChatParts:
        planfix = settings.planfix
        slots = self._pacer(f"chats#{planfix.host}", planfix.chat_requests_per_second, is_scarce=False)

        def window(channel: str) -> ChatApi:
            tokens, own = secrets.chats.get(channel), settings.channels.get(channel)
            if tokens is None or not tokens.planfix_token or planfix.chat_url is None:
                raise Misconfigured(Reason.SETTINGS_MISSING, f"{alias}: chats.{channel}")
            provider_id = (own.provider_id if own else None) or provider_id_of(alias, channel)
            return ChatApi(self.http, planfix.chat_url, provider_id, tokens.planfix_token, slots)

        files = LinkedFiles(planfix.account_url, self._redirects(settings), self.monotonic)
        return ChatParts(window, files, self.bucket, self.public_url, secrets.key_of_digests)

    def _redirects(self, settings: Settings) -> Redirects:
        planfix = settings.planfix
        return Redirects.of_account(self.http, planfix.account_url, planfix.file_hosts, self.resolve)

    def _pacer(self, destination: str, per_second: float, *, is_scarce: bool = True) -> Pacer:
        return Pacer(
            self.ledger,
            destination,
            per_second=per_second,
            clock=self.clock,
            sleep=self.sleep,
            turn=_turn.get,
            is_scarce=is_scarce,
            jitter=self.jitter,
        )
