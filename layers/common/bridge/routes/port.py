"""How Planfix is reached, in the words of a conversation: what a route can do, and what passes between it and the flows.

A route carries what people write in Telegram into Planfix, reads what employees write there, and tells them what became of it.
How it does that (tasks and comments, or a chat of Planfix's own) nobody above it knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from bridge.model import Author, Chat
from bridge.queued import GivenUp, Look, Pushed

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.errors import OutcomeUnknown, Reason, RetryLater
    from bridge.files import OpenedFile
    from bridge.model import Attachment, ChatState, File, Held, Person
    from bridge.queued import Handed, MayGo, Queued
    from bridge.settings import ChannelSettings
    from bridge.telegram.updates import IncomingMessage


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a route can do.

    Attributes:
        reads_back: what it delivered can be looked for, so that a lost answer is no doubt.
        reads_answers_again: an answer can be read again when its time has come, so that none of its words need be kept.
        notes: the bridge can write to employees only.
        hides_from_client: employees can write what is not for the client, and so command the bridge.
        shows_states: what became of an answer is shown beside it, without words.
        chooses_task: the bridge decides in which task a chat goes on.
        formats: words keep their formatting both ways; else what plain text can say of it.
    """

    reads_back: bool
    reads_answers_again: bool
    notes: bool
    hides_from_client: bool
    shows_states: bool
    chooses_task: bool
    formats: bool


# -- client to Planfix


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs: its chat, the chat's client, the channel's settings, and who owns its account (None: own bot)."""

    chat: Chat
    client: Person
    channel: ChannelSettings
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a message came to the bridge, Unix seconds: this time, and, where it was redriven since, the first time."""

    at: float
    first_at: float

    @classmethod
    def of(cls, message: Queued) -> Receipt:
        """Of a message of the queue."""
        return cls(message.received_at, message.first_received_at or message.received_at)


@dataclass(frozen=True, slots=True)
class Member:
    """One message of an album: its number, its date, the versions of its words and files, and those files."""

    message_id: int
    date: int
    version: str
    files: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Posting:
    """What is to be posted.

    Attributes:
        place: the chat it belongs to.
        message: the Telegram message, of an album its first.
        author: who wrote it.
        says: its words as HTML.
        key: the ledger key of this comment.
        version: keyed digest of the words, to tell an edit that changed nothing.
        received: when it came to the bridge.
        files: keyed digest of which files it has, "" for none.
        attachments: the files that belong to it.
        members: of an album, its messages.
        is_edit: it is the new wording of a message from before.
        written: a line above the words that says when they were written, or "".
        whole: all of the words, where ``says`` is only their beginning, or "".
    """

    place: Place
    message: IncomingMessage
    author: Author
    says: str
    key: str
    version: str
    received: Receipt
    files: str = ""
    attachments: tuple[Attachment, ...] = ()
    members: tuple[Member, ...] = ()
    is_edit: bool = False
    written: str = ""
    whole: str = ""

    @property
    def by_client(self) -> bool:
        return self.author is Author.CLIENT

    @property
    def newest_message(self) -> int:
        """Its number; of an album, that of its last member."""
        return max((member.message_id for member in self.members), default=self.message.message_id)


class Carried(NamedTuple):
    """What the ledger keeps of what was carried (`keys.message_key`, `keys.album_key`), read as any version of the bridge wrote it.

    Attributes:
        task: where it is.
        comment: what it is there.
        date: when it was written, Unix seconds; 0 when unknown.
        version: keyed digest of its words; of an album "", whose messages have rows of their own.
        files: keyed digest of which files it has, "" for none.
        members: of an album, the numbers of its messages.
    """

    task: int
    comment: int
    date: int = 0
    version: str = ""
    files: str = ""
    members: tuple[int, ...] = ()

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> Carried:
        said = (outcome.get("date", 0), outcome.get("version", ""), outcome.get("files", ""))
        return cls(outcome["task"], outcome["comment"], *said, tuple(outcome.get("members", ())))

    def as_outcome(self) -> dict[str, Any]:
        outcome = self._asdict()
        members = outcome.pop("members")
        return {**outcome, "members": list(members)} if members else outcome


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of a posting, and what was known of its chat before."""

    carried: Carried
    before: ChatState


# -- Planfix to client


@dataclass(frozen=True, slots=True)
class Call:
    """Planfix says that something is new.

    Attributes:
        host: the account.
        task: where.
        received_at: when it said so, Unix seconds.
        first_received_at: the same of the first time, where it was redriven; else 0.
        event: what it is about, ``comment`` or ``status``; "" when it does not say.
        receipts: how often the queue handed it out.
        told_to_wait: seconds that it was told to wait in all.
        chat: whose it is, where it says so.
        push: the answer itself, where it came along (planfix/chat_push.py).
    """

    host: str
    task: int
    received_at: float
    first_received_at: float = 0.0
    event: str = ""
    receipts: int = 1
    told_to_wait: float = 0.0
    chat: Chat | None = None
    push: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, message: Look | GivenUp | MayGo | Pushed, handed: Handed) -> Call:
        """Of a message of the queue."""
        host, task = (message.host, message.task) if isinstance(message, Look | GivenUp) else ("", 0)
        chat = Chat(message.integration, message.channel, message.client) if isinstance(message, Pushed) else None
        return cls(
            host,
            task,
            message.received_at,
            message.first_received_at,
            message.event if isinstance(message, Look) else "",
            handed.receipts,
            handed.told_to_wait,
            chat,
            message.push if isinstance(message, Pushed) else None,
        )


class End(Enum):
    """What was decided about something that was read."""

    NOTICE = auto()
    OTHERS = auto()  # the client's, or one that is hidden
    INSIDE = auto()  # a remark, a command, or what the owner wrote on the phone
    SENT = auto()
    NOT_SENT = auto()  # not yet, or not unless somebody says so
    REFUSED = auto()  # for good: nothing sends it any more
    GIVEN_UP = auto()  # an answer beyond its budget


class Fate(Enum):
    """What a report about an answer means for it."""

    SENT = auto()
    WAITS = auto()  # it goes out by itself, or when an employee says so
    NOT_SENT = auto()
    REMARK = auto()  # something beside that


class Journey(Protocol):
    """What becomes of answers: the flow, as a route sees it while it reads them in their order."""

    def drain(self, chat: Chat) -> None:
        """Before anything new: what is held for this chat goes first."""

    def obey(self, answer: Answer) -> None:
        """It is a command, or nearly one."""

    def decide(self, answer: Answer, *, was_seen: bool) -> End:
        """It is for the client; ``was_seen``: a former call found it already."""

    def ends_unmeant(self, answer: Answer) -> bool:
        """It is for no client any more: whether its author was promised that it goes out by itself, and has been told now."""

    @property
    def patience(self) -> float:
        """Seconds after which whoever wrote an answer is told that it waits."""

    def is_overdue(self, answer: Answer) -> bool:
        """Whether its author should know by now that it waits."""

    def waits(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> None:
        """It stands behind something that must wait."""


class Route(Protocol):
    """The way to one Planfix account."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def host(self) -> str:
        """The account, as it stands in keys."""

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
        """Carry what was written, once; None when this channel wants nothing made for it.

        ``tried``: of an album, what former attempts posted, where that may have been fewer messages.
        """

    def attempts_of(self, key: str) -> list[frozenset[int]]:
        """Which messages of an album each attempt had whose outcome is still to come."""

    def follow(self, chat: Chat, client: Person, before: ChatState) -> Mapping[str, str]:
        """The client's names may be others now; returns what this chat has seen of them."""

    def offer_phone(
        self, chat: Chat, client: Person, message: IncomingMessage, *, key: str, received_at: float
    ) -> None:
        """The client may have shared the own phone."""

    def answers(self, call: Call, journey: Journey) -> None:
        """Read what is new, and let the journey decide about each answer in its turn, once."""

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        """What was answered behind held ones that must wait: nobody else looks at it."""

    def answer(self, host: str, task: int, number: int) -> Answer | None:
        """One answer as it stands now; None when it is gone, or its task is none of ours."""

    def held_answer(self, held: Held) -> Answer | None:
        """The same of one that is held or put aside."""

    def why_unmeant(self, answer: Answer) -> Reason | None:
        """Why an answer from before is none for the client now; None when it still is one."""

    def is_hidden(self, answer: Answer) -> bool:
        """Whether its author hid it meanwhile: its words are for nobody else to read."""

    def quoted_message(self, answer: Answer) -> int | None:
        """The Telegram message that it quotes."""

    def author_name(self, answer: Answer) -> str:
        """Its author's name as clients read it."""

    def open_file(self, file: File) -> AbstractContextManager[OpenedFile]:
        """Receive a file of an answer."""

    def public_link(self, file: File) -> str:
        """A link to it that opens for everybody; "" when there is none."""

    def note(self, chat: Chat, task: int, said: str, *, key: str) -> bool:
        """Write to the employees of a conversation, once; False when Planfix refuses it. ``task``: where it stands, 0 if in none."""

    def tell_author(self, answer: Answer, said: str, about: str, fate: Fate) -> bool:
        """Tell whoever wrote an answer, once for each ``about``; False when Planfix refuses it."""

    def sent(self, answer: Answer) -> None:
        """The client has all of an answer."""

    def ended(self, answer: Answer) -> None:
        """One that waited is refused for good."""

    def ref(self, chat: Chat, number: int) -> AnswerRef:
        """Which answer of this account."""


class Store(Protocol):
    """Where a route keeps bytes for a while (aws/bucket.py)."""

    def put(self, key: str, data: IO[bytes] | bytes, *, mime: str, name: str = "") -> None: ...

    def get(self, key: str, *, at_most: int) -> Bytes | None: ...

    def delete(self, key: str) -> None: ...


class Bytes(Protocol):
    """What lies in a store."""

    @property
    def data(self) -> bytes: ...
