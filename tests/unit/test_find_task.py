"""A task whose creation's answer was lost is the chat's own all the same."""

from __future__ import annotations

import pytest

from tests.world import ACTIVE, CLIENT, TASK_TEMPLATE, USER, Account, World

pytestmark = pytest.mark.only_on("rest")


def _make_task_and_lose_the_answer(world: World) -> int:
    """GIVEN a first message whose task was made, though its answer never came; returns the task."""
    world.planfix.fail_next("POST", "/task/", apply=True, exact=True)
    world.client_writes("Здравствуйте!")
    world.settle(for_seconds=4)
    assert world.comments() == [], "GIVEN that the message itself still waits"
    return world.task


def test_answer_that_came_before_the_task_was_bound_is_sent(world: World) -> None:
    """An employee who answers in the new task before the bridge knows it by number is heard."""
    task = _make_task_and_lose_the_answer(world)
    world.employee_answers("Добрый день!", task=task)
    world.settle()
    assert len(world.planfix.tasks()) == 1, "the task is found and not made twice"
    assert world.phone() == ["Добрый день!"]
    assert [one.description for one in world.comments()] == ["Добрый день!", "Здравствуйте!"]


def test_task_whose_creation_was_lost_is_found_by_the_merged_contact(world: World) -> None:
    """Meanwhile the client's contact was merged into another: what was made for it before is looked for all the same."""
    world.planfix.give_back_source_object_id(on=False)
    task = _make_task_and_lose_the_answer(world)
    world.employee_answers("Добрый день!", task=task)
    other = world.planfix.add_contact("Анна полностью", telegram_id=str(CLIENT))
    world.planfix.merge_contacts(1, other)
    world.settle()
    assert len(world.planfix.tasks()) == 1
    assert world.phone() == ["Добрый день!"]


def test_new_task_by_command_is_not_made_twice(world: World) -> None:
    """/new, and the new task's creation whose answer was lost: one new task, although the search skips others."""
    world.client_writes("раз")
    world.settle()
    world.employee_commands("/new")
    world.settle()
    world.planfix.fail_next("POST", "/task/", apply=True, exact=True)
    world.client_writes("два")
    world.settle()
    assert len(world.planfix.tasks()) == 2
    assert [one.description for one in world.comments()] == ["два"]


def test_task_that_another_chat_is_making_is_left_to_it() -> None:
    """While one chat's task waits for its number, the same client's chat in another integration makes its own."""
    first = Account("first", "111111:AAF-first-bot-token-of-the-tests-00", "acme.planfix.ru")
    second = Account("second", "222222:AAF-second-bot-token-of-the-tests-0", "acme.planfix.ru")
    fast = {"account_url": "https://acme.planfix.ru", "requests_per_second": 100}
    settings = {"channels": {"own_bot": {}}, "planfix": fast}
    world = World(accounts=(first, second), settings=settings, rate=0)
    world.planfix.fail_next("POST", "/task/", apply=True, exact=True)
    world.telegram.client_writes(world.bots["first"], CLIENT, text="первому")
    world.settle(for_seconds=1)
    task = world.task
    world.telegram.client_writes(world.bots["second"], CLIENT, text="второму")
    world.settle(for_seconds=1)
    assert world.comments(task) == [], "GIVEN that the first message still waits"
    world.settle()
    assert [one.description for one in world.comments(task)] == ["первому"]
    assert [one.description for one in world.comments(world.task)] == ["второму"]


@pytest.mark.parametrize("whose", ["older", "an employee's"])
def test_history_of_another_task_is_never_sent(world: World, whose: str) -> None:
    """After a lost attempt only the client's own task of that time is ours: what stands in others is history."""
    world.client_writes("раз")
    world.settle()
    contact = world.contact_of()
    world.planfix.delete_task(world.task)
    assigner = contact if whose == "older" else f"user:{USER}"
    other = world.planfix.add_task("Договор", assigner=assigner, counterparty=contact, template_id=TASK_TEMPLATE)
    world.planfix.employee_comments(other, USER, "только для своих", notify=(contact,))
    if whose == "older":
        world.clock.now += 3600
    world.planfix.fail_next("POST", "/task/list", apply=True)  # GIVEN an attempt that was lost, before it made anything
    world.client_writes("два")
    world.settle()
    assert world.task == other, "GIVEN that it is adopted"
    assert world.phone(CLIENT) == []


def test_chat_that_returned_to_a_former_task_leaves_it_again(world: World) -> None:
    """Closed, opened again, closed again: the next message opens a new task, and none goes into a closed one."""
    world.client_writes("один")
    world.settle()
    first = world.task
    world.planfix.close_task(first)
    world.clock.now += 60
    world.client_writes("два")
    world.settle()
    world.planfix.close_task(world.task)
    world.planfix.set_status(first, ACTIVE)
    world.clock.now += 60
    world.client_writes("три")
    world.settle()
    assert [one.description for one in world.comments(first)] == ["один", "три"], "GIVEN that the chat is back in it"
    world.planfix.close_task(first)
    world.clock.now += 60
    world.client_writes("четыре")
    world.settle()
    assert (len(world.planfix.tasks()), [one.description for one in world.comments()]) == (3, ["четыре"])
