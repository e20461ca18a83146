"""`planfix-telegram accounts` against SSM and the connections table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli_world import OWNER, SETTINGS, CliWorld, cli_world


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An integration that is set up."""
    with cli_world(capsys, monkeypatch) as world:
        world.store()
        yield world


def test_the_list_says_each_accounts_state(cli):
    """Pending, approved, approved without the right to reply, disabled, and approved but never seen."""
    channels = {str(owner): {"name": f"Channel {owner}"} for owner in (2, 3, 4, 5)}
    cli.store(settings={**SETTINGS, "channels": {**channels, "own_bot": {}}})
    cli.connect(1)
    cli.connect(2)
    cli.connect(3, rights=("can_read_messages",))
    cli.connect(4, is_enabled=False)
    for _ in range(3):
        cli.connections.count_not_carried("main", 1)
    found = cli.run("accounts", "list", "--json").json["accounts"]
    states = ["pending", "approved", "no_reply_right", "disabled", "never_seen"]
    assert [(one["owner_id"], one["state"]) for one in found] == list(enumerate(states, 1))
    assert found[0] == {
        "owner_id": 1,
        "name": "Anna Petrova",
        "username": "anna_p",
        "state": "pending",
        "rights": ["can_reply"],
        "connected_at": "2025-11-22 08:26 UTC",
        "not_carried": 3,
    }
    table = cli.run("accounts", "list")
    assert all(word in table.out for word in ("Channel 3", "@anna_p", "pending", "disabled", "never connected"))
    assert "accounts approve" in table.err
    assert "Reply to messages" in table.err


def test_an_empty_list_is_a_sentence(cli):
    """Not an empty table."""
    ended = cli.run("accounts", "list")
    assert (ended.exit_code, ended.out) == (0, "No account has connected the bot yet.\n")


def test_approving_adds_the_channel_and_tells_what_was_missed(cli):
    """The count is told once and then forgotten."""
    cli.connect()
    for _ in range(7):
        cli.connections.count_not_carried("main", OWNER)
    ended = cli.run("accounts", "approve", str(OWNER))
    assert ended.exit_code == 0
    assert "not carried: 7" in ended.out
    assert cli.settings()["channels"] == {str(OWNER): {"name": "Anna Petrova"}}
    newest = cli.connections.newest("main", OWNER)
    assert newest is not None
    assert newest.not_carried == 0


def test_an_account_is_named_by_its_username_too(cli):
    """With or without @, in any case; the channel may get a name of its own."""
    cli.connect()
    assert cli.run("accounts", "approve", "@Anna_P", "--name", "Sales").exit_code == 0
    assert cli.settings()["channels"] == {str(OWNER): {"name": "Sales"}}
    assert cli.run("accounts", "approve", "@nobody").exit_code == 2


def test_approving_keeps_the_other_channels(cli):
    """And approving again only renames."""
    cli.store(settings={**SETTINGS, "channels": {"7": {"name": "Seven"}, str(OWNER): {"task_template": 5}}})
    cli.connect()
    assert cli.run("accounts", "approve", str(OWNER)).exit_code == 1
    assert cli.run("accounts", "approve", str(OWNER), "--name", "Sales").exit_code == 0
    assert cli.settings()["channels"] == {"7": {"name": "Seven"}, str(OWNER): {"task_template": 5, "name": "Sales"}}


def test_an_account_that_never_connected_is_approved_only_knowingly(cli):
    """A digit typed wrong would approve a stranger."""
    assert cli.run("accounts", "approve", "77").exit_code == 2
    ended = cli.run("accounts", "approve", "77", answers=[("Approve it beforehand?", "n")])
    assert ended.exit_code == 1
    assert cli.settings() == SETTINGS
    assert cli.run("accounts", "approve", "77", "--yes").exit_code == 0
    assert cli.settings()["channels"] == {"77": {}}


def test_an_account_without_the_right_to_reply_is_approved_with_a_warning(cli):
    """Its messages are carried, but no answer would be."""
    cli.connect(rights=())
    ended = cli.run("accounts", "approve", str(OWNER))
    assert ended.exit_code == 0
    assert "Reply to messages" in ended.err


def test_revoking_asks_and_removes_the_channel(cli):
    """No means it stays."""
    cli.store(settings={**SETTINGS, "channels": {str(OWNER): {"name": "Sales"}}})
    assert cli.run("accounts", "revoke", str(OWNER)).exit_code == 2
    assert cli.run("accounts", "revoke", str(OWNER), answers=[("Write this?", "n")]).exit_code == 1
    assert str(OWNER) in cli.settings()["channels"]
    ended = cli.run("accounts", "revoke", str(OWNER), answers=[("Write this?", "y")])
    assert ended.exit_code == 0
    assert "Sales" in ended.out
    assert cli.settings() == SETTINGS


def test_revoking_what_is_not_approved_is_a_sentence(cli):
    """Whoever mistypes an id must not believe that the account is out."""
    assert cli.run("accounts", "revoke", str(OWNER), "--yes").exit_code == 1


def test_the_table_may_be_named(cli):
    """Where the stack's outputs cannot be read."""
    cli.outputs.clear()
    ended = cli.run("accounts", "list")
    assert ended.exit_code == 1
    assert "ConnectionsTableName" in ended.err
    assert cli.run("accounts", "list", "--connections-table", "connections").exit_code == 0
    ended = cli.run("accounts", "list", "--connections-table", "missing")
    assert ended.exit_code == 1
    assert "--connections-table" in ended.err
