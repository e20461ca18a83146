"""The admin's command looks at the deployed stack: doctor, logs, stats, chats."""

import json

import pytest

from tests.e2e.world import OWNER, eventually

pytestmark = pytest.mark.e2e

KNOWN_ELSEWHERE = {"drift", "alarms"}
"""Rooms of which the emulator knows less than AWS; tests/integration/test_cli_doctor.py has them."""


def test_doctor_finds_what_is_well(world, cloud):
    """A message and its answer were carried: stack, settings, bot, accounts, Planfix, doors, scenario and queues are well."""
    client = world.new_client()
    world.writes(client, "Вопрос")
    eventually(lambda: world.said(client), "the message is in Planfix")
    world.answers(client, "<p>Ответ</p>")
    eventually(lambda: world.phone(client), "the answer is in Telegram")
    found = _doctor(cloud)
    ill = {
        (one["room"], one["check"]): one["text"]
        for one in found
        if one["state"] in {"wrong", "unknown"} and one["room"] not in KNOWN_ELSEWHERE
    }
    assert ill == {}
    checks = {one["check"] for one in found}
    assert {"stack_version", "webhook_here", "scopes_all", "door_telegram_answers", "door_planfix_answers"} <= checks
    assert {"scenario_heard", "no_dead_letters", "planfix_takes_token"} <= checks


def test_doctor_sees_an_account_that_lost_its_right(world, cloud):
    """The owner withdraws it; the bridge hears of it, and so does the admin."""
    world.telegram.change_connection(OWNER, ["can_read_messages"])
    eventually(lambda: "account_cannot_reply" in {one["check"] for one in _doctor(cloud)}, "doctor knows")
    world.telegram.change_connection(OWNER, ["can_reply", "can_read_messages"])
    eventually(lambda: "account_cannot_reply" not in {one["check"] for one in _doctor(cloud)}, "doctor knows")


def test_what_was_carried_is_in_logs_stats_and_chats(world, cloud):
    """As the functions wrote it, and as the tables have it."""
    client = world.new_client()
    world.writes(client, "Раз")
    eventually(lambda: world.said(client), "the message is in Planfix")
    task = world.task(client)
    chats = json.loads(cloud.command("chats", "show", str(client), "--json"))["chats"]
    assert [one["task"] for one in chats] == [task]
    eventually(lambda: f"task {task}" in cloud.command("logs", "--since", "1h"), "the line is in the log")
    days = json.loads(cloud.command("stats", "--since", "1d", "--json"))["days"]
    assert sum(day["received"] for day in days) > 0


def _doctor(cloud):
    addresses = ("--webhook-url", f"{cloud.url}/telegram/{{integration}}")
    addresses += ("--planfix-webhook-url", f"{cloud.url}/planfix/{{integration}}/comment")
    return json.loads(cloud.command("doctor", "-i", "main", *addresses, "--json", may_fail=True))["checks"]
