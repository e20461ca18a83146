"""Lines the bridge itself writes into a task for the employee. They never notify the client."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from bridge.errors import Reason, Refused
from bridge.keys import comment_key, notice_key, noticed_key
from bridge.planfix.route import NewComment, People
from bridge.routes.rest.comment_list import comments_from_newest
from bridge.routes.rest.source import source_object_id
from bridge.telegram.reading_html import from_html

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.model import Lost
    from bridge.parts import Parts
    from bridge.planfix.route import Comment

ASSIGNEES: Final = People(roles=("assignee",))


def post_notice(to: Parts, task: int, text: str, recipients: People, *, key: str) -> bool:
    """Write a notice once; False when Planfix refuses it. A task that is gone has nobody who waits for it: that is True."""
    notice = NewComment(html.escape(text, quote=False).replace("\n", "<br>"), None, recipients, source_object_id(key))
    host, words = to.planfix.host, to.digest(from_html(notice.html).text)

    def write() -> int:
        to.effects.renew(
            noticed_key(host, task, words), 1
        )  # before: the other journey may read it before we know its number
        return to.planfix.add_comment(task, notice)

    try:
        to.effects.once(
            key,
            write,
            look=lambda lost: _look_for(to, task, notice, lost),
            marks=(words,),
            also=lambda number: {comment_key(host, number): {"notice": key}},
        )
    except Refused as refused:
        if refused.reason is Reason.PLANFIX_BAD_VALUE and recipients.users:  # its author has left the company
            return post_notice(to, task, text, ASSIGNEES, key=key)
        to.count("notice_refused")
        to.log.warning("notice refused", extra={"task": task, "reason": refused.reason.value})
        return refused.reason is Reason.TASK_GONE
    to.count("notice")
    to.log.info("notice", extra={"task": task, "key": key})
    return True


def tell_author(to: Parts, answer: Answer, text: str, about: str, *, now_in: int = 0) -> bool:
    """A notice to whoever wrote the answer; False when Planfix refuses it.

    ``now_in``: the task in which it stands now (tasks are merged).
    """
    key = notice_key(answer.ref.host, answer.ref.number, about)
    author = People(users=(answer.author,)) if answer.author else ASSIGNEES  # nobody knows whose it is
    return post_notice(to, now_in or answer.task, text, author, key=key)


def is_notice(to: Parts, task: int, comment: Comment) -> bool:
    """Whether a comment with these words is, or is just becoming, a notice in this task."""
    return to.effects.was_begun(noticed_key(to.planfix.host, task, to.digest(from_html(comment.html).text)))


def _look_for(to: Parts, task: int, notice: NewComment, lost: Lost) -> int | None:
    """The notice of an attempt whose answer was lost; its words may have been others than today's."""
    for found in comments_from_newest(to, task, lost.since):
        if found.source_object_id == notice.source_object_id:
            return found.id
        unmarked = not found.source_object_id and to.digest(from_html(found.html).text) in lost.marks
        if unmarked and to.effects.outcome(comment_key(to.planfix.host, found.id)) is None:
            return found.id
    return None
