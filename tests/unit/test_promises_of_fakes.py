"""What people did and what is seen, read from the fakes: the whole bridge in one process, judged by the promises."""

import json

import pytest

from local.promises.account import Chat, Seen
from local.promises.check import broken
from local.promises.deeds_of_fakes import deeds_in, marks_of
from local.promises.of_aws import letters
from local.promises.of_fakes import albums_handed, comments_in, contacts_in, known_file, sent_by, still_to_hand
from tests.world import CLIENT, MANAGER, OWNER, TASK_TEMPLATE, USER, World

MINE = Chat("main", str(OWNER), CLIENT)


@pytest.fixture
def world():
    """A client wrote, and was answered."""
    world = World()
    world.client_writes("Здравствуйте! Есть <чай>?\nИ кофе")
    world.settle()
    world.employee_answers("<p>Есть <b>зелёный</b> &amp; чёрный, сорта на выбор, цены в списке</p><p>Пишите</p>")
    world.settle()
    return world


def deeds(world):
    """What people did there."""
    return deeds_in(world.telegram, world.bots, world.planfixes, world.dynamodb.items("chats"))


def seen(world, found):
    """What is seen there."""
    host, planfix = next(iter(world.planfixes.items()))
    ledger = world.dynamodb.items("ledger")
    return Seen(
        marks_of(found),
        comments=comments_in(planfix, host),
        sent=sent_by(world.telegram, world.bots, ledger),
        contacts=contacts_in(planfix, host),
        left=list(still_to_hand(world.telegram, world.bots)),
        connections=world.dynamodb.items("connections"),
        chats=world.dynamodb.items("chats"),
        ledger=ledger,
        now=world.clock(),
    )


def broken_in(world):
    """The promises that were not kept there."""
    found = deeds(world)
    return broken(found, seen(world, found))


def test_a_conversation_is_read_from_the_fakes(world):
    """Texts are recognised by the beginning of their first line, cut between two words."""
    found = deeds(world)
    assert [(one.kind, one.chat, one.text) for one in found.said] == [("message", MINE, "Здравствуйте! Есть <чай>?")]
    assert [(one.words, one.meant_for_client) for one in found.answers] == [
        (["Есть зелёный & чёрный, сорта на выбор,"], True)
    ]
    assert broken_in(world) == []


def test_who_wrote_what_kind_is_told_apart(world):
    """Owners, greetings, edits, deletions, /start with its source, files."""
    file_id = world.telegram.put_file(b"photo", "1.jpg", "image/jpeg")
    world.client_writes(None, **world.telegram.media("photo", file_id), caption="Фото")
    told = world.client_writes("Опечтка")
    world.telegram.client_edits(world.bot, CLIENT, told["message_id"], text="Опечатка", owner_id=OWNER)
    world.telegram.client_deletes(world.bot, CLIENT, [told["message_id"]], owner_id=OWNER)
    world.telegram.owner_writes(OWNER, CLIENT, "С телефона")
    world.telegram.owner_writes(OWNER, CLIENT, "Мы спим", is_from_offline=True)
    world.telegram.start(world.bot, CLIENT, "promo-7")
    world.settle()
    found = deeds(world)
    assert [(one.kind, one.text) for one in found.said[1:]] == [
        ("photos", "Фото"),
        ("message", "Опечтка"),
        ("edit", "Опечатка"),
        ("deletion", str(told["message_id"])),
        ("owner", "С телефона"),
        ("automatic", "Мы спим"),
        ("message", "promo-7"),
    ]
    assert found.said[1].photos == (b"photo",)
    assert broken_in(world) == []


def test_answers_remarks_and_commands_are_told_apart(world):
    """By whom a comment notifies, and by its first word; a quotation is not the answer."""
    file = world.planfix.put_file(b"price", "price.txt", "text/plain")
    notify = (world.contact_of(),)
    world.employee_answers("Для своих", notify=(f"user:{MANAGER}",))
    world.planfix.employee_comments(world.task, USER, "", notify=notify, files=(file,))
    world.employee_answers("<blockquote>Здравствуйте! Есть &lt;чай&gt;?</blockquote><p>Именно</p>")
    world.employee_answers("//не команда")
    world.settle()
    world.employee_commands("/edit <b>команда</b>")
    world.settle()
    found = deeds(world)
    assert [(one.words, one.meant_for_client, one.command) for one in found.answers[1:]] == [
        (["Для своих"], False, ""),
        ([known_file(b"price")], True, ""),
        (["Именно"], True, ""),
        (["/не команда"], True, ""),
        (["/edit", "команда"], False, "/edit"),
    ]
    assert broken_in(world) == []


def test_history_is_no_answer():
    """What stood in a task before it was a chat's is nobody's deed; what was written for later, and appears after that, is."""
    world = World()
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    task = world.planfix.add_task("Заказ", counterparty=f"contact:{contact}", template_id=TASK_TEMPLATE)
    world.planfix.schedule_comment(task, USER, "Позже", at=world.clock() + 900, notify=(f"contact:{contact}",))
    world.planfix.employee_comments(task, USER, "Старое", notify=(f"contact:{contact}",))
    world.clock.sleep(120)
    world.client_writes("Здравствуйте")
    world.settle(for_seconds=300)
    world.employee_answers("Новое", task=task)
    world.settle(for_seconds=300)
    assert [one.words for one in deeds(world).answers] == [["Новое"]]
    world.clock.sleep(900)
    world.settle()
    assert [one.words for one in deeds(world).answers] == [["Позже"], ["Новое"]]
    assert broken_in(world) == []


def test_what_was_written_for_later_is_known_by_its_place(world):
    """It has an older number than what was seen before it."""
    notify = (world.contact_of(),)
    world.planfix.schedule_comment(world.task, USER, "Позже", at=world.clock() + 600, notify=notify)
    world.employee_answers("Сейчас")
    world.settle()
    world.clock.sleep(700)
    world.employee_answers("Потом")
    world.settle()
    assert [(one.words, one.scheduled) for one in deeds(world).answers[1:]] == [
        (["Позже"], True),
        (["Сейчас"], False),
        (["Потом"], False),
    ]
    assert broken_in(world) == []


def test_a_held_answer_is_seen_with_its_row_and_its_end(world):
    """Held it may wait; with its row gone the promise is broken; delivered it is kept."""
    world.telegram.pause_chat(OWNER, CLIENT)
    world.employee_answers("Придержан")
    world.settle()
    assert broken_in(world) == []
    found = deeds(world)
    shown = seen(world, found)
    shown.connections = [row for row in shown.connections if not row["item"].startswith("held#")]
    assert any("no row will do what is promised" in one for one in broken(found, shown))
    assert any("none is held" in one for one in broken(found, shown))
    world.telegram.resume_chat(OWNER, CLIENT)
    world.client_writes("Где ответ?")
    world.settle()
    assert broken_in(world) == []


def test_a_copy_that_the_ledger_does_not_know_is_seen(world):
    """Sent twice: allowed only where the reply was kept from the bridge."""
    found = deeds(world)
    shown = seen(world, found)
    assert [one.known for one in shown.sent] == [True]
    shown.sent += shown.sent
    assert any("sent twice without need" in one for one in broken(found, shown))
    lost = sent_by(world.telegram, world.bots, (), lambda text: "Есть" in text)
    assert [(one.known, one.disturbed) for one in lost] == [(False, True)]


def test_an_edit_and_what_the_owner_is_told_are_no_answers(world):
    """An edit changes a message; the bot's words to an owner reach no client."""
    world.employee_commands("/edit Есть всякий")
    world.settle()
    world.telegram.disconnect(OWNER)
    world.settle()
    shown = sent_by(world.telegram, world.bots, world.dynamodb.items("ledger"))
    assert [one.is_edit for one in shown] == [False, True]
    assert {one.chat for one in shown} == {MINE}


def test_a_deleted_task_is_a_lost_one(world):
    """In the bin or purged."""
    task = world.task
    assert deeds(world).lost_tasks == []
    world.planfix.delete_task(task, purged=False)
    assert deeds(world).lost_tasks == [("acme.planfix.ru", task)]
    world.planfix.delete_task(task, purged=True)
    assert deeds(world).lost_tasks == [("acme.planfix.ru", task)]


def test_an_album_is_read_with_the_times_at_which_it_was_handed_over(world):
    """By Telegram's clock, each member when a webhook first took it."""
    for number in range(2):
        file_id = world.telegram.put_file(f"photo {number}".encode(), f"{number}.jpg", "image/jpeg")
        world.client_writes(None, **world.telegram.media("photo", file_id), media_group_id="holiday")
    began = world.clock()
    world.settle()
    [album] = albums_handed(world.telegram, world.bots)
    assert (album.chat, album.name) == (MINE, "holiday")
    assert [one.photo for one in album.members] == [b"photo 0", b"photo 1"]
    assert all(began <= one.handed_at <= began + 1 for one in album.members)


def test_what_telegram_still_holds_is_left(world):
    """An update that no webhook took."""
    world.client_writes("Ау")
    assert [one.update for one in still_to_hand(world.telegram, world.bots)] == [("main", world.bot.next_update_id - 1)]


def test_dead_letters_are_read_and_stay(world):
    """Each is a group of its own, and more than a batch of them are read."""
    address = world.urls["to-planfix-dead.fifo"]
    for number in range(12):
        world.sqs.send_message(
            QueueUrl=address,
            MessageBody=json.dumps({"number": number}),
            MessageGroupId=str(number),
            MessageDeduplicationId=str(number),
        )
    for _ in range(2):
        assert sorted(one["number"] for one in letters(world.sqs, address)) == list(range(12))
