"""The files of a Telegram message: received from Telegram and put into Planfix piece by piece, each once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.effects import LOOK_AFTER
from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.telegram import content
from bridge.telegram.formatting import to_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import Attachment
    from bridge.parts import Parts

LARGEST: Final = 20 * 1024 * 1024
"""Bytes: getFile gives no larger one (core.telegram.org/bots/api#getfile)."""

MOST_NAMED: Final = 10
"""Files that are named one by one: as many as an album may have. A made-up message may have more than a comment holds."""

PATIENCE: Final = 600.0
"""Seconds after which a file that cannot be had is named instead of waited for: its message must not hold the chat."""

_MAY_NEVER_COME: Final = (Reason.FILE_GONE, Reason.UNREACHABLE, Reason.SERVICE_DOWN)
"""Reasons to wait that may be this file's own: too slow, or what makes a server fail. Limits are not."""


def carry_files(
    to: Parts, attachments: tuple[Attachment, ...], *, key: str, received_at: float
) -> tuple[tuple[int, ...], list[str]]:
    """Put files into Planfix.

    Args:
        to: the integration.
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
            numbers.append(
                put_file(to, file_key(key, attachment), partial(_carry, to, attachment), received_at=received_at)
            )
        except Refused as refused:
            to.count("file_not_carried")
            to.log.info(
                "file not carried",
                extra={"kind": attachment.kind, "bytes": attachment.size, "reason": refused.reason.value},
            )
            sentences.append(content.could_not_carry(attachment, to.texts, refused.reason))
    if len(sentences) > MOST_NAMED:
        more = to.texts.say(Say.MORE_FILES_NOT_CARRIED, count=len(sentences) - MOST_NAMED)
        sentences[MOST_NAMED:] = [to_html(more, ())]
    return tuple(numbers), sentences


def carried_files(to: Parts, attachments: tuple[Attachment, ...], *, key: str) -> frozenset[int]:
    """The numbers of those files that were put into Planfix by earlier attempts."""
    outcomes = [to.effects.outcome(file_key(key, attachment)) for attachment in attachments]
    return frozenset(number for number in outcomes if isinstance(number, int))


def file_key(key: str, attachment: Attachment) -> str:
    """The ledger key of one file of a comment."""
    return f"file#{key}#{attachment.file_unique_id or attachment.file_id}"


def put_file(to: Parts, key: str, put: Callable[[], int], *, received_at: float) -> int:
    """Put one file into Planfix, once; what cannot be had for `PATIENCE` seconds is given up for good.

    For good, because each try may leave an unseen copy behind, and because several such files would take the comment's
    turn each time: by their time, or by Planfix's circuit (aws/pacer.py).

    Args:
        to: the integration.
        key: the file's ledger key.
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
            if later.reason not in _MAY_NEVER_COME or to.clock() - received_at <= PATIENCE:
                raise
            if isinstance(later, OutcomeUnknown):
                return Reason.PLANFIX_FILE.value
            if later.reason is Reason.SERVICE_DOWN:  # perhaps only held off: then it comes with the next try
                raise Refused(Reason.FILE_GONE, later.detail) from None
            return Reason.FILE_GONE.value

    try:
        outcome: int | str = to.effects.once(key, attempt)
    except OutcomeUnknown as unknown:  # of the file, not of the comment that it belongs to
        raise RetryLater(LOOK_AFTER, unknown.reason, unknown.detail) from None
    if isinstance(outcome, str):
        raise Refused(Reason(outcome))
    return outcome


def _carry(to: Parts, attachment: Attachment) -> int:
    if attachment.size is not None and attachment.size > LARGEST:
        raise Refused(Reason.FILE_TOO_BIG)
    with to.bot.open_file(attachment.file_id) as opened:
        return to.planfix.upload_file(attachment.name, attachment.mime, opened.pieces)
