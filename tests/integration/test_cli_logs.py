"""`planfix-telegram logs` and `stats`: what the functions wrote, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli_world import OWNER, SETTINGS, CliWorld, cli_world

CHAT = f"main#{OWNER}#77"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """A deployment with one integration."""
    with cli_world(capsys, monkeypatch) as world:
        world.deploy()
        world.store(settings={**SETTINGS, "channels": {str(OWNER): {"name": "Sales"}}})
        yield world


def write(cli: CliWorld, function: str, message: str, **said: Any) -> None:
    """A function writes a line."""
    cli.cloud.log(cli.cloud.resources[f"{function}LogGroup"], message, **said)


def test_lines_of_every_function_stand_in_their_order(cli):
    """When, who, what and about what, a line each; warnings are marked."""
    write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=5, ago=20)
    write(cli, "TelegramWebhook", "update queued", group="main:77", update_id=1, ago=30)
    write(cli, "PlanfixWebhook", "wrong secret", integration="main", level="WARNING", ago=10)
    ended = cli.run("logs")
    assert ended.exit_code == 0
    first, second, third = ended.out.splitlines()
    assert "telegram update queued: group main:77, update_id 1" in first
    assert f"sender   carried to Planfix: chat {CHAT}, task 5" in second
    assert "planfix  WARNING wrong secret: integration main" in third
    assert cli.run("logs", "--warnings").out.count("\n") == 1


def test_only_what_is_new_and_meant_is_shown(cli):
    """No figures, no book-keeping of Lambda's unless it failed, nothing older, nothing of another integration."""
    write(cli, "OutboundSender", "", _aws={"Timestamp": 1}, carried_to_planfix=1)
    write(cli, "OutboundSender", "", type="platform.start")
    write(cli, "OutboundSender", "", type="platform.report", record={"status": "success"})
    write(cli, "OutboundSender", "", type="platform.report", record={"status": "timeout"})
    write(cli, "OutboundSender", "carried to Planfix", chat="shop#1#2", task=6)
    write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=4, ago=7200)
    ended = cli.run("logs", "-i", "main")
    assert "Lambda: timeout" in ended.out
    assert ended.out.count("\n") == 1
    assert "task 4" in cli.run("logs", "--since", "3h").out
    assert "task 6" in cli.run("logs", "-i", "shop").out


def test_json_is_the_lines_as_they_were_written(cli):
    """One object a line."""
    write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=5)
    [line] = cli.run("logs", "--json").out.splitlines()
    assert json.loads(line)["task"] == 5


def test_following_shows_each_line_once_and_ends_by_ctrl_c(cli):
    """A line that CloudWatch shows late is not missed."""
    write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=5)

    def stop() -> None:
        raise KeyboardInterrupt

    cli.on_sleep = [
        lambda: write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=6, ago=8),
        lambda: None,
        stop,
    ]
    ended = cli.run("logs", "--follow")
    assert ended.exit_code == 130
    assert [line.rpartition(" ")[2] for line in ended.out.splitlines()] == ["5", "6"]


@pytest.mark.parametrize("text", ["yesterday", "0h", "1w", "-1h"])
def test_a_time_that_is_none_is_a_sentence(cli, text):
    """Which says the form."""
    ended = cli.run("logs", f"--since={text}")
    assert ended.exit_code == 2
    assert "15m" in ended.err


def test_long_logs_are_read_to_their_end(cli):
    """An answer of CloudWatch's is only a part."""
    for number in range(120):
        write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, task=number)
    assert cli.run("logs").out.count("\n") == 120


def test_stats_count_by_day_and_channel(cli):
    """Each message and answer once, refusals by reason, and how long clients waited for whoever answered first."""
    say = {"chat": CHAT, "author": "client"}
    write(cli, "OutboundSender", "carried to Planfix", **say, message_id=1, ago=900)
    write(cli, "OutboundSender", "carried to Planfix", **say, message_id=2, ago=890)
    write(cli, "OutboundSender", "carried to Planfix", **say, message_id=2, ago=880)
    write(cli, "OutboundSender", "carried to Telegram", chat=CHAT, comment=7, part=0, ago=300)
    write(cli, "OutboundSender", "carried to Telegram", chat=CHAT, comment=7, part=1, ago=299)
    write(cli, "OutboundSender", "files carried to Telegram", chat=CHAT, comment=7, ago=298)
    write(cli, "OutboundSender", "answer refused", chat=CHAT, comment=8, reason="window_closed", ago=200)
    write(cli, "OutboundSender", "carried to Planfix", chat=CHAT, author="owner", message_id=9, ago=100)
    write(cli, "OutboundSender", "carried to Planfix", chat="shop#1#2", author="client", message_id=1)
    ended = cli.run("stats", "--json")
    assert ended.exit_code == 0
    assert ended.json["days"] == [
        {
            "day": "2025-11-22",
            "channel": str(OWNER),
            "received": 2,
            "by_owner": 1,
            "sent": 1,
            "refused": {"window_closed": 1},
            "first_answer_seconds": 600,
        }
    ]
    shown = cli.run("stats")
    assert "Sales" in shown.out
    assert "10 min" in shown.out


def test_nothing_carried_is_said_so(cli):
    """Not an empty table."""
    assert "Nothing was carried" in cli.run("stats").out
