"""``POST /planfix/{integration}/comment``: a scenario says that something is new in a task. Check, queue, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bridge.doors.lock import again, language_of
from bridge.errors import RetryLater
from bridge.http_api import Request, answer
from bridge.queued import Look, as_json
from bridge.telegram.reading_json import read_json
from bridge.texts import Say, Texts

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.queues import Queue
    from bridge.clock import Clock
    from bridge.doors.lock import Answer, Lock
    from bridge.journal import Journal

EVENTS: Final = ("comment", "status")
"""What the scenarios say of a task (the command `scenario` tells to enter it)."""


class ScenarioDoor:
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
            if integration.settings.get("route", "rest") != "rest":
                self._journal.count("route_not_chosen")
                return answer(200)
            texts = Texts(language_of(integration))
            fields = _fields(request)
            number = _task_number(fields)
            if number is None:
                self._journal.count("call_without_task")
                return answer(400, texts.say(Say.NO_TASK_NUMBER))
            host = urlsplit(str(integration.settings.get("planfix", {}).get("account_url", ""))).netloc.lower()
            self._put(host, number, _event(fields))
        except RetryLater as later:
            return again(later, self._journal)
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
