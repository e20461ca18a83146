"""A chat's task is merged into another one: the chat goes on there, and what was answered there meanwhile is no silence."""

from __future__ import annotations

import pytest

from tests.world import CLIENT, OWNER, SECOND_CLIENT, USER, World, notices

pytestmark = pytest.mark.only_on("rest")


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once, with a task, and another task that the bridge has nothing to do with."""
    world.client_writes("Здравствуйте!")
    world.settle()
    world.clock.now += 60
    return world


def merged(world: World) -> int:
    """The chat's task is merged into one of another object; returns that one."""
    order = world.planfix.add_task("Заказ 17")
    world.planfix.merge_tasks(1, order)
    world.clock.now += 60
    return order


def test_chat_goes_on_in_the_task_into_which_its_was_merged(chat: World) -> None:
    """The client's next message stands there, and answers in it go out."""
    order = merged(chat)
    chat.client_writes("вы тут?")
    chat.settle()
    chat.employee_answers("тут", task=order)
    chat.settle()
    assert [one.description for one in chat.comments(order) if one.owner.startswith("contact:")] == [
        "Здравствуйте!",
        "вы тут?",
    ]
    assert [one.id for one in chat.planfix.tasks()] == [order]
    assert chat.phone() == ["тут"]


def test_answer_of_before_the_bridge_knew_is_told_of_and_can_be_sent(chat: World) -> None:
    """Written there before the client's next message: its author reads that it was not sent, and /send sends it."""
    order = merged(chat)
    chat.employee_answers("уже везём", task=order)
    chat.settle()
    assert chat.phone() == [], "GIVEN that nobody knows whose task it is"
    chat.client_writes("вы тут?")
    chat.settle()
    told = [text for text in notices(chat, order) if "уже везём" in text]
    assert len(told) == 1
    assert "/send" in told[0]
    chat.employee_answers("/send", task=order, notify=())
    chat.settle()
    assert chat.phone() == ["уже везём"]


def test_words_of_before_the_clients_last_message_are_history(chat: World) -> None:
    """What stood in the other task before is nobody's answer, and no notice is about it."""
    order = chat.planfix.add_task("Заказ 17")
    chat.planfix.employee_comments(order, USER, "старое письмо", notify=(chat.contact_of(),))
    chat.settle(for_seconds=60)
    chat.client_writes("ещё раз")
    chat.settle(for_seconds=60)
    chat.planfix.merge_tasks(1, order)
    chat.clock.now += 60
    chat.client_writes("вы тут?")
    chat.settle()
    assert (chat.phone(), [text for text in notices(chat, order) if "письмо" in text]) == ([], [])


def test_task_merged_into_another_chats_stays_that_chats(chat: World) -> None:
    """The other client's task is not taken away: this one's next message opens a new task."""
    chat.client_writes("И я!", client=SECOND_CLIENT)
    chat.settle()
    others = chat.task
    chat.planfix.merge_tasks(1, others)
    chat.clock.now += 60
    chat.client_writes("вы тут?")
    chat.settle()
    chat.employee_answers("и вам", task=others, notify=(chat.contact_of(SECOND_CLIENT),))
    chat.settle()
    assert chat.task > others
    assert (chat.phone(), chat.phone(SECOND_CLIENT)) == ([], ["и вам"])


def test_deleted_task_is_followed_nowhere(chat: World) -> None:
    """A task that was deleted is no merged one: a new one is opened, at the price of one request."""
    chat.planfix.delete_task(1)
    chat.planfix._world.comments.clear()
    chat.client_writes("вы тут?")
    chat.settle()
    assert chat.task == 2
    assert sum(call.path.startswith("/comment/") for call in chat.planfix.calls) == 1


def test_notice_about_a_held_answer_stands_where_the_answer_stands(chat: World) -> None:
    """An answer is held, and its task merged: what becomes of it is said in the task where people read."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    chat.employee_answers("ответ")
    chat.settle(for_seconds=60)
    order = merged(chat)
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.client_writes("вы тут?")
    chat.settle()
    assert chat.phone() == ["ответ"]
    assert [text[0] for text in notices(chat, order) if "«ответ»" in text] == ["⏸", "✅"]
