"""What lies in the queues: a shape for each kind of message, built and read here and nowhere else.

A message may have been queued by an older version fourteen days ago (the longest that SQS keeps one), so each shape takes what is missing
as that version meant it: tests/events/queued holds one of each that there ever was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.telegram.updates import is_update

if TYPE_CHECKING:
    from bridge.model import Chat


class Update(NamedTuple):
    """An update of Telegram.

    Attributes, of all shapes:
        integration: whose it is.
        received_at: when it came, Unix seconds; 0 until it is put on its queue.
        first_received_at: the same of the first time, where it was redriven or taken again since; else 0.
    """

    integration: str
    update: dict[str, Any]
    received_at: float = 0.0
    first_received_at: float = 0.0


class Look(NamedTuple):
    """Look what is new in a task; ``event``: ``comment`` or ``status``, "" where nobody said which."""

    integration: str
    host: str
    task: int
    received_at: float = 0.0
    first_received_at: float = 0.0
    event: str = ""


class Pushed(NamedTuple):
    """An employee answered in a chat of Planfix's own: with its words, which cannot be read again.

    Attributes:
        channel, client: whose chat it is.
        push: as planfix/chat_push.py wrote it.
    """

    integration: str
    channel: str
    client: int
    push: dict[str, Any]
    received_at: float = 0.0
    first_received_at: float = 0.0


class GivenUp(NamedTuple):
    """One answer that was given up, as it lies with the dead letters; redriven, it is sent in its chat's group."""

    integration: str
    host: str
    task: int
    comment: int
    received_at: float = 0.0
    first_received_at: float = 0.0
    group: str = ""


class MayGo(NamedTuple):
    """Held answers of a chat may go out now, or have waited too long."""

    integration: str
    channel: str
    client: int
    received_at: float = 0.0
    first_received_at: float = 0.0

    @classmethod
    def of(cls, chat: Chat) -> MayGo:
        return cls(chat.integration, chat.channel, chat.client_id)


class OwnerWrote(NamedTuple):
    """The owner wrote to the client from the phone; ``at``: when, Unix seconds, 0 from a version that did not say so."""

    integration: str
    channel: str
    client: int
    at: float = 0.0
    received_at: float = 0.0
    first_received_at: float = 0.0

    @classmethod
    def of(cls, chat: Chat, at: float) -> OwnerWrote:
        return cls(chat.integration, chat.channel, chat.client_id, at)


class CheckAccount(NamedTuple):
    """Something about this owner's connection changed."""

    integration: str
    owner: int
    received_at: float = 0.0
    first_received_at: float = 0.0


class CheckBot(NamedTuple):
    """The bot's token was refused."""

    integration: str
    received_at: float = 0.0
    first_received_at: float = 0.0


class CheckChannel(NamedTuple):
    """An answer waits for what the admin has to put right for this account."""

    integration: str
    channel: str
    received_at: float = 0.0
    first_received_at: float = 0.0


class Timer(NamedTuple):
    """Puts ``then`` on its queue, in ``group``, at ``due`` (Unix seconds)."""

    integration: str
    due: float
    group: str
    then: Queued
    received_at: float = 0.0
    first_received_at: float = 0.0


class Handed(NamedTuple):
    """How the queue handed a message over.

    Attributes:
        receipts: how often, this time included.
        told_to_wait: seconds that it was told to wait in all.
        album: of an album's first member, the updates of all that are here.
        may_be_cut: further members may lie in the queue already, beyond the end of this batch.
    """

    receipts: int = 1
    told_to_wait: float = 0.0
    album: tuple[dict[str, Any], ...] = ()
    may_be_cut: bool = False


Queued = Update | Look | Pushed | GivenUp | MayGo | OwnerWrote | CheckAccount | CheckBot | CheckChannel | Timer

SHAPES: Final[dict[str, type[Queued]]] = {
    "update": Update,
    "task": Look,
    "pushed": Pushed,
    "answer": GivenUp,
    "held": MayGo,
    "owner_wrote": OwnerWrote,
    "check_account": CheckAccount,
    "check_bot": CheckBot,
    "check_channel": CheckChannel,
    "timer": Timer,
}
"""By the ``kind`` that stands in their JSON."""

_KINDS: Final = {shape: kind for kind, shape in SHAPES.items()}


def kind_of(message: Queued) -> str:
    """The ``kind`` of its JSON, for logs."""
    return _KINDS[type(message)]


def as_json(message: Queued) -> dict[str, Any]:
    """Its JSON: what says no more than its absence is left out."""
    said = {name: value for name, value in message._asdict().items() if value != message._field_defaults.get(name)}
    if isinstance(message, Timer):
        said["then"] = {name: value for name, value in as_json(message.then).items() if name != "integration"}
    return {"kind": kind_of(message), **said}


def read(text: str) -> Queued | None:
    """What a message's JSON says; None when it is none of ours."""
    try:
        return _of(json.loads(text))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _of(body: dict[str, Any]) -> Queued | None:
    shape = SHAPES[body["kind"]]
    message = shape(**{name: body[name] for name in shape._fields if name in body})
    if not isinstance(message.integration, str) or float(message.received_at) < 0:
        return None
    if isinstance(message, Update) and not is_update(message.update):
        return None
    if isinstance(message, Timer):
        then = _of({**body["then"], "integration": message.integration})
        return message._replace(then=then) if then else None
    return message


def timer(then: Queued, group: str, due: float) -> tuple[Timer, str]:
    """A message that comes in ``group`` at ``due`` (Unix seconds), and the group of its timer."""
    return Timer(then.integration, due, group, then), f"{group}:timer:{due}"
