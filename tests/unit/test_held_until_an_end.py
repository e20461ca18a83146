"""Whatever is held goes out or ends, each with a notice; and nothing goes out that is no answer any more."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import Reason, RetryLater
from bridge.flows import to_telegram
from bridge.model import Chat, Held
from tests.world import CLIENT, OWNER, World

HOUR = 3600.0
CHAT = Chat("main", str(OWNER), CLIENT)


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once, with a task, in an account whose chat the bot is stopped in."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.pause_chat(OWNER, CLIENT)
    return world


def notices(world: World) -> list[str]:
    """What the bridge itself wrote into the task."""
    return [one.description for one in world.comments() if one.owner == "user:900"]


def held(world: World) -> list[Held]:
    """The client's held answers."""
    return world.runtime.waiting.answers("held", CHAT)


def client_is_back(world: World) -> None:
    """The chat takes messages again, and the client writes."""
    world.telegram.resume_chat(OWNER, CLIENT)
    world.client_writes("ау")
    world.settle()


def change_calls(world: World, change: Any) -> None:
    """``change(path, call)`` in place of each request to Planfix; ``call()`` makes it."""
    wire = world.runtime.integration("main").planfix._wire  # type: ignore[attr-defined]
    original = wire.call

    def changed(method: str, path: str, body: Any = None, *, params: Any = None) -> Any:
        return change(path, lambda: original(method, path, body, params=params))

    wire.call = changed


@pytest.mark.parametrize("ended", ["/cancel", "expired"])
def test_sent_again_and_refused_again_it_ends_when_its_notice_says(chat: World, ended: str) -> None:
    """/send begins a new time of waiting: it has its own end, also where the first one is over."""
    chat.employee_answers("один")
    chat.settle()
    if ended == "/cancel":
        chat.employee_answers("/cancel")
    chat.settle(for_seconds=20 * HOUR if ended == "/cancel" else 80 * HOUR)
    chat.employee_answers("/send")
    chat.settle()
    assert [len(held(chat)), notices(chat)[-1][0]] == [1, "⏸"], "GIVEN that it is held once more"
    chat.settle(for_seconds=75 * HOUR)
    assert held(chat) == []
    assert "ждал слишком долго" in notices(chat)[-1]


def test_held_answer_ends_when_its_notice_says_whatever_the_settings_say_since(chat: World) -> None:
    """An admin who lengthens hold_for moves no timer: what is held already ends as its author was told."""
    chat.employee_answers("один")
    chat.settle()
    chat.update_settings(hold_for=200)
    chat.settle(for_seconds=75 * HOUR)
    assert held(chat) == []
    assert "ждал слишком долго" in notices(chat)[-1]


@pytest.mark.parametrize("strange", [{}, {"result": "success"}, {"comment": []}, {"comment": None}], ids=str)
def test_answer_without_a_comment_does_not_say_that_it_is_gone(chat: World, strange: dict[str, Any]) -> None:
    """Only Planfix's word that a comment is gone drops a held answer."""
    chat.employee_answers("один")
    chat.settle()
    first = [strange]
    change_calls(chat, lambda path, call: first.pop() if first and path.startswith("comment/") else call())
    client_is_back(chat)
    assert chat.phone() == ["один"]


@pytest.mark.parametrize(
    ("changed", "says"), [("hidden", ""), ("unticked", "не уведомляет"), ("unreadable", "прочитать")]
)
@pytest.mark.parametrize("by", ["the client", "/send"])
def test_held_answer_that_became_a_remark_reaches_no_client(chat: World, changed: str, says: str, by: str) -> None:
    """It is read again when its time has come: hidden, or for colleagues only, it ends there, and /send sends it neither."""
    number = chat.employee_answers("между нами")
    chat.employee_answers("клиенту")
    chat.settle()
    comment = chat.planfix._world.comments[number]
    if changed == "hidden":
        comment.is_hidden = True
    elif changed == "unticked":
        comment.recipients.users.clear()
    else:
        original = chat.planfix._world.comment_json
        strange = {"isHidden": "yes"}
        chat.planfix._world.comment_json = lambda one: original(one) | (strange if one.id == number else {})  # type: ignore[method-assign]
    if by == "/send":
        chat.telegram.resume_chat(OWNER, CLIENT)
        chat.employee_answers("/send", notify=())
        chat.settle()
    else:
        client_is_back(chat)
    assert (chat.phone(), held(chat)) == (["клиенту"], [])
    assert [text for text in notices(chat) if says and says in text] or not says


def test_answer_behind_held_ones_that_are_told_to_wait_has_its_notice(chat: World) -> None:
    """Telegram asks for hours when the held answer is sent: whoever answers meanwhile is told that it waits."""
    chat.employee_answers("один")
    chat.settle()
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 14_400}
    )
    chat.client_writes("ау")
    chat.settle(for_seconds=60)
    chat.employee_answers("два")
    chat.settle(for_seconds=HOUR)
    assert ["«два» ещё не доставлен" in notices(chat)[-1], chat.phone()] == [True, []]
    chat.settle(for_seconds=5 * HOUR)
    assert chat.phone() == ["один", "два"]


def test_call_for_a_gone_task_waits_for_what_is_held_like_any_other(
    chat: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While held answers must wait, a deleted task's list is refused: that is no reason to bury the call."""
    chat.employee_answers("один")
    chat.settle()

    def waits(*_: Any, **__: Any) -> bool:
        raise RetryLater(600, Reason.TOO_MANY_REQUESTS, counts=False)

    chat.employee_answers("два")
    chat.planfix.fire_pending()
    monkeypatch.setattr(to_telegram, "drain", waits)
    chat.planfix.delete_task(chat.task)
    chat.settle(for_seconds=1200)
    assert not chat.waiting("to-telegram-dead.fifo")


def test_comment_dated_in_the_future_has_a_budget_too(chat: World) -> None:
    """An import dated a hundred years ahead: an error that does not pass is told of after two minutes, as any other."""
    chat.telegram.resume_chat(OWNER, CLIENT)
    number = chat.employee_answers("один")
    original = chat.planfix._world.comment_json
    later = {"dateTime": {"datetime": "2126-01-01T00:00Z"}}
    chat.planfix._world.comment_json = lambda one: original(one) | (later if one.id == number else {})  # type: ignore[method-assign]
    chat.telegram.fail_next("sendMessage", status=400, description="Bad Request: NEVER_HEARD_OF", times=100)
    chat.settle()
    assert [text for text in notices(chat) if "NEVER_HEARD_OF" in text]
