"""Equal numbers on both sides of two integrations: nothing crosses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import CLIENT, OWNER, USER, Account, World

FIRST = Account("first", "111111:AAF-first-bot-token-of-the-tests-00", "acme.planfix.ru")
ON_ANOTHER_HOST = Account("second", "222222:AAF-second-bot-token-of-the-tests-0", "other.planfix.com")
ON_THE_SAME_HOST = Account("second", "222222:AAF-second-bot-token-of-the-tests-0", "acme.planfix.ru")


@pytest.mark.parametrize("second", [ON_ANOTHER_HOST, ON_THE_SAME_HOST], ids=["two hosts", "one host"])
def test_nothing_crosses_between_integrations(make_world: Callable[..., World], second: Account) -> None:
    """The same client, message, update, task and comment numbers in two integrations stay apart."""
    world = make_world(accounts=(FIRST, second), settings={"channels": {"own_bot": {}}}, rate=0)
    for account in (FIRST, second):
        bot = world.bots[account.alias]
        sent = world.telegram.client_writes(bot, CLIENT, text=f"клиент пишет {account.alias}")
        assert sent["message_id"] == 1, "GIVEN equal message numbers in both bots"
    assert len({world.telegram.updates_for(bot)[0]["update_id"] for bot in world.bots.values()}) == 1
    world.settle()

    tasks = {}
    for account in (FIRST, second):
        planfix = world.planfixes[account.host]
        for task in planfix.tasks():
            words = [comment.description for comment in planfix.comments(task.id)]
            if f"клиент пишет {account.alias}" in words:
                assert len(words) == 1
                tasks[account.alias] = task.id
    assert set(tasks) == {"first", "second"}
    same_host = FIRST.host == second.host
    assert (tasks["first"] == tasks["second"]) != same_host, "GIVEN equal task numbers on two hosts"
    if world.can.chooses_task:  # else each window of Planfix's has contacts of its own
        assert len(world.planfixes[FIRST.host].contacts()) == 1, "one client is one contact of an account"

    for account in (FIRST, second):
        planfix = world.planfixes[account.host]
        client = planfix.task(tasks[account.alias]).assigner
        planfix.employee_comments(tasks[account.alias], USER, f"ответ {account.alias}", notify=(client,))
    world.settle()
    for account in (FIRST, second):
        seen = world.telegram.chat_of(CLIENT, None, bot=world.bots[account.alias])
        assert [one.text for one in seen if one.who == "bot"] == [f"ответ {account.alias}"]


def test_owner_changes_settings_in_the_middle(world: World) -> None:
    """A new connection id in the middle of a conversation changes neither task nor order."""
    world.client_writes("раз")
    world.settle()
    world.telegram.change_connection(OWNER)
    world.client_writes("два")
    world.employee_answers("ответ раз")
    world.delivery.deliver_pending()
    world.clock.now += 1
    world.telegram.change_connection(OWNER, announce=False)  # GIVEN an event that Telegram lost
    world.client_writes("три")
    world.employee_answers("ответ два")
    world.settle()
    assert len(world.planfix.tasks()) == 1
    assert [one.description for one in world.comments() if one.owner == "contact:1"] == ["раз", "два", "три"]
    assert world.phone() == ["ответ раз", "ответ два"]
