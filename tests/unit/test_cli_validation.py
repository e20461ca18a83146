"""What is said of values that the model refuses."""

from __future__ import annotations

import pytest

from planfix_telegram.problem import Problem
from planfix_telegram.texts import TEXTS, speak
from planfix_telegram.validation import account_address, check_address, check_secret, secrets_of, settings_of

PLANFIX = {"planfix": {"account_url": "https://acme.planfix.ru"}}
SECRETS = {
    "bot_token": "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pM",
    "webhook_secrets": ["webhook-secret-0123456789"],
    "planfix_secrets": ["planfix-secret-0123456789"],
    "planfix_token": "planfix-rest-token",
}


@pytest.fixture(autouse=True)
def _english():
    speak("en")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"send_as_employee": "maybe"}, "send_as_employee: say on or off"),
        ({"language": "de"}, "language: must be 'ru' or 'en'"),
        ({"default_assignee": "5"}, "default_assignee: must be a person of Planfix such as user:5"),
        ({"defaults": {"extra_assignees": ["user:1", "x"]}}, "defaults.extra_assignees.1: must be a person"),
        ({"defaults": {"task_template": "x"}}, "defaults.task_template: must be a number"),
        ({"defaults": {"task_template": 1, "task_object": 2}}, "defaults: set task_template or task_object, not both"),
        ({"hold_for": 0}, "hold_for: must be 1 at least"),
        ({"ledger_kept_for": 4000}, "ledger_kept_for: must be 3650 at most"),
        ({"planfix": {}}, "planfix.account_url: is missing"),
        ({"planfix": {"account_url": "http://acme.planfix.ru"}}, "planfix.account_url: must be an https address"),
        (
            {"planfix": {"account_url": "https://u@acme.planfix.ru"}},
            "planfix.account_url: must be the account's bare address",
        ),
        (
            {"planfix": {**PLANFIX["planfix"], "requests_per_second": 0.05}},
            "requests_per_second: must be from 0.1 to 1000",
        ),
        (
            {"planfix": {**PLANFIX["planfix"], "requests_per_second": 1001}},
            "requests_per_second: must be from 0.1 to 1000",
        ),
        (
            {"planfix": {**PLANFIX["planfix"], "requests_per_second": "nan"}},
            "requests_per_second: must be from 0.1 to 1000",
        ),
        ({"channels": {"anna": {}}}, "“anna” is no channel"),
        ({"colour": "red"}, "colour: there is no such setting"),
    ],
)
def test_a_wrong_setting_is_named_with_the_models_reason(settings, reason):
    """One sentence: where, and what it must be."""
    with pytest.raises(Problem) as problem:
        settings_of({**PLANFIX, **settings}, "main")
    assert reason in str(problem.value)
    assert "not valid" in str(problem.value)


def test_every_wrong_setting_is_named_at_once():
    """An admin corrects a file once, not once for each mistake."""
    with pytest.raises(Problem) as problem:
        settings_of({"language": "de", "send_as_employee": "maybe"}, "main")
    assert all(key in str(problem.value) for key in ("language", "send_as_employee", "planfix"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bot_token", "not-a-token-4711"),
        ("webhook_secrets", ["with spaces 4711 in it"]),
        ("planfix_secrets", ["short4711"]),
        ("planfix_secrets", ["value-4711-0123456789"] * 3),
        ("planfix_token", "4711"),
    ],
)
def test_a_wrong_secret_is_not_repeated(name, value):
    """The sentence names the secret and what it must be, never its value."""
    with pytest.raises(Problem) as problem:
        secrets_of({**SECRETS, name: value}, "main")
    assert name in str(problem.value)
    assert "4711" not in str(problem.value)


@pytest.mark.parametrize("name", ["bot_token", "planfix_token"])
def test_a_secret_is_judged_alone(name):
    """Before anything else is known, what was typed is checked by the model's own rule."""
    check_secret(name, SECRETS[name])
    with pytest.raises(Problem) as problem:
        check_secret(name, "4711")
    assert name in str(problem.value)
    assert "4711" not in str(problem.value)


def test_reasons_are_said_in_russian():
    """What the model says in English is said in the admin's language."""
    speak("ru")
    with pytest.raises(Problem) as problem:
        settings_of({**PLANFIX, "send_as_employee": "maybe"}, "main")
    assert "укажите on или off" in str(problem.value)


@pytest.mark.parametrize("key", ["invalid_address", "invalid_account_address", "invalid_pace"])
def test_reasons_of_our_own_have_a_sentence(key):
    """What the model judges by itself is said in both languages, too."""
    assert all(TEXTS[key])


@pytest.mark.parametrize("pace", [0.1, 0.2, 1, 1000])
def test_paces_within_the_range_are_taken(pace):
    """From a request in ten seconds to a thousand a second."""
    assert (
        settings_of(
            {"planfix": {**PLANFIX["planfix"], "requests_per_second": pace}}, "main"
        ).planfix.requests_per_second
        == pace
    )


@pytest.mark.parametrize(
    "typed",
    [
        "acme.planfix.ru",
        " acme.planfix.ru/ ",
        "https://acme.planfix.ru/",
        "https://acme.planfix.ru/rest/",
        "https://acme.planfix.ru?x=1#y",
        "https://anna@acme.planfix.ru",
    ],
)
def test_an_account_is_found_in_what_people_copy(typed):
    """The bare host, and addresses copied from the browser or from the API page, are one account."""
    assert check_address("planfix.account_url", account_address(typed)) == "https://acme.planfix.ru"


@pytest.mark.parametrize("typed", ["", "http://acme.planfix.ru", "ftp://acme.planfix.ru", "https://"])
def test_what_is_no_address_is_refused(typed):
    """A plain http address is refused too, unless it is this machine's."""
    with pytest.raises(Problem) as problem:
        check_address("planfix.account_url", account_address(typed))
    assert problem.value.key == "address_invalid"
    assert check_address("telegram.api_url", "http://127.0.0.1:8081") == "http://127.0.0.1:8081"
