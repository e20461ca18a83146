"""`planfix-telegram integrations`: which there are, and how one goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli_world import EVERY_SECRET, OWNER, SECRETS, SETTINGS, CliWorld, cli_world


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """Two integrations."""
    with cli_world(capsys, monkeypatch) as world:
        world.store(settings={**SETTINGS, "channels": {str(OWNER): {"name": "Sales"}, "own_bot": {}}})
        world.store("shop", secrets={**SECRETS, "bot_token": "987654321:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM"})
        yield world


def test_every_integration_is_listed(cli):
    """With its Planfix, its bot and its channels, and no secret."""
    ended = cli.run("integrations", "list", "--json")
    assert ended.json["integrations"] == [
        {"integration": "main", "planfix": "acme.planfix.ru", "bot": 123456789, "accounts": 1, "own_bot": True, "language": "ru"},
        {"integration": "shop", "planfix": "acme.planfix.ru", "bot": 987654321, "accounts": 0, "own_bot": False, "language": "ru"},
    ]  # fmt: skip
    shown = cli.run("integrations", "list")
    assert "shop" in shown.out
    assert not any(secret in ended.said + shown.said for secret in EVERY_SECRET)


def test_one_that_cannot_be_read_is_listed_too(cli):
    """Whoever looks for it must find it."""
    cli.store("broken", settings={"colour": "red"})
    assert "broken" in cli.run("integrations", "list").out


def test_removing_takes_webhook_settings_and_secrets(cli):
    """After a deliberate yes; the other integration stays."""
    cli.run("webhook", "set")
    ended = cli.run("integrations", "remove", "main", answers=[("Remove integration main?", "")])
    assert (ended.exit_code, cli.bot.webhook.url != "") == (1, True)
    assert cli.run("integrations", "remove", "main").exit_code == 2
    ended = cli.run("integrations", "remove", "main", answers=[("Remove integration main?", "y")])
    assert ended.exit_code == 0
    assert cli.bot.webhook.url == ""
    assert cli.parameter_names() == {"/planfix-telegram/shop/settings", "/planfix-telegram/shop/secrets"}


def test_a_webhook_that_is_somebody_elses_stays(cli):
    """The bot serves another program by now."""
    cli.bot_method("setWebhook", url="https://other.example.com/x")
    assert cli.run("integrations", "remove", "main", "--yes").exit_code == 0
    assert cli.bot.webhook.url == "https://other.example.com/x"


def test_a_bot_that_is_gone_keeps_nothing(cli):
    """Its integration is removed with a word about the webhook."""
    ended = cli.run("integrations", "remove", "shop", "--yes")
    assert ended.exit_code == 0
    assert "webhook was left" in ended.err
    assert "/planfix-telegram/shop/settings" not in cli.parameter_names()


def test_one_that_is_not_there_is_said_so(cli):
    """With those there are."""
    ended = cli.run("integrations", "remove", "nowhere", "--yes")
    assert ended.exit_code == 1
    assert "shop" in ended.err
