"""The port to Planfix's API for chats: what a flow may ask of one chat, and the values it answers with.

``chat_api.py`` reaches it. A "chat" of Planfix is one window of its settings, with its own ``providerId`` and tokens: one for
each channel. What its ``chatId`` names, one client in it, is our `Chat` (chat_ids.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bridge.files import OpenedFile


@dataclass(frozen=True, slots=True)
class ChatContact:
    """A client as a message brings it; Planfix makes the contact, and knows it again by ``id``.

    Attributes:
        id: as chat_ids.py makes it.
        name: first name; the id stands for a client who has none.
        lastname: "" for none, as in all that follow.
        picture: address of the avatar.
        email: as the client gave it.
        phone: only one that the client shared as the own one.
        data: further words about the contact, for an employee to read.
    """

    id: str
    name: str
    lastname: str = ""
    picture: str = ""
    email: str = ""
    phone: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file that travels as an address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class NewChatMessage:
    """What a message in a chat is made from.

    Attributes:
        chat_id: as chat_ids.py makes it.
        contact: the client, also where somebody else wrote.
        text: plain text; where it is blank, the names of the files stand for it, since Planfix takes no empty message.
        channel: a further name of where it was written, or "".
        title: of the task that the message may open, or ""; given again, it renames the task (facts: planfix.md section 1.2).
        files: what Planfix is to fetch.
        is_echo: our side wrote it, not the client.
        user_email: the employee who did; "" leaves it to the chat's window.
        task_fields: what goes into a new task's fields, by their names there.
    """

    chat_id: str
    contact: ChatContact
    text: str
    channel: str = ""
    title: str = ""
    files: tuple[LinkedFile, ...] = ()
    is_echo: bool = False
    user_email: str = ""
    task_fields: Mapping[str, str] = field(default_factory=dict)


class MessageState(StrEnum):
    """What an employee sees beside an answer: a tick, two ticks, a mark of error."""

    SENT = "sent"
    READ = "read"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ChatTask:
    """The task of a chat; ``is_active`` None where Planfix does not say."""

    number: int
    is_active: bool | None = None


class LinkedFileSource(Protocol):
    """The account's own files, by the addresses that it pushed."""

    def open(self, file: LinkedFile) -> AbstractContextManager[OpenedFile]:
        """Receive one."""

    def public(self, file: LinkedFile) -> str:
        """Its address, which opens for everybody; "" for one that is none of the account's."""


class PlanfixChat(Protocol):
    """One chat of a Planfix account. Every method raises a leaf of the error tree."""

    @property
    def provider_id(self) -> str: ...

    def post(self, message: NewChatMessage) -> None:
        """Put a message into the chat; OutcomeUnknown when its answer was lost, and nothing here tells whether it arrived."""

    def report(self, message_id: str, state: MessageState, said: str = "") -> None:
        """What became of an answer, by the id it was pushed with; ``said`` is for its author to read."""

    def task(self, chat_id: str) -> ChatTask | None:
        """The chat's task, or None when there is none."""

    def contact(self, contact_id: str) -> int | None:
        """Number of the contact, or None when Planfix knows none."""

    def update_contact(self, contact: ChatContact) -> None:
        """Write the client's names and whatever else is given; what is "" stays."""


Windows = Callable[[str], PlanfixChat]
"""The chat that Planfix has for a channel. Raises Misconfigured where nobody set one up."""


class Named(Protocol):
    """Whatever has a file's name."""

    @property
    def name(self) -> str: ...


def names_of(files: Iterable[Named]) -> str:
    """What stands for the words of a message that has files only."""
    return "\n".join(f"📎 {file.name}" for file in files)
