"""What an employee can tell the bridge by a comment."""

from __future__ import annotations

import pytest

from tests.world import CLIENT, OWNER, USER, World


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once and got one answer."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("Ответ с апечаткой")
    world.settle()
    return world


def command(world: World, text: str) -> None:
    """An employee's comment that notifies nobody."""
    world.employee_answers(text, notify=())
    world.settle()


def notices(world: World) -> list[str]:
    """What the bridge itself wrote into the task."""
    return [one.description for one in world.comments() if one.owner == "user:900"]


def test_edit_changes_the_last_answer(chat: World) -> None:
    """/edit gives the last answer a new text, formatting kept, and says so."""
    command(chat, "/edit Ответ с <b>опечаткой</b>")
    seen = [one for one in chat.telegram.chat_of(CLIENT, OWNER) if one.who == "bot"]
    assert [one.text for one in seen] == ["Ответ с опечаткой"]
    assert [(mark["type"], mark["offset"], mark["length"]) for mark in seen[0].entities] == [("bold", 8, 9)]
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


@pytest.mark.parametrize("text", ["/edit", "/edit " + "я" * 5000])
def test_edit_that_is_no_single_message_is_explained(chat: World, text: str) -> None:
    """Nothing, or more than one message, cannot replace one message."""
    command(chat, text)
    assert chat.phone() == ["Ответ с апечаткой"]
    assert "не удалось" in notices(chat)[-1]


@pytest.mark.parametrize("text", ["/edit новое", "/delete"])
def test_nothing_to_change_is_said(world: World, text: str) -> None:
    """Without an answer there is nothing to change, and that is said."""
    world.client_writes("Здравствуйте!")
    world.settle()
    command(world, text)
    assert "нет отправленного ответа" in notices(world)[-1]


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


@pytest.mark.parametrize("text", ["/sned", "/cancle", "/edti новое", "/nwe", "/delte", "/dlet", "/CANSELL"])
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
