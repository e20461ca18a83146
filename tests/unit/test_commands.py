"""What an employee can tell the bridge by a comment."""

from __future__ import annotations

import pytest

from tests.world import CLIENT, OWNER, USER, World, notices


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once and got one answer."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("Ответ с апечаткой")
    world.settle()
    return world


def command(world: World, text: str) -> None:
    """An employee says this to the bridge."""
    world.employee_commands(text)
    world.settle()


def test_edit_changes_the_last_answer(chat: World) -> None:
    """/edit gives the last answer a new text, formatting kept, and says so."""
    command(chat, "/edit Ответ с <b>опечаткой</b>")
    seen = [one for one in chat.telegram.chat_of(CLIENT, OWNER) if one.who == "bot"]
    assert [one.text for one in seen] == ["Ответ с опечаткой"]
    marks = [(mark["type"], mark["offset"], mark["length"]) for mark in seen[0].entities]
    assert marks == ([("bold", 8, 9)] if chat.can.formats else [])
    assert "изменён" in notices(chat)[-1]


def test_delete_takes_the_last_answer_back(chat: World) -> None:
    """/delete removes the last answer from the client's Telegram and says so."""
    chat.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    chat.settle()
    command(chat, "/delete")
    assert chat.phone() == []
    assert "удалён" in notices(chat)[-1]


def test_delete_that_telegram_refuses_is_explained(chat: World) -> None:
    """Without the right, or too late, the employee reads that it was not done and why."""
    command(chat, "/delete")
    assert chat.phone() == ["Ответ с апечаткой"]
    assert "не удалось" in notices(chat)[-1]
    assert "нет права удалять" in notices(chat)[-1]
    assert "разрешите удалять" in notices(chat)[-1]


@pytest.mark.parametrize("text", ["/edit", "/edit " + "я" * 5000])
def test_edit_that_is_no_single_message_is_explained(chat: World, text: str) -> None:
    """Nothing, or more than one message, cannot replace one message."""
    command(chat, text)
    assert chat.phone() == ["Ответ с апечаткой"]
    assert "не удалось" in notices(chat)[-1]
    assert "заменяет одно текстовое сообщение одним" in notices(chat)[-1]


@pytest.mark.parametrize("text", ["/edit новое", "/delete"])
def test_nothing_to_change_is_said(world: World, text: str) -> None:
    """Without an answer there is nothing to change, and that is said."""
    world.client_writes("Здравствуйте!")
    world.settle()
    command(world, text)
    assert "нет отправленного ответа" in notices(world)[-1]


@pytest.mark.needs("chooses_task")
def test_new_opens_a_task_with_the_next_message(chat: World) -> None:
    """/new leaves the task as it is; the client's next message opens another one, and those after it stay there."""
    former = chat.task
    command(chat, "/new")
    assert chat.task == former
    for text in ("новый вопрос", "и ещё"):
        chat.client_writes(text)
        chat.settle()
    assert chat.task != former
    assert [one.description for one in chat.comments()] == ["новый вопрос", "и ещё"]
    assert str(former) in chat.planfix.task(chat.task).description


@pytest.mark.parametrize("text", ["/send это", "/cancel всё", "/new пожалуйста", "/delete последнее"])
def test_command_with_words_behind_it_is_not_sent(chat: World, text: str) -> None:
    """Only /edit takes words: a command with others is neither obeyed nor sent, but noticed."""
    chat.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    chat.settle()
    chat.employee_answers(text)
    chat.settle()
    assert chat.phone() == ["Ответ с апечаткой"]
    assert "//" in notices(chat)[-1]


def test_edit_of_an_answer_of_files_only_is_explained(world: World) -> None:
    """A file has no words to change: that is said, not that there was no answer."""
    world.client_writes("Здравствуйте!")
    world.settle()
    file = world.planfix.put_file(b"PK", "a.zip")
    world.planfix.employee_comments(world.task, USER, "", notify=(world.contact_of(),), files=[file])
    world.settle()
    command(world, "/edit новое")
    assert "не удалось" in notices(world)[-1]


@pytest.mark.parametrize("gone", [False, True])
def test_delete_takes_files_back_too(world: World, gone: bool) -> None:
    """Words and files of the last answer go together, also when the employee deleted the comment before."""
    world.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    world.client_writes("Здравствуйте!")
    world.settle()
    file = world.planfix.put_file(b"PK", "a.zip")
    number = world.planfix.employee_comments(world.task, USER, "вот", notify=(world.contact_of(),), files=[file])
    world.settle()
    assert len(world.phone()) == 2
    if gone:
        world.planfix.delete_comment(number)
    command(world, "/delete")
    assert world.phone() == []


MISTYPED = ("/sned", "/cancle", "/edti новое", "/nwe", "/delte", "/dlet", "/CANSELL")  # codespell:ignore


@pytest.mark.parametrize("text", MISTYPED)
def test_mistyped_command_is_not_sent(chat: World, text: str) -> None:
    """A slash-word that is nearly a command is noticed instead of sent, with the way to send it."""
    chat.employee_answers(text)
    chat.settle()
    assert chat.phone() == ["Ответ с апечаткой"]
    assert "//" in notices(chat)[-1]


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("/price за штуку", "/price за штуку"),
        ("/nearly", "/nearly"),
        ("/", "/"),
        ("/start", "/start"),
        ("//send это текст", "/send это текст"),
        ("//sned", "/sned"),
    ],
)
def test_other_words_with_a_slash_are_sent(chat: World, text: str, arrives: str) -> None:
    """Any other text that begins with a slash is sent as it is; two slashes escape one."""
    chat.employee_answers(text)
    chat.settle()
    assert chat.phone()[-1] == arrives


@pytest.mark.parametrize("text", ["/send", "/cancel", "/new", "/edit Новый текст"])
def test_command_is_never_sent(chat: World, text: str) -> None:
    """A command that notifies the client by habit does not reach him."""
    chat.employee_answers(text)
    chat.settle()
    assert not [one for one in chat.phone() if one.startswith("/")]


def test_clients_slash_words_are_words(world: World) -> None:
    """A client who writes /delete commands nobody."""
    world.client_writes("/delete")
    world.settle()
    assert [one.description for one in world.comments()] == ["/delete"]


@pytest.fixture
def held(chat: World) -> World:
    """The client has an answer; a later one waits, because he has not written for a day."""
    chat.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    chat.settle()
    chat.clock.now += 2 * 86_400
    chat.employee_answers("Ждёт клиента")
    chat.settle()
    assert "⏸" in notices(chat)[-1]
    return chat


@pytest.mark.parametrize("text", ["/edit Другое", "/delete"])
def test_older_answer_is_not_changed_while_a_later_one_waits(held: World, text: str) -> None:
    """Who takes the last answer back means the one that waits: what the client has read stays, with the way to cancel."""
    command(held, text)
    assert held.phone() == ["Ответ с апечаткой"]
    assert "/cancel" in notices(held)[-1]


def test_older_answer_is_not_changed_while_a_later_one_was_not_delivered(chat: World) -> None:
    """Nor when the later one was put aside for /send."""
    chat.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    chat.settle()
    chat.telegram.fail_next("sendMessage", status=502, times=500)
    chat.employee_answers("Не доходит")
    chat.settle(for_seconds=2 * 86_400)
    command(chat, "/delete")
    assert "Ответ с апечаткой" in chat.phone()
    assert "Ничего не изменено" in notices(chat)[-1]


def test_older_answer_can_be_deleted_when_the_later_one_was_cancelled(held: World) -> None:
    """What was cancelled is nobody's last answer."""
    command(held, "/cancel")
    command(held, "/delete")
    assert held.phone() == []
    assert "удалён" in notices(held)[-1]


@pytest.mark.parametrize(
    ("text", "also"),
    [("/edit Новый текст", "изменён"), ("/new", "откроет новую"), ("/send", ""), ("/edit", "не удалось")],
)
def test_files_of_a_command_are_told_of(chat: World, text: str, also: str) -> None:
    """A command takes no files: one that has some says so beside what it did."""
    file = chat.planfix.put_file(b"%PDF", "a.pdf")
    chat.planfix.employee_comments(chat.task, USER, text, notify=(chat.contact_of(),), files=[file])
    chat.settle()
    assert len(chat.phone()) == 1
    assert also in notices(chat)[-1]
    assert "файлы и картинки клиенту не отправляются" in notices(chat)[-1]


@pytest.mark.parametrize("blank", ["\u200b", "\ufeff", "\u2060", "&#8203;", "&nbsp;\u200b", "\u200f"])
def test_command_behind_what_nobody_sees_is_a_command(chat: World, blank: str) -> None:
    """Editors put invisible characters at the beginning of a line."""
    chat.employee_answers(f"<p>{blank}/edit Новый <b>текст</b></p>")
    chat.settle()
    assert chat.phone() == ["Новый текст"]
    chat.employee_answers(f"<p>{blank}/edti текст</p>")
    chat.employee_answers(f"<p>{blank}//new</p>")
    chat.settle()
    assert chat.phone() == ["Новый текст", "/new"]
