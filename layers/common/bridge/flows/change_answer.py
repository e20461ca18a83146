"""Change or take back the last answer in the client's Telegram, as far as Telegram lets us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import Reason, Refused
from bridge.flows.answer_files import read_states
from bridge.flows.plainly import plain_if_refused
from bridge.flows.send_answer import signed
from bridge.flows.take_back import take_back
from bridge.flows.way import by_newest_way
from bridge.keys import part_key
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import FormattedText, Held, TaskState
    from bridge.planfix.route import Comment


def change_last_answer(to: Integration, task: TaskState, comment: Comment, text: FormattedText) -> bool:
    """Give the last answer a new text; False when there is none.

    Raises:
        Refused: Telegram does not let it be changed, or it was no single message of text.
    """
    last = to.chats.state(task.chat).last_answer
    if not last:
        return False
    messages = _text_messages(to, task, last)
    parts = split(signed(to, comment, text))
    if len(messages) != 1 or len(parts) != 1:
        raise Refused(Reason.NOT_ONE_MESSAGE)

    def edit_by(way: Way) -> None:
        def edit_text(now: FormattedText) -> None:
            to.bot.edit_text(way.chat_id, messages[0], now, connection_id=way.connection_id)

        plain_if_refused(to, task.chat, parts[0], edit_text)

    by_newest_way(to, task.chat, edit_by)
    return True


def delete_last_answer(to: Integration, task: TaskState, *, was_lost: bool) -> Say:
    """Delete all messages of the last answer, and say what came of it; ``was_lost``: an earlier attempt died at it.

    Raises:
        Refused: Telegram lets none of them be deleted.
        RetryLater, OutcomeUnknown: not now; what is gone is remembered.
    """
    last = to.chats.state(task.chat).last_answer
    messages = [*_text_messages(to, task, last), *_file_messages(to, task, last)]
    if not messages:
        return Say.NOTHING_TO_CHANGE
    if not take_back(to, task, last, messages, was_lost=was_lost):
        return Say.PARTLY_DELETED
    to.chats.remember(task.chat, last_answer=0)
    return Say.DELETED


def is_a_later_one_unsent(to: Integration, task: TaskState) -> bool:
    """Whether an answer after the last sent one waits or was put aside: who changes "the last answer" may mean that.

    Not one that an employee or the owner cancelled: about that one nothing is open.
    """
    last = to.chats.state(task.chat).last_answer
    if any(one.comment_id > last for one in to.waiting.answers("held", task.chat)):
        return True
    aside = [one for one in to.waiting.answers("aside", task.chat) if one.comment_id > last] if last else []
    return not all(_was_cancelled(to, task, one) for one in aside)


def _was_cancelled(to: Integration, task: TaskState, answer: Held) -> bool:
    """By the notice about it (held_answers.py)."""
    about = (Say.CANCELLED.value, Say.CANCELLED_BY_OWNER.value)
    return any(to.effects.was_begun(f"notice#{task.host}#{answer.comment_id}#{one}#{answer.at}") for one in about)


def _text_messages(to: Integration, task: TaskState, comment_id: int) -> list[int]:
    messages: list[int] = []
    while comment_id:
        outcome = to.effects.outcome(part_key(task.host, comment_id, len(messages)))
        if not isinstance(outcome, dict) or "message" not in outcome:
            break
        messages.append(outcome["message"])
    return messages


def _file_messages(to: Integration, task: TaskState, comment_id: int) -> list[int]:
    states = read_states(to, task, comment_id) if comment_id else {}
    return sorted(state["message"] for state in states.values() if "message" in state)
