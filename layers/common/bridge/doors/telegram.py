"""``POST /telegram/{integration}``: check the secret, put the update on its queue, answer. Nothing else, and fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.aws.queues import TooBig
from bridge.doors.lock import again
from bridge.errors import RetryLater
from bridge.http_api import Request, answer
from bridge.queued import Update, as_json
from bridge.telegram.reading_json import read_json
from bridge.telegram.updates import envelope, group_of, is_update, kind_of
from bridge.texts import Say, Texts

if TYPE_CHECKING:
    from bridge.aws.parameters import RawIntegration
    from bridge.aws.queues import Queue
    from bridge.clock import Clock
    from bridge.doors.lock import Answer, Lock
    from bridge.journal import Journal


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
            return again(later, self._journal)
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
