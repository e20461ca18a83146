"""The two doors: check the secret, put what came on its queue, answer. Nothing else, and fast."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bridge.aws.parameters import UnknownIntegration
from bridge.aws.queues import TooBig
from bridge.errors import RetryLater
from bridge.http_api import Request, answer
from bridge.queued import Look, Update, as_json
from bridge.telegram.reading_json import read_json
from bridge.telegram.updates import envelope, group_of, is_update, kind_of
from bridge.texts import Language, Say, Texts

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.parameters import Parameters, RawIntegration
    from bridge.aws.queues import Queue
    from bridge.clock import Clock
    from bridge.journal import Journal

Answer = dict[str, Any]

EVENTS: Final = ("comment", "status")
"""What the scenarios say of a task (the command `scenario` tells to enter it)."""


class Lock:
    """What is let in: who shows a secret of the integration that it names."""

    def __init__(self, parameters: Parameters, journal: Journal) -> None:
        self._parameters = parameters
        self._journal = journal

    def let_in(self, request: Request, shown: Sequence[str], name: str) -> RawIntegration | None:
        """The integration whose secret was shown, or None. An unknown alias looks like a wrong secret from outside."""
        try:
            integration = self._parameters.integration(request.integration)
            if not _matches(shown, integration.secrets.get(name)):
                integration = self._parameters.integration(request.integration, fresher_than=0)  # it may be a new one
                if not _matches(shown, integration.secrets.get(name)):
                    self._journal.count("wrong_secret")
                    self._journal.warning("wrong secret", extra={"integration": integration.alias})
                    return None
        except UnknownIntegration:
            self._journal.count("unknown_integration")
            return None
        return integration


class TelegramDoor:
    """What Telegram calls."""

    def __init__(self, lock: Lock, queue: Queue, clock: Clock, journal: Journal) -> None:
        self._lock = lock
        self._queue = queue
        self._clock = clock
        self._journal = journal

    def accept(self, request: Request) -> Answer:
        """An update from Telegram.

        200 once it is queued, and for what is no update at all (Telegram would repeat it for a day); 401 for a wrong
        secret; 503 when SSM or SQS does not take part, so that Telegram repeats it.
        """
        shown = request.headers.get("x-telegram-bot-api-secret-token", "")
        try:
            integration = self._lock.let_in(request, [shown], "webhook_secrets")
            if integration is None:
                return answer(401, Texts("en").say(Say.WRONG_SECRET))
            update = read_json(request.body)
            if not is_update(update):
                self._journal.count("not_an_update")
                self._journal.warning("a body that is no update", extra={"bytes": len(request.body)})
                return answer(200)
            self._put(integration, update)
        except RetryLater as later:
            return _again(later, self._journal)
        return answer(200)

    def _put(self, integration: RawIntegration, update: dict[str, Any]) -> None:
        group = f"{integration.alias}:{group_of(update)}"
        bot_id = str(integration.secrets.get("bot_token", "")).partition(":")[0]
        deduplication_id = f"tg:{bot_id}:{update['update_id']}"
        message = Update(integration.alias, update, self._clock())
        try:
            self._queue.put(as_json(message), group=group, deduplication_id=deduplication_id)
        except TooBig:
            self._journal.count("too_large_update")
            small = message._replace(update=envelope(update))
            self._queue.put(as_json(small), group=group, deduplication_id=deduplication_id)
        self._journal.count("update_queued")
        extra = {"group": group, "update_id": update["update_id"], "kind": kind_of(update)}
        self._journal.info("update queued", extra=extra)


class PlanfixDoor:
    """What the scenarios in Planfix call."""

    def __init__(
        self, lock: Lock, queue: Queue, *, chats: Chats, clock: Clock, new_id: Callable[[], str], journal: Journal
    ) -> None:
        self._lock = lock
        self._queue = queue
        self._chats = chats
        self._clock = clock
        self._new_id = new_id
        self._journal = journal

    def accept(self, request: Request) -> Answer:
        """A call of a Planfix scenario: something is new in task N.

        200 once it is queued, and for a task that is no chat of ours; 400 without a task number; 401 for a wrong secret;
        503 when AWS does not take part, so that Planfix repeats it.
        """
        shown = [request.headers.get("x-bridge-secret", ""), request.basic_password() or ""]
        try:
            integration = self._lock.let_in(request, shown, "planfix_secrets")
            if integration is None:
                return answer(401, Texts("ru").say(Say.WRONG_SECRET))
            texts = Texts(_language(integration))
            fields = _fields(request)
            number = _task_number(fields)
            if number is None:
                self._journal.count("call_without_task")
                return answer(400, texts.say(Say.NO_TASK_NUMBER))
            host = urlsplit(str(integration.settings.get("planfix", {}).get("account_url", ""))).netloc.lower()
            self._put(host, number, _event(fields))
        except RetryLater as later:
            return _again(later, self._journal)
        except Exception as error:  # noqa: BLE001 - DynamoDB's many errors: Planfix repeats the call
            self._journal.error("call not queued", extra={"error": type(error).__name__})
            return answer(503, Texts("ru").say(Say.TRY_AGAIN))
        return answer(200)

    def _put(self, host: str, number: int, event: str) -> None:
        task = self._chats.task(host, number)
        if task is None:
            self._journal.count("task_not_ours")
            self._journal.info("a task that is no chat of ours", extra={"task": number})
            return
        look = Look(task.chat.integration, host, number, self._clock(), event=event)
        self._queue.put(as_json(look), group=task.chat.group, deduplication_id=self._new_id())
        self._journal.count("call_queued")
        self._journal.info("call queued", extra={"group": task.chat.group, "task": number, "event": event})


def _matches(shown: Sequence[str], valid: Any) -> bool:
    """Whether one of the shown values is one of the valid ones, in constant time: every pair is compared."""
    found = False
    for secret in valid if isinstance(valid, list) else ():
        for one in shown:
            found |= hmac.compare_digest(one.encode("utf-8", "replace"), str(secret).encode())
    return found


def _again(later: RetryLater, journal: Journal) -> Answer:
    journal.count("door_unavailable")
    journal.error("not accepted", extra={"reason": later.reason.value, "detail": later.logged})
    return answer(503, Texts("en").say(Say.TRY_AGAIN))


def _fields(request: Request) -> Mapping[str, Any]:
    """The call's fields: a form (what the set-up tells to choose) or a JSON object."""
    parsed = read_json(request.body)
    return parsed if isinstance(parsed, dict) else request.form()


def _task_number(fields: Mapping[str, Any]) -> int | None:
    value = fields.get("task")
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 16 else None  # noqa: PLR2004 - fits 52 bits


def _event(fields: Mapping[str, Any]) -> str:
    """What happened to the task. Nothing else may pass: a scenario that is set up in another way may send a comment's words here."""
    event = fields.get("event")
    return event if event in EVENTS else ""


def _language(integration: RawIntegration) -> Language:
    return "en" if integration.settings.get("language") == "en" else "ru"
