"""Change or take back the last answer in the client's Telegram, as far as Telegram lets us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.errors import BridgeError, Reason, Refused
from bridge.keys import taken_back_key
from bridge.telegram.failures import is_missing
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.flows.answer_files import AnswerFiles
    from bridge.flows.channels import Channels
    from bridge.flows.reports import Reports
    from bridge.flows.send_texts import TextSending
    from bridge.flows.waiting_list import WaitingList
    from bridge.model import Chat, FormattedText, Held
    from bridge.routes.port import Route
    from bridge.texts import Texts

TOGETHER: Final = 100
"""Messages that one call deletes (core.telegram.org/bots/api#deletebusinessmessages)."""


class LastAnswer:
    """The last answer that was sent to a client, and its messages."""

    def __init__(
        self,
        route: Route,
        chats: Chats,
        waiting_list: WaitingList,
        channels: Channels,
        text_sending: TextSending,
        answer_files: AnswerFiles,
        taking_back: TakingBack,
        reports: Reports,
    ) -> None:
        self._route = route
        self._chats = chats
        self._waiting_list = waiting_list
        self._channels = channels
        self._text_sending = text_sending
        self._answer_files = answer_files
        self._taking_back = taking_back
        self._reports = reports

    def number(self, chat: Chat) -> int:
        """Its number; 0 when there is none."""
        return self._chats.state(chat).last_answer

    def change(self, command: Answer, text: FormattedText) -> bool:
        """Give it a new text, which is this employee's, who commands it; False when there is none.

        Raises:
            Refused: Telegram does not let it be changed, or it was no single message of text.
        """
        last = self.number(command.chat)
        if not last:
            return False
        messages = self._text_sending.messages(self._route.ref(command.chat, last))
        parts = split(self._text_sending.signed(command, text))
        if len(messages) != 1 or len(parts) != 1:
            raise Refused(Reason.NOT_ONE_MESSAGE)
        self._channels.edit_text(command.chat, messages[0], parts[0])
        return True

    def delete(self, chat: Chat, *, was_lost: bool) -> Say:
        """Delete all of its messages, and say what came of it; ``was_lost``: an earlier attempt died at it.

        Raises:
            Refused: Telegram lets none of them be deleted.
            RetryLater, OutcomeUnknown: not now; what is gone is remembered.
        """
        ref = self._route.ref(chat, self.number(chat))
        messages = [*self._text_sending.messages(ref), *self._answer_files.messages(ref)]
        if not messages:
            return Say.NOTHING_TO_CHANGE
        if not self._taking_back.take_back(ref, messages, was_lost=was_lost):
            return Say.PARTLY_DELETED
        self._chats.remember(chat, last_answer=0)
        return Say.DELETED

    def what_is_left(self, chat: Chat, number: int) -> dict[str, Any]:
        """The words of the report about one that could not be taken back whole."""
        return self._taking_back.what_is_left(self._route.ref(chat, number))

    def is_a_later_one_unsent(self, chat: Chat) -> bool:
        """Whether an answer after the last sent one waits or was put aside: who changes "the last answer" may mean that.

        Not one that an employee or the owner cancelled: about that one nothing is open.
        """
        last = self.number(chat)
        if any(one.comment_id > last for one in self._waiting_list.held(chat)):
            return True
        aside = [one for one in self._waiting_list.aside(chat) if one.comment_id > last] if last else []
        return not all(self._was_cancelled(chat, one) for one in aside)

    def _was_cancelled(self, chat: Chat, held: Held) -> bool:
        """By the report about it (held_answers.py)."""
        ref = self._route.ref(chat, held.comment_id)
        about = (Say.CANCELLED.value, Say.CANCELLED_BY_OWNER.value)
        return any(self._reports.was_begun(ref, f"{one}#{held.at}") for one in about)


class TakenBack(NamedTuple):
    """How far an answer's messages are taken back: one ledger row an answer.

    Attributes:
        gone: the messages that are no longer there.
        begun: those whose deletion an attempt began last.
        messages: how many it has.
        reason: why Telegram keeps the rest.
    """

    gone: frozenset[int] = frozenset()
    begun: tuple[int, ...] = ()
    messages: int = 0
    reason: Reason | None = None

    @classmethod
    def of(cls, outcome: Mapping[str, Any] | None) -> TakenBack:
        """From an outcome, if there is one."""
        row = outcome or {}
        reason = Reason(row["reason"]) if row.get("reason") else None
        return cls(frozenset(row.get("gone", ())), tuple(row.get("begun", ())), row.get("count", 0), reason)

    def as_outcome(self) -> dict[str, Any]:
        why = {"reason": self.reason.value} if self.reason else {}
        return {"gone": sorted(self.gone), "begun": list(self.begun), "count": self.messages, **why}


class TakingBack:
    """Deletes an answer's messages: as many together as Telegram allows, and what is done stays known."""

    def __init__(self, effects: Effects, channels: Channels, texts: Texts) -> None:
        self._effects = effects
        self._channels = channels
        self._texts = texts

    def take_back(self, ref: AnswerRef, messages: Sequence[int], *, was_lost: bool) -> bool:
        """Delete the messages of an answer; False when Telegram keeps some of them (see `what_is_left`).

        Args:
            ref: the answer.
            messages: all of them.
            was_lost: an attempt died, or its answer was lost: what it had begun may be gone.

        Raises:
            Refused: Telegram takes none of them back.
            RetryLater, OutcomeUnknown: not now; what is gone is remembered.
        """
        before = self._taken_back(ref)
        in_doubt = before.begun if was_lost else ()
        deletion = _Deletion(self._effects, self._channels, ref, before.gone, in_doubt, len(messages))
        waiting = [one for one in messages if one not in before.gone]
        for first in range(0, len(waiting), TOGETHER):
            deletion.delete(waiting[first : first + TOGETHER])
        deletion.end()
        if deletion.refused is not None and not deletion.gone:
            raise deletion.refused
        return deletion.refused is None

    def what_is_left(self, ref: AnswerRef) -> dict[str, Any]:
        """The words of the report about an answer that could not be taken back whole."""
        done = self._taken_back(ref)
        reason = done.reason or Reason.EDIT_IMPOSSIBLE
        words = {"why": self._texts.why(reason), "remedy": self._texts.remedy(reason)}
        return {"gone": len(done.gone), "count": done.messages, **words}

    def _taken_back(self, ref: AnswerRef) -> TakenBack:
        return TakenBack.of(self._effects.outcome(taken_back_key(ref.host, ref.number)))


class _Deletion:
    """One attempt.

    Attributes:
        gone: the messages that are no longer there.
        refused: why Telegram keeps others.
    """

    def __init__(
        self,
        effects: Effects,
        channels: Channels,
        ref: AnswerRef,
        gone: frozenset[int],
        in_doubt: Sequence[int],
        count: int,
    ) -> None:
        self.gone = set(gone)
        self.refused: Refused | None = None
        self._effects = effects
        self._channels = channels
        self._ref = ref
        self._in_doubt = in_doubt
        self._count = count
        self._missing: set[int] = set()

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
            self.gone |= self._missing
        elif self._missing:
            self.refused = self.refused or Refused(Reason.EDIT_IMPOSSIBLE)
        self._keep()

    def _delete(self, together: Sequence[int]) -> None:
        """In a business chat one that cannot be deleted keeps the others, so it is looked for by halves."""
        if len(together) > 1 and self._ref.chat.is_own_bot:
            for one in together:
                self._delete([one])
            return
        try:
            self._channels.delete(self._ref.chat, together)
        except Refused as refused:
            if refused.reason is not Reason.EDIT_IMPOSSIBLE:
                raise
            if len(together) > 1:
                middle = len(together) // 2
                self._delete(together[:middle])
                self._delete(together[middle:])
            elif together[0] in self._in_doubt:
                self.gone.add(together[0])
            elif is_missing(refused.detail):
                self._missing.add(together[0])
            else:
                self.refused = refused
            return
        self.gone.update(together)

    def _keep(self, begun: Sequence[int] = ()) -> None:
        reason = self.refused.reason if self.refused else None
        done = TakenBack(frozenset(self.gone), tuple(begun), self._count, reason)
        self._effects.renew(taken_back_key(self._ref.host, self._ref.number), done.as_outcome())
