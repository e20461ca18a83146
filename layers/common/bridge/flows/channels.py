"""Where clients write and are written to: in the bot's own chat, or on behalf of a business account by its newest connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bridge.errors import BridgeError, Reason, Refused
from bridge.telegram.formatting import unformatted
from bridge.telegram.splitting import MAX_TEXT

if TYPE_CHECKING:
    from bridge.aws.connections import Connections
    from bridge.journal import Journal
    from bridge.model import Chat, FormattedText
    from bridge.parts import Messenger
    from bridge.settings import Settings
    from bridge.telegram.files import OutgoingFile

Result = TypeVar("Result")


class _Way(NamedTuple):
    """How a client is reached: the chat id, the business connection where the channel is one, and whether it may mark as read."""

    chat_id: int
    connection_id: str | None
    may_read: bool = False


class Channels:
    """What the bot does in a client's chat, by the way that leads there now, whatever it was when the client wrote.

    Whatever is done by it raises, besides what Telegram answers:
        Refused: ACCOUNT_NOT_APPROVED, when the channel is not in the settings; CONNECTION_LOST, when it is not connected.
    """

    def __init__(
        self, alias: str, settings: Settings, connections: Connections, bot: Messenger, journal: Journal
    ) -> None:
        self._alias = alias
        self._settings = settings
        self._connections = connections
        self._bot = bot
        self._journal = journal

    def send_text(self, chat: Chat, text: FormattedText, *, reply_to: int | None = None) -> int:
        """Send a text of one message; returns the message."""

        def send(way: _Way, text: FormattedText) -> int:
            return self._bot.send_text(way.chat_id, text, connection_id=way.connection_id, reply_to=reply_to)

        return self._plain_if_refused(chat, text, send)

    def edit_text(self, chat: Chat, message: int, text: FormattedText) -> None:
        """Give a message of text, of one message too, a new wording."""

        def edit(way: _Way, text: FormattedText) -> None:
            self._bot.edit_text(way.chat_id, message, text, connection_id=way.connection_id)

        self._plain_if_refused(chat, text, edit)

    def send_files(self, chat: Chat, files: Sequence[OutgoingFile]) -> list[int]:
        """Send one file, or an album; returns their messages."""

        def send(way: _Way) -> list[int]:
            if len(files) == 1:
                return [self._bot.send_file(way.chat_id, files[0], connection_id=way.connection_id)]
            return self._bot.send_album(way.chat_id, files, connection_id=way.connection_id)

        return self._by_newest_way(chat, send)

    def delete(self, chat: Chat, messages: Sequence[int]) -> None:
        """Delete messages, at most as many as go together."""
        self._by_newest_way(
            chat, lambda way: self._bot.delete_messages(way.chat_id, messages, connection_id=way.connection_id)
        )

    def show_that_it_comes(self, chat: Chat, action: str) -> None:
        """Show the client that something is on its way; ``action`` as Telegram names it. A courtesy, no more."""
        try:
            self._by_newest_way(
                chat, lambda way: self._bot.send_chat_action(way.chat_id, action, connection_id=way.connection_id)
            )
        except BridgeError as error:
            self._journal.info("not shown that a file comes", extra={"reason": error.reason.value})

    def marks_read(self, chat: Chat) -> bool:
        """Whether the channel wants its clients to see that what they wrote was read."""
        channel = self._settings.channel(chat.channel)
        return channel is not None and bool(channel.mark_read) and not chat.is_own_bot

    def mark_read(self, chat: Chat, message: int) -> None:
        """Show the client that it was read, up to this message, where the owner gave the right. A courtesy, no more."""
        try:
            way = self._way_to(chat)
            if message and way.may_read and way.connection_id is not None:
                self._bot.read_business_message(way.chat_id, message, connection_id=way.connection_id)
        except BridgeError as error:
            self._journal.info("not marked as read", extra={"reason": error.reason.value})

    def _plain_if_refused(
        self, chat: Chat, text: FormattedText, send: Callable[[_Way, FormattedText], Result]
    ) -> Result:
        """Send a text; once more without its formatting, if it is that which is refused: nobody has to write the words again."""

        def send_by(way: _Way) -> Result:
            try:
                return send(way, text)
            except Refused as refused:
                if refused.reason is not Reason.MARKUP_REFUSED or not text.entities:
                    raise
                self._journal.count("sent_without_formatting")
                kinds = sorted({one.type for one in text.entities})
                extra = {"chat": chat.key, "detail": refused.logged, "kinds": kinds}
                self._journal.warning("formatting refused, sent without it", extra=extra)
            return send(way, unformatted(text, MAX_TEXT))

        return self._by_newest_way(chat, send_by)

    def _by_newest_way(self, chat: Chat, do: Callable[[_Way], Result]) -> Result:
        """Do it by the way to a client; once more when the connection was replaced by another one in this very moment."""
        way = self._way_to(chat)
        try:
            return do(way)
        except Refused as refused:
            if refused.reason is not Reason.CONNECTION_LOST:
                raise
            newer = self._way_to(chat)
            if newer == way:
                raise
        return do(newer)

    def _way_to(self, chat: Chat) -> _Way:
        if chat.is_own_bot:
            return _Way(chat.client_id, None)
        if self._settings.channel(chat.channel) is None:
            raise Refused(Reason.ACCOUNT_NOT_APPROVED)
        connection = self._connections.newest(self._alias, int(chat.channel))
        if connection is None:
            raise Refused(Reason.CONNECTION_LOST)
        return _Way(chat.client_id, connection.connection_id, "can_read_messages" in connection.rights)
