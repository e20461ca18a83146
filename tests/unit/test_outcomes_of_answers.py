"""What the ledger keeps of an answer's messages: the JSON that older versions wrote is read, and today's is written as it was."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import Reason
from bridge.flows.answer_files import FileState
from bridge.flows.change_answer import TakenBack
from bridge.sent import SentMessage, SentPart

GROUP = "answer#acme.planfix.ru#2#0#files#1-2"


@pytest.mark.parametrize(
    ("outcome", "part"),
    [
        ({"message": 7, "of": "d1", "parts": 2, "signature": [6, 7]}, SentPart("d1", 2, (6, 7), 7)),
        ({"asked": 1, "of": "d1", "parts": 2, "signature": [0, 0]}, SentPart("d1", 2, (0, 0), None)),
    ],
)
def test_part_of_an_answer_is_kept_as_it_was(outcome: dict[str, Any], part: SentPart) -> None:
    """Which message it became, or that an employee was asked; of which version; and the size of its signature."""
    assert (SentPart.of(outcome), part.as_outcome()) == (part, outcome)


def test_part_without_a_signature_is_one_of_before_signatures_were_kept() -> None:
    """Nothing stood above it that would move where the rest is cut."""
    assert SentPart.of({"message": 7, "of": "d1", "parts": 2}).signature == (0, 0)


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ({"comment": 5, "part": 1, "parts": 2, "files": 3}, SentMessage(5, parts=2, files=3, part=1)),
        ({"comment": 5, "parts": 0, "file": 2, "files": 3}, SentMessage(5, parts=0, files=3, file=2)),
    ],
)
def test_message_that_was_sent_is_kept_as_it_was(outcome: dict[str, Any], message: SentMessage) -> None:
    """Which of the messages of an answer's words it is, or which of its files."""
    assert (SentMessage.of(outcome), message.as_outcome()) == (message, outcome)


def test_message_of_old_says_only_whose_it_is() -> None:
    """Then it is taken for the whole answer."""
    assert SentMessage.of({"comment": 5}) == SentMessage(5, parts=1, files=0)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"message": 7, "begun": GROUP}, FileState(7, begun=GROUP)),
        ({"message": 7, "link": True}, FileState(7, link=True)),
        ({"begun": GROUP, "again": GROUP}, FileState(begun=GROUP, again=GROUP)),
        ({"asked": GROUP, "again": GROUP}, FileState(asked=GROUP, again=GROUP)),
        ({}, FileState()),
    ],
)
def test_state_of_a_file_is_kept_as_it_was(row: dict[str, Any], state: FileState) -> None:
    """What is not known of it is not written."""
    assert (FileState.of(row), state.as_row()) == (state, row)


def test_state_in_a_row_by_place_is_read_without_its_number() -> None:
    """Until November 2026 each file had a row of its own, which named the file."""
    assert FileState.of({"message": 7, "file": 2}) == FileState(7)


@pytest.mark.parametrize(
    ("outcome", "done"),
    [
        ({"gone": [1, 2], "begun": [3], "count": 3}, TakenBack(frozenset({1, 2}), (3,), 3)),
        (
            {"gone": [1], "begun": [], "count": 2, "reason": "edit_impossible"},
            TakenBack(frozenset({1}), (), 2, Reason.EDIT_IMPOSSIBLE),
        ),
    ],
)
def test_what_is_taken_back_is_kept_as_it_was(outcome: dict[str, Any], done: TakenBack) -> None:
    """The messages that are gone, those that an attempt began, and why Telegram keeps the rest."""
    assert (TakenBack.of(outcome), done.as_outcome()) == (done, outcome)


def test_nothing_was_taken_back_yet() -> None:
    """An answer without such a row."""
    assert TakenBack.of(None) == TakenBack()
