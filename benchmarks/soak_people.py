"""What people write in a soak, and to whom: clients, owners on their phones, an employee in Planfix."""

from __future__ import annotations

import html
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.soak_world import MANAGER

if TYPE_CHECKING:
    from benchmarks.soak_world import Channel, SoakWorld
    from local.fakes.planfix_model import Task

ANSWERS = 0.4
"""Of all messages."""
OWNERS = 0.05
"""Of what is written to Planfix in business accounts."""
REMARKS = 0.03
"""Of an employee's comments: for colleagues only, and never counted as a message."""
REPEATED = 0.02
"""Of what clients write: the same word again and again."""
REPEATED_WORD = "да"

_WORDS = (
    "заказ",
    "доставка <завтра>",
    "сколько стоит?",
    "чай & кофе",
    "🔦",
    "спасибо",
    "отмена",
    "к 18:30",
    "№ 7\nи № 8",
)


@dataclass
class Chat:
    """A client in a channel, what was written there, and the client's task once it is there."""

    channel: Channel
    client_id: int
    to_planfix: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    task: Task | None = None

    @property
    def name(self) -> str:
        return f"{self.channel.alias}, {self.channel.key}, client {self.client_id}"


class People:
    """Everybody who writes.

    Args:
        world: where they write.
        chats: how many; a fifth of the clients write in two channels.
        seed: of who writes what to whom.
    """

    def __init__(self, world: SoakWorld, chats: int, seed: int) -> None:
        self._world = world
        self._chance = random.Random(seed)  # noqa: S311 - chooses words, hides nothing
        clients, channels = max(1, chats * 5 // 6), world.channels
        self.chats = []
        for number in range(chats):
            again, client = divmod(number, clients)
            # The second chat of a client is in any other channel: of the same bot or the other one.
            place = client + again * (1 + client % (len(channels) - 1))
            self.chats.append(Chat(channels[place % len(channels)], 100_000 + client))
        for client_id in sorted({chat.client_id for chat in self.chats}):
            username = f"client_{client_id}" if client_id % 2 else ""
            world.telegram.add_user(client_id, f"Клиент {client_id}", username=username)
        self.written: Counter[str] = Counter()
        """Messages by who wrote them."""
        self.written_at: dict[str, float] = {}
        """When each marked message was written, by `time.monotonic`."""

    def write(self) -> None:
        """One message, by anybody."""
        chat = self._chance.choice(self.chats)
        if self._chance.random() < ANSWERS and self._task(chat):
            self._employee_answers(chat)
        elif chat.channel.owner_id is not None and chat.to_planfix and self._chance.random() < OWNERS:
            text = self._text("o")
            self._world.telegram.owner_writes(chat.channel.owner_id, chat.client_id, text)
            self._wrote("owners", chat.to_planfix, text)
        else:
            text = REPEATED_WORD if self._chance.random() < REPEATED else self._text("c")
            self._world.telegram.client_writes(chat.channel.bot, chat.client_id, text, owner_id=chat.channel.owner_id)
            self._wrote("clients", chat.to_planfix, text)

    def _employee_answers(self, chat: Chat) -> None:
        assert chat.task
        if self._chance.random() < REMARKS:
            self._comment(chat.task, self._text("r"))
            self.written["remarks"] += 1
        text = self._text("a")
        self._comment(chat.task, text, chat.task.counterparty)
        self._wrote("employees", chat.answers, text)

    def _comment(self, task: Task, text: str, *notified: str | None) -> None:
        words = html.escape(text, quote=False).replace("\n", "<br>")
        notify = [one for one in notified if one]
        self._world.planfix.employee_comments(task.id, MANAGER, f"<p>{words}</p>", notify=notify)

    def _task(self, chat: Chat) -> Task | None:
        """The chat's task: the newest of its client in its channel's template."""
        if chat.task is None:
            self.find_tasks()
        return chat.task

    def find_tasks(self) -> None:
        """Look in Planfix which task each chat has."""
        planfix = self._world.planfix
        contacts = {f"contact:{one.id}": int(one.fields["telegramId"]) for one in planfix.contacts()}
        # An employee answers what a client wrote, so a task counts as there when something stands in it.
        tasks = {
            (contacts.get(task.counterparty or ""), task.template_id): task
            for task in planfix.tasks()
            if planfix.comments(task.id)
        }
        for chat in self.chats:
            chat.task = tasks.get((chat.client_id, chat.channel.template))

    def _text(self, mark: str) -> str:
        number = sum(self.written.values()) + 1
        return f"#{mark}{number} " + " ".join(self._chance.choices(_WORDS, k=self._chance.randint(1, 12)))

    def _wrote(self, who: str, where: list[str], text: str) -> None:
        self.written[who] += 1
        where.append(text)
        if text != REPEATED_WORD:
            self.written_at[text.partition(" ")[0]] = time.monotonic()
