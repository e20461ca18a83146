"""Planfix to client: which comments go out, how, and what the employee reads when one does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.model import Seen
from bridge.planfix.rest import PlanfixRest
from bridge.queued import Look
from tests.world import CLIENT, MANAGER, OWNER, TASK_TEMPLATE, USER, World, carry, notices


def test_answer_reaches_the_client_for_the_account(chat: World) -> None:
    """A comment that notifies the client is sent on behalf of the business account."""
    chat.employee_answers("<p>Доставим <b>завтра</b></p>")
    chat.settle()
    seen = [one for one in chat.telegram.chat_of(CLIENT, OWNER) if one.who == "bot"]
    marks = [("bold", 9, 6)] if chat.can.formats else []
    assert [(one.text, [(mark["type"], mark["offset"], mark["length"]) for mark in one.entities]) for one in seen] == [
        ("Доставим завтра", marks)
    ]


def test_answer_in_the_own_bot(world: World) -> None:
    """In the own bot's chat the answer comes from the bot."""
    world.client_writes("раз", owner=None)
    world.settle()
    world.employee_answers("два")
    world.settle()
    assert world.phone(owner=None) == ["два"]


def test_signature_is_the_employees_line(chat: World) -> None:
    """With send_as_employee on, the first line is the employee's bold last and first name."""
    chat.update_settings(send_as_employee=True)
    chat.employee_answers("Доставим завтра")
    chat.settle()
    seen = chat.telegram.chat_of(CLIENT, OWNER)[-1]
    assert seen.text == "Кожемякина Мария:\nДоставим завтра"
    assert [(mark["type"], mark["offset"], mark["length"]) for mark in seen.entities] == [("bold", 0, 17)]


def test_internal_comment_is_never_sent(chat: World) -> None:
    """A comment that does not notify the client stays inside."""
    chat.employee_answers("между нами", notify=(f"user:{MANAGER}",))
    chat.settle()
    assert chat.phone() == []


@pytest.mark.needs("reads_answers_again")
def test_employee_is_told_to_tick_the_client_once_a_day(chat: World) -> None:
    """Comments that leave an unanswered client unnotified get one reminder a day, addressed to their author."""
    chat.employee_answers("сейчас узнаю", notify=())
    chat.settle()
    chat.employee_answers("узнал", notify=())
    chat.settle()
    reminders = [one for one in chat.comments() if "клиент не отмечен" in one.description]
    assert [(one.recipients.users, "сейчас узнаю" in one.description) for one in reminders] == [
        ([f"user:{USER}"], True)
    ]
    chat.clock.now += 86_401
    chat.employee_answers("и ещё", notify=())
    chat.settle()
    assert len([one for one in chat.comments() if "клиент не отмечен" in one.description]) == 2


@pytest.mark.needs("reads_answers_again")
def test_internal_comment_after_an_answer_brings_no_reminder(chat: World) -> None:
    """A client who has an answer waits for nothing: internal remarks are nobody's mistake."""
    chat.employee_answers("ответ")
    chat.settle()
    chat.employee_answers("между нами", notify=())
    chat.settle()
    assert not [one for one in chat.comments() if "не отмечен" in one.description]


def test_answers_go_out_in_order_of_their_numbers(chat: World) -> None:
    """Several answers found at once are sent in order."""
    chat.planfix.fail_next(path_prefix=f"/task/{chat.task}/comments/list", status=500, code=0, error="x", times=1)
    for text in ("один", "два", "три"):
        chat.employee_answers(text)
    chat.settle()
    assert chat.phone() == ["один", "два", "три"]


@pytest.mark.needs("reads_answers_again")
def test_missed_call_loses_nothing(chat: World) -> None:
    """An answer whose scenario call never came goes out with the next one."""
    scenario_is_off = chat.planfix
    chat.delivery.deliver_pending()
    scenario_is_off._scenarios.added, kept = [], scenario_is_off._scenarios.added
    chat.employee_answers("один")
    scenario_is_off._scenarios.added = kept
    chat.employee_answers("два")
    chat.settle()
    assert chat.phone() == ["один", "два"]


@pytest.mark.needs("reads_answers_again")
def test_repeated_call_doubles_nothing(chat: World) -> None:
    """A scenario call that comes three times sends an answer once."""
    chat.employee_answers("один")
    chat.settle()
    for again in range(3):
        chat.runtime.queues["to-telegram.fifo"].put(
            {
                "kind": "task",
                "integration": "main",
                "host": "acme.planfix.ru",
                "task": chat.task,
                "received_at": chat.clock(),
            },
            group=f"main:{CLIENT}",
            deduplication_id=f"again-{again}",
        )
    chat.settle()
    assert chat.phone() == ["один"]


def test_comment_written_for_later_is_found(chat: World) -> None:
    """A scheduled comment has an older number than what was sent meanwhile, and still goes out."""
    chat.planfix.schedule_comment(chat.task, USER, "позже", at=chat.clock() + 600, notify=(chat.contact_of(),))
    chat.employee_answers("сейчас")
    chat.settle()
    assert chat.phone() == ["сейчас"]
    chat.clock.now += 700
    chat.settle()
    assert chat.phone() == ["сейчас", "позже"]


@pytest.mark.needs("reads_answers_again")
def test_history_of_an_adopted_task_is_never_sent(world: World) -> None:
    """What was said in a task before the bridge adopted it stays there."""
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    task = world.planfix.add_task("Заказ", counterparty=f"contact:{contact}", template_id=TASK_TEMPLATE)
    world.planfix.employee_comments(task, USER, "старое письмо", notify=(f"contact:{contact}",))
    world.client_writes("раз")
    world.settle()
    world.employee_answers("новое", task=task)
    world.settle()
    assert world.phone() == ["новое"]


def test_a_whole_page_of_new_comments_is_read_on(chat: World) -> None:
    """More than a hundred new comments are all found."""
    chat.planfix._scenarios.added, kept = [], chat.planfix._scenarios.added
    for number in range(120):
        chat.employee_answers(f"ответ {number}")
    chat.planfix._scenarios.added = kept
    chat.employee_answers("последний")
    chat.settle()
    assert chat.phone() == [*(f"ответ {number}" for number in range(120)), "последний"]


def test_clients_own_comment_is_not_sent_back(chat: World) -> None:
    """The client's words, which are the contact's comment, never return to the client."""
    chat.settle()
    assert chat.phone() == []


def test_long_answer_is_split_and_nothing_is_lost(chat: World) -> None:
    """A text over Telegram's limit arrives in parts that together hold all of it."""
    words = [f"слово{number}" for number in range(1500)]
    chat.employee_answers(" ".join(words))
    chat.settle()
    parts = chat.phone()
    assert len(parts) > 1
    assert all(len(part.encode("utf-16-le")) // 2 <= 4096 for part in parts)
    assert " ".join(parts).split() == words


@pytest.mark.needs("reads_answers_again")
def test_answer_found_a_day_late_is_noticed_not_sent(chat: World) -> None:
    """An answer found more than a day late is not sent by surprise; its author is told."""
    chat.planfix._scenarios.added, kept = [], chat.planfix._scenarios.added
    chat.employee_answers("вчерашнее")
    chat.planfix._scenarios.added = kept
    chat.clock.now += 86_400 + 120
    chat.client_writes("ау")
    chat.employee_answers("сегодняшнее")
    chat.settle()
    assert chat.phone() == ["сегодняшнее"]
    notice = next(one for one in chat.comments() if "вчерашнее" in one.description and "сутки" in one.description)
    assert notice.recipients.users == [f"user:{USER}"]


REFUSALS = {
    "window": "больше 24 часов",
    "stopped": "остановлен",
    "right": "права отвечать",
    "connection": "отключён",
    "blocked": "заблокировал",
    "deactivated": "удалён",
    "token": "Токен бота",
}


def refuse(world: World, why: str) -> None:
    """Make Telegram refuse for this reason."""
    match why:
        case "window":
            world.clock.now += 86_401
        case "stopped":
            world.telegram.pause_chat(OWNER, CLIENT)
        case "right":
            world.telegram.change_connection(OWNER, rights=())
        case "connection":
            world.telegram.disconnect(OWNER)
        case "blocked":
            world.telegram.block(CLIENT, OWNER)
        case "deactivated":
            world.telegram.deactivate(CLIENT)
        case "token":
            world.telegram.revoke_token(world.accounts["main"].token)


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_refusal_is_noticed_with_reason_and_remedy(make_world: Callable[..., World], why: str, language: str) -> None:
    """When Telegram refuses, the author reads which answer, why and what to do; the client sees nothing of it."""
    world = make_world(settings={"language": language})
    world.client_writes("Здравствуйте!")
    world.settle()
    refuse(world, why)
    world.employee_answers("Доставим завтра")
    world.settle()
    (notice,) = [text for text in notices(world) if "Доставим завтра" in text]
    assert (REFUSALS[why] in notice) == (language == "ru")
    assert world.phone() == []


def test_notice_is_written_once(chat: World) -> None:
    """Another answer after a refused one brings its own notice, and the first one no second."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    chat.employee_answers("один")
    chat.settle()
    chat.employee_answers("два")
    chat.settle()
    assert [("один" in one, "два" in one) for one in notices(chat)] == [(True, False), (False, True)]


def test_changed_connection_is_used_at_once(chat: World) -> None:
    """After the owner edits the settings, answers go by the new connection id."""
    chat.telegram.change_connection(OWNER)
    chat.employee_answers("после смены")
    chat.settle()
    assert chat.phone() == ["после смены"]


def test_connection_that_changes_while_sending_is_tried_anew(chat: World) -> None:
    """A send refused for a stale connection id is repeated with the owner's newest one."""
    chat.telegram.change_connection(OWNER)  # GIVEN the update that tells it still waits at Telegram
    update = chat.telegram.updates_for(chat.bot)[-1]
    original = chat.runtime.http.post

    def post(url: str, **kwargs: object) -> object:
        if url.endswith("/sendMessage"):
            chat.runtime.http.post = original  # type: ignore[method-assign]
            chat.runtime.integration("main").accounts.note_connection(  # the event arrives in this very moment
                update["business_connection"], received_at=chat.clock(), update_id=update["update_id"]
            )
        return original(url, **kwargs)

    chat.runtime.http.post = post  # type: ignore[method-assign, assignment]
    chat.delivery.deliver_pending = lambda: 0  # type: ignore[method-assign]
    chat.employee_answers("в этот миг")
    chat.settle()
    assert chat.phone() == ["в этот миг"]


def test_two_answers_of_which_one_is_refused(chat: World) -> None:
    """A refused answer does not hold the next one."""
    chat.telegram.fail_next("sendMessage", status=400, description="Bad Request: message is too long")
    chat.employee_answers("один")
    chat.employee_answers("два")
    chat.settle()
    assert chat.phone() == ["два"]


def test_answer_waits_while_telegram_says_so(chat: World) -> None:
    """After 429 the answer goes out by itself when the time has come."""
    chat.telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests: retry after 40", parameters={"retry_after": 40}
    )
    began = int(chat.clock())
    chat.employee_answers("подождём")
    chat.settle()
    assert chat.phone() == ["подождём"]
    assert chat.telegram.chat_of(CLIENT, OWNER)[-1].date - began >= 40


def test_contact_merged_meanwhile_is_recognised(chat: World) -> None:
    """An answer that notifies the contact into which the client's was merged still goes to the client."""
    other = chat.planfix.add_contact("Анна полностью", telegram_id=str(CLIENT))
    chat.planfix.merge_contacts(1, other)
    chat.planfix.employee_comments(chat.task, USER, "после слияния", notify=(f"contact:{other}",))
    chat.settle()
    assert chat.phone() == ["после слияния"]


def test_comment_that_notifies_another_contact_stays_inside(chat: World) -> None:
    """A comment to somebody else's contact is no answer to this client."""
    other = chat.planfix.add_contact("Поставщик")
    chat.planfix.employee_comments(chat.task, USER, "для поставщика", notify=(f"contact:{other}",))
    chat.settle()
    assert chat.phone() == []


def test_robot_of_a_scenario_may_answer(chat: World) -> None:
    """A scenario's comment that notifies the client is an answer too."""
    chat.planfix.add_user(77, "Автоответ")
    chat.planfix.employee_comments(chat.task, 77, "Ваш заказ собран", notify=(chat.contact_of(),))
    chat.settle()
    assert chat.phone() == ["Ваш заказ собран"]


@pytest.mark.needs("reads_answers_again")
def test_answer_without_showable_text_is_noticed(chat: World) -> None:
    """A comment that holds nothing Telegram can show gets a notice instead of silence."""
    chat.employee_answers("<p>&nbsp;</p>")
    chat.settle()
    assert any("нет текста" in one.description for one in chat.comments())


@pytest.mark.needs("reads_answers_again")
def test_call_for_an_unknown_task_is_ignored(world: World) -> None:
    """A task that is no chat of ours is ignored and counted."""
    task = world.planfix.add_task("Чужая")
    world.planfix.employee_comments(task, USER, "привет")
    world.settle()
    assert world.count.totals["task_not_ours"] == 1


@pytest.mark.needs("reads_answers_again")
def test_answer_that_went_out_whole_is_done_whatever_changed_since(chat: World) -> None:
    """A redelivery after the signature was switched on neither sends again nor says that the answer was changed."""
    chat.employee_answers("Доставим завтра")
    chat.settle()
    chat.runtime.chats.decide("acme.planfix.ru", chat.task, Seen())  # GIVEN an attempt that died before it noted it
    chat.update_settings(send_as_employee=True)
    chat.runtime.tell(Look("main", "acme.planfix.ru", chat.task), f"main:{CLIENT}")
    chat.settle()
    assert chat.phone() == ["Доставим завтра"]
    assert not [one for one in chat.comments() if one.owner == "user:900"]


@pytest.mark.needs("reads_answers_again")
def test_notice_that_is_just_being_written_is_nobodys_mistake(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer's call reads the list in the moment in which the other journey writes a notice: nobody is nagged about that."""
    add = PlanfixRest.add_comment
    look = Look("main", "acme.planfix.ru", chat.task, chat.clock(), event="comment")

    def add_and_read(self: PlanfixRest, task_id: int, new: Any) -> int:
        number = add(self, task_id, new)
        monkeypatch.setattr(PlanfixRest, "add_comment", add)
        carry(chat.runtime.integration("main"), look)  # another container, before the number is in the ledger
        return number

    monkeypatch.setattr(PlanfixRest, "add_comment", add_and_read)
    chat.telegram.client_deletes(chat.bot, CLIENT, [chat.telegram.chat_of(CLIENT, OWNER)[0].message_id], owner_id=OWNER)
    chat.settle()
    assert [one.description[0] for one in chat.comments() if one.owner == "user:900"] == ["🗑"]
