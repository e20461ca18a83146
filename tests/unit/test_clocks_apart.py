"""Telegram's, Planfix's and our clocks never agree: that changes nothing but what is said of times."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import CLIENT, OWNER, World

DAY = 86_400.0
APART = [-5 * DAY, -3600.0, 3600.0, 5 * DAY]


@pytest.fixture(params=APART)
def world(request: pytest.FixtureRequest, make_world: Callable[..., World]) -> World:
    """Planfix's clock is ahead of ours by days or hours, or behind it; Telegram's is the other way round."""
    return make_world(planfix_ahead=request.param, telegram_ahead=-request.param)


def test_answer_is_as_old_as_it_is(world: World) -> None:
    """An answer of this minute is sent, whatever date Planfix gives it."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("ответ")
    world.settle()
    assert world.phone() == ["ответ"]
    assert len(world.comments()) == 2


@pytest.mark.needs("reads_answers_again")
def test_answer_of_yesterday_is_noticed(world: World) -> None:
    """An answer that is found a day late is not sent by surprise."""
    world.client_writes("Здравствуйте!")
    world.settle()
    scenarios = world.planfix._scenarios
    kept, scenarios.added = scenarios.added, []
    world.employee_answers("вчерашний")
    scenarios.added = kept
    world.clock.now += DAY + 120
    world.employee_answers("для своих", notify=())
    world.settle()
    assert world.phone() == []
    assert any("вчерашний" in one.description and "позже" in one.description for one in world.comments()[2:])


@pytest.mark.needs("reads_back")
def test_lost_comment_is_found(world: World) -> None:
    """A comment whose answer was lost is known by its words and its time, and is not written again."""
    world.planfix.give_back_source_object_id(on=False)
    world.client_writes("Здравствуйте!")
    world.settle()
    world.planfix.fail_next("POST", f"/task/{world.task}/comments/", status=502, apply=True)
    world.client_writes("ещё")
    world.settle()
    assert [one.description.rpartition("<br>")[2] for one in world.comments()] == ["Здравствуйте!", "ещё"]


@pytest.mark.needs("reads_back")
def test_lost_task_is_found(world: World) -> None:
    """A task whose creation's answer was lost is the chat's own."""
    world.planfix.give_back_source_object_id(on=False)
    world.planfix.fail_next("POST", "/task/", status=502, apply=True)
    world.client_writes("Здравствуйте!")
    world.settle()
    assert len(world.planfix.tasks()) == 1


def test_who_wrote_last_is_known(world: World) -> None:
    """The client waits after writing, and no longer once the owner or an employee has written."""
    waiting = world.runtime.waiting
    world.client_writes("Здравствуйте!")
    world.settle()
    assert waiting.unanswered("main", str(OWNER)).keys() == {CLIENT}
    world.telegram.owner_writes(OWNER, CLIENT, "с телефона")
    world.settle()
    assert waiting.unanswered("main", str(OWNER)) == {}
    world.client_writes("ещё")
    world.settle()
    assert waiting.unanswered("main", str(OWNER)).keys() == {CLIENT}
    world.employee_answers("ответ")
    world.settle()
    assert waiting.unanswered("main", str(OWNER)) == {}


def test_owner_on_the_phone_cancels_what_was_held_before(world: World) -> None:
    """By when the owner's message came to us, not by its date."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.clock.now += DAY + 60
    world.employee_answers("поздно")
    world.settle(for_seconds=60)
    world.telegram.owner_writes(OWNER, CLIENT, "отвечаю сам")
    world.settle(for_seconds=60)
    world.client_writes("спасибо")
    world.settle(for_seconds=60)
    assert world.phone() == []
