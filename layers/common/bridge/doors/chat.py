"""``POST /planfix/{integration}/chat``: an employee answered in a chat of Planfix's own. Check, queue with its words, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge.aws.queues import TooBig
from bridge.doors.lock import again, language_of
from bridge.errors import RetryLater
from bridge.http_api import answer
from bridge.planfix.chat_ids import channel_of, chat_id_of, chat_of, contact_id_of
from bridge.planfix.chat_push import NOT_OURS, WRONG, PushedMessage, PushRefused, cannot_write_first, read_push, taken
from bridge.queued import Pushed, as_json
from bridge.secret_keys import digest, key_of_digests, phone_digest
from bridge.texts import Say, Texts

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.parameters import RawIntegration
    from bridge.aws.queues import Queue
    from bridge.clock import Clock
    from bridge.doors.lock import Lock
    from bridge.http_api import Request
    from bridge.journal import Journal
    from bridge.model import Chat

Answer = dict[str, Any]


class ChatDoor:
    """What Planfix pushes."""

    def __init__(self, lock: Lock, queue: Queue, chats: Chats, clock: Clock, journal: Journal) -> None:
        self._lock = lock
        self._queue = queue
        self._chats = chats
        self._clock = clock
        self._journal = journal

    def accept(self, request: Request) -> Answer:
        """A push.

        200 with both ids once it is queued, and where REST is the route that was chosen; 400 for what nobody can send; 401 for
        a wrong token; 503 when AWS does not take part. Planfix may push again whatever was not answered with 200.
        """
        try:
            integration = self._lock.integration(request)
            pushed = self._read(integration, request) if integration else NOT_OURS
            if pushed is NOT_OURS and integration:  # the token may be a new one
                integration = self._lock.integration(request, fresher_than=0)
                pushed = self._read(integration, request) if integration else NOT_OURS
            if isinstance(pushed, PushRefused) or integration is None:
                refused = pushed if isinstance(pushed, PushRefused) else NOT_OURS
                self._journal.count("wrong_secret" if refused is NOT_OURS else "push_refused")
                if refused is NOT_OURS and integration:
                    self._journal.warning("wrong secret", extra={"integration": integration.alias})
                return refused.answer()
            return self._take(integration, pushed)
        except RetryLater as later:
            return again(later, self._journal)
        except Exception as error:  # noqa: BLE001 - DynamoDB's many errors: Planfix repeats the call
            self._journal.error("push not queued", extra={"error": type(error).__name__})
            return answer(503, Texts("ru").say(Say.TRY_AGAIN))

    def _read(self, integration: RawIntegration, request: Request) -> PushedMessage | PushRefused:
        def tokens_of(provider_id: str) -> Sequence[str]:
            channel = _channel(integration, provider_id)
            chat = integration.secrets.get("chats", {}).get(channel) if channel else None
            return chat.get("our_tokens", ()) if chat else ()

        return read_push(request.body, tokens_of)

    def _take(self, integration: RawIntegration, pushed: PushedMessage) -> Answer:
        chat = self._phone_owner(integration, pushed) if pushed.begins else _chat(integration, pushed)
        if chat is None:
            self._journal.count("push_refused")
            if not pushed.begins:
                return WRONG.answer()
            return cannot_write_first(_why_not_first(integration, pushed)).answer()
        both_ids = taken(chat_id_of(chat), contact_id_of(chat.client_id))
        if integration.settings.get("route", "rest") != "chat_api":
            self._journal.count("route_not_chosen")
            return both_ids
        message = Pushed(chat.integration, chat.channel, chat.client_id, pushed.as_body(), self._clock())
        try:
            deduplication_id = f"pf:{chat.channel}:{digest(key_of_digests(integration.secrets), pushed.message_id)}"
            self._queue.put(as_json(message), group=chat.group, deduplication_id=deduplication_id)
        except TooBig:  # a form is smaller than a message of the queue, its JSON perhaps not
            self._journal.count("push_refused")
            return WRONG.answer()
        self._journal.count("call_queued")
        self._journal.info("push queued", extra={"group": chat.group})
        return both_ids

    def _phone_owner(self, integration: RawIntegration, pushed: PushedMessage) -> Chat | None:
        """The chat whose client shared this phone, in the channel of this window."""
        channel = _channel(integration, pushed.provider_id)
        phone = phone_digest(key_of_digests(integration.secrets), pushed.contact_phone)
        return self._chats.phone_owner(integration.alias, channel, phone) if channel else None


def _channel(integration: RawIntegration, provider_id: str) -> str | None:
    """The channel of a window. One that was taken out of the settings has its keys still: its answers are held, and their authors told."""
    with_keys: dict[str, Any] = {channel: {} for channel in integration.secrets.get("chats", {})}
    return channel_of(provider_id, integration.alias, with_keys | integration.settings.get("channels", {}))


def _chat(integration: RawIntegration, pushed: PushedMessage) -> Chat | None:
    """The chat, if it is one of this integration and of the window's channel."""
    chat = chat_of(pushed.chat_id)
    is_ours = chat and (chat.integration, chat.channel) == (
        integration.alias,
        _channel(integration, pushed.provider_id),
    )
    return chat if is_ours else None


def _why_not_first(integration: RawIntegration, pushed: PushedMessage) -> str:
    """The sentence that an employee reads, with the address at which the client can write, where it is known."""
    channel = _channel(integration, pushed.provider_id)
    name = integration.settings.get("channels", {}).get(channel, {}).get("telegram_name", "")
    said = Texts(language_of(integration)).say(Say.BOT_CANNOT_WRITE_FIRST)
    return f"{said} https://t.me/{name}" if name else said
