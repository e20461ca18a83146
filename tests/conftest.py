from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import disable_socket

from tests.world import CLIENT, OWNER, World

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


@pytest.fixture
def world() -> World:
    """The whole bridge with one integration, one own bot and one business account."""
    return World()


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
