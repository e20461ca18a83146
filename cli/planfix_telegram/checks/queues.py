"""The queues: what waits in them and for how long, and what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from planfix_telegram.checks.case import Site
from planfix_telegram.checks.finding import Finding, ok, wrong
from planfix_telegram.deployment import TO_PLANFIX_DLQ, TO_PLANFIX_QUEUE, TO_TELEGRAM_DLQ, TO_TELEGRAM_QUEUE

OLD: Final = 900
"""Seconds: what the alarm of template.yaml takes for too long, too."""

WINDOW: Final = 900
"""Seconds of CloudWatch's figures that are looked at: three of its periods."""
PERIOD: Final = 300

_COUNTED: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def look(site: Site) -> Iterator[Finding]:
    """Both queues and both dead-letter queues."""
    age = _oldest(site)
    waiting = _count(site, TO_PLANFIX_QUEUE)
    if waiting and age > OLD:
        yield wrong("messages_wait_long", "do_look_at_planfix", count=waiting, minutes=age // 60)
    else:
        yield ok("messages_wait", count=waiting)
    # of this one no age: timers of held answers lie in it for days, and that is nobody's fault (template.yaml)
    yield ok("answers_wait", count=_count(site, TO_TELEGRAM_QUEUE))
    dead = _count(site, TO_PLANFIX_DLQ), _count(site, TO_TELEGRAM_DLQ)
    if any(dead):
        yield wrong("dead_letters", "do_dead", messages=dead[0], answers=dead[1])
    else:
        yield ok("no_dead_letters")


def _count(site: Site, output: str) -> int:
    url = site.deployment.output(output)
    answer = site.deployment.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTED))
    return sum(int(number) for number in answer.get("Attributes", {}).values())


def _oldest(site: Site) -> int:
    """Seconds that the oldest message for Planfix has waited, as CloudWatch last knew."""
    now = site.outside.unix_time()
    answer = site.deployment.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": site.deployment.output(TO_PLANFIX_QUEUE).rpartition("/")[2]}],
        StartTime=datetime.fromtimestamp(now - WINDOW, UTC),
        EndTime=datetime.fromtimestamp(now, UTC),
        Period=PERIOD,
        Statistics=["Maximum"],
    )
    points = sorted(answer["Datapoints"], key=lambda one: one["Timestamp"])
    return int(points[-1]["Maximum"]) if points else 0
