"""What waits, in its index."""

from __future__ import annotations

from bridge.aws.dynamodb import Table
from bridge.aws.waiting import ASIDE_KEPT, Waiting
from bridge.model import Chat, Held
from tests.clock import Clock
from tests.doubles.dynamodb import FakeDynamoDB

CHAT = Chat("main", "500", 700)


def make() -> tuple[Waiting, Clock]:
    """The index over an empty table, and its clock."""
    clock = Clock()
    dynamodb = FakeDynamoDB(clock)
    dynamodb.add_table("connections", "integration", "item")
    return Waiting(Table(dynamodb, "connections"), clock), clock


def test_a_held_answer_is_found_by_every_read() -> None:
    """However the clock moves between two readings: a held answer has no end of its own."""
    waiting, clock = make()
    held = [Held(45, number, int(clock())) for number in (1, 2)]
    for one in held:
        waiting.put("held", CHAT, one)
    assert all(waiting.answers("held", CHAT) == held for _ in range(100))


def test_an_answer_put_aside_is_found_until_its_end() -> None:
    """DynamoDB deletes what has expired up to two days late."""
    waiting, clock = make()
    aside = Held(45, 1, int(clock()))
    waiting.put("aside", CHAT, aside)
    clock.now = aside.at + ASIDE_KEPT - 1
    assert waiting.answers("aside", CHAT) == [aside]
    clock.now = aside.at + ASIDE_KEPT + 1
    assert waiting.answers("aside", CHAT) == []
