"""`planfix-telegram accounts` against SSM and the connections table."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bridge.aws.dynamodb import Table
from bridge.aws.waiting import Waiting
from bridge.model import Chat, Held
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
    assert cli.settings()["channels"] == {str(OWNER): {"name": "Anna Petrova", "telegram_name": "anna_p"}}
    newest = cli.connections.newest("main", OWNER)
    assert newest is not None
    assert newest.not_carried == 0


def test_an_account_is_named_by_its_username_too(cli):
    """With or without @, in any case; the channel may get a name of its own."""
    cli.connect()
    assert cli.run("accounts", "approve", "@Anna_P", "--name", "Sales").exit_code == 0
    assert cli.settings()["channels"] == {str(OWNER): {"name": "Sales", "telegram_name": "anna_p"}}
    assert cli.run("accounts", "approve", "@nobody").exit_code == 2


def test_approving_keeps_the_other_channels(cli):
    """And approving again only renames."""
    cli.store(settings={**SETTINGS, "channels": {"7": {"name": "Seven"}, str(OWNER): {"task_template": 5}}})
    cli.connect()
    assert cli.run("accounts", "approve", str(OWNER)).exit_code == 1
    assert cli.run("accounts", "approve", str(OWNER), "--name", "Sales").exit_code == 0
    sales = {"task_template": 5, "name": "Sales", "telegram_name": "anna_p"}
    assert cli.settings()["channels"] == {"7": {"name": "Seven"}, str(OWNER): sales}


def test_an_account_that_never_connected_is_approved_only_knowingly(cli):
    """A digit typed wrong would approve a stranger."""
    assert cli.run("accounts", "approve", "77").exit_code == 2
    ended = cli.run("accounts", "approve", "77", answers=[("Approve it beforehand?", "n")])
    assert ended.exit_code == 1
    assert cli.settings() == SETTINGS
    ended = cli.run("accounts", "approve", "77", "--yes")
    assert (ended.exit_code, ended.out.count("\n")) == (0, 1)
    assert "before it was ever seen" in ended.out
    assert cli.settings()["channels"] == {"77": {}}


def test_a_person_sees_whose_account_it_is(cli):
    """Name, @username and number stand in the question, and Enter approves nobody."""
    cli.connect()
    ended = cli.run("accounts", "approve", "anna petrova", answers=[(f"Anna Petrova @anna_p ({OWNER})", "")])
    assert ended.exit_code == 1
    assert cli.settings() == SETTINGS
    cli.connect(8)
    ended = cli.run("accounts", "approve", "Anna Petrova")
    assert ended.exit_code == 2
    assert f"\n  Anna Petrova @anna_p ({OWNER})" in ended.err


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


APPROVED = {**SETTINGS, "channels": {str(OWNER): {"name": "Sales"}}}


def hold_an_answer(cli: CliWorld, owner: int = OWNER) -> None:
    """An answer waits for a client of that account."""
    chat = Chat("main", str(owner), 7)
    Waiting(Table(cli.dynamodb, "connections"), cli.clock).put("held", chat, Held(1, 2, int(cli.clock())))


@pytest.mark.parametrize("way", ["approve", "import", "set"])
def test_putting_an_account_back_lets_its_held_answers_go_out(cli, way, tmp_path):
    """When every container reads the new settings, the bridge looks; whichever command wrote them."""
    cli.connect()
    hold_an_answer(cli)
    url = cli.add_queue("ToTelegramQueueUrl", "to-telegram.fifo")
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"integrations": {"main": {"settings": APPROVED}}}))
    arguments = {
        "approve": ["accounts", "approve", str(OWNER)],
        "import": ["settings", "import", str(file), "--yes"],
        "set": ["settings", "set", f"channels.{OWNER}.name", "Sales", "--yes"],
    }
    ended = cli.run(*arguments[way])
    assert (ended.exit_code, f"Clients of account {OWNER} for whom answers wait: 1." in ended.out) == (0, True)
    (body,) = cli.in_queue(url)
    assert body["then"] == {"kind": "check_channel", "channel": str(OWNER)}
    assert (body["kind"], body["integration"], body["due"] - cli.clock() > 60) == ("timer", "main", True)


def test_putting_an_account_back_for_which_nothing_waits_tells_nobody(cli):
    """And an account that was there all the time is not one that is back."""
    url = cli.add_queue("ToTelegramQueueUrl", "to-telegram.fifo")
    cli.connect()
    cli.connect(8)
    hold_an_answer(cli, 8)
    cli.store(settings={**SETTINGS, "channels": {"8": {}}})
    assert cli.run("accounts", "approve", str(OWNER)).exit_code == 0
    assert cli.run("accounts", "approve", "8", "--name", "Sales").exit_code == 0
    assert cli.in_queue(url) == []


def test_account_is_back_though_the_queue_takes_nothing(cli):
    """The settings are written; the bridge finds out by itself, and the admin reads when."""
    cli.connect()
    hold_an_answer(cli)
    cli.add_queue("ToTelegramQueueUrl", "to-telegram.fifo")
    cli.aws_refuses["SendMessage"] = ("AccessDenied", "no")
    ended = cli.run("accounts", "approve", str(OWNER))
    assert (ended.exit_code, "within ten minutes" in ended.err) == (0, True)
    assert str(OWNER) in cli.settings()["channels"]


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
