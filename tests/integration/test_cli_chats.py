"""`planfix-telegram chats` and `forget`: which client has which task, how that is changed, and how it is deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.aws.waiting import Waiting
from bridge.model import Chat, Held, KnownContact
from tests.cli_world import CHATS, OWNER, SETTINGS, TABLE, CliWorld, cli_world

CLIENT = 77
CHAT = Chat("main", str(OWNER), CLIENT)
HOST = "acme.planfix.ru"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """A client who has written, and waits for an answer."""
    with cli_world(capsys, monkeypatch) as world:
        world.deploy()
        world.store(settings={**SETTINGS, "channels": {str(OWNER): {"name": "Sales"}, "own_bot": {}}})
        world.planfix.add_user(2, "Anna", "Petrova")
        contact = world.planfix.add_contact("Ivan", telegram_id=str(CLIENT))
        task = world.planfix.add_task("Ivan", assigner=f"contact:{contact}", counterparty=f"contact:{contact}")
        begin(world, CHAT, task, contact)
        yield world


def chats(cli: CliWorld) -> Chats:
    """The table as the bridge has it."""
    return Chats(Table(cli.dynamodb, CHATS))


def begin(cli: CliWorld, chat: Chat, task: int, contact: int) -> None:
    """The client's first message was carried."""
    table = chats(cli)
    table.remember_contact(HOST, chat.client_id, KnownContact(contact))
    table.bind_task(chat, HOST, task, client_is_assigner=True)
    table.go_on_in(chat, table.state(chat), task_id=task, contact_id=contact, at=int(cli.clock() * 1000))
    table.client_wrote(chat, 1, {})


def test_every_chat_is_listed(cli):
    """With its task's address; rows of tasks and clients are no chats, nor are another integration's."""
    begin(cli, Chat("shop", str(OWNER), 78), 99, 2)
    ended = cli.run("chats", "list", "--json")
    assert ended.exit_code == 0
    [chat] = ended.json["chats"]
    assert (chat["client"], chat["address"], chat["awaits_answer"]) == (CLIENT, f"https://{HOST}/task/1", True)
    shown = cli.run("chats", "list")
    assert "Sales" in shown.out
    assert "waits for an answer" in shown.out
    assert cli.run("chats", "show", str(CLIENT), "--json").json["chats"] == [chat]
    assert cli.run("chats", "show", "78").exit_code == 1


def test_a_chat_goes_on_in_the_task_that_is_said(cli):
    """What was said in it before is history and is never sent."""
    contact = chats(cli).state(CHAT).contact_id
    task = cli.planfix.add_task("Another", counterparty=f"contact:{contact}")
    old = cli.planfix.employee_comments(task, 2, "between us", notify=[f"contact:{contact}"])
    ended = cli.run("chats", "link", str(CLIENT), str(task), answers=[(f"https://{HOST}/task/{task}", "")])
    assert (ended.exit_code, chats(cli).state(CHAT).task_id) == (1, 1)
    ended = cli.run("chats", "link", str(CLIENT), str(task), "--yes")
    assert ended.exit_code == 0, ended.err
    state, bound = chats(cli).state(CHAT), chats(cli).task(HOST, task)
    assert (state.task_id, state.former_tasks) == (task, (1,))
    assert bound is not None
    assert bound.chat == CHAT
    assert bound.seen.since >= old


def test_a_task_of_another_client_is_never_taken(cli):
    """Two clients in one task would read each other's answers."""
    contact = cli.planfix.add_contact("Olga", telegram_id="78")
    task = cli.planfix.add_task("Olga", assigner=f"contact:{contact}")
    begin(cli, Chat("main", str(OWNER), 78), task, contact)
    ended = cli.run("chats", "link", str(CLIENT), str(task), "--yes")
    assert ended.exit_code == 1
    assert "78" in ended.err
    assert chats(cli).state(CHAT).task_id == 1


@pytest.mark.parametrize(("task", "words"), [("999", "no task 999"), ("closed", "is closed")])
def test_a_task_that_does_not_do_is_said_so(cli, task, words):
    """Nothing is written."""
    if task == "closed":
        number = cli.planfix.add_task("Closed")
        cli.planfix.close_task(number)
        task = str(number)
    ended = cli.run("chats", "link", str(CLIENT), task, "--yes")
    assert ended.exit_code == 1
    assert words in ended.err
    assert chats(cli).state(CHAT).task_id == 1


def test_a_task_of_another_contact_is_taken_with_a_word(cli):
    """Its employees would tick somebody else."""
    task = cli.planfix.add_task("Internal")
    ended = cli.run("chats", "link", str(CLIENT), str(task), "--yes")
    assert ended.exit_code == 0
    assert "must tick that contact" in ended.err


def test_unlinking_opens_a_new_task_next_time(cli):
    """The present one stays the chat's: answers in it still go out."""
    assert cli.run("chats", "unlink", str(CLIENT), answers=[("opens a new task", "y")]).exit_code == 0
    state = chats(cli).state(CHAT)
    assert (state.new_task_next, state.task_id) == (True, 1)


def test_the_channel_is_asked_for_where_there_are_several(cli):
    """And a channel or client that is not there is a sentence."""
    begin(cli, Chat("main", "own_bot", CLIENT), 5, 1)
    ended = cli.run("chats", "unlink", str(CLIENT), "--yes")
    assert ended.exit_code == 2
    assert f"\n  Sales ({OWNER})" in ended.err
    assert cli.run("chats", "unlink", str(CLIENT), "--channel", "own_bot", "--yes").exit_code == 0
    assert cli.run("chats", "unlink", str(CLIENT), "--channel", "sales", "--yes").exit_code == 0
    assert cli.run("chats", "unlink", str(CLIENT), "--channel", "5", "--yes").exit_code == 2
    assert cli.run("chats", "unlink", "404", "--yes").exit_code == 2


def test_sync_looks_into_the_tasks_of_active_chats(cli):
    """As a scenario's call would have made the bridge look, in the client's own order."""
    ended = cli.run("chats", "sync", "--since", "1h", "--yes")
    assert ended.exit_code == 0
    [body] = cli.in_queue(cli.outputs["ToTelegramQueueUrl"])
    assert (body["kind"], body["host"], body["task"], body["integration"]) == ("task", HOST, 1, "main")
    cli.clock.sleep(7200)
    assert "No chat was active" in cli.run("chats", "sync", "--since", "1h", "--yes").out


def test_a_client_is_forgotten(cli):
    """Chats, tasks, contact and what waits go; other clients' rows, and other integrations', stay."""
    begin(cli, Chat("main", str(OWNER), 78), 50, 2)
    waiting = Waiting(Table(cli.dynamodb, TABLE), cli.clock)
    waiting.put("held", CHAT, Held(1, 2, int(cli.clock()), int(cli.clock()) + 60))
    ended = cli.run("forget", str(CLIENT), answers=[("Delete what is kept", "")])
    assert (ended.exit_code, chats(cli).state(CHAT).task_id) == (1, 1)
    ended = cli.run("forget", str(CLIENT), "--yes")
    assert ended.exit_code == 0
    assert chats(cli).state(CHAT).task_id is None
    assert chats(cli).task(HOST, 1) is None
    assert chats(cli).contact(HOST, CLIENT) is None
    assert waiting.answers("held", CHAT) == []
    assert chats(cli).state(Chat("main", str(OWNER), 78)).task_id == 50
    assert chats(cli).contact(HOST, 78) is not None
    assert cli.run("forget", str(CLIENT), "--yes").exit_code == 1


def test_what_another_integration_needs_of_a_client_stays(cli):
    """Both have one Planfix account, where the client is one contact."""
    begin(cli, Chat("shop", str(OWNER), CLIENT), 60, 1)
    assert cli.run("forget", str(CLIENT), "--yes").exit_code == 0
    assert chats(cli).contact(HOST, CLIENT) is not None
    assert chats(cli).state(Chat("shop", str(OWNER), CLIENT)).task_id == 60
    assert chats(cli).task(HOST, 60) is not None


@pytest.mark.parametrize("command", [["link", "77", "1"], ["unlink", "77"], ["sync"]], ids=lambda command: command[0])
def test_on_the_route_of_chats_tasks_are_planfixs(cli, command):
    """The bridge does not even know them."""
    by_chats = {
        "route": "chat_api",
        "planfix": {**SETTINGS["planfix"], "chat_url": "https://acme.planfix.ru/webchat/api"},
    }
    cli.store(settings={**SETTINGS, **by_chats, "channels": {str(OWNER): {}}})
    ended = cli.run("chats", *command, "--yes")
    assert ended.exit_code == 1
    assert "Planfix itself" in ended.err
