"""A stage to play on: fake Telegram, fake Planfix and the bridge between them, with a cast of people."""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeAlias

import httpx

from bridge.model import OWN_BOT
from bridge.planfix.chat_ids import chat_of, contact_id_of, provider_id_of
from bridge.routes.chat_api.route import CAPABILITIES as OF_CHATS
from bridge.routes.chat_api.states import BRIDGE
from bridge.routes.rest.route import CAPABILITIES as OF_REST
from bridge.telegram.client import ALLOWED_UPDATES
from local.bridge import LocalBridge
from local.clock import Clock
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_chat_model import ChatWindow
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from local.journal import Fact, Journal
from local.promises.account import Can, Left
from local.promises.check import broken
from local.promises.look import look
from local.promises.of_aws import Stack
from local.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from bridge.routes.port import Capabilities
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

OWNER_EMAIL = "owner@company.example"

Route: TypeAlias = Literal["rest", "chat_api"]
CAPABILITIES: dict[Route, Capabilities] = {"rest": OF_REST, "chat_api": OF_CHATS}

TEMPLATES = {OWN_BOT: BOT_TEMPLATE, str(OWNER_ID): ACCOUNT_TEMPLATE}
"""Where clients write, and the template of the tasks there."""

SETTINGS_KEPT_FOR = 61.0
"""Seconds after which every container has read settings that were changed (design of `Parameters`: 60)."""
_PATIENCE = 60.0

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


class Urls(NamedTuple):
    """Where both services are."""

    telegram: str
    planfix: str


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What each side shows: Telegram's webhook, the scenario, pushes of a chat, and the bridge to a chat's window."""

    webhook: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    scenario: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    push: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    window: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Stage:
    """The fakes and the bridge, running between ``with`` and its end.

    Args:
        cast: who plays.
        rate: REST requests a second that Planfix allows and the bridge makes.
        route: how Planfix is reached, ``rest`` or ``chat_api``.
        has_both_keys: whether the bridge has the keys of both routes, so that `take_route` may be called; on the route of chats it then
            looks by REST, too.
        variables: further environment variables of the functions.
        wrap_telegram: stands between the bridge and Telegram.
        wrap_planfix: stands between the bridge and Planfix.
    """

    def __init__(
        self,
        cast: Cast,
        *,
        rate: float = 1,
        route: Route = "rest",
        has_both_keys: bool = False,
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
        self.route = route
        self._has_both_keys = has_both_keys
        self._variables = variables
        self._wrap_telegram = wrap_telegram
        self._wrap_planfix = wrap_planfix
        self._keys = Keys()
        self._urls: Urls
        self._end = ExitStack()
        self.bridge: LocalBridge
        self.planfix_host = ""

    @property
    def can(self) -> Capabilities:
        """What the route can do."""
        return CAPABILITIES[self.route]

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
        self.planfix.chats.base_url = planfix_url
        self._urls = Urls(telegram_url, planfix_url)
        self.bridge = self._end.enter_context(
            LocalBridge({ALIAS: self._integration()}, journal=self.journal, variables=self._variables, clock=self.clock)
        )
        self._set_webhook()
        self._point_planfix_at_the_bridge()
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
        self.planfix.add_user(OWNER, cast.owner.first, cast.owner.last, email=OWNER_EMAIL)
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

    def take_route(self, route: Route) -> None:
        """The admin sets the other route, and Planfix up for it; a minute later every container knows.

        Raises:
            TimeoutError: something was at work all the time; nothing was changed.
        """
        self.bridge.wait_until_idle(_PATIENCE)
        self.route = route
        self.bridge.put({ALIAS: self._integration()})
        self._point_planfix_at_the_bridge()
        self.skip(SETTINGS_KEPT_FOR)

    def _integration(self) -> dict[str, Any]:
        return {"settings": self._settings(), "secrets": self._secrets()}

    def _secrets(self) -> dict[str, Any]:
        given: dict[str, Any] = {"bot_token": self.bot.token, "webhook_secrets": [self._keys.webhook]}
        if self.route == "rest" or self._has_both_keys:
            given |= {"planfix_secrets": [self._keys.scenario], "planfix_token": self._planfix_token}
        if self.route == "chat_api" or self._has_both_keys:
            tokens = {"planfix_token": self._keys.window, "our_tokens": [self._keys.push]}
            given["chats"] = dict.fromkeys(TEMPLATES, tokens)
        return given

    def _point_planfix_at_the_bridge(self) -> None:
        """What an admin sets up in Planfix: for REST a scenario, else a window for each channel."""
        address = f"{self.bridge.url}/planfix/{ALIAS}"
        if self.route == "rest":
            if not self.planfix.has_scenarios:
                self.planfix.add_scenario(f"{address}/comment", secret=self._keys.scenario)
            return
        for channel, template in TEMPLATES.items():
            window = ChatWindow(
                provider_id_of(ALIAS, channel),
                self._keys.window,
                f"{address}/chat",
                self._keys.push,
                task_template=template,
                contact_template=CONTACT_TEMPLATE,
                assignees=(f"group:{GROUP}",),
                employee=MANAGER,
            )
            self.planfix.chats.add(window)

    def _settings(self) -> dict[str, Any]:
        return {
            "route": self.route,
            "language": "ru",
            "send_as_employee": True,
            "telegram": {"api_url": self._urls.telegram},
            "planfix": {
                "account_url": self._urls.planfix,
                "chat_url": f"{self._urls.planfix}/webchat/api",
                "requests_per_second": self._rate,
            },
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
                    "owner_email": OWNER_EMAIL,
                },
            },
        }

    def _set_webhook(self) -> None:
        httpx.post(
            f"{self._urls.telegram}/bot{self.bot.token}/setWebhook",
            json={
                "url": f"{self.bridge.url}/telegram/{ALIAS}",
                "secret_token": self._keys.webhook,
                "allowed_updates": ALLOWED_UPDATES,
            },
            trust_env=False,
        ).raise_for_status()

    # What is seen

    def tasks_of(self, client_id: int, template: int) -> list[Task]:
        """The client's tasks from one template, that is, in one channel; the oldest first."""
        contacts = self.contacts_of(client_id)
        return [task for task in self.planfix.tasks() if task.template_id == template and task.assigner in contacts]

    def contacts_of(self, client_id: int) -> set[str]:
        """The client's contacts, as ``contact:17``."""
        by_id = {
            contact.id for contact in self.planfix.contacts() if str(contact.fields.get("telegramId")) == str(client_id)
        }
        in_chats = {
            self.planfix.chats.contact_of(provider_id_of(ALIAS, channel), contact_id_of(client_id))
            for channel in TEMPLATES
        }
        return {f"contact:{number}" for number in by_id | (in_chats - {None})}

    def comments(self, task: Task) -> list[Comment]:
        """The task's comments, the oldest first."""
        return self.planfix.comments(task.id)

    def is_by_bridge(self, comment: Comment) -> bool:
        """Whether the bridge wrote it by itself: as the token's user, or in a chat as a contact of its own."""
        windows = (provider_id_of(ALIAS, channel) for channel in TEMPLATES)
        contacts = (self.planfix.chats.contact_of(window, BRIDGE) for window in windows)
        return comment.owner in {f"user:{self.planfix.robot_id}", *(f"contact:{one}" for one in contacts)}

    def letters(self, client_id: int, channel: str, *, deleted: bool = False) -> list[Seen]:
        """What the client's phone shows in this channel; with ``deleted``, what is no longer there, too."""
        owner_id = None if channel == OWN_BOT else int(channel)
        return self.telegram.chat_of(client_id, owner_id, bot=self.bot, deleted=deleted)

    def client_of(self, task_id: int) -> int | None:
        """The Telegram id of a task's client."""
        try:
            contact = self.planfix.task(task_id).assigner
        except KeyError:
            return None
        return next((one.id for one in self.cast.clients if contact in self.contacts_of(one.id)), None)

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
        can = Can(self.can.reads_back, self.can.shows_states)
        return broken(*look(self.telegram, {ALIAS: self.bot}, planfixes, stack, queued=queued, can=can))

    # Time

    def mark(self) -> int:
        """The number of the journal's last step, for `settle`."""
        return len(self.journal.after(0))

    def settle(self, mark: int | None, timeout: float = 60) -> None:
        """Wait until the webhooks were called after ``mark`` and everything that followed is done; None: they need not be.

        Raises:
            TimeoutError: it is not done in ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while mark is not None and not any(step.kind == "gateway.answered" for step in self.journal.after(mark)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"No webhook was called within {timeout:g} s")
            time.sleep(0.02)
        while True:
            while not self._is_settled():
                if time.monotonic() > deadline:
                    raise TimeoutError(f"Telegram or Planfix could not tell of everything within {timeout:g} s")
                time.sleep(0.02)
            self.bridge.wait_until_idle(max(0.0, deadline - time.monotonic()))
            if self._is_settled():  # what was carried may have files that Planfix comes for
                return

    def skip(self, seconds: float, timeout: float = 60) -> None:
        """Let so many seconds pass at once for everybody: services, bridge, queues and tables.

        Raises:
            TimeoutError: something was at work for so many real seconds; nothing was skipped.
        """
        self.bridge.skip(seconds, timeout, is_settled=self._is_settled)

    def _is_settled(self) -> bool:
        """Whether the services have told the bridge of everything that happened, and have what it gives them."""
        chats = self.planfix.chats
        waits = self.planfix.requests_waiting or chats.pushes_waiting or chats.files_waiting
        return not self.telegram.updates_for(self.bot) and not waits

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
        if "cmd=" in call.path:
            return self._chat_call(call)
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

    def _chat_call(self, call: PlanfixCall) -> dict[str, Fact]:
        """Of the API for chats: which command about which client; a state names its answer only."""
        given = call.body or {}
        return {
            "what": call.path.partition("cmd=")[2],
            "code": call.path.rpartition("?")[2],
            "client": _client_in(str(given.get("chatId", ""))),
            "state": given.get("messageStatus"),
            "error": None
            if call.status < httpx.codes.BAD_REQUEST
            else (call.answer or {}).get("error", str(call.status)),
        }


def _client_in(chat_id: str) -> int | None:
    chat = chat_of(chat_id)
    return chat.client_id if chat else None


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
