"""`planfix-telegram settings` against SSM."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.aws.parameters import joined_secrets
from bridge.secret_keys import digest_key_of
from bridge.settings import MAX_BYTES
from local.fakes.planfix_chat_model import ChatWindow
from tests.cli_world import (
    BOT_TOKEN,
    EVERY_SECRET,
    PLANFIX_SECRET,
    SECRETS,
    SETTINGS,
    CliWorld,
    Ended,
    cli_world,
    generated,
)

REFUSED = ("AccessDeniedException", "not authorized to perform this")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An empty AWS account."""
    with cli_world(capsys, monkeypatch) as world:
        yield world


def _file(tmp_path: Path, integrations: Any) -> str:
    file = tmp_path / "bridge.json"
    file.write_text(json.dumps({"integrations": integrations}))
    return str(file)


def _says(ended: Ended, *words: str) -> bool:
    return all(word in ended.said for word in words)


# -- show


def test_show_prints_settings_and_no_secret(cli):
    """Every key with its value, and of each secret that it is set."""
    cli.store(settings={**SETTINGS, "send_as_employee": True, "channels": {"42": {"name": "Продажи"}}})
    for ended in (cli.run("settings", "show"), cli.run("settings", "show", "--json")):
        assert ended.exit_code == 0
        assert _says(ended, "send_as_employee", "Продажи", "https://acme.planfix.ru", "bot_token")
        assert not any(secret in ended.said for secret in EVERY_SECRET)


def test_json_is_the_whole_of_stdout(cli):
    """A program can read what `--json` prints."""
    cli.store()
    assert cli.run("settings", "show", "--json").json == {
        "integration": "main",
        "settings": SETTINGS,
        "secrets": dict.fromkeys(SECRETS, "set"),
    }


def test_an_unknown_integration_names_those_there_are(cli):
    """So does an empty stack, by saying how to begin."""
    assert _says(cli.run("settings", "show"), "no integration yet", "planfix-telegram setup")
    cli.store("main")
    cli.store("shop")
    ended = cli.run("settings", "show", "-i", "office")
    assert ended.exit_code == 1
    assert _says(ended, "no integration office", "main, shop")


def test_an_alias_that_can_be_none_is_wrong_usage(cli):
    """It stands in addresses and parameter names."""
    assert cli.run("settings", "show", "-i", "Main!").exit_code == 2


# -- set and unset


def test_set_writes_values_of_the_models_types(cli):
    """Numbers, switches and lists are stored as such, and what was not set stays unset."""
    cli.store()
    _acme(cli)
    ended = cli.run(
        *("settings", "set", "send_as_employee", "on", "defaults.task_template", "12"),
        *("defaults.extra_assignees", "user:5,group:3", "channels.42.name", "Продажи", "--yes"),
    )
    assert ended.exit_code == 0
    assert cli.settings() == {
        **SETTINGS,
        "send_as_employee": True,
        "defaults": {"task_template": 12, "extra_assignees": ["user:5", "group:3"]},
        "channels": {"42": {"name": "Продажи"}},
    }


def _acme(cli: CliWorld) -> None:
    """What the Planfix account has."""
    cli.planfix.add_task_template(12, "Telegram chat")
    cli.planfix.add_task_template(13, "Telegram complaint")
    cli.planfix.add_user(5, "Anna", "Petrova")
    cli.planfix.add_group(3, "Managers")


def test_names_are_stored_by_their_numbers(cli):
    """Wherever a number of Planfix is wanted, its name does as well."""
    cli.store()
    _acme(cli)
    ended = cli.run(
        *("settings", "set", "defaults.task_template", "telegram chat"),
        *("defaults.extra_assignees", "petrova, Managers", "--yes"),
    )
    assert ended.exit_code == 0, ended.err
    assert cli.settings()["defaults"] == {"task_template": 12, "extra_assignees": ["user:5", "group:3"]}
    ended = cli.run("settings", "set", "defaults.task_template", "telegram", "--yes")
    assert ended.exit_code == 2
    assert _says(ended, "\n  Telegram chat (12)\n  Telegram complaint (13)")


@pytest.mark.parametrize("way", ["set", "import"])
def test_a_number_that_planfix_does_not_have_is_not_stored(cli, tmp_path, way):
    """Unless nobody is to look: the account may be out of reach, or the template made later."""
    cli.store()
    _acme(cli)
    file = _file(tmp_path, {"main": {"settings": {**SETTINGS, "defaults": {"task_template": 99}}}})
    arguments = {
        "set": ["settings", "set", "defaults.task_template", "99", "--yes"],
        "import": ["settings", "import", str(file), "--yes"],
    }[way]
    ended = cli.run(*arguments)
    assert ended.exit_code == 1
    assert _says(ended, "defaults.task_template: 99", "--no-check")
    assert cli.settings() == SETTINGS
    assert cli.run(*arguments, "--no-check").exit_code == 0
    assert cli.settings()["defaults"] == {"task_template": 99}
    assert (
        cli.run("settings", "set", "language", "en", "--yes").exit_code == 0
    )  # what was stored is not asked about again


def test_the_difference_is_shown_before_anything_is_written(cli):
    """Then a person is asked, and no means nothing happened."""
    cli.store(settings={**SETTINGS, "language": "ru"})
    ended = cli.run("settings", "set", "language", "en", answers=[("Write this?", "n")])
    assert ended.exit_code == 1
    assert _says(ended, "language: ru → en", "Nothing was changed")
    assert cli.settings()["language"] == "ru"
    assert cli.run("settings", "set", "language", "en", answers=[("Write this?", "")]).exit_code == 0
    assert cli.settings()["language"] == "en"


def test_without_a_terminal_yes_must_be_said(cli):
    """A script must not hang, nor write what nobody agreed to."""
    cli.store()
    ended = cli.run("settings", "set", "language", "en")
    assert ended.exit_code == 2
    assert "--yes" in ended.err
    assert cli.settings() == SETTINGS


def test_setting_what_is_set_writes_nothing(cli):
    """SSM keeps a version of each write; an idle one would be noise."""
    cli.store(settings={**SETTINGS, "language": "en"})
    cli.aws_refuses["PutParameter"] = REFUSED
    ended = cli.run("settings", "set", "language", "en", "--yes")
    assert ended.exit_code == 0
    assert "Nothing changes" in ended.out


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["langauge", "en"], ["langauge", "language"]),  # codespell:ignore langauge
        (["language", "de"], ["language", "'ru' or 'en'"]),
        (["planfix.account_url", "http://acme.planfix.ru"], ["planfix.account_url", "https"]),
        (["language", "en", "send_as_employee", "maybe"], ["send_as_employee", "on or off"]),
    ],
)
def test_a_wrong_key_or_value_writes_nothing(cli, pairs, words):
    """One sentence, exit code 1, and no part of it is stored."""
    cli.store()
    ended = cli.run("settings", "set", *pairs, "--yes")
    assert ended.exit_code == 1
    assert _says(ended, *words)
    assert cli.settings() == SETTINGS


def test_what_is_too_large_for_a_parameter_is_refused_with_its_size(cli):
    """SSM counts bytes, of which a Cyrillic letter takes two; the emulators do not count at all."""
    cli.store()
    ended = cli.run("settings", "set", "channels.42.name", "я" * (MAX_BYTES // 2), "--yes")
    assert ended.exit_code == 1
    assert _says(ended, "4096", "bytes")
    assert cli.settings() == SETTINGS
    fits = MAX_BYTES - len(json.dumps({**SETTINGS, "channels": {"42": {"name": ""}}}, separators=(",", ":")))
    assert cli.run("settings", "set", "channels.42.name", "n" * (fits + 1), "--yes").exit_code == 1
    assert cli.run("settings", "set", "channels.42.name", "n" * fits, "--yes").exit_code == 0


def test_unset_lets_the_default_apply(cli):
    """What is removed is not stored as nothing: a later default still applies."""
    cli.store(settings={**SETTINGS, "language": "en", "channels": {"42": {"name": "Sales", "task_template": 1}}})
    assert cli.run("settings", "unset", "language", "channels.42.task_template", "--yes").exit_code == 0
    assert cli.settings() == {**SETTINGS, "channels": {"42": {"name": "Sales"}}}


def test_what_cannot_be_missing_is_not_unset(cli):
    """The model judges the settings as they would become."""
    cli.store()
    assert cli.run("settings", "unset", "planfix.account_url", "--yes").exit_code == 1
    assert cli.settings() == SETTINGS


# -- secrets


def test_a_secret_never_comes_by_the_command_line(cli):
    """It would stay in the shell's history and in the list of processes."""
    cli.store()
    for arguments in (["bot_token", BOT_TOKEN], ["--secret", "bot_token", BOT_TOKEN, "x"]):
        ended = cli.run("settings", "set", *arguments, "--yes")
        assert ended.exit_code == 2
        assert BOT_TOKEN not in ended.said


def test_a_secret_is_typed_unseen_and_checked_with_its_service(cli):
    """A bot token that Telegram does not know is not stored; the right one is."""
    cli.store()
    token = "987654321:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM"
    arguments = ["settings", "set", "--secret", "bot_token"]
    ended = cli.run(*arguments, answers=[("New bot_token", token)])
    assert ended.exit_code == 1
    assert "does not know this bot token" in ended.err
    assert cli.secrets() == SECRETS
    cli.telegram.add_bot(token, "new_bot")
    ended = cli.run(*arguments, answers=[("New bot_token", token), ("Write this?", "y")])
    assert ended.exit_code == 0
    assert cli.secrets()["bot_token"] == token
    assert cli.keyboard.hidden == ["New bot_token (hidden):"] * 2
    assert token not in ended.said


def test_a_planfix_token_is_checked_too(cli, tmp_path):
    """From a file here; nothing is stored when Planfix refuses it."""
    cli.store()
    (tmp_path / "token").write_text("another-rest-token\n")
    ended = cli.run("settings", "set", "--secret", "planfix_token", "--from-file", str(tmp_path / "token"), "--yes")
    assert ended.exit_code == 1
    assert "Planfix does not take this REST token" in ended.err
    assert cli.secrets() == SECRETS


@pytest.mark.parametrize("name", ["webhook_secrets", "planfix_secrets"])
def test_a_rotating_secret_keeps_its_former_value_second(cli, name):
    """The new one goes first, the older stays valid, the oldest goes; `unset` ends the rotation."""
    cli.store()
    for _ in range(2):
        ended = cli.run("settings", "set", "--secret", name, "--generate", "--yes")
        assert ended.exit_code == 0
        assert not any(secret in ended.said for secret in EVERY_SECRET)
    assert cli.secrets()[name] == [generated(2), generated(1)]
    assert cli.run("settings", "unset", "--secret", name, "--yes").exit_code == 0
    assert cli.secrets()[name] == [generated(2)]
    assert cli.run("settings", "unset", "--secret", name, "--yes").exit_code == 1


def test_a_new_scenario_secret_may_be_seen_by_a_person(cli):
    """Whoever must type it into Planfix is asked; the default is no (docs/decisions/0001)."""
    cli.store()
    arguments = ["settings", "set", "--secret", "planfix_secrets", "--generate"]
    ended = cli.run(*arguments, answers=[("Write this?", ""), ("Show it on this screen", "")])
    assert "generated-secret" not in ended.said
    ended = cli.run(*arguments, answers=[("Write this?", ""), ("Show it on this screen", "y")])
    assert f"{generated(2)}\n" in ended.out
    cli.keyboard.piped = True
    ended = cli.run(*arguments, answers=[("Write this?", "")])
    assert ended.exit_code == 0
    assert "generated-secret" not in ended.said


# -- import and export


def test_what_is_exported_can_be_imported(cli, tmp_path):
    """The file has every integration and no secret; what has secrets in SSM keeps them."""
    cli.store("main", {**SETTINGS, "language": "en", "channels": {"42": {"name": "Продажи"}}})
    cli.store("shop")
    file = tmp_path / "bridge.json"
    assert cli.run("settings", "export", str(file)).exit_code == 0
    text = file.read_text()
    assert "Продажи" in text
    assert not any(secret in text for secret in EVERY_SECRET)
    assert json.loads(text) == cli.run("settings", "export").json
    file.write_text(text.replace("Продажи", "Sales"))
    assert cli.run("settings", "import", str(file), "--yes").exit_code == 0
    assert cli.settings()["channels"] == {"42": {"name": "Sales"}}
    assert cli.secrets() == SECRETS


def test_export_asks_before_it_overwrites(cli, tmp_path):
    """A file that is there may be somebody's work."""
    cli.store()
    file = tmp_path / "bridge.json"
    file.write_text("mine")
    assert cli.run("settings", "export", str(file)).exit_code == 2
    assert cli.run("settings", "export", str(file), answers=[("Overwrite", "n")]).exit_code == 1
    assert file.read_text() == "mine"
    assert cli.run("settings", "export", str(file), "--yes").exit_code == 0
    assert "acme.planfix.ru" in file.read_text()


def test_several_integrations_are_imported_with_their_secrets(cli, tmp_path):
    """And shown without them."""
    both = {alias: {"settings": SETTINGS, "secrets": SECRETS} for alias in ("main", "shop")}
    ended = cli.run("settings", "import", _file(tmp_path, both), "--yes")
    assert ended.exit_code == 0
    assert cli.secrets("shop") == SECRETS
    assert not any(secret in ended.said for secret in EVERY_SECRET)


def test_one_of_several_is_imported_when_it_is_named(cli, tmp_path):
    """The others of the file are left alone."""
    file = _file(tmp_path, {alias: {"settings": SETTINGS, "secrets": SECRETS} for alias in ("main", "shop")})
    assert cli.run("settings", "import", file, "-i", "shop", "--yes").exit_code == 0
    assert cli.parameter_names() == {"/planfix-telegram/shop/settings", "/planfix-telegram/shop/secrets"}
    assert "main, shop" in cli.run("settings", "import", file, "-i", "office", "--yes").err


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"settings": {"planfix": {}}, "secrets": SECRETS}, "planfix.account_url: is missing"),
        ({"settings": SETTINGS, "secrets": {**SECRETS, "bot_token": "x"}}, "bot_token"),
        ({"settings": SETTINGS}, "has no secrets"),
        ({"settings": {**SETTINGS, "defaults": {"name": "n" * 5000}}, "secrets": SECRETS}, "4096"),
    ],
)
def test_all_are_judged_before_one_is_written(cli, tmp_path, second, words):
    """A mistake in the second integration leaves the first as it was."""
    file = _file(tmp_path, {"main": {"settings": SETTINGS, "secrets": SECRETS}, "shop": second})
    ended = cli.run("settings", "import", file, "--yes")
    assert ended.exit_code == 1
    assert words in ended.err
    assert cli.parameter_names() == set()


# -- the account's address


@pytest.mark.parametrize(
    "typed", ["https://NEW.planfix.ru", "https://new.planfix.ru.:443/rest/", "HTTPS://new.planfix.ru/"]
)
def test_an_account_is_stored_in_one_spelling(cli, tmp_path, typed):
    """Set or imported, what is remembered of its tasks is found by either of its integrations."""
    cli.store()
    assert cli.run("settings", "set", "planfix.account_url", typed, "--yes").exit_code == 0
    file = _file(tmp_path, {"shop": {"settings": {"planfix": {"account_url": typed}}, "secrets": SECRETS}})
    assert cli.run("settings", "import", file, "--yes").exit_code == 0
    assert cli.settings() == cli.settings("shop") == {"planfix": {"account_url": "https://new.planfix.ru"}}


def test_an_account_that_was_stored_in_another_spelling_keeps_it(cli):
    """Everything of its tasks lies under it; other settings of it can be changed as ever."""
    old = {"planfix": {"account_url": "https://acme.planfix.ru:443"}}
    cli.store(settings=old)
    ended = cli.run("settings", "set", "planfix.account_url", "https://acme.planfix.ru", "--yes")
    assert (ended.exit_code, "Nothing changes" in ended.out) == (0, True)
    assert cli.run("settings", "set", "language", "en", "--yes").exit_code == 0
    assert cli.settings() == {"language": "en", **old}


@pytest.mark.parametrize(
    "typed", ["https://anna@acme.planfix.ru", "https://acme planfix.ru", "https://acme.planfix.ru?a=b"]
)
def test_what_is_no_account_is_not_stored(cli, typed):
    """One sentence says what an address must be."""
    cli.store()
    ended = cli.run("settings", "set", "planfix.account_url", typed, "--yes")
    assert (ended.exit_code, cli.settings()) == (1, SETTINGS)
    assert "planfix.account_url" in ended.err


# -- the digests' key


WITHOUT_KEY = {name: value for name, value in SECRETS.items() if name != "digest_key"}
NEW_TOKEN = "123456789:AAG-another-token-of-the-same-bot"


def _new_token(cli: CliWorld, tmp_path: Path) -> Ended:
    cli.telegram.change_token(BOT_TOKEN, NEW_TOKEN)
    (tmp_path / "token").write_text(NEW_TOKEN)
    return cli.run("settings", "set", "--secret", "bot_token", "--from-file", str(tmp_path / "token"), "--yes")


@pytest.mark.parametrize(("stored", "key"), [(SECRETS, SECRETS["digest_key"]), (WITHOUT_KEY, digest_key_of(BOT_TOKEN))])
def test_the_digests_key_outlasts_a_token(cli, tmp_path, stored, key):
    """It stays as it is; an integration of a time without one keeps what its former token has made."""
    cli.store(secrets=stored)
    ended = _new_token(cli, tmp_path)
    assert ended.exit_code == 0
    assert cli.secrets() == {**SECRETS, "bot_token": NEW_TOKEN, "digest_key": key}
    assert key not in ended.said


@pytest.mark.parametrize(
    "arguments",
    [
        ["set", "--secret", "planfix_secrets", "--generate", "--yes"],
        ["unset", "--secret", "planfix_secrets", "--yes"],
    ],
)
def test_whatever_secret_is_written_the_key_is_kept(cli, arguments):
    """No way of writing secrets leaves an integration without a key of its own."""
    cli.store(secrets={**WITHOUT_KEY, "planfix_secrets": ["the-newer-secret", "the-older-secret"]})
    assert cli.run("settings", *arguments).exit_code == 0
    assert cli.secrets()["digest_key"] == digest_key_of(BOT_TOKEN)


@pytest.mark.parametrize(
    ("stored", "imported", "key"),
    [
        (None, WITHOUT_KEY, generated(1)),
        (None, SECRETS, SECRETS["digest_key"]),
        (SECRETS, {**WITHOUT_KEY, "bot_token": NEW_TOKEN}, SECRETS["digest_key"]),
        (WITHOUT_KEY, {**WITHOUT_KEY, "bot_token": NEW_TOKEN}, digest_key_of(BOT_TOKEN)),
    ],
)
def test_an_import_keeps_the_key_or_brings_it(cli, tmp_path, stored, imported, key):
    """A file without a key takes none away; a new integration gets one."""
    if stored:
        cli.store(secrets=stored)
    file = _file(tmp_path, {"main": {"settings": SETTINGS, "secrets": imported}})
    ended = cli.run("settings", "import", file, "--yes")
    assert ended.exit_code == 0
    assert cli.secrets()["digest_key"] == key
    assert key not in ended.said


def test_the_key_is_not_set_by_hand(cli, tmp_path):
    """With another one nothing that is half done would be known again."""
    cli.store()
    (tmp_path / "key").write_text(generated(1))
    for arguments in (["set", "--from-file", str(tmp_path / "key")], ["unset"]):
        ended = cli.run("settings", *arguments, "--secret", "digest_key", "--yes")
        assert (ended.exit_code, cli.secrets()) == (1, SECRETS)
        assert "digest_key stays" in ended.err


def test_the_key_is_shown_to_nobody(cli):
    """Neither shown nor exported, like every secret."""
    cli.store()
    for arguments in (["show"], ["show", "--json"], ["export"]):
        ended = cli.run("settings", *arguments)
        assert ended.exit_code == 0
        assert SECRETS["digest_key"] not in ended.said
    assert cli.run("settings", "show", "--json").json["secrets"]["digest_key"] == "set"


# -- all or nothing


def _refuse_put(cli: CliWorld, number: int, **others: tuple[str, str]) -> list[str]:
    """AWS refuses the put of this number (from 1), and other operations; returns the names that were put, as they come."""
    put: list[str] = []
    answer = cli.answer

    def counting(operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "PutParameter":
            put.append(parameters["Name"])
        refused = operation == "PutParameter" and len(put) == number
        cli.aws_refuses = {**others, **({operation: REFUSED} if refused else {})}
        return answer(operation, parameters)

    cli.answer = counting
    return put


def test_what_was_written_is_taken_back_when_the_rest_is_refused(cli, tmp_path):
    """New parameters are removed again, changed ones get their former value."""
    cli.store("main")
    names = _refuse_put(cli, 4)
    new = {"settings": {**SETTINGS, "language": "en"}, "secrets": {**SECRETS, "planfix_token": "new-rest-token"}}
    ended = cli.run("settings", "import", _file(tmp_path, {"main": new, "shop": new}), "--yes")
    assert ended.exit_code == 1
    assert "AWS does not allow this (PutParameter)" in ended.err
    assert names[:4] == [
        f"/planfix-telegram/{one}" for one in ("main/secrets", "main/settings", "shop/secrets", "shop/settings")
    ]
    assert cli.parameter_names() == {"/planfix-telegram/main/settings", "/planfix-telegram/main/secrets"}
    assert (cli.settings(), cli.secrets()) == (SETTINGS, SECRETS)


def test_what_cannot_be_taken_back_is_named(cli, tmp_path):
    """When undoing fails as well, the admin is told which parameter to look at."""
    _refuse_put(cli, 2, DeleteParameters=REFUSED)
    ended = cli.run(
        "settings", "import", _file(tmp_path, {"main": {"settings": SETTINGS, "secrets": SECRETS}}), "--yes"
    )
    assert ended.exit_code == 1
    assert "/planfix-telegram/main/secrets" in ended.err
    assert "/planfix-telegram/main/settings" not in ended.err


def test_somebody_elses_change_is_not_overwritten(cli):
    """Two admins at once: the second is told, and reads again."""
    cli.store()
    ask = cli.keyboard.ask

    def meanwhile(prompt: str, *, hidden: bool = False) -> str:
        cli.store(settings={**SETTINGS, "send_as_employee": True})
        return ask(prompt, hidden=hidden)

    cli.keyboard.ask = meanwhile
    ended = cli.run("settings", "set", "language", "en", answers=[("Write this?", "y")])
    assert ended.exit_code == 1
    assert "changed this meanwhile" in ended.err
    assert cli.settings() == {**SETTINGS, "send_as_employee": True}


def test_a_former_secret_is_never_in_the_difference(cli):
    """Neither the old value nor the new one."""
    cli.store()
    ended = cli.run("settings", "set", "--secret", "webhook_secrets", "--generate", "--yes")
    assert "webhook_secrets: set → changed" in ended.err
    assert PLANFIX_SECRET not in ended.said


# -- chats of Planfix

BY_CHATS = {
    **SETTINGS,
    "route": "chat_api",
    "planfix": {**SETTINGS["planfix"], "chat_url": "https://acme.planfix.ru/webchat/api"},
    "channels": {"42": {}, "own_bot": {}},
}
DOOR = "https://bridge.example.com/planfix/main/chat"
THEIRS = "303cb962ac59075b964b07152d234b70"


def _chat(cli, tmp_path, name, value=None):
    """Set a chat's key: from a file, or made by the command. Planfix knows its own one."""
    cli.planfix.chats.add(ChatWindow(f"main.{name.split('.')[1]}" if "." in name else "main", THEIRS, DOOR, "t" * 16))
    if value is None:
        return cli.run("settings", "set", "--secret", name, "--generate", "--yes")
    (tmp_path / "key").write_text(value)
    return cli.run("settings", "set", "--secret", name, "--from-file", str(tmp_path / "key"), "--yes")


def test_keys_of_a_chat_are_set_one_by_one(cli, tmp_path):
    """Planfix's is copied from its window, ours is made for it; neither is printed without being asked for."""
    cli.store(settings=BY_CHATS)
    for name, value in (
        ("chats.42.planfix_token", THEIRS),
        ("chats.42.our_tokens", None),
        ("chats.42.our_tokens", None),
    ):
        ended = _chat(cli, tmp_path, name, value)
        assert ended.exit_code == 0, ended.said
        assert name in ended.said
        assert not {THEIRS, *cli.secrets()["chats"]["42"].get("our_tokens", [])} & set(ended.said.split())
    kept = cli.secrets()["chats"]["42"]
    assert (kept["planfix_token"], len(kept["our_tokens"])) == (THEIRS, 2)
    assert cli.run("settings", "unset", "--secret", "chats.42.our_tokens", "--yes").exit_code == 0
    assert cli.secrets()["chats"]["42"]["our_tokens"] == kept["our_tokens"][:1]


def test_a_key_that_planfix_refuses_is_not_stored(cli, tmp_path):
    """Copied wrongly, or the window has another providerId; `--no-check` stores it for a window that comes later."""
    cli.store(settings=BY_CHATS)
    ended = _chat(cli, tmp_path, "chats.42.planfix_token", THEIRS[::-1])
    assert ended.exit_code == 1
    assert _says(ended, "by this key and this providerId", "save its window with our providerId first")
    assert "chats" not in cli.secrets()
    file = str(tmp_path / "key")
    assert (
        cli.run(
            "settings", "set", "--secret", "chats.42.planfix_token", "--from-file", file, "--no-check", "--yes"
        ).exit_code
        == 0
    )
    assert cli.secrets()["chats"]["42"]["planfix_token"] == THEIRS[::-1]


def test_new_key_of_a_chat_is_shown_to_who_asks(cli):
    """It must be typed into Planfix's window, and nobody can read it elsewhere."""
    cli.store(settings=BY_CHATS)
    ended = cli.run(
        "settings", "set", "--secret", "chats.42.our_tokens", "--generate", answers=[("Write", "y"), ("how", "y")]
    )
    assert (ended.exit_code, ended.said.count(cli.secrets()["chats"]["42"]["our_tokens"][0])) == (0, 1)


@pytest.mark.parametrize(
    "name", ["chats", "chats.42", "chats.anna.our_tokens", "chats.42.token", "chats.42.our_tokens.0"]
)
def test_unknown_key_of_a_chat(cli, tmp_path, name):
    """The sentence says what there is."""
    cli.store(settings=BY_CHATS)
    ended = _chat(cli, tmp_path, name, "x" * 20)
    assert ended.exit_code == 1
    assert "chats.<owner id>.our_tokens" in ended.said


def test_key_of_a_chat_is_no_setting(cli):
    """It does not belong on the command line."""
    cli.store(settings=BY_CHATS)
    ended = cli.run("settings", "set", "chats.42.planfix_token", THEIRS)
    assert ended.exit_code == 2
    assert "--secret chats.42.planfix_token" in ended.said


def test_keys_of_each_chat_are_shown(cli):
    """Of each channel, whether they are set."""
    cli.store(
        settings=BY_CHATS, secrets={**SECRETS, "chats": {"42": {"planfix_token": THEIRS, "our_tokens": ["t" * 16]}}}
    )
    shown = json.loads(cli.run("settings", "show", "--json").out)["secrets"]
    chats = {name: said for name, said in shown.items() if name.startswith("chats.")}
    assert chats == {
        "chats.42.planfix_token": "set", "chats.42.our_tokens": "set",
        "chats.own_bot.planfix_token": "not set", "chats.own_bot.our_tokens": "not set",
    }  # fmt: skip


def test_provider_id_of_each_channel_is_shown(cli):
    """What must be typed into its window in Planfix, also where nobody set it; REST has none."""
    shown = {"42": {"provider_id": "sales"}, "own_bot": {}}
    cli.store(settings={**BY_CHATS, "channels": shown})
    said = cli.run("settings", "show").out
    assert re.search(r"channels\.42\.provider_id +sales", said)
    assert re.search(r"channels\.own_bot\.provider_id +main\.own_bot \(default\)", said)
    cli.store(settings={**SETTINGS, "channels": {"own_bot": {}}})
    assert "provider_id main" not in " ".join(cli.run("settings", "show").out.split())


def test_chats_without_rest(cli):
    """Their route needs neither the REST token nor a scenario's secret; REST cannot do without."""
    least = {name: SECRETS[name] for name in ("bot_token", "webhook_secrets", "digest_key")}
    cli.store(settings=BY_CHATS, secrets=least)
    assert cli.run("settings", "set", "--secret", "webhook_secrets", "--generate", "--yes").exit_code == 0
    ended = cli.run("settings", "set", "route", "rest", "--yes")
    assert ended.exit_code == 1
    assert "needs what is not there: planfix_token, planfix_secrets." in ended.said
    assert cli.settings() == BY_CHATS


def test_route_is_chosen_with_the_address_of_the_chats(cli):
    """Both at once; the address alone changes nothing yet."""
    cli.store()
    assert "planfix.chat_url" in cli.run("settings", "set", "route", "chat_api", "--yes").said
    address = "https://acme.planfix.ru/webchat/api"
    assert cli.run("settings", "set", "route", "chat_api", "planfix.chat_url", address, "--yes").exit_code == 0
    assert (cli.settings()["route"], cli.settings()["planfix"]["chat_url"]) == ("chat_api", address)


def test_keys_of_many_chats_take_further_parameters(cli, tmp_path):
    """Encrypted like the first, imported and changed as one; what is too much is refused whole."""
    settings = {**BY_CHATS, "channels": {}}
    chats = {str(number): {"planfix_token": f"{number:064}", "our_tokens": ["t" * 43]} for number in range(100, 150)}
    file = _file(tmp_path, {"main": {"settings": settings, "secrets": {**SECRETS, "chats": chats}}})
    assert cli.run("settings", "import", file, "--yes").exit_code == 0
    assert [name.rpartition("/")[2] for name in sorted(cli.parameter_names())] == ["secrets", "secrets-2", "settings"]
    stored = _secrets_of_all_parts(cli)
    assert stored["chats"] == chats
    assert _chat(cli, tmp_path, "chats.149.planfix_token", THEIRS).exit_code == 0
    assert _secrets_of_all_parts(cli)["chats"]["149"]["planfix_token"] == THEIRS
    many = {str(number): {"planfix_token": "x" * 256} for number in range(100, 200)}
    file = _file(tmp_path, {"main": {"settings": settings, "secrets": {**SECRETS, "chats": many}}})
    ended = cli.run("settings", "import", file, "--yes")
    assert (ended.exit_code, "5" in ended.said) == (1, True)
    assert len(_secrets_of_all_parts(cli)["chats"]) == 50


def test_show_says_where_planfix_has_what_this_route_leaves_to_it(cli):
    """Each option by its name there; what is stored all the same is shown as not used. REST has none."""
    channels = {"42": {"contact_template": 21}, "own_bot": {}}
    cli.store(settings={**BY_CHATS, "defaults": {"task_template": 11}, "channels": channels})
    shown = " ".join(cli.run("--language", "ru", "settings", "show").said.split())
    for words in (
        "defaults.task_template 11 (этот способ его не использует; в Планфиксе: «Объект (шаблон) для создания новых задач»)",
        "defaults.task_object в Планфиксе: «Объект (шаблон) для создания новых задач»",
        "defaults.contact_template в Планфиксе: «Шаблон для создания новых контактов»",
        "channels.42.contact_template 21 (этот",
        "defaults.extra_assignees в Планфиксе: «Подключить дополнительных исполнителей»",
        "default_assignee в Планфиксе: исполнители шаблона",
        "new_task_if_none_active в Планфиксе: «Создавать новую задачу, если нет активных",
        "Управление аккаунтом → Интеграции → Чаты",
    ):
        assert words in shown, words
    left = cli.run("settings", "show", "--json").json["left_to_planfix"]
    assert {key.rpartition(".")[2] for key in left} == {
        "task_template", "task_object", "contact_template", "extra_assignees", "default_assignee", "new_task_if_none_active",
    }  # fmt: skip
    cli.store()
    assert "left_to_planfix" not in cli.run("settings", "show", "--json").json
    assert "in Planfix:" not in cli.run("settings", "show").said


def test_a_name_without_a_rest_token_gets_a_sentence_of_its_own(cli):
    """There is nothing to ask, so the number is wanted, or a token."""
    cli.store(settings=BY_CHATS, secrets={name: one for name, one in SECRETS.items() if name != "planfix_token"})
    ended = cli.run("settings", "set", "language", "en", "channels.42.owner_user", "Anna", "--yes")
    assert ended.exit_code == 1
    assert "channels.42.owner_user: “Anna” is a name" in ended.said
    assert "--secret planfix_token" in ended.said
    assert "token refused" not in ended.said
    assert cli.run("settings", "set", "channels.42.owner_user", "user:2", "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("stored", "changes", "words"),
    [
        (
            {**BY_CHATS, "route": "rest"},
            ["route", "chat_api"],
            ["old task into the new one", "switch both scenarios off", "chats.own_bot.planfix_token"],
        ),
        (BY_CHATS, ["route", "rest"], ["Telegram id and @username", "the old task into the new one", "scenario"]),
    ],
)
def test_what_planfix_does_not_join_is_said_before_the_route_changes(cli, stored, changes, words):
    """Who says no then has changed nothing; missing keys of chats are named, and REST's are not needed."""
    chats = {"42": {"planfix_token": THEIRS, "our_tokens": ["t" * 16]}}
    cli.store(settings=stored, secrets={**SECRETS, "chats": chats})
    ended = cli.run("settings", "set", *changes, answers=[("Write this?", "n")])
    assert (ended.exit_code, cli.settings()) == (1, stored)
    assert _says(ended, *words)
    assert "chats.42.planfix_token" not in ended.said
    assert cli.run("settings", "set", *changes, "--yes").exit_code == 0
    assert cli.settings()["route"] == changes[1]


def test_nothing_is_said_of_a_route_that_stays(cli):
    """Nor where it is unset and was the default."""
    cli.store(settings=BY_CHATS)
    assert "join" not in cli.run("settings", "set", "language", "en", "--yes").said
    cli.store()
    assert "join" not in cli.run("settings", "set", "route", "rest", "--yes").said


def test_keys_of_a_channel_that_is_taken_out_go_with_it(cli):
    """Nobody can use them any more; those of the others stay."""
    chats = {one: {"planfix_token": THEIRS, "our_tokens": [f"our-token-of-{one:>8}"]} for one in ("42", "own_bot")}
    cli.store(settings=BY_CHATS, secrets={**SECRETS, "chats": chats})
    ended = cli.run("settings", "unset", "channels.42", "--yes")
    assert ended.exit_code == 0, ended.said
    assert _says(ended, "chats.42.planfix_token: set (removed)", "chats.42.our_tokens: set (removed)")
    assert cli.secrets()["chats"] == {"own_bot": chats["own_bot"]}
    assert cli.run("settings", "unset", "channels", "--yes").exit_code == 0
    assert cli.secrets()["chats"] == {}


def test_an_account_that_is_revoked_keeps_the_keys_of_its_chat(cli):
    """Answers to its clients wait until it is put back, and by these keys Planfix pushes them; nothing is pasted anew then."""
    chats = {"42": {"planfix_token": THEIRS, "our_tokens": ["t" * 16]}}
    cli.store(settings=BY_CHATS, secrets={**SECRETS, "chats": chats})
    assert cli.run("accounts", "revoke", "42", "--yes").exit_code == 0
    assert (list(cli.settings()["channels"]), cli.secrets()["chats"]["42"]) == (["own_bot"], chats["42"])
    assert cli.run("accounts", "approve", "42", "--yes").exit_code == 0
    assert cli.secrets()["chats"]["42"] == chats["42"]


def test_keys_may_be_there_before_their_channel(cli, tmp_path):
    """Whoever prepares a channel sets its keys first; nothing else that changes takes them away."""
    cli.store(settings={**BY_CHATS, "channels": {"own_bot": {}}})
    assert _chat(cli, tmp_path, "chats.42.our_tokens").exit_code == 0
    assert cli.run("settings", "set", "language", "en", "--yes").exit_code == 0
    kept = cli.secrets()["chats"]["42"]
    assert cli.run("settings", "set", "channels.42.name", "Sales", "--yes").exit_code == 0
    assert cli.secrets()["chats"]["42"] == kept


def test_a_new_channel_of_chats_gets_its_key_of_ours(cli):
    """It is to be pasted into its window, so nobody should have to think of making it; REST needs none."""
    cli.store(settings={**BY_CHATS, "channels": {}})
    ended = cli.run("settings", "set", "channels.42.name", "Sales", "--yes")
    assert "chats.42.our_tokens: set" in ended.said
    assert list(cli.secrets()["chats"]) == ["42"]
    cli.store()
    assert cli.run("settings", "set", "channels.42.name", "Sales", "--yes").exit_code == 0
    assert "chats" not in cli.secrets()


def _secrets_of_all_parts(cli):
    """The secrets as the bridge reads them."""
    names = sorted(name for name in cli.parameter_names() if "/secrets" in name)
    found = [cli.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"] for name in names]
    assert {one["Type"] for one in found} == {"SecureString"}
    return joined_secrets([one["Value"] for one in found])


def test_history_says_who_changed_what(cli):
    """From each writing to the next; of secrets only that they were written."""
    cli.store()
    cli.run("settings", "set", "language", "en", "--yes")
    cli.run("settings", "unset", "language", "--yes")
    ended = cli.run("settings", "history", "--json")
    assert ended.exit_code == 0
    written = [one for one in ended.json["history"] if one["what"] == "settings"]
    assert [one["changes"] for one in written[1:]] == [
        [{"key": "language", "before": None, "after": "en"}],
        [{"key": "language", "before": "en", "after": None}],
    ]
    assert sum(one["what"] == "secrets" for one in ended.json["history"]) == 1
    shown = cli.run("settings", "history")
    assert "planfix.account_url" in shown.out
    assert not any(secret in ended.said + shown.said for secret in EVERY_SECRET)
