"""Everything of one integration that the two journeys need, put together by runtime.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bridge.flows.accounts import Accounts
from bridge.flows.albums import Albums
from bridge.flows.connection_care import AccountCare, BotCare, Checks, Concerned, HeldChats
from bridge.flows.conversations import Conversations
from bridge.flows.deletions import Deletions
from bridge.flows.looks import Looks
from bridge.flows.messages import Messages
from bridge.flows.places import Places
from bridge.flows.timers import Timers
from bridge.flows.to_planfix import BuriedUpdates, Updates
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

    # -- client to Planfix

    @cached_property
    def updates(self) -> Updates:
        return Updates(self.accounts, self.places, self.messages, self.albums, self.deletions, self.journal)

    @cached_property
    def buried_updates(self) -> BuriedUpdates:
        return BuriedUpdates(self.places, route=self.route, chats=self.chats, texts=self.texts)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(
            self.alias,
            clock=self.clock,
            settings=self.settings,
            connections=self.connections,
            bot=self.bot,
            checks=self.checks,
            held_chats=self.held_chats,
            journal=self.journal,
        )

    @cached_property
    def places(self) -> Places:
        return Places(
            self.alias,
            settings=self.settings,
            accounts=self.accounts,
            effects=self.effects,
            bot=self.bot,
            texts=self.texts,
            journal=self.journal,
        )

    @cached_property
    def looks(self) -> Looks:
        return Looks(self.alias, route=self.route, chats=self.chats, tell=self.tell)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(route=self.route, chats=self.chats, waiting=self.waiting, looks=self.looks, tell=self.tell)

    @cached_property
    def messages(self) -> Messages:
        return Messages(
            self.conversations,
            route=self.route,
            chats=self.chats,
            effects=self.effects,
            digest=self.digest,
            texts=self.texts,
            journal=self.journal,
        )

    @cached_property
    def albums(self) -> Albums:
        return Albums(
            self.messages,
            self.conversations,
            self.places,
            route=self.route,
            effects=self.effects,
            digest=self.digest,
            texts=self.texts,
            journal=self.journal,
        )

    @cached_property
    def deletions(self) -> Deletions:
        return Deletions(
            self.places,
            route=self.route,
            chats=self.chats,
            effects=self.effects,
            digest=self.digest,
            texts=self.texts,
            journal=self.journal,
        )
