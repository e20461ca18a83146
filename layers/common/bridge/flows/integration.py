"""What the two journeys of one integration are made of: the only place that sees all of its rooms and parts."""

from __future__ import annotations

from collections.abc import Callable
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
    """One integration at work: the rooms at which its messages arrive (batch.py).

    Args:
        parts: what it works with.
        make_route: makes the way to Planfix that it takes.
    """

    def __init__(self, parts: Parts, make_route: Callable[[Parts], Route]) -> None:
        self.parts = parts
        route = make_route(parts)
        self._care_for_connections(parts, route)
        self._carry_to_planfix(parts, route)
        self._send_to_clients(parts, route)

    def _care_for_connections(self, parts: Parts, route: Route) -> None:
        alias, texts, clock, journal = parts.alias, parts.texts, parts.clock, parts.journal
        self.timers = Timers(clock, parts.tell)
        self._checks = Checks(alias, clock, self.timers, parts.effects)
        self._held_chats = HeldChats(alias, parts.waiting, parts.tell)
        concerned = Concerned(alias, parts.connections, parts.waiting, parts.effects, parts.bot, route, journal)
        self.account_care = AccountCare(alias, clock, parts.connections, concerned, texts, journal)
        self.bot_care = BotCare(parts.settings, parts.bot, self._checks, self._held_chats, concerned, texts, journal)

    def _carry_to_planfix(self, parts: Parts, route: Route) -> None:
        chats, effects, texts, digest, journal = parts.chats, parts.effects, parts.texts, parts.digest, parts.journal
        self.accounts = Accounts(
            parts.alias,
            clock=parts.clock,
            settings=parts.settings,
            connections=parts.connections,
            bot=parts.bot,
            checks=self._checks,
            held_chats=self._held_chats,
            journal=journal,
        )
        places = Places(
            parts.alias,
            settings=parts.settings,
            accounts=self.accounts,
            effects=effects,
            bot=parts.bot,
            texts=texts,
            journal=journal,
        )
        self.looks = Looks(parts.alias, route=route, chats=chats, tell=parts.tell)
        conversations = Conversations(
            route=route, chats=chats, waiting=parts.waiting, looks=self.looks, tell=parts.tell
        )
        messages = Messages(
            conversations, route=route, chats=chats, effects=effects, digest=digest, texts=texts, journal=journal
        )
        albums = Albums(
            messages, conversations, places, route=route, effects=effects, digest=digest, texts=texts, journal=journal
        )
        deletions = Deletions(
            places, route=route, chats=chats, effects=effects, digest=digest, texts=texts, journal=journal
        )
        self.updates = Updates(self.accounts, places, messages, albums, deletions, journal)
        self.buried_updates = BuriedUpdates(places, route=route, chats=chats, texts=texts)

    def _send_to_clients(self, parts: Parts, route: Route) -> None:
        chats, waiting, settings, effects = parts.chats, parts.waiting, parts.settings, parts.effects
        texts, clock, journal = parts.texts, parts.clock, parts.journal
        channels = Channels(
            parts.alias, settings=settings, connections=parts.connections, bot=parts.bot, journal=journal
        )
        doubts = Doubts(settings=settings, bot=parts.bot, effects=effects, journal=journal)
        reports = Reports(route=route, texts=texts, effects=effects, clock=clock, journal=journal)
        text_sending = TextSending(
            settings=settings,
            route=route,
            digest=parts.digest,
            channels=channels,
            doubts=doubts,
            effects=effects,
            journal=journal,
        )
        answer_files = AnswerFiles(effects, doubts)
        file_sending = FileSending(
            route=route,
            channels=channels,
            doubts=doubts,
            answer_files=answer_files,
            effects=effects,
            texts=texts,
            clock=clock,
            journal=journal,
        )
        long_answers = LongAnswers(effects)
        self.sending = Sending(
            texts=text_sending,
            files=file_sending,
            long_answers=long_answers,
            channels=channels,
            chats=chats,
            waiting=waiting,
            reports=reports,
            clock=clock,
        )
        waiting_list = WaitingList(
            waiting=waiting, chats=chats, timers=self.timers, hold_for=settings.hold_for * 3600, clock=clock
        )
        refused_answers = RefusedAnswers(
            route=route,
            waiting_list=waiting_list,
            long_answers=long_answers,
            dead_answers=DeadAnswers(parts.alias, parts.bury, effects, journal),
            reports=reports,
            give_up_after=settings.give_up_answers_after * 3600,
            clock=clock,
            journal=journal,
        )
        held_answers = HeldAnswers(
            settings=settings,
            route=route,
            waiting_list=waiting_list,
            sending=self.sending,
            refused_answers=refused_answers,
            reports=reports,
            checks=self._checks,
            journal=journal,
        )
        release = Release(
            route=route,
            waiting_list=waiting_list,
            held_answers=held_answers,
            held_chats=self._held_chats,
            sending=self.sending,
            long_answers=long_answers,
            reports=reports,
            clock=clock,
        )
        last_answer = LastAnswer(
            route=route,
            chats=chats,
            waiting_list=waiting_list,
            channels=channels,
            text_sending=text_sending,
            answer_files=answer_files,
            taking_back=TakingBack(effects, channels, texts),
            reports=reports,
        )
        commands = Commands(
            route=route,
            chats=chats,
            release=release,
            last_answer=last_answer,
            reports=reports,
            effects=effects,
            texts=texts,
            journal=journal,
        )

        def answer_journey(call: Call) -> AnswerJourney:
            return AnswerJourney(
                call,
                held_answers=held_answers,
                refused_answers=refused_answers,
                sending=self.sending,
                commands=commands,
                reports=reports,
                effects=effects,
                clock=clock,
            )

        self.answer_journeys = AnswerJourneys(
            parts.alias,
            route=route,
            bot=parts.bot,
            journey=answer_journey,
            refused_answers=refused_answers,
            release=release,
            clock=clock,
            journal=journal,
        )
