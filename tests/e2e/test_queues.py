"""What only real queues show: redelivery, hidden messages that hold their followers, deduplication."""

import time

import pytest

from tests.e2e.world import eventually

pytestmark = pytest.mark.e2e


def _received(cloud, client, message):
    """How often a message of the client's group was received before it was carried, as the sender logged it."""
    return sum(f'"message":"{message}"' in line and f":{client}" in line for line in cloud.log())


def test_a_message_delivered_twice_is_one_comment(world, cloud):
    """SQS drops what Telegram repeats within five minutes; what comes again later, the ledger knows."""
    client = world.new_client()
    message = world.telegram.client_writes(world.main.bot, client, text="Я тут")
    eventually(lambda: world.said(client), "the message is in Planfix")
    body = {
        "kind": "update",
        "integration": "main",
        "received_at": time.time(),
        "update": {"update_id": 900_000_001, "message": message},
    }
    for deduplication_id in ("first", "first", "second"):
        cloud.put("to-planfix", body, group=f"main:{client}", deduplication_id=f"{client}:{deduplication_id}")
    world.writes(client, "Ещё вопрос")
    eventually(lambda: len(world.said(client)) > 1, "the next message is in Planfix")
    assert world.said(client) == ["Я тут", "Ещё вопрос"]


def test_a_comment_whose_answer_was_lost_is_adopted(world, cloud):
    """Planfix takes the comment and its answer is lost: the message comes again from its queue, the comment does not."""
    client = world.new_client()
    world.writes(client, "Раз")
    eventually(lambda: world.said(client), "the first message is in Planfix")
    world.planfix.fail_next("POST", f"/task/{world.task(client)}/comments/", apply=True)
    world.writes(client, "Два")
    world.writes(client, "Три")
    eventually(lambda: "Три" in world.said(client), "the follower is in Planfix")
    assert world.said(client) == ["Раз", "Два", "Три"]
    assert _received(cloud, client, "put off") == 1


def test_a_failed_send_is_repeated_and_nobody_else_waits(world, cloud):
    """Telegram answers 502 once: the answer comes again after its visibility, in order; another client's goes at once."""
    slow, quick = world.new_client(), world.new_client()
    for client in (slow, quick):
        world.writes(client, "Вопрос")
        eventually(lambda client=client: world.said(client), "the message is in Planfix")
    world.settle()
    world.telegram.fail_next("sendMessage", status=502)
    world.answers(slow, "<p>Первый</p>")
    eventually(lambda: _received(cloud, slow, "put off"), "the answer is put off")
    assert cloud.depth("to-telegram")[1] > cloud.timers()
    world.answers(slow, "<p>Второй</p>")
    world.answers(quick, "<p>Сразу</p>")
    eventually(lambda: world.phone(quick), "the other client has the answer")
    assert world.phone(slow) == []
    eventually(lambda: len(world.phone(slow)) > 1, "both answers are on the phone")
    world.settle()
    assert world.phone(slow) == ["Первый", "Второй"]
    assert world.phone(quick) == ["Сразу"]


def test_a_told_wait_is_a_change_of_visibility(world, cloud):
    """429 with retry_after 8, longer than a function waits by itself: the answer is hidden that long, its follower waits behind it; another bot goes on."""
    told, other = world.new_client(), world.new_client()
    world.writes(told, "Вопрос")
    world.writes(other, "Вопрос", to=world.second)
    eventually(lambda: world.said(told) and world.said(other), "the messages are in Planfix")
    world.settle()
    before = len(world.telegram.calls)
    world.telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests: retry after 8", parameters={"retry_after": 8}
    )
    world.answers(told, "<p>Первый</p>")
    eventually(lambda: _received(cloud, told, "put off"), "the answer is put off")
    world.answers(told, "<p>Второй</p>")
    world.answers(other, "<p>Сразу</p>")
    eventually(lambda: len(world.phone(told)) > 1, "both answers are on the phone")
    sends = [call for call in world.telegram.calls[before:] if call.method == "sendMessage"]
    assert [call.status for call in sends] == [429, 200, 200, 200]
    assert [call.params["text"] for call in sends[1:]] == ["Сразу", "Первый", "Второй"]
    assert sends[2].at - sends[0].at >= 8
    assert world.phone(other, of=world.second) == ["Сразу"]
    assert _received(cloud, told, "put off") == 1


def test_telegram_repeats_what_could_not_be_queued(world, cloud):
    """A denied send to the queue is 503 and nothing is lost; it is also seen in the log, as any denied call would be."""
    client = world.new_client()
    with cloud.denied("TelegramWebhookRole", "sqs:SendMessage"):
        world.writes(client, "Слышно?")
        complaints = eventually(cloud.new_complaints, "the denied call is in the log")
    assert '"message":"not accepted"' in complaints[0]
    assert "SQS: ClientError" in complaints[0]
    eventually(lambda: world.said(client), "the message is in Planfix")
    assert world.said(client) == ["Слышно?"]
    cloud.new_complaints()  # those of the repetitions before the permission was back
