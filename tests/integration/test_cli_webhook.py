"""`planfix-telegram webhook` and `scenario` against the fake Bot API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.telegram.client import ALLOWED_UPDATES
from tests.cli_world import BOT_TOKEN, EVERY_SECRET, PLANFIX_SECRET, SECRETS, WEBHOOK_SECRET, CliWorld, cli_world


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An integration that is set up."""
    with cli_world(capsys, monkeypatch) as world:
        world.store()
        yield world


def test_set_points_the_bot_at_the_stacks_address(cli):
    """With the newest secret and the kinds of updates that the bridge reads."""
    cli.store(secrets={**SECRETS, "webhook_secrets": ["newest-secret-0123456789", WEBHOOK_SECRET]})
    ended = cli.run("webhook", "set")
    assert ended.exit_code == 0
    assert "https://bridge.example.com/telegram/main" in ended.out
    webhook = cli.bot.webhook
    assert webhook.url == "https://bridge.example.com/telegram/main"
    assert webhook.secret_token == "newest-secret-0123456789"
    assert set(cli.run("webhook", "info", "--json").json["webhook"]["allowed_updates"]) == set(ALLOWED_UPDATES)


def test_the_address_may_be_given(cli):
    """Where the bridge does not run in AWS."""
    cli.outputs.clear()
    assert cli.run("webhook", "set").exit_code == 1
    assert cli.run("webhook", "set", "--webhook-url", "https://elsewhere.example.com/telegram/main").exit_code == 0


def test_an_address_that_telegram_refuses_is_a_sentence(cli):
    """Telegram's own words say why."""
    ended = cli.run("webhook", "set", "--webhook-url", "http://example.com/telegram/main")
    assert ended.exit_code == 1
    assert "HTTPS" in ended.err


def test_info_warns_when_nothing_can_arrive(cli):
    """No webhook, or one that was once set without business updates."""
    assert "webhook set" in cli.run("webhook", "info").err
    cli.bot_method("setWebhook", url="https://old.example.com/x", allowed_updates=["message"])
    ended = cli.run("webhook", "info")
    assert ended.exit_code == 0
    assert "business_message" in ended.err
    assert "business_connection" in cli.run("webhook", "info", "--json").json["warnings"][0]
    cli.run("webhook", "set", "--yes")
    assert cli.run("webhook", "info", "--json").json["warnings"] == []


def test_info_never_shows_the_bots_token(cli):
    """Another program may have put it into the address."""
    cli.bot_method("setWebhook", url=f"https://old.example.com/{BOT_TOKEN}")
    for ended in (cli.run("webhook", "info"), cli.run("webhook", "info", "--json")):
        assert "https://old.example.com/" in ended.out
        assert BOT_TOKEN not in ended.said


def test_drop_asks_first(cli):
    """Messages that nobody fetches are lost after a day."""
    cli.run("webhook", "set")
    assert cli.run("webhook", "drop").exit_code == 2
    assert cli.run("webhook", "drop", answers=[("Drop the webhook?", "n")]).exit_code == 1
    assert cli.run("webhook", "info", "--json").json["webhook"]["url"]
    assert cli.run("webhook", "drop", answers=[("Drop the webhook?", "y")]).exit_code == 0
    assert not cli.run("webhook", "info", "--json").json["webhook"]["url"]


def test_a_revoked_token_says_what_to_do(cli):
    """One sentence, exit code 1."""
    cli.telegram.revoke_token(BOT_TOKEN)
    ended = cli.run("webhook", "info")
    assert ended.exit_code == 1
    assert "@BotFather" in ended.err


def test_telegram_out_of_reach_is_a_sentence(cli):
    """With the address that does not answer."""
    cli.store(settings={**cli.settings(), "telegram": {"api_url": "https://nowhere.example.com"}})
    ended = cli.run("webhook", "info")
    assert ended.exit_code == 1
    assert "https://nowhere.example.com does not answer" in ended.err


def test_the_scenario_is_told_field_by_field(cli):
    """Event, condition, method, address, parameters, authorization and repetition, with Planfix's own words."""
    ended = cli.run("scenario")
    assert ended.exit_code == 0
    for words in (
        "«Добавлен комментарий и задача соответствует условиям»",
        "«Последний комментарий в задаче от сотрудника»",
        "«Послать HTTP-запрос»",
        "POST",
        "https://bridge.example.com/planfix/main/comment",
        "«Параметрами»",
        "{{Задача.Номер}}",
        "event = comment",
        "event = status",
        "login bridge",
        "Repeat on an error code: on",
    ):
        assert words in ended.out
    assert not any(secret in ended.said for secret in EVERY_SECRET)


def test_the_scenarios_secret_is_shown_to_a_person_who_asks_for_it(cli):
    """Never with --json, never to a pipe (docs/decisions/0001)."""
    ended = cli.run("scenario", answers=[("Show it on this screen", "y")])
    assert f"{PLANFIX_SECRET}\n" in ended.out
    ended = cli.run("scenario", "--json", answers=[("never asked", "y")])
    assert ended.json["address"] == "https://bridge.example.com/planfix/main/comment"
    assert PLANFIX_SECRET not in ended.said
    cli.keyboard.piped = True
    assert PLANFIX_SECRET not in cli.run("scenario", answers=[("never asked", "y")]).said


def test_updates_that_go_elsewhere_are_not_taken_unasked(cli):
    """Another program lives by them: Enter leaves them there, and so does a script without `--yes`."""
    cli.bot_method("setWebhook", url="https://other.example.com/x")
    cli.clock.sleep(2)
    ended = cli.run("webhook", "set", answers=[("Take them away from there?", "")])
    assert (ended.exit_code, cli.bot.webhook.url) == (1, "https://other.example.com/x")
    assert "https://other.example.com/x" in ended.err
    assert cli.run("webhook", "set").exit_code == 2
    assert cli.run("webhook", "set", "--yes").exit_code == 0
    assert cli.bot.webhook.url == "https://bridge.example.com/telegram/main"
