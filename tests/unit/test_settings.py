from __future__ import annotations

import pytest
from pydantic import ValidationError

from bridge.settings import one_spelling, parse_secrets, parse_settings

PLANFIX = {"account_url": "https://acme.planfix.ru/"}
SECRETS = {
    "bot_token": "123456:" + "A" * 35,
    "webhook_secrets": ["w" * 16],
    "planfix_secrets": ["p" * 16],
    "planfix_token": "t" * 32,
}


def test_least_settings() -> None:
    """The account's address is all that must be set; the two native options have Planfix's own defaults."""
    settings = parse_settings({"planfix": PLANFIX})
    assert (settings.new_task_if_none_active, settings.send_as_employee) == (True, False)
    assert settings.planfix.host == "acme.planfix.ru"


def test_channel_inherits_defaults() -> None:
    """What a channel does not set is taken from the defaults."""
    settings = parse_settings(
        {
            "planfix": PLANFIX,
            "defaults": {"task_template": 1, "contact_template": 2, "extra_assignees": ["user:5"]},
            "channels": {"500": {"name": "Анна", "task_object": 9}, "own_bot": {"extra_assignees": []}},
        }
    )
    account, bot = settings.channel("500"), settings.channel("own_bot")
    assert account is not None
    assert bot is not None
    assert (account.task_template, account.task_object, account.contact_template) == (None, 9, 2)
    assert account.extra_assignees == ("user:5",)
    assert (bot.task_template, bot.extra_assignees) == (1, ())
    assert settings.channel("501") is None


@pytest.mark.parametrize(
    "broken",
    [
        {"planfix": PLANFIX, "languag": "ru"},  # codespell:ignore languag
        {"planfix": PLANFIX, "channels": {"Анна": {}}},
        {"planfix": PLANFIX, "defaults": {"task_template": 1, "task_object": 2}},
        {"planfix": PLANFIX, "defaults": {"extra_assignees": ["5"]}},
        {"planfix": {"account_url": "http://acme.planfix.ru"}},
        {"planfix": {"account_url": "acme"}},
        {"planfix": {"account_url": "https://anna@acme.planfix.ru"}},
        {"planfix": {"account_url": "https://anna:secret@acme.planfix.ru"}},
        {"planfix": {"account_url": "https://acme.planfix.ru?x=1"}},
        {"planfix": {"account_url": "https://acme.planfix.ru#x"}},
        {"planfix": {"account_url": "https://acme.planfix.ru:99999"}},
        {"planfix": {"account_url": "https://[acme"}},
        {"planfix": {**PLANFIX, "requests_per_second": 0}},
        {"planfix": {**PLANFIX, "requests_per_second": 0.09}},
        {"planfix": {**PLANFIX, "requests_per_second": float("nan")}},
        {"planfix": {**PLANFIX, "requests_per_second": float("inf")}},
        {"planfix": PLANFIX, "telegram": {"api_url": "http://10.0.0.1"}},
        {},
    ],
)
def test_broken_settings_are_refused(broken: dict[str, object]) -> None:
    """Unknown keys, plain http to the world, and values that cannot be meant are refused."""
    with pytest.raises(ValidationError):
        parse_settings(broken)


def test_http_is_allowed_on_this_machine() -> None:
    """A service on loopback may speak plain http."""
    settings = parse_settings({"planfix": {"account_url": "http://127.0.0.1:8081"}})
    assert settings.planfix.host == "127.0.0.1:8081"


@pytest.mark.parametrize("key", ["webhook_secrets", "planfix_secrets"])
def test_two_secrets_at_most(key: str) -> None:
    """One or two values are valid while a secret rotates, never none and never three."""
    for count, ok in ((0, False), (1, True), (2, True), (3, False)):
        values = {**SECRETS, key: [f"{'x' * 16}{number}" for number in range(count)]}
        if ok:
            parse_secrets(values)
        else:
            with pytest.raises(ValidationError):
                parse_secrets(values)


def test_fifty_accounts_with_cyrillic_names_fit() -> None:
    """Thanks to defaults, fifty accounts stay below the 4 KB of a parameter."""
    from bridge.settings import MAX_BYTES, to_parameter  # noqa: PLC0415 - used here only

    channels = {str(5_000_000_000 + number): {"name": f"Анна Серова {number}"} for number in range(50)}
    settings = parse_settings({"planfix": PLANFIX, "defaults": {"task_template": 1}, "channels": channels})
    assert len(to_parameter(settings).encode()) < MAX_BYTES


SPELLINGS = (
    "https://acme.planfix.ru",
    "https://acme.planfix.ru/",
    "https://ACME.Planfix.ru",
    "HTTPS://acme.planfix.ru",
    "https://acme.planfix.ru:443",
    "https://acme.planfix.ru:",
    "https://acme.planfix.ru.",
    "https://acme.planfix.ru.:443/",
    "https://acme.planfix.ru/rest",
    "https://acme.planfix.ru/rest/",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_account_is_stored_in_one_spelling(spelling: str) -> None:
    """Keys begin with the account's host, so one account must not have two."""
    plain = one_spelling(spelling)
    assert plain == "https://acme.planfix.ru"
    assert parse_settings({"planfix": {"account_url": plain}}).planfix.host == "acme.planfix.ru"


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://Компания.рф", "https://xn--80aqeigdi5k.xn--p1ai"),
        ("https://xn--80aqeigdi5k.xn--p1ai", "https://xn--80aqeigdi5k.xn--p1ai"),
        ("https://acme.planfix.ru:8443", "https://acme.planfix.ru:8443"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8081", "http://[::1]:8081"),
        ("https://proxy.example/planfix/rest/", "https://proxy.example/planfix"),
    ],
)
def test_other_addresses_keep_what_matters(address: str, plain: str) -> None:
    """Another port and a path of a proxy's are the address; national letters are written as the network writes them."""
    assert one_spelling(address) == plain
    assert one_spelling(plain) == plain
    parse_settings({"planfix": {"account_url": plain}})


@pytest.mark.parametrize(
    "address", ["https://acme planfix.ru", "https://acme..ru", "https://.", "https://" + "а" * 80 + ".рф"]
)
def test_what_is_no_host_has_no_spelling(address: str) -> None:
    """It is refused before it is stored."""
    with pytest.raises(ValueError, match="no host"):
        one_spelling(address)


@pytest.mark.parametrize("stored", SPELLINGS)
@pytest.mark.parametrize("given", SPELLINGS)
def test_stored_account_keeps_its_host(stored: str, given: str) -> None:
    """However the account is typed again: what is known of its tasks lies under the host as it was stored."""
    host = parse_settings({"planfix": {"account_url": stored}}).planfix.host
    kept = one_spelling(given, stored)
    assert parse_settings({"planfix": {"account_url": kept}}).planfix.host == host
    assert one_spelling("https://other.planfix.ru.", stored) == "https://other.planfix.ru"
