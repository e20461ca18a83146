"""Secrets of many chats lie in several parameters, which one call reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.aws.parameters import SECRET_PARTS, Parameters, UnknownIntegration, joined_secrets, secrets_names
from bridge.planfix.chat_ids import channel_of
from bridge.settings import MAX_BYTES, parse_secrets, to_secret_parameters
from tests.clock import Clock
from tests.doubles.ssm import FakeSSM
from tests.unit.formatting_strategies import STEADY
from tests.unit.test_settings import SECRETS


def secrets_with(chats: dict[str, Any]) -> Any:
    """Secrets of an integration with these chats."""
    return parse_secrets({**SECRETS, "digest_key": "d" * 43, **({"chats": chats} if chats else {})})


def tokens(number: int, length: int = 32, ours: int = 1) -> dict[str, Any]:
    """The keys of one chat, all of them of this length."""
    return {"planfix_token": f"{number:0{length}}", "our_tokens": [f"{number}{'t' * 43}"[:43]] * ours}


def raw(secrets: Any) -> Any:
    """As it is stored."""
    return secrets.model_dump(mode="json", exclude_unset=True)


def test_few_secrets_are_one_parameter() -> None:
    """An integration of REST is what it was."""
    secrets = secrets_with({})
    assert [json.loads(text) for text in to_secret_parameters(secrets)] == [raw(secrets)]


@pytest.mark.parametrize(("length", "most"), [(32, 4), (64, 4), (128, 5)])
def test_fifty_channels_fit(length: int, most: int) -> None:
    """Even while all of their keys change at once, and if Planfix's are longer than those of its examples (32)."""
    channels = ["own_bot", *(str(7_000_000_000 + number) for number in range(49))]
    secrets = secrets_with({channel: tokens(number, length, ours=2) for number, channel in enumerate(channels)})
    texts = to_secret_parameters(secrets)
    assert len(texts) <= most <= SECRET_PARTS
    assert max(len(text.encode()) for text in texts) <= MAX_BYTES
    assert joined_secrets(texts) == raw(secrets)


CHANNELS = st.dictionaries(
    st.integers(1, 60).map(str),
    st.builds(tokens, st.integers(0, 9), st.sampled_from([32, 200]), st.sampled_from([1, 2])),
)


@STEADY
@given(st.lists(CHANNELS, min_size=1, max_size=4))
def test_whatever_changes_is_read_again(states: list[dict[str, Any]]) -> None:
    """Chats come, go and grow: what is read is what was written, no parameter is too large, none is needed in vain."""
    stored: list[str] = []
    for chats in states:
        secrets = secrets_with(chats)
        stored = to_secret_parameters(secrets, stored)
        assert max(len(text.encode()) for text in stored) <= MAX_BYTES
        assert {"chats": {}, **joined_secrets(stored)} == {"chats": {}, **raw(secrets)}
        places = [channel for text in stored for channel in json.loads(text).get("chats", {})]
        assert len(places) == len(set(places)), "a chat lies in two parameters"


def test_a_chat_stays_where_it_is() -> None:
    """A new one changes one parameter; so nobody reads one half of a move."""
    many = {str(number): tokens(number) for number in range(100, 150)}
    before = to_secret_parameters(secrets_with(many))
    after = to_secret_parameters(secrets_with({"1": tokens(1), **many}), before)
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1
    fewer = to_secret_parameters(secrets_with({"100": many["100"], "149": many["149"]}), before)
    assert len(fewer) == len(before)
    assert json.loads(fewer[-1]) == {"chats": {"149": many["149"]}}


@pytest.fixture
def ssm() -> FakeSSM:
    """Parameter Store with one integration of 50 chats."""
    ssm = FakeSSM(Clock())
    texts = to_secret_parameters(secrets_with({str(number): tokens(number, 64) for number in range(100, 150)}))
    ssm.put_parameter(Name="/test/main/settings", Value='{"planfix": {}}', Type="String")
    for name, text in zip(secrets_names("test", "main"), texts, strict=False):
        ssm.put_parameter(Name=name, Value=text, Type="SecureString")
    return ssm


def test_one_call_reads_all(ssm: FakeSSM) -> None:
    """However many there are, and whoever has only one pays the same."""
    parameters = Parameters(ssm, "test", Clock())
    found = parameters.integration("main")
    assert (len(found.secrets["chats"]), found.secrets["bot_token"]) == (50, SECRETS["bot_token"])
    assert ssm.operations["get_parameters"] == 1
    assert len(secrets_names("test", "main")) + 1 <= 10, "GetParameters takes ten names"


def test_part_that_is_broken_is_no_integration(ssm: FakeSSM) -> None:
    """As broken settings are: it is not guessed what stood there."""
    ssm.put_parameter(Name="/test/main/secrets-2", Value="[]", Type="SecureString", Overwrite=True)
    with pytest.raises(UnknownIntegration):
        Parameters(ssm, "test", Clock()).integration("main")


@pytest.mark.parametrize(
    ("provider_id", "channel"),
    [
        ("main.500", "500"),
        ("sales", "501"),
        ("main.501", None),
        ("main.own_bot", "own_bot"),
        ("", None),
        ("shop.500", None),
    ],
)
def test_channel_is_known_by_its_provider_id(provider_id: str, channel: str | None) -> None:
    """By the one that is set, else by the one that is made."""
    assert channel_of(provider_id, "main", {"500": {}, "501": {"provider_id": "sales"}, "own_bot": {}}) == channel
