"""What the ledger keeps of comments: typed, and the same JSON in the table as ever."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.routes.port import Carried
from bridge.routes.rest.own_comments import Own
from bridge.routes.rest.quotations import Quoted


@pytest.mark.parametrize(
    ("outcome", "carried"),
    [
        ({"task": 1, "comment": 5, "date": 9, "version": "v", "files": "f"}, Carried(1, 5, 9, "v", "f")),
        (
            {"task": 1, "comment": 5, "date": 9, "version": "", "files": "", "members": [3, 4]},
            Carried(1, 5, 9, members=(3, 4)),
        ),
    ],
    ids=["message", "album"],
)
def test_what_was_carried_is_kept_as_it_was(outcome: dict[str, Any], carried: Carried) -> None:
    """Of an album, its messages are numbered; of a message, none are."""
    assert (Carried.of(outcome), carried.as_outcome()) == (carried, outcome)


def test_what_was_carried_long_ago_has_no_date() -> None:
    """The oldest rows say where a message is, and nothing of its files."""
    assert Carried.of({"task": 1, "comment": 5, "version": "v"}) == Carried(1, 5, version="v")


@pytest.mark.parametrize(
    ("outcome", "own"),
    [
        ({"chat": "main#own_bot#7", "message": 3}, Own("main#own_bot#7", 3)),
        ({"notice": "notice#acme.planfix.ru#5#tick"}, Own(notice="notice#acme.planfix.ru#5#tick")),
    ],
    ids=["of a message", "notice"],
)
def test_own_comment_is_kept_as_it_was(outcome: dict[str, Any], own: Own) -> None:
    """A comment of the bridge carries a message, or is a notice."""
    assert (Own.of(outcome), own.as_outcome()) == (own, outcome)


def test_quoted_message_is_kept_as_it_was() -> None:
    """0 is no message: it was looked for once, and not found."""
    outcome, quoted = {"message": 0, "of": "d1"}, Quoted(0, "d1")
    assert (Quoted.of(outcome), quoted.as_outcome()) == (quoted, outcome)
