"""The alarms: none rings, and somebody hears them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planfix_telegram.checks.case import Site
from planfix_telegram.checks.finding import Finding, ok, wrong

ENDING: Final = "Alarm"
"""Of the alarms' names in template.yaml."""

TOPIC: Final = "AlarmTopic"

UNCONFIRMED: Final = {"PendingConfirmation", "Deleted"}
"""What SNS gives instead of a subscription's ARN (Amazon SNS guide, ListSubscriptionsByTopic)."""


def look(site: Site) -> Iterator[Finding]:
    """Every alarm of the stack, and whoever is told."""
    resources = site.deployment.resources
    names = {physical: logical for logical, physical in resources.items() if logical.endswith(ENDING)}
    if not names:
        yield wrong("no_alarms", "do_deploy_again")
    else:
        found = site.deployment.client("cloudwatch").describe_alarms(AlarmNames=list(names))["MetricAlarms"]
        ringing = [one for one in found if one["StateValue"] == "ALARM"]
        for one in ringing:
            yield wrong("alarm_rings", "do_alarm", name=names[one["AlarmName"]], why=one.get("AlarmDescription", ""))
        gone = sorted(names[one] for one in names.keys() - {one["AlarmName"] for one in found})
        if gone:
            yield wrong("alarms_gone", "do_deploy_again", names=", ".join(gone))
        if not ringing and not gone:
            yield ok("alarms_quiet", count=len(names))
        silenced = sorted(names[one["AlarmName"]] for one in found if not one.get("ActionsEnabled", True))
        if silenced:
            yield wrong("alarms_silenced", "do_enable_actions", names=", ".join(silenced))
    yield from _listeners(site, resources.get(TOPIC))


def _listeners(site: Site, topic: str | None) -> Iterator[Finding]:
    if topic is None:
        yield wrong("nobody_is_mailed", "do_alarm_mail")
        return
    pages = site.deployment.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    listeners = [one for page in pages for one in page["Subscriptions"]]
    unconfirmed = [one["Endpoint"] for one in listeners if one["SubscriptionArn"] in UNCONFIRMED]
    if unconfirmed:
        yield wrong("mail_unconfirmed", "do_confirm_mail", names=", ".join(unconfirmed))
    heard_by = [one["Endpoint"] for one in listeners if one["SubscriptionArn"] not in UNCONFIRMED]
    if heard_by:
        yield ok("alarms_heard", names=", ".join(heard_by))
    elif not unconfirmed:
        yield wrong("nobody_is_mailed", "do_alarm_mail")
