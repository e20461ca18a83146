"""What one integration works with: only who puts rooms together (flows/integration.py, routes/rest/compose.py) sees all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from bridge.journal import Journal

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.connections import Connections
    from bridge.aws.waiting import Waiting
    from bridge.effects import Effects
    from bridge.files import OpenedFile
    from bridge.model import FormattedText, Log
    from bridge.planfix.route import Planfix
    from bridge.queued import Queued
    from bridge.settings import Settings
    from bridge.telegram.files import OutgoingFile
    from bridge.texts import Texts

Tell = Callable[["Queued", str], None]
"""Puts a message for the journey to the client on its queue, in a group."""

Digest = Callable[[str], str]
"""A keyed digest of a text, so that two versions can be compared without keeping either."""


class Messenger(Protocol):
    """What the journeys ask of a bot."""

    def send_text(
        self, chat_id: int, text: FormattedText, *, connection_id: str | None = None, reply_to: int | None = None
    ) -> int: ...

    def get_business_connection(self, connection_id: str) -> dict[str, Any]: ...

    def check_open(self) -> None: ...

    def get_me(self) -> dict[str, Any]: ...

    def open_file(self, file_id: str) -> AbstractContextManager[OpenedFile]: ...

    def send_file(self, chat_id: int, file: OutgoingFile, *, connection_id: str | None = None) -> int: ...

    def send_album(
        self, chat_id: int, files: Sequence[OutgoingFile], *, connection_id: str | None = None
    ) -> list[int]: ...

    def send_chat_action(self, chat_id: int, action: str, *, connection_id: str | None = None) -> None: ...

    def read_business_message(self, chat_id: int, message_id: int, *, connection_id: str) -> None: ...

    def edit_text(
        self, chat_id: int, message_id: int, text: FormattedText, *, connection_id: str | None = None
    ) -> None: ...

    def delete_messages(
        self, chat_id: int, message_ids: Sequence[int], *, connection_id: str | None = None
    ) -> None: ...


@dataclass(frozen=True)
class Parts:
    """What one integration works with.

    Attributes:
        alias: its name, e.g. ``main``.
        clock: Unix seconds.
        tell: puts a message for the other journey on to-telegram.fifo.
        bury: puts a message on the dead-letter queue of to-telegram.fifo: body, reason.
        digest: a keyed digest of a text.
        count: counts a thing that happened, by name.
    """

    alias: str
    settings: Settings
    texts: Texts
    bot: Messenger
    planfix: Planfix
    connections: Connections
    waiting: Waiting
    chats: Chats
    effects: Effects
    clock: Callable[[], float]
    tell: Tell
    bury: Callable[[Queued, str], None]
    digest: Digest
    count: Callable[[str], None]
    log: Log

    @cached_property
    def journal(self) -> Journal:
        """Where its rooms write what happened."""
        return Journal(self.log, self.count)
