"""Send one employee's answer to the client, once, in as many parts as it needs, and say what became of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import HOLDABLE, BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.answer_files import forget_asked_files
from bridge.flows.in_doubt import forget_doubt, not_sent_again, what_now
from bridge.flows.long_answers import is_to_be_asked_about
from bridge.flows.plainly import plain_if_refused
from bridge.flows.send_files import FilesOutcome, files_sent, send_files
from bridge.flows.way import by_newest_way, way_to
from bridge.keys import part_key, sent_key
from bridge.model import FormattedText
from bridge.moment import until
from bridge.routes.rest.notices import excerpt, tell_author
from bridge.routes.rest.quotations import quoted_message
from bridge.shown import one_line
from bridge.telegram.files import is_picture
from bridge.telegram.formatting import bold, cut_off, join, parted
from bridge.telegram.reading_html import from_html, pictures_in
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import Lost, TaskState
    from bridge.planfix.route import Comment, File

PERHAPS_PASSING_FOR: Final = 120.0
"""Seconds: an error that is in no row of telegram/failures.py may pass, and a token that is refused may have been changed;
after this it is refused with its own text."""

UNKNOWN_AGAIN_AFTER: Final = 20.0
"""Seconds between two tries of such an error."""


WHAT_IS_SENT: Final = frozenset({"description", "files"})
"""The fields of a comment that the client gets: all of them, or nothing."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer did not go out, and how much of it did; ``told``: its author knows already."""

    error: Refused | Misconfigured
    sent: int
    parts: int
    told: bool = False

    @property
    def may_be_held(self) -> bool:
        """Whether it passes when the client writes or the owner gives a right back."""
        return self.error.reason in HOLDABLE


def send_answer(to: Integration, task: TaskState, comment: Comment, *, found_at: float) -> Refusal | None:
    """Send an answer; None when it went out whole.

    Args:
        to: the integration of the task's chat.
        task: whose answer it is.
        comment: what the employee wrote.
        found_at: when we were told of it, Unix seconds.

    Raises:
        RetryLater, OutcomeUnknown: not now; the parts that went out are remembered.
        Misconfigured: a token is refused, and has been for a moment only.
    """
    answer = _answer_in(to, task, comment)
    unfit = _unfit(to, task, comment, answer.parts)
    if unfit is not None:
        return unfit
    all_parts = len(answer.parts) + len(comment.files)
    files, sent = FilesOutcome(), list[int]()
    is_young = to.clock() - found_at < PERHAPS_PASSING_FOR
    try:
        _send_parts(to, task, comment, answer, sent)
        if comment.files:
            files = send_files(to, task, comment, parts=len(answer.parts), found_at=found_at)
            sent += files.sent
    except (Refused, Misconfigured) as refused:
        if refused.reason is Reason.COMMENT_CHANGED:
            sent = _sent_before(to, task, comment)
        sent += files_sent(to, task, comment)
        if refused.reason is Reason.UNKNOWN_ERROR:
            to.count("unknown_telegram_error")
            if is_young:
                raise RetryLater(UNKNOWN_AGAIN_AFTER, refused.reason, refused.detail) from None
        if is_young and isinstance(refused, Misconfigured):
            raise  # a token that was just changed: the settings are read again before it is refused or held
        return Refusal(refused, len(sent), all_parts)
    finally:
        if sent:
            _note_sent(to, task, comment, max(sent))
    _tell_of_pictures(to, task, comment)
    _tell_of_links(to, task, comment, files)
    _tell_of_failed(to, task, comment, files)
    if files.failed and not sent:
        return Refusal(files.failed[0][1], 0, all_parts, told=True)
    _mark_read(to, task)
    return None


def _unfit(to: Integration, task: TaskState, comment: Comment, parts: Sequence[FormattedText]) -> Refusal | None:
    """Why nothing of an answer goes out by itself, where that is clear from what it is."""
    if WHAT_IS_SENT.intersection(comment.unread):
        return Refusal(Refused(Reason.COMMENT_UNREADABLE), 0, 0)
    if not parts and not comment.files:
        return Refusal(Refused(Reason.COMMENT_UNREADABLE if comment.unread else Reason.EMPTY), 0, 0)
    if is_to_be_asked_about(to, task, comment, messages=len(parts)):
        return Refusal(Refused(Reason.MANY_MESSAGES), 0, len(parts))
    return None


def _note_sent(to: Integration, task: TaskState, comment: Comment, message: int) -> None:
    """The client waits no longer, unless for an answer to something newer: another container may just have carried that."""
    now = to.chats.sent(task.chat, comment.id, message)
    if not now.awaits_answer:
        to.waiting.client_has_answer(task.chat, message)


def _tell_of_links(to: Integration, task: TaskState, comment: Comment, files: FilesOutcome) -> None:
    if files.linked:
        said = to.texts.say(Say.FILES_SENT_AS_LINKS, names=_names(to, files.linked))
        tell_author(to, task, comment, said, "links")


def _tell_of_failed(to: Integration, task: TaskState, comment: Comment, files: FilesOutcome) -> None:
    """One notice names the files that did not go, each with its reason."""
    if not files.failed:
        return
    to.count("files_refused")
    by_reason = {refused.reason: refused for _, refused in files.failed}
    said = [
        to.texts.say(
            Say.FILES_NOT_SENT,
            names=_names(to, [file for file, refused in files.failed if refused.reason is reason]),
            why=to.texts.why(reason, why.detail),
            remedy=to.texts.remedy(reason),
        )
        for reason, why in by_reason.items()
    ]
    tell_author(to, task, comment, "\n".join(said), "files")


def _names(to: Integration, files: Sequence[File]) -> str:
    return ", ".join(to.texts.file(file.name or str(file.id), file.size) for file in files)


def _tell_of_pictures(to: Integration, task: TaskState, comment: Comment) -> None:
    """A picture in the middle of the text is the editor's own, not a file of the comment: say that it did not go out."""
    if pictures_in(comment.html) > sum(is_picture(file.name) for file in comment.files):
        tell_author(to, task, comment, to.texts.say(Say.PICTURE_NOT_SENT, answer=excerpt(comment)), "pictures")


def _mark_read(to: Integration, task: TaskState) -> None:
    """Show the client that the message was read, where the channel wants it and the owner gave the right."""
    channel = to.settings.channel(task.chat.channel)
    if channel is None or not channel.mark_read or task.chat.is_own_bot:
        return
    way, message = way_to(to, task.chat), to.chats.state(task.chat).client_message
    if way.connection_id is None or not way.may_read or not message:
        return
    try:
        to.bot.read_business_message(way.chat_id, message, connection_id=way.connection_id)
    except BridgeError as error:
        to.log.info("not marked as read", extra={"reason": error.reason.value})  # a courtesy, no more


def refusal_key(task: TaskState, comment: Comment) -> str:
    """The ledger key of the notice that an answer was refused for good."""
    return f"notice#{task.host}#{comment.id}#refused"


def tell_why_not(to: Integration, task: TaskState, comment: Comment, refusal: Refusal, about: str = "refused") -> bool:
    """Which answer did not arrive, why, and what to do; False when Planfix refuses that notice.

    ``about``: which of the attempts that an employee asked for.
    """
    note_refusal(to, task, comment, refusal)
    if refusal.told:
        return True
    words = reason_words(to, comment, refusal.error)
    if refusal.error.reason is Reason.MANY_MESSAGES:
        said = to.texts.say(Say.VERY_LONG, answer=excerpt(comment), count=refusal.parts)
    elif refusal.error.reason is Reason.DELIVERY_UNKNOWN:
        said = to.texts.say(Say.DELIVERY_UNKNOWN, **words)
    elif refusal.sent:
        said = to.texts.say(Say.PARTLY_SENT, sent=refusal.sent, parts=refusal.parts, **words)
    else:
        said = to.texts.say(Say.NOT_SENT, **words)
    return tell_author(to, task, comment, said, about)


def note_refusal(to: Integration, task: TaskState, comment: Comment, refusal: Refusal) -> None:
    """Count and log a refusal."""
    error = refusal.error
    to.count(f"refused_{error.reason.value}")
    to.log.warning(
        "answer refused",
        extra={"chat": task.chat.key, "comment": comment.id, "reason": error.reason.value, "detail": error.logged},
    )


def reason_words(
    to: Integration, comment: Comment, error: Refused | Misconfigured | RetryLater | OutcomeUnknown
) -> dict[str, str]:
    """The words that most notices about an answer need; a wait that we were told to make says until when."""
    now = to.clock()
    told_until = until(now + error.after, now) if isinstance(error, RetryLater) and not error.counts else ""
    return {
        "answer": excerpt(comment),
        "why": to.texts.why(error.reason, error.detail, until=told_until),
        "remedy": to.texts.remedy(error.reason),
    }


@dataclass(frozen=True)
class _Answer:
    """What goes to the client.

    Attributes:
        signature: the line above it that names its author, or a blank text.
        said: the rest of it, not yet cut into messages.
        version: a keyed digest of what the employee wrote, quoted words included.
        quotes: the message that it answers, in place of its words; or None.
    """

    signature: FormattedText
    said: FormattedText
    version: str
    quotes: int | None

    @cached_property
    def parts(self) -> list[FormattedText]:
        """The messages it goes in."""
        return split(join([self.signature, self.said]))

    @cached_property
    def whole(self) -> Whole:
        """What each of them is a part of."""
        name = self.signature.text
        return Whole(self.version, len(self.parts), (len(name), len(name.encode("utf-16-le")) // 2))

    def begun_with(self, signature: tuple[int, int]) -> _Answer:
        """The same answer whose first message went out with a signature of this size: the later ones are cut behind it."""
        if signature == self.whole.signature:
            return self
        characters, units = signature
        stands_for_it = "x" * (2 * characters - units) + "\U0001d54f" * (units - characters)
        return replace(self, signature=bold(stands_for_it) if characters else FormattedText(""))


def _answer_in(to: Integration, task: TaskState, comment: Comment) -> _Answer:
    whole = from_html(comment.html)
    quotation, said = parted(whole)
    if said.text.startswith("//"):  # a text that is no command although it looks like one
        said = cut_off(said, 1)
        whole = join([quotation, said])
    quotes = quoted_message(to, task, comment)
    signature = _signature(to, comment) if whole.text else FormattedText("")
    return _Answer(signature, said if quotes else whole, to.digest(whole.text), quotes)


def signed(to: Integration, comment: Comment, said: FormattedText) -> FormattedText:
    """The text with its author's line above it, where the integration wants that."""
    return join([_signature(to, comment), said]) if said.text else said


def _signature(to: Integration, comment: Comment) -> FormattedText:
    if not to.settings.send_as_employee:
        return FormattedText("")
    try:
        name = to.planfix.user_name(comment.owner)
    except Refused:  # the comment names its author too, if in another order
        name = ""
    return bold(f"{one_line(name or comment.owner_name)}:")


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part is a part of.

    Attributes:
        version: the digest of all that the employee wrote.
        parts: in how many parts it goes.
        signature: characters and UTF-16 units of the signature above it, on which it depends where the parts are cut.
    """

    version: str
    parts: int
    signature: tuple[int, int] = (0, 0)

    def as_outcome(self) -> dict[str, Any]:
        return {"of": self.version, "parts": self.parts, "signature": list(self.signature)}


@dataclass(frozen=True, slots=True)
class _Place:
    """A part's place: its number, the message that it answers, and what it is a part of."""

    number: int
    quotes: int | None
    whole: Whole


def _send_parts(to: Integration, task: TaskState, comment: Comment, answer: _Answer, sent: list[int]) -> None:
    """Send the text, as it was begun; ``sent`` gets each message.

    The first message decides about the signature: whoever switches that, or renames the employee, in the middle of an
    answer must not move the places at which the rest of it is cut.
    """
    while len(sent) < len(answer.parts):
        number = len(sent)
        place = _Place(number, None if number else answer.quotes, answer.whole)
        outcome = _send_part(to, task, comment, answer.parts[number], place)
        if outcome is None:
            return
        sent.append(int(outcome["message"]))
        if not number:
            answer = answer.begun_with(tuple(outcome.get("signature", (0, 0))))


def _send_part(
    to: Integration, task: TaskState, comment: Comment, part: FormattedText, place: _Place
) -> dict[str, Any] | None:
    """Send one part; gives what came of it, or None when the answer went out whole in a former version: parts of two must not be mixed."""
    chat, whole = task.chat, place.whole

    def send_by(way: Way) -> int:
        def send_text(text: FormattedText) -> int:
            return to.bot.send_text(way.chat_id, text, connection_id=way.connection_id, reply_to=place.quotes)

        return plain_if_refused(to, chat, part, send_text)

    key = part_key(task.host, comment.id, place.number)
    attempts_lost: list[Lost] = []

    def send() -> dict[str, Any]:
        try:
            return {"message": by_newest_way(to, chat, send_by), **whole.as_outcome()}
        except RetryLater:
            not_sent_again(to, key)
            raise

    def look(lost: Lost) -> dict[str, Any] | None:
        attempts_lost.append(lost)
        asked = what_now(to, task, comment.id, key)
        return {**asked, **whole.as_outcome()} if asked else None

    def also(done: dict[str, Any]) -> dict[str, Any]:
        is_what = {"part": place.number + 1, "parts": whole.parts, "files": len(comment.files)}
        return {sent_key(chat, done["message"]): {"comment": comment.id, **is_what}} if "message" in done else {}

    try:
        outcome: dict[str, Any] = to.effects.once(
            key,
            send,
            look=look,
            also=also,
        )
    except Refused as refused:
        if attempts_lost and refused.reason not in HOLDABLE:
            raise Refused(Reason.DELIVERY_UNKNOWN) from None  # refused now, but an earlier attempt may have arrived
        raise
    if outcome["of"] != whole.version:
        if _went_out_whole(to, task, comment, outcome["parts"]):
            return None
        raise Refused(Reason.COMMENT_CHANGED)
    if "asked" in outcome:
        raise Refused(Reason.DELIVERY_UNKNOWN)
    to.count("carried_to_telegram")
    to.log.info(
        "carried to Telegram",
        extra={
            "chat": chat.key,
            "task": task.task_id,
            "comment": comment.id,
            "part": place.number,
            "message_id": outcome["message"],
        },
    )
    return outcome


def _sent_before(to: Integration, task: TaskState, comment: Comment) -> list[int]:
    """The messages that went out of the version that the comment had before."""
    numbers = itertools.count()
    outcomes = (to.effects.outcome(part_key(task.host, comment.id, number)) for number in numbers)
    went_out = itertools.takewhile(lambda one: isinstance(one, dict) and "message" in one, outcomes)
    return [one["message"] for one in went_out if one]


def _went_out_whole(to: Integration, task: TaskState, comment: Comment, parts: int) -> bool:
    outcomes = [to.effects.outcome(part_key(task.host, comment.id, number)) for number in range(parts)]
    return all(isinstance(outcome, dict) and "message" in outcome for outcome in outcomes)


def forget_unknown(to: Integration, task: TaskState, comment: Comment) -> None:
    """An employee looked and says ``/send``: parts whose delivery is unknown may be sent again."""
    for number in itertools.count():
        key = part_key(task.host, comment.id, number)
        outcome = to.effects.outcome(key)
        if not isinstance(outcome, dict):
            break
        if "asked" in outcome:
            forget_doubt(to, key)
    forget_asked_files(to, task, comment.id, places=len(comment.files))
