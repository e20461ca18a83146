"""Who gets a task that the bridge makes: whom its template names and the channel's extra people, or else the default assignee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused
from bridge.model import Named
from bridge.planfix.route import People

if TYPE_CHECKING:
    from bridge.model import Chat
    from bridge.parts import Parts
    from bridge.planfix.route import NewTask
    from bridge.settings import ChannelSettings

NAMED_KEPT: Final = 300.0
"""Seconds for which it is believed whom a template names: one request for all the new clients of these minutes."""


def make_with_assignees(to: Parts, new: NewTask, channel: ChannelSettings) -> tuple[int, bool]:
    """Make the task together with its assignees, where that can be done.

    People who are sent replace the template's own, so the template's are sent along. What Planfix refuses together with them
    (a dismissed employee, a deleted group) is made without: that is not the message's fault.

    Returns:
        The task's number, and whether it has its assignees; else ``assign`` gives them to it.
    """
    extra, default = People.of(channel.extra_assignees or ()), _default(to)
    named = _named(to, new) if extra or default else People()
    if named is None:
        return to.planfix.create_task(new), False
    return _make(to, new, _choices(named, extra, default)), True


def assign(to: Parts, chat: Chat, task_id: int, channel: ChannelSettings) -> None:
    """Give a task its assignees after it was made: what it has from its template stays.

    It is for the tasks that were made without (see ``make_with_assignees``), or by an attempt whose answer was lost.
    """
    to.effects.once(_key(to, task_id), lambda: _assign(to, chat, task_id, channel))


def assigned(to: Parts, task_id: int) -> Mapping[str, bool]:
    """What the ledger keeps of a task that was made with its assignees: whom an employee takes out later stays out."""
    return {_key(to, task_id): True}


def _key(to: Parts, task_id: int) -> str:
    return f"assignees#{to.planfix.host}#{task_id}"


def _default(to: Parts) -> People:
    return People.of((to.settings.default_assignee,)) if to.settings.default_assignee else People()


def _choices(named: People, extra: People, default: People) -> list[People]:
    """With whom to make the task, and with whom if Planfix refuses those; nobody leaves it the template's own people."""
    whole = named | extra or default
    wanted = People() if whole == named else whole
    return list(dict.fromkeys((wanted, People() if named else default, People())))


def _make(to: Parts, new: NewTask, choices: list[People], refused: Refused | None = None) -> int:
    """Make the task with the first of the choices, or with the next where Planfix refuses that."""
    people, *others = choices
    try:
        made = to.planfix.create_task(replace(new, assignees=people))
    except Refused as error:
        if not others or error.reason is Reason.CONTACT_GONE:
            raise
        return _make(to, new, others, error)
    if refused is not None:
        _tell_the_admin(to, made, refused)
    return made


def _named(to: Parts, new: NewTask) -> People | None:
    """Whom the task's template or object names; None where nobody can say."""
    number = new.template or new.object
    if not number:
        return People()
    made_of, now = f"template#{number}" if new.template else f"object#{number}", to.clock()
    known = to.chats.named(to.planfix.host, made_of)
    if known is None or abs(now - known.read_at) >= NAMED_KEPT:
        known = Named(_read(to, new), now)
        to.chats.remember_named(to.planfix.host, made_of, known)
    return None if known.people is None else People.of(known.people)


def _read(to: Parts, new: NewTask) -> tuple[str, ...] | None:
    try:
        if new.template:
            named = to.planfix.assignees_of_template(new.template)
        else:
            named = to.planfix.assignees_of_object(new.object) if new.object else People()
    except (Refused, Misconfigured, OutcomeUnknown) as error:  # tasks can perhaps be made of it all the same
        to.log.warning("assignees of a template not read", extra={"reason": error.reason.value})
        return None
    return None if named is None or named.roles else tuple(named.ids)


def _assign(to: Parts, chat: Chat, task_id: int, channel: ChannelSettings) -> bool:
    bound = to.chats.task(to.planfix.host, task_id)
    if bound is None or not bound.client_is_assigner or bound.chat != chat:
        return False  # an adopted task keeps its people
    task = to.planfix.task(task_id)
    if task is None:
        return False
    default = _default(to)
    people = task.assignees | People.of(channel.extra_assignees or ()) or default
    if people == task.assignees or _set(to, task_id, people):
        return True
    # one of the extra people is refused: somebody must have the task all the same
    return bool(task.assignees) or (bool(default) and _set(to, task_id, default))


def _set(to: Parts, task_id: int, people: People) -> bool:
    """Set them; False when Planfix refuses."""
    try:
        to.planfix.set_assignees(task_id, people)
    except Refused as refused:
        _tell_the_admin(to, task_id, refused)
        return False
    return True


def _tell_the_admin(to: Parts, task_id: int, refused: Refused) -> None:
    to.count("admin_needed")  # the alarm of template.yaml
    to.log.error("assignees refused", extra={"task": task_id, "reason": refused.reason.value})
