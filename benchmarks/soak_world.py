"""Who plays in a soak: two bots with their business accounts and clients, one Planfix account, the bridge between them."""

from __future__ import annotations

import json
import os
import random
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

from benchmarks.soak_wire import MARKS, Fault, Wire, comment_in, message_in
from bridge.model import OWN_BOT
from bridge.planfix.chat_ids import provider_id_of
from bridge.telegram.client import ALLOWED_UPDATES
from local.bridge import LocalBridge
from local.clock import Clock
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_chat_model import ChatWindow
from local.fakes.planfix_scenarios import Repetition
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from local.journal import Journal
from local.promises.account import Can, Left
from local.promises.look import look
from local.promises.of_aws import Stack
from local.serving import Server, listen
from local.stage import CAPABILITIES, RIGHTS, Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from local.fakes.telegram_model import Bot
    from local.journal import Fact
    from local.promises.account import Deeds, Seen
    from local.stage import Route

RATE = 100.0
"""REST requests a second that this Planfix account allows and the bridge makes."""
EARLY = 0.1
"""Seconds by which a request may come too early: a slot is taken before the request is on its way, and a busy machine
holds some requests up longer than others."""
STALL = 5.0
"""Seconds in which Planfix's scenarios are silent after a failure. Really three minutes, which here is half the soak."""

LOST_WEBHOOKS = {"telegram": 0.01, "comment": 0.001, "chat": 0.01}
"""Of the calls of each webhook: the answer gets lost, so the same comes again; Planfix's scenarios are then silent for `STALL`."""

PATIENT_FOR = 5.0
"""Real seconds after which it is believed that what is left waits for its time. More than two looks at an album are apart
(flows/albums.py): a skip makes all that waits visible at once, and this emulator then mixes albums in its batches, so that
each would be cut again by the others; by themselves they come back one after another."""
HURRY = 300.0
"""Seconds that are skipped then: a third of the longest wait that the bridge comes to by itself (flows/batch.py)."""

MANAGER = 11
"""The employee who answers."""
OWNER = 20
"""The employee that the owner of the accounts of the second integration is."""
OWNER_EMAIL = "owner@company.example"
CONTACT_TEMPLATE = 201
POLICIES = {"first": "resend", "second": "ask"}
"""What each integration does with an answer of which nobody knows whether it arrived."""
_HOMES = ("TO_PLANFIX_QUEUE_URL", "TO_TELEGRAM_QUEUE_URL")
ACCOUNTS_OF_EACH = 2
"""Business accounts of each bot."""


@dataclass(frozen=True)
class Channel:
    """Where clients write."""

    alias: str
    bot: Bot
    owner_id: int | None
    template: int

    @property
    def key(self) -> str:
        """As settings name it."""
        return OWN_BOT if self.owner_id is None else str(self.owner_id)

    @property
    def provider_id(self) -> str:
        """As its chat in Planfix is known."""
        return provider_id_of(self.alias, self.key)


class _NoJournal(Journal):
    """Ten steps a message would be the most of this process's memory."""

    def add(self, kind: str, **facts: Fact) -> None:
        """Keep nothing."""


class SoakWorld:
    """The fakes and the bridge, running between ``with`` and its end.

    Args:
        seed: of the faults.
        workers: batches of each queue that are worked on at once.
        route: how Planfix is reached.
    """

    bridge: LocalBridge

    def __init__(self, seed: int, workers: int, route: Route = "rest") -> None:
        self._workers = workers
        self.route = route
        self.can = CAPABILITIES[route]
        self._end = ExitStack()
        self._http = httpx.Client(trust_env=False, timeout=60)  # a new one for each request costs more than the request
        self._planfix_token = secrets.token_urlsafe(24)
        self._keys = Keys()
        self._chance = random.Random(f"webhooks {seed}")  # noqa: S311 - chooses faults, hides nothing
        self._lock = threading.Lock()
        self.clock = Clock()
        self.repeated = 0
        """How often a webhook's answer got lost."""
        self.hurried = 0.0
        """Seconds that were skipped because something waited for its time."""
        self.buried: list[dict[str, Any]] = []
        """The bodies of the dead letters that the admin put back."""
        self.planfix = FakePlanfix(
            token=self._planfix_token,
            rate=RATE,
            tolerance=EARLY,
            clock=self.clock,
            post=lambda url, headers, body: self._post(url, headers, body).status_code,
            repetition=Repetition(delays=(STALL,) * 4, stall=STALL),
            remember_calls=False,
        )
        self.planfix.chats.post = self._push
        self.planfix.chats.fetch = self._fetch
        self.planfix.chats.repetition = Repetition(delays=(STALL,) * 4, stall=0.0)
        self.telegram = FakeTelegram(self.clock)
        self.to_planfix = Wire(self.planfix.wsgi, self._fail_planfix, comment_in, f"planfix {seed}")
        self.to_client = Wire(self.telegram.wsgi, self._fail_telegram, message_in, f"telegram {seed}")
        self.channels: list[Channel] = []
        self._planfix_host = ""

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

    def disturb(self, *, on: bool) -> None:
        """Let faults happen from now on, or no more."""
        self.to_planfix.disturbed = self.to_client.disturbed = on

    def settle(self, timeout: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait until the services have told of everything and the bridge has done with it.

        What waits for its time, because a call failed or a service said so, gets it sooner: time is skipped for everybody.

        Args:
            timeout: real seconds.
            meanwhile: is called now and then.

        Raises:
            TimeoutError: that took longer than so many seconds.
        """
        deadline = time.monotonic() + timeout
        while True:
            meanwhile()
            try:
                self.bridge.wait_until_idle(PATIENT_FOR)
                if self._is_settled():
                    return
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise
                self.bridge.skip(HURRY, timeout)
                self.hurried += HURRY
            if time.monotonic() > deadline:
                raise TimeoutError(f"The services could not tell the bridge of everything within {timeout:g} s")
            time.sleep(0.1)

    def skip(self, seconds: float, timeout: float) -> None:
        """Let time pass for everybody at once.

        Raises:
            TimeoutError: something was on its way for longer than ``timeout`` seconds.
        """
        self.bridge.skip(seconds, timeout, is_settled=self._is_settled)

    def redrive(self) -> int:
        """Put the dead letters back in the order in which they first came, as the admin's command does; returns their number."""
        stack = Stack.of(self.bridge.environment)
        moved = 0
        for address, home in zip(stack.dead.values(), _HOMES, strict=True):
            found = [(json.loads(one["Body"]), one) for one in _taken(stack.sqs, address)]
            for body, message in sorted(found, key=lambda one: _first_came(one[0])):
                del body["dead"]
                self.buried.append(body)
                again = {**body, "received_at": self.clock(), "first_received_at": _first_came(body)[0]}
                stack.sqs.send_message(
                    QueueUrl=self.bridge.environment[home],
                    MessageBody=json.dumps(again),
                    MessageGroupId=body["group"],
                    MessageDeduplicationId=secrets.token_hex(16),
                )
                stack.sqs.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved

    def look(self) -> tuple[Deeds, Seen]:
        """What people did, and what is seen now."""
        queued = [
            Left(queue, f"{number} messages ({state})")
            for queue, depth in self.bridge.health()["queues"].items()
            for state, number in depth.items()
            if number and state != "dead"
        ]
        deeds, seen = look(
            self.telegram,
            self.bots,
            {self._planfix_host: self.planfix},
            Stack.of(self.bridge.environment),
            queued=queued,
            marks=MARKS,
            was_disturbed=self.to_client.lost_answer_to,
            can=Can(self.can.reads_back, self.can.shows_states),
        )
        deeds.policies = {alias: {policy} for alias, policy in POLICIES.items()}
        seen.buried += self.buried
        return deeds, seen

    def _is_settled(self) -> bool:
        chats = self.planfix.chats
        waits = self.planfix.requests_waiting or chats.pushes_waiting or chats.files_waiting
        return not waits and not any(map(self.telegram.updates_for, self.bots.values()))

    @property
    def bots(self) -> dict[str, Bot]:
        """The bots by integration."""
        return {channel.alias: channel.bot for channel in self.channels if channel.owner_id is None}

    def _start(self) -> None:
        self._end.callback(self._http.close)
        self.planfix.add_user(MANAGER, "Сергей", "Кожемякин")
        self.planfix.add_user(OWNER, "Анна", "Ветрова", email=OWNER_EMAIL)
        self.planfix.add_contact_template(CONTACT_TEMPLATE, "Клиент")
        for number, alias in enumerate(("first", "second"), 1):
            self._add_integration(alias, number)
        telegram_url, planfix_url = self._serve(self.to_client), self._serve(self.to_planfix)
        self._planfix_host = httpx.URL(planfix_url).netloc.decode()
        self.planfix.chats.base_url = planfix_url
        integrations = {
            bot.alias: {"settings": self._settings(bot.alias, telegram_url, planfix_url), "secrets": self._secrets(bot)}
            for bot in self.channels
            if bot.owner_id is None
        }
        self.bridge = self._end.enter_context(
            LocalBridge(
                integrations,
                journal=_NoJournal(),
                variables={
                    "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "ERROR"),
                    "POWERTOOLS_METRICS_DISABLED": "true",
                },
                parameters=dict.fromkeys(("ToPlanfixConcurrency", "ToTelegramConcurrency"), str(self._workers)),
                clock=self.clock,
            )
        )
        for channel in self.channels:
            if channel.owner_id is None:
                self._set_webhook(telegram_url, channel, self._keys.webhook)
        self._point_planfix_at_the_bridge()
        self.planfix.start()
        self._end.callback(self.planfix.stop)
        delivery = Delivery(self.telegram, lambda url, headers, body: self._post(url, headers, body).status_code)
        delivery.start()
        self._end.callback(delivery.stop)
        for channel in self.channels:
            if channel.owner_id is not None:
                self.telegram.connect(channel.bot, channel.owner_id, RIGHTS)

    def _add_integration(self, alias: str, number: int) -> None:
        bot = self.telegram.add_bot(f"{880_000 + number}:{secrets.token_urlsafe(26)}", name=f"Бот {number}")
        owners = [7000 + 10 * number + one for one in range(ACCOUNTS_OF_EACH)]
        for place, owner in enumerate([None, *owners]):
            template = 100 + 10 * number + place
            self.planfix.add_task_template(template, f"Обращение {template}", assignees=(f"user:{MANAGER}",))
            if owner is not None:
                self.telegram.add_user(owner, "Анна", f"Ветрова {owner}")
            self.channels.append(Channel(alias, bot, owner, template))

    def _secrets(self, bot: Channel) -> dict[str, Any]:
        given: dict[str, Any] = {"bot_token": bot.bot.token, "webhook_secrets": [self._keys.webhook]}
        if self.route == "rest":
            return given | {"planfix_secrets": [self._keys.scenario], "planfix_token": self._planfix_token}
        tokens = {"planfix_token": self._keys.window, "our_tokens": [self._keys.push]}
        return given | {"chats": {one.key: tokens for one in self.channels if one.alias == bot.alias}}

    def _point_planfix_at_the_bridge(self) -> None:
        address = f"{self.bridge.url}/planfix"
        if self.route == "rest":
            # One scenario an account: a call is resolved by host and task, whichever integration it names.
            self.planfix.add_scenario(f"{address}/first/comment", secret=self._keys.scenario)
            return
        for channel in self.channels:
            window = ChatWindow(
                channel.provider_id,
                self._keys.window,
                f"{address}/{channel.alias}/chat",
                self._keys.push,
                task_template=channel.template,
                contact_template=CONTACT_TEMPLATE,
                employee=MANAGER,
            )
            self.planfix.chats.add(window)

    def _settings(self, alias: str, telegram_url: str, planfix_url: str) -> dict[str, Any]:
        """The second integration signs answers, and its owners are an employee."""
        second = alias == "second"
        return {
            "route": self.route,
            "send_as_employee": second,
            "on_unknown_delivery": POLICIES[alias],
            "telegram": {"api_url": telegram_url},
            "planfix": {
                "account_url": planfix_url,
                "chat_url": f"{planfix_url}/webchat/api",
                "requests_per_second": RATE,
                "chat_requests_per_second": RATE,
            },
            "defaults": {"contact_template": CONTACT_TEMPLATE},
            "channels": {
                channel.key: {
                    "task_template": channel.template,
                    **(
                        {"owner_user": f"user:{OWNER}", "owner_email": OWNER_EMAIL}
                        if second and channel.owner_id
                        else {}
                    ),
                }
                for channel in self.channels
                if channel.alias == alias
            },
        }

    def _serve(self, application: WSGIApplication) -> str:
        server = Server(application, listen())
        self._end.callback(server.close)
        return server.url

    def _set_webhook(self, telegram_url: str, channel: Channel, secret: str) -> None:
        self._http.post(
            f"{telegram_url}/bot{channel.bot.token}/setWebhook",
            json={
                "url": f"{self.bridge.url}/telegram/{channel.alias}",
                "secret_token": secret,
                "allowed_updates": ALLOWED_UPDATES,
            },
        ).raise_for_status()

    def _push(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        answer = self._post(url, headers, body)
        return answer.status_code, answer.content

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """A webhook's call; now and then its answer gets lost."""
        try:
            answer = self._http.post(url, headers=dict(headers), content=body)
        except httpx.TransportError as error:
            raise ConnectionError(type(error).__name__) from None
        _, service, *rest = httpx.URL(url).path.split("/")
        with self._lock:
            if self.to_planfix.disturbed and self._chance.random() < LOST_WEBHOOKS[rest[-1] if rest[1:] else service]:
                self.repeated += 1
                raise ConnectionError("the answer got lost")
        return answer

    def _fetch(self, url: str) -> tuple[bytes, str]:
        """Planfix comes for a file."""
        try:
            answer = self._http.get(url, follow_redirects=True).raise_for_status()
        except httpx.HTTPError as error:
            raise ConnectionError(type(error).__name__) from None
        return answer.content, answer.headers["content-type"]

    def _fail_telegram(self, fault: Fault) -> None:
        if fault is Fault.SLOWER:
            words = "Too Many Requests: retry after 1"
            self.telegram.fail_next(status=429, description=words, parameters={"retry_after": 1})
        else:
            self.telegram.fail_next(status=502)

    def _fail_planfix(self, fault: Fault) -> None:
        if fault is Fault.SLOWER and self.route == "rest":
            self.planfix.refuse_next_for_limit(500)
        elif fault is Fault.SLOWER:
            # No limit of the API for chats is documented: a 429 without a time would hold all chats for a minute, most of a soak.
            self.planfix.fail_next(status=503)
        else:
            self.planfix.fail_next(status=502)


def _taken(sqs: SQSClient, address: str) -> list[MessageTypeDef]:
    """All messages of a queue, hidden for a minute."""
    found: list[MessageTypeDef] = []
    while got := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
        found += got
    return found


def _first_came(letter: Mapping[str, Any]) -> tuple[float, int]:
    number = letter.get("comment") or letter.get("update", {}).get("update_id", 0)
    return letter.get("first_received_at", letter["received_at"]), number
