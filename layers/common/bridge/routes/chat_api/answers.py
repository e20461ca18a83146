"""Planfix pushes an answer: it is decided about once, in its turn, and kept while it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import OutcomeUnknown, RetryLater
from bridge.keys import decided_key
from bridge.planfix.chat_push import PushedMessage
from bridge.routes.chat_api.chat_answer import answer_of
from bridge.routes.chat_api.states import OVER
from bridge.routes.port import End

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.routes.chat_api.chat_answer import ChatAnswer
    from bridge.routes.chat_api.kept_words import KeptWords
    from bridge.routes.chat_api.states import States
    from bridge.routes.port import Call, Journey


class Answers:
    """The answers of one account's chats."""

    def __init__(self, host: str, effects: Effects, kept_words: KeptWords, states: States, journal: Journal) -> None:
        self._host = host
        self._effects = effects
        self._kept_words = kept_words
        self._states = states
        self._journal = journal

    def read(self, call: Call, journey: Journey) -> None:
        """Let the journey decide about what was pushed. Planfix may push it again, hours later."""
        if call.push is None or call.chat is None:
            self._journal.count("route_not_chosen")  # a scenario's call, from when REST was the route
            return
        push = PushedMessage.of(call.push)
        answer = answer_of(push, call.chat, self._host, call.first_received_at or call.received_at)
        is_command = answer.command is not None or answer.mistyped is not None
        decided = self._effects.outcome(decided_key(answer.ref.host, answer.ref.number))
        if decided is not None:
            self._journal.count("pushed_again")
            # An attempt may have died after it had decided, and before it had kept the words.
            if call.receipts > 1 and not is_command and decided != OVER:
                self._kept_words.keep(answer, push)
            return
        try:
            journey.drain(answer.chat)
        except (RetryLater, OutcomeUnknown) as wait:
            journey.waits(answer, wait)
            raise
        if is_command:
            self._obey(answer, journey)
            return
        end = journey.decide(answer, was_seen=True)
        if end is End.REFUSED:
            self._effects.renew(decided_key(answer.ref.host, answer.ref.number), OVER)
        elif end is not End.SENT:
            self._kept_words.keep(answer, push)

    def _obey(self, answer: ChatAnswer, journey: Journey) -> None:
        """Whoever commands, commands: the client does not see it, although it was addressed to the client."""
        journey.obey(answer)
        if answer.command is not None:
            self._states.sent(answer)
        self._effects.renew(decided_key(answer.ref.host, answer.ref.number), 1)
