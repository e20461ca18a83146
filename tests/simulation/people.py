"""What people do in a seed: clients, owners and employees at random, and an admin; and the account of what they did.

The script is drawn before anything runs, so that a change in the bridge does not change what people do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, get_args

from bridge.planfix.chat_ids import provider_id_of
from local.fakes.planfix_chat_model import Layout
from local.promises.account import OWN_BOT, Answer, Chat, Deeds, Kind, Said
from local.promises.of_fakes import note_pushes, tasks_of_chats
from tests.simulation.boundary import Container, Rule, gateway_timeout, too_many_requests
from tests.simulation.chance import chance_of
from tests.simulation.faults import (
    CUT_AFTER,
    DENIED,
    ERROR_AFTER,
    ERROR_BEFORE,
    KILLED_AFTER,
    POST_IN_CHAT,
    REPEATED,
    SEND,
    TIMEOUT_AFTER,
    Cell,
    Faults,
)
from tests.simulation.strain import AT_EASE, SIZES, SMALL, Strain
from tests.simulation.world import MARK, TO_PLANFIX, TO_TELEGRAM, SimWorld
from tests.world import ACTIVE, CONTACT_TEMPLATE, DONE, MANAGER, OBJECT, TASK_TEMPLATE, USER, Account

if TYPE_CHECKING:
    import httpx

HOUR: Final = 3600.0

EVENTS: Final = (40, 43)
"""The fewest (the issue's number) and the most events of a seed."""

CLIENTS: Final = {
    700_000_001: ("Анна", "Серова", "anna_serova"),
    700_000_002: ("Борис", "", ""),
    700_000_003: ("Вера", "Ли", "vera_li"),
    700_000_004: ("Глеб", "", "gleb"),
}
ACCOUNTS: Final = (
    ("first", "111111:AAF-first-bot-token-of-the-tests-00", 500_000_001),
    ("second", "222222:AAF-second-bot-token-of-the-tests-0", 500_000_002),
    ("third", "333333:AAF-third-bot-token-of-the-tests-00", 500_000_003),
)
HOSTS: Final = ("acme.planfix.ru", "other.planfix.com", "third.planfix.ru")

RIGHTS: Final = ("can_reply", "can_read_messages", "can_delete_sent_messages")
"""What owners allow the bot."""

VERY_LONG: Final = 0.35
"""Of the long answers, so many are longer than a client is sent unasked."""

YES: Final = f"да{MARK}"
"""What several messages say alike."""

EAGER_AFTER: Final = (0.2, 6.0)
"""Seconds after which an employee answers in a new task, at least and at most: the bridge may not have bound it yet."""

CHAT_ID: Final = re.compile(rb'"chat_id": ?"?(\d+)|name="chat_id"\r\n\r\n(\d+)')
"""Whom a request to Telegram is for, in JSON or in a form."""
UNLIMITED: Final = ("telegram getChat",)
"""Calls that are not counted against a chat's limit."""

JUST_NOW: Final = 0.001
"""Seconds: more than any number of readings of the clock, less than any call."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the script: so many seconds after the one before; ``dice`` decides its details."""

    after: float
    what: str
    dice: tuple[float, ...]


WEIGHTS: Final = {
    "client_writes": 26, "client_says_yes": 5, "client_edits": 5, "client_deletes": 2, "owner_writes": 7,
    "automatic": 2, "answer": 20, "two_answers": 5, "long_answer": 3, "answer_for_later": 3, "internal_remark": 6,
    "remark_to_other_contact": 2, "close_task": 3, "reopen_task": 2, "delete_task": 1, "change_connection": 4, "lose_rights": 2,
    "disconnect": 1, "pause_chat": 2, "resume_chat": 2, "block": 1, "unblock": 1, "merge_contact": 1,
    "delete_contact": 1, "cancel": 2, "send": 2, "redrive": 3, "outage": 2, "slowness": 2, "revoke_token": 1, "change_settings": 2,
    "answer_at_once": 2, "answer_with_files": 3, "client_sends_album": 3, "edit_answer": 3, "delete_answer": 2,
}  # fmt: skip

NEEDED_FOR: Final = {
    "telegram getMe": "revoke_token",
    "telegram getFile": "client_sends_album",
    "telegram file": "client_sends_photo",
    "planfix POST file/": "client_sends_album",
    "telegram getBusinessConnection": "change_connection",
    "planfix POST task/": "answer_at_once",
    "planfix GET task/templates": "answer_at_once",
    "planfix GET object/N": "answer_at_once",
    "planfix POST task/N": "answer_at_once",
    "planfix POST contact/N": "client_renames",
    "planfix GET contact/N": "merge_contact",
    "planfix GET comment/N": "disconnect",
    "dynamodb query": "disconnect",
    SEND: "answer",
    "telegram editMessageText": "edit_answer",
    "telegram deleteMessage": "delete_answer",
    "telegram deleteBusinessMessages": "delete_answer",
    "planfix updateContact": "client_renames",
    "s3 put_object": "client_sends_photo",
    "s3 get_object": "disconnect",
    "s3 delete_object": "answer",
    "door s3 get_object": "client_sends_photo",
    "door dynamodb get_item": "write_first",
    "webhook file": "client_sends_photo",
    "planfix GET file/N/download": "answer_with_files",
    "planfix file": "answer_with_files",
    "telegram sendDocument": "answer_with_files",
    "telegram sendMediaGroup": "answer_with_files",
}
"""Calls that few seeds would make by chance, and what makes people need them."""

LOST: Final = (CUT_AFTER, ERROR_AFTER, TIMEOUT_AFTER, KILLED_AFTER, ERROR_BEFORE)
"""Faults that leave it open whether a thing was done."""

GAPS: Final = ((0.0, 30), (2.0, 25), (30.0, 20), (400.0, 16), (7_200.0, 6), (90_000.0, 1))
"""Seconds until the next event, at most, and how often: mostly in quick succession, now and then a day apart."""


LONG_LISTS: Final = 0.2
"""Share of seeds in which nobody tells the bridge of some hundred comments, until an answer makes it look."""

LONG_OUTAGES: Final = 0.15
"""Share of seeds in which Planfix is away for more than a day."""

NEWCOMERS: Final = (6, 16)
"""Clients who write at once, at least and at most."""
FIRST_NEWCOMER: Final = 800_000_000

INNOCENT_AFTER: Final = (620.0, 900.0, 1200.0, 1600.0, 2100.0, 2600.0)
"""Seconds of an hour in which one chat or task fails, after which (or up to a third later) somebody else is answered."""
TO_BE_CARRIED: Final = frozenset({"update", "task", "answer", "held"})
FEW: Final = 10
"""Messages in the queues: with more, it may be those that somebody waits for."""
SLOTS_OF_ONE: Final = 10
SECONDS_OF_ONE: Final = 60.0
SECONDS_OF_SLOW_FILES: Final = 240.0
"""What one message takes at most where nothing hinders it; and all containers may be busy with a file."""

LONG_LIST: Final = 26
"""Pages of such a list: more than an invocation reads (bridge/routes/rest/long_list.py)."""


WRITE_FIRST: Final = 0.35
"""Share of seeds with chats in Planfix in which an employee begins a conversation there, with a client who shared the phone."""


def script_of(seed: int, faults: Faults | None = None, strain: Strain = AT_EASE) -> list[Event]:
    """What people will do in this seed."""
    chance = chance_of(f"script of {seed}")
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    limits, often = [gap for gap, _ in GAPS], [weight for _, weight in GAPS]
    events = [
        Event(
            chance.uniform(0, chance.choices(limits, often)[0]),
            chance.choices(kinds, weights)[0],
            tuple(chance.random() for _ in range(4)),
        )
        for _ in range(chance.randint(*EVENTS))
    ]
    for call in sorted(faults.calls if faults else ()):
        if call in NEEDED_FOR:
            wanted = Event(chance.uniform(0, 400), NEEDED_FOR[call], tuple(chance.random() for _ in range(4)))
            events.insert(chance.randrange(len(events) // 4, len(events)), wanted)
    _insert_rare_ones(events, seed, strain)
    if faults and faults.matrix.route == "chat_api":
        _insert_what_only_chats_have(events, seed)
    return events


def _insert_what_only_chats_have(events: list[Event], seed: int) -> None:
    chance = chance_of(f"events of chats of {seed}")
    if chance.random() < WRITE_FIRST:
        at, dice = chance.randrange(len(events) // 4, len(events)), tuple(chance.random() for _ in range(4))
        both = [Event(chance.uniform(0, 400), "share_phone", dice), Event(chance.uniform(60, 400), "write_first", dice)]
        events[at:at] = [*both, *([replace(both[1], after=chance.uniform(0, 7_200))] if chance.random() < 0.3 else ())]


def _insert_rare_ones(events: list[Event], seed: int, strain: Strain) -> None:
    """What takes long: in a few seeds, and drawn apart, so that the others stay what they are."""
    chance = chance_of(f"rare events of {seed}")
    if chance.random() < LONG_LISTS:
        dice = tuple(chance.random() for _ in range(4))
        events.insert(chance.randrange(len(events) // 4, len(events)), Event(chance.uniform(0, 400), "long_list", dice))
    if chance.random() < LONG_OUTAGES:
        at, dice = chance.randrange(len(events) // 4, len(events)), tuple(chance.random() for _ in range(4))
        later = Event(chance.uniform(20, 40) * HOUR, "answer", dice)
        events[at:at] = [Event(chance.uniform(0, 400), "planfix_is_away", dice), later]
    for what in strain.events:
        dice = tuple(chance.random() for _ in range(4))
        events.insert(chance.randrange(len(events) // 4, len(events)), Event(chance.uniform(0, 400), what, dice))


def accounts_of(seed: int) -> tuple[Account, ...]:
    """Two or three integrations; in every other seed two of them share a Planfix account."""
    chance = chance_of(f"accounts of {seed}")
    chosen = ACCOUNTS[: chance.choice((2, 2, 2, 3))]
    hosts = [HOSTS[0], HOSTS[0], HOSTS[1]] if seed % 2 else list(HOSTS)
    return tuple(Account(alias, token, host) for (alias, token, _), host in zip(chosen, hosts, strict=False))


class People:
    """Everybody who acts on the bridge in one seed."""

    def __init__(self, world: SimWorld, seed: int) -> None:
        self.world = world
        self.seed = seed
        self.deeds = Deeds()
        self._chance = chance_of(f"people of {seed}")
        self._sizes = chance_of(f"sizes of {seed}")
        self._marks = self._newcomers = 0
        self._settings: dict[str, dict[str, Any]] = {}
        self.owners = {alias: owner for alias, _, owner in ACCOUNTS if alias in world.accounts}
        self._messages: dict[Chat, list[int]] = {}
        self._eager: list[Chat] = []
        self.eager_after = EAGER_AFTER
        self._in_new_tasks: list[Answer] = []
        world.boundary.told = self._sees_new_task
        self.policies: dict[str, set[str]] = {}
        self._make_world()
        self.chats = self._choose_chats()

    @property
    def is_chat_route(self) -> bool:
        """Whether Planfix pushes what notifies the client, and nothing else."""
        return self.world.route == "chat_api"

    @property
    def _inside(self) -> tuple[str, ...] | None:
        """Whom a command notifies: nobody, or, where nothing else reaches the bridge, the client."""
        return None if self.is_chat_route else ()

    # -- before anything happens

    def _make_world(self) -> None:
        world = self.world
        for client, names in CLIENTS.items():
            if client not in world.telegram.world.users:
                world.telegram.add_user(client, *names)
        for alias, owner in self.owners.items():
            if owner not in world.telegram.world.users:
                world.telegram.add_user(owner, f"Владелец {alias}")
            connection = world.telegram.world.connection_of(owner)
            if connection is None or connection.bot is not world.bots[alias]:
                world.telegram.connect(world.bots[alias], owner, RIGHTS, announce=self._chance.random() < 0.7)
            self._settings[alias] = self._some_settings(owner)
            self._put_settings(alias)
            for client in CLIENTS:
                world.bots[alias].started.add(client)
        self._choose_how_planfix_pushes()
        for planfix in world.planfixes.values():
            planfix.give_back_source_object_id(on=self._chance.random() < 0.5)
            if self._chance.random() < 0.6:
                planfix.add_contact("Вера", telegram="https://t.me/vera_li")
            if self._chance.random() < 0.6:
                self._make_history(planfix)

    def _choose_how_planfix_pushes(self) -> None:
        """What no source says: how several files are written into a push, and whether one that was taken comes once more."""
        chance = chance_of(f"pushes of {self.seed}")
        for planfix in self.world.planfixes.values():
            planfix.chats.layout = chance.choice(get_args(Layout))
            planfix.chats.repeats = chance.choice((0, 0, 0, 1, 2))

    def _make_history(self, planfix: Any) -> None:
        """A task of before the bridge, in which the client was written to by other means."""
        client = 700_000_001
        contact = planfix.add_contact("Анна", telegram_id=str(client))
        task = planfix.add_task("Заказ", counterparty=f"contact:{contact}", template_id=TASK_TEMPLATE)
        for _ in range(2):
            planfix.employee_comments(task, USER, self._mark("h"), notify=(f"contact:{contact}",))

    def _some_settings(self, owner: int) -> dict[str, Any]:
        chance = self._chance
        account: dict[str, Any] = {"name": "Владелец"}
        if chance.random() < 0.4:
            account["owner_user"] = f"user:{MANAGER}"
        bot: dict[str, Any] = {"name": "Бот"}
        if chance.random() < 0.5 and not self.is_chat_route:
            bot["task_object"] = OBJECT  # whom it names is not told, so the new task is changed after it was made
        return {
            "language": chance.choice(("ru", "en")),
            "send_as_employee": chance.random() < 0.3,
            "new_task_if_none_active": chance.random() < 0.75,
            "on_unknown_delivery": chance.choice(("resend", "resend", "ask")),
            "hold_refused": chance.random() < 0.8,
            "defaults": {"task_template": TASK_TEMPLATE, "contact_template": CONTACT_TEMPLATE, "extra_assignees": [f"user:{USER}"]},
            "channels": {OWN_BOT: bot, str(owner): account},
        }  # fmt: skip

    def _put_settings(self, alias: str) -> None:
        account = self.world.accounts[alias]
        if self.is_chat_route:
            for channel in self._settings[alias]["channels"]:
                wanted = self._settings[alias]["new_task_if_none_active"]
                self.world.add_window(account, channel, new_task_if_none_active=wanted)
        address = {"account_url": f"https://{account.host}", "requests_per_second": self.world.rate}
        self.world.put_settings(account, {**self._settings[alias], "planfix": address})
        self.policies.setdefault(alias, set()).add(self._settings[alias]["on_unknown_delivery"])

    def _choose_chats(self) -> list[Chat]:
        """Six or more chats, in each integration both channels, and clients who are in several."""
        every = [
            Chat(alias, channel, client)
            for alias, owner in self.owners.items()
            for channel in (OWN_BOT, str(owner))
            for client in CLIENTS
        ]
        must = [
            chat
            for chat in every
            if chat.client_id == 700_000_001 and not (chat.is_own_bot and chat.integration == "third")
        ]
        others = [chat for chat in every if chat not in must]
        return must + self._chance.sample(others, self._chance.choice((6, 6, 7)) - len(must))

    # -- acting

    def act(self, event: Event) -> None:
        """Let an event of the script happen; what is impossible just now becomes a client's message."""
        self.deeds.events += 1
        chat = self.chats[int(event.dice[0] ** 1.5 * len(self.chats))]
        done = getattr(self, event.what)(chat, event.dice)
        if done is False:
            self.client_writes(chat, event.dice)

    def _tell(self, chat: Chat | None, what: str) -> None:
        self.world.story.add("people", f"{chat.key}: {what}" if chat else what)

    def _mark(self, letter: str) -> str:
        self._marks += 1
        return f"{letter}{MARK}{self._marks}"

    def _file(self, name: str) -> bytes:
        """Its name, and where transfers take time, more than that."""
        if not self.world.boundary.speed or self._sizes.random() < SMALL:
            return name.encode()
        return name.encode() + b"\n" + bytes(self._sizes.randint(*SIZES))

    def _owner(self, chat: Chat) -> int | None:
        return None if chat.is_own_bot else int(chat.channel)

    def planfix(self, chat: Chat) -> Any:
        return self.world.planfixes[self.world.accounts[chat.integration].host]

    # clients and owners

    def _carry(self, kind: Kind, chat: Chat, text: str, do: Callable[[], Any]) -> Any:
        """Do it; when the bot is told of it, the bridge has to carry it."""
        bot = self.world.bots[chat.integration]
        before = bot.next_update_id
        result = do()
        told = bot.next_update_id > before
        self._tell(chat, f"{kind} “{text}”{'' if told else ' (the bot is not told)'}")
        if isinstance(result, dict) and kind != "edit":
            self._messages.setdefault(chat, []).append(result["message_id"])
        if told:
            ids = (result["message_id"],) if isinstance(result, dict) else tuple(result)
            self.deeds.said.append(Said(kind, chat, text, (chat.integration, before), ids))
        return result

    def client_writes(self, chat: Chat, _dice: Any = None, text: str = "") -> None:
        text = text or self._mark("c")
        self._unblock_if_needed(chat)
        bot, owner = self.world.bots[chat.integration], self._owner(chat)
        write = self.world.telegram.client_writes
        self._carry("message", chat, text, lambda: write(bot, chat.client_id, text, owner_id=owner))

    def _unblock_if_needed(self, chat: Chat) -> None:
        """Whoever blocked a bot cannot write to it."""
        telegram = self.world.telegram.world
        account = telegram.account(self.world.bots[chat.integration].id)
        if chat.is_own_bot and account.chat(telegram.user(chat.client_id)).blocked:
            self.unblock(chat)

    def client_renames(self, chat: Chat, dice: Any) -> None:
        """The client writes, and a while later again, under a new name; sometimes it is the phone, which nobody can edit."""
        self.client_writes(chat)
        self.world.later(self.world.timeline.now + 60 + dice[3], lambda: self._writes_under_new_name(chat, dice))

    def _writes_under_new_name(self, chat: Chat, dice: Any) -> None:
        mark = self._mark("n")
        self._tell(chat, f"the client is called {mark} from now on")
        self.world.telegram.rename(chat.client_id, first_name=mark)
        if dice[1] < 0.5:
            self.client_writes(chat)
            return
        self.share_phone(chat)

    def share_phone(self, chat: Chat, _dice: Any = None) -> None:
        """The client's own contact, which is the client's own phone."""
        self._unblock_if_needed(chat)
        bot, owner, text = self.world.bots[chat.integration], self._owner(chat), self._mark("p")
        phone = f"7916{chat.client_id % 10_000_000:07}" if self.is_chat_route else "79161234567"
        card = {"phone_number": phone, "first_name": text, "user_id": chat.client_id}
        write = self.world.telegram.client_writes
        self._carry("photos", chat, text, lambda: write(bot, chat.client_id, owner_id=owner, contact=card))

    def client_says_yes(self, chat: Chat, _dice: Any) -> None:
        """Twice the same words: two messages, two comments."""
        self.client_writes(chat, text=YES)
        self.client_writes(chat, text=YES)

    def client_sends_photo(self, chat: Chat, _dice: Any) -> None:
        self._send_photos(chat, 1)

    def client_sends_album(self, chat: Chat, dice: Any) -> None:
        """Of two to ten photos; often behind a burst of messages and beside other clients', so that batches cut it.

        Sometimes its first two members come again later, each by itself.
        """
        if dice[3] < 0.5:
            for _ in range(1 + int(dice[3] * 14)):
                self.client_writes(chat)
        if dice[0] < 0.5:
            self.client_writes(self.chats[int(dice[1] * len(self.chats))])
        if dice[2] < 0.4:
            self.world.faults.arm([Cell("webhook telegram", REPEATED)] * 2)
        self._send_photos(chat, 2 + int(dice[1] * 9), greeted=dice[2] > 0.8)

    def _send_photos(self, chat: Chat, number: int, *, greeted: bool = False) -> None:
        """One after another, as Telegram sends an album; the caption stands on the first, behind which the owner may greet."""
        telegram, bot, text = self.world.telegram, self.world.bots[chat.integration], self._mark("p")
        self._unblock_if_needed(chat)
        photos = tuple(self._file(f"{text}.{place}") for place in range(number))
        group = {"media_group_id": f"album of {text}"} if number > 1 else {}

        def send(place: int) -> Any:
            file_id = telegram.put_file(photos[place], f"{place}.jpg", "image/jpeg")
            words = {} if place else {"caption": text}
            fields = {**telegram.media("photo", file_id), **words, **group}
            return telegram.client_writes(bot, chat.client_id, owner_id=self._owner(chat), **fields)

        before = len(self.deeds.said)
        self._carry("photos", chat, text, lambda: send(0))
        carried = self.deeds.said[before:]
        if greeted:
            self.automatic(chat, None)
        others = [send(place)["message_id"] for place in range(1, number)]
        for said in carried:
            said.photos, said.message_ids = photos, (*said.message_ids, *others)

    def client_edits(self, chat: Chat, _dice: Any) -> bool | None:
        own = [
            one
            for one in self.deeds.said
            if one.chat == chat and one.kind == "message" and one.message_ids[0] in self._messages.get(chat, ())
        ]
        if not own:
            return False
        message, text = own[-1].message_ids[0], self._mark("e")
        bot, owner = self.world.bots[chat.integration], self._owner(chat)
        edit = self.world.telegram.client_edits
        self._carry("edit", chat, text, lambda: edit(bot, chat.client_id, message, text, owner_id=owner))
        return None

    def client_deletes(self, chat: Chat, _dice: Any) -> bool | None:
        if chat.is_own_bot or not self._messages.get(chat):
            return False
        message = self._messages[chat].pop()
        delete = self.world.telegram.client_deletes

        def do() -> list[int]:
            delete(None, chat.client_id, [message], owner_id=self._owner(chat))
            return [message]

        self._carry("deletion", chat, str(message), do)
        return None

    def owner_writes(self, chat: Chat, _dice: Any) -> bool | None:
        return self._owner_writes(chat, "owner", self._mark("o"))

    def automatic(self, chat: Chat, _dice: Any) -> bool | None:
        return self._owner_writes(chat, "automatic", self._mark("g"))

    def _owner_writes(self, chat: Chat, kind: Kind, text: str) -> bool | None:
        owner = self._owner(chat)
        if owner is None:
            return False
        write = self.world.telegram.owner_writes
        self._carry(kind, chat, text, lambda: write(owner, chat.client_id, text, is_from_offline=kind == "automatic"))
        return None

    # the owner's switches

    def change_connection(self, chat: Chat, dice: Any) -> bool | None:
        if not self._is_connected(chat):
            return False
        self._tell(chat, f"the owner edits the bot's settings{'' if dice[1] < 0.7 else ', and the event is lost'}")
        self.world.telegram.change_connection(int(chat.channel), announce=dice[1] < 0.7)
        self.client_writes(chat)
        return None

    def lose_rights(self, chat: Chat, dice: Any) -> bool | None:
        if not self._is_connected(chat):
            return False
        owner = int(chat.channel)
        self._tell(chat, "the owner takes the right to reply away")
        self.world.telegram.change_connection(owner, rights=("can_read_messages",))
        self.world.later(self.world.timeline.now + dice[1] ** 3 * 6 * HOUR, lambda: self.restore_owner(chat))
        return None

    def disconnect(self, chat: Chat, dice: Any) -> bool | None:
        if not self._is_connected(chat):
            return False
        self._tell(chat, "the owner removes the bot")
        self.world.telegram.disconnect(int(chat.channel))
        self.world.later(self.world.timeline.now + dice[1] ** 3 * 6 * HOUR, lambda: self.restore_owner(chat))
        return None

    def restore_owner(self, chat: Chat) -> None:
        if chat.is_own_bot:
            return
        owner, bot = int(chat.channel), self.world.bots[chat.integration]
        connection = self.world.telegram.world.connection_of(owner)
        if connection is None or not connection.is_enabled or "can_reply" not in connection.rights:
            self._tell(chat, "the owner connects the bot again")
            self.world.telegram.connect(bot, owner, RIGHTS)
            self.world.timeline.stir()

    def _is_connected(self, chat: Chat) -> bool:
        if chat.is_own_bot:
            return False
        connection = self.world.telegram.world.connection_of(int(chat.channel))
        return connection is not None and connection.is_enabled

    def pause_chat(self, chat: Chat, _dice: Any) -> bool | None:
        if chat.is_own_bot:
            return False
        self._tell(chat, "the owner stops the bot in this chat")
        self.world.telegram.pause_chat(int(chat.channel), chat.client_id)
        return None

    def resume_chat(self, chat: Chat, _dice: Any) -> bool | None:
        if chat.is_own_bot:
            return False
        self._tell(chat, "the owner starts the bot in this chat")
        self.world.telegram.resume_chat(int(chat.channel), chat.client_id)
        return None

    def block(self, chat: Chat, dice: Any) -> None:
        self._tell(chat, "the client blocks us")
        self.world.telegram.block(chat.client_id, self._owner(chat), bot=self.world.bots[chat.integration])
        self.world.later(self.world.timeline.now + dice[1] * HOUR, lambda: self.unblock(chat))

    def unblock(self, chat: Chat, _dice: Any = None) -> None:
        self._tell(chat, "the client unblocks us")
        self.world.telegram.unblock(chat.client_id, self._owner(chat), bot=self.world.bots[chat.integration])

    # employees

    def answer(self, chat: Chat, dice: Any) -> bool | None:
        return self._comments(chat, [self._mark("a")], dice)

    def two_answers(self, chat: Chat, dice: Any) -> bool | None:
        first = self._comments(chat, [self._mark("a")], dice)
        return first if first is False else self._comments(chat, [self._mark("a")], dice)

    def long_answer(self, chat: Chat, dice: Any) -> bool | None:
        """Beyond Telegram's 4096 characters: more than one part."""
        if dice[2] < VERY_LONG:
            return self._very_long_answer(chat, dice)
        mark = self._mark("a")
        return self._comments(chat, [f"{mark}.{'x' * 40}{number}" for number in range(95)], dice)

    def _very_long_answer(self, chat: Chat, dice: Any) -> bool | None:
        """A pasted file of text, about which somebody is asked; who reads that says ``/send`` or ``/cancel``, or nothing."""
        mark = self._mark("a")
        if self._comments(chat, [f"{mark}.{'x' * 400}{number}" for number in range(120)], dice) is False:
            return False
        then = next((do for chance, do in ((0.5, self.send), (0.8, self.cancel)) if dice[1] < chance), None)
        if then:
            self.world.later(self.world.timeline.now + dice[3] * HOUR, lambda: then(chat, (0.5,) * 4))
        return None

    def answer_with_files(self, chat: Chat, dice: Any) -> bool | None:
        """One document, or several, which are an album; with words above them or without."""
        mark = self._mark("f")
        names = [f"{mark}.{number}" for number in range((1, 1, 2, 3)[int(dice[1] * 4)])]
        files = [self.planfix(chat).put_file(self._file(name), f"{name}.txt", "text/plain") for name in names]
        return self._comments(chat, [mark][: dice[2] < 0.7] + names, dice, files=files)

    def answer_for_later(self, chat: Chat, dice: Any) -> bool | None:
        """When its time has come, pages of newer comments may lie above it."""
        later = 30 + dice[2] * 1200
        if self._comments(chat, [self._mark("a")], dice, later=later) is False:
            return False
        if dice[1] < 0.5:
            self.world.later(self.world.timeline.now + later * dice[3], lambda: self._remarks(chat, dice))
        return None

    def _remarks(self, chat: Chat, dice: Any) -> None:
        """A burst of remarks for colleagues."""
        for _ in range(6 + int(dice[0] * 10)):
            self._comments(chat, [self._mark("i")], dice, notify=())

    def internal_remark(self, chat: Chat, dice: Any) -> bool | None:
        to = ((), (f"user:{MANAGER}",))[dice[2] < 0.5]
        return self._comments(chat, [self._mark("i")], dice, notify=to)

    def remark_to_other_contact(self, chat: Chat, dice: Any) -> bool | None:
        other = self.planfix(chat).add_contact("Поставщик")
        return self._comments(chat, [self._mark("i")], dice, notify=(f"contact:{other}",))

    def answer_at_once(self, chat: Chat, dice: Any) -> bool | None:
        """/new; the client writes, and somebody answers in the new task before the bridge may know its number.

        Where Planfix chooses the task, a new one follows the closing of the former.
        """
        if chat in self._eager:
            return False
        begun = self.close_task(chat, dice) if self.is_chat_route else self._comments(chat, ["/new"], dice, notify=())
        if begun is False:
            return False
        self._eager.append(chat)
        if dice[2] < 0.7:
            self.world.faults.arm([Cell(self._opens_task, LOST[int(dice[1] * len(LOST))])])
        self.world.later(self.world.timeline.now + 20 + dice[3], lambda: self.client_writes(chat))
        return None

    @property
    def _opens_task(self) -> str:
        """The call that makes a task."""
        return POST_IN_CHAT if self.is_chat_route else "planfix POST task/"

    def _sees_new_task(self, _who: Any, call: str) -> None:
        """An employee who waits for a client's new task answers in it a second later, whoever knows of it by then."""
        if call != self._opens_task:
            return
        for chat in self._eager:
            task = max(self.planfix(chat)._world.tasks, default=0)
            if not task:
                continue
            made = self.planfix(chat)._world.tasks[task]
            if self.world.planfix_now - made.created < JUST_NOW and made.assigner == f"contact:{self.contact(chat)}":
                self._eager.remove(chat)
                at = self.world.timeline.now + self._chance.uniform(*self.eager_after)
                self.world.later(at, partial(self._answers_in_new_task, chat, task))
                return

    def _answers_in_new_task(self, chat: Chat, task: int) -> None:
        if self._comments(chat, [self._mark("a")], (0.5,) * 4, task=task) is None:
            self._in_new_tasks.append(self.deeds.answers[-1])

    def write_first(self, chat: Chat, dice: Any) -> bool | None:
        """«Написать»: an employee begins a conversation with a contact that has a phone; whose it is, the bridge knows or not."""
        planfix, contact = self.planfix(chat), self.contact(chat)
        if contact is None or not planfix._world.contacts[contact].fields.get("phones"):
            return False
        mark = self._mark("a")
        number = int(
            planfix.chats.write_first(provider_id_of(chat.integration, chat.channel), contact, USER, f"<p>{mark}</p>")
        )
        task = planfix._world.comments[number].task_id
        self._tell(chat, f"an employee begins a conversation with comment {number} in task {task}: “{mark}”")
        answer = Answer(chat, planfix.host, task, number, [mark], meant_for_client=True, at=self.world.timeline.now)
        self.deeds.answers.append(answer)
        self._in_new_tasks.append(answer)
        return None

    def long_list(self, chat: Chat, dice: Any) -> bool | None:
        """The scenario was off while colleagues wrote much, and a few answers; then one more, of which it tells."""
        if self.is_chat_route:  # no list is ever read
            return False
        task, planfix = self._task(chat, dice), self.planfix(chat)
        if task is None or self.contact(chat) is None:
            return False
        number = LONG_LIST * min(self.world.page, 10)
        answers = {int(dice[1] * number), int(dice[2] * number), number - 1}
        scenarios, planfix._scenarios.added = planfix._scenarios.added, []
        for one in range(number):
            if one in answers:
                self._comments(chat, [self._mark("a")], dice, task=task)
            else:
                planfix.employee_comments(task, MANAGER, self._mark("r"))
        planfix._scenarios.added = scenarios
        return self._comments(chat, [self._mark("a")], dice, task=task)

    def cancel(self, chat: Chat, dice: Any) -> bool | None:
        return self._comments(chat, ["/cancel"], dice, notify=self._inside)

    def send(self, chat: Chat, dice: Any) -> bool | None:
        return self._comments(chat, ["/send"], dice, notify=self._inside)

    def edit_answer(self, chat: Chat, dice: Any) -> bool | None:
        return self._comments(chat, ["/edit", self._mark("b")], dice, notify=self._inside)

    def delete_answer(self, chat: Chat, dice: Any) -> bool | None:
        return self._comments(chat, ["/delete"], dice, notify=self._inside)

    def _comments(
        self,
        chat: Chat,
        words: list[str],
        dice: Any,
        *,
        notify: tuple[str, ...] | None = None,
        later: float = 0.0,
        task: int | None = None,
        files: Sequence[int] = (),
    ) -> bool | None:
        planfix, now = self.planfix(chat), self.world.timeline.now
        task = task or self._task(chat, dice)
        contact = self.contact(chat)
        if task is None or contact is None:
            return False
        roles = ()
        if notify is None:
            assigner = planfix.task(task).assigner
            by_role = assigner == f"contact:{contact}" and dice[3] < 0.3 and not self.is_chat_route
            notify, roles = ((), ("assigner",)) if by_role else ((f"contact:{contact}",), ())
        meant = bool(roles) or f"contact:{contact}" in notify
        html = f"<p>{' '.join(words[: len(words) - len(files)])}</p>"
        author = USER if dice[3] < 0.8 else MANAGER
        if later:
            at = self.world.planfix_now + later
            number = planfix.schedule_comment(task, author, html, at=at, notify=notify, roles=roles)
            self.world.later(now + later, self.world.timeline.stir)
        else:
            number = planfix.employee_comments(task, author, html, notify=notify, roles=roles, files=files)
        command = words[0] if words[0].startswith("/") else ""
        said = " ".join(words)[:60]
        self._tell(
            chat,
            f"an employee writes comment {number} in task {task}: “{said}”, notifies {notify or roles}{f', for {later:.0f} s later' if later else ''}",
        )
        self.deeds.answers.append(
            Answer(chat, planfix.host, task, number, words, meant, now + later, bool(later), command, files=len(files))
        )
        return None

    def _task(self, chat: Chat, dice: Any) -> int | None:
        """The chat's task in Planfix; now and then a former one."""
        planfix = self.planfix(chat)
        mine = [
            task
            for task in self.tasks(chat)
            if task in planfix._world.tasks and not planfix._world.tasks[task].is_deleted
        ]
        if not mine:
            return None
        return mine[-1] if dice[1] < 0.9 else mine[int(dice[2] * len(mine))]

    def tasks(self, chat: Chat) -> list[int]:
        """The tasks of this chat."""
        planfix = self.planfix(chat)
        if self.is_chat_route:
            return [
                task
                for (_, task), its in tasks_of_chats(planfix, planfix.host).items()
                if its == chat and task in planfix._world.tasks
            ]
        return [task for task in planfix._world.tasks if self.world.chat_of(planfix.host, task) == chat]

    def contact(self, chat: Chat) -> int | None:
        """The client's contact, as an employee finds it."""
        if self.is_chat_route:
            number = self.planfix(chat).chats.contact_of(
                provider_id_of(chat.integration, chat.channel), str(chat.client_id)
            )
            return number if number in self.planfix(chat)._world.contacts else None
        own = [one.id for one in self.planfix(chat).contacts() if one.fields.get("telegramId") == str(chat.client_id)]
        return own[-1] if own else None

    def close_task(self, chat: Chat, dice: Any) -> bool | None:
        task = self._task(chat, dice)
        if task is None:
            return False
        self._tell(chat, f"an employee closes task {task}")
        self.planfix(chat).close_task(task)
        return None

    def reopen_task(self, chat: Chat, dice: Any) -> bool | None:
        """A closed task of the chat is active again, and the one that followed it is closed."""
        planfix = self.planfix(chat)
        tasks = [planfix._world.tasks[task] for task in self.tasks(chat) if task in planfix._world.tasks]
        closed = [task.id for task in tasks if task.status_id == DONE and not task.is_deleted]
        if not closed:
            return False
        task = closed[int(dice[1] * len(closed))]
        self._tell(chat, f"an employee opens task {task} again")
        for other in tasks:
            if other.id != task and other.status_id != DONE and not other.is_deleted:
                planfix.close_task(other.id)
        planfix.set_status(task, ACTIVE)
        return None

    def delete_task(self, chat: Chat, dice: Any) -> bool | None:
        task = self._task(chat, dice)
        if task is None:
            return False
        self._tell(chat, f"an employee deletes task {task}")
        self.deeds.lost_tasks.append((self.planfix(chat).host, task))
        self.planfix(chat).delete_task(task, purged=dice[2] < 0.5)
        return None

    def merge_contact(self, chat: Chat, _dice: Any) -> bool | None:
        contact = self.contact(chat)
        if contact is None:
            return False
        known_by = {} if self.is_chat_route else {"telegram_id": str(chat.client_id)}
        other = self.planfix(chat).add_contact("Полное имя", **known_by)
        self._tell(chat, f"an employee merges contact {contact} into {other}")
        self.planfix(chat).merge_contacts(contact, other)
        return None

    def delete_contact(self, chat: Chat, _dice: Any) -> bool | None:
        contact = self.contact(chat)
        if contact is None:
            return False
        self._tell(chat, f"an employee deletes contact {contact}")
        self.planfix(chat).delete_contact(contact)
        for one in self.deeds.answers:
            if one.host == self.planfix(chat).host and one.chat.client_id == chat.client_id:
                one.contact_deleted = True
        return None

    # the admin, and what befalls services

    def redrive(self, _chat: Chat, dice: Any) -> None:
        """Sometimes too early, and once more a little later: what made the message a dead letter is still so."""
        self._tell(None, "the admin redrives the dead letters")
        if dice[1] < 0.5 and self.world.has_dead_letters:
            others = "planfix messageStatus" if self.is_chat_route else "planfix POST task/N/comments/list"
            self.world.faults.arm([Cell(self.world.faults.matrix.posts, DENIED), Cell(others, DENIED)] * 2)
            self.world.later(self.world.timeline.now + 20 + 100 * dice[3], self.world.redrive)
        self.world.redrive()

    def outage(self, chat: Chat, dice: Any) -> None:
        service = "telegram" if dice[1] < 0.4 else self.planfix(chat).host
        seconds = 60 + dice[2] ** 2 * 7_000
        self._tell(None, f"{service} does not answer for {seconds:.0f} s")
        self.world.boundary.outages[service] = self.world.timeline.now + seconds
        self.world.boundary.watch.hindered(self.world.timeline.now + seconds)

    def planfix_is_away(self, chat: Chat, dice: Any) -> bool | None:
        """For longer than an answer is tried, for the bridge only: an employee goes on answering."""
        host, seconds = self.planfix(chat).host, (31 + dice[2] * 10) * HOUR
        self._tell(None, f"{host} does not answer for {seconds / HOUR:.0f} h")
        self.world.boundary.outages[host] = self.world.timeline.now + seconds
        self.world.boundary.watch.hindered(self.world.timeline.now + seconds)
        return self._comments(chat, [self._mark("a")], dice)

    def slowness(self, chat: Chat, dice: Any) -> None:
        service = "telegram" if dice[1] < 0.4 else self.planfix(chat).host
        seconds = 60 + dice[2] * 600
        self._tell(None, f"{service} takes long for every answer, for {seconds:.0f} s")
        self.world.boundary.slowness[service] = self.world.timeline.now + seconds
        self.world.boundary.watch.hindered(self.world.timeline.now + seconds)

    def revoke_token(self, chat: Chat, dice: Any) -> None:
        bot = self.world.bots[chat.integration]
        self._tell(None, f"the token of {chat.integration} is refused for a while")
        bot.revoked = True
        until = self.world.timeline.now + 30 + dice[1] * 7_000
        self.world.boundary.watch.hindered(until)
        self.world.later(until, lambda: self.restore_token(chat.integration))

    def flood_chat(self, chat: Chat, dice: Any) -> bool | None:
        """Telegram asks one chat to wait for an hour; others are answered meanwhile."""
        if self._comments(chat, [self._mark("a")], dice) is False:
            return False
        until = self.world.timeline.now + HOUR
        self._tell(chat, "Telegram wants nothing sent here for an hour")
        self.world.boundary.rules.append(self._flooded(chat, until, whole_bot=False))
        others = [one for one in self.chats if one.integration == chat.integration and one.client_id != chat.client_id]
        self._answer_innocents(others, dice)
        return None

    def flood_bot(self, chat: Chat, dice: Any) -> bool | None:
        """Telegram asks the whole bot to wait."""
        seconds = 60 + dice[2] ** 2 * HOUR
        self._tell(chat, f"Telegram asks the whole bot to wait for {seconds:.0f} s")
        until = self.world.timeline.now + seconds
        self.world.boundary.rules.append(self._flooded(chat, until, whole_bot=True))
        self.world.boundary.watch.hindered(until)
        return self._comments(chat, [self._mark("a")], dice)

    def _flooded(self, chat: Chat, until: float, *, whole_bot: bool) -> Rule:
        path, client = f"/bot{self.world.bots[chat.integration].token}/", str(chat.client_id).encode()

        def rule(_: Container, call: str, request: httpx.Request) -> httpx.Response | None:
            left = until - self.world.timeline.now
            if left <= 0 or not request.url.path.startswith(path):
                return None
            asked = CHAT_ID.search(request.read())
            if not (whole_bot or (asked and client in asked.groups() and call not in UNLIMITED)):
                return None
            self.world.story.add("Telegram", f"{call}: asks to wait for {left:.0f} s")
            return too_many_requests(request, left)

        return rule

    def poison_task(self, chat: Chat, dice: Any) -> bool | None:
        """What asks Planfix for one task's comments fails for an hour; others are answered meanwhile."""
        if self.is_chat_route:  # nothing asks
            return False
        task, planfix = self._task(chat, dice), self.planfix(chat)
        if task is None or self._comments(chat, [self._mark("a")], dice, task=task) is False:
            return False
        self._tell(chat, f"504 for whoever asks for the comments of task {task}, for an hour")
        until, path = self.world.timeline.now + HOUR, f"/rest/task/{task}/comments/list"

        def rule(_: Container, call: str, request: httpx.Request) -> httpx.Response | None:
            if self.world.timeline.now > until or (request.url.host, request.url.path) != (planfix.host, path):
                return None
            self.world.story.add("Planfix", f"{call}: 504")
            return gateway_timeout(request)

        self.world.boundary.rules.append(rule)
        others = [one for one in self.chats if self.planfix(one) is planfix and one.client_id != chat.client_id]
        self._answer_innocents(others, dice)
        return None

    def _answer_innocents(self, others: Sequence[Chat], dice: Any) -> None:
        if not others:
            return
        for number, after in enumerate(INNOCENT_AFTER):
            innocent = others[(int(dice[3] * len(others)) + number) % len(others)]
            at = self.world.timeline.now + after * (1 + dice[1] / 3)
            self.world.later(at, partial(self._answer_innocent, innocent))

    def _answer_innocent(self, chat: Chat) -> None:
        """Somebody is answered while another one's calls fail."""
        waiting, task = self._waiting(), self._task(chat, (0.5,) * 4)
        if task is None or any(body.get("task") == task for body in waiting):
            return
        if self._comments(chat, [self._mark("a")], (0.5,) * 4, task=task) is None:
            is_it = partial(_is_about, "task", task)
            self._expect_gone(f"an answer in task {task}, whom nothing fails,", is_it, 1, waiting)

    def burst_of_newcomers(self, chat: Chat, dice: Any) -> None:
        """Many new clients write at once, and somebody is answered beside them."""
        number, bot = int(NEWCOMERS[0] + dice[1] * (NEWCOMERS[1] - NEWCOMERS[0])), self.world.bots[chat.integration]
        waiting, first = self._waiting(), bot.next_update_id
        self._tell(chat, f"{number} new clients write at once")
        for _ in range(number):
            self._newcomers += 1
            client = FIRST_NEWCOMER + self._newcomers
            self.world.telegram.add_user(client, f"New{self._newcomers}")
            bot.started.add(client)
            self.client_writes(Chat(chat.integration, OWN_BOT, client))
        for after in (5, 15):
            at = self.world.timeline.now + after
            self.world.later(at, lambda: self._comments(chat, [self._mark("a")], (0.5,) * 4))

        def is_theirs(body: Mapping[str, Any]) -> bool:
            number_of = body.get("update", {}).get("update_id", 0)
            return body["integration"] == chat.integration and first <= number_of < first + number

        self._expect_gone(f"one of {number} new clients of {chat.integration}", is_theirs, number, waiting)

    def _waiting(self) -> list[dict[str, Any]]:
        """What lies in the queues and is to be carried."""
        bodies = (*self.world.waiting(TO_PLANFIX), *self.world.waiting(TO_TELEGRAM))
        return [body for body in bodies if body["kind"] in TO_BE_CARRIED]

    def _expect_gone(
        self, what: str, is_it: Callable[[Mapping[str, Any]], bool], number: int, before: Sequence[Mapping[str, Any]]
    ) -> None:
        """What is written now may not lie in a queue for longer than its slots take, if nothing hinders everybody meanwhile.

        Args:
            what: for whoever reads of it.
            is_it: whether a queue's message is of it.
            number: how many messages it is.
            before: what lay in the queues already; nobody knows how long many of them take.
        """
        if len(before) > FEW:
            return
        now, watch = self.world.timeline.now, self.world.boundary.watch
        files = SECONDS_OF_SLOW_FILES if self.world.boundary.speed else 0.0
        until = now + SECONDS_OF_ONE + files + SLOTS_OF_ONE * watch.gap * (number + len(before))

        def look() -> None:
            mine = [body for body in self._waiting() if is_it(body) and body["received_at"] < now + SECONDS_OF_ONE / 2]
            if mine and watch.calm_from <= now:
                self.world.violations.append(f"{what} waits for {until - now:.0f} s")

        self.world.later(until, look)

    def restore_token(self, alias: str) -> None:
        if self.world.bots[alias].revoked:
            self._tell(None, f"the token of {alias} works again")
            self.world.bots[alias].revoked = False

    def change_settings(self, chat: Chat, dice: Any) -> None:
        names = ("new_task_if_none_active", "send_as_employee")
        name = names[int(dice[1] * len(names))]
        settings = self._settings[chat.integration]
        settings[name] = not settings[name]
        self._tell(None, f"the admin sets {name} of {chat.integration} to {settings[name]}")
        self._put_settings(chat.integration)

    # -- the end

    def know_new_tasks(self) -> None:
        """A client has several chats: whose the new tasks were is known when they are bound."""
        for answer in self._in_new_tasks:
            chat = self.world.chat_of(answer.host, answer.task)
            if chat is None:
                self.deeds.answers.remove(answer)
            else:
                answer.chat = chat
        self._in_new_tasks.clear()
        if self.is_chat_route:
            note_pushes(self.deeds.answers, self.world.planfixes)

    def probe(self, chat: Chat) -> None:
        """In every task of the chat that is left, an employee answers once more."""
        for task in self.tasks(chat):
            if not self.planfix(chat)._world.tasks[task].is_deleted:
                self._comments(chat, [self._mark("a")], (0.0, 0.0, 0.0, 0.5), task=task)

    def settings_of(self, alias: str) -> dict[str, Any]:
        """For the story."""
        return self._settings[alias]


def _is_about(name: str, value: int, body: Mapping[str, Any]) -> bool:
    return body.get(name) == value
