"""What a message tells of the client besides its words: the own phone, a changed name or @username."""

from __future__ import annotations

from typing import Any

import pytest

from local.fakes.planfix_model import Contact
from tests.unit.test_two_integrations import FIRST, ON_THE_SAME_HOST
from tests.world import CLIENT, OWNER, SECOND_CLIENT, World

pytestmark = pytest.mark.only_on("rest")

PHONE = "79161234567"


def share_phone(world: World, *, whose: int = CLIENT, by: int = CLIENT, number: str = PHONE) -> None:
    """A person sends a contact card."""
    card = {"phone_number": number, "first_name": "Анна", "user_id": whose}
    if by == OWNER:
        world.telegram.owner_writes(OWNER, CLIENT, None, contact=card)
    else:
        world.telegram.client_writes(world.bot, by, owner_id=OWNER, contact=card)


def contact(world: World, number: int = 1) -> Contact:
    """The contact in Planfix."""
    return world.planfix.contact(number)


def phones(world: World, number: int = 1) -> list[str]:
    """Its numbers."""
    return [one["number"] for one in contact(world, number).fields.get("phones", [])]


def names(world: World, number: int = 1) -> tuple[str, str, str]:
    """Its first name, last name and link to Telegram."""
    fields = contact(world, number).fields
    return fields["name"], fields["lastname"], fields.get("telegram", "")


def planfix_calls(world: World, since: int) -> list[tuple[str, str]]:
    """What was asked of Planfix since then."""
    return [(call.method, call.path) for call in world.planfix.calls[since:]]


# -- the own phone


def test_own_phone_is_written_to_the_contact(world: World) -> None:
    """The phone that a client shares is the contact's, and stands in the comment."""
    share_phone(world)
    world.settle()
    assert phones(world) == [f"+{PHONE}"]
    assert f"+{PHONE}" in world.comments()[0].description


def test_phones_that_are_there_stay(world: World) -> None:
    """What employees wrote stays, with its type; the new one is added."""
    known = world.planfix.add_contact("Анна", telegram_id=str(CLIENT), phones=["+7 495 111-11-11"])
    share_phone(world)
    world.settle()
    assert [(one["number"], one["type"]) for one in contact(world, known).fields["phones"]] == [
        ("+7 495 111-11-11", 2),
        (f"+{PHONE}", 1),
    ]


@pytest.mark.parametrize("written", ["+7 (916) 123-45-67", "89161234567", "9161234567"])
def test_phone_that_is_there_is_not_added(world: World, written: str) -> None:
    """The same number in another form is the same number."""
    world.planfix.add_contact("Анна", telegram_id=str(CLIENT), phones=[written])
    share_phone(world)
    world.settle()
    assert phones(world) == [written]


@pytest.mark.parametrize(
    ("by", "whose"),
    [(CLIENT, SECOND_CLIENT), (OWNER, OWNER), (OWNER, CLIENT)],
    ids=["another's", "owner's", "by owner"],
)
def test_phone_of_somebody_else_is_not_written(world: World, by: int, whose: int) -> None:
    """Only what the client says of the client counts: cards of others, and the owner's, are comments only."""
    world.client_writes("раз")
    world.settle()
    share_phone(world, by=by, whose=whose)
    world.settle()
    assert phones(world) == []
    assert f"+{PHONE}" in world.comments()[-1].description


def test_phone_costs_one_read_and_one_write(world: World) -> None:
    """Beside the comment; an ordinary message costs neither."""
    world.client_writes("раз")
    world.settle(for_seconds=10)
    before = len(world.planfix.calls)
    share_phone(world)
    world.settle(for_seconds=10)
    assert planfix_calls(world, before) == [
        ("POST", f"/task/{world.task}/comments/"),
        ("GET", "/contact/1"),
        ("POST", "/contact/1"),
    ]


@pytest.mark.parametrize(("status", "code"), [(405, 5), (400, 41), (400, 2002)], ids=["scope", "bad value", "refused"])
def test_phone_that_planfix_refuses_stops_nothing(world: World, status: int, code: int) -> None:
    """The comment says the phone anyway, and the next message arrives."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/contact/1", method="POST", status=status, code=code, error="no")
    share_phone(world)
    world.client_writes("два")
    world.settle()
    assert phones(world) == []
    assert [f"+{PHONE}" in one.description for one in world.comments()] == [False, True, False]
    assert world.count.totals["phone_not_written"] == 1


def test_phone_waits_for_planfix_a_while_and_is_then_left(world: World) -> None:
    """A Planfix that fails at this contact only holds the chat for ten minutes at most."""
    world.client_writes("раз")
    world.settle()
    began = world.clock()
    world.planfix.fail_next(path_prefix="/contact/1", status=500, code=0, error="unknown", times=500)
    share_phone(world)
    world.client_writes("два")
    world.settle()
    assert world.comments()[-1].description == "два"
    assert 0 < world.comments()[-1].at - began < 1200
    assert len(world.comments()) == 3


def test_lost_answer_adds_the_phone_once(world: World) -> None:
    """When the answer to the writing is lost, the number is found there and not added again."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/contact/1", method="POST", status=500, code=0, error="lost", apply=True)
    share_phone(world)
    world.settle()
    assert phones(world) == [f"+{PHONE}"]
    assert len(world.comments()) == 2


# -- a changed name


def test_changed_name_follows_in_the_contact(world: World) -> None:
    """Name, last name and @username of a contact that the bridge made are those of the newest message."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Аня", last_name="Ли", username="anya_li")
    world.client_writes("два")
    world.settle()
    assert names(world) == ("Аня", "Ли", "https://t.me/anya_li")
    assert [one.description for one in world.comments()] == ["раз", "два"]


def test_message_with_the_same_name_asks_nothing(world: World) -> None:
    """Only a change costs: two Planfix calls, and after it nothing again."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Аня")
    counted = []
    for text in ("два", "три"):
        before = len(world.planfix.calls)
        world.client_writes(text)
        world.settle(for_seconds=10)
        counted.append([path for _, path in planfix_calls(world, before) if path.startswith("/contact")])
    assert counted == [["/contact/1", "/contact/1"], []]


@pytest.mark.parametrize("field", ["name", "lastname", "telegram"])
def test_what_an_employee_changed_stays(world: World, field: str) -> None:
    """A field that an employee changed is the employee's for good; the others still follow."""
    world.client_writes("раз")
    world.settle()
    world.planfix.change_contact(1, **{field: "рукой"})
    for number in (1, 2):
        world.telegram.rename(CLIENT, first_name=f"Аня{number}", last_name=f"Ли{number}", username=f"anya_li_{number}")
        world.client_writes("два")
        world.settle()
    expected = {"name": "Аня2", "lastname": "Ли2", "telegram": "https://t.me/anya_li_2", field: "рукой"}
    assert names(world) == tuple(expected.values())


@pytest.mark.parametrize("found_by", ["telegram id", "username"])
def test_found_contact_is_never_renamed(world: World, found_by: str) -> None:
    """A contact that was there before keeps its names, even when they were the client's own."""
    known = {"telegram_id": str(CLIENT)} if found_by == "telegram id" else {}
    world.planfix.add_contact("Анна", "Серова", telegram="https://t.me/anna_serova", **known)
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Аня", username="anya")
    before = len(world.planfix.calls)
    world.client_writes("два")
    world.settle(for_seconds=10)
    assert names(world) == ("Анна", "Серова", "https://t.me/anna_serova")
    assert not [path for _, path in planfix_calls(world, before) if path.startswith("/contact")]


def test_given_up_username_is_taken_out(world: World) -> None:
    """Somebody else may take a @username that was given up: the old link would lead to a stranger."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, username="")
    world.client_writes("два")
    world.settle()
    assert names(world) == ("Анна", "Серова", "")


def test_username_that_comes_later_is_written(world: World) -> None:
    """A contact that the bridge made without a link gets one."""
    world.client_writes("раз", client=SECOND_CLIENT)
    world.settle()
    world.telegram.rename(SECOND_CLIENT, username="boris")
    world.client_writes("два", client=SECOND_CLIENT)
    world.settle()
    assert names(world) == ("Борис", "", "https://t.me/boris")


def test_name_of_a_nameless_client_follows(world: World) -> None:
    """A made-up name gives way to the real one, and a real one not to a made-up one."""
    world.telegram.add_user(700_000_009, " ")
    for first_name in (" ", "Вера", " "):
        world.telegram.rename(700_000_009, first_name=first_name)
        world.client_writes("раз", client=700_000_009)
        world.settle()
    assert names(world)[0] == "Вера"


def test_contact_whose_making_was_lost_is_ours(world: World) -> None:
    """A contact that an attempt with a lost answer made follows the client's names all the same."""
    world.planfix.fail_next(path_prefix="/contact/", method="POST", status=500, code=0, error="lost", apply=True)
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Аня")
    world.client_writes("два")
    world.settle()
    assert (names(world)[0], len(world.planfix.contacts())) == ("Аня", 1)


def test_older_message_does_not_bring_an_old_name_back(world: World) -> None:
    """A redriven message carries the name of its own time."""
    world.client_writes("раз")
    old = world.telegram.updates_for(world.bot)[-1]
    number = world.telegram.world.account(OWNER).take_message_id()  # GIVEN another one of that time, which comes late
    world.settle()
    world.clock.now += 60
    world.telegram.rename(CLIENT, first_name="Аня")
    world.client_writes("два")
    world.settle()
    late = {**old["business_message"], "message_id": number}
    world.runtime.queues["to-planfix.fifo"].put(
        {
            "kind": "update",
            "integration": "main",
            "received_at": world.clock(),
            "update": {**old, "business_message": late},
        },
        group=f"main:{CLIENT}",
        deduplication_id="late",
    )
    world.settle()
    assert len(world.comments()) == 3, "GIVEN that the old message is carried"
    assert names(world)[0] == "Аня"


@pytest.mark.parametrize(("status", "code"), [(405, 5), (400, 41), (404, 2000)], ids=["scope", "bad value", "gone"])
def test_refused_name_is_not_tried_again(world: World, status: int, code: int) -> None:
    """A refusal stops no message, is counted, and is the end of it."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/contact/1", method="POST", status=status, code=code, error="no", times=9)
    world.telegram.rename(CLIENT, first_name="Аня")
    before = len(world.planfix.calls)
    for text in ("два", "три", "четыре"):
        world.client_writes(text)
        world.settle()
    assert [one.description for one in world.comments()] == ["раз", "два", "три", "четыре"]
    assert world.count.totals["contact_not_updated"] == 1
    assert planfix_calls(world, before).count(("POST", "/contact/1")) == 1


def test_name_is_written_with_the_next_message_when_planfix_was_busy(world: World) -> None:
    """Told to wait, the bridge does not hold the message for the sake of a name."""
    world.client_writes("раз")
    world.settle()
    world.planfix.refuse_next_for_limit(60_000, "GET", "/contact/1")
    world.telegram.rename(CLIENT, first_name="Аня")
    world.client_writes("два")
    world.settle(for_seconds=30)
    assert (names(world)[0], world.comments()[-1].description) == ("Анна", "два")
    world.clock.now += 61
    world.client_writes("три")
    world.settle()
    assert names(world)[0] == "Аня"


def test_name_whose_answers_are_lost_is_tried_twice(world: World) -> None:
    """A Planfix that breaks at this name does not break at each message for ever."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/contact/1", method="POST", status=500, code=0, error="unknown", times=9)
    world.telegram.rename(CLIENT, first_name="Аня")
    before = len(world.planfix.calls)
    for text in ("два", "три", "четыре", "пять"):
        world.clock.now += 31
        world.client_writes(text)
        world.settle()
    assert len(world.comments()) == 5
    assert planfix_calls(world, before).count(("POST", "/contact/1")) == 2


def test_names_are_kept_as_digests_only(world: World) -> None:
    """Neither the table nor the log has the client's names."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Аполлинария", username="apollinaria")
    world.client_writes("два")
    world.settle()
    kept = repr([world.dynamodb.items(table) for table in ("chats", "ledger", "connections")])
    for word in ("Анна", "Серова", "anna_serova", "Аполлинария", "apollinaria"):
        assert word not in kept
        assert word not in world.log.getvalue()


def test_either_of_two_integrations_follows_the_name() -> None:
    """Two bots of one Planfix account: a contact that one of them made is renamed by whichever hears of it first."""
    world = World(accounts=(FIRST, ON_THE_SAME_HOST), settings={"channels": {"own_bot": {}}}, rate=0)

    def writes(alias: str) -> Any:
        return world.telegram.client_writes(world.bots[alias], CLIENT, text="раз")

    for alias in ("first", "second"):
        writes(alias)
        world.settle()
    world.telegram.rename(CLIENT, first_name="Аня")
    writes("second")
    world.settle()
    assert names(world)[0] == "Аня", "GIVEN that the first made the contact"
    writes("first")
    world.settle()
    world.telegram.rename(CLIENT, first_name="Анюта")
    writes("first")
    world.settle()
    assert (names(world)[0], len(world.planfix.contacts())) == ("Анюта", 1)


def test_new_bot_token_overwrites_nothing(world: World) -> None:
    """Digests are keyed by the bot's token: after a new one nothing is comparable, so nothing is overwritten, once."""
    world.client_writes("раз")
    world.settle()
    world.planfix.change_contact(1, name="рукой")
    for item in world.dynamodb.items("chats"):
        if "seen" in item:
            world.runtime.chats._table.put({**item, "seen": dict.fromkeys(item["seen"], "made with another key")})
    for first_name in ("Анна", "Аня"):
        world.telegram.rename(CLIENT, first_name=first_name)
        world.client_writes("два")
        world.settle()
    assert names(world)[0] == "рукой"
