"""A chat's task that was merged into another one in Planfix: the chat goes on where its comments stand now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.keys import decided_key, message_key
from bridge.model import Held
from bridge.routes.rest.answers import answer_in
from bridge.routes.rest.comment_list import answers_nobody_knows, history_of
from bridge.routes.rest.notices import tell_author
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import Chat, ChatState
    from bridge.parts import Parts
    from bridge.planfix.route import Comment, CommentPage


def follow_merged(to: Parts, chat: Chat, state: ChatState) -> int | None:
    """The task in which the client's newest message stands now, bound to this chat; None when there is no such task for it.

    Planfix does not tell which task another one was merged into; but the comments move along, and each says where it stands.
    """
    newest = to.effects.outcome(message_key(chat, state.client_message))
    carried = to.planfix.comment(newest["comment"]) if newest and newest["task"] == state.task_id else None
    if carried is None or carried.task_id in (0, state.task_id):
        return None
    task = to.planfix.task(carried.task_id)
    if task is None or (to.settings.new_task_if_none_active and not task.is_active):
        return None
    host, page = to.planfix.host, to.planfix.newest_comments(task.id)
    to.chats.bind_task(chat, host, task.id, client_is_assigner=False, history=history_of(page))
    bound = to.chats.task(host, task.id)
    if bound is None or bound.chat != chat:
        to.count("merged_into_another_chats_task")
        return None
    to.count("task_merged")
    to.log.info("task merged", extra={"chat": chat.key, "former": state.task_id, "task": task.id})
    for comment in _answered_meanwhile(to, state, page, carried):
        to.waiting.put("aside", chat, Held(task.id, comment.id, int(to.clock())))
        answer = answer_in(bound, comment)
        tell_author(to, answer, to.texts.say(Say.MERGED, answer=answer.excerpt), "merged", now_in=comment.task_id)
        to.effects.renew(decided_key(host, comment.id), 1)
    return task.id


def _answered_meanwhile(to: Parts, state: ChatState, page: CommentPage, last: Comment) -> list[Comment]:
    """What was written to the client after the client's last message, and nobody sent: the bridge did not know the task.

    Which of it was written before the tasks were merged, and to whom, nobody can tell: so a person decides.
    """
    contacts = {f"contact:{number}" for number in (state.contact_id, *state.former_contacts)}
    later = [comment for comment in page.comments if comment.id > last.id and contacts & set(comment.recipients.users)]
    return sorted(answers_nobody_knows(to, later), key=lambda comment: comment.id)
