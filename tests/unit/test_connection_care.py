"""Connection care: who is told that answers cannot go out, when, and that nobody is left without the end of it."""

from __future__ import annotations

import pytest

from tests.world import CLIENT, MAIN, OWNER, World
from tests.world import notices as all_notices


def notices(world: World, task: int, words: str) -> int:
    """How many notices of a task say this."""
    return sum(words in one for one in all_notices(world, task))


def clients(world: World, count: int) -> list[int]:
    """So many clients have written; their tasks, all unanswered."""
    for number in range(count):
        world.telegram.add_user(CLIENT + 100 + number, f"Клиент {number}")
        world.client_writes("Здравствуйте!", client=CLIENT + 100 + number)
    world.settle()
    return [task.id for task in world.planfix.tasks()]


def test_alarm_of_an_earlier_change_does_not_judge_a_later_one(world: World) -> None:
    """Off, on, off and on again: two minutes after the first change the last one is seconds old, and nobody's concern."""
    (task,) = clients(world, 1)
    start = world.clock.now
    for at, rights in ((0, ()), (100, ("can_reply",)), (115, ()), (125, ("can_reply",))):
        world.settle(for_seconds=max(start + at - world.clock.now, 0))
        world.clock.now = start + at
        world.telegram.change_connection(OWNER, rights=rights)
    world.settle()
    assert (notices(world, task, "не отправляются"), world.count.totals.get("account_lost")) == (0, None)


def test_loss_is_told_two_minutes_after_the_last_change(world: World) -> None:
    """However the switch went before, and though nobody set an alarm for what was asked of Telegram itself."""
    (task,) = clients(world, 1)
    start = world.clock.now
    world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle(for_seconds=10)
    world.clock.now = start + 100
    world.telegram.change_connection(OWNER, rights=(), announce=False)
    world.client_writes("Есть кто?", client=CLIENT + 100)  # by a connection that the bridge has to ask for
    world.settle(for_seconds=100)
    assert notices(world, task, "не отправляются") == 0
    world.settle(for_seconds=100)
    assert notices(world, task, "не отправляются") == 1


@pytest.mark.only_on("rest")
def test_who_was_told_of_the_loss_is_told_that_it_is_over(world: World) -> None:
    """The account returns while many tasks are still being told that it was lost."""
    tasks = clients(world, 130)
    world.settle(for_seconds=7200)
    world.update_settings(planfix={"account_url": "https://acme.planfix.ru", "requests_per_second": 0.4})
    world.telegram.change_connection(OWNER, rights=())
    world.settle(for_seconds=130)
    lost = [task for task in tasks if notices(world, task, "не отправляются")]
    assert 0 < len(lost) < len(tasks), "GIVEN a loss that not every task was told of yet"
    world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle()
    assert [notices(world, task, "восстановлена") for task in lost] == [1] * len(lost)


def test_telling_goes_on_where_it_was_interrupted(world: World) -> None:
    """More tasks than one invocation can tell: each is told once."""
    tasks = clients(world, 130)
    world.settle(for_seconds=7200)
    world.telegram.change_connection(OWNER, rights=())
    world.settle()
    assert [notices(world, task, "не отправляются") for task in tasks] == [1] * len(tasks)


def test_looks_at_a_bot_fall_together(world: World) -> None:
    """However many answers were held for a refused token, the bot is looked at every ten minutes, not once for each."""
    tasks = clients(world, 4)
    world.telegram.revoke_token(MAIN.token)
    for task in tasks:
        contact = next(one.assigner for one in world.planfix.tasks() if one.id == task)
        world.employee_answers("ответ", task=task, notify=(contact,))
        world.settle(for_seconds=1100)
    timers = [one for one in world.waiting("to-telegram.fifo") if one.get("then", {}).get("kind") == "check_bot"]
    assert len(timers) == 1
    before = sum(call.method == "getMe" for call in world.telegram.calls)
    world.settle(for_seconds=6030)  # GIVEN ten times ten minutes and a little: looks come a moment after their time
    assert sum(call.method == "getMe" for call in world.telegram.calls) - before == 10


def told(world: World, task: int) -> tuple[int, int]:
    """How many losses and how many returns a task was told of."""
    return notices(world, task, "сейчас не отправляются"), notices(world, task, "восстановлена")


def test_each_loss_of_the_token_is_told_and_each_return(world: World) -> None:
    """Twice on one day: a loss, its end, another loss and its end are four notices in a task that waits."""
    (task,) = clients(world, 1)
    ticked = (world.planfix.tasks()[0].assigner,)
    for number in (1, 2):
        world.telegram.revoke_token(MAIN.token)
        world.employee_answers(f"ответ {number}", task=task, notify=ticked)
        world.settle(for_seconds=1200)
        assert told(world, task) == (number, number - 1)
        world.telegram.give_token_back(MAIN.token)
        world.settle(for_seconds=1200)
        assert told(world, task) == (number, number)


def test_each_loss_of_an_account_is_told_and_each_return(world: World) -> None:
    """However close together they are, once they have lasted two minutes."""
    (task,) = clients(world, 1)
    for number in (1, 2):
        world.telegram.change_connection(OWNER, rights=())
        world.settle(for_seconds=300)
        world.telegram.change_connection(OWNER, rights=("can_reply",))
        world.settle(for_seconds=300)
        assert told(world, task) == (number, number)
