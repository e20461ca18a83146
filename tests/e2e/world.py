"""The people around the deployed stack: fakes of Telegram and Planfix, three integrations, clients who write."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from bridge.model import OWN_BOT
from bridge.planfix.chat_ids import provider_id_of
from bridge.settings import parse_secrets, parse_settings
from bridge.telegram.client import ALLOWED_UPDATES
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_chat_model import ChatWindow
from local.fakes.planfix_model import Comment, Status
from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import Delivery
from local.fakes.telegram_model import Bot, Seen
from local.promises.check import broken
from local.promises.look import look
from local.serving import serve
from local.stage import Route
from planfix_telegram.store import Change, Store
from tests.e2e.cloud import STACK, Cloud, client

OWNER_OF_CHATS = 500_000_002
OWNER, USER, MANAGER, TASK_TEMPLATE, CONTACT_TEMPLATE = 500_000_001, 5, 6, 40, 50
FIRST_CLIENT = 700_000_001
PLANFIX_TOKEN = "planfix-token-of-the-tests"
PLANFIX_SECRET = "planfix-secret-of-the-tests"
WINDOW_TOKEN, PUSH_TOKEN = "window-token-of-the-tests", "push-token-of-the-tests"
PER_SECOND = 20
"""REST requests a second: Planfix's one would only make the tests slow, its own tests hold it."""
PATIENCE = 30.0
"""Seconds until something must have happened; the longest wait that is provoked here is 8 s and the way back from its queue."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Integration:
    """One integration: a bot, the owner of its business account, and the Planfix account that all of them share."""

    alias: str
    bot: Bot
    webhook_secret: str = field(repr=False)
    owner: int | None = None
    route: Route = "rest"

    @property
    def channels(self) -> dict[str, Any]:
        """As they are set."""
        own = {OWN_BOT: {"name": f"Бот {self.alias}"}}
        return own if self.owner is None else {**own, str(self.owner): {"name": "Иван Петров"}}


class World:
    """Everybody, between `start` and the end of its stack.

    Args:
        cloud: what they talk to.

    Attributes:
        main, second: by REST; the second one has no business account.
        chats: by Planfix's chats.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.telegram = FakeTelegram()
        self.planfix = FakePlanfix(token=PLANFIX_TOKEN, rate=0)
        self._clients = itertools.count(FIRST_CLIENT)
        self.main = Integration("main", self._add_bot(123456, "main"), "main-webhook-secret", OWNER)
        self.second = Integration("second", self._add_bot(123457, "second"), "second-webhook-secret")
        self.chats = Integration(
            "chats", self._add_bot(123458, "chats"), "chats-webhook-secret", OWNER_OF_CHATS, "chat_api"
        )
        self.integrations = (self.main, self.second, self.chats)
        self._fill_planfix()
        self.telegram.add_user(OWNER, "Иван", "Петров")
        self.telegram.add_user(OWNER_OF_CHATS, "Ольга", "Сидорова")

    def _add_bot(self, number: int, alias: str) -> Bot:
        return self.telegram.add_bot(f"{number}:{alias}-bot-token-of-the-tests")

    def start(self, end: ExitStack) -> None:
        """Serve the fakes, store the settings, point Telegram and Planfix at the stack."""
        telegram, planfix = serve(self.telegram.wsgi), serve(self.planfix.wsgi)
        end.callback(telegram.close)
        end.callback(planfix.close)
        self.host = httpx.URL(planfix.url).netloc.decode()
        self._store_settings(telegram.url, planfix.url)
        self.planfix.chats.base_url = planfix.url
        self.planfix.chats.fetch = self._fetch
        for one in self.integrations:
            httpx.post(
                f"{telegram.url}/bot{one.bot.token}/setWebhook",
                json={
                    "url": f"{self.cloud.url}/telegram/{one.alias}",
                    "secret_token": one.webhook_secret,
                    "allowed_updates": ALLOWED_UPDATES,
                },
                trust_env=False,
            ).raise_for_status()
        self.planfix.add_scenario(f"{self.cloud.url}/planfix/main/comment", secret=PLANFIX_SECRET)
        self._add_windows()
        self.planfix.start()
        end.callback(self.planfix.stop)
        delivery = Delivery(self.telegram)
        delivery.start()
        end.callback(delivery.stop)
        for one in self.integrations:
            if one.owner:
                self.telegram.connect(one.bot, one.owner)
        self.settle()

    def _add_windows(self) -> None:
        for channel in self.chats.channels:
            window = ChatWindow(
                provider_id_of(self.chats.alias, channel),
                WINDOW_TOKEN,
                f"{self.cloud.url}/planfix/{self.chats.alias}/chat",
                PUSH_TOKEN,
                task_template=TASK_TEMPLATE,
                contact_template=CONTACT_TEMPLATE,
                employee=MANAGER,
            )
            self.planfix.chats.add(window)

    def _fetch(self, url: str) -> tuple[bytes, str]:
        """Planfix comes for a file, by the address that the stack has at AWS."""
        assert url.startswith(f"{self.cloud.address}/files/chats/"), url
        here = self.cloud.url + url.removeprefix(self.cloud.address)
        answer = httpx.get(here, trust_env=False, follow_redirects=True)
        if answer.status_code != httpx.codes.OK:
            raise ConnectionError(answer.status_code)
        return answer.content, answer.headers["content-type"]

    def new_client(self) -> int:
        """A client whom nobody knows yet; each test has its own."""
        number = next(self._clients)
        self.telegram.add_user(number, f"Анна{number}", "Серова")
        return number

    def writes(self, number: int, text: str, *, to: Integration | None = None, owner: int | None = None) -> None:
        """A client writes to an integration's bot, or (``owner``) to the business account."""
        self.telegram.client_writes((to or self.main).bot, number, text=text, owner_id=owner)

    def answers(self, number: int, html: str, *, at: float | None = None) -> int:
        """An employee answers, the client among the notified. Returns the comment's number."""
        return self.planfix.employee_comments(self.task(number), USER, html, notify=(self.contact(number),), at=at)

    def contact(self, number: int) -> str:
        """The client's one contact, ``contact:1``."""
        [found] = self._contacts(number)
        return found

    def _contacts(self, number: int) -> set[str]:
        by_id = {one.id for one in self.planfix.contacts() if one.fields.get("telegramId") == str(number)}
        windows = (provider_id_of(self.chats.alias, channel) for channel in self.chats.channels)
        in_chats = {self.planfix.chats.contact_of(window, str(number)) for window in windows}
        return {f"contact:{one}" for one in by_id | (in_chats - {None})}

    def task(self, number: int) -> int:
        """The client's newest task."""
        contact = self.contact(number)
        return max(task.id for task in self.planfix.tasks() if task.assigner == contact)

    def said(self, number: int) -> list[str]:
        """The client's words as comments of the client, in all tasks, in order."""
        contacts = self._contacts(number)
        return [one.description for one in self._comments() if one.owner in contacts]

    def notices(self, number: int) -> list[str]:
        """What the bridge itself wrote into the client's task."""
        robot = f"user:{self.planfix.robot_id}"
        return [one.description for one in self.planfix.comments(self.task(number)) if one.owner == robot]

    def phone(self, number: int, *, of: Integration | None = None, owner: int | None = None) -> list[str]:
        """What our side wrote, as the client's phone shows it."""
        letters: list[Seen] = self.telegram.chat_of(number, owner, bot=(of or self.main).bot)
        return [seen.text for seen in letters if seen.who == "bot"]

    @contextmanager
    def scenario_held(self) -> Iterator[None]:
        """Meanwhile Planfix calls nobody; what happened is told afterwards."""
        self.planfix.stop()
        try:
            yield
        finally:
            self.planfix.start()

    def broken_promises(self) -> list[str]:
        """Which of the bridge's promises were not kept to anybody here so far, now that everything has settled."""
        bots = {one.alias: one.bot for one in self.integrations}
        deeds, seen = look(self.telegram, bots, {self.host: self.planfix}, self.cloud.stack)
        seen.buried += self.cloud.letters_seen
        return broken(deeds, seen)

    def settle(self) -> None:
        """Wait until Telegram and Planfix have told everything and both queues are empty, timers aside."""
        eventually(self._is_settled, "the queues are empty")

    def _is_settled(self) -> bool:
        chats = self.planfix.chats
        if self.planfix.requests_waiting or chats.pushes_waiting or chats.files_waiting:
            return False
        if any(self.telegram.updates_for(one.bot) for one in self.integrations):
            return False
        return self.cloud.depth("to-planfix") == (0, 0) and self.cloud.depth("to-telegram") == (0, self.cloud.timers())

    def _comments(self) -> list[Comment]:
        found = [comment for task in self.planfix.tasks() for comment in self.planfix.comments(task.id)]
        return sorted(found, key=lambda comment: comment.id)

    def _fill_planfix(self) -> None:
        self.planfix.add_user(USER, "Мария", "Кожемякина")
        self.planfix.add_user(MANAGER, "Пётр", "Главный")
        self.planfix.add_object(41, "Обращение", (Status(1, "Новая", True), Status(2, "Завершена", False)))
        self.planfix.add_task_template(TASK_TEMPLATE, "Обращение из Telegram", 41, (f"user:{MANAGER}",))
        self.planfix.add_contact_template(CONTACT_TEMPLATE, "Клиент")

    def _store_settings(self, telegram_url: str, planfix_url: str) -> None:
        store = Store(client(self.cloud.endpoint, "ssm"), STACK)
        for one in self.integrations:
            settings: Mapping[str, Any] = {
                "telegram": {"api_url": telegram_url},
                "route": one.route,
                "planfix": {
                    "account_url": planfix_url,
                    "chat_url": f"{planfix_url}/webchat/api",
                    "requests_per_second": PER_SECOND,
                    "chat_requests_per_second": PER_SECOND,
                },
                "defaults": {"task_template": TASK_TEMPLATE, "contact_template": CONTACT_TEMPLATE},
                "channels": one.channels,
                "give_up_answers_after": 1,  # an answer that is found a day late is told of, not given up
            }
            secrets: dict[str, Any] = {"bot_token": one.bot.token, "webhook_secrets": [one.webhook_secret]}
            if one.route == "rest":
                secrets |= {"planfix_secrets": [PLANFIX_SECRET], "planfix_token": PLANFIX_TOKEN}
            else:
                tokens = {"planfix_token": WINDOW_TOKEN, "our_tokens": [PUSH_TOKEN]}
                secrets["chats"] = dict.fromkeys(one.channels, tokens)
            store.write([Change(store.find(one.alias), parse_settings(settings), parse_secrets(secrets, one.route))])


@contextmanager
def peopled(cloud: Cloud) -> Iterator[World]:
    """The people around a stack, until the context ends."""
    with ExitStack() as end:
        world = World(cloud)
        world.start(end)
        yield world


def eventually(look: Callable[[], Found], what: str, patience: float = PATIENCE) -> Found:
    """Wait until ``look`` finds something, and return it."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {patience:g} s: {what}")
        time.sleep(0.1)
    return found
