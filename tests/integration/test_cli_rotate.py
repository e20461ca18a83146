"""`planfix-telegram rotate` under traffic: no caller is refused at any moment, and the old value goes when the new one was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.model import Chat
from tests.cli_world import (
    BOT_TOKEN,
    CHATS,
    EVERY_SECRET,
    PLANFIX_SECRET,
    SECRETS,
    SETTINGS,
    WEBHOOK_SECRET,
    CliWorld,
    cli_world,
    generated,
)

NEW_TOKEN = "123456789:BBEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM"


class Traffic:
    """Telegram delivers and Planfix calls again and again while the command sleeps; what each was answered is kept."""

    def __init__(self, cli: CliWorld) -> None:
        self.cli = cli
        self.task = cli.planfix.add_task("Chat")
        self.password = PLANFIX_SECRET
        self.events = ["comment", "status"]
        self.answers: list[int] = []
        self.step = 20.0
        """Seconds between two calls."""
        self.after: dict[float, Callable[[], None]] = {}
        self._updates = iter(range(1, 100_000))
        self._began = cli.clock()
        cli._sleep = self.sleep

    def sleep(self, seconds: float) -> None:
        """The world goes on meanwhile."""
        until = self.cli.clock.now + seconds
        while self.cli.clock.now < until:
            self.cli.clock.sleep(min(self.step, until - self.cli.clock.now))
            for at in [at for at in self.after if self.cli.clock.now - self._began > at]:
                self.after.pop(at)()
            self.happen()

    def happen(self) -> None:
        """An update, and a call of a scenario."""
        number = next(self._updates)
        update = {"update_id": number, "message": {"message_id": number, "chat": {"id": 77}, "from": {"id": 77}}}
        secret = {"x-telegram-bot-api-secret-token": self.cli.bot.webhook.secret_token}
        self._post("telegram/main", secret, json=update)
        for event in self.events:
            call = {"task": str(self.task), "event": event}
            self._post("planfix/main/comment", {"x-bridge-secret": self.password}, data=call)

    def _post(self, path: str, headers: dict[str, str], **body: object) -> None:
        request = httpx.Request("POST", f"https://bridge.example.com/{path}", headers=headers, **body)
        self.answers.append(self.cli.doors.http(request).status_code)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """A deployment that is set up, with a chat."""
    with cli_world(capsys, monkeypatch) as world:
        world.deploy()
        world.store()
        world.run("webhook", "set")
        world.clock.sleep(60)
        yield world


@pytest.fixture
def traffic(cli: CliWorld) -> Traffic:
    """Calls that go on; the task is a chat's, so that each is queued."""
    made = Traffic(cli)
    Chats(Table(cli.dynamodb, CHATS)).bind_task(
        Chat("main", "own_bot", 77), "acme.planfix.ru", made.task, client_is_assigner=True
    )
    made.sleep(2)  # every container has read the settings
    return made


def test_the_webhooks_secret_changes_under_traffic(cli, traffic):
    """Every update was taken, one a second; Telegram shows the new one, and the old one is refused in the end."""
    traffic.step, traffic.events = 1.0, []
    ended = cli.run("rotate", "webhook", "--yes")
    assert ended.exit_code == 0, ended.err
    assert cli.secrets()["webhook_secrets"] == [generated(1)]
    assert cli.bot.webhook.secret_token == generated(1)
    traffic.sleep(70)
    assert set(traffic.answers) == {200}
    assert not any(secret in ended.said for secret in EVERY_SECRET)


def test_a_webhooks_secret_that_is_not_seen_stays_beside_the_old_one(cli):
    """Nobody writes for ten minutes: both are valid, and the next run goes on where this one ended."""
    ended = cli.run("rotate", "webhook", "--yes")
    assert ended.exit_code == 1
    assert "rotate webhook" in ended.err
    assert cli.secrets()["webhook_secrets"] == [generated(1), WEBHOOK_SECRET]
    traffic = Traffic(cli)
    traffic.events = []
    ended = cli.run("rotate", "webhook", "--yes")
    assert ended.exit_code == 0
    assert "goes on" in ended.err
    assert cli.secrets()["webhook_secrets"] == [generated(1)]
    assert set(traffic.answers) == {200}


def test_the_scenarios_password_changes_under_traffic(cli, traffic):
    """A person types it some minutes later; until both scenarios showed it, the old one is valid."""
    traffic.after[200] = lambda: setattr(traffic, "password", generated(1))
    ended = cli.run("rotate", "scenario", answers=[("Make a new password", "y"), ("Show it on this screen", "y")])
    assert ended.exit_code == 0, ended.err
    assert f"\n{generated(1)}\n" in f"\n{ended.out}"
    assert cli.secrets()["planfix_secrets"] == [generated(1)]
    traffic.sleep(70)
    assert set(traffic.answers) == {200}


def test_a_password_that_only_one_scenario_shows_is_not_enough(cli, traffic):
    """The other would be refused: its name is said, and both stay valid."""
    traffic.step, traffic.events = 120.0, ["comment"]
    traffic.after[200] = lambda: setattr(traffic, "password", generated(1))
    ended = cli.run("rotate", "scenario", "--yes")
    assert ended.exit_code == 1
    assert "status" in ended.err
    assert cli.secrets()["planfix_secrets"] == [generated(1), PLANFIX_SECRET]
    assert set(traffic.answers) == {200}


def test_ctrl_c_leaves_both_valid(cli, traffic):
    """Whoever has no time now goes on later."""

    def stop() -> None:
        raise KeyboardInterrupt

    traffic.after[200] = stop
    assert cli.run("rotate", "scenario", "--yes").exit_code == 130
    assert cli.secrets()["planfix_secrets"] == [generated(1), PLANFIX_SECRET]


def test_the_bots_token_changes_under_traffic(cli, traffic, tmp_path):
    """The webhook is set again by the new one; a token of another bot is refused."""
    file = tmp_path / "token"
    cli.telegram.change_token(BOT_TOKEN, NEW_TOKEN)
    cli.bot.webhook.secret_token = WEBHOOK_SECRET
    file.write_text(NEW_TOKEN)
    ended = cli.run("rotate", "bot", "--from-file", str(file), "--yes")
    assert ended.exit_code == 0, ended.err
    assert cli.secrets()["bot_token"] == NEW_TOKEN
    assert set(traffic.answers) == {200}
    cli.telegram.add_bot("42:another-bots-token-0123456789", "other")
    file.write_text("42:another-bots-token-0123456789")
    ended = cli.run("rotate", "bot", "--from-file", str(file), "--yes")
    assert ended.exit_code == 1
    assert "another bot" in ended.err
    assert cli.secrets()["bot_token"] == NEW_TOKEN


def test_a_planfix_token_that_lacks_a_right_is_not_taken(cli, tmp_path):
    """Before anything is changed."""
    file = tmp_path / "token"
    file.write_text(SECRETS["planfix_token"])
    cli.planfix.allow_scopes({"task_readonly"})
    ended = cli.run("rotate", "planfix", "--from-file", str(file), "--yes")
    assert ended.exit_code == 1
    assert "contact_add" in ended.err
    cli.planfix.allow_scopes(None)
    ended = cli.run("rotate", "planfix", "--from-file", str(file), "--yes")
    assert ended.exit_code == 0
    assert "may be deleted" in ended.out


def test_chats_have_no_scenarios_password(cli):
    """The sentence says what they have instead; nothing is made or waited for."""
    address = "https://acme.planfix.ru/webchat/api"
    cli.store(settings={**SETTINGS, "route": "chat_api", "planfix": {**SETTINGS["planfix"], "chat_url": address}})
    before = cli.secrets()
    ended = cli.run("rotate", "scenario", "--yes")
    assert (ended.exit_code, "chats.OWNER.our_tokens" in ended.err) == (1, True)
    assert cli.secrets() == before
