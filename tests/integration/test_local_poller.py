import threading
import time

import pytest

from local.emulator import Emulator
from local.gate import Gate
from local.journal import Journal
from local.poller import Poller
from local.resources import connect
from local.template import Mapping


@pytest.fixture(scope="module")
def sqs():
    """SQS of an emulator."""
    with Emulator() as emulator:
        yield connect(emulator.url).sqs


@pytest.fixture
def queue(sqs, request):
    """A FIFO queue of this test alone, its visibility short."""
    attributes = {"FifoQueue": "true", "VisibilityTimeout": "1"}
    return sqs.create_queue(QueueName=f"{abs(hash(request.node.name))}.fifo", Attributes=attributes)["QueueUrl"]


class Sender:
    """A handler that notes what it got and answers as told."""

    def __init__(self, answer=lambda records: None) -> None:
        self.answer = answer
        self.records = []
        self.batches = []
        self.changed = threading.Condition()

    def __call__(self, event) -> object:
        with self.changed:
            self.batches.append(event["Records"])
            self.records += event["Records"]
            self.changed.notify_all()
        return self.answer(event["Records"])

    def wait_for(self, count, seconds=15):
        """The bodies, as soon as there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.records) >= count, seconds), self.bodies
        return self.bodies

    @property
    def bodies(self):
        """The bodies, in the order they came."""
        return [record["body"] for record in self.records]


@pytest.fixture
def poll(sqs, queue):
    """Starts pollers, and stops them at the end."""
    started = []

    def start(handler, batch_size=10, concurrency=2):
        mapping = Mapping("arn:aws:sqs:us-east-1:000000000000:to-planfix.fifo", batch_size, concurrency)
        poller = Poller("to-planfix", queue, mapping, sqs=sqs, handler=handler, journal=Journal(), gate=Gate())
        started.append(poller)
        return poller

    yield start
    for poller in started:
        poller.stop()


def _send(sqs, queue, *bodies: str, group="main:1"):
    for body in bodies:
        sqs.send_message(
            QueueUrl=queue, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=f"{group}{body}"
        )


def _empty(sqs, queue, seconds=10):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(
            int(n) for n in sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values()
        ):
            return True
        time.sleep(0.05)
    return False


def test_what_succeeds_is_deleted(sqs, queue, poll):
    """A batch that the sender carried out leaves the queue, in the order of its group."""
    sender = Sender()
    _send(sqs, queue, "a", "b", "c")
    poll(sender)
    assert sender.wait_for(3) == ["a", "b", "c"]
    assert _empty(sqs, queue)


def test_the_record_looks_as_lambda_gives_it(sqs, queue, poll):
    """A record has the fields and attributes of an SQS event."""
    sender = Sender()
    sqs.send_message(
        QueueUrl=queue,
        MessageBody="a",
        MessageGroupId="main:1",
        MessageDeduplicationId="a",
        MessageAttributes={"reason": {"DataType": "String", "StringValue": "too_old"}},
    )
    poll(sender)
    sender.wait_for(1)
    [record] = sender.records
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":to-planfix.fifo")
    assert record["attributes"]["MessageGroupId"] == "main:1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdecimal()
    assert record["messageAttributes"]["reason"]["stringValue"] == "too_old"
    assert record["messageId"]
    assert record["receiptHandle"]


def test_what_the_sender_reports_stays(sqs, queue, poll):
    """A reported failure comes again after its visibility; the rest of the batch does not."""
    answers = iter([lambda records: [records[1]["messageId"]], lambda records: []])

    def answer(records):
        return {"batchItemFailures": [{"itemIdentifier": one} for one in next(answers)(records)]}

    sender = Sender(answer)
    _send(sqs, queue, "a", "b")
    poll(sender)
    assert sender.wait_for(3) == ["a", "b", "b"]
    assert _empty(sqs, queue)


@pytest.mark.parametrize("answer", ["raises", "names a stranger"])
def test_a_batch_that_fails_as_a_whole_comes_again_whole(sqs, queue, poll, answer):
    """An exception, or an identifier that is not in the batch, leaves every message in the queue."""
    failures = iter([True])

    def fail_once(records):
        if not next(failures, False):
            return None
        if answer == "raises":
            raise RuntimeError
        return {"batchItemFailures": [{"itemIdentifier": "stranger"}]}

    sender = Sender(fail_once)
    _send(sqs, queue, "a", "b")
    poll(sender)
    assert sender.wait_for(4) == ["a", "b", "a", "b"]
    assert _empty(sqs, queue)


def test_a_batch_is_no_larger_than_the_mapping_says(sqs, queue, poll):
    """BatchSize bounds a batch."""
    sender = Sender()
    _send(sqs, queue, "a", "b", "c")
    poll(sender, batch_size=1)
    sender.wait_for(3)
    assert [len(batch) for batch in sender.batches] == [1, 1, 1]


def test_a_slow_client_does_not_hold_another(sqs, queue, poll):
    """Up to MaximumConcurrency groups are worked on at once."""
    release = threading.Event()

    def answer(records):
        if records[0]["body"] == "slow":
            release.wait(15)

    sender = Sender(answer)
    _send(sqs, queue, "slow")
    poll(sender, batch_size=1)
    sender.wait_for(1)
    _send(sqs, queue, "quick", group="main:2")
    try:
        assert sender.wait_for(2) == ["slow", "quick"]
    finally:
        release.set()


def test_stopping_waits_for_the_batch_at_work(sqs, queue, poll):
    """`stop` returns when what was begun is done and deleted; it may be called again."""
    begun = threading.Event()

    def answer(records):
        begun.set()
        time.sleep(0.5)

    poller = poll(Sender(answer))
    _send(sqs, queue, "a")
    assert begun.wait(10)
    poller.stop()
    poller.stop()
    assert _empty(sqs, queue, 0.1)
