"""The sentences of the admin's command."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from string import Formatter

import pytest
from typer.main import get_command

import planfix_telegram
from bridge.settings import Settings
from planfix_telegram import texts
from planfix_telegram.main import COMMANDS
from planfix_telegram.texts import TEXTS, language_of, repeat_options, say, speak_of

SOURCES = [path for path in Path(planfix_telegram.__file__).parent.rglob("*.py") if path.parent.name != "texts"]
CODE = "\n".join(path.read_text() for path in SOURCES)


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_things(key):
    """A sentence has the same placeholders in English and in Russian, and neither is empty."""
    english, russian = TEXTS[key]
    assert english
    assert russian
    assert _placeholders(english) == _placeholders(russian)


def test_no_sentence_stands_twice():
    """A name is in one file only: one of two would silently win."""
    files = [import_module(f"planfix_telegram.texts.{one.name}") for one in iter_modules(texts.__path__)]
    names = Counter(name for file in files for name in file.SENTENCES)
    assert [name for name, count in names.items() if count > 1] == []
    assert names.keys() == TEXTS.keys()


@pytest.mark.parametrize("key", TEXTS)
def test_every_sentence_is_said_somewhere(key):
    """No sentence is left over: its name stands in the code, whole or as one that is put together."""
    built = [
        rf'"{prefix}'
        for prefix in ("column_", "kind_", "ask_", "help_", "invalid_", "room_", "door_", "chat_")
        if key.startswith(prefix)
    ]
    assert re.search(rf"""["']{key}["']""", CODE) or any(re.search(rf"f{start}\{{", CODE) for start in built)


def test_every_sentence_that_the_code_names_exists():
    """A key that the code says, raises or declares as help stands in the table."""
    named = re.findall(r'(?:\bsay|Problem)\(\s*"([a-z_0-9]+)"', CODE)
    named += re.findall(r'(?:help|epilog)="([a-z_]+)"', CODE)
    assert len(named) > 100
    assert set(named) <= set(TEXTS)


def test_russian_is_written_in_russian():
    """What a person reads in Russian has Russian letters, commands and bare values aside."""
    latin = {key for key, (_, russian) in TEXTS.items() if not re.search("[а-яё]", russian, re.IGNORECASE)}
    assert {key for key in latin if not key.startswith("examples")} == {"local_problem", "secret_invalid"}


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ru_RU.UTF-8"}, "ru"),
        ([], {"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "C", "LC_MESSAGES": "ru_RU"}, "ru"),
        ([], {"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru"),
        (["--language", "ru", "settings"], {"LANG": "C"}, "ru"),
        (["--language=en"], {"LANG": "ru_RU.UTF-8"}, "en"),
    ],
)
def test_the_language_is_chosen_by_the_option_then_by_the_system(arguments, environment, language):
    """`--language` comes first, then LC_ALL, LC_MESSAGES and LANG, as in POSIX."""
    assert language_of(arguments, environment) == language


def test_ask_sentences_exist_for_what_setup_asks_by_name():
    """Questions that are named after a setting are named after one that exists."""
    asked = {key.removeprefix("ask_") for key in TEXTS if key.startswith("ask_")}
    assert {"new_task_if_none_active", "send_as_employee"} <= asked & set(Settings.model_fields)


HINT = re.compile(r"\{call:([^}]*)\}")


def test_hints_repeat_the_options_in_use():
    """A sentence that tells to type a command takes its options along; only help and examples show it bare."""
    bare = {
        key
        for key, sentences in TEXTS.items()
        if not key.startswith(("help_", "examples_"))
        and any(re.search(r"planfix-telegram (?:-|[a-z])", one) for one in sentences)
    }
    assert bare == set()


@pytest.mark.parametrize(
    "command", sorted({one for pair in TEXTS.values() for text in pair for one in HINT.findall(text)})
)
def test_every_hint_names_a_command_that_exists(command):
    """As the command itself knows it."""
    name, *rest = command.split()
    assert name in COMMANDS
    group = get_command(import_module(f"planfix_telegram.commands.{name}").app)
    if rest and rest[0].islower():
        assert rest[0] in group.commands


def test_a_hint_works_on_the_same_deployment_and_integration():
    """Global options stand before the command, the integration behind it; what is usual goes without saying."""
    try:
        repeat_options("--stack test --region eu-central-1")
        speak_of("shop")
        assert (
            say("do_webhook_set")
            == "Tell Telegram: planfix-telegram --stack test --region eu-central-1 webhook set -i shop"
        )
    finally:
        repeat_options("")
        speak_of("")
    assert say("do_webhook_set") == "Tell Telegram: planfix-telegram webhook set"
