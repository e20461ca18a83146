"""Whatever Telegram sends: it is carried or counted, and never an exception or a dead letter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.queued import Update
from bridge.telegram.characters import is_blank
from bridge.telegram.updates import DELETED_MESSAGES, EDITED_MESSAGES, NEW_MESSAGES
from tests.unit.test_content_properties import _MESSAGES, _TREES
from tests.world import CAPABILITIES, CLIENT, OWNER, World
from tests.world import carry as pass_queue

_KINDS = (*NEW_MESSAGES, *EDITED_MESSAGES, DELETED_MESSAGES, "business_connection", "my_chat_member", "hologram")
_NAMED = st.fixed_dictionaries({}, optional={"first_name": _TREES, "last_name": _TREES, "username": _TREES})


@pytest.fixture(scope="module", params=CAPABILITIES)
def lived_in(request: pytest.FixtureRequest) -> World:
    """A world in which a client has written before, by either route."""
    world = World(rate=0, route=request.param)
    world.client_writes("раз")
    world.settle()
    return world


def carry(world: World, kind: str, body: Any) -> None:
    """Carry an update that came long enough ago for no file to be waited for."""
    update = {"update_id": world.clock.now, kind: body}
    with world.runtime.invocation(lambda: 120_000):
        pass_queue(world.runtime.integration("main"), Update("main", update, world.clock() - 3600))


def known(world: World) -> dict[str, Any]:
    """What makes a message one of the known chat."""
    connection = world.telegram.world.connection_of(OWNER).id
    return {"business_connection_id": connection, "chat": {"id": CLIENT, "type": "private"}, "from": {"id": CLIENT}}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind=st.sampled_from(_KINDS), tree=_MESSAGES, names=_NAMED, date=_TREES)
def test_no_shape_of_an_update_raises(
    lived_in: World, kind: str, tree: dict[str, Any], names: dict[str, Any], date: Any
) -> None:
    """Any content in a message, an edit, a deletion or a kind of the future: at most one comment, and no exception."""
    lived_in.clock.now += 40
    number = int(lived_in.clock.now)
    body = {**tree, **known(lived_in), "message_id": number, "message_ids": [number, number - 40], "date": date}
    body["chat"] = {**names, **body["chat"]}
    before = len(lived_in.comments())
    carry(lived_in, kind, body)
    assert len(lived_in.comments()) - before <= 1


_ANY_NAME = (
    st.sampled_from(["\ud83d", "\u200b", "\u3164", "\x00", "<b>"]) | st.text(st.characters(), max_size=6) | _TREES
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    kind=st.sampled_from(NEW_MESSAGES),
    names=st.fixed_dictionaries({}, optional={"first_name": _ANY_NAME, "last_name": _ANY_NAME, "username": _ANY_NAME}),
)
def test_a_new_client_of_any_name_has_a_contact_and_a_task(lived_in: World, kind: str, names: dict[str, Any]) -> None:
    """However somebody is called: the contact is made, with a name that is seen."""
    lived_in.clock.now += 40
    client = int(lived_in.clock.now)
    body = {**known(lived_in), "message_id": client, "text": "раз", "from": {**names, "id": client}}
    body["chat"] = {**names, "id": client, "type": "private"}
    carry(lived_in, kind, body)
    contact = lived_in.planfix.contact(int(lived_in.contact_of(client).removeprefix("contact:")))
    assert not is_blank(contact.fields["name"])
    assert [one.description for one in lived_in.comments()][-1].endswith("раз")


@settings(max_examples=100)
@given(kind=st.sampled_from(_KINDS), tree=_TREES)
def test_no_tree_as_an_update_raises(lived_in: World, kind: str, tree: Any) -> None:
    """Without a chat or a number there is nothing to carry, and nothing to break."""
    lived_in.clock.now += 40
    body = tree if isinstance(tree, dict) else {"x": tree}
    body.pop("business_connection_id", None)  # of nobody's connection: that is kept as a dead letter, not dropped
    carry(lived_in, kind, body)
