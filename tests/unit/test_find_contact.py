"""Whose contact a client is: by Telegram id before all, and by @username only where it can be nobody else's."""

from __future__ import annotations

import pytest

from tests.unit.test_two_integrations import FIRST, ON_THE_SAME_HOST
from tests.world import CLIENT, OWNER, TASK_TEMPLATE, USER, World

pytestmark = pytest.mark.only_on("rest")

STRANGER = 700_000_077
LINK = "https://t.me/anna_serova"


def give_the_username_away(world: World) -> None:
    """The client gives @anna_serova up, and a stranger takes it."""
    world.telegram.rename(CLIENT, username="")
    world.telegram.add_user(STRANGER, "Чужой", "", "anna_serova")


def stranger_writes(world: World) -> None:
    """The stranger's message, carried."""
    world.client_writes("Кто это?", client=STRANGER)
    world.settle()


def tasks_with(world: World, words: str) -> list[int]:
    """The tasks in which these words stand."""
    return [
        task.id for task in world.planfix.tasks() if any(one.description == words for one in world.comments(task.id))
    ]


def test_released_username_joins_no_contact_of_its_former_owner(world: World) -> None:
    """An employee's second contact of a client, with the client's @username: whoever takes that name later gets neither it nor its task."""
    world.client_writes("Здравствуйте!")
    world.settle()
    by_hand = world.planfix.add_contact("Анна по договору", telegram=LINK)
    contract = world.planfix.add_task(
        "Договор", assigner=f"user:{USER}", counterparty=f"contact:{by_hand}", template_id=TASK_TEMPLATE
    )
    give_the_username_away(world)
    world.client_writes("Это снова я")
    world.settle()
    stranger_writes(world)
    assert "telegramId" not in {k: v for k, v in world.planfix.contact(by_hand).fields.items() if v}
    assert contract not in tasks_with(world, "Кто это?")
    assert world.contact_of(STRANGER) not in (world.contact_of(CLIENT), f"contact:{by_hand}")


def test_released_username_is_known_though_its_owner_never_wrote_again(world: World) -> None:
    """The bridge hears of no change of name when the client stays silent; an employee took the Telegram id out."""
    world.client_writes("Здравствуйте!")
    world.settle()
    task = world.task
    world.planfix.delete_task(task)
    world.planfix.change_contact(1, telegramId="")
    give_the_username_away(world)
    stranger_writes(world)
    assert world.planfix.contact(1).fields["telegramId"] == ""
    assert world.contact_of(STRANGER) != "contact:1"


def test_contact_in_whose_tasks_another_client_writes_is_that_clients(world: World) -> None:
    """A merge left a contact without Telegram id, and nothing is known of who had the name before."""
    world.client_writes("Здравствуйте!")
    world.settle()
    task = world.task
    survivor = world.planfix.add_contact("Анна", telegram=LINK)
    world.planfix.merge_contacts(1, survivor)
    world.planfix.change_contact(survivor, telegramId="")
    for item in world.dynamodb.items("chats"):  # GIVEN a client of a time in which names were not kept
        if "#username#" in item["pk"]:
            world.runtime.chats._table.delete({"pk": item["pk"]})
    give_the_username_away(world)
    stranger_writes(world)
    assert world.contact_of(STRANGER) != f"contact:{survivor}"
    assert tasks_with(world, "Кто это?") != [task]


def test_former_owner_is_known_by_the_other_integration_too() -> None:
    """Two bots of one Planfix account: who had the @username with one of them had it."""
    world = World(accounts=(FIRST, ON_THE_SAME_HOST), settings={"channels": {"own_bot": {}}}, rate=0)
    world.telegram.client_writes(world.bots["first"], CLIENT, text="раз")
    world.settle()
    by_hand = world.planfix.add_contact("Анна по договору", telegram=LINK)
    give_the_username_away(world)
    world.telegram.client_writes(world.bots["first"], CLIENT, text="два")
    world.settle()
    world.telegram.client_writes(world.bots["second"], STRANGER, text="Кто это?")
    world.settle()
    assert world.contact_of(STRANGER) != f"contact:{by_hand}"


def test_username_taken_up_later_is_kept_too(world: World) -> None:
    """A name that the client had only for a while was the client's all the same."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(CLIENT, username="anna_new")
    world.client_writes("два")
    world.settle()
    by_hand = world.planfix.add_contact("Анна", telegram="https://t.me/anna_new")
    world.telegram.rename(CLIENT, username="anna_serova")
    world.client_writes("три")
    world.settle()
    world.telegram.add_user(STRANGER, "Чужой", "", "anna_new")
    stranger_writes(world)
    assert world.contact_of(STRANGER) != f"contact:{by_hand}"


def test_former_owner_of_a_username_finds_the_contact_by_hand_again(world: World) -> None:
    """The name is the client's own: after the known contact was deleted, the one with this @username is taken."""
    world.client_writes("раз")
    world.settle()
    by_hand = world.planfix.add_contact("Анна", telegram="@anna_serova")
    world.planfix.delete_contact(1)
    world.clock.now += 60
    world.client_writes("два")
    world.settle()
    assert world.contact_of(CLIENT) == f"contact:{by_hand}"


@pytest.mark.parametrize("shown", ["anna_serova", "@Anna_Serova", "t.me/anna_serova", "https://t.me/anna_serova/"])
def test_username_is_one_however_it_was_written(world: World, shown: str) -> None:
    """Employees write a @username in many ways."""
    by_hand = world.planfix.add_contact("Анна", telegram=shown)
    world.client_writes("раз")
    world.settle()
    assert world.contact_of(CLIENT) == f"contact:{by_hand}"


def test_usernames_are_kept_as_digests(world: World) -> None:
    """The table says who had a name, and not the name."""
    world.client_writes("раз", owner=OWNER)
    world.settle()
    assert "anna_serova" not in repr(world.dynamodb.items("chats"))
