"""Anybody can call the doors: what strangers try costs SSM next to nothing, and locks nobody out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.unit.test_doors import UPDATE, call, send
from tests.world import MAIN, Account, World

NEW = Account("shop", "654321:AAF-another-bot-token-of-the-tests-00", "shop.planfix.ru")


def asked(world: World) -> int:
    """Requests of SSM so far."""
    return world.ssm.operations["get_parameters"] + world.ssm.operations["get_parameters_by_path"]


def guesses(world: World, number: int, *, every: float = 0.1) -> Iterator[int]:
    """Strangers ask for one unknown alias after the other; after each the status of the answer."""
    for guess in range(number):
        world.clock.now += every
        yield send(world, b"{}", alias=f"guess-{world.clock.now:.0f}-{guess}")


def test_guessing_aliases_costs_a_few_calls_a_minute(world: World) -> None:
    """500 different unknown aliases within a minute: all of them answered like a wrong secret, at the price of a handful."""
    before = asked(world)
    assert set(guesses(world, 500)) == {401}
    assert asked(world) - before <= 8
    assert world.count.totals == {"unknown_integration": 500}


def test_calls_of_planfix_are_bounded_too(world: World) -> None:
    """The other door is no other way in."""
    before = asked(world)
    assert {call(world, b"task=1", alias=f"guess-{number}")["statusCode"] for number in range(500)} == {401}
    assert asked(world) - before <= 8


@pytest.mark.parametrize("alias", ["", "Main", "main ", "a/b", "%2e%2e", "ж", "x" * 33, "-main", "main.settings", "\0"])
def test_what_can_be_no_alias_is_not_asked_for(world: World, alias: str) -> None:
    """The command would refuse it, so SSM need not be asked, which would refuse some of them as malformed."""
    assert send(world, b"{}", alias=alias) == 401
    assert asked(world) == 0


def test_new_integration_works_within_a_minute_under_noise(world: World) -> None:
    """It is set up while strangers guess, and Telegram's repetitions get in."""
    list(guesses(world, 100))
    world.put_settings(NEW, {})
    statuses = []
    for number in range(60):
        list(guesses(world, 10))
        update = json.dumps({**UPDATE, "update_id": number}).encode()
        statuses.append(send(world, update, secret=NEW.webhook_secret, alias="shop"))
    assert statuses[-1] == 200
    assert statuses == sorted(statuses, reverse=True), "once it works, it goes on"


def test_known_integration_is_found_under_noise(world: World) -> None:
    """A container that has not read it yet reads it at once, whoever guesses; its refreshing goes on as ever."""
    list(guesses(world, 50))
    assert send(world, json.dumps(UPDATE).encode()) == 200
    for number in range(5):
        list(guesses(world, 50, every=0.3))
        world.put_settings(MAIN, {"language": "en"} if number % 2 else {})
        list(guesses(world, 50, every=1.3))
        kept = world.runtime.parameters.integration("main")
        assert (kept.settings["language"] == "en") == bool(number % 2)


def test_outage_of_ssm_is_not_made_worse(world: World) -> None:
    """While SSM does not answer, guesses are told to come again, and are asked for as rarely; then all is as before."""
    calls = []

    def broken(**request: object) -> None:
        calls.append(request)
        raise ConnectionError

    originals = world.ssm.get_parameters, world.ssm.get_parameters_by_path
    world.ssm.get_parameters = world.ssm.get_parameters_by_path = broken
    assert set(guesses(world, 300)) == {503}
    assert len(calls) <= 8
    world.ssm.get_parameters, world.ssm.get_parameters_by_path = originals
    world.clock.now += 20
    assert send(world, json.dumps(UPDATE).encode()) == 200


def test_hundred_integrations_are_listed_in_pages(world: World) -> None:
    """SSM gives ten parameters a page."""
    for number in range(50):
        world.put_settings(Account(f"branch-{number}", NEW.token, NEW.host), {})
    list(guesses(world, 10))
    update = json.dumps(UPDATE).encode()
    for number in (0, 27, 49):
        account = Account(f"branch-{number}", NEW.token, NEW.host)
        assert send(world, update, secret=account.webhook_secret, alias=account.alias) == 200
