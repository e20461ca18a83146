"""Answers whose way is long: outages, lost replies, changed tokens, and what their authors read meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bridge.errors import Reason
from bridge.model import Chat
from bridge.moment import until
from bridge.texts import Texts
from tests.world import CLIENT, OWNER, SECOND_CLIENT, World, notices

HOUR = 3600.0
NOON = 1_763_726_400.0
CHAT = Chat("main", str(OWNER), CLIENT)


def letters(world: World) -> list[tuple[str, str]]:
    """Kind and reason of each dead letter of the queue to Telegram."""
    return [(one["kind"], one["dead"]["reason"]) for one in world.waiting("to-telegram-dead.fifo")]


def test_answer_written_while_the_token_was_changed_goes_out(chat: World) -> None:
    """A refused token is looked at for two minutes before an answer is held: the admin may just be changing it."""
    account = chat.accounts["main"]
    chat.telegram.revoke_token(account.token)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=30)
    _give_new_token(chat)
    chat.settle(for_seconds=HOUR)
    assert (chat.phone(), notices(chat)) == (["ответ"], [])


def test_answer_held_for_a_token_goes_out_with_the_new_one(chat: World) -> None:
    """Held, and the token changed before anybody was told of it: it goes out by itself."""
    chat.telegram.revoke_token(chat.accounts["main"].token)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=200)
    assert [text[0] for text in notices(chat)] == ["⏸"], "GIVEN that it is held"
    _give_new_token(chat)
    chat.settle(for_seconds=HOUR)
    assert chat.phone() == ["ответ"]


def _give_new_token(world: World) -> None:
    account = world.accounts["main"]
    token = "123456:BBF-main-bot-token-of-the-tests-NEW"
    bot = world.telegram.world.bots.pop(account.token)
    bot.token, bot.revoked = token, False
    world.telegram.world.bots[token] = bot
    world.accounts["main"] = dataclasses.replace(account, token=token)
    world.put_settings(world.accounts["main"], {})


def test_young_answer_is_not_given_up_with_an_old_one(chat: World) -> None:
    """Each answer has a budget of its own, whichever call found it."""
    chat.update_settings(give_up_answers_after=24)
    chat.telegram.fail_next(status=502, times=100_000)
    chat.employee_answers("вчерашний")
    chat.settle(for_seconds=23.9 * HOUR)
    chat.employee_answers("сегодняшний")
    chat.settle(for_seconds=HOUR)
    assert letters(chat) == [("answer", "service_down")]
    chat.telegram.world.faults.waiting.clear()
    chat.client_writes("вы тут?")
    chat.settle(for_seconds=2 * HOUR)
    assert chat.phone() == ["сегодняшний"]


@pytest.mark.needs("reads_answers_again")
def test_answer_behind_a_waiting_one_has_its_notice_too(chat: World) -> None:
    """Told to wait for 13 hours: whoever writes an hour later reads that it waits."""
    wait = {"retry_after": 46_800}
    chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=wait)
    chat.employee_answers("первый")
    chat.settle(for_seconds=HOUR)
    chat.employee_answers("второй")
    chat.settle(for_seconds=HOUR * 5 / 4)
    assert ["«первый»" in text or "«второй»" in text for text in notices(chat)] == [True, True]
    chat.settle(for_seconds=14 * HOUR)
    assert chat.phone() == ["первый", "второй"]
    assert [text[0] for text in notices(chat)] == ["⏳", "⏳", "✅", "✅"]


@pytest.mark.needs("reads_answers_again")
def test_waiting_answer_that_became_a_remark_ends_with_a_notice(chat: World) -> None:
    """Its author was promised that it goes out by itself; when it is for no client any more, he is told."""
    wait = {"retry_after": 7_200}
    chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=wait)
    number = chat.employee_answers("ответ")
    chat.settle(for_seconds=400)
    assert [text[0] for text in notices(chat)] == ["⏳"], "GIVEN that it waits"
    chat.planfix._world.comments[number].recipients.users.clear()
    chat.settle(for_seconds=3 * HOUR)
    assert chat.phone() == []
    assert "не уведомляет" in notices(chat)[-1]


@pytest.mark.needs("reads_answers_again")
def test_answer_behind_a_waiting_command_has_its_notice_too(chat: World) -> None:
    """What waits in front need not be an answer."""
    chat.employee_answers("нулевой")
    chat.settle(for_seconds=60)
    wait = {"retry_after": 46_800}
    chat.telegram.fail_next("editMessageText", status=429, description="Too Many Requests", parameters=wait)
    chat.employee_answers("/edit ноль")
    chat.employee_answers("ответ")
    chat.settle(for_seconds=HOUR)
    assert [text[0] for text in notices(chat)] == ["⏳"]


@pytest.mark.parametrize("then", ["blocked", "lost again"])
def test_what_becomes_of_a_sent_again_answer_is_told_each_time(make_world: Callable[..., World], then: str) -> None:
    """Unknown, sent again by command, and it fails again: that is told, and another command may send it."""
    world = make_world(settings={"on_unknown_delivery": "ask"})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendMessage", status=502)
    world.employee_answers("ответ")
    world.settle(for_seconds=600)
    assert [text[0] for text in notices(world)] == ["❓"], "GIVEN that nobody knows"
    if then == "blocked":
        world.telegram.block(CLIENT, OWNER)
    else:
        world.telegram.fail_next("sendMessage", status=502)
    world.employee_answers("/send")
    world.settle(for_seconds=600)
    assert [text[0] for text in notices(world)] == ["❓", "⚠" if then == "blocked" else "❓"]
    if then == "lost again":
        world.employee_answers("/send")
        world.settle(for_seconds=600)
        assert world.phone() == ["ответ"]


def test_answer_is_sent_twice_at_most(chat: World) -> None:
    """What arrives and loses its reply each time is repeated once; then an employee has to look."""
    chat.telegram.fail_next("sendMessage", status=504, times=1000, apply=True)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=24 * HOUR)
    assert chat.phone() == ["ответ", "ответ"]
    assert notices(chat)[-1][0] == "❓"


def test_answer_is_not_repeated_into_an_outage(chat: World) -> None:
    """While Telegram answers nothing, the one repetition is saved for when it does."""
    chat.telegram.fail_next(status=502, times=20)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=5 * HOUR)
    assert chat.phone() == ["ответ"]
    assert [text[0] for text in notices(chat)] == ["⏳", "✅"]


def test_doubt_outlives_a_told_wait(chat: World) -> None:
    """Arrived with its reply lost, then told to wait, then blocked: nobody reads that it did not arrive."""
    chat.telegram.fail_next("sendMessage", status=502, apply=True)
    wait = {"retry_after": 70}
    chat.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=wait)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=40)
    chat.telegram.block(CLIENT, OWNER)
    chat.settle(for_seconds=600)
    assert (chat.phone(), [text[0] for text in notices(chat)]) == (["ответ"], ["❓"])


def test_notice_that_planfix_refuses_leaves_a_dead_letter(chat: World) -> None:
    """When nobody can be told that an answer did not go out, it lies where the admin sees it, and can be sent again."""
    chat.telegram.block(CLIENT, OWNER)
    if chat.route == "rest":
        path = f"/task/{chat.task}/comments/"
        chat.planfix.fail_next("POST", path, exact=True, status=400, code=6, error="Access denied", times=2)
    else:
        chat.planfix.chats.fail_next("messageStatus", status=400, error="Invalid parameters")
    chat.employee_answers("ответ")
    chat.settle()
    assert (notices(chat), letters(chat)) == ([], [("answer", "client_blocked_us")])


@pytest.mark.needs("reads_answers_again")
def test_notice_to_somebody_who_left_goes_to_the_assignees(chat: World) -> None:
    """Planfix refuses to notify a dismissed employee: then the task's people read it."""
    chat.telegram.block(CLIENT, OWNER)
    path = f"/task/{chat.task}/comments/"
    chat.planfix.fail_next("POST", path, exact=True, status=400, code=41, error="Bad recipients")
    chat.employee_answers("ответ")
    chat.settle()
    assert [text[0] for text in notices(chat)] == ["⚠"]


def test_owners_words_of_last_month_are_no_late_answers(chat: World) -> None:
    """What is older than the ledger remembers cannot be told from an answer, so it is none."""
    for number in range(3):
        chat.telegram.owner_writes(OWNER, CLIENT, text=f"с телефона {number}")
        chat.settle(for_seconds=600)
    chat.clock.now += 31 * 86_400
    chat.client_writes("снова я")
    chat.settle(for_seconds=600)
    chat.employee_answers("здравствуйте")
    chat.settle(for_seconds=600)
    chat.employee_answers("/send")
    chat.settle(for_seconds=600)
    assert chat.phone() == ["здравствуйте"]
    assert not [text for text in notices(chat) if "«" in text]


def test_name_that_may_not_be_read_stops_no_answer() -> None:
    """When Planfix refuses to name the employee, the answer is signed by the name that stands at the comment."""
    world = World(settings={"send_as_employee": True})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.planfix.fail_next("GET", "/user/", status=400, code=6, error="Access denied", times=100)
    world.employee_answers("ответ")
    world.settle()
    assert world.phone() == ["Мария Кожемякина:\nответ"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_notice_says_until_when_telegram_asks_to_wait(make_world: Callable[..., World], language: str) -> None:
    """Telegram named a time, to several chats: their authors read it, and so does whoever waits behind."""
    world = make_world(settings={"language": language})
    world.client_writes("Здравствуйте!")
    world.client_writes("И я!", client=SECOND_CLIENT)
    world.settle()
    world.clock.now += 12 * HOUR - world.clock.now % (24 * HOUR)  # noon
    wait = {"retry_after": 3000}
    world.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=wait, times=2)
    tasks = [one.id for one in world.planfix.tasks()]
    at = datetime.fromtimestamp(world.clock.now, UTC) + timedelta(seconds=3000)
    world.employee_answers("первый", task=tasks[0])
    world.employee_answers("второй", task=tasks[0])
    world.employee_answers("третий", task=tasks[1], notify=(world.contact_of(SECOND_CLIENT),))
    world.settle(for_seconds=2000)
    said = {
        one: [text for task in tasks for text in notices(world, task) if one in text]
        for one in ("первый", "второй", "третий")
    }
    if not world.can.reads_answers_again:  # nobody hears of the second before its turn: it has no tick yet
        assert said.pop("второй") == []
    asks = "Telegram просит подождать до" if language == "ru" else "Telegram asks to wait until"
    named = {f"{asks} {at + timedelta(minutes=minutes):%H:%M} UTC." for minutes in (0, 1)}
    assert all(any(one in texts[0] for one in named) for texts in said.values()), said


def test_time_is_said_only_where_a_service_named_one() -> None:
    """Telegram and Planfix name times; what merely failed comes back by itself, nobody knows when."""
    texts = Texts("en")
    assert texts.why(Reason.PLANFIX_QUOTA, until="21:40").endswith("Planfix asks to wait until 21:40 UTC.")
    assert texts.why(Reason.SERVICE_DOWN, until="21:40") == texts.why(Reason.SERVICE_DOWN)


@pytest.mark.parametrize(
    ("at", "said"),
    [(NOON + 60, "12:01"), (NOON + 61, "12:02"), (NOON + 12 * HOUR - 1, "22.11.2025 00:00"), (NOON + 1e12, "")],
)
def test_minute_until_which_something_waits(at: float, said: str) -> None:
    """The minute in which it has come, with its day when that is another one; nothing where there is no such date."""
    assert until(at, NOON) == said


def test_held_answer_says_how_long_it_is_held(chat: World) -> None:
    """What waits for the client does not wait for ever: the notice says until when."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    before = chat.clock()
    chat.employee_answers("ответ")
    chat.settle()
    limits = [datetime.fromtimestamp(before + 72 * HOUR + s, UTC).strftime("%d.%m.%Y %H:%M") for s in (0, 60, 120)]
    assert any(f"не позже {limit} UTC" in notices(chat)[0] for limit in limits)
