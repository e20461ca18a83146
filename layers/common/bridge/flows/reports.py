"""What became of an employee's answer, as its author reads it: each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from bridge.errors import HOLDABLE, Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.keys import notice_key
from bridge.moment import until
from bridge.routes.port import Fate
from bridge.telegram.files import is_picture
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.flows.send_files import FilesOutcome
    from bridge.journal import Journal
    from bridge.model import File
    from bridge.routes.port import Route
    from bridge.texts import Texts

REFUSED: Final = "refused"
"""The report that an answer was refused for good."""

_WAITING: Final = "waiting"

FATES: Final = {
    Say.DELIVERED_AFTER_ALL: Fate.SENT,
    **dict.fromkeys((Say.WAITING, Say.HELD, Say.HELD_BEHIND, Say.VERY_LONG), Fate.WAITS),
    **dict.fromkeys(
        (
            Say.NOT_SENT,
            Say.PARTLY_SENT,
            Say.DELIVERY_UNKNOWN,
            Say.GIVEN_UP,
            Say.FOUND_TOO_LATE,
            Say.HELD_EXPIRED,
            Say.CANCELLED,
            Say.CANCELLED_BY_OWNER,
            Say.VERY_LONG_CANCELLED,
            Say.LOOKS_LIKE_COMMAND,
        ),
        Fate.NOT_SENT,
    ),
}
"""What the sentences about an answer mean for it; all others are remarks."""


class Refusal(NamedTuple):
    """Why an answer did not go out, and how much of it did; ``told``: its author knows already."""

    error: Refused | Misconfigured
    sent: int
    parts: int
    told: bool = False

    @property
    def may_be_held(self) -> bool:
        """Whether it passes when the client writes or the owner gives a right back."""
        return self.error.reason in HOLDABLE


class Reports:
    """Writes to the authors of answers. Each report has a name (``about``), under which it is written once for its answer."""

    def __init__(self, route: Route, texts: Texts, effects: Effects, clock: Clock, journal: Journal) -> None:
        self._route = route
        self._texts = texts
        self._effects = effects
        self._clock = clock
        self._journal = journal

    def tell(self, answer: Answer, sentence: Say, about: str, **words: object) -> bool:
        """Say this of an answer; False when Planfix refuses that notice."""
        said = self._texts.say(sentence, answer=answer.excerpt, **words)
        return self._route.tell_author(answer, said, about, FATES.get(sentence, Fate.REMARK))

    def tell_lines(self, answer: Answer, lines: Sequence[str], about: str, fate: Fate = Fate.REMARK) -> None:
        """Say this, as it is."""
        self._route.tell_author(answer, "\n".join(lines), about, fate)

    def sent(self, answer: Answer) -> None:
        """The client has it."""
        self._route.sent(answer)

    def was_begun(self, ref: AnswerRef, about: str) -> bool:
        """Whether this report was written, or an attempt died at it."""
        return self._effects.was_begun(notice_key(ref.host, ref.number, about))

    # -- what did not arrive

    def refused(self, answer: Answer, refusal: Refusal, about: str = REFUSED) -> bool:
        """Which answer did not arrive, why, and what to do; False when Planfix refuses that notice.

        ``about``: which of the attempts that an employee asked for.
        """
        self.note(answer, refusal)
        if refusal.told:
            return True
        words = self._why(refusal.error)
        if refusal.error.reason is Reason.MANY_MESSAGES:
            return self.tell(answer, Say.VERY_LONG, about, count=refusal.parts)
        if refusal.error.reason is Reason.DELIVERY_UNKNOWN:
            return self.tell(answer, Say.DELIVERY_UNKNOWN, about, **words)
        if refusal.sent:
            return self.tell(answer, Say.PARTLY_SENT, about, sent=refusal.sent, parts=refusal.parts, **words)
        return self.tell(answer, Say.NOT_SENT, about, **words)

    def note(self, answer: Answer, refusal: Refusal) -> None:
        """Count and log a refusal."""
        error = refusal.error
        self._journal.count(f"refused_{error.reason.value}")
        self._journal.warning(
            "answer refused",
            extra={
                "chat": answer.chat.key,
                "comment": answer.ref.number,
                "reason": error.reason.value,
                "detail": error.logged,
            },
        )

    def note_unknown_error(self) -> None:
        """Count an error that is in no row of telegram/failures.py."""
        self._journal.count("unknown_telegram_error")

    def gave_up(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> None:
        """Its budget is spent."""
        self.tell(answer, Say.GIVEN_UP, "given up", **self._why(wait))

    # -- what did, but not as it was written

    def tell_of_pictures(self, answer: Answer) -> None:
        """A picture in the middle of the text is the editor's own, not a file of the comment: say that it did not go out."""
        if answer.pictures > sum(is_picture(file.name) for file in answer.files):
            self.tell(answer, Say.PICTURE_NOT_SENT, "pictures")

    def tell_of_files(self, answer: Answer, files: FilesOutcome, *, is_all: bool) -> None:
        """Which files went as links; and those that did not go, each with its reason. ``is_all``: nothing else of it went either."""
        if files.linked:
            self.tell(answer, Say.FILES_SENT_AS_LINKS, "links", names=self._names(files.linked))
        if not files.failed:
            return
        self._journal.count("files_refused")
        by_reason = {refused.reason: refused for _, refused in files.failed}
        lines = [
            self._texts.say(
                Say.FILES_NOT_SENT,
                names=self._names([file for file, refused in files.failed if refused.reason is reason]),
                why=self._texts.why(reason, why.detail),
                remedy=self._texts.remedy(reason),
            )
            for reason, why in by_reason.items()
        ]
        self.tell_lines(answer, lines, "files", Fate.NOT_SENT if is_all else Fate.REMARK)

    def _names(self, files: Sequence[File]) -> str:
        return ", ".join(self._texts.file(file.name or str(file.id), file.size) for file in files)

    # -- what waits

    def waits(self, answer: Answer, wait: RetryLater | OutcomeUnknown) -> None:
        """It goes out by itself, later."""
        self._journal.count("answer_waits")
        self.tell(answer, Say.WAITING, _WAITING, **self._why(wait))

    def told_that_it_waits(self, answer: Answer) -> bool:
        """Whether its author was told so."""
        return self.was_begun(answer.ref, _WAITING)

    def held(self, answer: Answer, refusal: Refusal, about: str, *, held_until: str) -> None:
        """It goes out when the client writes or a right returns, if that is not later than ``held_until``, a moment."""
        words = self._why(refusal.error)
        self.tell(answer, Say.HELD, about, until=held_until, **words)

    def _why(self, error: Refused | Misconfigured | RetryLater | OutcomeUnknown) -> dict[str, str]:
        """Why, and the remedy; a wait that we were told to make says until when."""
        now = self._clock()
        told_until = until(now + error.after, now) if isinstance(error, RetryLater) and not error.counts else ""
        why = self._texts.why(error.reason, error.detail, until=told_until)
        return {"why": why, "remedy": self._texts.remedy(error.reason)}
