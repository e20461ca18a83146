"""The task in which a chat goes on: remembered, the client's active task that is nobody else's, the one into which it was merged, or new."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from bridge.keys import decided_key, message_key, task_key
from bridge.model import Held
from bridge.routes.port import Carried
from bridge.routes.rest.comment_list import answers_nobody_knows, history_of
from bridge.routes.rest.own_comments import CLOCKS_DIFFER, source_object_id
from bridge.routes.rest.rest_answer import answer_in

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.aws.waiting import Waiting
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Chat, ChatState, Lost
    from bridge.planfix.route import Comment, CommentPage, Planfix, Task
    from bridge.routes.port import Place
    from bridge.routes.rest.contacts import ClientContact
    from bridge.routes.rest.new_tasks import NewTasks
    from bridge.routes.rest.notices import Hints
    from bridge.settings import Settings

TRIED_AGAIN_WITHIN: Final = 1800.0
"""Seconds: a message waits no longer before it is tried again (batch.py), but where Planfix told everybody to wait, or after a
week of trying."""

STATUS_KEPT: Final = 30.0
"""Seconds a task's status is believed (design section 4); a scenario's call drops it sooner."""


class Tasks:
    """Finds the task of a chat."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        settings: Settings,
        found_tasks: FoundTasks,
        new_tasks: NewTasks,
        *,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._settings = settings
        self._found = found_tasks
        self._new = new_tasks
        self._clock = clock
        self._journal = journal

    def find(self, place: Place, state: ChatState, contact: ClientContact) -> int:
        """The number of the task in which this chat goes on."""
        chat, now = place.chat, self._now(place.chat, state)
        if now is _Now.GOES_ON and state.task_id is not None:
            return state.task_id
        has_assignees = False
        key = task_key(self._planfix.host, chat, state.tasks_had)

        def adopt(lost: Lost | None = None) -> int | None:
            mark, is_gone = source_object_id(key), now is _Now.GONE
            return self._found.adopt(place, state, contact.id, mark=mark, lost=lost, is_gone=is_gone)

        def adopt_or_make() -> int:
            nonlocal has_assignees
            adopted = None if state.new_task_next or contact.has_no_tasks else adopt()
            if adopted is not None:
                return adopted
            made, has_assignees = self._new.make(place, state.task_id, contact.id, key)
            return made

        found: int = self._effects.once(
            key, adopt_or_make, look=adopt, also=lambda task: self._new.assigned(task) if has_assignees else {}
        )
        if not has_assignees:
            self._new.assign(place, found)
        self._chats.go_on_in(chat, state, task_id=found, contact_id=contact.id, at=int(self._clock() * 1000))
        self._journal.info("task", extra={"chat": chat.key, "task": found, "former": state.task_id})
        return found

    def _now(self, chat: Chat, state: ChatState) -> _Now:
        """Whether the remembered task is still the one: alive, and active unless new tasks are switched off."""
        if state.task_id is None or state.new_task_next:
            return _Now.OVER
        now = self._clock()
        if now - state.active_at / 1000 < STATUS_KEPT:
            return _Now.GOES_ON
        task = self._planfix.task(state.task_id)
        if task is None:
            return _Now.GONE
        if not may_go_on_in(task, self._settings):
            return _Now.OVER
        self._chats.remember(chat, active_at=int(now * 1000))
        return _Now.GOES_ON


class _Now(Enum):
    """What became of the chat's task."""

    GOES_ON = auto()
    OVER = auto()  # there is none, it is not active, or an employee wants a new one
    GONE = auto()  # deleted, or merged into another one


class FoundTasks:
    """Tasks that are there already: the client's, which the bridge adopts, and those that others were merged into.

    Args:
        look_at: asks for a look at a task, by its number and chat.
    """

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        merged_tasks: MergedTasks,
        *,
        look_at: Callable[[int, Chat], None],
        clock: Clock,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._merged = merged_tasks
        self._look_at = look_at
        self._clock = clock

    def adopt(
        self, place: Place, state: ChatState, contact: int, *, mark: str, lost: Lost | None, is_gone: bool
    ) -> int | None:
        """The task to go on in among those that are there, bound to the chat; None when there is none.

        Args:
            place: the chat.
            state: what is known of it.
            contact: its client's.
            mark: the `source_object_id` of a task that the bridge makes for it now.
            lost: an attempt to make it, whose answer was lost.
            is_gone: the chat's task is there no more.
        """
        merged = self._merged.follow(place.chat, state) if is_gone else None
        return merged or self._adopt(place, state, contact, mark=mark, lost=lost)

    def _adopt(self, place: Place, state: ChatState, contact: int, *, mark: str, lost: Lost | None) -> int | None:
        """The client's active task that is nobody else's; after a lost attempt to make one, that one before all."""
        channel = place.channel
        for task in self._planfix.tasks_of(contact, template_or_object=channel.task_template or channel.task_object):
            if not task.is_active or task.id == state.task_id:
                continue
            made_by_us = task.source_object_id == mark or (lost is not None and _was_made_then(task, contact, lost))
            if not made_by_us and (state.new_task_next or self._may_be_another_chats(task, contact)):
                continue
            if self._bind(place.chat, task, contact, made_by_us=made_by_us):
                if lost is not None:
                    # An employee may have answered in it before it was bound, and the scenario's call knew no chat for it.
                    self._look_at(task.id, place.chat)
                return task.id
        return None

    def _may_be_another_chats(self, task: Task, contact: int) -> bool:
        """Whether another chat of this client may have just made it and not learnt its number yet."""
        is_young = task.at is not None and self._clock() - task.at < TRIED_AGAIN_WITHIN
        return (
            is_young and task.assigner == f"contact:{contact}" and self._chats.task(self._planfix.host, task.id) is None
        )

    def _bind(self, chat: Chat, task: Task, contact: int, *, made_by_us: bool) -> bool:
        """Bind a found task to this chat; what was said in a task of others before is history and is never sent."""
        host = self._planfix.host
        bound = self._chats.task(host, task.id)
        if bound is not None and bound.chat == chat:
            return True
        if self._chats.task(host, task.id) is not None:
            return False
        history = None if made_by_us else history_of(self._planfix.newest_comments(task.id))
        made_by_us = made_by_us or (history is None and task.assigner == f"contact:{contact}")
        return self._chats.bind_task(chat, host, task.id, client_is_assigner=made_by_us, history=history)


class MergedTasks:
    """A chat's task that was merged into another one in Planfix: the chat goes on where its comments stand now."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        waiting: Waiting,
        settings: Settings,
        hints: Hints,
        *,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._waiting = waiting
        self._settings = settings
        self._hints = hints
        self._clock = clock
        self._journal = journal

    def follow(self, chat: Chat, state: ChatState) -> int | None:
        """The task in which the client's newest message stands now, bound to this chat; None when there is no such task for it.

        Planfix does not tell which task another one was merged into; but the comments move along, and each says where it stands.
        """
        newest = self._newest_comment(chat, state)
        if newest is None or newest.task_id in (0, state.task_id):
            return None
        task = self._planfix.task(newest.task_id)
        if task is None or not may_go_on_in(task, self._settings):
            return None
        host, page = self._planfix.host, self._planfix.newest_comments(task.id)
        self._chats.bind_task(chat, host, task.id, client_is_assigner=False, history=history_of(page))
        bound = self._chats.task(host, task.id)
        if bound is None or bound.chat != chat:
            self._journal.count("merged_into_another_chats_task")
            return None
        self._journal.count("task_merged")
        self._journal.info("task merged", extra={"chat": chat.key, "former": state.task_id, "task": task.id})
        for comment in self._answered_meanwhile(state, page, newest):
            self._waiting.put("aside", chat, Held(task.id, comment.id, int(self._clock())))
            self._hints.merged(answer_in(bound, comment))
            self._effects.renew(decided_key(host, comment.id), 1)
        return task.id

    def _newest_comment(self, chat: Chat, state: ChatState) -> Comment | None:
        """The comment that carried the client's newest message, if that was into the chat's task."""
        outcome = self._effects.outcome(message_key(chat, state.client_message))
        newest = Carried.of(outcome) if outcome else None
        return self._planfix.comment(newest.comment) if newest and newest.task == state.task_id else None

    def _answered_meanwhile(self, state: ChatState, page: CommentPage, last: Comment) -> list[Comment]:
        """What was written to the client after the client's last message, and nobody sent: the bridge did not know the task.

        Which of it was written before the tasks were merged, and to whom, nobody can tell: so a person decides.
        """
        contacts = {f"contact:{number}" for number in (state.contact_id, *state.former_contacts)}
        later = [one for one in page.comments if one.id > last.id and contacts & set(one.recipients.users)]
        return sorted(answers_nobody_knows(self._effects, self._planfix.host, later), key=lambda comment: comment.id)


def may_go_on_in(task: Task, settings: Settings) -> bool:
    """Whether a chat may go on in a task of this status."""
    return task.is_active or not settings.new_task_if_none_active


def _was_made_then(task: Task, contact: int, lost: Lost) -> bool:
    """Whether it can only be of the attempt whose answer was lost: the client's own, and no older than that."""
    made_since = task.at is not None and task.at >= lost.since - CLOCKS_DIFFER
    return made_since and task.assigner == f"contact:{contact}"
