"""What must hold when everything has settled and the dead letters were redriven: the promises, read from this world."""

from __future__ import annotations

import json
import re
from typing import Final

from bridge.routes.chat_api.route import CAPABILITIES as OF_CHATS
from bridge.routes.rest.route import CAPABILITIES as OF_REST
from local.promises.account import OWN_BOT, Can, Chat, Left, Marks, Seen, Sent, update_of
from local.promises.check import broken, broken_meanwhile
from local.promises.of_fakes import (
    albums_handed,
    comments_in,
    contacts_in,
    sent_by,
    states_in,
    still_to_hand,
    tasks_of_chats,
    unknowable,
)
from tests.simulation import boundary
from tests.simulation.people import People
from tests.simulation.world import DEAD, MARK, SimWorld

CAPABILITIES: Final = {"rest": OF_REST, "chat_api": OF_CHATS}
WORDS: Final = Marks(re.compile(rf"([a-zа-я]+{MARK}\d*)(?:\.\w+)?"))
"""A word of a message or answer, and the mark that all its words share."""


def check(world: SimWorld, people: People) -> list[str]:
    """Every violation as a sentence; none when all is well."""
    people.deeds.policies = people.policies
    return [*world.violations, *broken(people.deeds, seen(world, people))]


def check_meanwhile(world: SimWorld, people: People) -> list[str]:
    """What is violated already, while everything is under way."""
    comments = [one for host, planfix in world.planfixes.items() for one in comments_in(planfix, host)]
    refused = _refused(world)
    rows = world.dynamodb.items("connections")
    states = [one for host, planfix in world.planfixes.items() for one in states_in(planfix, host)]
    now = Seen(WORDS, comments, connections=rows, refused_notices=refused, states=states)
    return broken_meanwhile(people.deeds, now)


def seen(world: SimWorld, people: People) -> Seen:
    """The end of a seed, looked up in the fakes and the doubles."""
    return Seen(
        marks=WORDS,
        comments=[one for host, planfix in world.planfixes.items() for one in comments_in(planfix, host)],
        sent=[
            *(one for call in world.boundary.sent if (one := _sent(world, people, call)) is not None),
            *(one for one in sent_by(world.telegram, world.bots, ()) if one.is_edit),
        ],
        contacts=[one for host, planfix in world.planfixes.items() for one in contacts_in(planfix, host)],
        albums=albums_handed(world.telegram, world.bots),
        left=[
            *_queued(world),
            *still_to_hand(world.telegram, world.bots),
            *(Left(f"Planfix {one.host}", "a push") for one in world.planfixes.values() if one.chats.pushes_waiting),
        ],
        unknowable=unknowable(world.telegram, world.waiting("to-planfix-dead.fifo")),
        buried=world.boundary.dead_letters,
        connections=world.dynamodb.items("connections"),
        chats=world.dynamodb.items("chats"),
        ledger=world.dynamodb.items("ledger"),
        now=world.timeline.now,
        refused_notices=_refused(world),
        can=Can(CAPABILITIES[world.route].reads_back, CAPABILITIES[world.route].shows_states),
        states=[one for host, planfix in world.planfixes.items() for one in states_in(planfix, host)],
        tasks={
            task: chat
            for host, planfix in world.planfixes.items()
            for task, chat in tasks_of_chats(planfix, host).items()
        },
        kept_words=[one for one in map(_kept, _words_in(world)) if one[1] not in world.left_to_lifecycle],
    )


def _words_in(world: SimWorld) -> list[str]:
    return [key for key in world.s3.buckets["files"] if key.startswith("words/")]


def _kept(key: str) -> tuple[str, int]:
    """Whose words lie there (bridge/routes/chat_api/kept_words.py)."""
    _, host, number = key.split("/")
    return host, int(number)


def _refused(world: SimWorld) -> set[tuple[str, int]]:
    return {(host, task) for host in world.planfixes for task in world.refused_notices}


def _sent(world: SimWorld, people: People, call: boundary.Sent) -> Sent | None:
    """None for what the bot says to an owner."""
    for alias, owner in people.owners.items():
        if call.client == owner:
            return None
        if call.account in (owner, world.bots[alias].id):
            chat = Chat(alias, str(owner) if call.account == owner else OWN_BOT, call.client)
            return Sent(chat, call.text, call.message_ids, call.confirmed, bool(call.disturbed))
    raise AssertionError(f"a message by account {call.account}")


def _queued(world: SimWorld) -> list[Left]:
    return [
        Left(queue, json.dumps(body, ensure_ascii=False), update_of(body))
        for queue in (*DEAD, *DEAD.values())
        for body in world.waiting(queue)
    ]
