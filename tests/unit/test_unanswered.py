"""Who waits for an answer: a newer message's mark outlives the bookkeeping of an older answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.aws.chats import Chats
from bridge.aws.waiting import Waiting
from bridge.model import Chat
from tests.world import CLIENT, OWNER, World

CHAT = Chat("main", str(OWNER), CLIENT)


def waits(world: World) -> bool:
    """Whether the client counts as one who waits for an answer."""
    return CLIENT in world.runtime.waiting.unanswered("main", str(OWNER))


def before_call(monkeypatch: pytest.MonkeyPatch, kind: type, name: str, happens: Callable[[], object]) -> None:
    """Right before this call another container does its work."""
    original = getattr(kind, name)

    def late(self: Any, *given: Any) -> Any:
        monkeypatch.setattr(kind, name, original)
        happens()
        return original(self, *given)

    monkeypatch.setattr(kind, name, late)


@pytest.mark.parametrize(("kind", "name"), [(Waiting, "client_has_answer"), (Chats, "sent")])
def test_client_who_writes_while_an_answer_is_noted_still_waits(
    chat: World, monkeypatch: pytest.MonkeyPatch, kind: type, name: str
) -> None:
    """The answer went out, the client writes, then the answer is noted: that message has no answer yet."""

    def client_writes() -> None:
        chat.client_writes("и ещё вопрос")
        chat.delivery.deliver_pending()
        chat.run_sender("to-planfix.fifo")

    before_call(monkeypatch, kind, name, client_writes)
    chat.employee_answers("ответ")
    chat.settle()
    assert (chat.phone(), waits(chat)) == (["ответ"], True)
    chat.employee_answers("и на это")
    chat.settle()
    assert not waits(chat)


def test_answer_that_goes_out_while_a_message_is_noted_answers_only_what_was_before(
    chat: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's next message is in Planfix; before it is noted, the answer to the former one is: the client waits."""

    def answered() -> None:
        chat.runtime.chats.sent(CHAT, 2, message_id=2)
        chat.runtime.waiting.client_has_answer(CHAT, 2)

    before_call(monkeypatch, Chats, "client_wrote", answered)
    chat.telegram.world.account(OWNER).next_message_id = 3
    chat.client_writes("и ещё вопрос")
    chat.settle()
    assert waits(chat)


@pytest.mark.parametrize(("kind", "name"), [(Waiting, "client_waits"), (Chats, "client_wrote")])
def test_answer_that_goes_out_while_its_message_is_noted_leaves_no_mark(
    chat: World, monkeypatch: pytest.MonkeyPatch, kind: type, name: str
) -> None:
    """The message is in Planfix and is answered at once, before it is noted that its client waits: nobody waits then."""
    chat.employee_answers("на первое")
    chat.settle()

    def answered() -> None:
        chat.planfix.fire_pending()
        chat.employee_answers("на второе")
        chat.planfix.fire_pending()
        chat.run_sender("to-telegram.fifo", 5)

    before_call(monkeypatch, kind, name, answered)
    chat.client_writes("и ещё вопрос")
    chat.settle()
    assert (chat.phone(), waits(chat)) == (["на первое", "на второе"], False)


def test_owner_who_wrote_before_the_client_answered_nothing_newer(chat: World) -> None:
    """The owner's older words, carried late, take no newer message's mark away."""
    chat.runtime.waiting.client_waits(CHAT, 1, 50)
    chat.runtime.waiting.client_has_answer(CHAT, 49)
    assert waits(chat)
    chat.runtime.waiting.client_waits(CHAT, 1, 10)  # an older message, redriven: the newer one's mark stays
    chat.runtime.waiting.client_has_answer(CHAT, 49)
    assert waits(chat)
    chat.runtime.waiting.client_has_answer(CHAT, 51)
    assert not waits(chat)


def test_mark_of_an_older_version_is_taken_away_by_any_answer(chat: World) -> None:
    """Rows that name no message are as before."""
    key = {"integration": "main", "item": f"unanswered#{OWNER}#{CLIENT}"}
    chat.runtime.waiting._table.put({**key, "task_id": 1, "client_id": CLIENT})
    chat.employee_answers("ответ")
    chat.settle()
    assert not waits(chat)
