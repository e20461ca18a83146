"""Post one comment for one Telegram message, once, in the task where its chat goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Reason, Refused
from bridge.keys import comment_key, message_key
from bridge.routes.port import Carried, Delivered
from bridge.routes.rest.own_comments import Attempt, Own, source_object_id

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import ChatState, Lost
    from bridge.planfix.route import Comment, Planfix
    from bridge.routes.port import Posting
    from bridge.routes.rest.contacts import Contacts
    from bridge.routes.rest.files import PlanfixFiles
    from bridge.routes.rest.own_comments import OwnComments
    from bridge.routes.rest.tasks import Tasks
    from bridge.routes.rest.wording import Wording

_OF_ALBUM: Final = "messages#"
"""What a mark begins with that says which of an album's messages an attempt had."""


class NewComments:
    """Adds a comment, with its contact, task and files before it."""

    def __init__(
        self, planfix: Planfix, chats: Chats, contacts: Contacts, tasks: Tasks, files: PlanfixFiles, wording: Wording
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._contacts = contacts
        self._tasks = tasks
        self._files = files
        self._wording = wording

    def add(self, posting: Posting, state: ChatState) -> Carried:
        """Tasks are deleted and contacts merged in Planfix at any time: what is gone is found again, at most twice."""
        for _ in range(2):
            try:
                return self._add(posting, state)
            except Refused as refused:
                if not (self._forgot_task(posting, refused) or self._replaced_contact(posting, refused)):
                    raise
                state = self._chats.state(posting.place.chat)
        return self._add(posting, state)

    def _add(self, posting: Posting, state: ChatState) -> Carried:
        contact = self._contacts.of(posting.place, state)
        if _stays_without_task(posting) and state.task_id is not None:
            task = state.task_id
        else:
            task = self._tasks.find(posting.place, state, contact)
        if not posting.by_client:
            self._chats.begin_posting(self._planfix.host, task, posting.key)
        posting, files = self._with_files(posting)
        try:
            number = self._planfix.add_comment(task, self._wording.comment(posting, contact.id, files))
        except Refused:
            if not posting.by_client:
                self._chats.end_posting(self._planfix.host, task, posting.key)
            raise
        return _carried(posting, task, number, (member.message_id for member in posting.members))

    def _with_files(self, posting: Posting) -> tuple[Posting, tuple[int, ...]]:
        """Its files in Planfix; what could not come along is said below its words."""
        key, received_at = posting.key, posting.received.at
        files, sentences = self._files.carry(posting.attachments, key=key, received_at=received_at)
        if posting.whole:
            whole, said = self._files.carry_whole(posting.whole, key=key, received_at=received_at)
            files, sentences = (*whole, *files), [said, *sentences]
        if sentences:
            posting = replace(posting, says="<br>".join([posting.says, *sentences]))
        return posting, files

    def _forgot_task(self, posting: Posting, refused: Refused) -> bool:
        if refused.reason is not Reason.TASK_GONE:
            return False
        self._chats.drop_status(posting.place.chat)
        return True

    def _replaced_contact(self, posting: Posting, refused: Refused) -> bool:
        """Planfix does not document which code a comment by a vanished contact gets: ask whether the contact is there."""
        may_be_gone = refused.reason in (Reason.CONTACT_GONE, Reason.PLANFIX_BAD_VALUE, Reason.PLANFIX_REFUSED)
        return may_be_gone and self._contacts.replace_if_gone(posting.place)


class Delivery:
    """Carries each message into Planfix once."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        new_comments: NewComments,
        own: OwnComments,
        files: PlanfixFiles,
        wording: Wording,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._new = new_comments
        self._own = own
        self._files = files
        self._wording = wording
        self._journal = journal

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
        """Post it; None when this channel wants no task for it.

        ``tried``: of an album, what former attempts posted, where that may have been fewer messages.
        """
        chat, state = posting.place.chat, self._chats.state(posting.place.chat)
        if _stays_without_task(posting) and state.task_id is None:
            self._journal.count("owner_message_without_task")
            return None
        posting, *tried = [self._wording.fit(one, state) for one in (posting, *tried)]
        posted = Carried.of(
            self._effects.once(
                posting.key,
                lambda: self._new.add(posting, state).as_outcome(),
                look=lambda lost: self._made_by_lost_attempt(tried or [posting], lost),
                marks=self._marks(posting),
                also=lambda outcome: self._rows_beside(posting, Carried.of(outcome)),
            )
        )
        if not posting.by_client:
            # an earlier attempt may have begun it in the task that the chat has left since
            for task in {posted.task, state.task_id or posted.task}:
                self._chats.end_posting(self._planfix.host, task, posting.key)
        self._journal.count("carried_to_planfix")
        self._journal.info(
            "carried to Planfix",
            extra={
                "chat": chat.key,
                "message_id": posting.message.message_id,
                "author": posting.author.value,
                "task": posted.task,
                "comment": posted.comment,
            },
        )
        return Delivered(posted, state)

    def attempts_of(self, key: str) -> list[frozenset[int]]:
        """Which messages of an album each attempt had whose outcome is still to come; several that had the same are one."""
        lost = self._effects.still_open(key)
        marks = [mark.removeprefix(_OF_ALBUM) for mark in (lost.marks if lost else ()) if mark.startswith(_OF_ALBUM)]
        return [frozenset(map(int, mark.split(","))) for mark in marks]

    def _marks(self, posting: Posting) -> tuple[str, ...]:
        """A digest of the words that the comment will show; of an album, also which of its messages."""
        words = self._wording.digest(posting)
        members = ",".join(str(member.message_id) for member in posting.members)
        return (words, f"{_OF_ALBUM}{members}") if members else (words,)

    def _rows_beside(self, posting: Posting, posted: Carried) -> dict[str, Any]:
        """What replies, edits and deletions need later: comment -> message, and each message of an album -> comment."""
        chat = posting.place.chat
        own = Own(chat.key, posting.message.message_id)
        rows = {comment_key(self._planfix.host, posted.comment): own.as_outcome()}
        for member in posting.members:
            if member.message_id in posted.members:
                row = Carried(posted.task, posted.comment, member.date, member.version, member.files)
                rows[message_key(chat, member.message_id)] = row.as_outcome()
        return rows

    def _made_by_lost_attempt(self, tried: Sequence[Posting], lost: Lost) -> dict[str, Any] | None:
        """The comment of an attempt whose answer was lost, if it was made; the chat may have left its task since."""
        state = self._chats.state(tried[0].place.chat)
        files = frozenset[int]().union(*(self._files.carried(one.attachments, key=one.key) for one in tried))
        attempts = [self._attempt(one, files) for one in tried]
        for task in dict.fromkeys((state.task_id, *reversed(state.former_tasks))):
            found = self._left_in(task, lost, attempts) if task is not None else None
            if task is not None and found is not None:
                comment, posting = found[0], tried[found[1]]
                members = self._members_in(posting, comment, is_known=len(tried) == 1)
                return _carried(posting, task, comment.id, members).as_outcome()
            if (
                task in state.former_tasks and not tried[0].by_client
            ):  # where it was begun, it will not be posted any more
                self._chats.end_posting(self._planfix.host, task, tried[0].key)
        return None

    def _attempt(self, posting: Posting, files: frozenset[int]) -> Attempt:
        has_sentences = bool(posting.attachments or posting.whole)
        words = self._wording.words(posting) if has_sentences else None
        return Attempt(source_object_id(posting.key), posting.by_client, words, files)

    def _left_in(self, task: int, lost: Lost, attempts: Sequence[Attempt]) -> tuple[Comment, int] | None:
        try:
            return self._own.left_by(lost, task, attempts)
        except Refused as refused:
            if refused.reason is Reason.TASK_GONE:
                return None  # and the comment with it: the message goes on in another task
            raise

    def _members_in(self, posting: Posting, found: Comment, *, is_known: bool) -> list[int]:
        """Which of an album's messages that comment holds: those of its attempt; of several, those whose files it has.

        Whoever is left out follows as a comment of its own: rather a sentence twice than a message lost.
        """
        if is_known or not found.files:
            return [member.message_id for member in posting.members]
        there = {file.id for file in found.files}
        return [
            member.message_id
            for member in posting.members
            if self._files.carried(member.attachments, key=posting.key) & there
        ]


def _stays_without_task(posting: Posting) -> bool:
    """Whether it is the owner's and this channel opens no task for the owner's words."""
    return not posting.by_client and posting.place.channel.task_on_owner_message is False


def _carried(posting: Posting, task: int, comment: int, members: Iterable[int]) -> Carried:
    return Carried(task, comment, posting.message.date, posting.version, posting.files, tuple(members))
