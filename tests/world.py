"""The whole bridge in one process and virtual time: real doors, flows and AWS code; doubles of AWS; strict fakes.

Nothing opens a socket: Telegram and Planfix are WSGI applications behind httpx, AWS is tests/doubles.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import httpx

from bridge.aws.bucket import Bucket
from bridge.aws.chats import Chats
from bridge.aws.connections import Connections
from bridge.aws.dynamodb import Table
from bridge.aws.parameters import Parameters, secrets_name, settings_name
from bridge.aws.queues import Queue
from bridge.aws.waiting import Waiting
from bridge.doors.chat import ChatDoor
from bridge.doors.file import FileDoor
from bridge.doors.lock import Lock
from bridge.doors.scenario import ScenarioDoor
from bridge.doors.telegram import TelegramDoor
from bridge.flows.batch import JOURNEYS, carry_batch
from bridge.flows.integration import Integration
from bridge.http_api import Request
from bridge.journal import Journal
from bridge.planfix.chat_ids import provider_id_of
from bridge.queued import Handed, Queued
from bridge.routes.chat_api import route as chat_api
from bridge.routes.chat_api.states import BRIDGE
from bridge.routes.rest import route as rest
from bridge.runtime import Runtime
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_chat_model import ChatWindow, Report
from local.fakes.planfix_chat_text import chat_text
from local.fakes.planfix_model import Comment, Status
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from tests.clock import Ahead, Clock
from tests.doubles.dynamodb import FakeDynamoDB
from tests.doubles.s3 import FakeS3
from tests.doubles.sqs import FakeSQS
from tests.doubles.ssm import FakeSSM

OWNER, SECOND_OWNER, CLIENT, SECOND_CLIENT = 500_000_001, 500_000_002, 700_000_001, 700_000_002
USER, MANAGER, GROUP = 5, 6, 3
TASK_TEMPLATE, OBJECT, CONTACT_TEMPLATE = 40, 41, 50
ACTIVE, DONE = 1, 2
EMAIL = "glavny@acme.example"
CAPABILITIES = {"rest": rest.CAPABILITIES, "chat_api": chat_api.CAPABILITIES}
QUEUE_ATTRIBUTES = {
    "FifoQueue": "true",
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
    "VisibilityTimeout": "720",
    "MessageRetentionPeriod": str(14 * 86_400),
    "MaximumMessageSize": "1048576",
}


@dataclass
class Counted:
    """Counts by name, kept for ever."""

    totals: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        self.totals[name] = self.totals.get(name, 0) + 1

    def write(self) -> None:
        """Nothing to write to."""


@dataclass(frozen=True)
class Account:
    """One integration of the world: its alias, bot and Planfix account."""

    alias: str
    token: str
    host: str

    @property
    def webhook_secret(self) -> str:
        return f"webhook-secret-of-{self.alias}"

    @property
    def planfix_secret(self) -> str:
        return f"planfix-secret-of-{self.alias}"

    def their_token(self, channel: str) -> str:
        """What the window of this channel's chat in Planfix shows."""
        return f"planfix-token-of-{self.alias}-{channel}"

    def our_token(self, channel: str) -> str:
        """What somebody typed there."""
        return f"our-own-token-of-{self.alias}-{channel}"


MAIN = Account("main", "123456:AAF-main-bot-token-of-the-tests-000", "acme.planfix.ru")


class World:
    """Everything, at ``clock``'s time.

    Args:
        accounts: the integrations; those with one host share one Planfix account.
        settings: merged over the default settings of every integration.
        rate: requests a second that Planfix allows.
        telegram_ahead: seconds by which Telegram's clock is ahead of ours.
        planfix_ahead: the same of Planfix's.
        route: how the integrations reach Planfix.
        windows: their chats are set up in Planfix, and REST's token is there, whatever the route.
    """

    def __init__(
        self,
        *,
        accounts: tuple[Account, ...] = (MAIN,),
        settings: Mapping[str, Any] | None = None,
        rate: float = 1.0,
        telegram_ahead: float = 0.0,
        planfix_ahead: float = 0.0,
        route: str = "rest",
        windows: bool = False,
    ) -> None:
        self.route, self.windows, self.has_rest = route, windows or route == "chat_api", windows or route == "rest"
        self.can = CAPABILITIES[route]
        self.clock = Clock()
        self.telegram_ahead, self.planfix_ahead = telegram_ahead, planfix_ahead
        self.accounts = {account.alias: account for account in accounts}
        self.log = io.StringIO()
        self.count = Counted()
        self._ids = itertools.count(1)
        self.telegram = FakeTelegram(Ahead(self.clock, telegram_ahead))
        self.bots = {account.alias: self.telegram.add_bot(account.token) for account in accounts}
        self.planfixes = {account.host: self._planfix(account.host, rate) for account in accounts}
        self.dynamodb, self.sqs, self.ssm = FakeDynamoDB(self.clock), FakeSQS(self.clock), FakeSSM()
        self.s3 = FakeS3("files")
        self._make_aws()
        for account in accounts:
            self.put_settings(account, settings or {})
        self.runtime = self._make_runtime()
        self.delivery = Delivery(self.telegram, self._post_to_door)
        self._make_people(accounts)
        self._point_at_us(accounts)

    # -- shorthands for the one integration that most tests have

    @property
    def bot(self) -> Any:
        return self.bots["main"]

    @property
    def planfix(self) -> FakePlanfix:
        return next(iter(self.planfixes.values()))

    @property
    def task(self) -> int:
        """The newest task."""
        return max(task.id for task in self.planfix.tasks())

    def comments(self, task: int | None = None) -> list[Any]:
        return self.planfix.comments(self.task if task is None else task)

    def contact_of(self, client: int = CLIENT) -> str:
        """The client's contact, ``contact:1``."""
        if self.route == "chat_api":
            return self.contact_of_chat(client)
        found = [one.id for one in self.planfix.contacts() if one.fields.get("telegramId") == str(client)]
        assert len(found) == 1, found
        return f"contact:{found[0]}"

    def contact_of_chat(self, client: int = CLIENT) -> str:
        """The contact that Planfix's API for chats made of the client."""
        channels = (provider_id_of("main", channel) for channel in (str(OWNER), str(SECOND_OWNER), "own_bot"))
        numbers = {self.planfix.chats.contact_of(one, str(client)) for one in channels} - {None}
        assert len(numbers) == 1, numbers
        return f"contact:{numbers.pop()}"

    def says(self, task: int | None = None) -> list[str]:
        """The words of a task's comments, without their formatting."""
        return [chat_text(one.description) for one in self.comments(task)]

    def phone(self, client: int = CLIENT, owner: int | None = OWNER) -> list[str]:
        """What our side wrote, as the client's phone shows it."""
        return [seen.text for seen in self.telegram.chat_of(client, owner, bot=self.bot) if seen.who == "bot"]

    def client_writes(self, text: str, *, client: int = CLIENT, owner: int | None = OWNER, **fields: Any) -> Any:
        return self.telegram.client_writes(self.bot, client, text=text, owner_id=owner, **fields)

    def employee_answers(self, html: str, *, task: int | None = None, notify: tuple[str, ...] | None = None) -> int:
        """An employee's comment that notifies the client (unless told otherwise)."""
        ticked = (self.contact_of(),) if notify is None else notify
        return self.planfix.employee_comments(self.task if task is None else task, USER, html, notify=ticked)

    def employee_commands(self, text: str) -> int:
        """An employee's comment that notifies nobody, where the bridge hears of such; else as every answer."""
        return self.employee_answers(text, notify=() if self.can.hides_from_client else None)

    # -- the machinery

    def settle(self, *, for_seconds: float = 3600.0) -> None:
        """Let everything happen that is due, and what becomes due within so much virtual time."""
        until = self.clock.now + for_seconds
        while True:
            if self._step():
                continue
            queues = (self.urls[name] for name in ("to-planfix.fifo", "to-telegram.fifo"))
            following = self.sqs.next_event_at(*queues, now=self.clock.now)
            if following is None or following > until:
                break
            self.clock.now = max(self.clock.now, following)
        for planfix in self.planfixes.values():
            planfix.chats.fetch_files()

    def _step(self) -> bool:
        moved = self.delivery.deliver_pending() > 0
        for planfix in self.planfixes.values():
            moved |= planfix.fire_pending() > 0
            moved |= planfix.chats.fire_pending() > 0
        for name, batch in (("to-planfix.fifo", 10), ("to-telegram.fifo", 5)):
            moved |= self.run_sender(name, batch)
        return moved

    def run_sender(self, queue: str, batch: int = 10) -> bool:
        """One invocation of the sender, if anything can be received."""
        url = f"https://sqs/{queue}"
        got = self.sqs.receive_message(
            QueueUrl=self.urls[queue], MaxNumberOfMessages=batch, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if not got:
            return False
        records = [
            {
                "messageId": one["MessageId"],
                "receiptHandle": one["ReceiptHandle"],
                "body": one["Body"],
                "attributes": one["Attributes"],
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:000000000000:{url.rpartition('/')[2]}",
            }
            for one in got
        ]
        started = self.clock.now
        with self.runtime.invocation(lambda: int((300 - (self.clock.now - started)) * 1000)) as worker:
            kept = set(carry_batch(worker, records))
        for one in got:
            if one["MessageId"] not in kept:
                self.sqs.delete_message(QueueUrl=self.urls[queue], ReceiptHandle=one["ReceiptHandle"])
        return True

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """The bodies of the messages that lie in a queue, e.g. ``to-planfix-dead.fifo``."""
        return [json.loads(message.body) for message in self.sqs.messages(self.urls[queue])]

    def update_settings(self, alias: str = "main", **changes: Any) -> None:
        """The admin changes settings; a minute later every container knows."""
        self.put_settings(self.accounts[alias], changes)
        self.clock.now += 61

    def put_settings(self, account: Account, changes: Mapping[str, Any]) -> None:
        settings = {
            "language": "ru",
            "planfix": {"account_url": f"https://{account.host}"},
            "default_assignee": f"user:{MANAGER}",
            "defaults": {
                "task_template": TASK_TEMPLATE,
                "contact_template": CONTACT_TEMPLATE,
                "extra_assignees": [f"user:{USER}", f"group:{GROUP}"],
            },
            "channels": {"own_bot": {"name": "Бот магазина"}, str(OWNER): {"name": "Иван Петров"}},
            **changes,
        }
        settings["route"] = self.route
        if self.windows:
            settings["planfix"] = {"chat_url": f"https://{account.host}/webchat/api", **settings["planfix"]}
        carried = {"own_bot", str(OWNER), str(SECOND_OWNER), *settings["channels"]}
        secrets = {
            "bot_token": account.token,
            "webhook_secrets": [account.webhook_secret],
            "planfix_secrets": [account.planfix_secret],
            **({"planfix_token": f"planfix-token-of-{account.host}"} if self.has_rest else {}),
            "chats": {
                channel: {"planfix_token": account.their_token(channel), "our_tokens": [account.our_token(channel)]}
                for channel in sorted(carried)
            },
        }
        for name, value in (
            (settings_name("test", account.alias), settings),
            (secrets_name("test", account.alias), secrets),
        ):
            self.ssm.put_parameter(Name=name, Value=json.dumps(value), Type="SecureString", Overwrite=True)

    def _planfix(self, host: str, rate: float) -> FakePlanfix:
        planfix = FakePlanfix(
            host,
            token=f"planfix-token-of-{host}",
            rate=rate,
            clock=Ahead(self.clock, self.planfix_ahead),
            post=self._post_to_door,
        )
        planfix.chats.post = self._push_to_door
        planfix.chats.fetch = self._fetch_from_door
        planfix.add_user(USER, "Мария", "Кожемякина")
        planfix.add_user(MANAGER, "Пётр", "Главный", email=EMAIL)
        planfix.add_group(GROUP, "Менеджеры")
        planfix.add_object(OBJECT, "Обращение", (Status(ACTIVE, "Новая", True), Status(DONE, "Завершена", False)))
        planfix.add_task_template(TASK_TEMPLATE, "Обращение из Telegram", OBJECT, (f"user:{MANAGER}",))
        planfix.add_contact_template(CONTACT_TEMPLATE, "Клиент")
        return planfix

    def _make_aws(self) -> None:
        self.dynamodb.add_table("connections", "integration", "item")
        self.dynamodb.add_table("chats", "pk")
        self.dynamodb.add_table("ledger", "pk")
        self.urls: dict[str, str] = {}
        for name in ("to-planfix", "to-telegram"):
            for queue in (f"{name}-dead.fifo", f"{name}.fifo"):
                self.urls[queue] = self.sqs.create_queue(QueueName=queue, Attributes=QUEUE_ATTRIBUTES)["QueueUrl"]

    def _make_runtime(self) -> Runtime:
        internet = Internet({"api.telegram.org": self.telegram.wsgi, **{k: v.wsgi for k, v in self.planfixes.items()}})
        queues = {name: Queue(self.sqs, self.urls[f"{name}.fifo"]) for name in ("to-planfix", "to-telegram")}
        return Runtime(
            parameters=Parameters(self.ssm, "test", self.clock),
            connections=Connections(Table(self.dynamodb, "connections")),
            waiting=Waiting(Table(self.dynamodb, "connections"), self.clock),
            chats=Chats(Table(self.dynamodb, "chats")),
            ledger=Table(self.dynamodb, "ledger"),
            queues={f"{name}.fifo": queue for name, queue in queues.items()},
            dead_letters={f"{name}.fifo": Queue(self.sqs, self.urls[f"{name}-dead.fifo"]) for name in queues},
            to_telegram="to-telegram.fifo",
            http=httpx.Client(transport=internet),
            bucket=Bucket(lambda: self.s3, "files"),
            public_url="https://bridge.example",
            log=self._make_log(),
            count=self.count,
            clock=self.clock,
            sleep=self.clock.sleep,
            new_id=self._new_id,
            resolve=lambda host, port: ["93.184.216.34"],
            jitter=lambda: 1.0,
        )

    def _make_log(self) -> logging.Logger:
        log = logging.getLogger(f"bridge.test.{id(self)}")
        log.setLevel(logging.DEBUG)
        log.propagate = False
        handler = logging.StreamHandler(self.log)
        handler.setFormatter(_Line())
        log.addHandler(handler)
        return log

    def telegram_door(self) -> TelegramDoor:
        journal = Journal(self.runtime.log, self.count)
        lock = Lock(self.runtime.parameters, journal)
        return TelegramDoor(lock, self.runtime.queues["to-planfix.fifo"], self.clock, journal)

    def planfix_door(self) -> ScenarioDoor:
        journal = Journal(self.runtime.log, self.count)
        return ScenarioDoor(
            Lock(self.runtime.parameters, journal),
            self.runtime.queues["to-telegram.fifo"],
            chats=self.runtime.chats,
            clock=self.clock,
            new_id=self._new_id,
            journal=journal,
        )

    def _new_id(self) -> str:
        return f"id-{next(self._ids)}"

    def _post_to_door(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        _, kind, alias, *_ = httpx.URL(url).path.split("/")
        request = Request(alias, {name.lower(): value for name, value in headers.items()}, body)
        door = self.telegram_door() if kind == "telegram" else self.planfix_door()
        return int(door.accept(request)["statusCode"])

    def _push_to_door(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        _, _, alias, *_ = httpx.URL(url).path.split("/")
        journal = Journal(self.runtime.log, self.count)
        lock, queue = Lock(self.runtime.parameters, journal), self.runtime.queues["to-telegram.fifo"]
        door = ChatDoor(lock, queue, self.runtime.chats, self.clock, journal)
        answered = door.accept(Request(alias, {name.lower(): value for name, value in headers.items()}, body))
        return int(answered["statusCode"]), str(answered.get("body", "")).encode()

    def _fetch_from_door(self, url: str) -> tuple[bytes, str]:
        answered = self.fetch(url)
        if answered["statusCode"] != 200:
            raise ConnectionError(answered["statusCode"])
        return base64.b64decode(answered["body"]), answered["headers"]["content-type"]

    def fetch(self, url: str) -> dict[str, Any]:
        """GET an address of a file that the bridge gave away."""
        _, _, alias, signed = httpx.URL(url).path.split("/")
        journal = Journal(self.runtime.log, self.count)
        door = FileDoor(Lock(self.runtime.parameters, journal), self.runtime.bucket, self.clock, journal)
        return door.accept(Request(alias, {}, b"", signed))

    def _make_people(self, accounts: tuple[Account, ...]) -> None:
        self.telegram.add_user(OWNER, "Иван", "Петров", "ivan_shop")
        self.telegram.add_user(SECOND_OWNER, "Ольга", "Сидорова")
        self.telegram.add_user(CLIENT, "Анна", "Серова", "anna_serova")
        self.telegram.add_user(SECOND_CLIENT, "Борис")
        self.telegram.connect(self.bots[accounts[0].alias], OWNER)

    def _point_at_us(self, accounts: tuple[Account, ...]) -> None:
        for account in accounts:
            self.runtime.http.post(
                f"https://api.telegram.org/bot{account.token}/setWebhook",
                json={
                    "url": f"https://bridge.example/telegram/{account.alias}",
                    "secret_token": account.webhook_secret,
                    "allowed_updates": [
                        "message", "edited_message", "callback_query", "my_chat_member", "business_connection",
                        "business_message", "edited_business_message", "deleted_business_messages",
                    ],
                },
            )  # fmt: skip
            self.planfixes[account.host].add_scenario(
                f"https://bridge.example/planfix/{account.alias}/comment", basic=("bridge", account.planfix_secret)
            )
            if self.windows:
                self._add_windows(account)

    def _add_windows(self, account: Account) -> None:
        for channel in ("own_bot", str(OWNER), str(SECOND_OWNER)):
            self.add_window(account, channel)

    def add_window(self, account: Account, channel: str, *, new_task_if_none_active: bool = True) -> None:
        """An admin sets up a channel's chat in Planfix, or changes it."""
        window = ChatWindow(
            provider_id_of(account.alias, channel),
            account.their_token(channel),
            f"https://bridge.example/planfix/{account.alias}/chat",
            account.our_token(channel),
            task_template=TASK_TEMPLATE,
            contact_template=CONTACT_TEMPLATE,
            assignees=(f"user:{USER}", f"group:{GROUP}"),
            employee=MANAGER,
            new_task_if_none_active=new_task_if_none_active,
            has_write_button=True,
        )
        self.planfixes[account.host].chats.add(window)


def carry(integration: Integration, message: Queued) -> None:
    """Carry a message past its queue, as another container does at the same moment."""
    JOURNEYS[type(message)](integration, message, Handed())


def notices(world: World, task: int | None = None) -> list[str]:
    """What the bridge itself told about a task, the newest one unless another is named: in it, or beside answers in it."""
    told = [(one.at, one.description) for one in world.comments(task) if is_notice(world, one)]
    numbers = {str(one.id) for one in world.comments(task)}
    reports = [one for one in world.planfix.chats.reports if one.message_id in numbers]
    told += [(one.at, one.said or AFTER_ALL) for one in reports if one.said or _was_marked(reports, one)]
    return [said for _, said in sorted(told, key=itemgetter(0))]


AFTER_ALL = "✅ отправлен клиенту"
"""What a tick says that takes the place of a mark of error."""


def _was_marked(reports: Sequence[Report], tick: Report) -> bool:
    return any(one.said and one.message_id == tick.message_id for one in reports[: reports.index(tick)])


def is_notice(world: World, comment: Comment) -> bool:
    """Whether the bridge wrote it by itself."""
    if world.route == "rest":
        return comment.owner == "user:900"
    return comment.owner in {
        f"contact:{world.planfix.chats.contact_of(provider_id, BRIDGE)}"
        for provider_id in world.planfix.chats.commands.windows
    }


class Internet(httpx.BaseTransport):
    """Requests reach whom their Host header names, whatever address they go to (files are asked for by address)."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        self._transports = {host: httpx.WSGITransport(app=app, raise_app_exceptions=True) for host, app in apps.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        transport = self._transports.get(request.headers["host"])
        if transport is None:
            raise httpx.ConnectError(f"there is no {request.headers['host']} in this world", request=request)
        return transport.handle_request(request)


class _Line(logging.Formatter):
    _known = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in self._known}
        return json.dumps({"level": record.levelname, "message": record.getMessage(), **extra}, ensure_ascii=False)
