"""Find the chat's task in Planfix: remembered, the client's active task that is nobody else's, or a new one."""

from __future__ import annotations

import html
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from bridge.model import ChatState
from bridge.planfix.route import NewTask
from bridge.queued import Look
from bridge.routes.rest.assignees import assign, assigned, make_with_assignees
from bridge.routes.rest.comment_list import history_of
from bridge.routes.rest.merged_task import follow_merged
from bridge.routes.rest.source import source_object_id
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import Chat, Lost, Person
    from bridge.parts import Parts
    from bridge.planfix.route import Task
    from bridge.routes.rest.contacts import ClientContact
    from bridge.settings import ChannelSettings

CLOCKS_DIFFER: Final = 120.0
"""Seconds: Planfix gives the time of a task to the minute, and its clock is not ours."""

TRIED_AGAIN_WITHIN: Final = 1800.0
"""Seconds: a message waits no longer before it is tried again (batch.py), but where Planfix told everybody to wait, or after a
week of trying."""

STATUS_KEPT: Final = 30.0
"""Seconds a task's status is believed (design section 4); a scenario's call drops it sooner."""


def find_task(
    to: Parts, chat: Chat, state: ChatState, *, client: Person, contact: ClientContact, channel: ChannelSettings
) -> int:
    """The number of the task in which this chat goes on."""
    now = _now(to, chat, state)
    if now is _Now.GOES_ON and state.task_id is not None:
        return state.task_id
    has_assignees = False
    key = f"task#{to.planfix.host}#{chat.key}#{state.tasks_had}"  # a chat may return to a former task

    def adopt(lost: Lost | None = None) -> int | None:
        merged = follow_merged(to, chat, state) if now is _Now.GONE else None
        return merged or _adopt(to, chat, state, contact.id, channel, mark=source_object_id(key), lost=lost)

    def adopt_or_make() -> int:
        nonlocal has_assignees
        adopted = None if state.new_task_next or contact.has_no_tasks else adopt()
        if adopted is not None:
            return adopted
        made, has_assignees = _make(to, chat, state, client, contact.id, channel, key)
        return made

    found: int = to.effects.once(
        key, adopt_or_make, look=adopt, also=lambda task: assigned(to, task) if has_assignees else {}
    )
    if not has_assignees:
        assign(to, chat, found, channel)
    to.chats.go_on_in(chat, state, task_id=found, contact_id=contact.id, at=int(to.clock() * 1000))
    to.log.info("task", extra={"chat": chat.key, "task": found, "former": state.task_id})
    return found


class _Now(Enum):
    """What became of the chat's task."""

    GOES_ON = auto()
    OVER = auto()  # there is none, it is not active, or an employee wants a new one
    GONE = auto()  # deleted, or merged into another one


def _now(to: Parts, chat: Chat, state: ChatState) -> _Now:
    """Whether the remembered task is still the one: alive, and active unless new tasks are switched off."""
    if state.task_id is None or state.new_task_next:
        return _Now.OVER
    now = to.clock()
    if now - state.active_at / 1000 < STATUS_KEPT:
        return _Now.GOES_ON
    task = to.planfix.task(state.task_id)
    if task is None:
        return _Now.GONE
    if to.settings.new_task_if_none_active and not task.is_active:
        return _Now.OVER
    to.chats.remember(chat, active_at=int(now * 1000))
    return _Now.GOES_ON


def _adopt(
    to: Parts,
    chat: Chat,
    state: ChatState,
    contact: int,
    channel: ChannelSettings,
    *,
    mark: str,
    lost: Lost | None,
) -> int | None:
    """The client's active task that is nobody else's; after a lost attempt to make one, that one before all."""
    for task in to.planfix.tasks_of(contact, template_or_object=channel.task_template or channel.task_object):
        if not task.is_active or task.id == state.task_id:
            continue
        made_by_us = task.source_object_id == mark or (lost is not None and _was_made_then(task, contact, lost))
        if not made_by_us and (state.new_task_next or _may_be_another_chats(to, task, contact)):
            continue
        if _bind(to, chat, task, contact, made_by_us=made_by_us):
            if lost is not None:
                # An employee may have answered in it before it was bound, and the scenario's call knew no chat for it.
                to.tell(Look(to.alias, to.planfix.host, task.id), chat.group)
            return task.id
    return None


def _was_made_then(task: Task, contact: int, lost: Lost) -> bool:
    """Whether it can only be of the attempt whose answer was lost: the client's own, and no older than that."""
    made_since = task.at is not None and task.at >= lost.since - CLOCKS_DIFFER
    return made_since and task.assigner == f"contact:{contact}"


def _may_be_another_chats(to: Parts, task: Task, contact: int) -> bool:
    """Whether another chat of this client may have just made it and not learnt its number yet."""
    is_young = task.at is not None and to.clock() - task.at < TRIED_AGAIN_WITHIN
    return is_young and task.assigner == f"contact:{contact}" and to.chats.task(to.planfix.host, task.id) is None


def _make(
    to: Parts,
    chat: Chat,
    state: ChatState,
    client: Person,
    contact: int,
    channel: ChannelSettings,
    key: str,
) -> tuple[int, bool]:
    """The new task's number, and whether it has its assignees already."""
    new = NewTask(
        template=channel.task_template,
        object=channel.task_object,
        name=to.texts.say(Say.TASK_NAME, client=client.full_name or _handle(to, client)),
        description=_description(to, chat, channel, state.task_id),
        client=f"contact:{contact}",
        source_object_id=source_object_id(key),
    )
    made, has_assignees = make_with_assignees(to, new, channel)
    if not _is_ours(to, chat, made) and not to.chats.bind_task(chat, to.planfix.host, made, client_is_assigner=True):
        # another integration of this account adopted it in the moment between; it is theirs now
        return _make(to, chat, state, client, contact, channel, f"{key}#{made}")
    return made, has_assignees


def _bind(to: Parts, chat: Chat, task: Task, contact: int, *, made_by_us: bool) -> bool:
    """Bind a found task to this chat; what was said in a task of others before is history and is never sent."""
    host = to.planfix.host
    if _is_ours(to, chat, task.id):
        return True
    if to.chats.task(host, task.id) is not None:
        return False
    history = None if made_by_us else history_of(to.planfix.newest_comments(task.id))
    made_by_us = made_by_us or (history is None and task.assigner == f"contact:{contact}")
    return to.chats.bind_task(chat, host, task.id, client_is_assigner=made_by_us, history=history)


def _is_ours(to: Parts, chat: Chat, task_id: int) -> bool:
    bound = to.chats.task(to.planfix.host, task_id)
    return bound is not None and bound.chat == chat


def _description(to: Parts, chat: Chat, channel: ChannelSettings, former: int | None) -> str:
    name = channel.name or (to.texts.say(Say.OWN_BOT_CHANNEL) if chat.is_own_bot else chat.channel)
    lines = [html.escape(to.texts.say(Say.TASK_DESCRIPTION, channel=name))]
    if former is not None:
        address = html.escape(to.planfix.task_link(former))
        said = html.escape(to.texts.say(Say.FORMER_TASK, link=to.planfix.task_link(former)))
        lines.append(said.replace(address, f'<a href="{address}">{address}</a>'))
    return "<br>".join(lines)


def _handle(to: Parts, client: Person) -> str:
    return f"@{client.username}" if client.username else to.texts.say(Say.NAMELESS_CLIENT, id=client.id)
