"""What may or may not have reached the client: Telegram offers no way to look, so the setting decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bridge.errors import HOLDABLE, Reason, Refused, RetryLater
from bridge.keys import again_key

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Lost
    from bridge.parts import Messenger
    from bridge.settings import Settings


class Doubts:
    """Sends once, and decides about what an attempt left in doubt: once more, or an employee is asked."""

    def __init__(self, settings: Settings, bot: Messenger, effects: Effects, journal: Journal) -> None:
        self._settings = settings
        self._bot = bot
        self._effects = effects
        self._journal = journal

    def send_once(
        self,
        ref: AnswerRef,
        key: str,
        send: Callable[[], Mapping[str, Any]],
        *,
        asked: Mapping[str, Any],
        also: Callable[[Any], Mapping[str, Any]],
    ) -> Any:
        """Send something of an answer to the client, once; returns its outcome.

        Args:
            ref: the answer.
            key: the ledger key.
            send: sends it, and returns the outcome.
            asked: the outcome where an employee is asked about it.
            also: further keys and outcomes to keep together with this one.

        Raises:
            Refused: also DELIVERY_UNKNOWN, when it is refused now, but an earlier attempt may have arrived.
            RetryLater, OutcomeUnknown, Misconfigured: not now.
        """
        attempts_lost: list[Lost] = []

        def attempt() -> Mapping[str, Any]:
            try:
                return send()
            except RetryLater:
                self._repetition_is_still_to_come(key)
                raise

        def look(lost: Lost) -> Mapping[str, Any] | None:
            attempts_lost.append(lost)
            return None if self._is_repeated(ref, key) else asked

        try:
            return self._effects.once(key, attempt, look=look, also=also)
        except Refused as refused:
            if attempts_lost and refused.reason not in HOLDABLE:
                raise Refused(Reason.DELIVERY_UNKNOWN) from None
            raise

    def may_repeat(self, ref: AnswerRef, *, was_repeated: bool) -> bool:
        """Whether it goes out again by itself (`on_unknown_delivery`: resend); else an employee is asked.

        It goes out again once only, and not while Telegram answers nothing at all: what is lost each time arrives each time.

        Raises:
            RetryLater, OutcomeUnknown, Misconfigured: Telegram does not answer.
        """
        policy = "ask" if was_repeated else self._settings.on_unknown_delivery
        if policy == "resend":
            self._bot.get_me()
        self._journal.count("unknown_delivery")
        extra = {"chat": ref.chat.key, "comment": ref.number, "policy": policy}
        self._journal.warning("delivery unknown", extra=extra)
        return policy == "resend"

    def forget(self, key: str) -> None:
        """Somebody looked: what has this ledger key may go out again as if it never had."""
        self._effects.forget(key)
        self._effects.forget(again_key(key))

    def _is_repeated(self, ref: AnswerRef, key: str) -> bool:
        was_repeated = self._effects.outcome(again_key(key)) is not None
        if not self.may_repeat(ref, was_repeated=was_repeated):
            return False
        self._effects.renew(again_key(key), 1)
        return True

    def _repetition_is_still_to_come(self, key: str) -> None:
        """Telegram told us to wait instead."""
        if self._effects.outcome(again_key(key)) is not None:
            self._effects.forget(again_key(key))
