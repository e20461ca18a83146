"""How runs of the command end: exit codes, help, and failures of AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import planfix_telegram
from tests.cli_world import SECRETS, SETTINGS, CliWorld, cli_world

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["setup"],
    ["status"],
    ["doctor"],
    ["settings"],
    ["settings", "show"],
    ["settings", "set"],
    ["settings", "unset"],
    ["settings", "import"],
    ["settings", "export"],
    ["settings", "history"],
    ["accounts"],
    ["accounts", "list"],
    ["accounts", "approve"],
    ["accounts", "revoke"],
    ["webhook"],
    ["webhook", "set"],
    ["webhook", "info"],
    ["webhook", "drop"],
    ["scenario"],
    ["rotate"],
    ["rotate", "webhook"],
    ["rotate", "scenario"],
    ["rotate", "bot"],
    ["rotate", "planfix"],
    ["chats"],
    ["chats", "list"],
    ["chats", "show"],
    ["chats", "link"],
    ["chats", "unlink"],
    ["chats", "sync"],
    ["forget"],
    ["dead"],
    ["dead", "list"],
    ["dead", "redrive"],
    ["dead", "drop"],
    ["dead", "show"],
    ["logs"],
    ["stats"],
    ["integrations"],
    ["integrations", "list"],
    ["integrations", "remove"],
    ["local"],
]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An empty AWS account."""
    with cli_world(capsys, monkeypatch) as world:
        yield world


def _process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, without any AWS credentials but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(  # noqa: S603 - our own program with a test's arguments
        [sys.executable, "-c", "from planfix_telegram.main import run; run()", *arguments],
        env={
            **kept,
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("layers/common", "cli", "")),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LANG": "C.UTF-8",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_helps(cli, command):
    """No key of the table of sentences is left in it, and a command that does something has an example."""
    ended = cli.run(*command, "--help")
    assert ended.exit_code == 0
    assert "help_" not in ended.out
    assert "examples_" not in ended.out
    if command not in (["settings"], ["accounts"], ["webhook"], ["dead"], ["integrations"], ["chats"], ["rotate"]):
        assert f"planfix-telegram {' '.join(command)}" in ended.out.partition("Examples")[2]


def test_help_speaks_the_systems_language(cli, monkeypatch):
    """The same run in Russian."""
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert "Бизнес-аккаунты Телеграма" in cli.run("--help").out
    assert "Одобрить" not in cli.run("--language", "en", "accounts", "--help").out


def test_help_waits_for_nothing_heavy():
    """The first screen needs neither boto3 nor pydantic nor httpx: they take longer to import than all the rest."""
    program = (
        "import sys\nfrom planfix_telegram.main import run\ntry:\n    run(['--help'])\nexcept SystemExit:\n"
        "    print(sorted({'boto3', 'botocore', 'pydantic', 'httpx'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("layers/common", "cli"))}
    out = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert out.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["settings", "show", "--bogus"], ["accounts", "approve"], ["--language", "fr", "settings", "show"]],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(cli, arguments):
    """As shells and scripts expect."""
    assert cli.run(*arguments).exit_code == 2


def test_ctrl_c_ends_with_130_and_a_short_word(cli):
    """And nothing is written."""
    cli.store()
    ended = cli.run("settings", "set", "language", "en", answers=[("Write this?", cli.keyboard.CTRL_C)])
    assert ended.exit_code == 130
    assert ended.err.splitlines()[-1] == "Stopped."
    assert "language" not in cli.settings()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("ExpiredTokenException", "x"), "have expired"),
        (("UnrecognizedClientException", "x"), "does not know these credentials"),
        (("AccessDeniedException", "User x is not authorized"), "User x is not authorized"),
    ],
)
def test_a_refusal_of_aws_is_a_sentence(cli, answer, words):
    """What to do about it, exit code 1."""
    cli.aws_refuses["GetParameters"] = answer
    ended = cli.run("settings", "show")
    assert ended.exit_code == 1
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_stack_that_is_not_there_says_how_to_make_it(cli):
    """Before anything is asked or written."""
    ended = cli.run("--stack", "missing", "setup")
    assert ended.exit_code == 1
    assert "sam deploy" in ended.err
    assert cli.parameter_names() == set()


def test_a_stack_that_reads_its_settings_elsewhere_is_noticed(cli):
    """Deployed under another name than its parameter Stack says, it would never see what is written."""
    cli.outputs["SettingsPrefix"] = "/other"
    ended = cli.run("setup")
    assert ended.exit_code == 1
    assert "--parameter-overrides Stack=planfix-telegram" in ended.err


def test_no_credentials_is_a_sentence_and_no_trace():
    """The command as a process: nothing on stdout, one line on stderr."""
    ended = _process("settings", "show", AWS_DEFAULT_REGION="eu-central-1")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "AWS credentials were not found" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_no_region_is_a_sentence():
    """With the option to add."""
    ended = _process("settings", "show", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    assert ended.returncode == 1
    assert "--region" in ended.stderr


def test_aws_out_of_reach_is_a_sentence():
    """Here because nobody listens on the port."""
    ended = _process(
        *("--endpoint-url", "http://127.0.0.1:9", "--region", "eu-central-1", "settings", "show"),
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="x",
    )
    assert ended.returncode == 1
    assert "--endpoint-url" in ended.stderr


def test_an_unknown_profile_is_a_sentence():
    """With the command that lists those there are."""
    ended = _process("--profile", "nobody", "settings", "show")
    assert ended.returncode == 1
    assert "list-profiles" in ended.stderr


def test_a_fault_of_the_program_keeps_its_words_back(cli, monkeypatch):
    """They may hold a secret; whoever debugs asks for the whole story."""

    def fault(*_: object) -> None:
        raise RuntimeError("4711")

    monkeypatch.setattr("planfix_telegram.store.Store.find", fault)
    ended = cli.run("settings", "show")
    assert ended.exit_code == 1
    assert "RuntimeError" in ended.err
    assert "4711" not in ended.said
    monkeypatch.setenv("PLANFIX_TELEGRAM_DEBUG", "1")
    with pytest.raises(RuntimeError, match="4711"):
        cli.run("settings", "show")


def test_local_reads_its_file_before_anything_starts(cli, tmp_path):
    """A mistake in it is said with line and column."""
    (tmp_path / "bridge.json").write_text("{")
    ended = cli.run("local", "--settings", str(tmp_path / "bridge.json"))
    assert ended.exit_code == 1
    assert "line 1, column 2" in ended.err


INTEGRATIONS = {"integrations": {"main": {"settings": SETTINGS, "secrets": SECRETS}}}


def test_local_judges_its_file_in_the_language_chosen(cli, tmp_path):
    """By the same sentences as every other command, before anything starts."""
    wrong = {"integrations": {"main": {"settings": {**SETTINGS, "hold_for": 0}, "secrets": SECRETS}}}
    (tmp_path / "bridge.json").write_text(json.dumps(wrong))
    ended = cli.run("--language", "ru", "local", "--settings", str(tmp_path / "bridge.json"))
    assert ended.exit_code == 1
    assert "hold_for" in ended.err
    assert "не меньше 1" in ended.err


@pytest.mark.parametrize(("module", "extra"), [("werkzeug", True), ("ministack.x", True), ("elsewhere", False)])
def test_local_without_its_extra_says_what_to_install(cli, tmp_path, monkeypatch, module, extra):
    """Only what belongs to the extra is explained so; anything else missing is a fault."""
    (tmp_path / "bridge.json").write_text(json.dumps(INTEGRATIONS))

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=module)

    monkeypatch.setattr("planfix_telegram.commands.local.import_module", missing)
    ended = cli.run("local", "--settings", str(tmp_path / "bridge.json"))
    assert ended.exit_code == 1
    assert ("pip install 'planfix-telegram[local]'" in ended.err) is extra


def test_local_serves_what_the_file_says_on_the_port(cli, tmp_path, monkeypatch):
    """The command only hands over; local/ does the rest and has its own tests."""
    file = tmp_path / "bridge.json"
    file.write_text(json.dumps(INTEGRATIONS))
    served: list[object] = []
    monkeypatch.setattr("local.bridge.serve", lambda *given: served.extend(given))
    assert cli.run("local", "--settings", str(file), "--port", "9876").exit_code == 0
    assert served == [INTEGRATIONS["integrations"], 9876]


def test_the_package_names_its_version(cli):
    """`--version` needs nothing else."""
    ended = cli.run("--version")
    assert ended.exit_code == 0
    assert ended.out.startswith(f"{planfix_telegram.__name__.replace('_', '-')} ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["settings", "set", "hold_for", "-5"], "«-5»: отрицательных значений"),
        (["settings", "show", "--bogus"], "Нет параметра --bogus"),
        (["accounts", "approve"], "Не хватает OWNER"),
        (["--region", "nowhere", "status"], "«nowhere» — не регион AWS"),
        (["--endpoint-url", "127.0.0.1", "status"], "«127.0.0.1» — не адрес"),
        (["bogus"], "planfix-telegram --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_our_sentence(cli, arguments, words):
    """In the language that the admin speaks, with the command that shows what is right."""
    ended = cli.run("--language", "ru", *arguments)
    assert ended.exit_code == 2
    assert words in ended.err
    assert "--help" in ended.err


def test_completion_belongs_to_the_root(cli):
    """Once for the whole command."""
    assert "--install-completion" in cli.run("--help").out
    assert "--install-completion" not in cli.run("settings", "--help").out
    assert "--install-completion" not in cli.run("setup", "--help").out
