"""Change or take back the last answer in the client's Telegram, as far as Telegram lets us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Reason, Refused
from bridge.flows.keys import part_key
from bridge.flows.send_answer import signed
from bridge.flows.send_files import file_part_key
from bridge.flows.way import by_newest_way
from bridge.telegram.splitting import split

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import FormattedText, TaskState
    from bridge.planfix.route import Comment


FILES_LOOKED_FOR: Final = 20
"""Of an answer whose comment was deleted, so that nobody knows how many it had."""


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
        raise Refused(Reason.EDIT_IMPOSSIBLE, "more than one message")
    by_newest_way(
        to,
        task.chat,
        lambda way: to.bot.edit_text(way.chat_id, messages[0], parts[0], connection_id=way.connection_id),
    )
    return True


def delete_last_answer(to: Integration, task: TaskState) -> bool:
    """Delete all messages of the last answer; False when there is none.

    Raises:
        Refused: Telegram does not let them be deleted.
    """
    last = to.chats.state(task.chat).last_answer
    messages = [*_text_messages(to, task, last), *_file_messages(to, task, last)]
    if not messages:
        return False
    by_newest_way(
        to, task.chat, lambda way: to.bot.delete_messages(way.chat_id, messages, connection_id=way.connection_id)
    )
    to.chats.remember(task.chat, last_answer=0)
    return True


def _text_messages(to: Integration, task: TaskState, comment_id: int) -> list[int]:
    messages: list[int] = []
    while comment_id:
        outcome = to.effects.outcome(part_key(task.host, comment_id, len(messages)))
        if not isinstance(outcome, dict) or "message" not in outcome:
            break
        messages.append(outcome["message"])
    return messages


def _file_messages(to: Integration, task: TaskState, comment_id: int) -> list[int]:
    comment = to.planfix.comment(comment_id) if comment_id else None
    found = []
    for index in range(len(comment.files) if comment else FILES_LOOKED_FOR if comment_id else 0):
        outcome = to.effects.outcome(file_part_key(task, comment_id, index)) or {}
        if "message" in outcome:
            found.append(outcome["message"])
    return found
