"""All promises together: `broken` tells which were not kept when everything has settled, `broken_meanwhile` at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.promises import to_clients, to_planfix, waiting
from local.promises.found import Found

if TYPE_CHECKING:
    from local.promises.account import Deeds, Seen

PROMISES = (
    waiting.left,
    to_planfix.messages,
    to_planfix.photos,
    to_planfix.albums,
    to_planfix.deletions,
    to_planfix.order,
    to_planfix.contacts,
    to_clients.strangers,
    to_clients.answers,
    to_clients.states,
    to_clients.unasked,
    to_clients.order,
    to_clients.held_order,
    to_clients.commands,
    waiting.rows,
    waiting.looks,
    waiting.posting,
    waiting.kept_words,
)


def broken(deeds: Deeds, seen: Seen) -> list[str]:
    """Every violation as a sentence; none when all is well."""
    found = Found(deeds, seen)
    return [sentence for promise in PROMISES for sentence in promise(found)]


def broken_meanwhile(deeds: Deeds, seen: Seen) -> list[str]:
    """Of the promises, those that hold at any moment, while everything is under way: only comments and rows are looked at."""
    return list(waiting.unkept(Found(deeds, seen)))
