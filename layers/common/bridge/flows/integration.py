"""What the two journeys of one integration are made of: the only place that sees all of its rooms and parts."""

from __future__ import annotations

from collections.abc import Callable
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

if TYPE_CHECKING:
    from bridge.parts import Parts
    from bridge.routes.port import Call, Route


class Integration:
    """One integration at work: its rooms, each made of the parts it uses when it is first asked for.

    Args:
        parts: all of them.
        make_route: makes the way to Planfix that this integration takes.
    """

    def __init__(self, parts: Parts, make_route: Callable[[Parts], Route]) -> None:
        self.parts = parts
        self._make_route = make_route

    @cached_property
    def route(self) -> Route:
        """The way to Planfix."""
        return self._make_route(self.parts)

    # -- what comes later, and connection care

    @cached_property
    def timers(self) -> Timers:
        return Timers(self.parts.clock, self.parts.tell)

    @cached_property
    def checks(self) -> Checks:
        return Checks(self.parts.alias, self.parts.clock, self.timers, self.parts.effects)

    @cached_property
    def held_chats(self) -> HeldChats:
        return HeldChats(self.parts.alias, self.parts.waiting, self.parts.tell)

    @cached_property
    def concerned(self) -> Concerned:
        return Concerned(
            self.parts.alias,
            self.parts.connections,
            self.parts.waiting,
            self.parts.effects,
            self.parts.bot,
            self.route,
            self.parts.journal,
        )

    @cached_property
    def account_care(self) -> AccountCare:
        return AccountCare(
            self.parts.alias,
            self.parts.clock,
            self.parts.connections,
            self.concerned,
            self.parts.texts,
            self.parts.journal,
        )

    @cached_property
    def bot_care(self) -> BotCare:
        return BotCare(
            self.parts.settings,
            self.parts.bot,
            self.checks,
            self.held_chats,
            self.concerned,
            self.parts.texts,
            self.parts.journal,
        )

    # -- client to Planfix

    @cached_property
    def updates(self) -> Updates:
        return Updates(self.accounts, self.places, self.messages, self.albums, self.deletions, self.parts.journal)

    @cached_property
    def buried_updates(self) -> BuriedUpdates:
        return BuriedUpdates(self.places, route=self.route, chats=self.parts.chats, texts=self.parts.texts)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(
            self.parts.alias,
            clock=self.parts.clock,
            settings=self.parts.settings,
            connections=self.parts.connections,
            bot=self.parts.bot,
            checks=self.checks,
            held_chats=self.held_chats,
            journal=self.parts.journal,
        )

    @cached_property
    def places(self) -> Places:
        return Places(
            self.parts.alias,
            settings=self.parts.settings,
            accounts=self.accounts,
            effects=self.parts.effects,
            bot=self.parts.bot,
            texts=self.parts.texts,
            journal=self.parts.journal,
        )

    @cached_property
    def looks(self) -> Looks:
        return Looks(self.parts.alias, route=self.route, chats=self.parts.chats, tell=self.parts.tell)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(
            route=self.route, chats=self.parts.chats, waiting=self.parts.waiting, looks=self.looks, tell=self.parts.tell
        )

    @cached_property
    def messages(self) -> Messages:
        return Messages(
            self.conversations,
            route=self.route,
            chats=self.parts.chats,
            effects=self.parts.effects,
            digest=self.parts.digest,
            texts=self.parts.texts,
            journal=self.parts.journal,
        )

    @cached_property
    def albums(self) -> Albums:
        return Albums(
            self.messages,
            self.conversations,
            self.places,
            route=self.route,
            effects=self.parts.effects,
            digest=self.parts.digest,
            texts=self.parts.texts,
            journal=self.parts.journal,
        )

    @cached_property
    def deletions(self) -> Deletions:
        return Deletions(
            self.places,
            route=self.route,
            chats=self.parts.chats,
            effects=self.parts.effects,
            digest=self.parts.digest,
            texts=self.parts.texts,
            journal=self.parts.journal,
        )

    # -- to the client

    @cached_property
    def channels(self) -> Channels:
        return Channels(
            self.parts.alias,
            settings=self.parts.settings,
            connections=self.parts.connections,
            bot=self.parts.bot,
            journal=self.parts.journal,
        )

    @cached_property
    def doubts(self) -> Doubts:
        return Doubts(
            settings=self.parts.settings, bot=self.parts.bot, effects=self.parts.effects, journal=self.parts.journal
        )

    @cached_property
    def reports(self) -> Reports:
        return Reports(
            route=self.route,
            texts=self.parts.texts,
            effects=self.parts.effects,
            clock=self.parts.clock,
            journal=self.parts.journal,
        )

    @cached_property
    def text_sending(self) -> TextSending:
        return TextSending(
            settings=self.parts.settings,
            route=self.route,
            digest=self.parts.digest,
            channels=self.channels,
            doubts=self.doubts,
            effects=self.parts.effects,
            journal=self.parts.journal,
        )

    @cached_property
    def answer_files(self) -> AnswerFiles:
        return AnswerFiles(self.parts.effects, self.doubts)

    @cached_property
    def file_sending(self) -> FileSending:
        return FileSending(
            route=self.route,
            channels=self.channels,
            doubts=self.doubts,
            answer_files=self.answer_files,
            effects=self.parts.effects,
            texts=self.parts.texts,
            clock=self.parts.clock,
            journal=self.parts.journal,
        )

    @cached_property
    def long_answers(self) -> LongAnswers:
        return LongAnswers(self.parts.effects)

    @cached_property
    def sending(self) -> Sending:
        return Sending(
            texts=self.text_sending,
            files=self.file_sending,
            long_answers=self.long_answers,
            channels=self.channels,
            chats=self.parts.chats,
            waiting=self.parts.waiting,
            reports=self.reports,
            clock=self.parts.clock,
        )

    # -- answers that wait, and what employees say about them

    @cached_property
    def waiting_list(self) -> WaitingList:
        return WaitingList(
            waiting=self.parts.waiting,
            chats=self.parts.chats,
            timers=self.timers,
            hold_for=self.parts.settings.hold_for * 3600,
            clock=self.parts.clock,
        )

    @cached_property
    def refused_answers(self) -> RefusedAnswers:
        return RefusedAnswers(
            route=self.route,
            waiting_list=self.waiting_list,
            long_answers=self.long_answers,
            dead_answers=DeadAnswers(self.parts.alias, self.parts.bury, self.parts.effects, self.parts.journal),
            reports=self.reports,
            give_up_after=self.parts.settings.give_up_answers_after * 3600,
            clock=self.parts.clock,
            journal=self.parts.journal,
        )

    @cached_property
    def held_answers(self) -> HeldAnswers:
        return HeldAnswers(
            settings=self.parts.settings,
            route=self.route,
            waiting_list=self.waiting_list,
            sending=self.sending,
            refused_answers=self.refused_answers,
            reports=self.reports,
            checks=self.checks,
            journal=self.parts.journal,
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
            clock=self.parts.clock,
        )

    @cached_property
    def last_answer(self) -> LastAnswer:
        return LastAnswer(
            route=self.route,
            chats=self.parts.chats,
            waiting_list=self.waiting_list,
            channels=self.channels,
            text_sending=self.text_sending,
            answer_files=self.answer_files,
            taking_back=TakingBack(self.parts.effects, self.channels, self.parts.texts),
            reports=self.reports,
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            chats=self.parts.chats,
            release=self.release,
            last_answer=self.last_answer,
            reports=self.reports,
            effects=self.parts.effects,
            texts=self.parts.texts,
            journal=self.parts.journal,
        )

    def _answer_journey(self, call: Call) -> AnswerJourney:
        return AnswerJourney(
            call,
            held_answers=self.held_answers,
            refused_answers=self.refused_answers,
            sending=self.sending,
            commands=self.commands,
            reports=self.reports,
            effects=self.parts.effects,
            clock=self.parts.clock,
        )

    @cached_property
    def answer_journeys(self) -> AnswerJourneys:
        return AnswerJourneys(
            self.parts.alias,
            route=self.route,
            bot=self.parts.bot,
            journey=self._answer_journey,
            refused_answers=self.refused_answers,
            release=self.release,
            clock=self.parts.clock,
            journal=self.parts.journal,
        )
