"""What the functions wrote into their logs, read from CloudWatch: by a phrase, newest or all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

LOOK_BACK: Final = (HOUR, DAY, 14 * DAY)
"""Seconds: the newest line is looked for in the last hour first, so that a busy log is not read for days."""

PAGES: Final = 100
"""Answers of FilterLogEvents that one search may take; each has a megabyte or 10,000 lines (CloudWatch Logs API reference)."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line.

    Attributes:
        id: CloudWatch's, of this line only.
        at: Unix seconds.
        said: its fields; of a line that is no JSON, only ``message``.
        text: as it was written.
    """

    id: str
    at: float
    said: Mapping[str, Any]
    text: str


def lines(
    client: Any, group: str, phrases: Sequence[str], since: float, until: float, *, pages: int = PAGES
) -> Iterator[LogLine]:
    """Lines of a log group that hold every one of these phrases, oldest first; every line when there are none.

    Args:
        client: of CloudWatch Logs.
        group: the log group's name.
        phrases: without quotation marks.
        since: Unix seconds.
        until: Unix seconds.
        pages: how many answers of CloudWatch are read at most.
    """
    given: dict[str, Any] = {"logGroupName": group, "startTime": int(since * 1000), "endTime": int(until * 1000)}
    if phrases:
        given["filterPattern"] = " ".join(f'"{phrase}"' for phrase in phrases)
    for _ in range(pages):
        answer = client.filter_log_events(**given)
        for event in answer.get("events", []):
            text = event["message"]
            number = event.get("eventId") or f"{event['timestamp']} {text}"  # an emulator gives none
            yield LogLine(number, event["timestamp"] / 1000, _fields(text), text)
        if not answer.get("nextToken"):
            return
        given["nextToken"] = answer["nextToken"]


def newest(
    client: Any, group: str, phrases: Sequence[str], now: float, is_meant: Callable[[Mapping[str, Any]], bool]
) -> LogLine | None:
    """The newest line of the last two weeks that holds these phrases and is meant: CloudWatch cannot read fields of text."""
    for seconds in LOOK_BACK:
        found = [one for one in lines(client, group, phrases, now - seconds, now) if is_meant(one.said)]
        if found:
            return max(found, key=lambda one: one.at)
    return None


def _fields(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"message": text.rstrip()}
