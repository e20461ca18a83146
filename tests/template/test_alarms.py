"""The alarms: each thing that can stand still is watched, and an admin who gave an address hears of it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALARM = "AWS::CloudWatch::Alarm"
FREE_ALARMS = 10
"""Alarm metrics that cost nothing (aws.amazon.com/cloudwatch/pricing)."""


def watched(stack, namespace, metric):
    """The resources that alarms of this metric watch."""
    return {
        stack.resource(dimension["Value"])
        for alarm in stack.of_type(ALARM).values()
        if (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric)
        for dimension in alarm["Dimensions"]
    }


def test_every_queue_is_watched(stack):
    """A DLQ by holding anything at all; the queue to Planfix by its oldest message; answers by those that wait.

    Not the age of the queue to Telegram: timers of held answers lie in it for days.
    """
    queues = stack.of_type("AWS::SQS::Queue")
    sources = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert watched(stack, "AWS/SQS", "ApproximateAgeOfOldestMessage") == {"ToPlanfixQueue"} < sources
    assert watched(stack, "AWS/SQS", "ApproximateNumberOfMessagesVisible") == set(queues) - sources


def test_every_function_is_watched(stack):
    """Errors of each; throttling by its own metric, or by the 5xx of the API that the function answers for."""
    functions = set(stack.of_type("AWS::Lambda::Function"))
    assert watched(stack, "AWS/Lambda", "Errors") == functions
    assert watched(stack, "AWS/Lambda", "Throttles") == {"OutboundSender"}
    assert watched(stack, "AWS/ApiGateway", "5xx") == set(stack.of_type("AWS::ApiGatewayV2::Api"))


@pytest.mark.parametrize("name", ["answer_waits", "admin_needed"])
def test_what_the_bridge_counts_is_watched(stack, name):
    """Each metric of our own that has an alarm is one that the code counts, under the functions' service name."""
    code = "".join(path.read_text() for path in (ROOT / "layers" / "common" / "bridge" / "flows").glob("*.py"))
    assert f'count("{name}")' in code
    alarms = [alarm for alarm in stack.of_type(ALARM).values() if alarm["MetricName"] == name]
    assert [alarm["Namespace"] for alarm in alarms] == ["PlanfixTelegram"]


def test_silence_is_no_alarm(stack):
    """An idle bridge sends no metrics."""
    assert {alarm["TreatMissingData"] for alarm in stack.of_type(ALARM).values()} == {"notBreaching"}


def test_alarms_cost_nothing(stack):
    """Idle costs nothing: the alarms stay within what CloudWatch gives free."""
    assert len(stack.of_type(ALARM)) <= FREE_ALARMS


@pytest.mark.parametrize("event", ["AlarmActions", "OKActions"])
def test_mail_only_when_there_is_an_address(stack, event):
    """Every alarm goes to the topic, which exists only when AlarmEmail was given."""
    for alarm in stack.of_type(ALARM).values():
        assert alarm[event] == {"Fn::If": ["AlarmsAreMailed", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}
    assert stack.resources["AlarmTopic"]["Condition"] == "AlarmsAreMailed"
