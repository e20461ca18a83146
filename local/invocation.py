"""How Lambda runs a function: its environment, its module, its context object."""

from __future__ import annotations

import importlib
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import bridge.clock
from local.emulator import ACCOUNT, REGION

if TYPE_CHECKING:
    from bridge.clock import Clock
    from local.template import Function

Handler: TypeAlias = Callable[[dict[str, Any]], Any]
"""A function of the template as its callers here see it: an event in, an answer out."""


@dataclass(frozen=True)
class LambdaContext:
    """What a handler may ask about its own run (docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    function_name: str
    memory_limit_in_mb: int
    timeout: int
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end this run."""
        return max(0, int((self.started + self.timeout - time.monotonic()) * 1000))


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The process's environment with these variables, and as it was afterwards."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def loaded(functions: list[Function], clock: Clock = time.time) -> Iterator[dict[str, Handler]]:
    """The functions' handlers by name, from modules that are imported now and forgotten at the end.

    A function's module keeps what it made of its environment, as a Lambda container does; a new environment needs a
    new module.

    Args:
        functions: of the template.
        clock: what time it is for the functions.
    """
    _forget(functions)
    try:
        with _time_is(clock):
            handlers = {function.name: _handler(function) for function in functions}
        yield handlers
    finally:
        _forget(functions)


@contextmanager
def _time_is(clock: Clock) -> Iterator[None]:
    """A function reads its clock once, when it is loaded."""
    before, bridge.clock.unix_time = bridge.clock.unix_time, clock
    try:
        yield
    finally:
        bridge.clock.unix_time = before


def _handler(function: Function) -> Handler:
    handle = getattr(importlib.import_module(function.module), function.handler)
    return lambda event: handle(event, LambdaContext(function.name, function.memory, function.timeout))


def _forget(functions: list[Function]) -> None:
    for function in functions:
        sys.modules.pop(function.module, None)
