"""What the doubles give to a simulation beyond the service: faults, counts, time, and a look inside."""

import threading

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from bridge.aws.dynamodb import Table
from bridge.aws.ledger import LEASE, Ledger
from bridge.aws.parameters import Parameters
from bridge.aws.queues import Queue
from bridge.model import Busy, Done, Fresh, Lost
from tests.clock import Clock
from tests.doubles import dynamodb, sqs, ssm
from tests.doubles.dynamodb import FakeDynamoDB
from tests.doubles.sqs import FakeSQS
from tests.doubles.ssm import FakeSSM


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def clock():
    """Virtual time."""
    return Clock()


@pytest.fixture
def fake(clock):
    """DynamoDB with a table."""
    made = FakeDynamoDB(clock)
    made.add_table("t", "pk", ttl="expires_at")
    return made


def put(fake, key, **numbers):
    """Put an item with numbers."""
    fake.put_item(TableName="t", Item={"pk": {"S": key}} | {name: {"N": str(n)} for name, n in numbers.items()})


def a_queue(fake, name="q.fifo"):
    """A queue of this name."""
    return fake.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]


def send(fake, url, body, group="g"):
    """Send a body, which is its own deduplication id."""
    fake.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=body)


# -- faults


def test_a_fault_before_the_effect(clock):
    """What `before` raises is raised, and nothing has happened."""

    def before(operation, request):
        if operation == "put_item":
            raise Killed

    fake = FakeDynamoDB(clock, before=before)
    fake.add_table("t", "pk")
    with pytest.raises(Killed):
        put(fake, "a")
    assert fake.items("t") == []


def test_a_fault_after_the_effect(clock):
    """What `after` raises hides the answer of what has happened."""
    seen = []

    def after(operation, request, answer):
        seen.append((operation, request["MessageBody"], answer["MessageId"]) if operation == "send_message" else None)
        if operation == "send_message":
            raise TimeoutError

    fake = FakeSQS(clock, after=after)
    url = a_queue(fake)
    with pytest.raises(TimeoutError):
        send(fake, url, "1")
    (message,) = fake.messages(url)
    assert seen[-1] == ("send_message", "1", message.message_id)


def test_a_fault_of_parameters(clock):
    """The double of SSM has the same hooks."""
    asked = []
    fake = FakeSSM(clock, before=lambda operation, request: asked.append(operation))
    fake.get_parameters(Names=["/a"])
    assert asked == ["get_parameters"]


def test_a_refused_call_has_no_after(clock):
    """`after` is told of effects only: not of what the service refused."""
    told = []
    fake = FakeDynamoDB(clock, after=lambda operation, request, answer: told.append(operation))
    with pytest.raises(ClientError):
        fake.get_item(TableName="nowhere", Key={"pk": {"S": "a"}})
    assert told == []


def test_a_hook_may_use_the_double(clock):
    """A hook may look at the double, and call it, without a deadlock."""
    counts = []

    def after(operation, request, answer):
        counts.append(len(fake.items("t")))

    fake = FakeDynamoDB(clock, after=after)
    fake.add_table("t", "pk")
    put(fake, "a")
    assert counts == [1]


def test_calls_are_counted(fake):
    """`operations` counts calls by name, the failed ones as well."""
    put(fake, "a")
    with pytest.raises(ClientError):
        fake.get_item(TableName="nowhere", Key={"pk": {"S": "a"}})
    assert fake.operations == {"put_item": 1, "get_item": 1}


@pytest.mark.parametrize("module", [dynamodb, sqs, ssm])
def test_parameters_are_boto3s(module):
    """Every parameter that a double takes is one of boto3's, and what boto3 requires is required."""
    name = module.__name__.rpartition(".")[2]
    model = botocore.session.get_session().get_service_model(name)
    shapes = {
        xform_name(operation): model.operation_model(operation).input_shape for operation in model.operation_names
    }
    for operation, parameters in module.PARAMETERS.items():
        assert parameters.known <= set(shapes[operation].members), operation
        assert parameters.required >= set(shapes[operation].required_members), operation


def test_an_unknown_parameter_is_refused(fake):
    """A parameter that boto3 does not know is refused as boto3 does, and so is a missing one."""
    with pytest.raises(ParamValidationError):
        fake.get_item(TableName="t", Key={"pk": {"S": "a"}}, ConsistentReads=True)
    with pytest.raises(ParamValidationError):
        fake.get_item(TableName="t")


def test_answers_share_nothing(fake):
    """Changing a request or an answer afterwards changes nothing that is stored."""
    item = {"pk": {"S": "a"}, "list": {"L": [{"N": "1"}]}}
    fake.put_item(TableName="t", Item=item)
    item["list"]["L"].append({"N": "2"})
    answer = fake.get_item(TableName="t", Key={"pk": {"S": "a"}})
    answer["Item"]["list"]["L"].append({"N": "3"})
    assert fake.items("t") == [{"pk": "a", "list": [1]}]


def test_many_threads(fake):
    """Calls from several threads are done one at a time."""

    def add():
        for _ in range(200):
            fake.update_item(
                TableName="t",
                Key={"pk": {"S": "a"}},
                UpdateExpression="SET n = if_not_exists(n, :zero) + :one",
                ExpressionAttributeValues={":one": {"N": "1"}, ":zero": {"N": "0"}},
            )

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fake.items("t") == [{"pk": "a", "n": 800}]


# -- time


def test_ttl_deletes_when_told(fake, clock):
    """An expired item stays until `expire`; one without a time, or five years over it, stays for ever."""
    put(fake, "due", expires_at=int(clock.now) - 1)
    put(fake, "later", expires_at=int(clock.now) + 1)
    put(fake, "ancient", expires_at=1)
    put(fake, "none")
    assert len(fake.items("t")) == 4
    assert fake.expire(clock.now) == 1
    assert [item["pk"] for item in fake.items("t")] == ["ancient", "later", "none"]


def test_ttl_as_boto3_sets_it(fake, clock):
    """UpdateTimeToLive says which attribute it is."""
    fake.add_table("other", "pk")
    fake.update_time_to_live(TableName="other", TimeToLiveSpecification={"AttributeName": "at", "Enabled": True})
    fake.put_item(TableName="other", Item={"pk": {"S": "a"}, "at": {"N": str(int(clock.now))}})
    assert fake.expire(clock.now) == 1


def test_reads_that_are_not_consistent(clock):
    """With a lag, a read that does not ask for consistency misses the last write for so long."""
    fake = FakeDynamoDB(clock, lag=1)
    fake.add_table("t", "pk")
    put(fake, "a", n=1)
    clock.now += 1
    put(fake, "a", n=2)
    key = {"pk": {"S": "a"}}
    assert fake.get_item(TableName="t", Key=key)["Item"]["n"] == {"N": "1"}
    assert fake.get_item(TableName="t", Key=key, ConsistentRead=True)["Item"]["n"] == {"N": "2"}
    said = {"KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": {":k": {"S": "a"}}}
    assert fake.query(TableName="t", **said)["Items"][0]["n"] == {"N": "1"}
    clock.now += 1
    assert fake.get_item(TableName="t", Key=key)["Item"]["n"] == {"N": "2"}


def test_the_next_event(clock):
    """`next_event_at` is now when something can be received, else when the first group is free, else nothing."""
    fake = FakeSQS(clock)
    url, other = a_queue(fake), a_queue(fake, "other.fifo")
    assert fake.next_event_at(now=clock.now) is None
    send(fake, url, "1")
    send(fake, url, "2")
    assert fake.next_event_at(now=clock.now) == clock.now
    (message,) = fake.receive_message(QueueUrl=url)["Messages"]
    assert fake.next_event_at(url, now=clock.now) == clock.now + 30
    fake.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=100)
    assert fake.next_event_at(url, now=clock.now) == clock.now + 100
    assert fake.next_event_at(other, now=clock.now) is None
    fake.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert fake.next_event_at(now=clock.now) == clock.now


def test_a_look_into_a_queue(clock):
    """`messages` shows what is there, in flight or not, and changes nothing."""
    fake = FakeSQS(clock)
    url = a_queue(fake)
    send(fake, url, "1", "a")
    send(fake, url, "2", "b")
    fake.receive_message(QueueUrl=url)
    shown = fake.messages(url)
    assert [(one.body, one.group, one.in_flight(clock.now)) for one in shown] == [("1", "a", True), ("2", "b", False)]
    shown[1].visible_at = clock.now + 1000
    assert fake.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "2"


def test_a_lone_surrogate_is_refused(clock):
    """Half a surrogate pair is no character that SQS takes."""
    fake = FakeSQS(clock)
    url = a_queue(fake)
    with pytest.raises(fake.exceptions.InvalidMessageContents):
        fake.send_message(QueueUrl=url, MessageBody="\ud83d", MessageGroupId="g", MessageDeduplicationId="d")


# -- the bridge's own code runs on them


def test_the_ledger_runs_on_it(fake, clock):
    """The ledger's conditions mean what they say: claimed once, lost after the lease, done for good."""
    ledger = Ledger(Table(fake, "t"), clock)
    assert isinstance(ledger.claim("k"), Fresh)
    assert isinstance(ledger.claim("k"), Busy)
    clock.now += LEASE
    assert isinstance(ledger.claim("k"), Lost)
    ledger.complete("k", {"id": 7})
    assert ledger.claim("k") == Done({"id": 7})


def test_a_claim_is_asked_for_again_soon(fake, clock):
    """Whoever meets another's claim comes back in seconds, then after the claim's own age, and never later than its end."""
    ledger, asked = Ledger(Table(fake, "t"), clock), []
    ledger.claim("k")
    while isinstance(busy := ledger.claim("k"), Busy):
        asked.append(busy.wait)
        clock.now += busy.wait
    assert asked == pytest.approx([5, 5, 10, 20, 40, 80, 150], abs=0.01)
    assert sum(asked) == pytest.approx(LEASE, abs=0.01)


def test_a_queue_runs_on_it(clock):
    """The bridge's queue sends, hides and says what it could not hide."""
    fake = FakeSQS(clock)
    url = a_queue(fake)
    queue = Queue(fake, url)
    queue.put({"text": "ж"}, group="g", deduplication_id="d")
    (message,) = fake.receive_message(QueueUrl=url)["Messages"]
    assert queue.hide([message["ReceiptHandle"]], 60) == []
    clock.now += 60
    assert queue.hide([message["ReceiptHandle"]], 60) == ["InvalidParameterValue"]


def test_parameters_run_on_it(clock):
    """The bridge reads both parameters of an integration."""
    fake = FakeSSM(clock)
    fake.put_parameter(Name="/stack/main/settings", Value='{"a": 1}', Type="String")
    fake.put_parameter(Name="/stack/main/secrets", Value='{"b": 2}', Type="SecureString")
    found = Parameters(fake, "stack", clock).integration("main")
    assert (found.settings, found.secrets) == ({"a": 1}, {"b": 2})
    assert fake.operations["get_parameters"] == 1
