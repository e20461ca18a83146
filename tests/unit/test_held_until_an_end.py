"""Whatever is held goes out or ends, each with a notice; and nothing goes out that is no answer any more."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import Reason, RetryLater
from bridge.flows.held_answers import HeldAnswers
from bridge.model import Chat, Held
from tests.world import CLIENT, OWNER, World, notices

HOUR = 3600.0
CHAT = Chat("main", str(OWNER), CLIENT)


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
    wire = world.runtime.integration("main").parts.planfix._wire  # type: ignore[attr-defined]
    original = wire.call

    def changed(method: str, path: str, body: Any = None, *, params: Any = None) -> Any:
        return change(path, lambda: original(method, path, body, params=params))

    wire.call = changed


@pytest.mark.parametrize("ended", ["/cancel", "expired"])
def test_sent_again_and_refused_again_it_ends_when_its_notice_says(stopped: World, ended: str) -> None:
    """/send begins a new time of waiting: it has its own end, also where the first one is over."""
    stopped.employee_answers("один")
    stopped.settle()
    if ended == "/cancel":
        stopped.employee_answers("/cancel")
    stopped.settle(for_seconds=20 * HOUR if ended == "/cancel" else 80 * HOUR)
    stopped.employee_answers("/send")
    stopped.settle()
    assert [len(held(stopped)), notices(stopped)[-1][0]] == [1, "⏸"], "GIVEN that it is held once more"
    stopped.settle(for_seconds=75 * HOUR)
    assert held(stopped) == []
    assert "ждал слишком долго" in notices(stopped)[-1]


def test_held_answer_ends_when_its_notice_says_whatever_the_settings_say_since(stopped: World) -> None:
    """An admin who lengthens hold_for moves no timer: what is held already ends as its author was told."""
    stopped.employee_answers("один")
    stopped.settle()
    stopped.update_settings(hold_for=200)
    stopped.settle(for_seconds=75 * HOUR)
    assert held(stopped) == []
    assert "ждал слишком долго" in notices(stopped)[-1]


@pytest.mark.parametrize("strange", [{}, {"result": "success"}, {"comment": []}, {"comment": None}], ids=str)
@pytest.mark.needs("reads_answers_again")
def test_answer_without_a_comment_does_not_say_that_it_is_gone(stopped: World, strange: dict[str, Any]) -> None:
    """Only Planfix's word that a comment is gone drops a held answer."""
    stopped.employee_answers("один")
    stopped.settle()
    first = [strange]
    change_calls(stopped, lambda path, call: first.pop() if first and path.startswith("comment/") else call())
    client_is_back(stopped)
    assert stopped.phone() == ["один"]


@pytest.mark.parametrize(
    ("changed", "says"), [("hidden", ""), ("unticked", "не уведомляет"), ("unreadable", "прочитать")]
)
@pytest.mark.parametrize("by", ["the client", "/send"])
@pytest.mark.needs("reads_answers_again")
def test_held_answer_that_became_a_remark_reaches_no_client(stopped: World, changed: str, says: str, by: str) -> None:
    """It is read again when its time has come: hidden, or for colleagues only, it ends there, and /send sends it neither."""
    number = stopped.employee_answers("между нами")
    stopped.employee_answers("клиенту")
    stopped.settle()
    comment = stopped.planfix._world.comments[number]
    if changed == "hidden":
        comment.is_hidden = True
    elif changed == "unticked":
        comment.recipients.users.clear()
    else:
        original = stopped.planfix._world.comment_json
        strange = {"isHidden": "yes"}
        stopped.planfix._world.comment_json = lambda one: original(one) | (strange if one.id == number else {})  # type: ignore[method-assign]
    if by == "/send":
        stopped.telegram.resume_chat(OWNER, CLIENT)
        stopped.employee_commands("/send")
        stopped.settle()
    else:
        client_is_back(stopped)
    assert (stopped.phone(), held(stopped)) == (["клиенту"], [])
    assert [text for text in notices(stopped) if says and says in text] or not says


@pytest.mark.needs("reads_answers_again")
def test_answer_behind_held_ones_that_are_told_to_wait_has_its_notice(stopped: World) -> None:
    """Telegram asks for hours when the held answer is sent: whoever answers meanwhile is told that it waits."""
    stopped.employee_answers("один")
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 14_400}
    )
    stopped.client_writes("ау")
    stopped.settle(for_seconds=60)
    stopped.employee_answers("два")
    stopped.settle(for_seconds=HOUR)
    assert ["«два» ещё не доставлен" in notices(stopped)[-1], stopped.phone()] == [True, []]
    stopped.settle(for_seconds=5 * HOUR)
    assert stopped.phone() == ["один", "два"]


@pytest.mark.needs("reads_answers_again")
def test_call_for_a_gone_task_waits_for_what_is_held_like_any_other(
    stopped: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While held answers must wait, a deleted task's list is refused: that is no reason to bury the call."""
    stopped.employee_answers("один")
    stopped.settle()

    def waits(*_: Any, **__: Any) -> bool:
        raise RetryLater(600, Reason.TOO_MANY_REQUESTS, counts=False)

    stopped.employee_answers("два")
    stopped.planfix.fire_pending()
    monkeypatch.setattr(HeldAnswers, "drain", waits)
    stopped.planfix.delete_task(stopped.task)
    stopped.settle(for_seconds=1200)
    assert not stopped.waiting("to-telegram-dead.fifo")


@pytest.mark.needs("reads_answers_again")
def test_comment_dated_in_the_future_has_a_budget_too(stopped: World) -> None:
    """An import dated a hundred years ahead: an error that does not pass is told of after two minutes, as any other."""
    stopped.telegram.resume_chat(OWNER, CLIENT)
    number = stopped.employee_answers("один")
    original = stopped.planfix._world.comment_json
    later = {"dateTime": {"datetime": "2126-01-01T00:00Z"}}
    stopped.planfix._world.comment_json = lambda one: original(one) | (later if one.id == number else {})  # type: ignore[method-assign]
    stopped.telegram.fail_next("sendMessage", status=400, description="Bad Request: NEVER_HEARD_OF", times=100)
    stopped.settle()
    assert [text for text in notices(stopped) if "NEVER_HEARD_OF" in text]
