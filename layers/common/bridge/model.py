"""What the two sides talk about. Plain values: no AWS, no HTTP, nothing of ours but the errors' names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from bridge.errors import Reason

OWN_BOT = "own_bot"
"""The channel key of the bot itself; a business account's channel key is its owner's user id, as text."""

ALIAS = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""An integration's alias: it stands in addresses, parameter names and message groups."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One client in one channel.

    ``client_id`` is the client's Telegram user id: in a private chat ``chat.id`` is that id, in every channel.
    """

    integration: str
    channel: str
    client_id: int

    @property
    def key(self) -> str:
        return f"{self.integration}#{self.channel}#{self.client_id}"

    @property
    def group(self) -> str:
        """The message group of both queues: one client is served in order, by one worker."""
        return f"{self.integration}:{self.client_id}"

    @property
    def is_own_bot(self) -> bool:
        return self.channel == OWN_BOT


@dataclass(frozen=True, slots=True)
class Person:
    """A Telegram user or private chat, as Telegram names them."""

    id: int
    first_name: str = ""
    last_name: str = ""
    username: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name.strip(), self.last_name.strip()) if part)


class Author(StrEnum):
    """Who wrote a Telegram message (facts: telegram.md section 2)."""

    CLIENT = "client"
    OWNER = "owner"
    AUTOMATIC = "automatic"  # the owner's greeting, away text or scheduled message
    BOT = "bot"  # sent by a bot on the owner's behalf, or by a bot on the client's side


@dataclass(frozen=True, slots=True)
class Entity:
    """A Telegram message entity; offset and length count UTF-16 units (core.telegram.org/bots/api#messageentity)."""

    type: str
    offset: int
    length: int
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "offset": self.offset, "length": self.length, **self.extra}


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Telegram text: characters and the entities over them."""

    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a Telegram message, not yet downloaded.

    Attributes:
        kind: the field of the message it is from, ``photo``, ``voice``...
        file_id: what ``getFile`` takes; good for this bot only.
        file_unique_id: the same file has the same one, always.
        name: a file name that is safe to write and has its extension, also when Telegram gives none.
        mime: its type, also when Telegram gives none.
        size: bytes, as the sender's side says; None when unknown.
        duration: seconds; None when it has none.
    """

    kind: str
    file_id: str
    file_unique_id: str
    name: str
    mime: str
    size: int | None = None
    duration: int | None = None


CALL: Final = 35.0
"""Seconds that a call may take: 5 each for a free connection and to connect, 25 until it is answered (transfer.py)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of an employee's answer.

    Attributes:
        id: its number in Planfix, or in its answer where it has an address.
        name: as Planfix has it.
        size: bytes, None when nobody said it.
        address: where it is, if that came with the answer.
    """

    id: int
    name: str = ""
    size: int | None = None
    address: str = ""


MOMENT: Final = 5.0
"""Seconds that a service which takes no calls is waited for where they are made; more is a change of visibility (design section 4)."""


class Slots(Protocol):
    """The right to make one more call to a service: taken right before it, moved when the service says "slower"."""

    def take(self, needs: float = CALL, *, gives_way: bool = False) -> None:
        """Wait for a slot, or raise RetryLater.

        Args:
            needs: seconds that the call may take.
            gives_way: it carries a file or a name: words go first.
        """

    def check_open(self) -> None:
        """Raise RetryLater where ``take`` would not even wait."""

    def hold_off(self, seconds: float, asked: Reason) -> None:
        """Nobody takes a slot for so long: the service asked for it, in words that mean this."""

    def slow_down(self, seconds: float, asked: Reason) -> None:
        """The service asked for it, for one client perhaps: when it says so to another one too, it holds off everybody."""

    def failed(self) -> None:
        """The service did not answer: when it fails for several clients, nobody takes a slot for a while."""

    def answered(self) -> None:
        """The service answered, whatever it said."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The newest known connection of a business account.

    ``not_carried`` counts messages that came while the account was not approved; they were neither kept nor forwarded.
    """

    owner_id: int
    connection_id: str
    is_enabled: bool
    rights: tuple[str, ...] = ()
    name: str = ""
    username: str = ""
    user_chat_id: int | None = None
    received_at: int = 0
    update_id: int = 0
    not_carried: int = 0

    @property
    def can_reply(self) -> bool:
        return "can_reply" in self.rights


@dataclass(frozen=True, slots=True)
class Told:
    """What people were told of an account or of the bot.

    ``lost``: they were told, or are being told, that answers cannot go out by it; else that it is back, or nothing yet.
    ``unfinished``: what the notices that are still being written are known by; empty when everybody was told.
    ``times``: how often that changed so far.
    """

    lost: bool = False
    unfinished: str = ""
    times: int = 0


@dataclass(frozen=True, slots=True)
class ChatState:
    """What is known of a chat. ``active_at`` is Unix milliseconds.

    ``client_message``, ``owner_message``, ``sent_message``: the newest message of the client, of the owner, and of those that were
    sent for an employee. Both sides' messages have one row of numbers in a chat (facts: telegram.md section 3), so that
    who wrote last is told by them and by no clock. ``seen``: keyed digests
    of how the client was called in the newest message, by field of the contact. ``tasks_had``: how often the chat found a task.
    ``former_tasks``: the newest of the tasks that the chat has left, oldest first.
    ``former_contacts``: contacts that were merged or deleted; a comment read before may still notify one of them.
    ``last_answer``: the newest comment that was sent. ``holds``: answers wait (see aws/waiting.py). ``new_task_next``: an
    employee wants the client's next message in a new task. ``look_owed``: a look at one of its tasks was given up (flows/looks.py).
    """

    task_id: int | None = None
    former_tasks: tuple[int, ...] = ()
    contact_id: int | None = None
    former_contacts: tuple[int, ...] = ()
    active_at: int = 0
    client_message: int = 0
    owner_message: int = 0
    sent_message: int = 0
    last_answer: int = 0
    holds: bool = False
    new_task_next: bool = False
    look_owed: bool = False
    seen: Mapping[str, str] = field(default_factory=dict)
    tasks_had: int = 0

    @property
    def is_in_planfix(self) -> bool:
        """Whether anything of the chat is there."""
        return self.task_id is not None or self.newest_carried > 0

    @property
    def newest_carried(self) -> int:
        """The newest message that is in the task, whoever of the two wrote it."""
        return max(self.client_message, self.owner_message)

    @property
    def awaits_answer(self) -> bool:
        """The client wrote after the last answer."""
        return self.client_message > max(self.owner_message, self.sent_message)


@dataclass(frozen=True, slots=True)
class KnownContact:
    """The contact that a client is, for every channel and integration of a Planfix account.

    ``ours``: the contact's fields whose values the bridge itself wrote; empty for a contact that was found.
    """

    id: int
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a template or an object of Planfix names as assignees.

    ``people``: ``user:5``, ``group:3``; None where it does not say. ``read_at``: Unix seconds.
    """

    people: tuple[str, ...] | None
    read_at: float


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that waits: its ids only, the comment is read again.

    ``at``, ``until``: Unix seconds when it began to wait, and until when a held one does, as its author was told (0 in rows of
    older versions). Whatever the settings say since: its timer comes then, and no other.
    """

    task_id: int
    comment_id: int
    at: int
    until: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a task's list of comments, which lies in order of date. Dates are Planfix's, Unix seconds.

    Attributes:
        since: numbers up to this one are history where there is no floor yet, or no date (0 for a task the bridge made).
        floor: whatever has this date or an earlier one is history, or was decided upon.
        decided: ids above the floor that were decided upon.
        waits_at: date of the lowest comment that could not be decided upon yet; 0 when none waits.
        calls_owed: calls that are still to come for comments that an earlier call found with its own.
        called_at: when that call came, Unix seconds by the door's clock.
        below: while a long list is read from its oldest comment on (routes/rest/long_list.py), how many of the oldest are done with.
    """

    since: int = 0
    floor: int = 0
    decided: frozenset[int] = frozenset()
    waits_at: int = 0
    calls_owed: int = 0
    called_at: int = 0
    below: int = 0


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task of ours.

    Attributes:
        chat: whose task it is.
        host: the Planfix account's host.
        task_id: its number.
        client_is_assigner: the bridge made it, so the client's contact is the task's assigner.
        seen: which of its comments are history or were decided upon.
        nagged_at: when the employee was last told to tick the client (Unix milliseconds).
        posting: ledger key of a comment that the bridge itself is posting right now.
    """

    chat: Chat
    host: str
    task_id: int
    client_is_assigner: bool = False
    seen: Seen = field(default_factory=Seen)
    nagged_at: int = 0
    posting: str = ""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nobody has done it: do it now."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; ``outcome`` is what came of it."""

    outcome: Any


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody is doing it: ask again after so many seconds."""

    wait: float


@dataclass(frozen=True, slots=True)
class Lost:
    """It was begun at ``since`` (Unix seconds) and nobody knows its outcome. It is ours to find out now.

    ``marks``: what its attempts would have left behind, as each gave it to the claim.
    """

    since: float
    marks: tuple[str, ...] = ()


Claim = Fresh | Done | Busy | Lost


class Log(Protocol):
    """The logger that the flows write to: ids and reasons, never a message's words."""

    def info(self, msg: str, *, extra: Mapping[str, object] | None = None) -> None: ...

    def warning(self, msg: str, *, extra: Mapping[str, object] | None = None) -> None: ...

    def error(self, msg: str, *, extra: Mapping[str, object] | None = None) -> None: ...
