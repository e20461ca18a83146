"""``/delete`` of long answers: all their messages go, many calls or not, and what stays is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from bridge.errors import OutcomeUnknown, Reason, RetryLater
from bridge.flows import long_answers
from bridge.keys import files_key, part_key
from bridge.telegram.client import BotApi
from tests.world import CLIENT, MAIN, OWNER, USER, World, notices

MANY = 159


@pytest.fixture
def may_delete(chat: World) -> World:
    """A client who has written, in an account whose owner lets the bot delete what it sent."""
    chat.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    chat.settle()
    return chat


@pytest.fixture
def flooded(may_delete: World) -> World:
    """The client got an answer of very many messages."""
    with patch.object(long_answers, "MOST_UNASKED", MANY):
        may_delete.employee_answers(" ".join(f"{number:04d}" + "x" * 4092 for number in range(MANY)))
        may_delete.settle(for_seconds=4 * 3600)
    assert len(may_delete.phone()) == MANY
    return may_delete


def delete(world: World) -> str:
    """An employee writes /delete; the notice that answers it."""
    world.employee_commands("/delete")
    world.settle()
    return notices(world)[-1]


@contextmanager
def deletions(fails: dict[int, Exception], *, done: bool = False) -> Iterator[list[int]]:
    """Of how many messages each call was; the calls that fail, by number, and whether they are ``done`` all the same."""
    asked: list[int] = []
    original = BotApi.delete_messages

    def delete_messages(bot: BotApi, chat_id: int, messages: Sequence[int], **how: Any) -> None:
        asked.append(len(messages))
        error = fails.pop(len(asked), None)
        if error is None or done:
            original(bot, chat_id, messages, **how)
        if error is not None:
            raise error

    with patch.object(BotApi, "delete_messages", delete_messages):
        yield asked


def test_all_of_159_messages_are_deleted(flooded: World) -> None:
    """Telegram takes a hundred at a time."""
    with deletions({}) as asked:
        assert "удалён из Telegram" in delete(flooded)
    assert flooded.phone() == []
    assert asked == [100, 59]


def test_what_is_deleted_is_not_deleted_again(flooded: World) -> None:
    """Told to wait after the first hundred, the next attempt goes on with the others."""
    with deletions({2: RetryLater(30, Reason.TOO_MANY_REQUESTS, counts=False)}) as asked:
        assert "удалён из Telegram" in delete(flooded)
    assert flooded.phone() == []
    assert asked == [100, 59, 59]


def test_a_lost_answer_does_not_keep_the_rest(flooded: World) -> None:
    """The first hundred went, and nobody knew: they are not there any more, which is no failure."""
    with deletions({1: OutcomeUnknown(Reason.SERVICE_DOWN)}, done=True):
        assert "удалён из Telegram" in delete(flooded)
    assert flooded.phone() == []


def test_one_that_is_gone_already_keeps_no_other(flooded: World) -> None:
    """The client deleted one of them: all the others go, and nobody reads of it."""
    shown = [one for one in flooded.telegram.chat_of(CLIENT, OWNER, bot=flooded.bot) if one.who == "bot"]
    flooded.telegram.client_deletes(flooded.bot, CLIENT, [shown[30].message_id], owner_id=OWNER)
    flooded.settle()
    assert "удалён из Telegram клиента не" not in delete(flooded)
    assert flooded.phone() == []


def test_what_stays_is_said(flooded: World) -> None:
    """Telegram keeps one: how many are deleted, and why not all."""
    shown = [one for one in flooded.telegram.chat_of(CLIENT, OWNER, bot=flooded.bot) if one.who == "bot"]
    kept, original = shown[120].message_id, BotApi.delete_messages

    def all_but_one(bot: BotApi, chat_id: int, messages: Any, **how: Any) -> None:
        if kept in messages:
            flooded.telegram.fail_next("deleteBusinessMessages", status=400, description="MESSAGE_DELETE_FORBIDDEN")
        original(bot, chat_id, messages, **how)

    with patch.object(BotApi, "delete_messages", all_but_one):
        said = delete(flooded)
    assert f"удалено {MANY - 1} из {MANY}" in said
    assert len(flooded.phone()) == 1


def test_in_the_bots_own_chat_each_is_deleted_by_itself(world: World) -> None:
    """One that Telegram keeps is counted, and tried again when an employee says so again."""
    world.client_writes("Здравствуйте!", owner=None)
    world.settle()
    world.employee_answers("а" * 4096 + " " + "б" * 4096)
    world.settle()
    world.telegram.fail_next("deleteMessage", status=400, description="Bad Request: message can't be deleted")
    assert "удалено 1 из 2" in delete(world)
    assert len(world.phone(owner=None)) == 1
    assert "клиенту удалён" in delete(world)
    assert world.phone(owner=None) == []


@pytest.mark.parametrize("by_place", [False, True], ids=["one row", "rows by place, as until November 2026"])
def test_thirty_files_are_deleted_without_their_comment(may_delete: World, by_place: bool) -> None:
    """How many files a deleted comment had, nobody can look up: what was sent is known all the same."""
    files = [may_delete.planfix.put_file(f"PK{number}".encode(), f"{number}.zip") for number in range(30)]
    comment = may_delete.planfix.employee_comments(
        may_delete.task, USER, "", notify=(may_delete.contact_of(),), files=files
    )
    may_delete.settle(for_seconds=4 * 3600)
    assert len(may_delete.phone()) == 30
    if by_place and may_delete.route == "rest":
        effects = may_delete.runtime.integration("main").parts.effects
        states = effects.outcome(files_key(MAIN.host, comment))["files"]
        for place, (number, state) in enumerate(states.items()):
            effects.renew(f"{part_key(MAIN.host, comment, 0)}#file#{place}", {"file": int(number), **state})
        effects.forget(files_key(MAIN.host, comment))
    may_delete.planfix.delete_comment(comment)
    assert "удалён из Telegram" in delete(may_delete)
    assert may_delete.phone() == []
