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
from bridge.keys import notice_key, part_key, sent_key
from bridge.model import FormattedText
from bridge.moment import until
from bridge.shown import one_line
from bridge.telegram.files import is_picture
from bridge.telegram.formatting import bold, cut_off, join
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import Chat, File, Lost

PERHAPS_PASSING_FOR: Final = 120.0
"""Seconds: an error that is in no row of telegram/failures.py may pass, and a token that is refused may have been changed;
after this it is refused with its own text."""

UNKNOWN_AGAIN_AFTER: Final = 20.0
"""Seconds between two tries of such an error."""


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


def send_answer(to: Integration, answer: Answer, *, found_at: float) -> Refusal | None:
    """Send an answer; None when it went out whole.

    Args:
        to: the integration of its chat.
        answer: what the employee wrote.
        found_at: when we were told of it, Unix seconds.

    Raises:
        RetryLater, OutcomeUnknown: not now; the parts that went out are remembered.
        Misconfigured: a token is refused, and has been for a moment only.
    """
    outgoing = _outgoing(to, answer)
    unfit = _unfit(to, answer, outgoing.parts)
    if unfit is not None:
        return unfit
    all_parts = len(outgoing.parts) + len(answer.files)
    files, sent = FilesOutcome(), list[int]()
    is_young = to.clock() - found_at < PERHAPS_PASSING_FOR
    try:
        _send_parts(to, answer, outgoing, sent)
        if answer.files:
            files = send_files(to, answer, parts=len(outgoing.parts), found_at=found_at)
            sent += files.sent
    except (Refused, Misconfigured) as refused:
        if refused.reason is Reason.COMMENT_CHANGED:
            sent = _sent_before(to, answer)
        sent += files_sent(to, answer)
        if refused.reason is Reason.UNKNOWN_ERROR:
            to.count("unknown_telegram_error")
            if is_young:
                raise RetryLater(UNKNOWN_AGAIN_AFTER, refused.reason, refused.detail) from None
        if is_young and isinstance(refused, Misconfigured):
            raise  # a token that was just changed: the settings are read again before it is refused or held
        return Refusal(refused, len(sent), all_parts)
    finally:
        if sent:
            _note_sent(to, answer, max(sent))
    _tell_of_pictures(to, answer)
    _tell_of_links(to, answer, files)
    _tell_of_failed(to, answer, files)
    if files.failed and not sent:
        return Refusal(files.failed[0][1], 0, all_parts, told=True)
    _mark_read(to, answer.chat)
    return None


def _unfit(to: Integration, answer: Answer, parts: Sequence[FormattedText]) -> Refusal | None:
    """Why nothing of an answer goes out by itself, where that is clear from what it is."""
    if answer.is_unreadable:
        return Refusal(Refused(Reason.COMMENT_UNREADABLE), 0, 0)
    if not parts and not answer.files:
        return Refusal(Refused(Reason.COMMENT_UNREADABLE if answer.is_strange else Reason.EMPTY), 0, 0)
    if is_to_be_asked_about(to, answer, messages=len(parts)):
        return Refusal(Refused(Reason.MANY_MESSAGES), 0, len(parts))
    return None


def _note_sent(to: Integration, answer: Answer, message: int) -> None:
    """The client waits no longer, unless for an answer to something newer: another container may just have carried that."""
    now = to.chats.sent(answer.chat, answer.ref.number, message)
    if not now.awaits_answer:
        to.waiting.client_has_answer(answer.chat, message)


def _tell_of_links(to: Integration, answer: Answer, files: FilesOutcome) -> None:
    if files.linked:
        said = to.texts.say(Say.FILES_SENT_AS_LINKS, names=_names(to, files.linked))
        to.route.tell_author(answer, said, "links")


def _tell_of_failed(to: Integration, answer: Answer, files: FilesOutcome) -> None:
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
    to.route.tell_author(answer, "\n".join(said), "files")


def _names(to: Integration, files: Sequence[File]) -> str:
    return ", ".join(to.texts.file(file.name or str(file.id), file.size) for file in files)


def _tell_of_pictures(to: Integration, answer: Answer) -> None:
    """A picture in the middle of the text is the editor's own, not a file of the comment: say that it did not go out."""
    if answer.pictures > sum(is_picture(file.name) for file in answer.files):
        to.route.tell_author(answer, to.texts.say(Say.PICTURE_NOT_SENT, answer=answer.excerpt), "pictures")


def _mark_read(to: Integration, chat: Chat) -> None:
    """Show the client that the message was read, where the channel wants it and the owner gave the right."""
    channel = to.settings.channel(chat.channel)
    if channel is None or not channel.mark_read or chat.is_own_bot:
        return
    way, message = way_to(to, chat), to.chats.state(chat).client_message
    if way.connection_id is None or not way.may_read or not message:
        return
    try:
        to.bot.read_business_message(way.chat_id, message, connection_id=way.connection_id)
    except BridgeError as error:
        to.log.info("not marked as read", extra={"reason": error.reason.value})  # a courtesy, no more


def refusal_key(answer: Answer) -> str:
    """The ledger key of the notice that an answer was refused for good."""
    return notice_key(answer.ref.host, answer.ref.number, "refused")


def tell_why_not(to: Integration, answer: Answer, refusal: Refusal, about: str = "refused") -> bool:
    """Which answer did not arrive, why, and what to do; False when Planfix refuses that notice.

    ``about``: which of the attempts that an employee asked for.
    """
    note_refusal(to, answer, refusal)
    if refusal.told:
        return True
    words = reason_words(to, answer, refusal.error)
    if refusal.error.reason is Reason.MANY_MESSAGES:
        said = to.texts.say(Say.VERY_LONG, answer=answer.excerpt, count=refusal.parts)
    elif refusal.error.reason is Reason.DELIVERY_UNKNOWN:
        said = to.texts.say(Say.DELIVERY_UNKNOWN, **words)
    elif refusal.sent:
        said = to.texts.say(Say.PARTLY_SENT, sent=refusal.sent, parts=refusal.parts, **words)
    else:
        said = to.texts.say(Say.NOT_SENT, **words)
    return to.route.tell_author(answer, said, about)


def note_refusal(to: Integration, answer: Answer, refusal: Refusal) -> None:
    """Count and log a refusal."""
    error = refusal.error
    to.count(f"refused_{error.reason.value}")
    to.log.warning(
        "answer refused",
        extra={
            "chat": answer.chat.key,
            "comment": answer.ref.number,
            "reason": error.reason.value,
            "detail": error.logged,
        },
    )


def reason_words(
    to: Integration, answer: Answer, error: Refused | Misconfigured | RetryLater | OutcomeUnknown
) -> dict[str, str]:
    """The words that most notices about an answer need; a wait that we were told to make says until when."""
    now = to.clock()
    told_until = until(now + error.after, now) if isinstance(error, RetryLater) and not error.counts else ""
    return {
        "answer": answer.excerpt,
        "why": to.texts.why(error.reason, error.detail, until=told_until),
        "remedy": to.texts.remedy(error.reason),
    }


@dataclass(frozen=True)
class _Outgoing:
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

    def begun_with(self, signature: tuple[int, int]) -> _Outgoing:
        """The same answer whose first message went out with a signature of this size: the later ones are cut behind it."""
        if signature == self.whole.signature:
            return self
        characters, units = signature
        stands_for_it = "x" * (2 * characters - units) + "\U0001d54f" * (units - characters)
        return replace(self, signature=bold(stands_for_it) if characters else FormattedText(""))


def _outgoing(to: Integration, answer: Answer) -> _Outgoing:
    whole, said = answer.whole, answer.said
    if said.text.startswith("//"):  # a text that is no command although it looks like one
        said = cut_off(said, 1)
        whole = join([answer.quotation, said])
    quotes = to.route.quoted_message(answer)
    signature = _signature(to, answer) if whole.text else FormattedText("")
    return _Outgoing(signature, said if quotes else whole, to.digest(whole.text), quotes)


def signed(to: Integration, answer: Answer, said: FormattedText) -> FormattedText:
    """The text with its author's line above it, where the integration wants that."""
    return join([_signature(to, answer), said]) if said.text else said


def _signature(to: Integration, answer: Answer) -> FormattedText:
    if not to.settings.send_as_employee:
        return FormattedText("")
    return bold(f"{one_line(to.route.author_name(answer))}:")


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
class _Position:
    """A part's position: its number, the message that it answers, and what it is a part of."""

    number: int
    quotes: int | None
    whole: Whole


def _send_parts(to: Integration, answer: Answer, outgoing: _Outgoing, sent: list[int]) -> None:
    """Send the text, as it was begun; ``sent`` gets each message.

    The first message decides about the signature: whoever switches that, or renames the employee, in the middle of an
    answer must not move the places at which the rest of it is cut.
    """
    while len(sent) < len(outgoing.parts):
        number = len(sent)
        position = _Position(number, None if number else outgoing.quotes, outgoing.whole)
        outcome = _send_part(to, answer, outgoing.parts[number], position)
        if outcome is None:
            return
        sent.append(int(outcome["message"]))
        if not number:
            outgoing = outgoing.begun_with(tuple(outcome.get("signature", (0, 0))))


def _send_part(to: Integration, answer: Answer, part: FormattedText, position: _Position) -> dict[str, Any] | None:
    """Send one part; gives what came of it, or None when the answer went out whole in a former version: parts of two must not be mixed."""
    chat, whole = answer.chat, position.whole

    def send_by(way: Way) -> int:
        def send_text(text: FormattedText) -> int:
            return to.bot.send_text(way.chat_id, text, connection_id=way.connection_id, reply_to=position.quotes)

        return plain_if_refused(to, chat, part, send_text)

    key = part_key(answer.ref.host, answer.ref.number, position.number)
    attempts_lost: list[Lost] = []

    def send() -> dict[str, Any]:
        try:
            return {"message": by_newest_way(to, chat, send_by), **whole.as_outcome()}
        except RetryLater:
            not_sent_again(to, key)
            raise

    def look(lost: Lost) -> dict[str, Any] | None:
        attempts_lost.append(lost)
        asked = what_now(to, answer.ref, key)
        return {**asked, **whole.as_outcome()} if asked else None

    def also(done: dict[str, Any]) -> dict[str, Any]:
        is_what = {"part": position.number + 1, "parts": whole.parts, "files": len(answer.files)}
        return {sent_key(chat, done["message"]): {"comment": answer.ref.number, **is_what}} if "message" in done else {}

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
        if _went_out_whole(to, answer, outcome["parts"]):
            return None
        raise Refused(Reason.COMMENT_CHANGED)
    if "asked" in outcome:
        raise Refused(Reason.DELIVERY_UNKNOWN)
    to.count("carried_to_telegram")
    to.log.info(
        "carried to Telegram",
        extra={
            "chat": chat.key,
            "task": answer.task,
            "comment": answer.ref.number,
            "part": position.number,
            "message_id": outcome["message"],
        },
    )
    return outcome


def _sent_before(to: Integration, answer: Answer) -> list[int]:
    """The messages that went out of the version that the comment had before."""
    numbers = itertools.count()
    outcomes = (to.effects.outcome(part_key(answer.ref.host, answer.ref.number, number)) for number in numbers)
    went_out = itertools.takewhile(lambda one: isinstance(one, dict) and "message" in one, outcomes)
    return [one["message"] for one in went_out if one]


def _went_out_whole(to: Integration, answer: Answer, parts: int) -> bool:
    outcomes = [to.effects.outcome(part_key(answer.ref.host, answer.ref.number, number)) for number in range(parts)]
    return all(isinstance(outcome, dict) and "message" in outcome for outcome in outcomes)


def forget_unknown(to: Integration, answer: Answer) -> None:
    """An employee looked and says ``/send``: parts whose delivery is unknown may be sent again."""
    for number in itertools.count():
        key = part_key(answer.ref.host, answer.ref.number, number)
        outcome = to.effects.outcome(key)
        if not isinstance(outcome, dict):
            break
        if "asked" in outcome:
            forget_doubt(to, key)
    forget_asked_files(to, answer.ref, places=len(answer.files))
