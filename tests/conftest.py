from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import disable_socket

from tests.world import CAPABILITIES, CLIENT, OWNER, World

EVENTS = Path(__file__).parent / "events"

# The same examples on every machine: a red run can be seen again.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.load_profile("same")

os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "PlanfixTelegram"
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "testing"  # never a real account


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests open no socket."""
    if "unit" in item.path.parts:
        disable_socket(allow_unix_socket=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a person sees holds on both routes, so each journey is made on each: ``route``, and ``world`` by it.

    ``@pytest.mark.needs("reads_back")``: only where the route's capabilities have it; ``@pytest.mark.only_on("rest")``: about
    how one route does it.
    """
    names_it = any("route" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "route" not in metafunc.fixturenames or names_it:
        return
    needed = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    named = {name for mark in metafunc.definition.iter_markers("only_on") for name in mark.args}
    able = [route for route, can in CAPABILITIES.items() if all(getattr(can, name) for name in needed)]
    metafunc.parametrize("route", [route for route in able if not named or route in named])


@pytest.fixture
def world(route: str) -> World:
    """The whole bridge with one integration, one own bot and one business account."""
    return World(route=route)


@pytest.fixture
def make_world(route: str) -> Callable[..., World]:
    """Makes one with settings of its own."""
    return partial(World, route=route)


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once, with a task."""
    world.client_writes("Здравствуйте!")
    world.settle()
    return world


@pytest.fixture
def stopped(chat: World) -> World:
    """The same, in an account whose owner then stopped the bot in this chat."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    return chat


@pytest.fixture
def event() -> Any:
    """Reads a recorded event: ``event("telegram/business_message_text")``."""
    return lambda name: json.loads((EVENTS / f"{name}.json").read_text())
