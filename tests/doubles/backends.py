"""What a contract test can run on: the double, moto, and, when EMULATOR_URL is set, the emulator at that address."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar, cast
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

START = 1_700_000_000.0
"""Unix seconds at which virtual time begins."""
KINDS = ("double", "moto", *(["emulator"] if "EMULATOR_URL" in os.environ else []))

Made = TypeVar("Made")

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
        self._made: dict[Any, Any] = {}

    def time(self) -> float:
        """Virtual time for moto, which asks whether a moment is past: like real time it goes on from one look to the next."""
        self.now += 0.001
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass: virtually, or, on the emulator, really."""
        self.now += seconds
        if self.kind == "emulator":
            time.sleep(seconds + 0.1)

    def once(self, make: Callable[[Backend], Made]) -> Made:
        """What ``make`` makes of this backend, made once: moto needs 30 ms for a table."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("Made", self._made[make])

    def unique(self, prefix: str) -> str:
        """A name that nothing else on this backend has."""
        return f"{prefix}-{os.getpid()}-{next(_names)}"


class Backends:
    """The backends of one service, each opened when it is first asked for.

    Args:
        service: boto3's name of it.
        make_double: the double's class.
    """

    def __init__(self, service: str, make_double: Callable[[Callable[[], float]], Any]) -> None:
        self._service: Any = service
        self._make_double = make_double
        self._open = ExitStack()
        self._opened: dict[str, Backend] = {}

    def of(self, kind: str) -> Backend:
        """The backend of this kind."""
        if kind not in self._opened:
            self._opened[kind] = self._double() if kind == "double" else self._with_boto3(kind)
        return self._opened[kind]

    def close(self) -> None:
        """End what was opened."""
        self._open.close()

    def _double(self) -> Backend:
        double = Backend("double", None)
        double.client = self._make_double(lambda: double.now)
        return double

    def _with_boto3(self, kind: str) -> Backend:
        if kind == "moto":
            self._open.enter_context(mock_aws())
        client = boto3.client(
            self._service,
            endpoint_url=os.environ["EMULATOR_URL"] if kind == "emulator" else None,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            # A refusal is the answer that is looked for, and loopback needs no proxy.
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={}),
        )
        made = Backend(kind, client)
        if kind == "moto":
            self._open.enter_context(patch("moto.sqs.models.unix_time", made.time))
            self._open.enter_context(patch("moto.sqs.models.unix_time_millis", lambda: made.time() * 1000))
        return made


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
    found = [
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
