"""Settings by dotted key."""

from __future__ import annotations

import pytest

from planfix_telegram.difference import Line, secrets_difference, settings_difference
from planfix_telegram.problem import Problem
from planfix_telegram.setting_keys import check_secret_name, defaults, drop, flat, known_keys, put
from planfix_telegram.texts import speak


@pytest.fixture(autouse=True)
def _english():
    speak("en")


def test_keys_are_those_of_the_model():
    """A setting that the model gains can be set at once."""
    assert {
        "language",
        "planfix.account_url",
        "telegram.api_url",
        "defaults.extra_assignees",
        "channels.<owner id>.task_template",
    } <= set(known_keys())


def test_a_key_is_set_in_its_group():
    """Groups that are missing are made on the way."""
    raw = {}
    put(raw, "channels.42.name", "Sales")
    put(raw, "channels.own_bot.task_object", "7")
    put(raw, "language", "en")
    assert raw == {"channels": {"42": {"name": "Sales"}, "own_bot": {"task_object": "7"}}, "language": "en"}


@pytest.mark.parametrize(
    ("text", "value"), [("user:5, group:3", ["user:5", "group:3"]), ("user:5", ["user:5"]), ("", [])]
)
def test_a_list_is_separated_by_commas(text, value):
    """Only keys whose type is a list are taken apart."""
    raw = {}
    put(raw, "defaults.extra_assignees", text)
    put(raw, "defaults.name", "Sales, Moscow")
    assert raw["defaults"] == {"extra_assignees": value, "name": "Sales, Moscow"}


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("langauge", "language"),  # codespell:ignore langauge
        ("task_template", "defaults.task_template"),
        ("defaults.task_templat", "defaults.task_template"),
        ("channels.42.nmae", "channels.42.name"),  # codespell:ignore nmae
        ("channels.anna.name", "channels.<owner id>.name"),
        ("planfix.url", "planfix.account_url"),
    ],
)
def test_an_unknown_key_suggests_near_ones(key, near):
    """A misspelled key, or one named without its group, is answered with the right one."""
    with pytest.raises(Problem) as problem:
        put({}, key, "x")
    assert near in str(problem.value).partition("Did you mean")[2]


def test_a_key_like_nothing_lists_what_there_is():
    """When nothing is near, every key is listed."""
    with pytest.raises(Problem) as problem:
        put({}, "zzz", "x")
    assert "planfix.account_url" in str(problem.value)


def test_a_group_is_no_key():
    """A group of settings has no value; its keys are named instead."""
    with pytest.raises(Problem) as problem:
        put({}, "channels.42", "x")
    assert problem.value.key == "key_is_group"
    assert "channels.42.name" in str(problem.value)


def test_a_key_or_a_whole_group_is_removed():
    """Unset takes one key, or a channel with all its keys."""
    raw = {"language": "en", "channels": {"42": {"name": "Sales"}, "43": {}}}
    drop(raw, "language")
    drop(raw, "channels.42")
    assert raw == {"channels": {"43": {}}}


@pytest.mark.parametrize("key", ["language", "channels.42", "channels.42.name", "defaults.task_template"])
def test_what_is_not_set_cannot_be_removed(key):
    """A typing mistake in an id must not pass as done."""
    with pytest.raises(Problem) as problem:
        drop({}, key)
    assert problem.value.key == "key_not_set"


def test_a_secret_has_a_known_name():
    """The sentence lists the names."""
    with pytest.raises(Problem) as problem:
        check_secret_name("token")
    assert "bot_token" in str(problem.value)


def test_settings_are_shown_flat_and_readable():
    """Booleans as on and off, lists with commas, a channel without settings of its own still shown."""
    shown = flat(
        {"send_as_employee": True, "defaults": {"extra_assignees": ["user:1", "group:2"]}, "channels": {"42": {}}}
    )
    assert shown == {"send_as_employee": "on", "defaults.extra_assignees": "user:1, group:2", "channels.42": "-"}
    assert flat({"channels": {}}) == {}


def test_defaults_are_known_for_every_key_of_the_integration():
    """What `settings show` says of a key that is not set is what the model takes."""
    assert defaults()["new_task_if_none_active"] == "on"
    assert defaults()["telegram.api_url"] == "https://api.telegram.org"
    assert not any(key.startswith("channels.") for key in defaults())


def test_a_difference_has_what_changes_and_nothing_else():
    """Added, changed and removed keys, each with what it was and becomes."""
    before = {"language": "ru", "send_as_employee": True, "channels": {"42": {"name": "A"}}}
    after = {"language": "ru", "send_as_employee": False, "channels": {"43": {}}}
    assert settings_difference(before, after) == [
        Line("channels.42.name", "A", None),
        Line("channels.43", None, "-"),
        Line("send_as_employee", "on", "off"),
    ]


def test_a_difference_never_holds_a_secret():
    """Of a secret it says only that it is set or changed."""
    before = {"bot_token": "old-secret", "planfix_secrets": ["one-secret"], "planfix_token": "same-secret"}
    after = {"bot_token": "new-secret", "planfix_secrets": ["two-secret", "one-secret"], "planfix_token": "same-secret"}
    lines = secrets_difference(before, after)
    assert [line.key for line in lines] == ["bot_token", "planfix_secrets"]
    assert "secret" not in "".join(f"{line.before}{line.after}" for line in lines)
