"""What people did and what is seen at the end, in plain values: all that the promises are judged by.

Nothing here knows the bridge. Each world (the simulation, the soak, the demo, the stack of `make e2e`) fills these in; of_fakes.py
and of_aws.py read most of it. No two clocks are compared: order is by the numbers that Telegram and Planfix themselves give,
and a duration is by one clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

OWN_BOT: Final = "own_bot"
"""The channel of the bot itself; a business account's channel is its owner's user id."""

Kind = Literal["message", "photos", "edit", "owner", "automatic", "deletion"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """One client in one channel, as the tables name it."""

    integration: str
    channel: str
    client_id: int

    @property
    def key(self) -> str:
        return f"{self.integration}#{self.channel}#{self.client_id}"

    @property
    def is_own_bot(self) -> bool:
        return self.channel == OWN_BOT


@dataclass(frozen=True)
class Marks:
    """How what people wrote is recognised wherever it stands.

    Attributes:
        pattern: finds each piece of people's words; its first group is the mark that the pieces of one message or answer share.
        of: the mark of what that group finds, where it is another one.
    """

    pattern: re.Pattern[str]
    of: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> Marks:
        """Each of these texts is a piece, of the mark named with it; of two that begin alike, the longer one is recognised."""
        longest_first = sorted((text for text in texts if text), key=lambda text: (-len(text), text))
        either = "|".join(map(re.escape, longest_first)) or "(?!)"
        return cls(re.compile(rf"(?<!\w)({either})(?!\w)"), texts)

    def pieces(self, text: str) -> list[str]:
        """The pieces of people's words in a text, in their order."""
        return [found[0] for found in self.pattern.finditer(text)]

    def marks(self, text: str) -> set[str]:
        """Whose words they are."""
        return {self.of.get(found[1], found[1]) for found in self.pattern.finditer(text)}

    def of_piece(self, piece: str) -> str:
        """Whose words a piece is."""
        return next(iter(self.marks(piece)), piece)


# -- what people did


@dataclass(eq=False)
class Said:
    """Something that Telegram told the bot, so that the bridge has to carry it into Planfix.

    Attributes:
        text: its mark, which has to stand in a comment; "" where it has no words; of a deletion, the message's number.
        update: bot's alias and update_id, of an album those of its first member.
        message_ids: as Telegram numbers them.
        photos: the bytes of the files that have to hang on the comment.
    """

    kind: Kind
    chat: Chat
    text: str
    update: tuple[str, int]
    message_ids: tuple[int, ...]
    photos: tuple[bytes, ...] = ()


@dataclass(eq=False)
class Answer:
    """An employee's comment: an answer, a remark or a command.

    Attributes:
        host, task, comment: where it stands.
        words: what the client has to read, piece by piece (see `Marks`); of a file, what it is recognised by. Of a command, its
            own word, and behind ``/edit`` the pieces of the new text.
        meant_for_client: whether it notifies the client.
        at: when it is seen, by Planfix's clock.
        scheduled: it was written for later.
        command: ``/send``, ``/cancel``, ``/edit``, ``/delete`` or ``/new``.
        contact_deleted: whom it notifies was deleted since, which makes a remark of it.
        deleted: an employee deleted the comment: nobody waits for it.
        files: how many of the words, the last ones, are files. One that could not be had at first may come behind the others.
        unheard: Planfix gave up telling the bridge of it, which may have heard of it all the same: its author knows.
        delayed: the bridge was told of it late, by Planfix's own repetition: later ones may have come before it.
    """

    chat: Chat
    host: str
    task: int
    comment: int
    words: list[str]
    meant_for_client: bool
    at: float
    scheduled: bool = False
    command: str = ""
    contact_deleted: bool = False
    deleted: bool = False
    files: int = 0
    delayed: bool = False
    unheard: bool = False


@dataclass
class Deeds:
    """What people did.

    Attributes:
        lost_tasks: host and number of the tasks that employees deleted.
        policies: what each integration did with answers whose delivery is unknown, at any time: ``resend``, ``ask``.
        hindered: chats in which answers still cannot go out at the end.
        hold_for: seconds that a refused answer is held.
    """

    said: list[Said] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lost_tasks: list[tuple[str, int]] = field(default_factory=list)
    policies: dict[str, set[str]] = field(default_factory=dict)
    hindered: set[Chat] = field(default_factory=set)
    hold_for: float = 72 * 3600.0
    events: int = 0


# -- what is seen


@dataclass(frozen=True, slots=True)
class Can:
    """What the way to Planfix can do, as the bridge's own ``capabilities`` say (bridge/routes/port.py): the least of it that promises need.

    Attributes:
        reads_back: what arrived in Planfix can be looked for: no message need be repeated, or left to an employee to look for.
        shows_states: what became of an answer is shown beside it.
    """

    reads_back: bool = True
    shows_states: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What was shown beside an answer, from some moment on.

    Attributes:
        host, comment: the answer.
        state: ``sent``, ``error`` or ``read``.
        said: the words beside it.
        after: the newest comment's number at that moment.
    """

    host: str
    comment: int
    state: str
    said: str
    after: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in Planfix.

    Attributes:
        by: ``bridge`` is the token's own user: notices, and words of whoever is nobody in Planfix; ``employee`` wrote in
            Planfix; ``client`` stands for everybody whose words the bridge carried.
        files: the bytes of what hangs on it.
    """

    host: str
    task: int
    id: int
    by: Literal["bridge", "employee", "client"]
    html: str
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """One call by which the bridge brought something to a client.

    Attributes:
        text: all that the client reads; of a file, what it is recognised by.
        message_ids: of the account whose chat it is; of an edit, what was edited.
        known: the ledger knows of it.
        disturbed: something came between it and the ledger: the bridge could not know that it arrived.
        is_edit: it changed an earlier message.
    """

    chat: Chat
    text: str
    message_ids: tuple[int, ...]
    known: bool = True
    disturbed: bool = False
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an album that Telegram handed to the bridge.

    Attributes:
        sent_at: when Telegram first sent it, by its own clock (Unix seconds); whether it was taken then is not known to Telegram
            where the answer was lost.
        handed_at: when a webhook took it.
        update: bot's alias and update_id.
    """

    update: tuple[str, int]
    message_id: int
    photo: bytes
    sent_at: float
    handed_at: float


@dataclass(frozen=True, slots=True)
class Album:
    """The members of one album, as they were handed over."""

    chat: Chat
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Something that still lies somewhere.

    Attributes:
        where: a queue, or Telegram, or Planfix.
        what: as it is shown.
        update: bot's alias and update_id, where it is one.
    """

    where: str
    what: str
    update: tuple[str, int] | None = None


@dataclass
class Seen:
    """What is seen when everything has settled.

    Attributes:
        marks: how people's words are recognised.
        comments: of every Planfix account, of every task, deleted ones too.
        sent: what clients got, in the order in which each account numbered it.
        contacts: host and Telegram id of every contact that has one.
        albums: what Telegram handed over of albums.
        left: what lies in queues, with Telegram and with Planfix; timers aside, which wait for their time.
        unknowable: updates (bot's alias, update_id) of which nobody can know whose they are: their connection's id was replaced
            before the bridge ever heard of it.
        buried: the bodies of all that ever was a dead letter.
        connections, chats, ledger: the rows of the tables in plain values.
        now: the bridge's clock, Unix seconds.
        refused_notices: host and task in which Planfix took no notice.
        can: what the route can do.
        states: all that was ever shown beside answers, in order.
        tasks: whose the tasks are, by host and number, where no row says so: Planfix made them.
        kept_words: host and number of the answers whose words the bridge keeps.
    """

    marks: Marks
    comments: list[Comment] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    contacts: list[tuple[str, str]] = field(default_factory=list)
    albums: list[Album] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    unknowable: set[tuple[str, int]] = field(default_factory=set)
    buried: list[Json] = field(default_factory=list)
    connections: list[Json] = field(default_factory=list)
    chats: list[Json] = field(default_factory=list)
    ledger: list[Json] = field(default_factory=list)
    now: float = 0.0
    refused_notices: set[tuple[str, int]] = field(default_factory=set)
    can: Can = field(default_factory=Can)
    states: list[State] = field(default_factory=list)
    tasks: dict[tuple[str, int], Chat] = field(default_factory=dict)
    kept_words: list[tuple[str, int]] = field(default_factory=list)


def update_of(body: Mapping[str, Any]) -> tuple[str, int]:
    """Bot's alias and update_id of a queue's message; 0 where it is no update."""
    return str(body.get("integration", "")), int(body.get("update", {}).get("update_id", 0))
