"""Answers that Telegram refuses for now: held, sent, cancelled, put aside; and what the employee reads of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.aws.dynamodb import Table
from bridge.aws.waiting import Waiting
from bridge.model import Chat
from bridge.queued import MayGo
from tests.clock import Ahead
from tests.world import CLIENT, MAIN, OWNER, USER, World, carry, notices

HOUR = 3600.0


def test_held_answer_goes_out_when_the_client_writes(stopped: World) -> None:
    """A refused answer is held and sent, once, after the client's next message."""
    stopped.employee_answers("один")
    stopped.settle()
    assert stopped.phone() == []
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == ["один"]
    assert ["пока не доставлен" in notices(stopped)[0], "отправлен клиенту" in notices(stopped)[1]] == [True, True]


def test_later_answers_join_the_held_ones_in_order(stopped: World) -> None:
    """While something is held, nothing overtakes it."""
    for text in ("один", "два"):
        stopped.employee_answers(text)
        stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.employee_answers("три")
    stopped.settle()
    assert stopped.phone() == ["один", "два", "три"]


def test_answer_held_for_the_window_waits_for_the_client(world: World) -> None:
    """After 24 hours without a client's message the answer is held until there is one."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.clock.now += 25 * HOUR
    world.employee_answers("поздно")
    world.settle()
    assert world.phone() == []
    world.client_writes("я снова здесь")
    world.settle()
    assert world.phone() == ["поздно"]


def test_answer_held_for_a_right_goes_out_when_it_returns(world: World) -> None:
    """When the owner gives the right back, held answers go out without waiting for the client."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.change_connection(OWNER, rights=())
    world.employee_answers("без права")
    world.settle()
    assert world.phone() == []
    world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle()
    assert world.phone() == ["без права"]


def test_cancel_cancels_what_is_held(stopped: World) -> None:
    """/cancel puts held answers aside, says so, and is itself never sent."""
    stopped.employee_answers("один")
    stopped.employee_answers("/cancel")
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == []
    assert "отменён" in notices(stopped)[-1]


def test_send_brings_a_cancelled_answer_back(stopped: World) -> None:
    """/send sends what was cancelled."""
    stopped.employee_answers("один")
    stopped.employee_answers("/cancel")
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.employee_commands("/send")
    stopped.settle()
    assert stopped.phone() == ["один"]


@pytest.mark.parametrize("command", ["/send", "/cancel"])
def test_command_without_anything_to_do_says_so(stopped: World, command: str) -> None:
    """A command that concerns nothing is answered, not ignored."""
    stopped.employee_answers(command)
    stopped.settle()
    assert "нет ответов" in notices(stopped)[-1]


def test_owner_on_the_phone_cancels_what_is_held(stopped: World) -> None:
    """Writing from the phone is the remedy that we advise: what was held is not sent on top of it."""
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.clock.now += 25 * HOUR  # GIVEN a closed window: in a stopped chat the bot would not hear the owner either
    stopped.employee_answers("один")
    stopped.settle()
    stopped.telegram.owner_writes(OWNER, CLIENT, "отвечаю сам")
    stopped.settle()
    stopped.client_writes("спасибо")
    stopped.settle()
    assert stopped.phone() == []
    assert any("написали из самого Telegram" in text for text in notices(stopped))
    stopped.employee_answers("/send")
    stopped.settle()
    assert stopped.phone() == ["один"]


def test_held_answer_expires_with_a_notice(stopped: World) -> None:
    """After hold_for the answer is given up with a notice, by itself, and the list is empty."""
    stopped.employee_answers("один")
    stopped.settle()
    stopped.settle(for_seconds=73 * HOUR)
    assert "ждал слишком долго" in notices(stopped)[-1]
    assert not stopped.runtime.chats.state(next(iter(chat_keys(stopped)))).holds
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == []


def chat_keys(world: World) -> list[object]:
    """The client's chat in the business account."""
    from bridge.model import Chat  # noqa: PLC0415 - used here only

    return [Chat("main", str(OWNER), CLIENT)]


def test_nothing_is_held_when_the_setting_is_off(make_world: Callable[..., World]) -> None:
    """With hold_refused off, a refused answer is refused for good."""
    world = make_world(settings={"hold_refused": False})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.pause_chat(OWNER, CLIENT)
    world.employee_answers("один")
    world.settle()
    world.telegram.resume_chat(OWNER, CLIENT)
    world.client_writes("ау")
    world.settle()
    assert world.phone() == []
    assert "не доставлен" in notices(world)[0]


def test_held_rows_hold_no_words(stopped: World) -> None:
    """Tables keep ids of held answers, never their text."""
    stopped.employee_answers("тайные слова")
    stopped.settle()
    assert "тайные" not in str([stopped.dynamodb.items(name) for name in ("connections", "chats", "ledger")])


@pytest.mark.needs("reads_answers_again")
def test_deleted_comment_is_not_sent_later(stopped: World) -> None:
    """A held answer whose comment the employee deleted is dropped, and the next one goes out."""
    first = stopped.employee_answers("один")
    stopped.employee_answers("два")
    stopped.settle()
    stopped.planfix.delete_comment(first)
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == ["два"]


def test_answer_that_waits_is_noticed_after_five_minutes(world: World) -> None:
    """An answer not delivered after five minutes gets one notice, and one when it went out."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 1000}
    )
    world.employee_answers("один")
    world.settle(for_seconds=2 * HOUR)
    assert world.phone() == ["один"]
    assert ["ещё не доставлен" in notices(world)[0], "отправлен клиенту" in notices(world)[1]] == [True, True]
    assert len(notices(world)) == 2


def test_answer_delivered_soon_brings_no_notice(world: World) -> None:
    """A short wait is nobody's concern."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 60})
    world.employee_answers("один")
    world.settle()
    assert (world.phone(), notices(world)) == (["один"], [])


def test_answer_is_given_up_after_its_budget(world: World) -> None:
    """An answer that fails for a day goes to the dead letters with its reason, its author is told, the chat goes on."""
    world.update_settings(give_up_answers_after=24)
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next(status=502, description="Bad Gateway", times=10_000)
    world.employee_answers("один")
    world.settle(for_seconds=26 * HOUR)
    letters = world.waiting("to-telegram-dead.fifo")
    assert [(one["kind"], one["dead"]["reason"]) for one in letters] == [("answer", "service_down")]
    assert "не удалось доставить" in notices(world)[-1]
    assert "один" not in str(letters)


@pytest.mark.parametrize(("policy", "arrives"), [("resend", ["один", "один"]), ("ask", ["один"])])
def test_lost_answer_of_telegram_follows_the_policy(
    make_world: Callable[..., World], policy: str, arrives: list[str]
) -> None:
    """When Telegram's answer is lost after the effect: `resend` sends again, `ask` tells the employee."""
    world = make_world(settings={"on_unknown_delivery": policy})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendMessage", status=502, description="Bad Gateway", apply=True)
    world.employee_answers("один")
    world.settle()
    assert world.phone() == arrives
    assert any("Неизвестно" in text for text in notices(world)) == (policy == "ask")
    if policy == "ask":
        world.employee_answers("/send")
        world.settle()
        assert world.phone() == ["один", "один"]


def test_unknown_error_is_retried_then_refused_with_its_words(world: World) -> None:
    """An error that nobody knew is tried again for two minutes, then refused with Telegram's own text."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendMessage", status=400, description="Bad Request: A_NEW_THING", times=100)
    world.employee_answers("один")
    world.settle()
    assert world.count.totals["unknown_telegram_error"] > 2
    assert "A_NEW_THING" in notices(world)[-1]


def test_lost_account_is_told_once_and_when_it_is_back(world: World) -> None:
    """Two minutes after the right was lost: one message to the owner, one notice in tasks that wait; and once when back."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.change_connection(OWNER, rights=())
    world.settle()
    assert sum("сейчас не отправляются" in text for text in notices(world)) == 1
    told = [one.text for one in world.telegram.chat_of(OWNER, None, bot=world.bot) if one.who == "bot"]
    assert world.count.totals["account_lost"] == 1
    world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle()
    assert sum("восстановлена" in text for text in notices(world)) == 1
    assert len(told) <= 1


def test_flapping_switch_is_nobodys_concern(world: World) -> None:
    """A right that returns within two minutes brings no notice."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.change_connection(OWNER, rights=())
    world.settle(for_seconds=30)
    world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle()
    assert notices(world) == []


def test_answered_chat_gets_no_notice_of_a_lost_account(world: World) -> None:
    """Only tasks in which somebody waits are told."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("ответ")
    world.settle()
    world.telegram.disconnect(OWNER)
    world.settle()
    assert notices(world) == []


def test_revoked_token_holds_answers_and_is_told(world: World) -> None:
    """With the token revoked answers are held; when a new one works, everything goes out and is told."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.revoke_token(MAIN.token)
    world.employee_answers("один")
    world.settle(for_seconds=600)
    assert world.count.totals["bot_lost"] == 1
    assert any("Токен бота" in text for text in notices(world))


@pytest.mark.needs("reads_answers_again")
def test_notices_are_addressed_to_the_author(stopped: World) -> None:
    """Each notice about an answer notifies the employee who wrote it, never the client."""
    stopped.employee_answers("один")
    stopped.settle()
    notice = next(one for one in stopped.comments() if one.owner == "user:900")
    assert notice.recipients.users == [f"user:{USER}"]


def test_held_answer_expires_by_any_containers_clock(stopped: World) -> None:
    """GIVEN that the timer comes to a container whose clock is five seconds behind: it is the last that looks."""
    stopped.employee_answers("один")
    stopped.settle(for_seconds=60)
    (timer,) = [one for one in stopped.waiting("to-telegram.fifo") if one["kind"] == "timer"]
    stopped.clock.now = timer["due"]
    behind = Ahead(stopped.clock, -5)
    waiting = Waiting(Table(stopped.dynamodb, "connections"), behind)
    slow = replace(stopped.runtime, clock=behind, waiting=waiting, _built={})
    with slow.invocation(lambda: 120_000):
        carry(slow.integration("main"), MayGo("main", str(OWNER), CLIENT, timer["due"]))
    assert stopped.runtime.waiting.answers("held", Chat("main", str(OWNER), CLIENT)) == []
    assert "/send" in notices(stopped)[-1]
