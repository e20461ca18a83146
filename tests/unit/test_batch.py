"""A batch: order within a client, nobody else held, nothing lost whatever breaks."""

from __future__ import annotations

import json

import pytest

from bridge.flows.batch import carry_batch
from tests.world import CLIENT, OWNER, SECOND_CLIENT, World


def put(world: World, body: object, group: str, number: int) -> None:
    """Put anything on the queue to Planfix."""
    text = body if isinstance(body, str) else json.dumps(body)
    world.sqs.send_message(
        QueueUrl=world.urls["to-planfix.fifo"],
        MessageBody=text,
        MessageGroupId=group,
        MessageDeduplicationId=f"put-{number}",
    )


def test_a_waiting_message_holds_its_followers_and_nobody_else(world: World) -> None:
    """What must wait keeps the order of its client; another client's message goes on."""
    world.planfix.fail_next(path_prefix="/contact/list", status=500, code=0, error="down")
    world.client_writes("раз")
    world.client_writes("два")
    world.client_writes("другой", client=SECOND_CLIENT)
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    said = [one.description for task in world.planfix.tasks() for one in world.planfix.comments(task.id)]
    assert said == ["другой"]
    world.settle()
    first = next(task.id for task in world.planfix.tasks() if task.counterparty == world.contact_of())
    assert [one.description for one in world.comments(first)] == ["раз", "два"]


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", "{}", '{"kind": "update"}', '{"kind": "new kind", "received_at": 1}', "[" * 3000 + "]" * 3000],
)
def test_unreadable_record_is_a_dead_letter(world: World, body: str) -> None:
    """What cannot be read is kept as a dead letter with its group, and the chat goes on."""
    put(world, body, f"main:{CLIENT}", 1)
    world.client_writes("дальше")
    world.settle()
    letters = world.waiting("to-planfix-dead.fifo")
    assert [(one["body"], one["group"]) for one in letters] == [(body, f"main:{CLIENT}")]
    assert [one.description for one in world.comments()] == ["дальше"]


def test_unexpected_error_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is tried again, logged without the error's words, and stops no other chat."""
    from bridge.telegram import content  # noqa: PLC0415 - the module whose function stumbles

    render, stumbled = content.render, []

    def stumbling(message: dict[str, object], texts: object) -> object:
        if not stumbled:
            stumbled.append(True)
            raise RuntimeError("тайные слова")
        return render(message, texts)

    monkeypatch.setattr(content, "render", stumbling)
    world.client_writes("раз")
    world.client_writes("другой", client=SECOND_CLIENT)
    world.settle()
    assert len(world.planfix.tasks()) == 2
    assert world.count.totals["unexpected_error"] == 1
    assert "тайные" not in world.log.getvalue()


def test_giving_up_that_fails_is_tried_again(world: World) -> None:
    """When the dead-letter queue does not answer, the message stays in its own."""
    send, failed = world.sqs.send_message, []

    def broken(**request: object) -> object:
        if "dead" in str(request["QueueUrl"]) and not failed:
            failed.append(True)
            raise ConnectionError
        return send(**request)

    put(world, "no json", f"main:{CLIENT}", 1)
    world.sqs.send_message = broken
    world.client_writes("дальше", client=SECOND_CLIENT)
    world.settle()
    assert len(world.waiting("to-planfix-dead.fifo")) == 1
    assert [one.description for one in world.comments()] == ["дальше"]


def test_batch_whose_visibility_cannot_be_changed_is_still_reported(world: World) -> None:
    """A failing ChangeMessageVisibility does not undo what the batch did for others."""
    world.client_writes("раз")
    world.delivery.deliver_pending()
    got = world.sqs.receive_message(
        QueueUrl=world.urls["to-planfix.fifo"], MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    records = [
        {
            "messageId": one["MessageId"],
            "receiptHandle": one["ReceiptHandle"],
            "body": one["Body"],
            "attributes": one["Attributes"],
            "eventSourceARN": "arn:aws:sqs:eu-central-1:0:to-planfix.fifo",
        }
        for one in got
    ]

    def broken(**_: object) -> None:
        raise ConnectionError

    world.sqs.change_message_visibility_batch = broken
    world.planfix.fail_next(path_prefix="/contact/list", status=500, code=0, error="down")
    with world.runtime.invocation(lambda: 120_000) as worker:
        kept = carry_batch(worker, records)
    assert len(kept) == 1, "GIVEN one message that waits and one connection event that is done"
    assert str(OWNER) not in kept
