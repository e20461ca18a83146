"""The admin's command with everything around it in one process: moto for SSM and DynamoDB, strict fakes, a keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import boto3
import httpx
import pytest
from botocore.loaders import create_loader
from botocore.session import Session
from moto import mock_aws

from bridge.aws.chats import Chats
from bridge.aws.connections import Connections
from bridge.aws.dynamodb import Table
from bridge.aws.parameters import Parameters, secrets_name, settings_name
from bridge.aws.queues import Queue
from bridge.model import Connection
from local.fakes.planfix import FakePlanfix
from local.fakes.telegram import FakeTelegram
from planfix_telegram.main import run
from planfix_telegram.outside import Outside
from planfix_telegram.screen import Terminal
from tests.cli_cloud import CloudDouble, refused
from tests.cli_doors import Doors
from tests.clock import Clock

REGION = "eu-central-1"
STACK = "planfix-telegram"
TABLE = "connections"
CHATS = "chats"
BOT_TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM"
PLANFIX_TOKEN = "planfix-rest-token"
ACCOUNT = "https://acme.planfix.ru"
WEBHOOK_SECRET = "webhook-secret-0123456789"
PLANFIX_SECRET = "planfix-secret-0123456789"
DIGEST_KEY = "digest-key-0123456789".ljust(43, "-")
OWNER = 500_000_001
SETTINGS = {"planfix": {"account_url": ACCOUNT}}
SECRETS = {
    "bot_token": BOT_TOKEN,
    "webhook_secrets": [WEBHOOK_SECRET],
    "planfix_secrets": [PLANFIX_SECRET],
    "planfix_token": PLANFIX_TOKEN,
    "digest_key": DIGEST_KEY,
}
EVERY_SECRET = (BOT_TOKEN, PLANFIX_TOKEN, WEBHOOK_SECRET, PLANFIX_SECRET, DIGEST_KEY, "generated-secret")


def generated(number: int) -> str:
    """The secret of this number that the command makes, as long as a real one."""
    return f"generated-secret-{number}".ljust(43, "-")


OUTPUTS = {
    "TelegramWebhookUrl": "https://bridge.example.com/telegram/{integration}",
    "PlanfixWebhookUrl": "https://bridge.example.com/planfix/{integration}/comment",
    "ConnectionsTableName": TABLE,
    "SettingsPrefix": f"/{STACK}",
}


@dataclass
class Keyboard(Terminal):
    """A person who answers: each answer belongs to the first question left that holds its words.

    ``CTRL_C`` as an answer interrupts. A question without an answer fails the test.
    """

    answers: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    piped: bool = False
    forgot_before: list[int] = field(default_factory=list)
    """How many questions had been asked when keys pressed too early were thrown away."""

    CTRL_C = "<ctrl-c>"

    def is_interactive(self) -> bool:
        return bool(self.answers)

    def shows_results(self) -> bool:
        return not self.piped

    def forget_typed(self) -> None:
        self.forgot_before.append(len(self.asked))

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        self.asked.append(prompt)
        if hidden:
            self.hidden.append(prompt)
        words, answer = self.answers.pop(0) if self.answers else ("<nobody>", "")
        if words not in prompt:
            pytest.fail(f"{prompt!r} was asked where {words!r} was expected")
        if not self.answers:
            self.answers.append(("<no more>", ""))  # the person stays at the keyboard
        if answer == self.CTRL_C:
            raise KeyboardInterrupt
        return answer


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


class CliWorld:
    """One AWS account, Telegram and a Planfix account; `run` is a call of the command."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.clock = Clock()
        self.keyboard = Keyboard()
        self.telegram = FakeTelegram(self.clock)
        self.bot = self.telegram.add_bot(BOT_TOKEN, "acme_bot", name="Acme")
        self.planfix = FakePlanfix(token=PLANFIX_TOKEN, clock=self.clock, post=self._call)
        self.outputs = dict(OUTPUTS)
        self.cloud = CloudDouble(STACK, self.clock, self.outputs)
        self.version = "0.1.0"
        self.aws_refuses: dict[str, tuple[str, str]] = {}
        """Answers of AWS by operation, e.g. ``{"PutParameter": ("AccessDeniedException", "no")}``."""
        self.on_sleep: list[Any] = []
        """What happens in the world while the command sleeps, one thing a sleep."""
        self._secrets = iter(generated(number) for number in range(1, 100))
        session = _session(region_name=REGION)
        self.ssm = session.client("ssm")
        self.dynamodb = session.client("dynamodb")
        self.connections = Connections(Table(self.dynamodb, TABLE))

    def run(self, *arguments: str, answers: list[tuple[str, str]] | None = None) -> Ended:
        """Call the command; with answers a person sits at the keyboard."""
        self.keyboard.answers = list(answers or [])
        outside = Outside(
            terminal=self.keyboard,
            http=self._http,
            aws=self._session,
            clock=self.clock,
            unix_time=self.clock,
            sleep=self._sleep,
            new_secret=lambda: next(self._secrets),
            version=lambda: self.version,
        )
        with pytest.raises(SystemExit) as end:
            run(list(arguments), outside)
        said = self._capture.readouterr()
        return Ended(int(end.value.code or 0), said.out, said.err)

    def bot_method(self, method: str, **parameters: Any) -> None:
        """Somebody else calls the Bot API with the bot's token."""
        with self._http() as http:
            assert http.post(f"https://api.telegram.org/bot{BOT_TOKEN}/{method}", json=parameters).is_success

    def store(self, alias: str = "main", settings: Any = None, secrets: Any = None) -> None:
        """Put an integration into SSM as a former run of the command would have."""
        for name, value, kind in (
            (secrets_name(STACK, alias), secrets or SECRETS, "SecureString"),
            (settings_name(STACK, alias), settings or SETTINGS, "String"),
        ):
            text = json.dumps(value, ensure_ascii=False)
            self.ssm.put_parameter(Name=name, Value=text, Type=kind, Overwrite=True)

    def settings(self, alias: str = "main") -> dict[str, Any]:
        return self._parameter(settings_name(STACK, alias))

    def secrets(self, alias: str = "main") -> dict[str, Any]:
        return self._parameter(secrets_name(STACK, alias))

    def parameter_names(self) -> set[str]:
        return {one["Name"] for one in self.ssm.describe_parameters()["Parameters"]}

    def connect(self, owner_id: int = OWNER, **given: Any) -> None:
        """An owner connected the bot."""
        connection = {
            "connection_id": f"connection-{owner_id}",
            "name": "Anna Petrova",
            "username": "anna_p",
            "rights": ("can_reply",),
            "is_enabled": True,
        }
        self.connections.note(
            "main",
            Connection(owner_id, received_at=int(self.clock() * 1000), **connection | given),
        )

    @cached_property
    def doors(self) -> Doors:
        """The bridge's doors, which write their logs where the command reads them."""
        return Doors(
            Parameters(self.ssm, STACK, self.clock),
            Chats(Table(self.dynamodb, CHATS)),
            Queue(self.sqs, self.outputs["ToTelegramQueueUrl"]),
            self.clock,
            {
                side: partial(self.cloud.log, self.cloud.resources[group])
                for side, group in (("telegram", "TelegramWebhookLogGroup"), ("planfix", "PlanfixWebhookLogGroup"))
            },
        )

    def deploy(self) -> None:
        """Everything else that a stack has: queues, logs, alarms that mail somebody, and the chats table."""
        for output, name in (
            ("ToPlanfixQueueUrl", "to-planfix"),
            ("ToTelegramQueueUrl", "to-telegram"),
            ("ToPlanfixDlqUrl", "to-planfix-dlq"),
            ("ToTelegramDlqUrl", "to-telegram-dlq"),
        ):
            self.add_queue(output, f"{STACK}-{name}.fifo")
        self.outputs |= {"ChatsTableName": CHATS, "Version": self.version}
        self.dynamodb.create_table(
            TableName=CHATS,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.cloud.resources |= {
            f"{name}LogGroup": f"/aws/lambda/{STACK}-{name}"
            for name in ("TelegramWebhook", "PlanfixWebhook", "OutboundSender")
        }
        self.cloud.resources |= {
            name: f"{STACK}-{name}-X1" for name in ("ToPlanfixDlqAlarm", "AdminNeededAlarm", "Api5xxAlarm")
        }
        self.cloud.resources["AlarmTopic"] = f"arn:aws:sns:{REGION}:123456789012:{STACK}"
        self.cloud.subscriptions["admin@example.com"] = True

    @cached_property
    def sqs(self) -> Any:
        return _session(region_name=REGION).client("sqs")

    def add_queue(self, output: str, name: str) -> str:
        """A FIFO queue that the stack names by an output; returns its address."""
        attributes = {"FifoQueue": "true", "VisibilityTimeout": "0"}
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.outputs[output] = url
        return url

    def in_queue(self, url: str) -> list[dict[str, Any]]:
        """The bodies of the messages that lie in a queue."""
        got = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in got]

    def _parameter(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        return value

    def _knock(self, request: httpx.Request) -> httpx.Response:
        return self.doors.http(request)  # the doors are there when somebody knocks: many a test has no deployment

    def _call(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        return self.doors.post(url, headers, body)

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        if self.on_sleep:
            self.on_sleep.pop(0)()

    def _http(self) -> httpx.Client:
        return httpx.Client(
            mounts={
                "https://api.telegram.org": httpx.WSGITransport(app=self.telegram.wsgi),
                ACCOUNT: httpx.WSGITransport(app=self.planfix.wsgi),
                "https://bridge.example.com": httpx.MockTransport(self._knock),
                "all://": httpx.MockTransport(_nobody_there),
            }
        )

    def _session(self, **given: Any) -> boto3.Session:
        session = _session(**given)
        session.events.register("before-parameter-build", lambda **call: call["context"].update(given=call["params"]))
        # before the request is made, so that moto does not do what AWS is said to have refused
        session.events.register(
            "before-call", lambda **call: self.answer(call["model"].name, call["context"].get("given", {}))
        )
        return session

    def answer(self, operation: str, given: dict[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        """What AWS answers; None leaves it to moto."""
        if operation in self.aws_refuses:
            return refused(*self.aws_refuses[operation])
        return self.cloud.answer(operation, given)


@contextmanager
def cli_world(capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """A world with an empty parameter store and the connections table."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": REGION,
        "LANG": "C",
    }.items():
        patch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "LC_ALL", "LC_MESSAGES"):
        patch.delenv(name, raising=False)
    # moto's CloudFormation needs packages that nothing else here does; `answer` stands in
    with mock_aws():
        world = CliWorld(capture)
        world.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "integration", "KeyType": "HASH"},
                {"AttributeName": "item", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "integration", "AttributeType": "S"},
                {"AttributeName": "item", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield world


_MODELS = create_loader()


def _session(profile_name: str | None = None, region_name: str | None = None) -> boto3.Session:
    """A session that does not read the services' descriptions from disk once more: that takes most of a test's time."""
    session = Session(profile=profile_name)
    session.register_component("data_loader", _MODELS)
    return boto3.Session(botocore_session=session, region_name=region_name)


def _nobody_there(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no such host", request=request)
