"""Everything of one integration that the two journeys need, put together by runtime.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bridge.flows.accounts import Accounts
from bridge.flows.albums import Albums
from bridge.flows.answer_files import AnswerFiles
from bridge.flows.change_answer import LastAnswer, TakingBack
from bridge.flows.channels import Channels
from bridge.flows.commands import Commands
from bridge.flows.connection_care import AccountCare, BotCare, Checks, Concerned, HeldChats
from bridge.flows.conversations import Conversations
from bridge.flows.deletions import Deletions
from bridge.flows.held_answers import HeldAnswers, Release
from bridge.flows.in_doubt import Doubts
from bridge.flows.long_answers import LongAnswers
from bridge.flows.looks import Looks
from bridge.flows.messages import Messages
from bridge.flows.places import Places
from bridge.flows.refused_answers import DeadAnswers, RefusedAnswers
from bridge.flows.reports import Reports
from bridge.flows.send_answer import Sending
from bridge.flows.send_files import FileSending
from bridge.flows.send_texts import TextSending
from bridge.flows.timers import Timers
from bridge.flows.to_planfix import BuriedUpdates, Updates
from bridge.flows.to_telegram import AnswerJourney, AnswerJourneys
from bridge.flows.waiting_list import WaitingList
from bridge.parts import Parts

if TYPE_CHECKING:
    from bridge.routes.port import Call, Route


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

    # -- to the client

    @cached_property
    def channels(self) -> Channels:
        return Channels(
            self.alias, settings=self.settings, connections=self.connections, bot=self.bot, journal=self.journal
        )

    @cached_property
    def doubts(self) -> Doubts:
        return Doubts(settings=self.settings, bot=self.bot, effects=self.effects, journal=self.journal)

    @cached_property
    def reports(self) -> Reports:
        return Reports(route=self.route, texts=self.texts, effects=self.effects, clock=self.clock, journal=self.journal)

    @cached_property
    def text_sending(self) -> TextSending:
        return TextSending(
            settings=self.settings,
            route=self.route,
            digest=self.digest,
            channels=self.channels,
            doubts=self.doubts,
            effects=self.effects,
            journal=self.journal,
        )

    @cached_property
    def answer_files(self) -> AnswerFiles:
        return AnswerFiles(self.effects, self.doubts)

    @cached_property
    def file_sending(self) -> FileSending:
        return FileSending(
            route=self.route,
            channels=self.channels,
            doubts=self.doubts,
            answer_files=self.answer_files,
            effects=self.effects,
            texts=self.texts,
            clock=self.clock,
            journal=self.journal,
        )

    @cached_property
    def long_answers(self) -> LongAnswers:
        return LongAnswers(self.effects)

    @cached_property
    def sending(self) -> Sending:
        return Sending(
            texts=self.text_sending,
            files=self.file_sending,
            long_answers=self.long_answers,
            channels=self.channels,
            chats=self.chats,
            waiting=self.waiting,
            reports=self.reports,
            clock=self.clock,
        )

    # -- answers that wait, and what employees say about them

    @cached_property
    def waiting_list(self) -> WaitingList:
        return WaitingList(
            waiting=self.waiting,
            chats=self.chats,
            timers=self.timers,
            hold_for=self.settings.hold_for * 3600,
            clock=self.clock,
        )

    @cached_property
    def refused_answers(self) -> RefusedAnswers:
        return RefusedAnswers(
            route=self.route,
            waiting_list=self.waiting_list,
            long_answers=self.long_answers,
            dead_answers=DeadAnswers(self.alias, self.bury, self.effects, self.journal),
            reports=self.reports,
            give_up_after=self.settings.give_up_answers_after * 3600,
            clock=self.clock,
            journal=self.journal,
        )

    @cached_property
    def held_answers(self) -> HeldAnswers:
        return HeldAnswers(
            settings=self.settings,
            route=self.route,
            waiting_list=self.waiting_list,
            sending=self.sending,
            refused_answers=self.refused_answers,
            reports=self.reports,
            checks=self.checks,
            journal=self.journal,
        )

    @cached_property
    def release(self) -> Release:
        return Release(
            route=self.route,
            waiting_list=self.waiting_list,
            held_answers=self.held_answers,
            held_chats=self.held_chats,
            sending=self.sending,
            long_answers=self.long_answers,
            reports=self.reports,
            clock=self.clock,
        )

    @cached_property
    def last_answer(self) -> LastAnswer:
        return LastAnswer(
            route=self.route,
            chats=self.chats,
            waiting_list=self.waiting_list,
            channels=self.channels,
            text_sending=self.text_sending,
            answer_files=self.answer_files,
            taking_back=TakingBack(self.effects, self.channels, self.texts),
            reports=self.reports,
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            chats=self.chats,
            release=self.release,
            last_answer=self.last_answer,
            reports=self.reports,
            effects=self.effects,
            texts=self.texts,
            journal=self.journal,
        )

    def _answer_journey(self, call: Call) -> AnswerJourney:
        return AnswerJourney(
            call,
            held_answers=self.held_answers,
            refused_answers=self.refused_answers,
            sending=self.sending,
            commands=self.commands,
            reports=self.reports,
            effects=self.effects,
            clock=self.clock,
        )

    @cached_property
    def answer_journeys(self) -> AnswerJourneys:
        return AnswerJourneys(
            self.alias,
            route=self.route,
            bot=self.bot,
            journey=self._answer_journey,
            refused_answers=self.refused_answers,
            release=self.release,
            clock=self.clock,
            journal=self.journal,
        )
