"""Send one employee's answer to the client, once, in as many parts as it needs, and say what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import HOLDABLE, BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.flows.keys import part_key, sent_key
from bridge.flows.notices import excerpt, post_notice
from bridge.flows.send_files import send_files
from bridge.flows.way import way_to
from bridge.planfix.route import People
from bridge.telegram.formatting import bold, cut_off, join
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import FormattedText, Lost, TaskState
    from bridge.planfix.route import Comment

UNKNOWN_ERRORS_RETRIED_FOR: Final = 120.0
"""Seconds: an error that is in no row of telegram/failures.py may pass; after this it is refused with its own text."""

UNKNOWN_AGAIN_AFTER: Final = 20.0
"""Seconds between two tries of such an error."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer did not go out, and how much of it did."""

    error: Refused | Misconfigured
    sent: int
    parts: int

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
    """
    text = _text_of(to, comment)
    parts, version = split(text), to.digest(text.text)
    if not parts and not comment.files:
        return Refusal(Refused(Reason.EMPTY), 0, 0)
    sent = 0
    try:
        for number, part in enumerate(parts):
            if not _send_part(to, task, comment, number, part, Whole(version, len(parts))):
                break
            sent += 1
        if comment.files:
            _send_files(to, task, comment)
            sent += 1
    except (Refused, Misconfigured) as refused:
        if refused.reason is Reason.UNKNOWN_ERROR:
            to.count("unknown_telegram_error")
            if to.clock() - found_at < UNKNOWN_ERRORS_RETRIED_FOR:
                raise RetryLater(UNKNOWN_AGAIN_AFTER, refused.reason, refused.detail) from None
        return Refusal(refused, sent, len(parts))
    finally:
        if sent:
            to.chats.sent(task.chat, comment.id, int(to.clock() * 1000))
            to.waiting.client_has_answer(task.chat)
    _mark_read(to, task)
    return None


def _send_files(to: Integration, task: TaskState, comment: Comment) -> None:
    """Send the files; those that could not go are named in one notice, the others went."""
    way = way_to(to, task.chat)
    failed = send_files(to, task, comment, way, lambda _: _what_now(to, task, comment))
    if not failed:
        return
    to.count("files_refused")
    names = ", ".join(file.name or str(file.id) for file, _ in failed)
    _, why = failed[0]
    words = {"why": to.texts.why(why.reason, why.detail), "remedy": to.texts.remedy(why.reason)}
    tell_author(to, task, comment, to.texts.say(Say.FILES_NOT_SENT, names=names, **words), "files")


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


def tell_author(to: Integration, task: TaskState, comment: Comment, text: str, about: str) -> None:
    """A notice in the task, to whoever wrote the comment."""
    key = f"notice#{task.host}#{comment.id}#{about}"
    post_notice(to, task.task_id, text, People(users=(comment.owner,)), key=key)


def refusal_key(task: TaskState, comment: Comment) -> str:
    """The ledger key of the notice that an answer was refused for good."""
    return f"notice#{task.host}#{comment.id}#refused"


def tell_why_not(to: Integration, task: TaskState, comment: Comment, refusal: Refusal) -> None:
    """Which answer did not arrive, why, and what to do."""
    note_refusal(to, task, comment, refusal)
    words = reason_words(to, comment, refusal.error)
    if refusal.error.reason is Reason.DELIVERY_UNKNOWN:
        said = to.texts.say(Say.DELIVERY_UNKNOWN, **words)
    elif refusal.sent:
        said = to.texts.say(Say.PARTLY_SENT, sent=refusal.sent, parts=refusal.parts, **words)
    else:
        said = to.texts.say(Say.NOT_SENT, **words)
    tell_author(to, task, comment, said, "refused")


def note_refusal(to: Integration, task: TaskState, comment: Comment, refusal: Refusal) -> None:
    """Count and log a refusal."""
    error = refusal.error
    to.count(f"refused_{error.reason.value}")
    to.log.warning(
        "answer refused",
        extra={"chat": task.chat.key, "comment": comment.id, "reason": error.reason.value, "detail": error.detail},
    )


def reason_words(
    to: Integration, comment: Comment, error: Refused | Misconfigured | RetryLater | OutcomeUnknown
) -> dict[str, str]:
    """The words that most notices about an answer need."""
    return {
        "answer": excerpt(comment),
        "why": to.texts.why(error.reason, error.detail),
        "remedy": to.texts.remedy(error.reason),
    }


def _text_of(to: Integration, comment: Comment) -> FormattedText:
    said = from_html(comment.html)
    if said.text.startswith("//"):
        said = cut_off(said, 1)  # "begin it with //": a text that is no command although it looks like one
    return signed(to, comment, said)


def signed(to: Integration, comment: Comment, said: FormattedText) -> FormattedText:
    """The text with its author's line above it, where the integration wants that."""
    if not to.settings.send_as_employee or not said.text:
        return said
    name = to.planfix.user_name(comment.owner) or comment.owner_name
    return join([bold(f"{name}:"), said])


def _what_now(to: Integration, task: TaskState, comment: Comment) -> dict[str, Any] | None:
    """Telegram offers no way to look, so the setting decides about what may or may not have gone out."""
    policy = to.settings.on_unknown_delivery
    to.count("unknown_delivery")
    to.log.warning("delivery unknown", extra={"chat": task.chat.key, "comment": comment.id, "policy": policy})
    return {"asked": 1} if policy == "ask" else None


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part is a part of: the whole text's digest, and in how many parts it goes."""

    version: str
    parts: int

    def as_outcome(self) -> dict[str, Any]:
        return {"of": self.version, "parts": self.parts}


def _send_part(
    to: Integration, task: TaskState, comment: Comment, number: int, part: FormattedText, whole: Whole
) -> bool:
    """Send one part; False when the answer went out whole in a former version: parts of two must not be mixed."""
    chat = task.chat

    def send() -> dict[str, Any]:
        way = way_to(to, task.chat)
        try:
            return {
                "message": to.bot.send_text(way.chat_id, part, connection_id=way.connection_id),
                **whole.as_outcome(),
            }
        except Refused as refused:
            newer = way_to(to, task.chat)
            if refused.reason is not Reason.CONNECTION_LOST or newer == way:
                raise
        return {
            "message": to.bot.send_text(newer.chat_id, part, connection_id=newer.connection_id),
            **whole.as_outcome(),
        }

    attempts_lost: list[Lost] = []

    def look(lost: Lost) -> dict[str, Any] | None:
        attempts_lost.append(lost)
        asked = _what_now(to, task, comment)
        return {**asked, **whole.as_outcome()} if asked else None

    key = part_key(task.host, comment.id, number)
    try:
        outcome: dict[str, Any] = to.effects.once(
            key,
            send,
            look=look,
            also=lambda done: {sent_key(chat, done.get("message", 0)): {"comment": comment.id, "part": number}},
        )
    except Refused as refused:
        if attempts_lost and refused.reason not in HOLDABLE:
            raise Refused(Reason.DELIVERY_UNKNOWN) from None  # refused now, but an earlier attempt may have arrived
        raise
    if outcome["of"] != whole.version:
        if _went_out_whole(to, task, comment, outcome["parts"]):
            return False
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
            "part": number,
            "message_id": outcome["message"],
        },
    )
    return True


def _went_out_whole(to: Integration, task: TaskState, comment: Comment, parts: int) -> bool:
    outcomes = [to.effects.outcome(part_key(task.host, comment.id, number)) for number in range(parts)]
    return all(isinstance(outcome, dict) and "message" in outcome for outcome in outcomes)


def forget_unknown(to: Integration, task: TaskState, comment: Comment) -> None:
    """An employee looked and says ``/send``: parts whose delivery is unknown may be sent again."""
    for number in range(len(split(_text_of(to, comment)))):
        key = part_key(task.host, comment.id, number)
        outcome = to.effects.outcome(key)
        if isinstance(outcome, dict) and "asked" in outcome:
            to.effects.forget(key)
