"""Lines the bridge itself writes into a task for the employee, each once. They never notify the client."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from bridge.errors import Reason, Refused
from bridge.keys import comment_key, notice_key, noticed_key, unfound_key, unnumbered_key, unreadable_key
from bridge.planfix.route import NewComment, People
from bridge.routes.rest.own_comments import Attempt, Own, source_object_id
from bridge.routes.rest.rest_answer import WHO_AND_TO_WHOM, RestAnswer
from bridge.telegram.reading_html import from_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Lost, TaskState
    from bridge.parts import Digest
    from bridge.planfix.route import Comment, Planfix
    from bridge.routes.rest.own_comments import OwnComments
    from bridge.texts import Texts

ASSIGNEES: Final = People(roles=("assignee",))

DAY: Final = 86_400

NAG_EVERY: Final = 86_400_000
"""Milliseconds between two reminders in one task to tick the client."""


class Notices:
    """Writes them."""

    def __init__(
        self, planfix: Planfix, effects: Effects, own: OwnComments, *, digest: Digest, journal: Journal
    ) -> None:
        self._planfix = planfix
        self._effects = effects
        self._own = own
        self._digest = digest
        self._journal = journal

    def post(self, task: int, text: str, recipients: People = ASSIGNEES, *, key: str) -> bool:
        """Write a notice once; False when Planfix refuses it. A task that is gone has nobody who waits for it: that is True."""
        words = html.escape(text, quote=False).replace("\n", "<br>")
        notice = NewComment(words, None, recipients, source_object_id(key))
        host, mark = self._planfix.host, self._digest(from_html(words).text)

        def write() -> int:
            # before: the other journey may read it before we know its number
            self._effects.renew(noticed_key(host, task, mark), 1)
            return self._planfix.add_comment(task, notice)

        def look(lost: Lost) -> int | None:
            found = self._own.left_by(lost, task, [Attempt(notice.source_object_id)])
            return found[0].id if found else None

        try:
            self._effects.once(
                key,
                write,
                look=look,
                marks=(mark,),
                also=lambda number: {comment_key(host, number): Own(notice=key).as_outcome()},
            )
        except Refused as refused:
            if refused.reason is Reason.PLANFIX_BAD_VALUE and recipients.users:  # its author has left the company
                return self.post(task, text, key=key)
            self._journal.count("notice_refused")
            self._journal.warning("notice refused", extra={"task": task, "reason": refused.reason.value})
            return refused.reason is Reason.TASK_GONE
        self._journal.count("notice")
        self._journal.info("notice", extra={"task": task, "key": key})
        return True

    def tell_author(self, answer: RestAnswer, text: str, about: str) -> bool:
        """A notice to whoever wrote the answer, in the task where it stands now (tasks are merged); False when Planfix refuses it."""
        key = notice_key(answer.ref.host, answer.ref.number, about)
        author = People(users=(answer.author,)) if answer.author else ASSIGNEES  # nobody knows whose it is
        return self.post(answer.comment.task_id or answer.task, text, author, key=key)

    def is_one(self, task: int, comment: Comment) -> bool:
        """Whether a comment with these words is, or is just becoming, a notice in this task."""
        words = self._digest(from_html(comment.html).text)
        return self._effects.was_begun(noticed_key(self._planfix.host, task, words))


class Hints:
    """What employees are told about their comments: which of them nobody can read or find, and which go to no client."""

    def __init__(
        self, notices: Notices, chats: Chats, own: OwnComments, texts: Texts, *, clock: Clock, journal: Journal
    ) -> None:
        self._notices = notices
        self._chats = chats
        self._own = own
        self._texts = texts
        self._clock = clock
        self._journal = journal

    def unreadable(self, task: TaskState, comment: Comment) -> None:
        """A comment with a field that nobody can read: where that may have made it an answer, somebody has to be told."""
        self._journal.count("unreadable_comment")
        self._journal.warning(
            "comment not readable", extra={"task": task.task_id, "comment": comment.id, "fields": list(comment.unread)}
        )
        is_known = comment.is_deleted or comment.owner.startswith("contact:")
        if is_known or WHO_AND_TO_WHOM.isdisjoint(comment.unread) or self._own.made(task.host, comment.id) is not None:
            return
        said = self._texts.say(Say.COMMENT_UNREADABLE)
        self._notices.post(task.task_id, said, key=unreadable_key(task.host, comment.id))

    def without_number(self, task: TaskState, comments: int) -> None:
        """So many comments of a task have not even a number."""
        self._journal.count("unreadable_comment")
        self._journal.warning("comments without a number", extra={"task": task.task_id, "comments": comments})
        said = self._texts.say(Say.COMMENT_UNREADABLE)
        self._notices.post(task.task_id, said, key=unnumbered_key(task.host, task.task_id))

    def not_found(self, task: TaskState, comments: int) -> None:
        """A call came for a comment that is not among so many of the newest."""
        said, day = self._texts.say(Say.COMMENT_NOT_FOUND, count=comments), int(self._clock()) // DAY
        self._notices.post(task.task_id, said, key=unfound_key(task.host, task.task_id, day))

    def tick_the_client(self, answer: RestAnswer) -> None:
        """An unanswered client and an employee who may believe to have answered: said once a day in a task."""
        task = answer.state
        if not self._chats.state(task.chat).awaits_answer:
            return
        now, current = int(self._clock() * 1000), self._chats.task(task.host, task.task_id)
        if current and now - current.nagged_at < NAG_EVERY:
            return
        if self._notices.is_one(task.task_id, answer.comment):
            return  # a notice of the other journey, which is just being written
        self._notices.tell_author(answer, self._texts.say(Say.NOT_NOTIFIED, answer=answer.excerpt), "tick")
        self._chats.nagged(task.host, task.task_id, now)

    def merged(self, answer: RestAnswer) -> None:
        """It was written in a task that was another one then: a person decides whether it goes out."""
        self._notices.tell_author(answer, self._texts.say(Say.MERGED, answer=answer.excerpt), "merged")
