"""How many requests to Planfix a client's message costs: a second each of the whole account's time (docs/decisions/0021)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.fakes.planfix_model import Status
from tests.unit.test_two_integrations import FIRST, ON_THE_SAME_HOST
from tests.world import (
    ACTIVE,
    CLIENT,
    CONTACT_TEMPLATE,
    DONE,
    MANAGER,
    OBJECT,
    OWNER,
    SECOND_CLIENT,
    SECOND_OWNER,
    TASK_TEMPLATE,
    USER,
    World,
)

pytestmark = pytest.mark.only_on("rest")

BY_TELEGRAM_ID = BY_USERNAME = "POST contact/list"
CONTACT, ITS_CONTACT = "POST contact/", "POST contact/N"
AS_COUNTERPARTY = AS_ASSIGNER = "POST task/list"
TEMPLATE, AN_OBJECT = "GET task/templates", "GET object/N"
TASK, STATUS, ASSIGNEES = "POST task/", "GET task/N", "POST task/N"
COMMENT, COMMENTS = "POST task/N/comments/", "POST task/N/comments/list"

LINK = "https://t.me/anna_serova"
STATUSES = (Status(ACTIVE, "Новая", True), Status(DONE, "Завершена", False))
BY_OBJECT = {"task_object": OBJECT, "contact_template": CONTACT_TEMPLATE, "extra_assignees": [f"user:{USER}"]}


def asked(world: World, happens: Callable[[], object]) -> list[str]:
    """What Planfix was asked while this happened and was carried, without the numbers of tasks and contacts."""
    before = len(world.planfix.calls)
    happens()
    world.settle(for_seconds=20)
    paths = [(call.method, call.path.strip("/").split("/"), call.path) for call in world.planfix.calls[before:]]
    return [
        f"{method} " + "/".join("N" if part.isdecimal() else part for part in parts) + "/" * path.endswith("/")
        for method, parts, path in paths
    ]


def template_is_known(world: World) -> None:
    """Another client wrote a minute ago."""
    world.client_writes("Добрый день!", client=SECOND_CLIENT)
    world.settle(for_seconds=60)


def nothing(_world: World) -> None:
    """Nothing is known of the client."""


def has_no_username(world: World) -> None:
    """The client has no @username."""
    world.telegram.rename(CLIENT, username="")


def contact_has_the_id(world: World) -> None:
    """An import, or Planfix's own integration, brought the contact with its Telegram id."""
    world.planfix.add_contact("Анна", telegram_id=str(CLIENT))


def contact_has_the_username(world: World) -> None:
    """An employee made the contact, with the @username only."""
    world.planfix.add_contact("Анна", telegram=LINK)


def _add_task(world: World, contact: int, template: int | None) -> None:
    who = f"contact:{contact}"
    world.planfix.add_task("Договор", assigner=f"user:{USER}", counterparty=who, template_id=template)


def task_exists(world: World) -> None:
    """The contact has an active task that is nobody's."""
    _add_task(world, world.planfix.add_contact("Анна", telegram_id=str(CLIENT)), TASK_TEMPLATE)


def task_of_the_namesake_exists(world: World) -> None:
    """So has the contact that an employee made."""
    _add_task(world, world.planfix.add_contact("Анна", telegram=LINK), TASK_TEMPLATE)


def other_task_of_the_namesake_exists(world: World) -> None:
    """That contact has a task of another kind."""
    _add_task(world, world.planfix.add_contact("Анна", telegram=LINK), None)


def wrote_to_another_account(world: World) -> None:
    """The client has a task already, with another business account of the same integration."""
    world.telegram.connect(world.bot, SECOND_OWNER)
    world.update_settings(channels={str(OWNER): {}, str(SECOND_OWNER): {}})
    world.client_writes("Ольге", owner=SECOND_OWNER)
    world.settle(for_seconds=60)


FIRST_MESSAGES = [
    (nothing, [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, TASK, COMMENT]),
    (has_no_username, [BY_TELEGRAM_ID, CONTACT, TASK, COMMENT]),
    (contact_has_the_id, [BY_TELEGRAM_ID, AS_COUNTERPARTY, AS_ASSIGNER, TASK, COMMENT]),
    (task_exists, [BY_TELEGRAM_ID, AS_COUNTERPARTY, COMMENTS, COMMENT]),
    (wrote_to_another_account, [AS_COUNTERPARTY, TASK, COMMENT]),
    # Is the contact that bears the client's @username another client's? Its tasks say, and its id is written.
    (
        contact_has_the_username,
        [BY_TELEGRAM_ID, BY_USERNAME, AS_COUNTERPARTY, AS_ASSIGNER, ITS_CONTACT, TASK, COMMENT],
    ),
    (
        task_of_the_namesake_exists,
        [BY_TELEGRAM_ID, BY_USERNAME, AS_COUNTERPARTY, ITS_CONTACT, AS_COUNTERPARTY, COMMENTS, COMMENT],
    ),
    (
        other_task_of_the_namesake_exists,
        [BY_TELEGRAM_ID, BY_USERNAME, AS_COUNTERPARTY, ITS_CONTACT, AS_COUNTERPARTY, AS_ASSIGNER, TASK, COMMENT],
    ),
]


@pytest.mark.parametrize(("given", "requests"), FIRST_MESSAGES, ids=[given.__name__ for given, _ in FIRST_MESSAGES])
def test_requests_of_a_first_message(world: World, given: Callable[[World], None], requests: list[str]) -> None:
    """A client's first message costs five requests at most, but for a contact that an employee made with the @username."""
    template_is_known(world)
    given(world)
    assert asked(world, lambda: world.client_writes("раз")) == requests
    assert [one.description for one in world.comments()] == ["раз"]


def test_whom_the_template_names_is_read_once_in_minutes(world: World) -> None:
    """The first new client of these minutes costs a sixth request, and the first after them."""
    first = [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, TEMPLATE, TASK, COMMENT]
    assert asked(world, lambda: world.client_writes("раз")) == first
    second = asked(world, lambda: world.client_writes("два", client=SECOND_CLIENT))
    assert second == [BY_TELEGRAM_ID, CONTACT, TASK, COMMENT]
    world.clock.now += 300
    world.telegram.add_user(700_000_003, "Вера")
    third = asked(world, lambda: world.client_writes("три", client=700_000_003))
    assert third == [BY_TELEGRAM_ID, CONTACT, TEMPLATE, TASK, COMMENT]


def test_template_is_not_read_where_nobody_is_added_to_it(world: World) -> None:
    """Without extra people and a default assignee Planfix gives the task its template's people by itself."""
    world.update_settings(default_assignee=None, defaults={"task_template": TASK_TEMPLATE})
    requests = asked(world, lambda: world.client_writes("раз"))
    assert requests == [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, TASK, COMMENT]
    assert world.planfix.task(world.task).assignees.users == [f"user:{MANAGER}"]


def test_object_that_names_its_people_is_as_cheap(world: World) -> None:
    """Tasks of an object: whom it names is kept too, and its people stay."""
    world.planfix.show_assignees_of_objects()
    world.planfix.add_object(44, "Заявка", STATUSES, (f"user:{MANAGER}",))
    world.update_settings(defaults={**BY_OBJECT, "task_object": 44})
    first = [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, AN_OBJECT, TASK, COMMENT]
    assert asked(world, lambda: world.client_writes("раз")) == first
    assert world.planfix.task(world.task).assignees.users == [f"user:{MANAGER}", f"user:{USER}"]
    second = asked(world, lambda: world.client_writes("два", client=SECOND_CLIENT))
    assert second == [BY_TELEGRAM_ID, CONTACT, TASK, COMMENT]


def test_object_that_does_not_name_its_people_costs_two_more(world: World) -> None:
    """Where Planfix does not tell whom an object names, the new task itself is asked, and its people stay."""
    world.planfix.add_object(44, "Заявка", STATUSES, (f"user:{MANAGER}",))
    world.update_settings(defaults={**BY_OBJECT, "task_object": 44})
    asked(world, lambda: world.client_writes("раз", client=SECOND_CLIENT))
    requests = asked(world, lambda: world.client_writes("два"))
    assert requests == [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, TASK, STATUS, ASSIGNEES, COMMENT]
    assert world.planfix.task(world.task).assignees.users == [f"user:{MANAGER}", f"user:{USER}"]


def test_requests_of_a_client_of_two_integrations() -> None:
    """Whom one integration made a contact is known to the other one of the same account."""
    world = World(accounts=(FIRST, ON_THE_SAME_HOST), settings={"channels": {"own_bot": {}}})
    world.telegram.client_writes(world.bots["first"], SECOND_CLIENT, text="Добрый день!")
    world.settle(for_seconds=60)
    first, second = (world.bots[alias] for alias in ("first", "second"))
    requests = asked(world, lambda: world.telegram.client_writes(first, CLIENT, text="первому"))
    assert requests == [BY_TELEGRAM_ID, BY_USERNAME, CONTACT, TASK, COMMENT]
    requests = asked(world, lambda: world.telegram.client_writes(second, CLIENT, text="второму"))
    assert requests == [AS_COUNTERPARTY, TASK, COMMENT]


def test_requests_of_a_conversation(world: World) -> None:
    """A message in a known task is one request, and one more for the task's status, which is believed for 30 s or until an answer."""
    world.client_writes("раз")
    world.settle(for_seconds=15)
    assert asked(world, lambda: world.client_writes("два")) == [COMMENT]
    world.clock.now += 31
    assert asked(world, lambda: world.client_writes("три")) == [STATUS, COMMENT]
    assert asked(world, lambda: world.employee_answers("ответ")) == [COMMENTS]
    assert asked(world, lambda: world.client_writes("четыре")) == [STATUS, COMMENT]
    assert asked(world, lambda: world.client_writes("пять")) == [COMMENT]
