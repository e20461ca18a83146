"""What a contract test can run on: the double, moto, and, when EMULATOR_URL is set, the emulator at that address."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

START = 1_700_000_000.0
"""Unix seconds at which virtual time begins."""
KINDS = ("double", "moto", *(["emulator"] if "EMULATOR_URL" in os.environ else []))

_names = itertools.count(1)


class Backend:
    """One client to test, and its time.

    Args:
        kind: double, moto or emulator.
        client: boto3's, or the double.
    """

    def __init__(self, kind: str, client: Any) -> None:
        self.kind = kind
        self.client = client
        self.now = START

    def time(self) -> float:
        """Virtual time for moto, which asks whether a moment is past: like real time it goes on from one look to the next."""
        self.now += 0.001
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass: virtually, or, on the emulator, really."""
        self.now += seconds
        if self.kind == "emulator":
            time.sleep(seconds + 0.1)

    def unique(self, prefix: str) -> str:
        """A name that nothing else on this backend has."""
        return f"{prefix}-{os.getpid()}-{next(_names)}"


@contextmanager
def backend(kind: str, service: str, make_double: Callable[[Callable[[], float]], Any]) -> Iterator[Backend]:
    """A backend of this kind."""
    if kind == "double":
        double = Backend(kind, None)
        double.client = make_double(lambda: double.now)
        yield double
        return
    options: dict[str, Any] = {
        "region_name": "us-east-1",
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
        # A refusal is the answer that is looked for, and loopback needs no proxy.
        "config": Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={}),
    }
    if kind == "emulator":
        yield Backend(kind, boto3.client(service, endpoint_url=os.environ["EMULATOR_URL"], **options))
        return
    with mock_aws():
        moto = Backend(kind, boto3.client(service, **options))
        with (
            patch("moto.sqs.models.unix_time", moto.time),
            patch("moto.sqs.models.unix_time_millis", lambda: moto.time() * 1000),
        ):
            yield moto


def runs_on(fixture: str, *, but_not: tuple[str, ...] = (), **unfaithful: str) -> pytest.MarkDecorator:
    """Run a test on every backend; on the named ones it is expected to fail, for the reason given.

    Strictly: when a new version of that backend keeps the rule, the test says so.

    Args:
        fixture: the fixture that makes the backend.
        but_not: kinds on which the test would take too long.
        unfaithful: what each of the others does instead.
    """
    kinds = [pytest.param(kind, marks=_failing(kind, unfaithful)) for kind in KINDS if kind not in but_not]
    return pytest.mark.parametrize(fixture, kinds, indirect=True)


def cases(fixture: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Run a test on every backend for each row; a row may end with the kinds (one word each) that do otherwise."""
    found = [  # kind by kind: the fixture is made anew when the kind changes
        pytest.param(kind, *row[: len(names)], id=f"{kind}-{row[0]}")
        for kind in KINDS
        for row in rows
        if kind not in " ".join(row[len(names) :]).split()
    ]
    return pytest.mark.parametrize((fixture, *names), found, indirect=[fixture])


def _failing(kind: str, unfaithful: Mapping[str, str]) -> tuple[pytest.MarkDecorator, ...]:
    if kind not in unfaithful:
        return ()
    return (pytest.mark.xfail(reason=f"{kind} {unfaithful[kind]}", strict=True),)
