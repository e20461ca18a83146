"""The tasks that the bridge makes: what stands in them, and who gets them.

These are whom the template names and the channel's extra people, or else the default assignee.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused
from bridge.keys import assignees_key
from bridge.model import Named
from bridge.planfix.route import NewTask, People
from bridge.routes.rest.contacts import handle
from bridge.routes.rest.own_comments import source_object_id
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.planfix.route import Planfix
    from bridge.routes.port import Place
    from bridge.settings import ChannelSettings, Settings
    from bridge.texts import Texts

NAMED_KEPT: Final = 300.0
"""Seconds for which it is believed whom a template names: one request for all the new clients of these minutes."""


class NewTasks:
    """Makes tasks, and gives them to people."""

    def __init__(
        self,
        planfix: Planfix,
        chats: Chats,
        effects: Effects,
        texts: Texts,
        settings: Settings,
        *,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._planfix = planfix
        self._chats = chats
        self._effects = effects
        self._texts = texts
        self._settings = settings
        self._clock = clock
        self._journal = journal

    def make(self, place: Place, former: int | None, contact: int, key: str) -> tuple[int, bool]:
        """Make a task for a chat, bound to it.

        Args:
            place: the chat, its client and channel.
            former: the task in which the chat went on before.
            contact: the client's.
            key: the ledger key of this task.

        Returns:
            The task's number, and whether it has its assignees; else `assign` gives them to it.
        """
        channel, client, host = place.channel, place.client, self._planfix.host
        new = NewTask(
            template=channel.task_template,
            object=channel.task_object,
            name=self._texts.say(Say.TASK_NAME, client=client.full_name or handle(client, self._texts)),
            description=self._description(place, former),
            client=f"contact:{contact}",
            source_object_id=source_object_id(key),
        )
        made, has_assignees = self._make_with_assignees(new, channel)
        bound = self._chats.task(host, made)
        if bound is not None and bound.chat == place.chat:
            return made, has_assignees
        if self._chats.bind_task(place.chat, host, made, client_is_assigner=True):
            return made, has_assignees
        # another integration of this account adopted it in the moment between; it is theirs now
        return self.make(place, former, contact, f"{key}#{made}")

    def assign(self, place: Place, task_id: int) -> None:
        """Give a task its assignees after it was made: what it has from its template stays.

        It is for the tasks that were made without (see `make`), or by an attempt whose answer was lost.
        """
        self._effects.once(self._key(task_id), lambda: self._assign(place, task_id))

    def assigned(self, task_id: int) -> Mapping[str, bool]:
        """What the ledger keeps of a task that was made with its assignees: whom an employee takes out later stays out."""
        return {self._key(task_id): True}

    def _description(self, place: Place, former: int | None) -> str:
        channel, chat = place.channel, place.chat
        name = channel.name or (self._texts.say(Say.OWN_BOT_CHANNEL) if chat.is_own_bot else chat.channel)
        lines = [html.escape(self._texts.say(Say.TASK_DESCRIPTION, channel=name))]
        if former is not None:
            address = html.escape(self._planfix.task_link(former))
            said = html.escape(self._texts.say(Say.FORMER_TASK, link=self._planfix.task_link(former)))
            lines.append(said.replace(address, f'<a href="{address}">{address}</a>'))
        return "<br>".join(lines)

    def _make_with_assignees(self, new: NewTask, channel: ChannelSettings) -> tuple[int, bool]:
        """Make the task together with its assignees, where that can be done.

        People who are sent replace the template's own, so the template's are sent along. What Planfix refuses together with them
        (a dismissed employee, a deleted group) is made without: that is not the message's fault.

        Returns:
            The task's number, and whether it has its assignees.
        """
        extra, default = People.of(channel.extra_assignees or ()), self._default()
        named = self._named(new) if extra or default else People()
        if named is None:
            return self._planfix.create_task(new), False
        return self._make(new, _choices(named, extra, default)), True

    def _default(self) -> People:
        return People.of((self._settings.default_assignee,)) if self._settings.default_assignee else People()

    def _make(self, new: NewTask, choices: list[People], refused: Refused | None = None) -> int:
        """Make the task with the first of the choices, or with the next where Planfix refuses that."""
        people, *others = choices
        try:
            made = self._planfix.create_task(replace(new, assignees=people))
        except Refused as error:
            if not others or error.reason is Reason.CONTACT_GONE:
                raise
            return self._make(new, others, error)
        if refused is not None:
            self._tell_the_admin(made, refused)
        return made

    def _named(self, new: NewTask) -> People | None:
        """Whom the task's template or object names; None where nobody can say."""
        number = new.template or new.object
        if not number:
            return People()
        made_of, now = f"template#{number}" if new.template else f"object#{number}", self._clock()
        known = self._chats.named(self._planfix.host, made_of)
        if known is None or abs(now - known.read_at) >= NAMED_KEPT:
            known = Named(self._read(new), now)
            self._chats.remember_named(self._planfix.host, made_of, known)
        return None if known.people is None else People.of(known.people)

    def _read(self, new: NewTask) -> tuple[str, ...] | None:
        try:
            if new.template:
                named = self._planfix.assignees_of_template(new.template)
            else:
                named = self._planfix.assignees_of_object(new.object) if new.object else People()
        except (Refused, Misconfigured, OutcomeUnknown) as error:  # tasks can perhaps be made of it all the same
            self._journal.warning("assignees of a template not read", extra={"reason": error.reason.value})
            return None
        return None if named is None or named.roles else tuple(named.ids)

    def _assign(self, place: Place, task_id: int) -> bool:
        bound = self._chats.task(self._planfix.host, task_id)
        if bound is None or not bound.client_is_assigner or bound.chat != place.chat:
            return False  # an adopted task keeps its people
        task = self._planfix.task(task_id)
        if task is None:
            return False
        default = self._default()
        people = task.assignees | People.of(place.channel.extra_assignees or ()) or default
        if people == task.assignees or self._set(task_id, people):
            return True
        # one of the extra people is refused: somebody must have the task all the same
        return bool(task.assignees) or (bool(default) and self._set(task_id, default))

    def _set(self, task_id: int, people: People) -> bool:
        """Set them; False when Planfix refuses."""
        try:
            self._planfix.set_assignees(task_id, people)
        except Refused as refused:
            self._tell_the_admin(task_id, refused)
            return False
        return True

    def _tell_the_admin(self, task_id: int, refused: Refused) -> None:
        self._journal.count("admin_needed")  # the alarm of template.yaml
        self._journal.error("assignees refused", extra={"task": task_id, "reason": refused.reason.value})

    def _key(self, task_id: int) -> str:
        return assignees_key(self._planfix.host, task_id)


def _choices(named: People, extra: People, default: People) -> list[People]:
    """With whom to make the task, and with whom if Planfix refuses those; nobody leaves it the template's own people."""
    whole = named | extra or default
    wanted = People() if whole == named else whole
    return list(dict.fromkeys((wanted, People() if named else default, People())))
