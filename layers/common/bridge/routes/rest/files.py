"""The files of a comment: those of its message, and words longer than a comment may be, each put into Planfix once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bridge.errors import Refused
from bridge.keys import file_key
from bridge.routes.files import key_of_file
from bridge.telegram.formatting import to_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Attachment
    from bridge.planfix.route import Planfix
    from bridge.routes.files import Files
    from bridge.texts import Texts


class PlanfixFiles:
    """Files in Planfix, by their numbers there."""

    def __init__(self, planfix: Planfix, files: Files, effects: Effects, texts: Texts, journal: Journal) -> None:
        self._planfix = planfix
        self._files = files
        self._effects = effects
        self._texts = texts
        self._journal = journal

    def carry(
        self, attachments: Iterable[Attachment], *, key: str, received_at: float
    ) -> tuple[tuple[int, ...], list[str]]:
        """The files' numbers in Planfix, and for each file that could not come along a sentence as HTML."""
        carried, sentences = self._files.carry(tuple(attachments), key=key, received_at=received_at)
        return tuple(number for _, number in carried), sentences

    def carry_whole(self, words: str, *, key: str, received_at: float) -> tuple[tuple[int, ...], str]:
        """Put all the words (HTML) of which a comment shows the beginning into Planfix as a file.

        Returns:
            The file's number, none when Planfix did not take it; and a sentence that says where the rest is, as HTML.
        """
        page = f'<!doctype html><meta charset="utf-8">{words}'.encode()

        def upload() -> int:
            return self._planfix.upload_file("message.html", "text/html", [page])

        try:
            number = self._files.put_once(file_key(key, "whole"), upload, received_at=received_at)
        except Refused as refused:
            self._journal.count("file_not_carried")
            self._journal.info("long words not carried", extra={"bytes": len(page), "reason": refused.reason.value})
            return (), to_html(self._texts.say(Say.REST_IN_TELEGRAM), ())
        return (number,), to_html(self._texts.say(Say.REST_IN_FILE), ())

    def carried(self, attachments: Iterable[Attachment], *, key: str) -> frozenset[int]:
        """The numbers of those files that were put into Planfix by earlier attempts."""
        outcomes = [self._effects.outcome(key_of_file(key, attachment)) for attachment in attachments]
        return frozenset(number for number in outcomes if isinstance(number, int))
