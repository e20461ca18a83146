"""Send one employee's answer to the client: its words, then its files, each once; and say what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, Reason, Refused, RetryLater
from bridge.flows.reports import Refusal
from bridge.flows.send_files import FilesOutcome

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.aws.chats import Chats
    from bridge.aws.waiting import Waiting
    from bridge.clock import Clock
    from bridge.flows.channels import Channels
    from bridge.flows.long_answers import LongAnswers
    from bridge.flows.reports import Reports
    from bridge.flows.send_files import FileSending
    from bridge.flows.send_texts import TextSending

PERHAPS_PASSING_FOR: Final = 120.0
"""Seconds: an error that is in no row of telegram/failures.py may pass, and a token that is refused may have been changed;
after this it is refused with its own text."""

UNKNOWN_AGAIN_AFTER: Final = 20.0
"""Seconds between two tries of such an error."""


class Sending:
    """Sends answers whole."""

    def __init__(
        self,
        texts: TextSending,
        files: FileSending,
        long_answers: LongAnswers,
        channels: Channels,
        chats: Chats,
        waiting: Waiting,
        reports: Reports,
        clock: Clock,
    ) -> None:
        self._texts = texts
        self._files = files
        self._long_answers = long_answers
        self._channels = channels
        self._chats = chats
        self._waiting = waiting
        self._reports = reports
        self._clock = clock

    def send(self, answer: Answer, *, found_at: float) -> Refusal | None:
        """Send an answer; None when it went out whole. ``found_at``: when we were told of it, Unix seconds.

        Raises:
            RetryLater, OutcomeUnknown: not now; the parts that went out are remembered.
            Misconfigured: a token is refused, and has been for a moment only.
        """
        words = self._texts.words_of(answer)
        unfit = self._unfit(answer, len(words.parts))
        if unfit is not None:
            return unfit
        all_parts = len(words.parts) + len(answer.files)
        files, sent = FilesOutcome(), list[int]()
        is_young = self._clock() - found_at < PERHAPS_PASSING_FOR
        try:
            self._texts.send(answer, words, sent)
            if answer.files:
                files = self._files.send(answer, parts=len(words.parts), found_at=found_at)
                sent += files.sent
        except (Refused, Misconfigured) as refused:
            if refused.reason is Reason.COMMENT_CHANGED:
                sent = self._texts.messages(answer.ref)
            sent += self._files.messages(answer)
            if refused.reason is Reason.UNKNOWN_ERROR:
                self._reports.note_unknown_error()
                if is_young:
                    raise RetryLater(UNKNOWN_AGAIN_AFTER, refused.reason, refused.detail) from None
            if is_young and isinstance(refused, Misconfigured):
                raise  # a token that was just changed: the settings are read again before it is refused or held
            return Refusal(refused, len(sent), all_parts)
        finally:
            if sent:
                self._note_sent(answer, max(sent))
        self._reports.tell_of_pictures(answer)
        self._reports.tell_of_files(answer, files, is_all=not sent)
        if files.failed and not sent:
            return Refusal(files.failed[0][1], 0, all_parts, told=True)
        if self._channels.marks_read(answer.chat):
            self._channels.mark_read(answer.chat, self._chats.state(answer.chat).client_message)
        self._reports.sent(answer)
        return None

    def forget_doubts(self, answer: Answer) -> None:
        """An employee looked and says ``/send``: whatever of it is in doubt may be sent again."""
        self._texts.forget_doubts(answer)
        self._files.forget_doubts(answer)

    def _unfit(self, answer: Answer, parts: int) -> Refusal | None:
        """Why nothing of an answer goes out by itself, where that is clear from what it is."""
        if answer.is_unreadable:
            return Refusal(Refused(Reason.COMMENT_UNREADABLE), 0, 0)
        if not parts and not answer.files:
            return Refusal(Refused(Reason.COMMENT_UNREADABLE if answer.is_strange else Reason.EMPTY), 0, 0)
        if self._long_answers.is_to_be_asked_about(answer.ref, messages=parts):
            return Refusal(Refused(Reason.MANY_MESSAGES), 0, parts)
        return None

    def _note_sent(self, answer: Answer, message: int) -> None:
        """The client waits no longer, unless for an answer to something newer: another container may just have carried that."""
        now = self._chats.sent(answer.chat, answer.ref.number, message)
        if not now.awaits_answer:
            self._waiting.client_has_answer(answer.chat, message)
