"""Everything of one integration that the two journeys need, put together by runtime.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bridge.flows.connection_care import AccountCare, BotCare, Checks, Concerned, HeldChats
from bridge.flows.timers import Timers
from bridge.parts import Parts

if TYPE_CHECKING:
    from bridge.routes.port import Route


@dataclass(frozen=True)
class Integration(Parts):
    """One integration at work.

    Attributes:
        make_route: makes the way to Planfix that this integration takes.
    """

    make_route: Callable[[Parts], Route]

    @cached_property
    def route(self) -> Route:
        """The way to Planfix."""
        return self.make_route(self)

    # -- what comes later, and connection care

    @cached_property
    def timers(self) -> Timers:
        return Timers(self.clock, self.tell)

    @cached_property
    def checks(self) -> Checks:
        return Checks(self.alias, self.clock, self.timers, self.effects)

    @cached_property
    def held_chats(self) -> HeldChats:
        return HeldChats(self.alias, self.waiting, self.tell)

    @cached_property
    def concerned(self) -> Concerned:
        return Concerned(self.alias, self.connections, self.waiting, self.effects, self.bot, self.route, self.journal)

    @cached_property
    def account_care(self) -> AccountCare:
        return AccountCare(self.alias, self.clock, self.connections, self.concerned, self.texts, self.journal)

    @cached_property
    def bot_care(self) -> BotCare:
        return BotCare(self.settings, self.bot, self.checks, self.held_chats, self.concerned, self.texts, self.journal)
