"""Taking an answer's messages back: as many together as Telegram allows, and what is done stays known.

One ledger row an answer: ``gone`` are the messages that are no longer there, ``begun`` those whose deletion an attempt began
last, ``count`` how many it has, ``reason`` why Telegram keeps the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import BridgeError, Reason, Refused
from bridge.flows.way import by_newest_way
from bridge.keys import taken_back_key
from bridge.telegram.failures import is_missing

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way

TOGETHER: Final = 100
"""Messages that one call deletes (core.telegram.org/bots/api#deletebusinessmessages)."""


def take_back(to: Integration, ref: AnswerRef, messages: Sequence[int], *, was_lost: bool) -> bool:
    """Delete the messages of an answer; False when Telegram keeps some of them (see `what_is_left`).

    Args:
        to: the integration.
        ref: the answer.
        messages: all of them.
        was_lost: an attempt died, or its answer was lost: what it had begun may be gone.

    Raises:
        Refused: Telegram takes none of them back.
        RetryLater, OutcomeUnknown: not now; what is gone is remembered.
    """
    row = to.effects.outcome(taken_back_key(ref.host, ref.number)) or {}
    deletion = _Deletion(to, ref, messages, set(row.get("gone", ())))
    if was_lost:
        deletion.in_doubt = set(row.get("begun", ()))
    waiting = [one for one in messages if one not in deletion.gone]
    for first in range(0, len(waiting), TOGETHER):
        deletion.delete(waiting[first : first + TOGETHER])
    deletion.end()
    if deletion.refused is not None and not deletion.gone:
        raise deletion.refused
    return deletion.refused is None


def what_is_left(to: Integration, ref: AnswerRef) -> dict[str, Any]:
    """The words of the notice about an answer that could not be taken back whole."""
    row = to.effects.outcome(taken_back_key(ref.host, ref.number)) or {}
    reason = Reason(row.get("reason") or Reason.EDIT_IMPOSSIBLE)
    words = {"why": to.texts.why(reason), "remedy": to.texts.remedy(reason)}
    return {"gone": len(row.get("gone", ())), "count": row.get("count", 0), **words}


@dataclass
class _Deletion:
    """One attempt."""

    to: Integration
    ref: AnswerRef
    messages: Sequence[int]
    gone: set[int]
    in_doubt: set[int] = field(default_factory=set)
    missing: set[int] = field(default_factory=set)
    refused: Refused | None = None

    def delete(self, together: Sequence[int]) -> None:
        """Delete some messages, at most as many as go together."""
        self._keep(begun=together)
        try:
            self._delete(together)
        except Refused as refused:
            is_right_missing = refused.reason is Reason.REPLY_NOT_ALLOWED  # Telegram's one word for every right
            self.refused = Refused(Reason.DELETE_NOT_ALLOWED, refused.detail) if is_right_missing else refused
        except BridgeError:
            self._keep(begun=together)
            raise

    def end(self) -> None:
        """What is not there is gone by somebody else's hand, unless nothing is: then nobody took anything back."""
        if self.gone:
            self.gone |= self.missing
        elif self.missing:
            self.refused = self.refused or Refused(Reason.EDIT_IMPOSSIBLE)
        self._keep()

    def _delete(self, together: Sequence[int]) -> None:
        """In a business chat one that cannot be deleted keeps the others, so it is looked for by halves."""
        if len(together) > 1 and self.ref.chat.is_own_bot:
            for one in together:
                self._delete([one])
            return

        def delete_by(way: Way) -> None:
            self.to.bot.delete_messages(way.chat_id, together, connection_id=way.connection_id)

        try:
            by_newest_way(self.to, self.ref.chat, delete_by)
        except Refused as refused:
            if refused.reason is not Reason.EDIT_IMPOSSIBLE:
                raise
            if len(together) > 1:
                middle = len(together) // 2
                self._delete(together[:middle])
                self._delete(together[middle:])
            elif together[0] in self.in_doubt:
                self.gone.add(together[0])
            elif is_missing(refused.detail):
                self.missing.add(together[0])
            else:
                self.refused = refused
            return
        self.gone.update(together)

    def _keep(self, begun: Sequence[int] = ()) -> None:
        row = {"gone": sorted(self.gone), "begun": list(begun), "count": len(self.messages)}
        why = {"reason": self.refused.reason.value} if self.refused else {}
        self.to.effects.renew(taken_back_key(self.ref.host, self.ref.number), row | why)
