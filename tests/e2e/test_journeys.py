"""Both journeys through API Gateway, Lambda, real queues and their event source mappings."""

import httpx
import pytest

from tests.e2e.world import PLANFIX_SECRET, USER, eventually

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("place", ["business account", "own bot"])
@pytest.mark.parametrize("alias", ["main", "chats"])
def test_both_journeys(world, alias, place):
    """A client's words become a comment of the client in one task, the employee's answer reaches that very chat."""
    client, one = world.new_client(), getattr(world, alias)
    owner = one.owner if place == "business account" else None
    world.writes(client, "Здравствуйте", to=one, owner=owner)
    world.writes(client, "Есть ли доставка?", to=one, owner=owner)
    eventually(lambda: len(world.said(client)) == 2, "both messages are in Planfix")
    assert world.said(client) == ["Здравствуйте", "Есть ли доставка?"]
    assert len([task for task in world.planfix.tasks() if task.assigner == world.contact(client)]) == 1
    answer = world.answers(client, "<p>Есть, <b>завтра</b></p>")
    eventually(lambda: world.phone(client, of=one, owner=owner), "the answer is on the phone")
    assert world.phone(client, of=one, owner=owner) == ["Есть, завтра"]
    if one.route == "chat_api":
        eventually(lambda: world.planfix.chats.state_of(answer), "something stands beside the answer")
        assert world.planfix.chats.state_of(answer) == ("sent", "")


@pytest.mark.parametrize("size", [1_000, 5_000_000], ids=["small", "larger than Lambda's answer"])
def test_planfix_fetches_a_file_by_an_address_of_the_stack(world, size):
    """Both ways: what a client sent comes from the private bucket, what an employee attached from Planfix itself."""
    client, data = world.new_client(), b"%PDF-1.7 " + bytes(size)
    file_id = world.telegram.put_file(data, "Смета.pdf", "application/pdf")
    world.telegram.client_writes(
        world.chats.bot, client, caption="Вот смета", **world.telegram.media("document", file_id)
    )
    eventually(lambda: world.said(client), "the message is in Planfix")
    [comment] = world.planfix.comments(world.task(client))
    eventually(lambda: comment.files, "Planfix has fetched the file")
    stored = world.planfix.files[comment.files[0]]
    assert (stored.name, stored.mime, stored.data) == ("Смета.pdf", "application/pdf", data)
    number = world.planfix.put_file(b"%PDF-1.7 signed", "Договор.pdf", "application/pdf")
    world.planfix.employee_comments(
        world.task(client), USER, "<p>Подпишите</p>", notify=(world.contact(client),), files=[number]
    )
    eventually(lambda: len(world.phone(client, of=world.chats)) > 1, "words and file are on the phone")
    letters = world.telegram.chat_of(client, None, bot=world.chats.bot)
    assert [one.media for one in letters if one.who == "bot" and one.media] == [b"%PDF-1.7 signed"]


def test_an_answer_that_waits_keeps_its_words_and_goes_out(world):
    """The bot is stopped in the chat: the reason stands beside the answer; when the client writes again, it goes out, with a tick."""
    client, owner = world.new_client(), world.chats.owner
    world.writes(client, "Где заказ?", to=world.chats, owner=owner)
    eventually(lambda: world.said(client), "the message is in Planfix")
    world.telegram.pause_chat(owner, client)
    answer = world.answers(client, "<p>Уже едет</p>")
    state = eventually(lambda: world.planfix.chats.state_of(answer), "something stands beside the answer")
    assert (state.state, "Старт" in state.said) == ("error", True)
    world.telegram.resume_chat(owner, client)
    world.writes(client, "Ау", to=world.chats, owner=owner)
    eventually(lambda: world.phone(client, of=world.chats, owner=owner), "the answer is on the phone")
    eventually(lambda: world.planfix.chats.state_of(answer).state == "sent", "its tick")
    assert world.phone(client, of=world.chats, owner=owner) == ["Уже едет"]


def test_an_internal_remark_stays_inside(world):
    """A comment in which the client is not notified is not sent; the next one, in which he is, is."""
    client = world.new_client()
    world.writes(client, "Сколько стоит?")
    eventually(lambda: world.said(client), "the message is in Planfix")
    world.planfix.employee_comments(world.task(client), 5, "<p>Дать скидку?</p>", notify=("user:6",))
    world.answers(client, "<p>Сто</p>")
    eventually(lambda: world.phone(client), "the answer is on the phone")
    world.settle()
    assert world.phone(client) == ["Сто"]


@pytest.mark.parametrize("alias", ["second", "nobody"])  # doctor looks at main, and would tell of it
def test_a_wrong_secret_is_refused(world, cloud, alias):
    """401 at every door, 403 for an address that was not made here, whether the integration is there or not; nothing is queued."""
    telegram = httpx.post(
        f"{cloud.url}/telegram/{alias}",
        headers={"X-Telegram-Bot-Api-Secret-Token": "x" * 16},
        json={"update_id": 1},
        trust_env=False,
    )
    planfix = httpx.post(
        f"{cloud.url}/planfix/{alias}/comment", auth=("planfix", "x" * 16), data={"task": "1"}, trust_env=False
    )
    push = httpx.post(
        f"{cloud.url}/planfix/{alias}/chat", data={"cmd": "newMessage", "token": "x" * 16}, trust_env=False
    )
    file = httpx.get(f"{cloud.url}/files/{alias}/forged", trust_env=False)
    assert (telegram.status_code, planfix.status_code, push.status_code, file.status_code) == (401, 401, 401, 403)
    assert cloud.depth("to-planfix")[0] == cloud.depth("to-telegram")[0] == 0


def test_a_call_about_another_task_is_taken_and_dropped(world, cloud):
    """A task that is no chat is 200, as form and as JSON; a call without a task number is 400 with a sentence."""
    address, shown = f"{cloud.url}/planfix/main/comment", ("planfix", PLANFIX_SECRET)
    assert httpx.post(address, auth=shown, data={"task": "999999"}, trust_env=False).status_code == 200
    assert httpx.post(address, auth=shown, json={"task": 999999}, trust_env=False).status_code == 200
    refused = httpx.post(address, auth=shown, data={"event": "comment"}, trust_env=False)
    assert refused.status_code == 400
    assert "task" in refused.text
    assert cloud.depth("to-telegram")[0] == 0
