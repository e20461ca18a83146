"""A list with thousands of new comments: read from the oldest on, each page once, and the answers in it keep their order."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bridge.model import TaskState
from bridge.routes.rest import answers
from bridge.routes.rest.comment_list import AT_ONCE, MOST_KEPT
from bridge.routes.rest.long_list import PAGES_A_TIME
from tests.unit.test_comment_list import lists, make_strange
from tests.world import USER, World

pytestmark = pytest.mark.only_on("rest")

MINUTE, HOUR, DAY, PAGE = 60.0, 3600.0, 86_400.0, 100


class Busy(httpx.BaseTransport):
    """The services behind other people's requests: each of ours takes so many seconds."""

    def __init__(self, world: World, seconds: float) -> None:
        self._world, self._seconds, self._to = world, seconds, world.runtime.http._transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._world.clock.now += self._seconds
        return self._to.handle_request(request)


def chat_where_a_request_takes(seconds: float) -> World:
    """A client who has written once."""
    world = World()
    world.runtime.http = httpx.Client(transport=Busy(world, seconds))
    world.client_writes("Здравствуйте!")
    world.settle()
    return world


def written(world: World, number: int, *, every: float = MINUTE, answers: tuple[int, ...] = (), task: int = 0) -> None:
    """So many comments of which no call tells, remarks but for ``answers``; by now the last of them is just written."""
    scenarios, world.planfix._scenarios.added = world.planfix._scenarios.added, []
    task, ticked = task or world.task, (world.contact_of(),)
    for one in range(number):
        world.planfix.employee_comments(
            task, USER, f"комментарий {one}", notify=ticked if one in answers else (), at=world.clock() + one * every
        )
    world.clock.now += number * every
    world.planfix._scenarios.added = scenarios


def state(world: World) -> TaskState:
    """The row of the newest task."""
    task = world.runtime.chats.task("acme.planfix.ru", world.task)
    assert task is not None
    return task


def watch(world: World, look: Callable[[int], None]) -> None:
    """Call ``look`` with its number before each page that is read from the oldest on."""
    planfix = world.runtime.integration("main").parts.planfix
    read, count = planfix.oldest_comments, [0]

    def reading(task_id: int, *, offset: int) -> object:
        count[0] += 1
        look(count[0])
        return read(task_id, offset=offset)

    object.__setattr__(planfix, "oldest_comments", reading)


@pytest.mark.parametrize(("number", "seconds"), [(2_500, 0.0), (10_000, 2.1)], ids=["alone", "three workers busy"])
def test_answers_among_ten_thousand_comments_go_out(number: int, seconds: float) -> None:
    """However long nobody looked, every answer of today goes out in its turn; each page is asked for once, and few besides."""
    world = chat_where_a_request_takes(seconds)
    answers = (40, number // 2, number - 10)
    written(world, number, every=8.0, answers=answers)
    before = lists(world)
    world.employee_answers("и сейчас")
    world.settle(for_seconds=2 * HOUR)
    assert world.phone() == [*(f"комментарий {one}" for one in answers), "и сейчас"]
    assert lists(world) - before <= number / PAGE + AT_ONCE + 5
    assert world.count.totals["long_list"] <= number / PAGE / (10 if seconds else PAGES_A_TIME) + 1
    assert state(world).seen.below == 0


def test_list_without_progress_is_caught(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deliberate bug: nothing is kept of how far a list was read, so that each invocation begins anew. It never ends."""
    monkeypatch.setattr(answers, "seen_after_stretch", lambda seen, _stretch, _decided: seen)
    written(chat, 700, every=8.0)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=2 * MINUTE)  # without the bug the answer is there after some seconds
    assert (chat.phone(), state(chat).seen.below) == ([], 0)


def test_old_answers_of_a_long_list_are_told_of_not_sent(chat: World) -> None:
    """A chat that its owner served from the phone for months: what an employee wrote then is no surprise for the client."""
    written(chat, 2_000, every=20 * MINUTE, answers=(1_000,))
    chat.client_writes("снова я")
    chat.settle(for_seconds=MINUTE)
    chat.employee_answers("и сейчас")
    chat.settle()
    assert chat.phone() == ["и сейчас"]
    assert [text for text in (one.description for one in chat.comments()) if "«комментарий 1000»" in text]


@pytest.mark.parametrize("history", [1_300, 5_000])
def test_where_new_ones_begin_is_found_in_few_requests(chat: World, history: int) -> None:
    """What is done with is not read again, however much lies below."""
    written(chat, history, every=1.0)
    chat.employee_answers("раньше")
    chat.settle(for_seconds=HOUR)
    chat.clock.now += HOUR
    written(chat, 700, every=8.0, answers=(0, 699))
    before = lists(chat)
    chat.employee_answers("сейчас")
    chat.settle(for_seconds=HOUR)
    assert chat.phone() == ["раньше", "комментарий 0", "комментарий 699", "сейчас"]
    assert lists(chat) - before <= AT_ONCE + 2 * (history // PAGE).bit_length() + 700 / PAGE + 3


def test_search_that_is_interrupted_goes_on(chat: World) -> None:
    """A container that dies at every third request still comes to the end."""
    written(chat, 2_000, every=1.0)
    chat.employee_answers("раньше")
    chat.settle(for_seconds=HOUR)
    chat.clock.now += HOUR
    written(chat, 900, every=8.0, answers=(3, 700))

    def die(number: int) -> None:
        if number % 3 == 0:
            raise RuntimeError

    watch(chat, die)
    chat.employee_answers("сейчас")
    chat.settle(for_seconds=DAY / 2)
    assert chat.phone() == ["раньше", "комментарий 3", "комментарий 700", "сейчас"]


def test_comments_that_come_and_go_meanwhile_hide_none(chat: World) -> None:
    """What is written while a long list is read is found, and what is deleted lets none slip through."""
    said = ["комментарий 450", "комментарий 1200", "комментарий 1999"]
    written(chat, 2_000, every=8.0, answers=(450, 1_200, 1_999))
    doomed = [one.id for one in chat.comments()[1:-1] if one.id % 4 == 0 and one.description not in said]

    def meddle(number: int) -> None:
        for one in doomed[(number - 1) * 30 : number * 30]:
            chat.planfix.delete_comment(one)
        chat.planfix.employee_comments(chat.task, USER, f"между нами {number}")

    watch(chat, meddle)
    chat.employee_answers("сейчас")
    chat.settle()
    assert chat.phone() == [*said, "сейчас"]


def test_row_of_a_task_stays_small_while_its_long_list_is_read(chat: World) -> None:
    """Of ten thousand comments the row keeps no more numbers than of any other list, also where all are of one minute."""
    written(chat, 1_500, every=0.001, answers=(5, 1_300))
    most: list[int] = []
    watch(chat, lambda _: most.append(len(state(chat).seen.decided)))
    chat.employee_answers("сейчас")
    chat.settle()
    assert max(most) <= MOST_KEPT
    assert chat.phone() == ["комментарий 5", "комментарий 1300", "сейчас"]


def test_answer_that_waits_in_a_long_list_holds_what_follows(chat: World) -> None:
    """Told to wait in the middle: what lies above waits too, and nothing goes out twice or out of turn."""
    written(chat, 2_000, every=8.0, answers=(100, 500, 501, 1_999))
    told = {"retry_after": 1800}
    chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=told)
    chat.employee_answers("сейчас")
    chat.settle(for_seconds=3 * HOUR)
    assert chat.phone() == [*(f"комментарий {one}" for one in (100, 500, 501, 1_999)), "сейчас"]


def test_strange_comments_of_a_long_list_stop_no_other(chat: World) -> None:
    """Neither one without a number nor one without a date."""
    written(chat, 1_200, every=8.0, answers=(300, 900))
    numbers = [one.id for one in chat.comments()]
    make_strange(chat, numbers[200], id=None)
    make_strange(chat, numbers[400], dateTime=None)
    chat.employee_answers("сейчас")
    chat.settle()
    assert chat.phone() == ["комментарий 300", "комментарий 900", "сейчас"]
    assert [text for text in (one.description for one in chat.comments()) if "прочитать" in text]
