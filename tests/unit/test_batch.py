"""A batch: order within a client, nobody else held, nothing lost whatever breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.aws.line import Line
from bridge.aws.parameters import settings_name
from bridge.errors import Reason, RetryLater, StillComing
from bridge.flows.batch import JOURNEYS, carry_batch
from bridge.flows.integration import Integration
from bridge.queued import CheckBot, Handed, Look, MayGo, OwnerWrote, Queued, Timer, Update, as_json
from bridge.runtime import _turn
from tests.world import CLIENT, MAIN, OWNER, SECOND_CLIENT, Account, World


def put(world: World, body: object, group: str, number: int) -> None:
    """Put anything on the queue to Planfix."""
    text = body if isinstance(body, str) else json.dumps(body)
    world.sqs.send_message(
        QueueUrl=world.urls["to-planfix.fifo"],
        MessageBody=text,
        MessageGroupId=group,
        MessageDeduplicationId=f"put-{number}",
    )


@pytest.mark.only_on("rest")
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


@pytest.mark.only_on("rest")
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
    with world.runtime.invocation(lambda: 300_000) as worker:
        kept = carry_batch(worker, records)
    assert len(kept) == 1, "GIVEN one message that waits and one connection event that is done"
    assert str(OWNER) not in kept


DAY = 86_400.0


def receives(world: World, queue: str = "to-planfix.fifo") -> list[int]:
    """How often each message that lies in a queue was received."""
    return [message.receive_count for message in world.sqs.messages(world.urls[queue])]


def test_a_short_wait_told_for_days_ends_before_the_queue_does(world: World) -> None:
    """SQS dead-letters after 1000 receives without a reason, and forgets after 14 days: our own code is sooner than both."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(status=403, code=22, error="limit", times=10**9)
    world.client_writes("два")
    world.settle(for_seconds=DAY)
    assert receives(world) < [450]
    world.settle(for_seconds=11.9 * DAY)
    assert receives(world) < [1000]
    world.settle(for_seconds=0.5 * DAY)
    assert [one["dead"]["reason"] for one in world.waiting("to-planfix-dead.fifo")] == ["planfix_quota"]


@pytest.mark.parametrize("broken", ["{no json", None])
def test_messages_of_an_integration_that_is_gone_are_given_up_with_a_reason(world: World, broken: str | None) -> None:
    """Settings that are removed or no JSON: everything waits for the admin, and ends in the dead letters with its reason."""
    world.client_writes("раз")
    world.delivery.deliver_pending()
    if broken:
        world.ssm.put_parameter(Name=settings_name("test", "main"), Value=broken, Type="String", Overwrite=True)
    else:
        world.ssm.delete_parameter(Name=settings_name("test", "main"))
    world.clock.now += 61
    world.settle(for_seconds=12.9 * DAY)
    assert max(receives(world)) < 1000
    world.settle(for_seconds=0.5 * DAY)
    letters = world.waiting("to-planfix-dead.fifo")
    assert {one["dead"]["reason"] for one in letters} == {"settings_missing"}
    assert "unexpected_error" not in world.count.totals


def test_followers_of_a_told_wait_spend_no_budget_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waited behind a message that was told to wait is not given up when the limit closes again."""
    world, tried, carried = World(settings={"give_up_incoming_after": 1}), [], []

    def limited(_: Integration, message: Update, __: Handed) -> None:
        text = message.update["business_message"]["text"]
        tried.append(text)
        if tried.count(text) == 1:
            raise RetryLater(7200, Reason.PLANFIX_QUOTA, counts=False)
        carried.append(text)

    world.settle()
    monkeypatch.setitem(JOURNEYS, Update, limited)
    world.client_writes("один")
    world.client_writes("два")
    world.settle(for_seconds=6 * 3600)
    assert (carried, world.waiting("to-planfix-dead.fifo")) == (["один", "два"], [])


@pytest.mark.parametrize(("after", "until", "times"), [(300, 3600, 11), (3600, 13 * 3600, 48)])
def test_an_answer_that_waits_long_looks_again_for_later_ones(
    world: World, after: float, until: float, times: int
) -> None:
    """A wait of 13 h is not slept through: who answers behind it is seen within minutes, for few receives."""
    world.client_writes("Здравствуйте!")
    world.settle()
    parameters = {"retry_after": 13 * 3600}
    world.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=parameters)
    world.employee_answers("один")
    world.settle(for_seconds=after + 10)
    before = receives(world, "to-telegram.fifo")[0]
    world.settle(for_seconds=until - after - 20)
    assert receives(world, "to-telegram.fifo")[0] - before == pytest.approx(times, abs=2)
    world.settle(for_seconds=13 * 3600)
    assert world.phone() == ["один"]


SECOND = Account("second", "654321:AAF-second-bot-token-of-the-tests", "other.planfix.ru")


def line(world: World, host: str = MAIN.host) -> tuple[int, int]:
    """The last ticket that was drawn at an account, and the last one that has begun."""
    row = world.runtime.ledger.get({"pk": f"pace#planfix#{host}"}) or {}
    return row.get("tail", 0), row.get("head", 0)


def test_messages_of_one_client_stand_in_no_line(world: World) -> None:
    """Two messages in a batch are no congestion: no place is drawn that nobody takes, and costs whoever comes next."""
    world.client_writes("раз")
    world.client_writes("два")
    world.settle()
    assert len(world.comments()) == 2
    assert line(world) == (0, 0)


def test_line_is_of_those_who_go_to_its_account() -> None:
    """A batch of two accounts' messages: each account's line holds its own only, and is empty when they have begun."""
    world = World(accounts=(MAIN, SECOND))
    world.settle()
    for alias in ("main", "second"):
        for client in (CLIENT, SECOND_CLIENT):
            put(world, message(alias, client), f"{alias}:{client}", client)
    world.run_sender("to-planfix.fifo")
    assert [line(world, account.host) for account in (MAIN, SECOND)] == [(1, 1), (1, 1)]


def message(alias: str, client: int) -> dict[str, Any]:
    """A message to a bot, as it lies in the queue."""
    chat = {"id": client, "type": "private"}
    said = {
        "message_id": 5,
        "date": 1_763_800_000,
        "chat": chat,
        "from": {"id": client, "is_bot": False},
        "text": "раз",
    }
    update = {"update_id": client, "message": said}
    return {"kind": "update", "integration": alias, "received_at": 1_763_800_000.0, "update": update}


@pytest.mark.parametrize(
    ("message", "is_first"),
    [
        (Look("main", "acme.planfix.ru", 1), True),
        (MayGo("main", "7", CLIENT), True),
        (OwnerWrote("main", "7", CLIENT), True),
        (Timer("main", 1.0, "main:1", CheckBot("main")), False),
    ],
)
def test_answers_and_what_they_may_wait_behind_come_first(
    world: World, monkeypatch: pytest.MonkeyPatch, message: Queued, is_first: bool
) -> None:
    """The client's chat is one group: what its answers may stand behind is not sent back to a line of clients' messages."""
    ranks = []
    monkeypatch.setitem(JOURNEYS, type(message), lambda *_: ranks.append(_turn.get().is_answer))
    put(world, as_json(message._replace(received_at=world.clock.now)), f"main:{CLIENT}", 1)
    world.run_sender("to-planfix.fifo")
    assert ranks == [is_first]


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.only_on("rest")
def test_who_waits_for_something_else_keeps_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """An album that is still coming has its place in line when it comes back; whether that can be kept stops no batch."""
    world.settle()
    world.client_writes("первый")
    world.client_writes("второй", client=SECOND_CLIENT)
    world.delivery.deliver_pending()
    calls, carry = [], JOURNEYS[Update]

    def comes(to: Integration, message: Update, handed: Handed) -> None:
        calls.append(message)
        if len(calls) == 2:
            raise StillComing(3, "an album")
        carry(to, message, handed)

    monkeypatch.setitem(JOURNEYS, Update, comes)
    if fails:
        monkeypatch.setattr(Line, "keep", lambda *_: 1 / 0)
    world.run_sender("to-planfix.fifo")
    kept = [row for row in world.dynamodb.items("ledger") if row["pk"].startswith("line#")]
    assert (len(world.planfix.tasks()), len(kept)) == (1, 0 if fails else 1)


def test_albums_of_one_batch_come_back_apart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a queue mixes its groups, albums that return together cut each other in every batch."""

    def is_coming(*_: object) -> None:
        raise StillComing(3.0, "an album is arriving")

    world.settle()
    monkeypatch.setitem(JOURNEYS, Update, is_coming)
    world.client_writes("раз")
    world.client_writes("два", client=SECOND_CLIENT)
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    queue = world.sqs._queues[world.urls["to-planfix.fifo"]].fifo
    first, second = sorted(message.visible_at for message in queue._by_sequence.values())
    assert second - first >= 1
