"""CloudFormation, CloudWatch and SNS as the admin's command asks them: what moto has not, or has with the real clock only.

Requests are checked by botocore against the services' own models before they come here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

Answer = tuple[Any, dict[str, Any]]

PAGE = 50
"""Lines of an answer of FilterLogEvents; the real one has up to 10,000, and callers must follow its token just the same."""


@dataclass
class CloudDouble:
    """One stack and what belongs to it.

    Attributes:
        outputs: of the stack.
        resources: physical ids by the template's names.
        ringing: names in the template of alarms that ring.
        silenced: those whose actions are switched off.
        gone: physical ids of alarms that somebody deleted.
        subscriptions: whether each endpoint confirmed its mail.
        drifted: what was changed by hand: names in the template, ``MODIFIED`` or ``DELETED``.
        oldest: seconds that the oldest message for Planfix has waited, by queue.
    """

    stack: str
    clock: Callable[[], float]
    outputs: dict[str, str]
    status: str = "UPDATE_COMPLETE"
    resources: dict[str, str] = field(default_factory=dict)
    ringing: set[str] = field(default_factory=set)
    silenced: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    subscriptions: dict[str, bool] = field(default_factory=dict)
    drifted: dict[str, str] = field(default_factory=dict)
    oldest: dict[str, int] = field(default_factory=dict)
    clock_ahead: float = 0.0
    logs: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    def log(self, group: str, message: str, /, *, ago: float = 0.0, **said: Any) -> None:
        """A function wrote a line."""
        line = json.dumps({"level": "INFO", "message": message, **said}, ensure_ascii=False)
        self.logs.setdefault(group, []).append((self.clock() - ago, line))

    def answer(self, operation: str, given: dict[str, Any]) -> Answer | None:
        """What AWS answers; None leaves it to moto."""
        handler = getattr(self, f"_{operation}", None)
        return handler(given) if handler else None

    # -- CloudFormation

    def _DescribeStacks(self, given: dict[str, Any]) -> Answer:  # noqa: N802 - the operation's name
        if given.get("StackName", self.stack) != self.stack:
            return refused("ValidationError", f"Stack with id {given['StackName']} does not exist")
        stack = {
            "StackName": self.stack,
            "StackStatus": self.status,
            "CreationTime": datetime.fromtimestamp(self.clock() - 86_400, UTC),
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()],
        }
        date = formatdate(self.clock() + self.clock_ahead, usegmt=True)
        return _done(Stacks=[stack], ResponseMetadata={"HTTPHeaders": {"date": date}})

    def _ListStackResources(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        if given["StackName"] != self.stack:
            return refused("ValidationError", f"Stack with id {given['StackName']} does not exist")
        return _done(
            StackResourceSummaries=[
                {"LogicalResourceId": name, "PhysicalResourceId": physical, "ResourceStatus": "CREATE_COMPLETE"}
                for name, physical in self.resources.items()
            ]
        )

    def _DetectStackDrift(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        return _done(StackDriftDetectionId=f"detection-of-{given['StackName']}")

    def _DescribeStackDriftDetectionStatus(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        if given["StackDriftDetectionId"] != f"detection-of-{self.stack}":
            return refused("ValidationError", "no such detection")
        status = "DRIFTED" if self.drifted else "IN_SYNC"
        return _done(DetectionStatus="DETECTION_COMPLETE", StackDriftStatus=status)

    def _DescribeStackResourceDrifts(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        wanted = given.get("StackResourceDriftStatusFilters", ["MODIFIED", "DELETED", "IN_SYNC"])
        drifts = [
            {"LogicalResourceId": name, "StackResourceDriftStatus": how}
            for name, how in self.drifted.items()
            if how in wanted
        ]
        return _done(StackResourceDrifts=drifts)

    # -- CloudWatch

    def _DescribeAlarms(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        logical = {physical: name for name, physical in self.resources.items()}
        found = [
            {
                "AlarmName": name,
                "AlarmDescription": "What it means.",
                "StateValue": "ALARM" if logical[name] in self.ringing else "OK",
                "ActionsEnabled": logical[name] not in self.silenced,
            }
            for name in given["AlarmNames"]
            if name in logical and name not in self.gone
        ]
        return _done(MetricAlarms=found)

    def _GetMetricStatistics(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        queue = given["Dimensions"][0]["Value"]
        if queue not in self.oldest:
            return _done(Datapoints=[])
        point = {"Timestamp": datetime.fromtimestamp(self.clock(), UTC), "Maximum": float(self.oldest[queue])}
        return _done(Datapoints=[point])

    def _FilterLogEvents(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        if given["logGroupName"] not in self.resources.values():
            return refused("ResourceNotFoundException", "The specified log group does not exist.")
        pattern = given.get("filterPattern", "")
        phrases = re.findall(
            r'"([^"]*)"', pattern
        )  # each must be there (CloudWatch Logs guide, "Filter pattern syntax")
        if pattern != " ".join(f'"{phrase}"' for phrase in phrases):
            return refused("InvalidParameterException", "this double reads quoted phrases only")
        lines = [
            {"timestamp": int(at * 1000), "message": line, "eventId": f"{at:.6f} {hash(line)}"}
            for at, line in sorted(self.logs.get(given["logGroupName"], []))
            if given["startTime"] <= int(at * 1000) <= given["endTime"] and all(phrase in line for phrase in phrases)
        ]
        start = int(given.get("nextToken", "0"))
        more = {"nextToken": str(start + PAGE)} if len(lines) > start + PAGE else {}
        return _done(events=lines[start : start + PAGE], **more)

    # -- SNS

    def _ListSubscriptionsByTopic(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        return _done(
            Subscriptions=[
                {
                    "Endpoint": endpoint,
                    "Protocol": "email",
                    "SubscriptionArn": f"{given['TopicArn']}:1" if confirmed else "PendingConfirmation",
                }
                for endpoint, confirmed in self.subscriptions.items()
            ]
        )


def _done(**parsed: Any) -> Answer:
    return SimpleNamespace(status_code=200), parsed


def refused(code: str, message: str) -> Answer:
    """An error as AWS answers it."""
    return SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": message}}
