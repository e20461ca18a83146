"""The two webhooks: secret, queue, 200; and everything that can come instead."""

from __future__ import annotations

import base64
import json

import pytest

from bridge.http_api import Request
from bridge.telegram.reading_json import DEEPEST
from tests.world import CLIENT, MAIN, World

UPDATE = {
    "update_id": 7,
    "business_message": {
        "business_connection_id": "c", "message_id": 1, "date": 1, "text": "тайные слова",
        "chat": {"id": CLIENT, "type": "private"}, "from": {"id": CLIENT, "is_bot": False, "first_name": "Анна"},
    },
}  # fmt: skip


def send(world: World, body: bytes, *, secret: str | None = MAIN.webhook_secret, alias: str = "main") -> int:
    """Telegram posts a body; the status of our answer."""
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return int(world.telegram_door().accept(Request(alias, headers, body))["statusCode"])


def call(world: World, body: bytes, headers: dict[str, str] | None = None, alias: str = "main") -> dict[str, object]:
    """Planfix posts a body; our answer."""
    shown = {"x-bridge-secret": MAIN.planfix_secret} if headers is None else headers
    return world.planfix_door().accept(Request(alias, shown, body))


def queued(world: World, name: str = "to-planfix.fifo") -> list[dict[str, object]]:
    """What lies in a queue."""
    return world.waiting(name)


def test_update_is_queued_raw(world: World) -> None:
    """200 is said once the raw update lies in the queue, with the time of its receipt."""
    assert send(world, json.dumps(UPDATE).encode()) == 200
    now = pytest.approx(world.clock(), abs=1)
    assert queued(world) == [{"kind": "update", "integration": "main", "received_at": now, "update": UPDATE}]


def test_group_and_deduplication_id(world: World) -> None:
    """The group is integration and client; the deduplication id is bot and update."""
    send(world, json.dumps(UPDATE).encode())
    message = world.sqs.messages(world.urls["to-planfix.fifo"])[0]
    assert (message.group, message.deduplication_id) == (f"main:{CLIENT}", "tg:123456:7")


@pytest.mark.parametrize("secret", [None, "", "wrong", MAIN.webhook_secret[:-1], MAIN.webhook_secret + "x", "ж"])
def test_wrong_secret(world: World, secret: str | None) -> None:
    """A missing or wrong secret is 401, counted, and queues nothing."""
    assert send(world, json.dumps(UPDATE).encode(), secret=secret) == 401
    assert queued(world) == []
    assert world.count.totals == {"wrong_secret": 1}


def test_unknown_integration_looks_like_a_wrong_secret(world: World) -> None:
    """From outside nobody learns which aliases exist; SSM is asked once a minute at most."""
    for _ in range(3):
        assert send(world, b"{}", alias="nobody") == 401
    assert world.count.totals == {"unknown_integration": 3}
    assert world.ssm.operations["get_parameters"] == 1


def test_both_secrets_are_valid_while_they_rotate(world: World) -> None:
    """During a rotation the former secret is still accepted."""
    world.ssm.put_parameter(
        Name="/test/main/secrets",
        Value=json.dumps({"bot_token": MAIN.token, "webhook_secrets": ["a-new-webhook-secret", MAIN.webhook_secret]}),
        Type="SecureString",
        Overwrite=True,
    )
    assert send(world, json.dumps(UPDATE).encode()) == 200
    assert world.count.totals["older_secret"] == 1  # whoever rotates sees who has not heard of it
    assert send(world, json.dumps({**UPDATE, "update_id": 8}).encode(), secret="a-new-webhook-secret") == 200
    assert world.count.totals["older_secret"] == 1


def test_rotated_secret_is_read_again_at_most_every_ten_seconds(world: World) -> None:
    """A flood of forged requests cannot make us read SSM more than once in ten seconds."""
    for _ in range(50):
        send(world, b"{}", secret="forged")
        world.clock.now += 0.2
    assert world.ssm.operations["get_parameters"] <= 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"null",
        b"[]",
        b"{}",
        b'{"update_id":"7"}',
        b"[" * 100_000,
        b'{"update_id":1',
        b"\xff\xfe",
        b"9" * 5000,
    ],
)
def test_no_update_is_200_and_a_warning_without_its_content(world: World, body: bytes) -> None:
    """What cannot be read is not repeated for a day by Telegram: 200, one warning, no content in the log."""
    assert send(world, body) == 200
    assert queued(world) == []
    assert world.count.totals == {"not_an_update": 1}
    lines = world.log.getvalue().splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["WARNING"]
    assert "no json" not in world.log.getvalue()


@pytest.mark.parametrize(
    "poison", ['"x": ' + "[" * 5000 + "]" * 5000, '"x": ' + '{"a":' * 5000 + "1" + "}" * 5000, '"x": ' + "9" * 5000]
)
def test_poison_costs_its_content_not_the_message(world: World, poison: str) -> None:
    """Nesting and numbers that break the parser lose themselves; the update is queued with its words and ids."""
    body = json.dumps(UPDATE)[:-2] + ", " + poison + "}}"
    assert send(world, body.encode()) == 200
    kept = queued(world)[0]["update"]["business_message"]
    assert (kept["text"], kept["message_id"]) == ("тайные слова", 1)


@pytest.mark.parametrize("depth", [300, 985, 988])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_the_door_takes_the_sender_can_read(world: World, depth: int, opening: str, closing: str) -> None:
    """Nesting that this parser just takes, and the sender's with one level more does not, is cut here already."""
    body = json.dumps(UPDATE)[:-2] + f', "x": {opening * depth}1{closing * depth}}}}}'
    assert send(world, body.encode()) == 200
    (message,) = world.sqs.messages(world.urls["to-planfix.fifo"])
    assert message.body.count(opening) <= DEEPEST + 1
    assert json.loads(message.body)["update"]["business_message"]["text"] == "тайные слова"


def test_usual_nesting_is_queued_whole(world: World) -> None:
    """However many brackets there are: what does not lie deep stays."""
    entities = [{"type": "bold", "offset": number, "length": 1, "x": "]}\\"} for number in range(2 * DEEPEST)]
    update = {**UPDATE, "business_message": {**UPDATE["business_message"], "entities": entities}}
    assert send(world, json.dumps(update).encode()) == 200
    assert queued(world)[0]["update"] == update


@pytest.mark.parametrize("text", ["\ufffe", "\ud800", "\x00", "😀", "\u202eабв", "\uffff"])
def test_characters_that_sqs_refuses_are_queued(world: World, text: str) -> None:
    """Queued as ASCII JSON, every character passes and comes back the same."""
    update = {**UPDATE, "business_message": {**UPDATE["business_message"], "text": text}}
    assert send(world, json.dumps(update).encode()) == 200
    assert queued(world)[0]["update"] == update


def test_update_over_the_limit_is_queued_as_its_envelope(world: World) -> None:
    """What SQS can never take keeps its ids and becomes a sentence."""
    update = {**UPDATE, "business_message": {**UPDATE["business_message"], "text": "я" * 600_000}}
    assert send(world, json.dumps(update, ensure_ascii=False).encode()) == 200
    kept = queued(world)[0]["update"]["business_message"]
    assert (kept["too_large"], kept["message_id"], "text" in kept) == (True, 1, False)


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 7, "business_message": {**UPDATE["business_message"], "business_connection_id": "c" * 1_200_000}},
        {
            "update_id": 7,
            "business_message": {**UPDATE["business_message"], "chat": {"id": 1, "first_name": "x" * 1_200_000}},
        },
        {"update_id": 7, "k" * 1_200_000: UPDATE["business_message"]},
    ],
    ids=["connection", "name", "kind"],
)
def test_what_is_too_large_in_its_envelope_too(world: World, update: dict[str, object]) -> None:
    """Telegram would repeat it before everything else of that chat: it is queued all the same, and logged in one short line."""
    assert send(world, json.dumps(update).encode()) == 200
    assert len(queued(world)) == 1
    assert len(world.log.getvalue()) < 1000


def test_queue_that_fails_makes_telegram_repeat(world: World) -> None:
    """When SQS does not take it, the answer is 503 and Telegram repeats."""

    def broken(**_: object) -> None:
        raise ConnectionError

    world.sqs.send_message = broken
    assert send(world, json.dumps(UPDATE).encode()) == 503


def test_ssm_that_fails_is_served_from_what_is_kept(world: World) -> None:
    """An outage of SSM does not stop a container that has read the settings; a fresh one says 503."""
    send(world, json.dumps(UPDATE).encode())
    world.clock.now += 3600

    def broken(**_: object) -> None:
        raise ConnectionError

    world.ssm.get_parameters = broken
    assert send(world, json.dumps({**UPDATE, "update_id": 9}).encode()) == 200
    world.runtime.parameters._read.clear()
    assert send(world, json.dumps({**UPDATE, "update_id": 10}).encode()) == 503


def test_words_and_secrets_are_not_logged(world: World) -> None:
    """A log line has the ids of the update, never its words or a secret."""
    send(world, json.dumps(UPDATE).encode())
    line = json.loads(world.log.getvalue())
    assert (line["update_id"], line["kind"], line["group"]) == (7, "business_message", f"main:{CLIENT}")
    assert "тайные" not in world.log.getvalue()
    assert MAIN.webhook_secret not in world.log.getvalue()


@pytest.fixture
def with_task(world: World) -> World:
    """A client has written, so that there is a task."""
    world.client_writes("раз")
    world.settle()
    return world


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("task={task}&event=comment", "form"), ('{{"task": "{task}"}}', "json"), ('{{"task": {task}}}', "json")],
)
@pytest.mark.only_on("rest")
def test_call_as_form_or_json(with_task: World, body: str, content_type: str) -> None:
    """The scenario may send a form or JSON; the number may be text or number."""
    answered = call(with_task, body.format(task=with_task.task).encode())
    assert answered["statusCode"] == 200, content_type
    assert [one["task"] for one in queued(with_task, "to-telegram.fifo")] == [with_task.task]


@pytest.mark.only_on("rest")
def test_each_call_has_its_own_deduplication_id(with_task: World) -> None:
    """Two calls for one task are two: each says only that something is new."""
    for _ in range(2):
        call(with_task, f"task={with_task.task}".encode())
    assert len(queued(with_task, "to-telegram.fifo")) == 2


@pytest.mark.only_on("rest")
def test_call_as_api_gateway_delivers_it(with_task: World, event) -> None:
    """A form arrives base64-encoded, header names in lower case, the secret by Basic authorization."""
    raw = event("planfix/call_form")
    raw["headers"]["authorization"] = "Basic " + base64.b64encode(f"bridge:{MAIN.planfix_secret}".encode()).decode()
    raw["body"] = base64.b64encode(f"task={with_task.task}&event=comment".encode()).decode()
    answered = with_task.planfix_door().accept(Request.from_event(raw))
    assert answered["statusCode"] == 200
    assert len(queued(with_task, "to-telegram.fifo")) == 1


@pytest.mark.parametrize(
    "body", [b"", b"task=", b"task=abc", b"number=5", b"task=-5", b"task=1e5", b"[]", b"task=" + b"9" * 40]
)
@pytest.mark.only_on("rest")
def test_call_without_task_number(world: World, body: bytes) -> None:
    """A call without a task number is 400 with a sentence that says what to send."""
    answered = call(world, body)
    assert answered["statusCode"] == 400
    assert "{{Задача.Номер}}" in json.loads(str(answered["body"]))["message"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-bridge-secret": "wrong"}, {"authorization": "Basic !!!"}, {"authorization": "Basic d3Jvbmc6d3Jvbmc="}],
)
def test_call_with_wrong_secret(world: World, headers: dict[str, str]) -> None:
    """A call without the right secret is 401 and counted."""
    assert call(world, b"task=1", headers)["statusCode"] == 401
    assert world.count.totals == {"wrong_secret": 1}


@pytest.mark.only_on("rest")
def test_call_for_a_task_of_nobody(world: World) -> None:
    """A task that is no chat of ours is 200, ignored and counted, so that Planfix does not repeat it."""
    assert call(world, b"task=999")["statusCode"] == 200
    assert world.count.totals == {"task_not_ours": 1}


@pytest.mark.only_on("rest")
def test_call_while_dynamodb_fails(world: World) -> None:
    """When AWS does not take part, Planfix is told to repeat."""

    def broken(**_: object) -> None:
        raise ConnectionError

    world.dynamodb.get_item = broken
    assert call(world, b"task=1")["statusCode"] == 503
