"""Business accounts: only approved ones are carried, and the newest connection is known."""

from __future__ import annotations

import pytest

from tests.world import CLIENT, OWNER, SECOND_OWNER, World


def connections(world: World) -> dict[int, object]:
    """What the table knows, by owner."""
    return {one.owner_id: one for one in world.runtime.connections.all("main")}


def test_unknown_owner_waits_for_approval(world: World) -> None:
    """Messages of an account that nobody approved are counted, neither forwarded nor kept."""
    world.telegram.connect(world.bot, SECOND_OWNER)
    for text in ("тайна раз", "тайна два"):
        world.client_writes(text, owner=SECOND_OWNER)
    world.settle()
    assert world.planfix.tasks() == []
    assert world.runtime.connections.newest("main", SECOND_OWNER).not_carried == 2
    assert "тайна" not in str([world.dynamodb.items(name) for name in ("connections", "chats", "ledger")])


def test_events_keep_the_table_true(world: World) -> None:
    """Each change of the connection is kept: id, rights, enabled."""
    world.settle()
    newest = world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.settle()
    known = world.runtime.connections.newest("main", OWNER)
    assert (known.connection_id, known.rights, known.is_enabled) == (newest, ("can_reply",), True)
    world.telegram.disconnect(OWNER)
    world.settle()
    assert not world.runtime.connections.newest("main", OWNER).is_enabled


def event(connection_id: str, **changes: object) -> dict[str, object]:
    """A BusinessConnection of the owner."""
    return {"id": connection_id, "user": {"id": OWNER, "first_name": "Иван"}, "is_enabled": True, **changes}


@pytest.mark.parametrize(
    ("received_at", "update_id", "newest"),
    [(200.0, 1, "late"), (100.0, 51, "late"), (100.0, 49, "early"), (99.0, 99, "early")],
)
def test_older_event_never_overwrites(world: World, received_at: float, update_id: int, newest: str) -> None:
    """Time of receipt orders events; update_id only breaks ties, since it restarts at random."""
    accounts = world.runtime.integration("main").accounts
    accounts.note_connection(event("early"), received_at=100.0, update_id=50)
    accounts.note_connection(event("late"), received_at=received_at, update_id=update_id)
    assert world.runtime.connections.newest("main", OWNER).connection_id == newest


def test_unknown_connection_is_asked_for(world: World) -> None:
    """A message whose connection was never seen is carried after asking Telegram whose it is."""
    world.delivery.deliver_pending()
    world.telegram.change_connection(OWNER, announce=False)
    world.client_writes("раз")
    world.settle()
    assert [one.description for one in world.comments()] == ["раз"]


def test_connection_that_telegram_does_not_know(world: World) -> None:
    """A message of a connection that nobody knows becomes a dead letter, is counted, and blocks nothing."""
    sent = world.client_writes("раз")
    update = world.telegram.updates_for(world.bot)[-1]
    update["business_message"]["business_connection_id"] = "nobody's"
    world.client_writes("два")
    world.settle()
    assert world.count.totals["unknown_connection"] >= 1
    assert [one["dead"]["reason"] for one in world.waiting("to-planfix-dead.fifo")] == ["connection_lost"]
    assert [one.description for one in world.comments()] == ["два"]
    assert sent["message_id"]


def test_connection_is_asked_for_once(world: World) -> None:
    """The owner of a connection id never changes, so it is asked for once."""
    world.delivery.deliver_pending()
    world.telegram.change_connection(OWNER, announce=False)
    for text in ("раз", "два", "три"):
        world.client_writes(text)
    world.settle()
    assert [call.method for call in world.telegram.calls].count("getBusinessConnection") == 1


def test_answer_of_getting_a_connection_is_as_old_as_its_question(world: World) -> None:
    """An event that arrives while we ask is newer than the answer."""
    accounts = world.runtime.integration("main").accounts
    accounts.note_connection(event("from an event"), received_at=world.clock() + 0.001, update_id=1)
    world.telegram.change_connection(OWNER, announce=False)
    world.client_writes("раз", client=CLIENT)
    world.settle()
    assert world.runtime.connections.newest("main", OWNER).connection_id == "from an event"
    assert connections(world)
