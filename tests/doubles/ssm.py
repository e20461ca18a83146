"""The Parameter Store of an SSM in memory, with the shape of boto3's client: standard tier, faults on demand.

Rules: AWS Systems Manager API reference. A SecureString read without decryption is opaque, as it is there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.doubles.calls import After, Answer, Before, Calls, Request, parameters, refusal

ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
MAX_VALUE: Final = 4096
"""Bytes of a value of the standard tier."""
MAX_NAMES: Final = 10
"""Names of one GetParameters or DeleteParameters, and parameters on one page of GetParametersByPath."""

_NAME: Final = re.compile(r"[a-zA-Z0-9_.\-/]+")
_TYPES: Final = ("String", "StringList", "SecureString")

PARAMETERS: Final = {
    "put_parameter": parameters("Name Value", "Type Overwrite Description Tier KeyId DataType"),
    "get_parameter": parameters("Name", "WithDecryption"),
    "get_parameters": parameters("Names", "WithDecryption"),
    "get_parameters_by_path": parameters("Path", "Recursive WithDecryption MaxResults NextToken"),
    "delete_parameter": parameters("Name"),
    "delete_parameters": parameters("Names"),
}


class ParameterNotFound(ClientError):
    """There is no such parameter."""


class ParameterAlreadyExists(ClientError):
    """There is one, and Overwrite was not said."""


class _Refused(Exception):
    def __init__(self, code: str, message: str, kind: type[ClientError] = ClientError) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    kind: str
    value: str
    version: int
    changed_at: float


class FakeSSM:
    """SSM's Parameter Store without AWS. Thread-safe.

    Args:
        clock: Unix time in seconds, for LastModifiedDate.
        before: called with each operation and its request, before anything happens; may raise.
        after: called with the answer as well, after the effect; may raise.
    """

    def __init__(
        self, clock: Callable[[], float] = lambda: 0.0, *, before: Before | None = None, after: After | None = None
    ) -> None:
        self._clock = clock
        self._calls = Calls(PARAMETERS, before, after)
        self._parameters: dict[str, _Parameter] = {}
        self.operations = self._calls.counts
        self.exceptions = SimpleNamespace(
            ClientError=ClientError, ParameterNotFound=ParameterNotFound, ParameterAlreadyExists=ParameterAlreadyExists
        )

    def put_parameter(self, **request: Any) -> Answer:
        return self._make("put_parameter", request, self._put_parameter)

    def get_parameter(self, **request: Any) -> Answer:
        return self._make("get_parameter", request, self._get_parameter)

    def get_parameters(self, **request: Any) -> Answer:
        return self._make("get_parameters", request, self._get_parameters)

    def get_parameters_by_path(self, **request: Any) -> Answer:
        return self._make("get_parameters_by_path", request, self._get_parameters_by_path)

    def delete_parameter(self, **request: Any) -> Answer:
        return self._make("delete_parameter", request, self._delete_parameter)

    def delete_parameters(self, **request: Any) -> Answer:
        return self._make("delete_parameters", request, self._delete_parameters)

    def _make(self, operation: str, request: Request, effect: Callable[[Request], Answer]) -> Answer:
        try:
            return self._calls.make(operation, request, effect)
        except _Refused as refused:
            raise refusal(refused.kind, refused.code, str(refused), operation) from None

    def _put_parameter(self, request: Request) -> Answer:
        name, value = request["Name"], request["Value"]
        if not _NAME.fullmatch(name):
            raise _Refused(
                "ValidationException", "Parameter name: only a mix of letters, numbers and . - _ / is allowed."
            )
        existing = self._parameters.get(name)
        if existing and not request.get("Overwrite"):
            raise _Refused(
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
                ParameterAlreadyExists,
            )
        kind = request.get("Type") or (existing.kind if existing else None)
        if kind not in _TYPES:
            raise _Refused("ValidationException", "A parameter type is required when you create a parameter.")
        if not 1 <= len(value.encode()) <= MAX_VALUE:
            raise _Refused(
                "ValidationException",
                f"Standard tier parameters support a maximum parameter value of {MAX_VALUE} characters. To create a larger "
                "parameter value, upgrade the parameter to use the advanced-parameter tier.",
            )
        version = existing.version + 1 if existing else 1
        self._parameters[name] = _Parameter(name, kind, value, version, self._clock())
        return {"Version": version, "Tier": "Standard"}

    def _get_parameter(self, request: Request) -> Answer:
        return {"Parameter": _shown(self._existing(request["Name"]), request)}

    def _existing(self, name: str) -> _Parameter:
        if name not in self._parameters:
            raise _Refused("ParameterNotFound", f"Parameter {name} not found.", ParameterNotFound)
        return self._parameters[name]

    def _get_parameters(self, request: Request) -> Answer:
        names = _names(request)
        found = [self._parameters[name] for name in names if name in self._parameters]
        return {
            "Parameters": [_shown(parameter, request) for parameter in found],
            "InvalidParameters": [name for name in names if name not in self._parameters],
        }

    def _get_parameters_by_path(self, request: Request) -> Answer:
        most = request.get("MaxResults", MAX_NAMES)
        if not 1 <= most <= MAX_NAMES:
            raise _Refused("ValidationException", f"MaxResults must be between 1 and {MAX_NAMES}.")
        path = request["Path"].rstrip("/") + "/"
        below = sorted(name for name in self._parameters if name.startswith(path))
        if not request.get("Recursive"):
            below = [name for name in below if "/" not in name[len(path) :]]
        start = int(request.get("NextToken", 0))
        page = below[start : start + most]
        answer: Answer = {"Parameters": [_shown(self._parameters[name], request) for name in page]}
        if start + most < len(below):
            answer["NextToken"] = str(start + most)
        return answer

    def _delete_parameter(self, request: Request) -> Answer:
        del self._parameters[self._existing(request["Name"]).name]
        return {}

    def _delete_parameters(self, request: Request) -> Answer:
        names = _names(request)
        deleted = [name for name in names if self._parameters.pop(name, None)]
        return {"DeletedParameters": deleted, "InvalidParameters": [name for name in names if name not in deleted]}


def _names(request: Request) -> list[str]:
    names: list[str] = request["Names"]
    if not 1 <= len(names) <= MAX_NAMES:
        raise _Refused(
            "ValidationException",
            f"1 validation error detected: Value '{names}' at 'names' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_NAMES}, and greater than or equal to 1",
        )
    return names


def _shown(parameter: _Parameter, request: Request) -> Answer:
    is_hidden = parameter.kind == "SecureString" and not request.get("WithDecryption")
    return {
        "Name": parameter.name,
        "Type": parameter.kind,
        "Value": "AQICAH" + hashlib.sha256(parameter.value.encode()).hexdigest() if is_hidden else parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": datetime.fromtimestamp(parameter.changed_at, UTC),
        "ARN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{parameter.name}",
        "DataType": "text",
    }
