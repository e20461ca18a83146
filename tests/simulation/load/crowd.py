"""The world of a load run, and the people in it: clients who write and employees who answer, each word recognised where it arrives."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, Literal

from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.model import Chat, ChatState, KnownContact
from tests.simulation.chance import chance_of
from tests.simulation.load.wire import LoadBoundary, Meter, Mute, mark
from tests.simulation.world import BATCH, SimWorld
from tests.world import CONTACT_TEMPLATE, GROUP, MAIN, MANAGER, OBJECT, TASK_TEMPLATE, USER

FIRST_CLIENT: Final = 710_000_000
LOOKED_AT_EVERY: Final = 60.0
"""Seconds between two looks whether all has arrived."""
COUNTED_EVERY: Final = 600.0
"""Seconds between two counts of what is in flight."""
KEPT_WHOLE: Final = 1024 * 1024
"""Bytes: what is larger is not kept twice, see `LoadWorld.forget_copies`."""


class LoadWorld(SimWorld):
    """The whole bridge with any number of containers, without faults but those that a scenario makes.

    Args:
        seed: of latencies and of what people do.
        containers: of the sender, for each queue.
        rate: Planfix requests a second, allowed and set.
        speed: bytes a second of each transfer.
        most_invocations: with more the run is given up.
    """

    story_of = Mute
    boundary_of = LoadBoundary
    boundary: LoadBoundary

    def __init__(
        self, seed: int, *, containers: int, rate: float = 1.0, speed: float = 0.0, most_invocations: int
    ) -> None:
        super().__init__(
            accounts=(MAIN,),
            rate=rate,
            chance=chance_of(f"latencies of load {seed}"),
            settings={"planfix": {"account_url": f"https://{MAIN.host}", "requests_per_second": rate}},
            containers=containers,
        )
        self.give_up_after(most_invocations)
        self.boundary.speed = speed
        self.planfix._world.remembers_calls = False  # the most of the memory of a long run
        self.most_in_flight = 0
        self.run(self.timeline.now + LOOKED_AT_EVERY)  # the account's connection is learnt, and this is not measured
        self.invocations = self.receives = self.most_receives = 0
        self.billed = 0.0
        self.boundary.meter = Meter()

    @property
    def is_given_up(self) -> bool:
        """Whether there were too many invocations."""
        return self.invocations >= self._most_invocations

    @property
    def waits(self) -> bool:
        """Whether anything lies in one of the queues."""
        return any(self.sqs._queues[self.urls[queue]].fifo._by_sequence for queue in BATCH)

    def count_in_flight(self) -> None:
        """Messages that are hidden or worked on, of which SQS allows 120,000 (of a FIFO queue)."""
        for queue in BATCH:
            messages = self.sqs._queues[self.urls[queue]].fifo._by_sequence.values()
            hidden = sum(message.in_flight(self.timeline.now) for message in messages)
            self.most_in_flight = max(self.most_in_flight, hidden)

    def forget_copies(self) -> None:
        """Let everything that both services keep of the same size be the same bytes: ten files of 50 MB are one."""
        for sent in self.telegram.world.files.values():
            if len(sent.data) > KEPT_WHOLE:
                sent.data = zeros(len(sent.data))
        kept = self.planfix._world.files
        for number, file in list(kept.items()):
            if len(file.data) > KEPT_WHOLE:
                kept[number] = replace(file, data=zeros(len(file.data)))


@cache
def zeros(size: int) -> bytes:
    """A file of so many bytes, always the same one."""
    return bytes(size)


@dataclass(frozen=True)
class Client:
    """A client of the bot; ``task`` and ``contact`` are 0 for one who is new."""

    id: int
    task: int = 0
    contact: int = 0


@dataclass
class Letter:
    """Words or a file on their way.

    Attributes:
        number: see `mark`.
        kind: a client's message, an answer's words, or a file of either.
        client: whose chat.
        beside: the number of the words that a file comes with.
        is_hindered: a scenario refuses its chat: its time says nothing of the others'.
        at: when it was written (Unix seconds); 0 until then.
    """

    number: int
    kind: Literal["message", "answer", "file"]
    client: int
    beside: int = 0
    is_hindered: bool = False
    at: float = 0.0


@dataclass(frozen=True)
class Deed:
    """What somebody does so many seconds after the beginning."""

    after: float
    client: int
    do: Callable[[], None]


@dataclass
class Crowd:
    """Who is there and what they will do.

    Attributes:
        world: where they live.
        chance: of when they do it.
        letters: all that is written, by number.
        deeds: what will be done.
    """

    world: LoadWorld
    chance: random.Random
    letters: dict[int, Letter] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    clients: int = 0

    # -- who

    def newcomer(self) -> Client:
        """A client of whom neither the bridge nor Planfix knows."""
        self.clients += 1
        client = Client(FIRST_CLIENT + self.clients)
        self.world.telegram.add_user(client.id, f"Client{self.clients}")
        return client

    def known(self) -> Client:
        """A client who has a contact and a task, as after a first message long ago."""
        world, new = self.world, self.newcomer()
        world.bot.started.add(new.id)
        contact = world.planfix.add_contact(f"Client{self.clients}", telegram_id=str(new.id))
        world.planfix._world.contacts[contact].fields["template"] = {"id": CONTACT_TEMPLATE}
        task = world.planfix.add_task(
            f"Client{self.clients}",
            assigner=f"contact:{contact}",
            counterparty=f"contact:{contact}",
            assignees=(f"user:{MANAGER}", f"user:{USER}", f"group:{GROUP}"),
            template_id=TASK_TEMPLATE,
            object_id=OBJECT,
        )
        chats, chat = Chats(Table(world.dynamodb, "chats")), Chat(MAIN.alias, "own_bot", new.id)
        chats.remember_contact(MAIN.host, new.id, KnownContact(contact))
        chats.bind_task(chat, MAIN.host, task, client_is_assigner=True)
        chats.go_on_in(chat, ChatState(), task_id=task, contact_id=contact, at=0)
        return Client(new.id, task, contact)

    # -- what

    def writes(self, client: Client, after: float, *, size: int = 0, hindered: bool = False) -> None:
        """The client writes, or (``size`` bytes) sends a file with a caption."""
        letter = self._letter("message", client, hindered=hindered)
        attached = [self._letter("file", client, beside=letter.number, hindered=hindered)] if size else []
        world, words = self.world, mark("c", letter.number)

        def write() -> None:
            for one in (letter, *attached):
                one.at = world.timeline.now
            if not attached:
                world.telegram.client_writes(world.bot, client.id, words)
                return
            name = f"{mark('f', attached[0].number)}.bin"
            file = world.telegram.put_file(zeros(size), name, "application/octet-stream")
            shown = world.telegram.media("document", file)
            world.telegram.client_writes(world.bot, client.id, None, caption=words, **shown)

        self.deeds.append(Deed(after, client.id, write))

    def answered(self, client: Client, after: float, *, files: int = 0, size: int = 0, hindered: bool = False) -> None:
        """An employee answers a known client, with so many files of so many bytes."""
        words = self._letter("answer", client, hindered=hindered)
        attached = [self._letter("file", client, beside=words.number, hindered=hindered) for _ in range(files)]
        world = self.world

        def answer() -> None:
            for letter in (words, *attached):
                letter.at = world.timeline.now
            put = [world.planfix.put_file(zeros(size), f"{mark('a', letter.number)}.bin") for letter in attached]
            said = mark("a", words.number)
            world.planfix.employee_comments(client.task, USER, said, notify=(f"contact:{client.contact}",), files=put)

        self.deeds.append(Deed(after, client.id, answer))

    def _letter(self, kind: Literal["message", "answer", "file"], client: Client, **known: Any) -> Letter:
        hindered = known.pop("hindered")
        letter = Letter(len(self.letters) + 1, kind, client.id, is_hindered=hindered, **known)
        self.letters[letter.number] = letter
        return letter

    # -- and let it happen

    def begin(self, *, spacing: float = 0.0, together: bool = False) -> float:
        """Set everything to happen from now on; returns seconds until the last deed.

        Args:
            spacing: seconds from one deed to the next, instead of when each would be done: nothing waits for anything.
            together: a client's deeds are one.
        """
        now, last = self.world.timeline.now, 0.0
        deeds = sorted(self.deeds, key=lambda deed: (deed.client if together else 0, deed.after))
        turn, before = -1, 0
        for deed in deeds:
            turn += not (together and deed.client == before)
            before = deed.client
            after = turn * spacing if spacing else deed.after
            self.world.later(now + after, deed.do)
            last = max(last, after)
        return last

    def live(self, limit: float) -> None:
        """Let time pass until everything that was written has arrived and nothing waits, at most so many seconds."""
        world, begun, counted = self.world, self.world.timeline.now, 0.0
        while world.timeline.now < begun + limit and not world.is_given_up:
            world.run(world.timeline.now + LOOKED_AT_EVERY)
            world.forget_copies()
            if world.timeline.now - counted > COUNTED_EVERY:
                counted = world.timeline.now
                world.count_in_flight()
            if self.is_done:
                return

    @property
    def is_done(self) -> bool:
        """Whether everything has arrived and nothing is left to do."""
        return len(self.world.boundary.meter.arrived) >= len(self.letters) and not self.world.waits
