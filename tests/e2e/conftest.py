"""`make e2e`: the built stack, deployed once to an emulator that enforces IAM, with people around it."""

import time
from contextlib import suppress

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.e2e.cloud import deployed
from tests.e2e.world import peopled

FIGURES = pytest.StashKey[dict[str, float]]()
"""How long what took, in seconds."""


@pytest.fixture(scope="session")
def cloud(pytestconfig):
    """The deployed stack. It ends with the test run, however that ends."""
    figures = pytestconfig.stash.setdefault(FIGURES, {})
    with deployed(figures) as cloud:
        begin = time.monotonic()
        yield cloud
        figures["the tests"] = time.monotonic() - begin


@pytest.fixture(scope="session")
def _people(cloud):
    with peopled(cloud) as world:
        yield world


@pytest.fixture
def world(_people, cloud):
    """Clients, owner and employees. After each test every promise was kept, and no AWS call of a function was refused."""
    yield _people
    _people.settle()
    assert cloud.new_complaints() == []
    assert _people.broken_promises() == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show with a failure what the functions logged last."""
    report = yield
    cloud = item.funcargs.get("cloud")
    if report.failed and cloud is not None:
        with suppress(EndpointConnectionError):  # the last test's end is the emulator's too
            report.sections.append(("the functions' log", "\n".join(cloud.log()[-40:])))
    return report


def pytest_terminal_summary(terminalreporter, config):
    """Say how long it took."""
    for what, seconds in config.stash.get(FIGURES, {}).items():
        terminalreporter.write_line(f"{seconds:6.1f} s  {what}")
