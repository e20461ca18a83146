"""A stage to play on: fake Telegram, fake Planfix and the bridge between them, with a cast of people."""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

from bridge.model import OWN_BOT
from bridge.telegram.client import ALLOWED_UPDATES
from local.bridge import LocalBridge
from local.clock import Clock
from local.fakes.planfix import FakePlanfix
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from local.journal import Fact, Journal
from local.promises.account import Left
from local.promises.check import broken
from local.promises.look import look
from local.promises.of_aws import Stack
from local.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from local.fakes.planfix_model import Call as PlanfixCall
    from local.fakes.planfix_model import Comment, Task
    from local.fakes.telegram_model import Call as TelegramCall
    from local.fakes.telegram_model import Seen

ALIAS = "main"
OWNER_ID = 7001
BOT_ID = 880001

OWNER = 10
MANAGER = 11
COLLEAGUE = 12
GROUP = 3
ACCOUNT_TEMPLATE = 101
BOT_TEMPLATE = 102
CONTACT_TEMPLATE = 201

RIGHTS = ("can_reply", "can_read_messages", "can_delete_sent_messages")
"""What the owner allows the bot: to answer, to mark as read, to take an answer back."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name."""

    first: str
    last: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Client:
    """A client, as Telegram knows one."""

    id: int
    name: Name
    username: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays. ``manager`` is the template's assignee, ``group`` an extra one, ``owner`` has the business account."""

    company: str
    owner: Name
    manager: Name
    colleague: Name
    group: str
    account_template: str
    bot_template: str
    contact_template: str
    clients: tuple[Client, ...]


class Stage:
    """The fakes and the bridge, running between ``with`` and its end.

    Args:
        cast: who plays.
        rate: REST requests a second that Planfix allows and the bridge makes.
        variables: further environment variables of the functions.
        wrap_telegram: stands between the bridge and Telegram.
        wrap_planfix: stands between the bridge and Planfix.
    """

    def __init__(
        self,
        cast: Cast,
        *,
        rate: float = 1,
        variables: Mapping[str, str] | None = None,
        wrap_telegram: Callable[[WSGIApplication], WSGIApplication] = lambda app: app,
        wrap_planfix: Callable[[WSGIApplication], WSGIApplication] = lambda app: app,
    ) -> None:
        self.cast = cast
        self.clock = Clock()
        self.journal = Journal(self.clock)
        self.telegram = FakeTelegram(self.clock)
        self._planfix_token = secrets.token_urlsafe(24)
        self.planfix = FakePlanfix(token=self._planfix_token, rate=rate, clock=self.clock)
        self._rate = rate
        self._variables = variables
        self._wrap_telegram = wrap_telegram
        self._wrap_planfix = wrap_planfix
        self._end = ExitStack()
        self.bridge: LocalBridge
        self.planfix_host = ""

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.close()

    def _start(self) -> None:
        self._fill_planfix()
        self._fill_telegram()
        telegram = _recorded(self.telegram.wsgi, lambda: self.telegram.calls, self._telegram_call, self.journal)
        planfix = _recorded(self.planfix.wsgi, lambda: self.planfix.calls, self._planfix_call, self.journal)
        telegram_url = self._serve(self._wrap_telegram(telegram))
        planfix_url = self._serve(self._wrap_planfix(planfix))
        self.planfix_host = httpx.URL(planfix_url).netloc.decode()
        webhook_secret, planfix_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        integration = {
            "settings": self._settings(telegram_url, planfix_url),
            "secrets": {
                "bot_token": self.bot.token,
                "webhook_secrets": [webhook_secret],
                "planfix_secrets": [planfix_secret],
                "planfix_token": self._planfix_token,
            },
        }
        self.bridge = self._end.enter_context(
            LocalBridge({ALIAS: integration}, journal=self.journal, variables=self._variables, clock=self.clock)
        )
        self._set_webhook(telegram_url, webhook_secret)
        self.planfix.add_scenario(f"{self.bridge.url}/planfix/{ALIAS}/comment", secret=planfix_secret)
        self.planfix.start()
        self._end.callback(self.planfix.stop)
        delivery = Delivery(self.telegram)
        delivery.start()
        self._end.callback(delivery.stop)
        self.telegram.connect(self.bot, OWNER_ID, RIGHTS)
        self.settle(0)

    def _serve(self, application: WSGIApplication) -> str:
        server = serve(application)
        self._end.callback(server.close)
        return server.url

    def _fill_planfix(self) -> None:
        cast = self.cast
        self.planfix.add_group(GROUP, cast.group)
        self.planfix.add_user(OWNER, cast.owner.first, cast.owner.last)
        self.planfix.add_user(MANAGER, cast.manager.first, cast.manager.last, groups=(GROUP,))
        self.planfix.add_user(COLLEAGUE, cast.colleague.first, cast.colleague.last, groups=(GROUP,))
        self.planfix.add_task_template(ACCOUNT_TEMPLATE, cast.account_template, assignees=(f"user:{MANAGER}",))
        self.planfix.add_task_template(BOT_TEMPLATE, cast.bot_template, assignees=(f"user:{COLLEAGUE}",))
        self.planfix.add_contact_template(CONTACT_TEMPLATE, cast.contact_template)

    def _fill_telegram(self) -> None:
        token = f"{BOT_ID}:{secrets.token_urlsafe(26)}"
        self.bot = self.telegram.add_bot(token, "company_bridge_bot", name=self.cast.company)
        self.telegram.add_user(OWNER_ID, self.cast.owner.first, self.cast.owner.last)
        for client in self.cast.clients:
            self.telegram.add_user(client.id, client.name.first, client.name.last, client.username)

    def _settings(self, telegram_url: str, planfix_url: str) -> dict[str, Any]:
        return {
            "language": "ru",
            "send_as_employee": True,
            "telegram": {"api_url": telegram_url},
            "planfix": {"account_url": planfix_url, "requests_per_second": self._rate},
            "defaults": {
                "contact_template": CONTACT_TEMPLATE,
                "extra_assignees": [f"group:{GROUP}"],
                "mark_read": True,
            },
            "channels": {
                OWN_BOT: {"name": self.cast.company, "task_template": BOT_TEMPLATE},
                str(OWNER_ID): {
                    "name": self.cast.owner.full,
                    "task_template": ACCOUNT_TEMPLATE,
                    "owner_user": f"user:{OWNER}",
                },
            },
        }

    def _set_webhook(self, telegram_url: str, secret: str) -> None:
        httpx.post(
            f"{telegram_url}/bot{self.bot.token}/setWebhook",
            json={
                "url": f"{self.bridge.url}/telegram/{ALIAS}",
                "secret_token": secret,
                "allowed_updates": ALLOWED_UPDATES,
            },
            trust_env=False,
        ).raise_for_status()

    # What is seen

    def tasks_of(self, client_id: int, template: int) -> list[Task]:
        """The client's tasks from one template, that is, in one channel; the oldest first."""
        references = {
            f"contact:{contact.id}"
            for contact in self.planfix.contacts()
            if str(contact.fields.get("telegramId")) == str(client_id)
        }
        return [
            task for task in self.planfix.tasks() if task.template_id == template and task.counterparty in references
        ]

    def comments(self, task: Task) -> list[Comment]:
        """The task's comments, the oldest first."""
        return self.planfix.comments(task.id)

    def letters(self, client_id: int, channel: str, *, deleted: bool = False) -> list[Seen]:
        """What the client's phone shows in this channel; with ``deleted``, what is no longer there, too."""
        owner_id = None if channel == OWN_BOT else int(channel)
        return self.telegram.chat_of(client_id, owner_id, bot=self.bot, deleted=deleted)

    def client_of(self, task_id: int) -> int | None:
        """The Telegram id of a task's client."""
        try:
            contact = self.planfix.contact(int((self.planfix.task(task_id).counterparty or ":0").partition(":")[2]))
            return int(contact.fields["telegramId"])
        except (KeyError, ValueError):
            return None

    def broken_promises(self) -> list[str]:
        """Which of the bridge's promises were not kept to anybody here, now that everything has settled."""
        depths = self.bridge.health()["queues"]
        queued = [
            Left(queue, f"{number} messages ({state})")
            for queue, depth in depths.items()
            for state, number in depth.items()
            if number and state != "dead"
        ]
        planfixes = {self.planfix_host: self.planfix}
        stack = Stack.of(self.bridge.environment)
        return broken(*look(self.telegram, {ALIAS: self.bot}, planfixes, stack, queued=queued, clock=self.clock))

    # Time

    def mark(self) -> int:
        """The number of the journal's last step, for `settle`."""
        return len(self.journal.after(0))

    def settle(self, mark: int, timeout: float = 60) -> None:
        """Wait until the webhooks were called after ``mark`` and everything that followed is done.

        Raises:
            TimeoutError: it is not done in ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while not any(step.kind == "gateway.answered" for step in self.journal.after(mark)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"No webhook was called within {timeout:g} s")
            time.sleep(0.02)
        while not self._is_settled():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Telegram or Planfix could not tell of everything within {timeout:g} s")
            time.sleep(0.02)
        self.bridge.wait_until_idle(max(0.0, deadline - time.monotonic()))

    def skip(self, seconds: float, timeout: float = 60) -> None:
        """Let so many seconds pass at once for everybody: services, bridge, queues and tables.

        Raises:
            TimeoutError: something was at work for so many real seconds; nothing was skipped.
        """
        self.bridge.skip(seconds, timeout, is_settled=self._is_settled)

    def _is_settled(self) -> bool:
        """Whether the services have told the bridge of everything that happened."""
        return not self.telegram.updates_for(self.bot) and not self.planfix.requests_waiting

    # The journal's view of the calls

    def _telegram_call(self, call: TelegramCall) -> dict[str, Fact]:
        answer = call.answer or {}
        client = call.params.get("chat_id")
        return {
            "what": call.method,
            "code": call.method,
            "client": client if client is None else int(client),  # a form's values are text
            "error": None if call.status == httpx.codes.OK else answer.get("description", str(call.status)),
        }

    def _planfix_call(self, call: PlanfixCall) -> dict[str, Fact]:
        path = call.path.strip("/") if call.method == "GET" else call.path.lstrip("/")
        number = re.search(r"task/(\d+)", path)
        what = re.sub(r"\d+", "N", path)
        answer = call.answer or {}
        return {
            "what": f"GET {what}" if call.method == "GET" else what,
            "code": f"{call.method} /{path}",
            "client": self.client_of(int(number[1])) if number else None,
            "error": None if call.status < httpx.codes.BAD_REQUEST else answer.get("error", str(call.status)),
        }


def _recorded(
    app: WSGIApplication,
    calls: Callable[[], list[Any]],
    describe: Callable[[Any], dict[str, Fact]],
    journal: Journal,
) -> WSGIApplication:
    """A fake whose calls the journal is told of."""
    told = 0
    lock = threading.Lock()

    def recorded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        nonlocal told
        answer = app(environ, start_response)
        with lock:
            new = calls()[told:]
            told += len(new)
        for call in new:
            facts = {name: fact for name, fact in describe(call).items() if fact is not None}
            journal.add("called", **facts)
        return answer

    return recorded
