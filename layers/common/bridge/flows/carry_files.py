"""The files of a Telegram message: received from Telegram and put into Planfix piece by piece, each once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.errors import Reason, Refused, RetryLater
from bridge.telegram import content
from bridge.telegram.formatting import to_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Attachment

LARGEST: Final = 20 * 1024 * 1024
"""Bytes: getFile gives no larger one (core.telegram.org/bots/api#getfile)."""

MOST_NAMED: Final = 10
"""Files that are named one by one: as many as an album may have. A made-up message may have more than a comment holds."""

PATIENCE: Final = 600.0
"""Seconds after which a file that cannot be had is named instead of waited for: its message must not hold the chat."""

_MAY_NEVER_COME: Final = (Reason.FILE_GONE, Reason.UNREACHABLE)
"""Reasons to wait that may be this file's own. Limits and outages are not: the comment would wait for them too."""


def carry_files(
    to: Integration, attachments: tuple[Attachment, ...], *, key: str, received_at: float
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
            numbers.append(to.effects.once(file_key(key, attachment), partial(_carry, to, attachment, received_at)))
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


def carried_files(to: Integration, attachments: tuple[Attachment, ...], *, key: str) -> frozenset[int]:
    """The numbers of those files that were put into Planfix by earlier attempts."""
    outcomes = [to.effects.outcome(file_key(key, attachment)) for attachment in attachments]
    return frozenset(number for number in outcomes if isinstance(number, int))


def file_key(key: str, attachment: Attachment) -> str:
    """The ledger key of one file of a comment."""
    return f"file#{key}#{attachment.file_unique_id or attachment.file_id}"


def _carry(to: Integration, attachment: Attachment, received_at: float) -> int:
    if attachment.size is not None and attachment.size > LARGEST:
        raise Refused(Reason.FILE_TOO_BIG)
    try:
        with to.bot.open_file(attachment.file_id) as opened:
            return to.planfix.upload_file(attachment.name, attachment.mime, opened.pieces)
    except RetryLater as later:
        if later.reason in _MAY_NEVER_COME and to.clock() - received_at > PATIENCE:
            raise Refused(Reason.FILE_GONE, later.detail) from None
        raise
