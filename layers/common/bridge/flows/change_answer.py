"""Change or take back the last answer in the client's Telegram, as far as Telegram lets us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason, Refused
from bridge.flows.answer_files import read_states
from bridge.flows.plainly import plain_if_refused
from bridge.flows.send_answer import signed
from bridge.flows.take_back import take_back
from bridge.flows.way import by_newest_way
from bridge.keys import notice_key, part_key
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import Chat, FormattedText, Held


def change_last_answer(to: Integration, answer: Answer, text: FormattedText) -> bool:
    """Give the last answer a new text; False when there is none.

    Raises:
        Refused: Telegram does not let it be changed, or it was no single message of text.
    """
    last = to.chats.state(answer.chat).last_answer
    if not last:
        return False
    messages = _text_messages(to, to.route.ref(answer.chat, last))
    parts = split(signed(to, answer, text))
    if len(messages) != 1 or len(parts) != 1:
        raise Refused(Reason.NOT_ONE_MESSAGE)

    def edit_by(way: Way) -> None:
        def edit_text(now: FormattedText) -> None:
            to.bot.edit_text(way.chat_id, messages[0], now, connection_id=way.connection_id)

        plain_if_refused(to, answer.chat, parts[0], edit_text)

    by_newest_way(to, answer.chat, edit_by)
    return True


def delete_last_answer(to: Integration, chat: Chat, *, was_lost: bool) -> Say:
    """Delete all messages of the last answer, and say what came of it; ``was_lost``: an earlier attempt died at it.

    Raises:
        Refused: Telegram lets none of them be deleted.
        RetryLater, OutcomeUnknown: not now; what is gone is remembered.
    """
    last = to.chats.state(chat).last_answer
    ref = to.route.ref(chat, last)
    messages = [*_text_messages(to, ref), *_file_messages(to, ref)]
    if not messages:
        return Say.NOTHING_TO_CHANGE
    if not take_back(to, ref, messages, was_lost=was_lost):
        return Say.PARTLY_DELETED
    to.chats.remember(chat, last_answer=0)
    return Say.DELETED


def is_a_later_one_unsent(to: Integration, chat: Chat) -> bool:
    """Whether an answer after the last sent one waits or was put aside: who changes "the last answer" may mean that.

    Not one that an employee or the owner cancelled: about that one nothing is open.
    """
    last = to.chats.state(chat).last_answer
    if any(one.comment_id > last for one in to.waiting.answers("held", chat)):
        return True
    aside = [one for one in to.waiting.answers("aside", chat) if one.comment_id > last] if last else []
    return not all(_was_cancelled(to, one) for one in aside)


def _was_cancelled(to: Integration, held: Held) -> bool:
    """By the notice about it (held_answers.py)."""
    about = (Say.CANCELLED.value, Say.CANCELLED_BY_OWNER.value)
    keys = (notice_key(to.route.host, held.comment_id, f"{one}#{held.at}") for one in about)
    return any(map(to.effects.was_begun, keys))


def _text_messages(to: Integration, ref: AnswerRef) -> list[int]:
    messages: list[int] = []
    while ref.number:
        outcome = to.effects.outcome(part_key(ref.host, ref.number, len(messages)))
        if not isinstance(outcome, dict) or "message" not in outcome:
            break
        messages.append(outcome["message"])
    return messages


def _file_messages(to: Integration, ref: AnswerRef) -> list[int]:
    states = read_states(to, ref) if ref.number else {}
    return sorted(state["message"] for state in states.values() if "message" in state)
