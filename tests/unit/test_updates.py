from __future__ import annotations

import pytest

from bridge.model import Author
from bridge.telegram.updates import (
    connection_event,
    deleted_messages,
    envelope,
    group_of,
    incoming_message,
    is_update,
    kind_of,
)

CLIENT = {"id": 7, "is_bot": False, "first_name": "Анна", "last_name": "Серова", "username": "anna"}
OWNER = {"id": 1, "is_bot": False, "first_name": "Иван"}
CHAT = {"id": 7, "type": "private", "first_name": "Анна", "last_name": "Серова", "username": "anna"}


def message(**fields: object) -> dict[str, object]:
    """A client's message in a private chat."""
    return {"message_id": 5, "date": 1_700_000_000, "chat": CHAT, "from": CLIENT, "text": "x", **fields}


@pytest.mark.parametrize("raw", [None, 1, "text", [], {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 1.5}])
def test_what_is_no_update(raw: object) -> None:
    """Only an object with a whole update_id is an update."""
    assert not is_update(raw)


@pytest.mark.parametrize(
    ("update", "group"),
    [
        ({"update_id": 1, "business_message": message()}, "7"),
        ({"update_id": 1, "edited_business_message": message()}, "7"),
        ({"update_id": 1, "deleted_business_messages": {"chat": CHAT, "message_ids": [1]}}, "7"),
        ({"update_id": 1, "message": message()}, "7"),
        ({"update_id": 1, "callback_query": {"from": CLIENT, "message": message()}}, "7"),
        ({"update_id": 1, "my_chat_member": {"chat": CHAT, "from": CLIENT}}, "7"),
        ({"update_id": 1, "business_connection": {"id": "c", "user": OWNER}}, "owner:1"),
        ({"update_id": 1, "a_kind_of_2030": {"user": CLIENT}}, "7"),
        ({"update_id": 1, "poll": {"id": "1"}}, "other"),
        ({"update_id": 1}, "other"),
        ({"update_id": 1, "message": {"chat": {"id": "7"}}}, "other"),
        ({"update_id": 1, "message": {"chat": {"id": 10**30}}}, "other"),
    ],
)
def test_group_is_the_client(update: dict[str, object], group: str) -> None:
    """The message group is the client's user id in every channel, the owner for a connection, else `other`."""
    assert group_of(update) == group


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({}, Author.CLIENT),
        ({"from": OWNER}, Author.OWNER),
        ({"from": OWNER, "is_from_offline": True}, Author.AUTOMATIC),
        ({"from": OWNER, "sender_business_bot": {"id": 9, "is_bot": True}}, Author.BOT),
        ({"sender_business_bot": {"id": 9, "is_bot": True}}, Author.BOT),
        ({"from": {**CLIENT, "is_bot": True}}, Author.BOT),
    ],
)
def test_who_wrote(fields: dict[str, object], author: Author) -> None:
    """A bot's echo comes first, then the owner's automatic and own words, then bots, then the client."""
    read = incoming_message(message(**fields))
    assert read is not None
    assert read.who_wrote(owner_id=1) is author


def test_client_of_the_owners_message_is_the_chat() -> None:
    """When the owner writes first, the client's names stand in the chat."""
    read = incoming_message(message(**{"from": OWNER}))
    assert read is not None
    assert (read.client.id, read.client.full_name) == (7, "Анна Серова")


@pytest.mark.parametrize(
    "raw", [None, [], {}, {"chat": CHAT}, {"message_id": 1}, {"message_id": 1, "chat": {"id": None}}]
)
def test_unreadable_message(raw: object) -> None:
    """A message without chat or number is no message, and no error."""
    assert incoming_message(raw) is None


def test_rights_are_only_those_granted() -> None:
    """A right that is missing or false is denied."""
    event = connection_event(
        {"id": "c", "user": OWNER, "is_enabled": True, "rights": {"can_reply": True, "can_read_messages": False}}
    )
    assert event is not None
    assert event.rights == ("can_reply",)


def test_flat_can_reply_of_older_servers() -> None:
    """Without `rights` the flat `can_reply` counts."""
    event = connection_event({"id": "c", "user": OWNER, "is_enabled": True, "can_reply": True})
    assert event is not None
    assert event.rights == ("can_reply",)


def test_deletion_keeps_readable_ids() -> None:
    """Ids that are no numbers are left out."""
    deleted = deleted_messages({"business_connection_id": "c", "chat": CHAT, "message_ids": [1, "2", None, 3]})
    assert deleted is not None
    assert deleted.message_ids == (1, 3)


def test_envelope_holds_no_content() -> None:
    """What is too large to queue keeps its ids, kind and dates only, and its group."""
    update = {"update_id": 3, "business_message": message(business_connection_id="c", text="secret words", photo=[{}])}
    kept = envelope(update)
    assert "secret words" not in str(kept)
    assert (kind_of(kept), group_of(kept)) == ("business_message", "7")
    assert kept["business_message"]["message_id"] == 5
