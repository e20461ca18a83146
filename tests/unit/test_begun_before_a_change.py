"""What was begun before the admin changed a token or a setting goes on as it was begun, once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from bridge.secret_keys import digest_key_of
from bridge.telegram.client import BotApi
from planfix_telegram.main import run
from planfix_telegram.outside import Outside
from tests.unit.test_client_data import names
from tests.world import CLIENT, MAIN, OWNER, USER, World, notices

pytestmark = pytest.mark.only_on("rest")

NEW_TOKEN = "123456:AAG-the-new-token-of-the-same-bot-1"
WORDS = [f"слово{number}" for number in range(1500)]


def change_token(world: World, tmp_path: Path) -> None:
    """The bot gets a new token, and the admin stores it by the command; a minute later every container knows."""
    world.telegram.change_token(MAIN.token, NEW_TOKEN)
    (tmp_path / "token").write_text(NEW_TOKEN)
    internet = world.runtime.http._transport
    outside = Outside(
        http=lambda: httpx.Client(transport=internet),
        aws=lambda **_: SimpleNamespace(client=lambda service, **_: {"ssm": world.ssm}[service]),
        clock=world.clock,
        sleep=world.clock.sleep,
    )
    arguments = ["settings", "set", "--secret", "bot_token", "--from-file", str(tmp_path / "token"), "--yes"]
    with pytest.raises(SystemExit) as end:
        run(["--stack", "test", *arguments], outside)
    assert end.value.code == 0
    world.clock.now += 61


def half_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of several messages: the first one is sent, then Telegram asks to wait."""
    send = BotApi.send_text

    def first_only(self: BotApi, *arguments: object, **others: object) -> int:
        monkeypatch.setattr(BotApi, "send_text", send)
        message = send(self, *arguments, **others)  # type: ignore[arg-type]
        wait = {"status": 429, "description": "Too Many Requests", "parameters": {"retry_after": 150}}
        world.telegram.fail_next("sendMessage", **wait)  # type: ignore[arg-type]
        return message

    monkeypatch.setattr(BotApi, "send_text", first_only)
    world.employee_answers(" ".join(WORDS))
    world.settle(for_seconds=60)
    assert len(world.phone()) == 1


def words_sent(world: World) -> list[str]:
    """The words on the client's phone."""
    return " ".join(world.phone()).split()


def test_answer_goes_on_after_a_new_token(chat: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a half-sent answer is sent, and nobody reads that the comment was changed."""
    half_sent(chat, monkeypatch)
    change_token(chat, tmp_path)
    chat.settle()
    assert words_sent(chat) == WORDS
    assert notices(chat) == []


def test_lost_comment_is_found_after_a_new_token(chat: World, tmp_path: Path) -> None:
    """A comment whose answer was lost is recognised by its words, and not posted twice."""
    chat.planfix.fail_next(path_prefix="/task/", method="POST", status=500, code=0, error="lost", apply=True, times=1)
    chat.client_writes("Есть красные?")
    for _ in range(3):  # the update is queued, and carried once
        chat._step()
    assert [one.description for one in chat.comments()] == ["Здравствуйте!", "Есть красные?"]
    change_token(chat, tmp_path)
    chat.settle()
    assert [one.description for one in chat.comments()] == ["Здравствуйте!", "Есть красные?"]


def test_edit_without_a_change_is_known_after_a_new_token(chat: World, tmp_path: Path) -> None:
    """An edit that changed nothing is no comment."""
    change_token(chat, tmp_path)
    [first] = [one for one in chat.telegram.chat_of(CLIENT, OWNER) if one.who == "client"]
    chat.telegram.client_edits(chat.bot, CLIENT, first.message_id, first.text, owner_id=OWNER)
    chat.settle()
    assert len(chat.comments()) == 1
    assert chat.count.totals["edit_without_change"] == 1


def test_rename_is_followed_after_a_new_token(chat: World, tmp_path: Path) -> None:
    """What the contact shows is still known to be the bridge's own, so a new name replaces it."""
    change_token(chat, tmp_path)
    chat.telegram.rename(CLIENT, first_name="Аня")
    chat.client_writes("два")
    chat.settle()
    assert names(chat)[0] == "Аня"


def test_key_without_one_is_the_tokens(chat: World, tmp_path: Path) -> None:
    """The command keeps, as a key of its own, what the former token has made so far."""
    before = chat.runtime.integration("main").parts.digest("слова")
    change_token(chat, tmp_path)
    kept = chat.runtime.parameters.integration("main", fresher_than=0).secrets
    assert (kept["bot_token"], kept["digest_key"]) == (NEW_TOKEN, digest_key_of(MAIN.token))
    assert chat.runtime.integration("main").parts.digest("слова") == before


@pytest.mark.parametrize("signs_before", [False, True])
def test_answer_goes_on_as_it_was_begun(chat: World, monkeypatch: pytest.MonkeyPatch, *, signs_before: bool) -> None:
    """Whether answers are signed is decided with the first message: switched in the middle, no word is lost or doubled."""
    chat.update_settings(send_as_employee=signs_before)
    half_sent(chat, monkeypatch)
    chat.update_settings(send_as_employee=not signs_before)
    chat.settle()
    signature = ["Кожемякина", "Мария:"] if signs_before else []
    assert words_sent(chat) == [*signature, *WORDS]
    assert notices(chat) == []


@pytest.mark.parametrize("why", ["renamed", "unreadable"])
def test_answer_goes_on_whatever_its_author_is_called(chat: World, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """An employee who is renamed, or whose name cannot be read just now, is the author of the rest all the same."""
    chat.update_settings(send_as_employee=True)
    half_sent(chat, monkeypatch)
    if why == "renamed":
        chat.planfix._world.users[USER].lastname = "Кожемякина-Веденяпинская"
    else:
        chat.planfix.fail_next(path_prefix=f"/user/{USER}", status=403, code=6, error="no access", times=20)
    chat.settle()
    assert words_sent(chat) == ["Кожемякина", "Мария:", *WORDS]
    assert notices(chat) == []


def test_comment_that_was_changed_is_still_told(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two versions are not mixed: the author reads how much of the former one went out."""
    half_sent(chat, monkeypatch)
    chat.planfix._world.comments[chat.comments()[-1].id].description = "Совсем другое"
    chat.settle()
    assert len(chat.phone()) == 1
    assert len(notices(chat)) == 1


def test_answer_that_a_former_release_began_goes_on(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that says nothing of a signature is of a first message without one."""
    half_sent(chat, monkeypatch)
    for row in chat.dynamodb.items("ledger"):
        if isinstance(row.get("outcome"), dict) and row["outcome"].pop("signature", None):
            chat.runtime.ledger.put(row)
    chat.update_settings(send_as_employee=True)
    chat.settle()
    assert words_sent(chat) == WORDS


@pytest.mark.parametrize("shift", range(12))
def test_place_of_the_cut_is_the_same_behind_any_name(chat: World, monkeypatch: pytest.MonkeyPatch, shift: int) -> None:
    """A name whose letters take two UTF-16 units each moves no cut, wherever the border of a message falls."""
    chat.planfix._world.users[USER].lastname = "🦊" * 9
    chat.update_settings(send_as_employee=True)
    monkeypatch.setattr("tests.unit.test_begun_before_a_change.WORDS", ["х" * shift, *WORDS] if shift else WORDS)
    half_sent(chat, monkeypatch)
    chat.update_settings(send_as_employee=False)
    chat.settle()
    assert words_sent(chat)[2:] == WORDS
