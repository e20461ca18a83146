"""A task's list of comments: what lies far down is found, what is history stays, one strange comment stops nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.queued import Look
from bridge.routes.rest.comment_list import LOOKED_THROUGH, MOST_KEPT
from tests.world import CLIENT, OWNER, TASK_TEMPLATE, USER, World, notices

pytestmark = pytest.mark.only_on("rest")

HOUR = 3600.0


def remarks(world: World, number: int, task: int | None = None) -> None:
    """Remarks for colleagues only, of which the bridge is told by one call."""
    scenarios, world.planfix._scenarios.added = world.planfix._scenarios.added, []
    for one in range(number - 1):
        world.employee_answers(f"между нами {one}", notify=(), task=task)
    world.planfix._scenarios.added = scenarios
    world.employee_answers("и последнее", notify=(), task=task)
    world.settle(for_seconds=60)


def lists(world: World) -> int:
    """How often a list of comments was asked for."""
    return sum(call.path.endswith("/comments/list") for call in world.planfix.calls)


@pytest.mark.parametrize("newer", [50, 99, 100, 101, 450, 1500])
def test_comment_written_for_later_is_found_under_any_number(chat: World, newer: int) -> None:
    """However many newer comments there are when its time comes, an answer written for later goes out, once."""
    at = chat.clock() + 2 * HOUR
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=at, notify=(chat.contact_of(),))
    remarks(chat, newer)
    chat.clock.now = at + 1
    chat.settle()
    chat.employee_answers("и сейчас")
    chat.settle()
    assert chat.phone() == ["позже", "и сейчас"]


def test_comment_written_for_later_is_found_without_its_call(chat: World) -> None:
    """Its own call was lost: the next one finds it, whatever that one is for."""
    at = chat.clock() + HOUR
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=at, notify=(chat.contact_of(),))
    remarks(chat, 150)
    scenarios, chat.planfix._scenarios.added = chat.planfix._scenarios.added, []
    chat.clock.now = at + 1
    chat.comments()
    chat.planfix._scenarios.added = scenarios
    chat.employee_answers("сейчас")
    chat.settle()
    assert chat.phone() == ["позже", "сейчас"]


def test_ordinary_call_in_a_long_task_asks_for_one_page(chat: World) -> None:
    """However long the list is, one answer costs one request for it; two calls for what one has found cost no more."""
    remarks(chat, 250)
    chat.clock.now += HOUR
    before = lists(chat)
    chat.employee_answers("ответ")
    chat.settle()
    assert lists(chat) - before == 1
    for text in ("раз", "два"):
        chat.employee_answers(text)
    chat.settle()
    assert (lists(chat) - before, chat.phone()) == (3, ["ответ", "раз", "два"])


def test_row_of_a_task_does_not_grow_with_its_comments(chat: World) -> None:
    """A burst within one minute is kept by its numbers up to a bound; then those of the newest page are, no more."""
    for number, most in ((700, MOST_KEPT), (60, 100), (60, 120), (60, 120)):
        remarks(chat, number)
        seen = chat.runtime.chats.task("acme.planfix.ru", chat.task).seen  # type: ignore[union-attr]
        assert 60 <= len(seen.decided) <= most
        chat.clock.now += HOUR


def test_deleted_comment_brings_no_old_one_back(chat: World) -> None:
    """A comment that is deleted lets an older one into the newest page: that one was decided upon long ago."""
    chat.telegram.block(CLIENT, OWNER)
    chat.employee_answers("отказанный")
    chat.settle()
    chat.telegram.unblock(CLIENT, OWNER)
    remarks(chat, 97)  # GIVEN that the refused one is the hundredth from the top, and drops below it
    remarks(chat, 2)
    for one in chat.comments()[-3:]:
        chat.planfix.delete_comment(one.id)
    chat.employee_answers("ответ")
    chat.settle()
    assert chat.phone() == ["ответ"]


def test_answers_that_wait_keep_their_turn_under_a_page_of_newer_ones(chat: World) -> None:
    """More than a page of answers waits for Telegram: none is taken for done because it lies low."""
    chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 900})
    scenarios, chat.planfix._scenarios.added = chat.planfix._scenarios.added, []
    for number in range(130):
        chat.employee_answers(f"ответ {number}")
    chat.planfix._scenarios.added = scenarios
    chat.employee_answers("последний")
    chat.settle(for_seconds=3 * HOUR)
    assert chat.phone() == [*(f"ответ {number}" for number in range(130)), "последний"]


# -- Planfix may date a comment for later by when it was written


@pytest.mark.parametrize("newer", [50, 450])
def test_comment_dated_by_its_writing_is_found_by_its_call(chat: World, newer: int) -> None:
    """A call that finds nothing new where new comments appear makes the bridge look further down."""
    chat.planfix.date_by_writing()
    at = chat.clock() + 2 * HOUR
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=at, notify=(chat.contact_of(),))
    remarks(chat, newer)
    chat.clock.now = at + 1
    chat.settle()
    assert (chat.phone(), notices(chat)[1:]) == (["позже"], [])


def test_looking_further_sends_nothing_again(chat: World) -> None:
    """Answers of long ago that were sent, refused, cancelled or are commands are known by the ledger."""
    chat.planfix.date_by_writing()
    at = chat.clock() + 5 * HOUR
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=at, notify=(chat.contact_of(),))
    chat.employee_answers("дошёл")
    chat.employee_answers("/edit дошёл иначе", notify=(chat.contact_of(),))
    chat.settle(for_seconds=60)
    chat.telegram.pause_chat(OWNER, CLIENT)
    chat.employee_answers("отменён")
    chat.settle(for_seconds=60)
    chat.employee_commands("/cancel")
    chat.settle(for_seconds=60)
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.telegram.fail_next("sendMessage", status=400, description="Bad Request: message is too long")
    chat.employee_answers("отказан")
    chat.settle(for_seconds=60)
    remarks(chat, 150)
    before = notices(chat)
    chat.clock.now = at + 1
    chat.settle()
    assert chat.phone() == ["дошёл иначе", "позже"]
    assert notices(chat) == before


def test_comment_that_cannot_be_found_is_told_of(chat: World) -> None:
    """Below all that is read, a comment of which we were told is no silence: somebody reads that it was not found."""
    chat.planfix.date_by_writing()
    at = chat.clock() + 10 * HOUR
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=at, notify=(chat.contact_of(),))
    remarks(chat, 100 * (LOOKED_THROUGH + 1) + 1)
    chat.clock.now = at + 1
    chat.settle()
    assert chat.phone() == []
    assert [text for text in notices(chat) if "сообщил о новом комментарии" in text]


# -- a task of others that was adopted


@pytest.mark.parametrize("seconds", [1, 59, 600])
def test_comment_written_for_later_before_its_task_was_adopted(world: World, seconds: int) -> None:
    """History stays; what was written for later before the task was adopted appears after it, and goes out."""
    world.clock.now -= world.clock.now % 60
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    ticked = (f"contact:{contact}",)
    task = world.planfix.add_task("Заказ", counterparty=ticked[0], template_id=TASK_TEMPLATE)
    world.planfix.schedule_comment(task, USER, "позже", at=world.clock() + 20 + seconds, notify=ticked)
    for number in range(3):
        world.planfix.employee_comments(task, USER, f"старое {number}", notify=ticked)
    world.client_writes("раз")
    world.settle(for_seconds=15)
    world.employee_answers("новое", task=task)
    world.settle()
    world.clock.now += seconds + 100
    world.settle()
    assert sorted(world.phone()) == ["новое", "позже"]


@pytest.mark.parametrize("number", [5, 99, 100, 230])
def test_history_stays_however_long_it_is(world: World, number: int) -> None:
    """Nothing of a task's history is sent, whatever its length, and however quickly it was written."""
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    ticked = (f"contact:{contact}",)
    task = world.planfix.add_task("Заказ", counterparty=ticked[0], template_id=TASK_TEMPLATE)
    for one in range(number):
        world.planfix.employee_comments(task, USER, f"старое {one}", notify=ticked)
    world.client_writes("раз")
    world.settle()
    world.employee_answers("новое", task=task)
    world.settle()
    assert world.phone() == ["новое"]


# -- strange comments


def make_strange(world: World, comment: int, **fields: Any) -> None:
    """Planfix gives this comment with these fields."""
    original = world.planfix._world.comment_json
    world.planfix._world.comment_json = lambda one: {**original(one), **(fields if one.id == comment else {})}  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"id": {"number": 5}},
        {"owner": 7.5},
        {"owner": [1]},
        {"recipients": [1, 2]},
        {"recipients": {"users": None, "groups": [{"id": None}]}},
        {"recipients": {"users": {"id": 1}}},
        {"files": [{"id": None, "name": "a.pdf"}]},
        {"files": "a.pdf"},
        {"description": {"html": "текст"}},
        {"isDeleted": "нет", "isHidden": []},
        {"dateTime": {"datetime": 12}},
        {"dateTime": "9999-99-99"},
    ],
    ids=str,
)
def test_strange_comment_stops_no_other(chat: World, fields: dict[str, Any]) -> None:
    """One comment with wrongly typed fields: those beside it go out, and its words stand in no log."""
    number = chat.employee_answers("странный")
    make_strange(chat, number, **fields)
    chat.employee_answers("обычный")
    chat.settle()
    assert "обычный" in chat.phone()
    assert chat.count.totals["unreadable_comment"] >= 1
    assert "странный" not in chat.log.getvalue()
    assert "странный" in chat.phone() or [text for text in notices(chat) if "прочитать" in text]
    assert not chat.waiting("to-telegram-dead.fifo")


@pytest.mark.parametrize("number", [1e300, 10**45], ids=str)
def test_number_that_no_table_takes_stops_no_other(chat: World, number: float) -> None:
    """DynamoDB takes 38 digits; a comment with a longer number is one without a number."""
    make_strange(chat, chat.employee_answers("странный"), id=number)
    for said in ("раз", "два"):
        chat.employee_answers(said)
        chat.settle()
    assert (chat.phone(), chat.count.totals.get("unexpected_error", 0)) == (["раз", "два"], 0)


def test_old_answer_without_a_date_is_not_sent_again(chat: World) -> None:
    """The ledger has forgotten it, and nobody can tell how old it is: a call that looks further down leaves it alone."""
    number = chat.employee_answers("давний")
    chat.settle()
    for one in range(130):
        chat.planfix.employee_comments(chat.task, USER, f"заметка {one}")
    chat.settle()
    chat.clock.now += 61 * 86_400
    make_strange(chat, number, dateTime=None)
    chat.client_writes("снова я")
    chat.settle()
    chat.clock.now += 3600
    look = Look("main", "acme.planfix.ru", chat.task, event="comment")
    for _ in range(30):
        chat.runtime.tell(look, f"main:{CLIENT}")
        chat.settle(for_seconds=900)
    assert chat.count.totals["looked_further"] >= 1
    assert chat.phone() == ["давний"]


@pytest.mark.parametrize(
    "fields", [{"recipients": "everybody"}, {"isHidden": "yes"}, {"isDeleted": 2}, {"owner": {"id": []}}]
)
def test_what_may_be_a_remark_reaches_no_client(chat: World, fields: dict[str, Any]) -> None:
    """When nobody can read whose a comment is, to whom, or whether it is hidden, it stays inside, and one notice says so."""
    make_strange(chat, chat.employee_answers("между нами"), **fields)
    chat.settle()
    assert (chat.phone(), len([text for text in notices(chat) if "прочитать" in text]), len(notices(chat))) == (
        [],
        1,
        1,
    )


def test_strange_contacts_and_tasks_stop_no_message(world: World) -> None:
    """One strange contact or task in a list: the client's message arrives all the same."""
    world.planfix.add_contact("Другая", telegram_id=str(CLIENT))
    original = world.planfix._world.contact_json
    world.planfix._world.contact_json = lambda one: {**original(one), "id": "?", "phones": 7}  # type: ignore[method-assign]
    world.client_writes("раз")
    world.settle(for_seconds=60)
    world.planfix._world.contact_json = original  # type: ignore[method-assign]
    world.settle()
    assert [one.description for one in world.comments() if one.owner.startswith("contact:")] == ["раз"]


def test_calls_for_the_clients_comments_make_nobody_look_further(chat: World) -> None:
    """A scenario without its condition tells of the client's comments too: each is found where new ones appear."""
    remarks(chat, 150)
    chat.clock.now += HOUR
    before = lists(chat)
    for number in range(3):
        chat.client_writes(f"вопрос {number}")
        chat.settle(for_seconds=60)
        look = Look("main", "acme.planfix.ru", chat.task, event="comment")
        chat.runtime.tell(look, f"main:{CLIENT}")
        chat.settle(for_seconds=900)
    assert (lists(chat) - before, chat.count.totals.get("looked_further", 0)) == (3, 0)
