"""Both journeys through API Gateway, Lambda, real queues and their event source mappings."""

import httpx
import pytest

from tests.e2e.world import OWNER, PLANFIX_SECRET, eventually

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("owner", [OWNER, None], ids=["business account", "own bot"])
def test_both_journeys(world, owner):
    """A client's words become a comment of the client in one task, the employee's answer reaches that very chat."""
    client = world.new_client()
    world.writes(client, "Здравствуйте", owner=owner)
    world.writes(client, "Есть ли доставка?", owner=owner)
    eventually(lambda: len(world.said(client)) == 2, "both messages are in Planfix")
    assert world.said(client) == ["Здравствуйте", "Есть ли доставка?"]
    assert [task.assigner for task in world.planfix.tasks() if task.counterparty == world.contact(client)] == [
        world.contact(client)
    ]
    world.answers(client, "<p>Есть, <b>завтра</b></p>")
    eventually(lambda: world.phone(client, owner=owner), "the answer is on the phone")
    assert world.phone(client, owner=owner) == ["Есть, завтра"]


def test_an_internal_remark_stays_inside(world):
    """A comment in which the client is not notified is not sent; the next one, in which he is, is."""
    client = world.new_client()
    world.writes(client, "Сколько стоит?")
    eventually(lambda: world.said(client), "the message is in Planfix")
    world.planfix.employee_comments(world.task(client), 5, "<p>Дать скидку?</p>", notify=("user:6",))
    world.answers(client, "<p>Сто</p>")
    eventually(lambda: world.phone(client), "the answer is on the phone")
    world.settle()
    assert world.phone(client) == ["Сто"]


@pytest.mark.parametrize("alias", ["main", "nobody"])
def test_a_wrong_secret_is_refused(world, cloud, alias):
    """401 at both doors, whether the integration is there or not; nothing is queued."""
    telegram = httpx.post(
        f"{cloud.url}/telegram/{alias}",
        headers={"X-Telegram-Bot-Api-Secret-Token": "x" * 16},
        json={"update_id": 1},
        trust_env=False,
    )
    planfix = httpx.post(
        f"{cloud.url}/planfix/{alias}/comment", auth=("planfix", "x" * 16), data={"task": "1"}, trust_env=False
    )
    assert (telegram.status_code, planfix.status_code) == (401, 401)
    assert cloud.depth("to-planfix")[0] == cloud.depth("to-telegram")[0] == 0


def test_a_call_about_another_task_is_taken_and_dropped(world, cloud):
    """A task that is no chat is 200, as form and as JSON; a call without a task number is 400 with a sentence."""
    address, shown = f"{cloud.url}/planfix/main/comment", ("planfix", PLANFIX_SECRET)
    assert httpx.post(address, auth=shown, data={"task": "999999"}, trust_env=False).status_code == 200
    assert httpx.post(address, auth=shown, json={"task": 999999}, trust_env=False).status_code == 200
    refused = httpx.post(address, auth=shown, data={"event": "comment"}, trust_env=False)
    assert refused.status_code == 400
    assert "task" in refused.text
    assert cloud.depth("to-telegram")[0] == 0
