"""Look at a world of fakes around a bridge in processes of its own: what people did there, and what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.promises.account import Can, Seen
from local.promises.deeds_of_fakes import deeds_in, marks_of
from local.promises.of_aws import kept_words, left_in, letters, rows
from local.promises.of_fakes import (
    albums_handed,
    comments_in,
    contacts_in,
    sent_by,
    states_in,
    still_to_hand,
    still_to_tell,
    tasks_of_chats,
    unknowable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from local.fakes.planfix import FakePlanfix
    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot
    from local.promises.account import Deeds, Left, Marks
    from local.promises.of_aws import Stack


def look(
    telegram: FakeTelegram,
    bots: Mapping[str, Bot],
    planfixes: Mapping[str, FakePlanfix],
    stack: Stack,
    *,
    queued: Iterable[Left] = (),
    marks: Marks | None = None,
    was_disturbed: Callable[[str], bool] = lambda _: False,
    can: Can | None = None,
) -> tuple[Deeds, Seen]:
    """What people did and what is seen now, when everything has settled.

    Args:
        telegram: the fake; it remembers all calls and all that it handed over.
        bots: by integration.
        planfixes: by host, as the tables name it.
        stack: its tables and dead letters.
        queued: what its queues hold, timers aside.
        marks: see `deeds_in`.
        was_disturbed: whether the reply to a call that brought this text to a client was kept from the bridge.
        can: what the way to Planfix can do.
    """
    can = can or Can()
    dead = {queue: letters(stack.sqs, address) for queue, address in stack.dead.items()}
    chats, ledger = rows(stack.dynamodb, stack.chats), rows(stack.dynamodb, stack.ledger)
    deeds = deeds_in(telegram, bots, planfixes, chats, marks)
    seen = Seen(
        marks=marks or marks_of(deeds),
        comments=[one for host, planfix in planfixes.items() for one in comments_in(planfix, host)],
        sent=sent_by(telegram, bots, ledger, was_disturbed, with_quotations=not can.shows_states),
        contacts=[one for host, planfix in planfixes.items() for one in contacts_in(planfix, host)],
        albums=albums_handed(telegram, bots),
        left=[
            *queued,
            *(one for queue, bodies in dead.items() for one in left_in(queue, bodies)),
            *still_to_hand(telegram, bots),
            *(one for host, planfix in planfixes.items() for one in still_to_tell(planfix, host)),
        ],
        unknowable={one for bodies in dead.values() for one in unknowable(telegram, bodies)},
        buried=[one for bodies in dead.values() for one in bodies],
        connections=rows(stack.dynamodb, stack.connections),
        chats=chats,
        ledger=ledger,
        now=telegram.world.clock(),  # in such a world all live by one clock
        can=can,
        states=[one for host, planfix in planfixes.items() for one in states_in(planfix, host)],
        tasks={
            task: chat for host, planfix in planfixes.items() for task, chat in tasks_of_chats(planfix, host).items()
        },
        kept_words=kept_words(stack),
    )
    return deeds, seen
