"""Numbers of Planfix in the settings: which there are, and which Planfix does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bridge.planfix.rest import PlanfixRest
from bridge.settings import ChannelSettings, Settings

_PEOPLE: Final = {"user", "group", "contact"}


@dataclass(frozen=True, slots=True)
class Number:
    """One number and the setting it stands in.

    Attributes:
        key: dotted, as `settings set` takes it.
        kind: `task_template`, `task_object`, `contact_template`, `user`, `group` or `contact`.
        number: as Planfix shows it.
    """

    key: str
    kind: str
    number: int

    @property
    def as_stored(self) -> str:
        return f"{self.kind}:{self.number}" if self.kind in _PEOPLE else str(self.number)


def numbers_of(settings: Settings) -> list[Number]:
    """Every number of an integration's settings."""
    found = list(_people("default_assignee", [settings.default_assignee]))
    found += _of_channel("defaults", settings.defaults)
    for key, channel in settings.channels.items():
        found += _of_channel(f"channels.{key}", channel)
    return found


def _of_channel(prefix: str, channel: ChannelSettings) -> Iterator[Number]:
    for kind in ("task_template", "task_object", "contact_template"):
        number = getattr(channel, kind)
        if number:
            yield Number(f"{prefix}.{kind}", kind, number)
    yield from _people(f"{prefix}.extra_assignees", channel.extra_assignees or ())
    yield from _people(f"{prefix}.owner_user", [channel.owner_user])


def _people(key: str, people: Iterable[str | None]) -> Iterator[Number]:
    for person in people:
        if person:
            kind, _, number = person.partition(":")
            yield Number(key, kind, int(number))


def gone_among(planfix: PlanfixRest, wanted: Sequence[Number]) -> list[Number]:
    """Those that Planfix does not know, or does not show to the token.

    Raises:
        BridgeError: it cannot be asked.
    """
    gone = []
    for kind in dict.fromkeys(one.kind for one in wanted):
        these = [one for one in wanted if one.kind == kind]
        known = _KNOWN[kind](planfix, {one.number for one in these})
        gone += [one for one in these if one.number not in known]
    return gone


def _ids(found: Iterable[Mapping[str, Any]]) -> set[int]:
    numbers = (str(one.get("id")).rpartition(":")[2] for one in found if isinstance(one, Mapping))
    return {int(one) for one in numbers if one.isdecimal()}


_KNOWN: Final[dict[str, Callable[[PlanfixRest, set[int]], set[int]]]] = {
    "task_template": lambda planfix, _: _ids(planfix.task_templates()),
    "task_object": lambda planfix, _: _ids(planfix.objects()),
    "contact_template": lambda planfix, _: _ids(planfix.contact_templates()),
    "user": lambda planfix, _: _ids(planfix.users()),
    "group": lambda planfix, _: _ids(planfix.user_groups()),
    "contact": lambda planfix, wanted: {one for one in wanted if planfix.contact_exists(one)},
}
