"""`planfix-telegram doctor` and `status`: a world in which all is well, and one thing after another that is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from bridge.aws.parameters import secrets_name, settings_name
from local.fakes.planfix_chat_model import ChatWindow
from tests.cli_world import (
    BOT_TOKEN,
    EVERY_SECRET,
    OWNER,
    PLANFIX_SECRET,
    SECRETS,
    STACK,
    WEBHOOK_SECRET,
    CliWorld,
    Ended,
    cli_world,
)

SETTINGS: dict[str, Any] = {
    "planfix": {"account_url": "https://acme.planfix.ru"},
    "default_assignee": "user:2",
    "defaults": {"task_template": 11, "contact_template": 21, "extra_assignees": ["group:3"]},
    "channels": {str(OWNER): {"name": "Sales", "task_object": 13, "owner_user": "user:2"}},
}
ADDRESS = "https://bridge.example.com/telegram/main"
OTHER_TOKEN = "987654321:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM"
SCOPES = [
    "contact_readonly",
    "contact_add",
    "contact_update",
    "task_readonly",
    "task_add",
    "task_update",
    "comment_readonly",
    "comment_add",
    "file_readonly",
    "file_add",
    "user_readonly",
]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """A deployment that carried messages both ways a minute ago."""
    with cli_world(capsys, monkeypatch) as world:
        world.planfix.add_user(2, "Anna", "Petrova")
        world.planfix.add_group(3, "Managers")
        world.planfix.add_task_template(11, "Telegram chat")
        world.planfix.add_object(13, "Requests", ())
        world.planfix.add_contact_template(21, "Client")
        world.planfix.allow_scopes(SCOPES)
        world.deploy()
        world.store(settings=SETTINGS)
        world.telegram.add_user(OWNER, "Anna", username="anna_p")
        connect(world)
        world.run("webhook", "set")
        world.clock.sleep(60)
        log = world.cloud.resources
        world.cloud.log(log["PlanfixWebhookLogGroup"], "call queued", group="main:77", task=5, event="comment", ago=30)
        world.cloud.log(log["OutboundSenderLogGroup"], "carried to Planfix", chat=f"main#{OWNER}#77", task=5, ago=30)
        yield world


def connect(world: CliWorld, **given: Any) -> None:
    """The owner connects the bot, and the bridge hears of it."""
    world.connect(connection_id=world.telegram.connect(world.bot, OWNER), **given)


def checks(ended: Ended) -> dict[str, dict[str, Any]]:
    """What was found, by check."""
    return {one["check"]: one for one in ended.json["checks"]}


def ill(ended: Ended) -> set[str]:
    """Checks that are not well."""
    return {name for name, one in checks(ended).items() if one["state"] not in {"ok", "note"}}


def test_all_is_well(cli):
    """Exit code 0, every line is well, and no secret is shown."""
    ended = cli.run("doctor")
    assert "✗" not in ended.out
    assert "?" not in ended.out
    assert ended.exit_code == 0, ended.out
    assert "All is well." in ended.out
    assert not any(secret in ended.said for secret in EVERY_SECRET)


def test_json_has_every_line(cli):
    """Each with its integration, room, check, state, sentence and remedy."""
    ended = cli.run("doctor", "--json")
    assert ended.json["ok"] is True
    assert all(set(one) == {"integration", "room", "check", "state", "text", "remedy"} for one in ended.json["checks"])
    rooms = {one["room"] for one in ended.json["checks"]}
    assert rooms == {
        "stack", "queues", "alarms", "drift", "parameters", "bot", "accounts", "planfix", "doors", "scenario",
    }  # fmt: skip


def test_status_is_the_first_screen_without_tests(cli):
    """It asks Planfix once and changes nothing."""
    before = len(cli.planfix.calls)
    ended = cli.run("status")
    assert ended.exit_code == 0, ended.out
    assert len(cli.planfix.calls) == before + 1
    assert "Test calls" not in ended.out
    whole = cli.run("doctor").out
    assert whole.startswith(ended.out.removesuffix("\nAll is well.\n"))


def _settings(cli: CliWorld, **changes: Any) -> None:
    cli.store(settings={**SETTINGS, **changes})


def _put(cli: CliWorld, name: str, value: Any, kind: str = "String") -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    cli.ssm.delete_parameter(Name=name)
    cli.ssm.put_parameter(Name=name, Value=text, Type=kind)


def _webhook(cli: CliWorld, **given: Any) -> None:
    cli.clock.sleep(2)
    cli.bot_method("setWebhook", **{"url": ADDRESS, "secret_token": WEBHOOK_SECRET} | given)


def _failing(cli: CliWorld, message: str) -> None:
    cli.bot.webhook.last_error_date = int(cli.clock()) - 60
    cli.bot.webhook.last_error_message = message
    cli.telegram.add_user(77, "Ivan")
    cli.telegram.client_writes(None, 77, "Hello", owner_id=OWNER)


def _dead(cli: CliWorld) -> None:
    cli.sqs.send_message(
        QueueUrl=cli.outputs["ToPlanfixDlqUrl"], MessageBody="{}", MessageGroupId="1", MessageDeduplicationId="1"
    )


def _waiting(cli: CliWorld) -> None:
    cli.sqs.send_message(
        QueueUrl=cli.outputs["ToPlanfixQueueUrl"], MessageBody="{}", MessageGroupId="1", MessageDeduplicationId="1"
    )
    cli.cloud.oldest[f"{STACK}-to-planfix.fifo"] = 1800


def _old_password(cli: CliWorld) -> None:
    cli.cloud.log(cli.cloud.resources["PlanfixWebhookLogGroup"], "wrong secret", integration="main", ago=10)


def _second_integration(cli: CliWorld) -> None:
    cli.store("shop", settings=SETTINGS)
    cli.clock.sleep(2)
    cli.run("webhook", "set", "-i", "shop")


MISCONFIGURATIONS: dict[str, tuple[Callable[[CliWorld], Any], str, str]] = {
    # the stack
    "a deployment that failed": (
        lambda cli: setattr(cli.cloud, "status", "UPDATE_ROLLBACK_COMPLETE"),
        "stack_failed",
        "make deploy",
    ),
    "another version": (lambda cli: cli.outputs.update(Version="0.0.9"), "stack_version_differs", "make deploy"),
    "a version before there were versions": (lambda cli: cli.outputs.pop("Version"), "stack_old", "make deploy"),
    "a queue changed by hand": (
        lambda cli: cli.cloud.drifted.update(ToPlanfixQueue="MODIFIED"),
        "drifted",
        "make deploy",
    ),
    "this computer's clock": (lambda cli: setattr(cli.cloud, "clock_ahead", 240), "clock_wrong", "NTP"),
    # queues and alarms
    "dead letters": (_dead, "dead_letters", "dead redrive"),
    "a queue that does not move": (_waiting, "messages_wait_long", "Planfix"),
    "an alarm": (lambda cli: cli.cloud.ringing.add("Api5xxAlarm"), "alarm_rings", "five minutes"),
    "an alarm deleted": (
        lambda cli: cli.cloud.gone.add(f"{STACK}-Api5xxAlarm-X1"),
        "alarms_gone",
        "make deploy",
    ),
    "alarms silenced": (lambda cli: cli.cloud.silenced.add("Api5xxAlarm"), "alarms_silenced", "Enable"),
    "a mail not confirmed": (
        lambda cli: cli.cloud.subscriptions.update({"admin@example.com": False}),
        "mail_unconfirmed",
        "Subscription Confirmation",
    ),
    "no mail": (lambda cli: cli.cloud.resources.pop("AlarmTopic"), "nobody_is_mailed", "AlarmEmail"),
    # what is stored
    "an unknown key": (lambda cli: _settings(cli, colour="red"), "settings_wrong", "settings unset"),
    "settings that are no JSON": (
        lambda cli: _put(cli, settings_name(STACK, "main"), "{"),
        "settings_wrong",
        "settings import",
    ),
    "no secrets": (lambda cli: cli.ssm.delete_parameter(Name=secrets_name(STACK, "main")), "secrets_wrong", "setup"),
    "a secret missing": (
        lambda cli: cli.store(settings=SETTINGS, secrets={**SECRETS, "planfix_token": None}),
        "secrets_wrong",
        "setup",
    ),
    "secrets in the open": (lambda cli: _put(cli, secrets_name(STACK, "main"), SECRETS), "secrets_plain", "Delete"),
    # the bot
    "a wrong bot token": (
        lambda cli: cli.store(settings=SETTINGS, secrets={**SECRETS, "bot_token": OTHER_TOKEN}),
        "bot_refused",
        "settings set --secret bot_token",
    ),
    "a revoked bot token": (lambda cli: cli.telegram.revoke_token(BOT_TOKEN), "bot_refused", "--secret bot_token"),
    "business mode off": (
        lambda cli: setattr(cli.bot, "can_connect_to_business", False),
        "business_mode_is_off",
        "@BotFather",
    ),
    "no webhook": (lambda cli: cli.bot_method("deleteWebhook"), "webhook_none", "webhook set"),
    "the webhook elsewhere": (
        lambda cli: _webhook(cli, url="https://other.example.com/hook"),
        "webhook_elsewhere",
        "webhook set",
    ),
    "the webhook at a wrong path": (
        lambda cli: _webhook(cli, url="https://bridge.example.com/telegram/old"),
        "webhook_path_wrong",
        "webhook set",
    ),
    "another integration of ours on the same bot": (_second_integration, "webhook_of_another", "webhook set"),
    "business kinds missing": (
        lambda cli: _webhook(cli, allowed_updates=["message"]),
        "kinds_missing",
        "webhook set",
    ),
    "the webhook's secret is another": (
        lambda cli: _failing(cli, "Wrong response from the webhook: 401 Unauthorized"),
        "deliveries_fail",
        "webhook set",
    ),
    "the webhook's function is broken": (
        lambda cli: _failing(cli, "Wrong response from the webhook: 500 Internal Server Error"),
        "deliveries_fail",
        "log",
    ),
    # accounts
    "no account": (lambda cli: _settings(cli, channels={}), "no_channel", "accounts approve OWNER"),
    "an account that never connected": (
        lambda cli: _settings(cli, channels={**SETTINGS["channels"], "5": {"name": "Shop"}}),
        "account_never_connected",
        "accounts revoke 5",
    ),
    "an account that was disconnected": (
        lambda cli: cli.connect(is_enabled=False),
        "account_disconnected",
        "Chatbots",
    ),
    "the right to reply withdrawn": (lambda cli: cli.connect(rights=()), "account_cannot_reply", "Reply to messages"),
    "the right withdrawn and its update lost": (
        lambda cli: cli.connect(connection_id=cli.telegram.change_connection(OWNER, ["can_read_messages"])),
        "account_right_gone_at_telegram",
        "Reply to messages",
    ),
    "a connection that Telegram replaced": (
        lambda cli: cli.telegram.change_connection(OWNER, announce=False),
        "account_gone_at_telegram",
        "adds it again",
    ),
    # Planfix
    "a wrong Planfix token": (lambda cli: cli.planfix.revoke_token(), "planfix_refused", "--secret planfix_token"),
    "a wrong Planfix address": (
        lambda cli: _settings(cli, planfix={"account_url": "https://acne.planfix.ru"}),
        "planfix_refused",
        "planfix.account_url",
    ),
    **{
        f"the scope {scope} missing": (
            lambda cli, scope=scope: cli.planfix.allow_scopes(set(SCOPES) - {scope}),
            "scopes_missing",
            scope,
        )
        for scope in SCOPES
    },
    "a task template deleted": (
        lambda cli: _settings(cli, defaults={"task_template": 12}),
        "number_gone",
        "settings set defaults.task_template",
    ),
    "an object deleted": (
        lambda cli: _settings(cli, channels={str(OWNER): {"task_object": 14}}),
        "number_gone",
        f"channels.{OWNER}.task_object",
    ),
    "a contact template deleted": (
        lambda cli: _settings(cli, defaults={"contact_template": 22}),
        "number_gone",
        "defaults.contact_template",
    ),
    "an employee dismissed": (lambda cli: _settings(cli, default_assignee="user:9"), "number_gone", "default_assignee"),
    "a group deleted": (
        lambda cli: _settings(cli, defaults={"extra_assignees": ["group:4"]}),
        "number_gone",
        "defaults.extra_assignees",
    ),
    "a contact deleted": (
        lambda cli: _settings(cli, defaults={"extra_assignees": ["contact:999"]}),
        "number_gone",
        "defaults.extra_assignees",
    ),
    # the doors and the scenario
    "a door that is gone": (lambda cli: cli.doors.broken.update(telegram=404), "door_telegram_refuses", "make deploy"),
    "a door that is broken": (lambda cli: cli.doors.broken.update(planfix=502), "door_planfix_refuses", "log"),
    "functions that read other secrets": (
        lambda cli: cli.doors.broken.update(planfix=401),
        "door_planfix_refuses",
        "within a minute",
    ),
    "the scenario off": (
        lambda cli: cli.cloud.logs.pop(cli.cloud.resources["PlanfixWebhookLogGroup"]),
        "scenario_never_heard",
        "scenario says what to enter",
    ),
    "the scenario with an old password": (_old_password, "scenario_password_wrong", "planfix-telegram scenario"),
}


@pytest.mark.parametrize("name", MISCONFIGURATIONS)
def test_each_misconfiguration_is_named_with_its_remedy(cli, name):
    """Exit code 1, the line that says what is wrong, and under it what to do; no secret is shown."""
    inject, check, remedy = MISCONFIGURATIONS[name]
    inject(cli)
    ended = cli.run("doctor", "--json")
    assert ended.exit_code == 1
    assert check in ill(ended), ended.out
    assert remedy in checks(ended)[check]["remedy"]
    assert not any(secret in ended.said for secret in EVERY_SECRET)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_remedy_stands_under_its_line(cli, language):
    """For a person: what is wrong, then an arrow and what to do."""
    cli.bot_method("deleteWebhook")
    ended = cli.run("--language", language, "doctor")
    assert ended.exit_code == 1
    lines = ended.out.splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("  ✗"))
    assert lines[wrong + 1].startswith("    → ")
    assert "planfix-telegram webhook set" in lines[wrong + 1]


def test_a_stack_that_is_not_there_is_the_only_line(cli):
    """It says where it was looked for, and which bridges are there."""
    ended = cli.run("--stack", "bridge", "--region", "eu-west-1", "doctor", "--json")
    assert ended.exit_code == 1
    [line] = ended.json["checks"]
    assert line["check"] == "stack_missing"
    assert "bridge" in line["text"]
    assert "eu-west-1" in line["text"]
    assert STACK in line["text"]


def test_what_cannot_be_looked_at_is_not_well_and_stops_nothing(cli):
    """A right that the admin lacks in AWS is one line; the others are looked at."""
    cli.aws_refuses["DescribeAlarms"] = ("AccessDenied", "not allowed")
    ended = cli.run("doctor", "--json")
    assert ended.exit_code == 1
    assert ill(ended) == {"alarms_not_read"}
    assert "DescribeAlarms" in checks(ended)["alarms_not_read"]["text"]


def test_hints_repeat_the_options_in_use(cli):
    """What is copied from the screen works on the same deployment and integration."""
    cli.store("shop", settings=SETTINGS)
    cli.bot_method("deleteWebhook")
    ended = cli.run("--region", "eu-central-1", "doctor", "--json")
    remedies = {one["remedy"] for one in ended.json["checks"] if one["check"] == "webhook_none"}
    assert {remedy.partition(": ")[2] for remedy in remedies} == {
        "planfix-telegram --region eu-central-1 webhook set",
        "planfix-telegram --region eu-central-1 webhook set -i shop",
    }


def test_only_one_integration_is_looked_at_when_it_is_named(cli):
    """And one that does not exist is said so."""
    cli.store("shop", settings=SETTINGS, secrets={**SECRETS, "bot_token": OTHER_TOKEN})
    assert cli.run("doctor", "-i", "main").exit_code == 0
    assert cli.run("doctor").exit_code == 1
    assert "shop" in cli.run("doctor", "-i", "nowhere").out


def test_a_pending_account_is_a_note(cli):
    """Strangers may connect any bot: that alone is nobody's fault."""
    cli.connect(600_000_002, name="Eve Stranger")
    ended = cli.run("doctor", "--json")
    assert ended.exit_code == 0
    found = checks(ended)["account_pending"]
    assert "Eve Stranger" in found["text"]
    assert "600000002" in found["text"]


def test_a_test_call_comes_back(cli):
    """A person writes a comment, the scenario calls because of it, and the call is found in the door's log."""
    cli.planfix.add_scenario(cli.outputs["PlanfixWebhookUrl"].replace("{integration}", "main"), secret=PLANFIX_SECRET)
    task = cli.planfix.add_task("Internal")
    cli.on_sleep = [
        lambda: cli.planfix.employee_comments(task, 2, "test"),
        cli.planfix.fire_pending,
    ] * 20
    ended = cli.run("doctor", "-i", "main", "--test-call", str(task), "--json")
    assert f"https://acme.planfix.ru/task/{task}" in ended.err
    assert "test_call_came" in checks(ended), ended.out
    assert ended.exit_code == 0


def test_a_test_call_that_is_lost_is_said_so(cli):
    """Nobody calls: the scenario is off."""
    task = cli.planfix.add_task("Internal")
    ended = cli.run("doctor", "-i", "main", "--test-call", str(task), "--json")
    assert ill(ended) == {"test_call_lost"}


def test_nothing_is_created_in_planfix(cli):
    """Rights are tried by calls that can do nothing."""
    cli.run("doctor")
    assert cli.planfix.contacts() == []
    assert cli.planfix.tasks() == []
    assert cli.planfix.all_comments() == []
    assert cli.planfix.files == {}


CHAT_KEY, OUR_KEY = "303cb962ac59075b964b07152d234b70", "our-key-0123456789"
BY_CHATS = {
    "route": "chat_api",
    "planfix": {"account_url": "https://acme.planfix.ru", "chat_url": "https://acme.planfix.ru/webchat/api"},
    "channels": {str(OWNER): {"name": "Sales"}},
}
CHAT_SECRETS = {
    **{name: SECRETS[name] for name in ("bot_token", "webhook_secrets", "digest_key")},
    "chats": {str(OWNER): {"planfix_token": CHAT_KEY, "our_tokens": [OUR_KEY]}},
}


def _by_chats(cli: CliWorld) -> None:
    cli.store(settings=BY_CHATS, secrets=CHAT_SECRETS)
    url = "https://bridge.example.com/planfix/main/chat"
    cli.planfix.chats.post = lambda url, headers, body: (cli.doors.post(url, headers, body), b"{}")
    cli.planfix.chats.add(ChatWindow(f"main.{OWNER}", CHAT_KEY, url, OUR_KEY))
    cli.cloud.log(cli.cloud.resources["PlanfixWebhookLogGroup"], "push queued", group="main:77", ago=30)


def test_all_is_well_on_the_route_of_chats(cli):
    """Neither a token for REST nor a scenario is asked for; no secret is shown."""
    _by_chats(cli)
    ended = cli.run("doctor", "--json")
    assert ill(ended) == set(), ended.out
    assert ended.exit_code == 0
    assert {"chat_known", "door_chat_answers", "chat_heard"} <= checks(ended).keys()
    assert not any(secret in ended.said for secret in (*EVERY_SECRET, CHAT_KEY, OUR_KEY))
    assert cli.planfix.tasks() == []


def _chat_key(cli: CliWorld, **keys: Any) -> None:
    chats = {str(OWNER): {"planfix_token": CHAT_KEY, "our_tokens": [OUR_KEY], **keys}}
    cli.store(settings=BY_CHATS, secrets={**CHAT_SECRETS, "chats": chats})


def test_there_is_no_test_call_of_chats(cli):
    """It would wait for a scenario that nobody has."""
    _by_chats(cli)
    ended = cli.run("doctor", "-i", "main", "--test-call", "5")
    assert (ended.exit_code, "answer a client in a chat's task" in ended.err) == (2, True)


OF_CHATS: dict[str, tuple[Callable[[CliWorld], Any], str, str]] = {
    "the provider id is another": (
        lambda cli: cli.store(
            settings={**BY_CHATS, "channels": {str(OWNER): {"provider_id": "sales"}}}, secrets=CHAT_SECRETS
        ),
        "chat_refused",
        "providerId must be sales",
    ),
    "the chat's key is another": (
        lambda cli: _chat_key(cli, planfix_token="another-key-0123"),
        "chat_refused",
        f"--secret chats.{OWNER}.planfix_token",
    ),
    "a key missing": (lambda cli: _chat_key(cli, our_tokens=[]), "chat_keys_missing", f"chats.{OWNER}.our_tokens"),
    "the address of the chats is wrong": (
        lambda cli: cli.store(
            settings={
                **BY_CHATS,
                "planfix": {**BY_CHATS["planfix"], "chat_url": "https://nowhere.planfix.ru/webchat/api"},
            },
            secrets=CHAT_SECRETS,
        ),
        "chat_not_asked",
        "planfix.chat_url",
    ),
    "something else is at the address of the chats": (
        lambda cli: cli.planfix.chats.fail_next("getTask", status=404),
        "chat_not_asked",
        "planfix.chat_url",
    ),
    "Planfix knows no such provider id": (
        lambda cli: cli.planfix.chats.fail_next("getTask", status=400, error="Invalid parameters"),
        "chat_refused",
        f"providerId must be main.{OWNER}",
    ),
    "Planfix shows another key": (
        lambda cli: cli.planfix.chats.post(
            "https://bridge.example.com/planfix/main/chat",
            {},
            urlencode(
                {"cmd": "newMessage", "providerId": f"main.{OWNER}", "token": "an-older-key-0123456789"}
            ).encode(),
        ),
        "scenario_password_wrong",
        "our_tokens --generate",
    ),
    "nothing is pushed": (
        lambda cli: cli.cloud.logs.pop(cli.cloud.resources["PlanfixWebhookLogGroup"]),
        "chat_never_heard",
        "https://bridge.example.com/planfix/main/chat",
    ),
    "a door that is gone": (lambda cli: cli.doors.broken.update(chat=404), "door_chat_refuses", "make deploy"),
}


@pytest.mark.parametrize("name", OF_CHATS)
def test_each_misconfiguration_of_chats_is_named_with_its_remedy(cli, name):
    """As for the other route."""
    _by_chats(cli)
    inject, check, remedy = OF_CHATS[name]
    inject(cli)
    ended = cli.run("doctor", "--json")
    assert ended.exit_code == 1
    assert check in ill(ended), ended.out
    assert remedy in checks(ended)[check]["remedy"]
