"""The words of answers that wait: Planfix pushes them once, and they cannot be read again. Gone when the answer has come to its end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.errors import RetryLater
from bridge.model import Chat
from bridge.planfix.chat_push import PushedMessage
from bridge.routes.chat_api.chat_answer import ChatAnswer, answer_of, ledger_host

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.journal import Journal
    from bridge.routes.port import Store

_MIME: Final = "application/json"
_MOST: Final = 1_048_576
"""Bytes: what was pushed came in one message of the queue."""


class KeptWords:
    """In the private bucket, encrypted (docs/decisions/0029)."""

    def __init__(self, store: Store, host: str, journal: Journal) -> None:
        self._store = store
        self._host = host
        self._journal = journal

    def keep(self, answer: ChatAnswer, push: PushedMessage) -> None:
        """Keep an answer; the same again changes nothing."""
        chat = answer.chat
        kept = {"chat": [chat.integration, chat.channel, chat.client_id], "at": answer.at, "push": push.as_body()}
        self._store.put(_key(answer.ref.host, answer.ref.number), json.dumps(kept).encode(), mime=_MIME)

    def read(self, number: int) -> ChatAnswer | None:
        """An answer as it came; None when it has come to its end, or its time is over."""
        found = self._store.get(_key(ledger_host(self._host), number), at_most=_MOST)
        if found is None:
            return None
        kept = json.loads(found.data)
        answer = answer_of(PushedMessage.of(kept["push"]), Chat(*kept["chat"]), self._host, kept["at"])
        return replace(answer, is_kept=True)

    def forget(self, ref: AnswerRef) -> None:
        """It has come to its end, and its author knows: nobody needs its words any more. What is left here goes by the bucket's lifecycle."""
        try:
            self._store.delete(_key(ref.host, ref.number))
        except RetryLater as later:
            self._journal.count("words_not_deleted")
            extra = {"comment": ref.number, "reason": later.reason.value}
            self._journal.warning("words not deleted", extra=extra)


def _key(host: str, number: int) -> str:
    return f"words/{host.removeprefix('chat:')}/{number}"
