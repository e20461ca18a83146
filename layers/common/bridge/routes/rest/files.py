"""The files of a Telegram message, and words longer than a comment may be: put into Planfix, each once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.effects import LOOK_AFTER
from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.keys import file_key
from bridge.telegram import content
from bridge.telegram.formatting import to_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Attachment
    from bridge.parts import Messenger
    from bridge.planfix.route import Planfix
    from bridge.texts import Texts

LARGEST: Final = 20 * 1024 * 1024
"""Bytes: getFile gives no larger one (core.telegram.org/bots/api#getfile)."""

MOST_NAMED: Final = 10
"""Files that are named one by one: as many as an album may have. A made-up message may have more than a comment holds."""

PATIENCE: Final = 600.0
"""Seconds after which a file that cannot be had is named instead of waited for: its message must not hold the chat."""

_MAY_NEVER_COME: Final = (Reason.FILE_GONE, Reason.UNREACHABLE, Reason.SERVICE_DOWN)
"""Reasons to wait that may be this file's own: too slow, or what makes a server fail. Limits are not."""


class Files:
    """Carries files from Telegram into Planfix, piece by piece."""

    def __init__(
        self, planfix: Planfix, bot: Messenger, effects: Effects, texts: Texts, *, clock: Clock, journal: Journal
    ) -> None:
        self._planfix = planfix
        self._bot = bot
        self._effects = effects
        self._texts = texts
        self._clock = clock
        self._journal = journal

    def carry(
        self, attachments: tuple[Attachment, ...], *, key: str, received_at: float
    ) -> tuple[tuple[int, ...], list[str]]:
        """Put files into Planfix.

        Args:
            attachments: what is to be carried.
            key: the ledger key of their comment.
            received_at: when the message came, Unix seconds.

        Returns:
            The files' numbers in Planfix, and for each file that could not come along a sentence as HTML.
        """
        numbers: list[int] = []
        sentences: list[str] = []
        for attachment in attachments:
            try:
                carry = partial(self._carry, attachment)
                numbers.append(self._put_once(_key(key, attachment), carry, received_at=received_at))
            except Refused as refused:
                self._journal.count("file_not_carried")
                self._journal.info(
                    "file not carried",
                    extra={"kind": attachment.kind, "bytes": attachment.size, "reason": refused.reason.value},
                )
                sentences.append(content.could_not_carry(attachment, self._texts, refused.reason))
        if len(sentences) > MOST_NAMED:
            more = self._texts.say(Say.MORE_FILES_NOT_CARRIED, count=len(sentences) - MOST_NAMED)
            sentences[MOST_NAMED:] = [to_html(more, ())]
        return tuple(numbers), sentences

    def carry_whole(self, words: str, *, key: str, received_at: float) -> tuple[tuple[int, ...], str]:
        """Put all the words (HTML) of which a comment shows the beginning into Planfix as a file.

        Returns:
            The file's number, none when Planfix did not take it; and a sentence that says where the rest is, as HTML.
        """
        page = f'<!doctype html><meta charset="utf-8">{words}'.encode()

        def upload() -> int:
            return self._planfix.upload_file("message.html", "text/html", [page])

        try:
            number = self._put_once(file_key(key, "whole"), upload, received_at=received_at)
        except Refused as refused:
            self._journal.count("file_not_carried")
            self._journal.info("long words not carried", extra={"bytes": len(page), "reason": refused.reason.value})
            return (), to_html(self._texts.say(Say.REST_IN_TELEGRAM), ())
        return (number,), to_html(self._texts.say(Say.REST_IN_FILE), ())

    def carried(self, attachments: tuple[Attachment, ...], *, key: str) -> frozenset[int]:
        """The numbers of those files that were put into Planfix by earlier attempts."""
        outcomes = [self._effects.outcome(_key(key, attachment)) for attachment in attachments]
        return frozenset(number for number in outcomes if isinstance(number, int))

    def _put_once(self, key: str, put: Callable[[], int], *, received_at: float) -> int:
        """Put one file into Planfix, once; what cannot be had for `PATIENCE` seconds is given up for good.

        For good, because each try may leave an unseen copy behind, and because several such files would take the comment's
        turn each time: by their time, or by Planfix's circuit (aws/pacer.py).

        Args:
            key: the file's ledger key; its outcome is the file's number, or the reason why there is none.
            put: does it and returns the file's number.
            received_at: when its message came, Unix seconds.

        Raises:
            Refused: it does not come along.
            RetryLater: not now.
        """

        def attempt() -> int | str:
            try:
                return put()
            except (RetryLater, OutcomeUnknown) as later:
                if later.reason not in _MAY_NEVER_COME or self._clock() - received_at <= PATIENCE:
                    raise
                if isinstance(later, OutcomeUnknown):
                    return Reason.PLANFIX_FILE.value
                if later.reason is Reason.SERVICE_DOWN:  # perhaps only held off: then it comes with the next try
                    raise Refused(Reason.FILE_GONE, later.detail) from None
                return Reason.FILE_GONE.value

        try:
            outcome: int | str = self._effects.once(key, attempt)
        except OutcomeUnknown as unknown:  # of the file, not of the comment that it belongs to
            raise RetryLater(LOOK_AFTER, unknown.reason, unknown.detail) from None
        if isinstance(outcome, str):
            raise Refused(Reason(outcome))
        return outcome

    def _carry(self, attachment: Attachment) -> int:
        if attachment.size is not None and attachment.size > LARGEST:
            raise Refused(Reason.FILE_TOO_BIG)
        with self._bot.open_file(attachment.file_id) as opened:
            return self._planfix.upload_file(attachment.name, attachment.mime, opened.pieces)


def _key(message: str, attachment: Attachment) -> str:
    return file_key(message, attachment.file_unique_id or attachment.file_id)
