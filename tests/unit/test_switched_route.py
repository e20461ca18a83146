"""An integration takes another route: what began on the former one ends there, and nothing is lost or sent twice."""

from __future__ import annotations

import pytest

from tests.world import World


def take(world: World, route: str) -> None:
    """The admin sets ``route``; every container has read it a minute later."""
    world.route = route
    world.update_settings()


@pytest.fixture
def rest() -> World:
    """A chat in which the client wrote and was answered, by REST; the windows are there too."""
    world = World(windows=True)
    world.client_writes("первый вопрос")
    world.settle(for_seconds=60)
    world.employee_answers("первый ответ")
    world.settle(for_seconds=60)
    return world


@pytest.fixture
def chats() -> World:
    """The same by Planfix's API for chats; REST's token is there too."""
    world = World(route="chat_api", windows=True)
    world.client_writes("первый вопрос")
    world.settle(for_seconds=60)
    world.employee_answers("первый ответ")
    world.settle(for_seconds=60)
    return world


def test_conversation_goes_on_in_a_chat(rest: World) -> None:
    """The next message opens a native chat, and what is answered there reaches the client."""
    take(rest, "chat_api")
    rest.client_writes("второй вопрос")
    rest.settle(for_seconds=60)
    rest.employee_answers("второй ответ")
    rest.settle(for_seconds=60)
    assert (len(rest.planfix.tasks()), rest.phone()) == (2, ["первый ответ", "второй ответ"])


def test_conversation_goes_on_by_rest(chats: World) -> None:
    """The next message is a comment in a task of the bridge's own."""
    take(chats, "rest")
    chats.client_writes("второй вопрос")
    chats.settle(for_seconds=60)
    chats.employee_answers("второй ответ")
    chats.settle(for_seconds=60)
    assert (len(chats.planfix.tasks()), chats.phone()) == (2, ["первый ответ", "второй ответ"])


@pytest.mark.parametrize("way", ["rest", "chats"])
def test_held_answer_goes_out_on_the_other_route(way: str, request: pytest.FixtureRequest) -> None:
    """What waits for the client is sent when the client writes, once, whichever way it came."""
    world: World = request.getfixturevalue(way)
    world.clock.now += 25 * 3600  # GIVEN that Telegram's window is closed
    world.employee_answers("отложенный")
    world.settle(for_seconds=60)
    assert world.phone() == ["первый ответ"]
    take(world, "chat_api" if way == "rest" else "rest")
    world.client_writes("я снова здесь")
    world.settle(for_seconds=300)
    assert world.phone() == ["первый ответ", "отложенный"]


@pytest.mark.parametrize("way", ["rest", "chats"])
def test_answer_that_was_queued_before_is_sent(way: str, request: pytest.FixtureRequest) -> None:
    """A call or a push lies in the queue while the admin chooses the other route."""
    world: World = request.getfixturevalue(way)
    world.employee_answers("в очереди")
    for planfix in world.planfixes.values():
        planfix.fire_pending()
        planfix.chats.fire_pending()
    take(world, "chat_api" if way == "rest" else "rest")
    world.settle(for_seconds=300)
    assert world.phone() == ["первый ответ", "в очереди"]


def test_route_of_before_takes_nothing_new(chats: World) -> None:
    """A window that is still set up pushes, is answered, and nothing is done twice."""
    task = chats.task
    take(chats, "rest")
    chats.planfix.employee_comments(task, 5, "уже не туда", notify=(chats.contact_of_chat(),))
    chats.settle(for_seconds=60)
    assert (chats.phone(), chats.count.totals.get("route_not_chosen", 0) > 0) == (["первый ответ"], True)
