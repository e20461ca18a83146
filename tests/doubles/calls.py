"""How a double is called: the parameters it knows, a count of calls, one lock, and where faults are put in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

Request = dict[str, Any]
Answer = dict[str, Any]
Before = Callable[[str, Request], None]
"""Called with the operation (boto3's method name) and its request before anything happens; what it raises is raised."""
After = Callable[[str, Request, Answer], None]
"""Called with the answer after the effect; what it raises hides an answer whose effect has happened."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The names an operation takes, as boto3 spells them."""

    required: frozenset[str]
    known: frozenset[str]

    def check(self, request: Request) -> None:
        """Refuse what boto3 refuses before it sends, and what the double does not know.

        Raises:
            ParamValidationError: a required parameter is missing, or one is unknown.
        """
        for name in self.required - request.keys():
            raise ParamValidationError(report=f'Missing required parameter in input: "{name}"')
        for name in request.keys() - self.known:
            raise ParamValidationError(
                report=f'Unknown parameter in input: "{name}", must be one of: {sorted(self.known)}'
            )


def parameters(required: str = "", optional: str = "") -> Parameters:
    """Parameters from their names, separated by spaces."""
    return Parameters(frozenset(required.split()), frozenset((required + " " + optional).split()))


class Calls:
    """The calls of one double, one at a time.

    Args:
        known: the parameters of each operation.
        before: may raise, so that a call fails before its effect.
        after: may raise, so that a call fails after its effect. Not called when the service itself refused.
    """

    def __init__(self, known: Mapping[str, Parameters], before: Before | None, after: After | None) -> None:
        self.counts: Counter[str] = Counter()
        self.lock = threading.RLock()
        self._known = known
        self._before = before
        self._after = after

    def make(self, operation: str, request: Request, effect: Callable[[Request], Answer]) -> Answer:
        """Do one call; both hooks run outside the lock, so they may use the double themselves."""
        self._known[operation].check(request)
        self.counts[operation] += 1
        if self._before:
            self._before(operation, request)
        with self.lock:
            answer = effect(request)
        if self._after:
            self._after(operation, request, answer)
        return answer


def refusal(kind: type[ClientError], code: str, message: str, operation: str, **more: Any) -> ClientError:
    """An error as boto3 raises it; ``more`` stands beside ``Error`` in the response (an item, cancellation reasons)."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "double", "RetryAttempts": 0},
        **more,
    }
    return kind(response, "".join(word.capitalize() for word in operation.split("_")))
