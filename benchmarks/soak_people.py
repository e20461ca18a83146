"""What people do in a soak: clients, owners on their phones, employees in Planfix, an admin; all that people of the simulation do.

They keep no account of it: what was said is read at the end from what Telegram handed over and what stands in Planfix.
"""

from __future__ import annotations

import heapq
import html
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from benchmarks.soak_wire import MARKS
from benchmarks.soak_world import MANAGER
from bridge.planfix.chat_ids import contact_id_of
from local.phone import Phone
from local.promises.of_fakes import tasks_of_chats
from local.samples import Sample
from local.stage import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.soak_world import Channel, SoakWorld

Written = TypeVar("Written", bound=Any)

WEIGHTS: Final = {
    "client_writes": 310, "client_says_yes": 10, "client_edits": 25, "client_deletes": 12, "client_sends_photo": 12,
    "client_sends_album": 10, "client_renames": 4, "owner_writes": 25, "automatic": 5,
    "answer": 260, "two_answers": 25, "long_answer": 4, "answer_with_files": 12, "answer_for_later": 10, "remark": 15,
    "remark_to_other_contact": 3, "cancel": 6, "send": 6, "edit": 12, "delete": 6, "new": 3,
    "close_task": 8, "reopen_task": 6, "delete_task": 1, "merge_contact": 2, "delete_contact": 1,
    "change_connection": 1, "lose_rights": 1, "disconnect": 1, "pause_chat": 10, "block": 4, "revoke_token": 0.3,
}  # fmt: skip
"""How often each happens."""

YES: Final = "#y0 да"
"""What several messages say alike."""
ALBUM: Final = (2, 10)
"""Files of an album, as Telegram bounds them."""
BURST: Final = 6
"""Messages that a client sends right before an album, at most."""
SWITCHED_FOR: Final = (1.0, 15.0)
"""Seconds until whoever switched something off switches it on again."""
LATER: Final = (1.0, 20.0)
"""Seconds for which an answer is written ahead."""
ANSWERED_AFTER_A_DAY: Final = 0.8
"""Of the chats: those in which an employee answers before the client writes again."""

_LOOK_AGAIN: Final = 1.0
"""Seconds for which an employee knows which tasks there are."""
_ACTIVE: Final = 2
"""The fake's status "in work"."""

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


@dataclass(eq=False)
class Chat:
    """A client in a channel.

    Attributes:
        messages: the client's own texts that are still there.
        tasks: the client's tasks in this channel, the oldest first.
    """

    channel: Channel
    client_id: int
    messages: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)

    @property
    def owner_id(self) -> int | None:
        return self.channel.owner_id


class People:
    """Everybody who acts.

    Args:
        world: where they act.
        chats: how many; a fifth of the clients write in two channels.
        seed: of who does what.
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
        self.did: Counter[str] = Counter()
        """What people did, by its name in `WEIGHTS`."""
        self.messages: Counter[str] = Counter()
        """Messages, files of albums and answers, by who wrote them."""
        self.written: dict[str, str] = {}
        """The whole words of each mark."""
        self.written_at: dict[str, float] = {}
        """When each mark that is sure to arrive somewhere was written, by `time.monotonic`."""
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._looked_at = 0.0

    @property
    def _is_chat(self) -> bool:
        return self._world.route == "chat_api"

    # -- acting

    def _happens(self, share: float) -> bool:
        """What happens so often, of 1."""
        return self._chance.random() < share

    def act(self) -> None:
        """One of the things that people do; what is impossible just now becomes a client's message."""
        chat = self._chance.choice(self.chats)
        [what] = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if getattr(self, f"_{what}")(chat) is False:
            what = "client_writes"
            self._client_writes(chat)
        self.did[what] += 1

    def go_on(self) -> None:
        """Do what people meant to do later, when its time has come."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def answer_after_a_day(self) -> None:
        """In most chats an employee answers once or several times, though the client has been silent."""
        for chat in self.chats:
            if self._happens(ANSWERED_AFTER_A_DAY):
                for _ in range(self._chance.choice((1, 1, 2, 3))):
                    self._answer(chat)
            if self._happens(0.05):
                self._chance.choice((self._cancel, self._send, self._edit))(chat)

    def everybody_comes_back(self) -> None:
        """Whatever was switched off is switched on again."""
        while self._later:
            heapq.heappop(self._later)[2]()

    def every_client_writes(self) -> None:
        """Once in each chat."""
        for chat in self.chats:
            self._client_writes(chat)

    def every_task_is_answered(self) -> None:
        """Once in each task that is left."""
        self._look_for_tasks()
        for chat in self.chats:
            for task in chat.tasks:
                self._comment(chat, self._text("a"), task=task)

    def _soon(self, do: Callable[[], None]) -> None:
        at = time.monotonic() + self._chance.uniform(*SWITCHED_FOR)
        heapq.heappush(self._later, (at, next(self._order), do))

    # -- clients and owners

    def _phone(self, chat: Chat, *, by_owner: bool = False) -> Phone:
        return Phone(self._world.telegram, chat.channel.bot, chat.client_id, chat.owner_id, by_owner=by_owner)

    def _client_writes(self, chat: Chat, text: str = "") -> None:
        if chat.owner_id is None:
            self._unblock(chat)  # whoever blocked a bot cannot write to it
        text = text or self._text("c")
        message = self._wrote("clients", chat, text, lambda: self._phone(chat).send(text))
        chat.messages.append(message["message_id"])

    def _client_says_yes(self, chat: Chat) -> None:
        for _ in range(2):
            self._client_writes(chat, YES)

    def _client_edits(self, chat: Chat) -> bool | None:
        if not chat.messages:
            return False
        text = self._text("e")
        self._wrote("clients", chat, text, lambda: self._phone(chat).edit(chat.messages[-1], text))
        return None

    def _client_deletes(self, chat: Chat) -> bool | None:
        if not chat.messages or chat.owner_id is None:
            return False
        self._phone(chat).delete(chat.messages.pop())
        return None

    def _client_sends_photo(self, chat: Chat) -> None:
        if chat.owner_id is None:
            self._unblock(chat)
        text = self._text("p")
        [photo] = self._photos(text, 1)
        self._wrote("clients", chat, text, lambda: self._phone(chat).send_file(photo, text))

    def _client_sends_album(self, chat: Chat) -> None:
        """Right behind some messages, as people do: first the words, then all the pictures."""
        for _ in range(self._chance.randint(0, BURST)):
            self._client_writes(chat)
        if chat.owner_id is None:
            self._unblock(chat)
        text = self._text("p")
        photos = self._photos(text, self._chance.randint(*ALBUM))
        self._wrote("clients", chat, text, lambda: self._phone(chat).send_album(photos, text))
        self.messages["clients"] += len(photos) - 1

    def _photos(self, text: str, number: int) -> list[Sample]:
        mark = MARKS.of_piece(text)
        return [Sample("photo", f"{n}.jpg", "image/jpeg", f"{mark}.{n}".encode()) for n in range(number)]

    def _client_renames(self, chat: Chat) -> None:
        self._world.telegram.rename(chat.client_id, first_name=f"Клиент {self._chance.randrange(10**6)}")
        self._client_writes(chat)

    def _owner_writes(self, chat: Chat) -> bool | None:
        return self._by_owner(chat, "o")

    def _automatic(self, chat: Chat) -> bool | None:
        return self._by_owner(chat, "g", is_from_offline=True)

    def _by_owner(self, chat: Chat, mark: str, **fields: bool) -> bool | None:
        if chat.owner_id is None or not chat.messages:
            return False
        text = self._text(mark)
        self._wrote("owners", chat, text, lambda: self._phone(chat, by_owner=True).send(text, **fields))
        return None

    # -- what gets in the way

    def _change_connection(self, chat: Chat) -> bool | None:
        """Sometimes the event is lost: the bridge learns of it by the client's next message."""
        if not self._is_connected(chat):
            return False
        assert chat.owner_id is not None
        self._world.telegram.change_connection(chat.owner_id, announce=self._happens(0.7))
        self._client_writes(chat)
        return None

    def _lose_rights(self, chat: Chat) -> bool | None:
        if not self._is_connected(chat):
            return False
        assert chat.owner_id is not None
        self._world.telegram.change_connection(chat.owner_id, rights=("can_read_messages",))
        self._soon(lambda: self._reconnect(chat))
        return None

    def _disconnect(self, chat: Chat) -> bool | None:
        if not self._is_connected(chat):
            return False
        assert chat.owner_id is not None
        self._world.telegram.disconnect(chat.owner_id)
        self._soon(lambda: self._reconnect(chat))
        return None

    def _reconnect(self, chat: Chat) -> None:
        assert chat.owner_id is not None
        connection = self._world.telegram.world.connection_of(chat.owner_id)
        if connection is None or not connection.is_enabled or "can_reply" not in connection.rights:
            self._world.telegram.connect(chat.channel.bot, chat.owner_id, RIGHTS)

    def _is_connected(self, chat: Chat) -> bool:
        connection = None if chat.owner_id is None else self._world.telegram.world.connection_of(chat.owner_id)
        return connection is not None and connection.is_enabled

    def _pause_chat(self, chat: Chat) -> bool | None:
        """An employee answers meanwhile."""
        owner, telegram = chat.owner_id, self._world.telegram
        if owner is None:
            return False
        telegram.pause_chat(owner, chat.client_id)
        self._soon(lambda: telegram.resume_chat(owner, chat.client_id))
        self._answer(chat)
        return None

    def _block(self, chat: Chat) -> None:
        self._world.telegram.block(chat.client_id, chat.owner_id, bot=chat.channel.bot)
        self._soon(lambda: self._unblock(chat))
        self._answer(chat)

    def _unblock(self, chat: Chat) -> None:
        self._world.telegram.unblock(chat.client_id, chat.owner_id, bot=chat.channel.bot)

    def _revoke_token(self, chat: Chat) -> None:
        token = chat.channel.bot.token
        self._world.telegram.revoke_token(token)
        self._soon(lambda: self._world.telegram.give_token_back(token))

    # -- employees

    def _answer(self, chat: Chat) -> bool | None:
        return self._comment(chat, self._text("a"))

    def _two_answers(self, chat: Chat) -> bool | None:
        return False if self._answer(chat) is False else self._answer(chat)

    def _long_answer(self, chat: Chat) -> bool | None:
        """Beyond Telegram's 4096 characters: several parts."""
        mark = MARKS.of_piece(self._text("a"))
        return self._comment(chat, " ".join(f"{mark}.{'x' * 40}{number}" for number in range(95)))

    def _answer_with_files(self, chat: Chat) -> bool | None:
        """One document or several, which are an album; with words above them or without."""
        text = self._text("f")
        names = [f"{MARKS.of_piece(text)}.{number}" for number in range(self._chance.choice((1, 1, 2, 3)))]
        files = [self._world.planfix.put_file(name.encode(), f"{name}.txt", "text/plain") for name in names]
        return self._comment(chat, text if self._happens(0.7) else "", files=files)

    def _answer_for_later(self, chat: Chat) -> bool | None:
        return self._comment(chat, self._text("l"), later=self._chance.uniform(*LATER))

    def _remark(self, chat: Chat) -> bool | None:
        return self._comment(chat, self._text("r"), notify=self._chance.choice(((), (f"user:{MANAGER}",))))

    def _remark_to_other_contact(self, chat: Chat) -> bool | None:
        other = self._world.planfix.add_contact("Поставщик")
        return self._comment(chat, self._text("r"), notify=(f"contact:{other}",))

    def _cancel(self, chat: Chat) -> bool | None:
        return self._comment(chat, "/cancel", notify=())

    def _send(self, chat: Chat) -> bool | None:
        return self._comment(chat, "/send", notify=())

    def _edit(self, chat: Chat) -> bool | None:
        return self._comment(chat, f"/edit {self._text('b')}", notify=())

    def _delete(self, chat: Chat) -> bool | None:
        return self._comment(chat, "/delete", notify=())

    def _new(self, chat: Chat) -> bool | None:
        return self._comment(chat, "/new", notify=())

    def _comment(
        self,
        chat: Chat,
        text: str,
        *,
        notify: tuple[str, ...] | None = None,
        later: float = 0.0,
        task: int | None = None,
        files: list[int] | None = None,
    ) -> bool | None:
        """Somebody writes in the chat's newest task; ``notify`` None means the client."""
        planfix = self._world.planfix
        task = task or self._task(chat)
        contact = self._contact(chat)
        if task is None or contact is None:
            return False
        source = f"<p>{html.escape(text, quote=False).replace(chr(10), '<br>')}</p>"
        is_for_client = notify is None or (self._is_chat and text.startswith("/"))  # a chat shows us nothing else
        to = (f"contact:{contact}",) if is_for_client else notify or ()
        is_told_now = not later
        if later:
            planfix.schedule_comment(task, MANAGER, source, at=self._world.clock() + later, notify=to)
        else:
            number = planfix.employee_comments(task, MANAGER, source, notify=to, files=files or ())
            is_told_now = not self._is_chat or planfix.chats.was_pushed(number)  # a former task is no chat
        if notify is not None:
            self.messages["remarks and commands"] += 1
            return None
        self.messages["employees"] += 1
        if text and is_told_now:
            self.written_at[MARKS.of_piece(text)] = time.monotonic()
        return None

    # -- tasks and contacts

    def _close_task(self, chat: Chat) -> bool | None:
        task = self._task(chat)
        if task is None:
            return False
        self._world.planfix.close_task(task)
        return None

    def _reopen_task(self, chat: Chat) -> bool | None:
        """A closed task of the chat is active again, and the one that followed it is closed."""
        planfix = self._world.planfix
        self._look_for_tasks()
        closed = [task for task in chat.tasks if not planfix.status_of(task).is_active]
        if not closed:
            return False
        task = self._chance.choice(closed)
        for other in chat.tasks:
            if other != task and planfix.status_of(other).is_active:
                planfix.close_task(other)
        planfix.set_status(task, _ACTIVE)
        return None

    def _delete_task(self, chat: Chat) -> bool | None:
        task = self._task(chat)
        if task is None:
            return False
        self._world.planfix.delete_task(task, purged=self._happens(0.5))
        self._look_for_tasks()
        return None

    def _merge_contact(self, chat: Chat) -> bool | None:
        contact = self._contact(chat)
        if contact is None:
            return False
        telegram_id = "" if self._is_chat else str(chat.client_id)
        other = self._world.planfix.add_contact("Полное имя", telegram_id=telegram_id)
        self._world.planfix.merge_contacts(contact, other)
        return None

    def _delete_contact(self, chat: Chat) -> bool | None:
        contact = self._contact(chat)
        if contact is None:
            return False
        self._world.planfix.delete_contact(contact)
        return None

    def _contact(self, chat: Chat) -> int | None:
        """The client's contact, as an employee finds it."""
        planfix = self._world.planfix
        if self._is_chat:
            number = planfix.chats.contact_of(chat.channel.provider_id, contact_id_of(chat.client_id))
            return number if number in {one.id for one in planfix.contacts()} else None
        own = [one.id for one in planfix.contacts() if str(one.fields.get("telegramId")) == str(chat.client_id)]
        return own[-1] if own else None

    def _task(self, chat: Chat) -> int | None:
        """The task in which an employee writes: the newest one, now and then a former one."""
        if not chat.tasks or time.monotonic() - self._looked_at > _LOOK_AGAIN:
            self._look_for_tasks()
        if not chat.tasks:
            return None
        return chat.tasks[-1] if self._happens(0.9) else self._chance.choice(chat.tasks)

    def _look_for_tasks(self) -> None:
        """Look in Planfix which tasks each chat has."""
        self._looked_at = time.monotonic()
        planfix = self._world.planfix
        contacts = {f"contact:{one.id}": str(one.fields.get("telegramId")) for one in planfix.contacts()}
        chats = {(str(chat.client_id), chat.channel.template): chat for chat in self.chats}
        of_planfix = tasks_of_chats(planfix, "")
        in_chats = {(chat.channel.alias, chat.channel.key, chat.client_id): chat for chat in self.chats}
        for chat in self.chats:
            chat.tasks = []
        for task in planfix.tasks():
            if made := of_planfix.get(("", task.id)):
                chat = in_chats.get((made.integration, made.channel, made.client_id))
            else:
                chat = chats.get((contacts.get(task.counterparty or "", ""), task.template_id or 0))
            # An employee answers what a client wrote, so a task counts as there when something stands in it.
            if chat is not None and not task.is_deleted and planfix.comments(task.id):
                chat.tasks.append(task.id)

    # -- words

    def _text(self, letter: str) -> str:
        mark = f"#{letter}{len(self.written) + 1}"
        self.written[mark] = f"{mark} " + " ".join(self._chance.choices(_WORDS, k=self._chance.randint(1, 12)))
        return self.written[mark]

    def _wrote(self, who: str, chat: Chat, text: str, write: Callable[[], Written]) -> Written:
        """Somebody writes in Telegram; what the bot is not told of arrives nowhere."""
        told_before = chat.channel.bot.next_update_id
        written = write()
        self.messages[who] += 1
        if text != YES and chat.channel.bot.next_update_id > told_before:
            self.written_at[MARKS.of_piece(text)] = time.monotonic()
        return written
