"""What the ledger keeps of messages that were carried: as older versions wrote it, and as they read it."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.routes.port import Carried


@pytest.mark.parametrize(
    ("outcome", "carried"),
    [
        (
            {"task": 1, "comment": 2, "date": 3, "version": "d1", "files": "d2"},
            Carried(1, 2, date=3, version="d1", files="d2"),
        ),
        (
            {"task": 1, "comment": 2, "date": 3, "version": "", "files": "", "members": [4, 5]},
            Carried(1, 2, date=3, members=(4, 5)),
        ),
    ],
)
def test_what_was_carried_is_kept_as_it_was(outcome: dict[str, Any], carried: Carried) -> None:
    """A message by its words and files; an album by its members."""
    assert (Carried.of(outcome), carried.as_outcome()) == (carried, outcome)


def test_row_that_says_less_is_one_of_an_older_version() -> None:
    """Before a message's date and files were kept, its comment was all that was known."""
    assert Carried.of({"task": 1, "comment": 2, "version": "d1"}) == Carried(1, 2, version="d1")
