"""What an older version queued is carried by the newer one for the fourteen days that SQS keeps it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.aws.queues import Queue
from bridge.flows.batch import JOURNEYS
from bridge.queued import SHAPES, as_json, read
from tests.world import World

SHAPES_KEPT = sorted(Path("tests/events/queued").glob("*.json"))


@pytest.mark.parametrize("shape", SHAPES_KEPT, ids=lambda shape: shape.stem)
def test_every_shape_that_there_ever_was_is_carried(shape: Path) -> None:
    """GIVEN a message as it lay in the queue when its version was replaced: nothing in it is missed, and it stays nowhere."""
    world = World()
    world.client_writes("Здравствуйте!")
    world.settle()
    body = json.loads(shape.read_text())
    if body["kind"] == "update":
        connection = world.telegram.world.connections
        body["update"]["business_message"]["business_connection_id"] = next(iter(connection))
    queue = "to-planfix.fifo" if body["kind"] == "update" else "to-telegram.fifo"
    Queue(world.sqs, world.urls[queue]).put(body, group="main:700000001", deduplication_id=shape.stem)  # type: ignore[arg-type]
    world.settle(for_seconds=600)
    wrong = {name for name in world.count.totals if name in ("unexpected_error", "unreadable_record", "given_up")}
    assert (wrong, world.waiting("to-planfix-dead.fifo"), world.waiting("to-telegram-dead.fifo")) == (set(), [], [])


def test_each_kind_of_message_has_its_shape_kept() -> None:
    """A new kind is kept here too, before it changes for the first time."""
    assert {json.loads(shape.read_text())["kind"] for shape in SHAPES_KEPT} == set(SHAPES)


@pytest.mark.parametrize("shape", SHAPES_KEPT, ids=lambda shape: shape.stem)
def test_what_was_read_is_written_as_it_was(shape: Path) -> None:
    """An older version, put back, reads what the newer one queued."""
    body = json.loads(shape.read_text())
    message = read(json.dumps(body))
    assert message is not None
    written = json.loads(json.dumps(as_json(message)))
    assert written.items() <= body.items() or written["kind"] == "timer"
    assert read(json.dumps(written)) == message


def test_each_kind_has_a_journey() -> None:
    """What is read is carried."""
    assert set(JOURNEYS) == set(SHAPES.values())
