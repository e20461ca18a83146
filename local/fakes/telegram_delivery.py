"""Delivery of updates to webhooks, as the real server does it (WebhookActor.cpp, Client.cpp).

One update of a queue at a time, the next one only after a 2xx; queues beside each other. A failure is repeated at once,
then after 2, 4, 8 ... seconds, until the update expires.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import responses
from typing import TYPE_CHECKING

import httpx

from local.fakes.telegram_model import Handed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot, Json, Update

    Post = Callable[[str, Mapping[str, str], bytes], int]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_WAIT = 60.0
"""The real server waits at most a random 60-120 s; the fake takes the lower end."""
ANSWER_TIMEOUT = 60.0
"""Seconds the real server waits for an answer."""
_SUCCESS = range(200, 300)
_LOOK_AGAIN = 0.5
"""Real seconds after which the thread looks at the clock again, which may be a virtual one."""


def escaped(update: Json) -> bytes:
    """JSON as Telegram writes it: ASCII, with the slashes escaped."""
    return json.dumps(update, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def post_over_http(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """POST without following redirects, as the real server.

    Raises:
        ConnectionError: no answer.
    """
    try:
        return httpx.post(url, headers=dict(headers), content=body, timeout=ANSWER_TIMEOUT).status_code
    except httpx.TransportError as error:
        raise ConnectionError(type(error).__name__) from None


class Delivery:
    """Delivers every bot's updates, by ``deliver_pending()`` or by threads between ``start()`` and ``stop()``.

    Args:
        telegram: the fake.
        post: gets URL, headers and body, returns the status; raises OSError when there is no answer.
    """

    def __init__(self, telegram: FakeTelegram, post: Post = post_over_http) -> None:
        self._world = telegram.world
        self._post = post
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def deliver_pending(self) -> int:
        """Deliver what is due now, in this thread.

        Returns:
            How many updates were accepted. What failed waits for its time by the fake's clock.
        """
        accepted = 0
        while work := self._take(1):
            accepted += sum(self._attempt(bot, update) for bot, update in work)
        return accepted

    def start(self) -> None:
        """Deliver from now on, in threads."""
        if self._thread is not None:
            raise RuntimeError("the delivery already runs")
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="fake Telegram delivery", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the threads; what is on the way is waited for."""
        if self._thread is None:
            return
        self._stopped.set()
        with self._world.lock:
            self._world.changed.notify_all()
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        with ThreadPoolExecutor(max_workers=40, thread_name_prefix="webhook") as pool:  # max_connections' default
            while not self._stopped.is_set():
                with self._world.lock:
                    work = self._take(40)
                    if not work and not self._stopped.is_set():
                        self._world.changed.wait(_LOOK_AGAIN)
                for bot, update in work:
                    pool.submit(self._attempt, bot, update)

    def _take(self, most: int) -> list[tuple[Bot, Update]]:
        """Updates to send now: each queue's first one, when it is due and not on its way."""
        now = self._world.clock()
        with self._world.lock:
            due: list[tuple[Bot, Update]] = []
            for bot in self._world.bots.values():
                if bot.webhook.url:
                    due += [(bot, update) for update in self._heads(bot) if update.next_at <= now]
            # Queues run beside each other: what failed does not go before what was not yet tried.
            taken = sorted(due, key=lambda one: (one[1].attempts, one[1].id))[:most]
            for _, update in taken:
                update.in_flight = True
                update.first_sent_at = now if update.first_sent_at is None else update.first_sent_at
            return taken

    def _heads(self, bot: Bot) -> list[Update]:
        heads: dict[tuple[str, int], Update] = {}
        for update in self._world.pending(bot):
            heads.setdefault(update.queue, update)
        return [update for update in heads.values() if not update.in_flight]

    def _attempt(self, bot: Bot, update: Update) -> bool:
        with self._world.lock:
            url, secret = bot.webhook.url, bot.webhook.secret_token
        headers = {"Content-Type": "application/json", **({SECRET_HEADER: secret} if secret else {})}
        try:
            status = self._post(url, headers, escaped(update.body))
            failure = "" if status in _SUCCESS else _wrong_response(status)
        except OSError as error:
            failure = str(error) or type(error).__name__
        except BaseException:
            update.in_flight = False
            raise
        with self._world.lock:
            update.in_flight = False  # not sooner: whoever saw it free and still there would send it again
            if failure:
                self._later(bot, update, failure)
            else:
                bot.handed.append(Handed(update.body, update.first_sent_at or self._world.clock(), self._world.clock()))
                if update in bot.pending:
                    bot.pending.remove(update)
            self._world.changed.notify_all()
        return not failure

    def _later(self, bot: Bot, update: Update, failure: str) -> None:
        now = self._world.clock()
        update.attempts += 1
        # The first repetition comes at once, then 2, 4, 8 ... seconds.
        update.next_at = now + (0 if update.attempts == 1 else min(2.0 ** (update.attempts - 1), LONGEST_WAIT))
        bot.webhook.last_error_date = int(now)
        bot.webhook.last_error_message = failure


def _wrong_response(status: int) -> str:
    return f"Wrong response from the webhook: {status} {responses.get(status, 'Unknown')}"
