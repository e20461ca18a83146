"""`planfix-telegram scenario`: what to enter in Planfix, on each route."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli_world import PLANFIX_SECRET, SECRETS, SETTINGS, CliWorld, cli_world

CHATS = {
    **SETTINGS,
    "route": "chat_api",
    "planfix": {**SETTINGS["planfix"], "chat_url": "https://acme.planfix.ru/webchat/api"},
    "channels": {"42": {"name": "Sales", "provider_id": "sales"}, "own_bot": {}},
}
OURS = "our-key-of-42-0123456789"
KEYS = {"42": {"planfix_token": "t" * 32, "our_tokens": [OURS, "an-older-key-0123456789"]}}


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An empty AWS account."""
    with cli_world(capsys, monkeypatch) as world:
        yield world


def test_the_scenarios_of_rest(cli):
    """Both of them, and the password for who wants to see it."""
    cli.store()
    ended = cli.run("scenario", answers=[("Show it", "y")])
    assert "https://bridge.example.com/planfix/main/comment" in ended.out
    assert ended.out.count(PLANFIX_SECRET) == 1


def test_the_windows_of_chats(cli):
    """There is no scenario, which is said; each window's address, providerId and key, and what is missing."""
    secrets = {name: value for name, value in SECRETS.items() if name not in {"planfix_token", "planfix_secrets"}}
    cli.store(settings=CHATS, secrets={**secrets, "chats": KEYS})
    ended = cli.run("scenario", answers=[("Our key of Sales is a secret. Show it", "y")])
    assert ended.exit_code == 0, ended.said
    assert "needs no scenario" in ended.err
    assert ended.out.count("https://bridge.example.com/planfix/main/chat") == 2
    assert [word for word in ("sales", "main.own_bot") if word not in ended.out] == []
    assert (ended.out.count(OURS), "an-older-key" in ended.said, "t" * 32 in ended.said) == (1, False, False)
    assert "--secret chats.own_bot.our_tokens --generate" in ended.err
    assert "--secret chats.own_bot.planfix_token" in ended.err
    assert "chats.42" not in ended.err


def test_no_key_of_a_chat_goes_into_a_pipe(cli):
    """Nor into JSON."""
    cli.store(settings=CHATS, secrets={**SECRETS, "chats": KEYS})
    cli.keyboard.piped = True
    assert OURS not in cli.run("scenario", answers=[("Show it", "y")]).said
    assert cli.run("scenario", "--json").json == {
        "address": "https://bridge.example.com/planfix/main/chat",
        "chats": [
            {"channel": "42", "name": "Sales", "provider_id": "sales"},
            {"channel": "own_bot", "name": "own_bot", "provider_id": "main.own_bot"},
        ],
    }


def test_an_account_that_is_approved_is_told_of_its_window(cli):
    """Its messages wait for it; its key of ours is made with the channel."""
    cli.store(settings=CHATS, secrets={**SECRETS, "chats": KEYS})
    cli.connect(7)
    ended = cli.run("accounts", "approve", "7", "--yes")
    assert ended.exit_code == 0, ended.said
    assert "What to enter: planfix-telegram scenario" in ended.err
    assert cli.secrets()["chats"]["7"]["our_tokens"]
    cli.store()
    assert "What to enter" not in cli.run("accounts", "approve", "7", "--yes").said


def test_chats_without_a_channel(cli):
    """Nothing can be entered yet."""
    cli.store(settings={**CHATS, "channels": {}})
    ended = cli.run("scenario")
    assert (ended.exit_code, "No channel is there yet" in ended.err) == (0, True)
