"""The files of a Telegram message, each received once and put once where a route wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    """Carries files from Telegram, piece by piece.

    Args:
        put: puts one where it belongs; gets the attachment, its bytes, and the ledger key of this file; gives a number
            for the ledger.
    """

    def __init__(
        self,
        bot: Messenger,
        effects: Effects,
        texts: Texts,
        put: Callable[[Attachment, Iterator[bytes], str], int],
        *,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._bot = bot
        self._effects = effects
        self._texts = texts
        self._put = put
        self._clock = clock
        self._journal = journal

    def carry(
        self, attachments: Sequence[Attachment], *, key: str, received_at: float
    ) -> tuple[list[tuple[Attachment, int]], list[str]]:
        """Carry files.

        Args:
            attachments: what is to be carried.
            key: the ledger key of their comment.
            received_at: when the message came, Unix seconds.

        Returns:
            The files that are there, and for each one that could not come along a sentence as HTML.
        """
        carried: list[tuple[Attachment, int]] = []
        sentences: list[str] = []
        for attachment in attachments:
            own_key = key_of_file(key, attachment)
            try:
                carry = partial(self._carry, attachment, own_key)
                carried.append((attachment, self.put_once(own_key, carry, received_at=received_at)))
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
        return carried, sentences

    def put_once(self, key: str, put: Callable[[], int], *, received_at: float) -> int:
        """Put one file where it belongs, once; what cannot be had for `PATIENCE` seconds is given up for good.

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

    def _carry(self, attachment: Attachment, key: str) -> int:
        if attachment.size is not None and attachment.size > LARGEST:
            raise Refused(Reason.FILE_TOO_BIG)
        with self._bot.open_file(attachment.file_id) as opened:
            return self._put(attachment, opened.pieces, key)


def key_of_file(message: str, attachment: Attachment) -> str:
    """The ledger key of one file of a message, by that message's."""
    return file_key(message, attachment.file_unique_id or attachment.file_id)
