from __future__ import annotations

import pytest
from pydantic import ValidationError

from bridge.secret_keys import key_of_digests
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


CHAT_URL = "https://acme.planfix.ru/webchat/api"
CHATS = {"chats": {"500": {"planfix_token": "303cb962ac59075b964b07152d234b70", "our_tokens": ["o" * 16]}}}


def by_chats(**changes: object) -> dict[str, object]:
    """Least settings of the route ``chat_api``."""
    return {"route": "chat_api", "planfix": {**PLANFIX, "chat_url": CHAT_URL}, **changes}


def test_chat_route_needs_the_address_of_the_chats() -> None:
    """It is shown in Planfix's window and never guessed; REST needs none."""
    assert parse_settings({"planfix": PLANFIX}).route == "rest"
    assert parse_settings(by_chats()).planfix.chat_url == CHAT_URL
    with pytest.raises(ValidationError, match="chat_url"):
        parse_settings({"route": "chat_api", "planfix": PLANFIX})


@pytest.mark.parametrize(
    "broken",
    [
        {"channels": {"500": {"provider_id": "a~b"}}},
        {"channels": {"500": {"provider_id": "a b"}}},
        {"channels": {"500": {"provider_id": ""}}},
        {"channels": {"500": {"provider_id": "x" * 65}}},
        {"channels": {"500": {"provider_id": "a"}, "501": {"provider_id": "a"}}},
        {"defaults": {"provider_id": "a"}},
        {"route": "xml"},
        {"planfix": {**PLANFIX, "chat_url": "http://acme.planfix.ru/webchat/api"}},
        {"planfix": {**PLANFIX, "chat_url": CHAT_URL, "chat_requests_per_second": 0}},
        {"file_links_live_for": 0},
        {"task_fields": {"utm": "x"}},
    ],
)
def test_broken_settings_of_chats_are_refused(broken: dict[str, object]) -> None:
    """An id has no ``~`` and is one channel's; addresses, paces and lives are within what can be meant."""
    with pytest.raises(ValidationError):
        parse_settings(by_chats(**broken))


def test_channel_keeps_its_provider_id() -> None:
    """What it inherits from the defaults does not take its own id away."""
    settings = parse_settings(by_chats(channels={"500": {"provider_id": "sales"}, "501": {}}, defaults={"name": "A"}))
    assert [getattr(settings.channel(one), "provider_id", "") for one in ("500", "501")] == ["sales", None]


def test_secrets_that_a_route_needs() -> None:
    """REST needs its token and the scenario's secret; chats need neither, and may have them."""
    least = {name: SECRETS[name] for name in ("bot_token", "webhook_secrets")}
    secrets = parse_secrets({**least, **CHATS}, "chat_api")
    assert (secrets.planfix_token, secrets.planfix_secrets) == ("", ())
    assert secrets.chats["500"].our_tokens == ("o" * 16,)
    assert parse_secrets({**SECRETS, **CHATS}, "chat_api").planfix_token == SECRETS["planfix_token"]
    for name in ("planfix_token", "planfix_secrets"):
        with pytest.raises(ValidationError):
            parse_secrets({**{key: value for key, value in SECRETS.items() if key != name}, **CHATS})


@pytest.mark.parametrize(
    "chats",
    [
        {"anna": {}},
        {"500": {"token": "x" * 16}},
        {"500": {"planfix_token": "short"}},
        {"500": {"our_tokens": ["short"]}},
        {"500": {"our_tokens": ["x" * 16, "y" * 16, "z" * 16]}},
    ],
)
def test_broken_keys_of_chats_are_refused(chats: dict[str, object]) -> None:
    """A chat is a channel's, with one key of Planfix's and one or two of ours; one of the two may come later."""
    with pytest.raises(ValidationError):
        parse_secrets({**SECRETS, "chats": chats})
    assert parse_secrets({**SECRETS, "chats": {"own_bot": {}}}).chats["own_bot"].planfix_token == ""


def test_key_of_digests_is_the_same_without_pydantic() -> None:
    """A door makes it from what SSM holds."""
    for more in ({}, {"digest_key": "d" * 43}):
        raw = {**SECRETS, **more}
        assert key_of_digests(raw) == parse_secrets(raw).key_of_digests
