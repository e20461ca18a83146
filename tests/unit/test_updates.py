from __future__ import annotations

import json

import pytest

from bridge.model import Author
from bridge.telegram.characters import LONGEST_ID
from bridge.telegram.updates import (
    album_of,
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


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800\u2060", "\u115f\u1160", " "])
def test_name_that_nobody_sees_is_none(blank: str) -> None:
    """Such a name says nothing; the other one stays."""
    read = incoming_message(message(chat={"id": 7, "first_name": blank, "last_name": "Серова"}))
    assert read is not None
    assert (read.client.first_name, read.client.full_name) == ("", "Серова")


def test_half_characters_of_names_are_replaced() -> None:
    """JSON can hold half of a surrogate pair, a request cannot."""
    read = incoming_message(message(chat={"id": 7, "first_name": "Ян\ud83d", "username": "\udc00"}))
    assert read is not None
    assert (read.client.first_name, read.client.username) == ("Ян\ufffd", "\ufffd")


@pytest.mark.parametrize(
    "unfit", ["c" * 3000, "\ud800", "ключ", "a\nb"], ids=["too long", "half a character", "not ASCII", "a line break"]
)
def test_ids_are_fit_for_keys(unfit: str) -> None:
    """An id of Telegram's that no key can hold is known by its digest, wherever it stands; one of two such is not the other."""
    read = incoming_message(message(business_connection_id=unfit))
    event = connection_event({"id": unfit, "user": OWNER, "rights": {unfit: True}})
    deleted = deleted_messages({"business_connection_id": unfit, "chat": CHAT, "message_ids": [1]})
    assert read is not None
    assert event is not None
    assert deleted is not None
    album = album_of({"update_id": 1, "message": message(media_group_id=unfit)})
    ids = {read.connection_id, event.connection_id, *event.rights, deleted.connection_id, album}
    assert len(ids) == 1
    known = ids.pop()
    assert known.isascii()
    assert known.isprintable()
    assert 0 < len(known) <= LONGEST_ID
    other = incoming_message(message(business_connection_id=unfit + "x"))
    assert other is not None
    assert other.connection_id != known


def test_usual_ids_stay_themselves() -> None:
    """What Telegram gives is what Telegram gets back; none stays none."""
    read, none = incoming_message(message(business_connection_id="Ab_-09")), incoming_message(message())
    assert read is not None
    assert none is not None
    assert (read.connection_id, none.connection_id) == ("Ab_-09", "")


@pytest.mark.parametrize("kind", ["k" * 1_200_000, "тип", "\ud800"], ids=["too long", "not ASCII", "half a character"])
def test_name_that_is_no_kind(kind: str) -> None:
    """A kind's name is short: it is logged, and stands in the envelope."""
    assert kind_of({"update_id": 1, kind: {}}) == "empty"


@pytest.mark.parametrize(
    "fields",
    [
        {"business_connection_id": "c" * 1_200_000},
        {"date": "1" * 1_200_000},
        {"chat": {**CHAT, "first_name": "😀" * 300_000, "type": "t" * 1_200_000}},
        {"from": {**CLIENT, "username": "u" * 1_200_000, "last_name": "\ud800" * 300_000}},
    ],
    ids=["connection", "date", "chat", "sender"],
)
def test_envelope_is_small(fields: dict[str, object]) -> None:
    """Whatever made the update too large, its envelope is not, and it still says whose it is."""
    kept = envelope({"update_id": 3, "business_message": message(**fields)})
    assert len(json.dumps(kept)) < 20_000
    assert (kind_of(kept), group_of(kept)) == ("business_message", "7")


def test_names_are_short() -> None:
    """A name longer than any of Telegram's is cut: it stands in rows that must not grow too large."""
    read = incoming_message(message(chat={**CHAT, "first_name": "я" * 500_000}))
    assert read is not None
    assert len(read.chat.first_name) == 256
