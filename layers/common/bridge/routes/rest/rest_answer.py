"""An employee's comment as an answer: what makes it one, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.answer import Answer, AnswerRef
from bridge.planfix.route import Comment
from bridge.telegram.reading_html import from_html, pictures_in

if TYPE_CHECKING:
    from bridge.model import TaskState

WHO_AND_TO_WHOM: Final = frozenset({"owner", "recipients", "isHidden", "isDeleted"})
"""The fields of a comment that make it an answer, or none."""

WHAT_IS_SENT: Final = frozenset({"description", "files"})
"""The fields of a comment that the client gets: all of them, or nothing."""


@dataclass(frozen=True, kw_only=True)
class RestAnswer(Answer):
    """An answer with the comment that it is, and what is known of its task."""

    comment: Comment
    state: TaskState


def answer_in(task: TaskState, comment: Comment) -> RestAnswer:
    """A comment of a task as an answer."""
    return RestAnswer(
        ref=AnswerRef(task.chat, task.host, comment.id),
        task=task.task_id,
        author=comment.owner,
        author_name=comment.owner_name,
        whole=from_html(comment.html),
        files=comment.files,
        pictures=pictures_in(comment.html),
        at=comment.at,
        is_unreadable=not WHAT_IS_SENT.isdisjoint(comment.unread),
        is_strange=bool(comment.unread),
        comment=comment,
        state=task,
    )


def is_by_employee(comment: Comment) -> bool:
    """Whether an employee wrote it for others to read; not where that cannot be known."""
    if WHO_AND_TO_WHOM.intersection(comment.unread):
        return False
    return not comment.is_deleted and not comment.is_hidden and comment.owner.startswith("user:")


def may_be_an_answer(comment: Comment) -> bool:
    """Whether an employee wrote it, and to some contact."""
    notified = comment.recipients
    return comment.owner.startswith("user:") and (
        "assigner" in notified.roles or any(one.startswith("contact:") for one in notified.users)
    )
