"""Who gets a new task: the template's people and the channel's extra ones, or the default assignee."""

from __future__ import annotations

import pytest

from tests.world import ACTIVE, CLIENT, CONTACT_TEMPLATE, GROUP, MANAGER, SECOND_CLIENT, TASK_TEMPLATE, USER, World

pytestmark = pytest.mark.only_on("rest")

NOBODYS_TEMPLATE, LAST_TEMPLATE, DISMISSED = 42, 999, "user:777"


def people(world: World, task: int | None = None) -> list[str]:
    """A task's assignees, the newest one's unless another is named."""
    assignees = world.planfix.task(task or world.task).assignees
    return [*assignees.users, *(f"group:{group}" for group in assignees.groups)]


def set_defaults(world: World, template: int, *extra: str) -> None:
    """The admin chooses another template and other extra people."""
    world.update_settings(
        defaults={"task_template": template, "contact_template": CONTACT_TEMPLATE, "extra_assignees": list(extra)}
    )


def client_writes(world: World, client: int = CLIENT) -> None:
    """A client's message, carried."""
    world.client_writes("Здравствуйте!", client=client)
    world.settle()


def test_assignee_that_planfix_refuses_stops_no_message(world: World) -> None:
    """A dismissed employee in the settings is the admin's matter: the task has its template's people, the client is heard."""
    world.update_settings(
        defaults={
            "task_template": TASK_TEMPLATE,
            "contact_template": CONTACT_TEMPLATE,
            "extra_assignees": ["user:777"],
        }
    )
    for words in ("раз", "два"):
        world.client_writes(words)
        world.settle()
    assert [one.description for one in world.comments()] == ["раз", "два"]
    assert world.planfix.task(world.task).assignees.users == [f"user:{MANAGER}"]
    assert world.count.totals["admin_needed"] == 1


def test_default_assignee_gets_what_the_refused_extra_ones_leave(world: World) -> None:
    """The template names nobody, and of the extra people one is refused: somebody has the task all the same."""
    world.planfix.add_task_template(NOBODYS_TEMPLATE, "Ничей")
    set_defaults(world, NOBODYS_TEMPLATE, f"group:{GROUP}", DISMISSED)
    client_writes(world)
    assert people(world) == [f"user:{MANAGER}"]
    assert world.count.totals["admin_needed"] == 1


def test_refused_default_assignee_stops_no_message_either(world: World) -> None:
    """When even that one left, the task is nobody's, the admin is told once, and the client is heard."""
    world.planfix.add_task_template(NOBODYS_TEMPLATE, "Ничей")
    world.update_settings(default_assignee=DISMISSED, defaults={"task_template": NOBODYS_TEMPLATE})
    client_writes(world)
    assert (people(world), len(world.comments())) == ([], 1)
    assert world.count.totals["admin_needed"] == 1


def test_whom_an_employee_takes_out_stays_out(world: World) -> None:
    """A chat that returns to a former task does not bring the extra people back into it."""
    client_writes(world)
    first = world.task
    world.planfix.close_task(first)
    world.clock.now += 60
    client_writes(world)
    world.planfix.task(first).assignees.users.remove(f"user:{USER}")
    world.planfix.close_task(world.task)
    world.planfix.set_status(first, ACTIVE)
    world.clock.now += 60
    client_writes(world)
    assert len(world.comments(first)) == 2, "GIVEN that the chat is back in it"
    assert people(world, first) == [f"user:{MANAGER}", f"group:{GROUP}"]


@pytest.mark.parametrize("code", [5, 6, 0])
def test_template_that_cannot_be_read_keeps_its_people(world: World, code: int) -> None:
    """Whatever Planfix says to that: the task is made by the template, and the extra people are added to it afterwards."""
    world.planfix.fail_next("GET", "/task/templates", status=400, code=code)
    client_writes(world)
    assert people(world) == [f"user:{MANAGER}", f"user:{USER}", f"group:{GROUP}"]
    assert len(world.planfix.tasks()) == 1


def test_template_is_looked_for_on_every_page(world: World) -> None:
    """An account with more templates than a page holds."""
    for number in range(100):
        world.planfix.add_task_template(1000 + number, "Другой", assignees=(f"user:{USER}",))
    world.planfix.add_task_template(LAST_TEMPLATE, "Последний", assignees=(f"user:{MANAGER}",))
    set_defaults(world, LAST_TEMPLATE, f"group:{GROUP}")
    client_writes(world)
    assert people(world) == [f"user:{MANAGER}", f"group:{GROUP}"]


def test_change_of_the_template_is_followed_within_minutes(world: World) -> None:
    """Whom a template names is believed for five minutes."""
    client_writes(world)
    world.planfix.add_task_template(TASK_TEMPLATE, "Обращение из Telegram", assignees=(f"group:{GROUP}",))
    world.clock.now += 300
    client_writes(world, SECOND_CLIENT)
    assert people(world) == [f"user:{USER}", f"group:{GROUP}"]


def test_task_whose_creation_was_lost_has_its_people(world: World) -> None:
    """It was made with them; it is not made again."""
    world.planfix.fail_next("POST", "/task/", apply=True, exact=True)
    client_writes(world)
    assert (len(world.planfix.tasks()), len(world.comments())) == (1, 1)
    assert people(world) == [f"user:{MANAGER}", f"user:{USER}", f"group:{GROUP}"]
