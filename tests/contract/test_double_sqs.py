"""The double of SQS keeps the rules of FIFO queues, as the emulator does, and moto where it can."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.doubles.backends import KINDS, Backends, runs_on
from tests.doubles.sqs import FakeSQS


@pytest.fixture(scope="module")
def backends():
    """The backends, open for all tests of this module."""
    opened = Backends("sqs", FakeSQS)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def sqs(request, backends):
    """SQS on one backend, with queues of all tests of this module."""
    return backends.of(request.param)


class Fifo:
    """A queue of its own, in few words."""

    def __init__(self, sqs, **attributes) -> None:
        self.sqs = sqs
        self.client = sqs.client
        attributes = {"FifoQueue": "true", "VisibilityTimeout": "2", **attributes}
        name = sqs.unique("queue") + ".fifo"
        self.url = self.client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.sent = 0

    @property
    def arn(self):
        answer = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    def send(self, body, group="g", deduplication_id=None, **more):
        self.sent += 1
        return self.client.send_message(
            QueueUrl=self.url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=deduplication_id or f"d{self.sent}",
            **more,
        )

    def receive(self, most=10, **more):
        return self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=most, AttributeNames=["All"], MessageAttributeNames=["All"], **more
        ).get("Messages", [])

    def bodies(self, most=10, **more):
        return [message["Body"] for message in self.receive(most, **more)]

    def delete(self, message):
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message, seconds):
        self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def counts(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return [int(attributes[name]) for name in names]


@pytest.fixture
def queue(sqs):
    """A fresh queue whose visibility timeout is 2 s."""
    return Fifo(sqs)


@pytest.fixture
def with_dlq(sqs):
    """A fresh queue that gives up after two receives, and its dead-letter queue."""
    dlq = Fifo(sqs)
    policy = json.dumps({"deadLetterTargetArn": dlq.arn, "maxReceiveCount": 2})
    return Fifo(sqs, RedrivePolicy=policy), dlq


def refused(call):
    """The code of the refusal."""
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


# -- order


def test_a_group_comes_in_order(queue):
    """Messages of one group come in the order in which they were sent, several in one receive."""
    for body in "abc":
        queue.send(body)
    assert queue.bodies() == ["a", "b", "c"]


def test_a_group_in_flight_is_locked(queue):
    """While one message of a group is invisible no other of that group is handed out; other groups are."""
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        queue.send(body, group)
    assert queue.bodies(1) == ["a1"]
    assert queue.bodies() == ["b1"]
    assert queue.bodies() == []


def test_deleting_unlocks(queue):
    """When what is in flight was deleted the next of the group comes."""
    queue.send("1")
    queue.send("2")
    (first,) = queue.receive(1)
    queue.delete(first)
    assert queue.bodies() == ["2"]


def test_what_was_not_deleted_comes_again_first(queue, sqs):
    """After the visibility timeout the message comes again before its followers, and is counted."""
    queue.send("1")
    queue.send("2")
    queue.receive(1)
    sqs.wait(2)
    again = queue.receive()
    assert [message["Body"] for message in again] == ["1", "2"]
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in again] == ["2", "1"]


def test_visible_again_at_once(queue):
    """A visibility of 0 gives a message back."""
    queue.send("1")
    (message,) = queue.receive()
    queue.hide(message, 0)
    assert queue.bodies() == ["1"]


@runs_on("sqs", moto="hands out the followers of a hidden message")
def test_one_hidden_message_hides_its_group(queue, sqs):
    """Of three in flight the first is visible sooner: the group waits for the last, then comes in order."""
    for body in "123":
        queue.send(body)
    first, *_ = queue.receive(VisibilityTimeout=3)
    queue.hide(first, 1)
    sqs.wait(1)
    assert queue.bodies() == []
    sqs.wait(2)
    assert queue.bodies() == ["1", "2", "3"]


def test_a_deferred_message_keeps_its_group_waiting(queue, sqs):
    """Hidden for longer than the queue's visibility, a message holds its followers for so long."""
    queue.send("1")
    queue.send("2")
    (first,) = queue.receive(1)
    queue.hide(first, 4)
    sqs.wait(3)
    assert queue.bodies() == []
    sqs.wait(1)
    assert queue.bodies() == ["1", "2"]


def test_a_change_of_visibility_is_for_once(queue, sqs):
    """What was set for one receive is forgotten at the next: then the queue's visibility counts."""
    queue.send("1")
    (message,) = queue.receive()
    queue.hide(message, 1)
    sqs.wait(1)
    assert queue.bodies() == ["1"]
    sqs.wait(1)
    assert queue.bodies() == []
    sqs.wait(1)
    assert queue.bodies() == ["1"]


# -- receipts


@runs_on("sqs", moto="deletes the message")
def test_a_stale_receipt_deletes_nothing(queue, sqs):
    """The receipt of an earlier receive is refused and the message stays."""
    queue.send("1")
    (stale,) = queue.receive()
    sqs.wait(2)
    queue.receive()
    assert refused(lambda: queue.delete(stale)) in {"InvalidParameterValue", "ReceiptHandleIsInvalid"}
    sqs.wait(2)
    assert queue.bodies() == ["1"]


@runs_on("sqs", moto="deletes the message", emulator="deletes the message")
def test_an_expired_receipt_deletes_nothing(queue, sqs):
    """On a FIFO queue a receipt is void when the visibility timeout is over, even if nobody received again."""
    queue.send("1")
    (late,) = queue.receive()
    sqs.wait(2)
    assert refused(lambda: queue.delete(late)) == "InvalidParameterValue"
    assert queue.bodies() == ["1"]


@runs_on("sqs", emulator="refuses it")
def test_deleting_twice_is_no_error(queue):
    """A second delete with the same receipt succeeds."""
    queue.send("1")
    (message,) = queue.receive()
    queue.delete(message)
    queue.delete(message)


def test_nonsense_is_no_receipt(queue):
    """A receipt handle that SQS never gave is refused."""
    assert refused(lambda: queue.delete({"ReceiptHandle": "nonsense"})) == "ReceiptHandleIsInvalid"


@runs_on("sqs", emulator="accepts 43,201")
def test_visibility_is_at_most_12_hours(queue):
    """43,200 s is the most that can be asked for."""
    queue.send("1")
    (message,) = queue.receive()
    assert refused(lambda: queue.hide(message, 43_201)) == "InvalidParameterValue"


@runs_on("sqs", emulator="does not add up")
def test_visibility_is_at_most_12_hours_in_sum(queue, sqs):
    """12 hours count from the receive: 43,200 s more, asked for a second later, is too much."""
    queue.send("1")
    (message,) = queue.receive()
    sqs.wait(1)
    assert refused(lambda: queue.hide(message, 43_200)) == "InvalidParameterValue"
    queue.hide(message, 43_190)


@runs_on("sqs", moto="changes it", emulator="changes it")
def test_only_what_is_in_flight_is_hidden(queue, sqs):
    """The visibility of a message that is visible again cannot be changed."""
    queue.send("1")
    (message,) = queue.receive()
    sqs.wait(2)
    assert "Inflight" in (code := refused(lambda: queue.hide(message, 10))) or code == "InvalidParameterValue"
    assert queue.bodies() == ["1"]


def test_a_batch_of_changes_says_which_failed(queue):
    """ChangeMessageVisibilityBatch changes what it can and names the others."""
    queue.send("1")
    (message,) = queue.receive()
    answer = queue.client.change_message_visibility_batch(
        QueueUrl=queue.url,
        Entries=[
            {"Id": "good", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0},
            {"Id": "bad", "ReceiptHandle": "nonsense", "VisibilityTimeout": 0},
        ],
    )
    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]
    assert queue.bodies() == ["1"]


def test_a_batch_of_deletes(queue):
    """DeleteMessageBatch deletes what it can."""
    queue.send("1")
    queue.send("2")
    entries = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(queue.receive())]
    answer = queue.client.delete_message_batch(QueueUrl=queue.url, Entries=entries)
    assert len(answer["Successful"]) == 2
    assert queue.counts() == [0, 0]


# -- deduplication


def test_a_repeated_id_is_dropped(queue):
    """A second message with the same deduplication id is accepted and not delivered."""
    queue.send("1", deduplication_id="same")
    queue.send("2", deduplication_id="same")
    assert queue.bodies() == ["1"]


@runs_on("sqs", moto="gives a new id")
def test_the_repeated_message_keeps_its_id(queue):
    """The answer to a repeated send names the first message."""
    first = queue.send("1", deduplication_id="same")
    second = queue.send("1", deduplication_id="same")
    assert (second["MessageId"], second["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])


@runs_on("sqs", moto="forgets the id when the message is deleted")
def test_an_id_outlives_its_message(queue):
    """The id is remembered also after the message was deleted."""
    queue.send("1", deduplication_id="same")
    queue.delete(queue.receive()[0])
    queue.send("2", deduplication_id="same")
    assert queue.bodies() == []


@runs_on("sqs", but_not=("emulator",))
def test_an_id_is_forgotten_after_five_minutes(queue, sqs):
    """Five minutes after the first send the id is new again."""
    queue.send("1", deduplication_id="same")
    sqs.wait(299)
    queue.send("2", deduplication_id="same")
    sqs.wait(1)
    queue.send("3", deduplication_id="same")
    assert queue.bodies() == ["1", "3"]


@runs_on("sqs", moto="ignores DeduplicationScope")
def test_ids_of_groups(sqs):
    """With the scope messageGroup an id counts within its group only."""
    queue = Fifo(sqs, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    queue.send("a", "a", "same")
    queue.send("b", "b", "same")
    queue.send("b again", "b", "same")
    assert sorted(queue.bodies()) == ["a", "b"]


def test_ids_of_the_queue(queue):
    """With the scope queue, the default, an id counts for all groups."""
    queue.send("a", "a", "same")
    queue.send("b", "b", "same")
    assert queue.bodies() == ["a"]


def test_ids_from_the_content(sqs):
    """With ContentBasedDeduplication no id is needed, and equal bodies are one message."""
    queue = Fifo(sqs, ContentBasedDeduplication="true")
    for body in ("yes", "yes", "no"):
        queue.client.send_message(QueueUrl=queue.url, MessageBody=body, MessageGroupId="g")
    assert queue.bodies() == ["yes", "no"]


# -- dead letters


def test_dead_letters(with_dlq, sqs):
    """A message that was received maxReceiveCount times moves to the DLQ, and its followers come."""
    queue, dlq = with_dlq
    queue.send("poison")
    queue.send("next")
    for _ in range(2):
        assert queue.bodies(1) == ["poison"]
        sqs.wait(2)
    assert queue.bodies() == ["next"]
    (dead,) = dlq.receive()
    assert (dead["Body"], dead["Attributes"]["MessageGroupId"]) == ("poison", "g")


@runs_on("sqs", moto="does not say the source")
def test_dead_letters_say_their_source(with_dlq, sqs):
    """A message in the DLQ has its id, the time it was first sent, and the queue it came from."""
    queue, dlq = with_dlq
    queue.send("poison")
    (first,) = queue.receive()
    sqs.wait(2)
    queue.receive()
    sqs.wait(2)
    assert queue.receive() == []
    (dead,) = dlq.receive()
    assert dead["MessageId"] == first["MessageId"]
    assert dead["Attributes"]["SentTimestamp"] == first["Attributes"]["SentTimestamp"]
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == queue.arn


@runs_on("sqs", moto="keeps the id", emulator="keeps the id")
def test_dead_letters_get_a_deduplication_id(with_dlq, sqs):
    """In the DLQ a message's deduplication id is its message id: two messages that had the same one both stay."""
    queue, dlq = with_dlq
    queue.send("poison")
    (first,) = queue.receive()
    sqs.wait(2)
    queue.receive()
    sqs.wait(2)
    queue.receive()
    (dead,) = dlq.receive()
    assert dead["Attributes"]["MessageDeduplicationId"] == first["MessageId"]


@runs_on("sqs", but_not=("emulator",), moto="counts from the first send")
def test_dead_letters_are_kept_anew(sqs):
    """In a FIFO DLQ the retention counts from the arrival there."""
    dlq = Fifo(sqs, MessageRetentionPeriod="60")
    policy = json.dumps({"deadLetterTargetArn": dlq.arn, "maxReceiveCount": 1})
    queue = Fifo(sqs, RedrivePolicy=policy)
    queue.send("poison")
    queue.receive()
    sqs.wait(50)
    queue.receive()
    sqs.wait(50)
    assert dlq.bodies() == ["poison"]


@runs_on("sqs", moto="answers HTTP 500 for FIFO", emulator="does not know it")
def test_redrive(with_dlq, sqs):
    """A move task brings dead letters back as new messages, counted anew."""
    queue, dlq = with_dlq
    queue.send("poison")
    (first,) = queue.receive()
    sqs.wait(2)
    queue.receive()
    sqs.wait(2)
    queue.receive()
    queue.client.start_message_move_task(SourceArn=dlq.arn)
    (again,) = queue.receive()
    assert again["MessageId"] != first["MessageId"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "1"
    assert dlq.counts() == [0, 0]


@runs_on("sqs", moto="takes any number", emulator="takes any number")
def test_max_receive_count_is_at_most_1000(sqs):
    """A redrive policy with more than 1,000 receives is refused."""
    dlq = Fifo(sqs)
    policy = json.dumps({"deadLetterTargetArn": dlq.arn, "maxReceiveCount": 1001})
    assert refused(lambda: Fifo(sqs, RedrivePolicy=policy)).startswith("InvalidParameterValue")


# -- what can be sent


@runs_on("sqs", moto="takes any character")
@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_refused_characters(queue, character):
    """A body with a character outside the allowed set is refused."""
    assert refused(lambda: queue.send(f"a{character}b")) == "InvalidMessageContents"


def test_allowed_characters(queue):
    """Tab, line feed, carriage return and everything from a space on are taken, emoji too."""
    body = "\t\n\r ~\x7f é ж \ud7ff\ue000\ufffd\U00010000\U0001f600\U0010ffff"
    queue.send(body)
    assert queue.bodies() == [body]


def test_a_body_is_at_most_1_mib(queue):
    """1,048,576 bytes are taken, one more is refused."""
    queue.send("x" * 1_048_576)
    assert refused(lambda: queue.send("x" * 1_048_577)) == "InvalidParameterValue"


@runs_on("sqs", moto="counts characters")
def test_bytes_count(queue):
    """Half a million Cyrillic characters are more than 1 MiB."""
    assert refused(lambda: queue.send("ж" * 524_289)) == "InvalidParameterValue"


def test_a_group_is_needed(queue):
    """A message without MessageGroupId is refused."""
    assert (
        refused(lambda: queue.client.send_message(QueueUrl=queue.url, MessageBody="1", MessageDeduplicationId="d"))
        == "MissingParameter"
    )


def test_a_deduplication_id_is_needed(queue):
    """A message without MessageDeduplicationId is refused when the content gives none."""
    assert (
        refused(lambda: queue.client.send_message(QueueUrl=queue.url, MessageBody="1", MessageGroupId="g"))
        == "InvalidParameterValue"
    )


@runs_on("sqs", moto="takes any group id", emulator="takes any group id")
def test_a_group_id_is_plain(queue):
    """A group id has letters, digits and punctuation of ASCII only, 128 at most."""
    assert refused(lambda: queue.send("1", "чат")) == "InvalidParameterValue"
    assert refused(lambda: queue.send("1", "x" * 129)) == "InvalidParameterValue"


def test_one_message_cannot_be_delayed(queue):
    """DelaySeconds on a message is an error in a FIFO queue."""
    assert refused(lambda: queue.send("1", DelaySeconds=5)) == "InvalidParameterValue"


def test_a_batch_is_sent_in_order(queue):
    """SendMessageBatch keeps the order of its entries."""
    entries = [
        {"Id": f"e{n}", "MessageBody": str(n), "MessageGroupId": "g", "MessageDeduplicationId": f"d{n}"}
        for n in range(10)
    ]
    answer = queue.client.send_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == [f"e{n}" for n in range(10)]
    assert queue.bodies() == [str(n) for n in range(10)]


def test_batches_are_checked_as_a_whole(queue):
    """Eleven entries, none, or one id twice refuse the whole batch."""
    entry = {"MessageBody": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d"}

    def send(*ids: str):
        return refused(
            lambda: queue.client.send_message_batch(QueueUrl=queue.url, Entries=[{**entry, "Id": one} for one in ids])
        )

    assert send(*map(str, range(11))).endswith("TooManyEntriesInBatchRequest")
    assert send().endswith("EmptyBatchRequest")
    assert send("a", "a").endswith("BatchEntryIdsNotDistinct")
    assert queue.counts() == [0, 0]


def test_attributes_travel(queue):
    """Message attributes come with the message."""
    attributes = {"reason": {"StringValue": "window", "DataType": "String"}}
    queue.send("1", MessageAttributes=attributes)
    (message,) = queue.receive()
    assert message["MessageAttributes"] == attributes


def test_system_attributes(queue, sqs):
    """A received message says its group, deduplication id, times and count."""
    queue.send("1", "group", "id")
    (message,) = queue.receive()
    attributes = message["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("group", "id")
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes["SentTimestamp"].isdecimal()
    assert attributes["ApproximateFirstReceiveTimestamp"] >= attributes["SentTimestamp"]
    assert attributes["SequenceNumber"].isdecimal()


def test_attributes_come_only_when_asked(queue):
    """Without names a message has neither system attributes nor its own."""
    queue.send("1", MessageAttributes={"a": {"StringValue": "x", "DataType": "String"}})
    (message,) = queue.client.receive_message(QueueUrl=queue.url)["Messages"]
    assert not {"Attributes", "MessageAttributes"} & message.keys()


# -- queues


def test_numbers_of_messages(queue):
    """The queue says how many are visible and how many in flight."""
    queue.send("a", "a")
    queue.send("b", "b")
    queue.receive(1)
    assert queue.counts() == [1, 1]


def test_ten_at_most(queue):
    """A receive asks for one to ten messages."""
    assert refused(lambda: queue.receive(11)) == "InvalidParameterValue"
    assert refused(lambda: queue.receive(0)) == "InvalidParameterValue"


def test_an_empty_queue_gives_no_list(queue):
    """The answer of a receive that found nothing has no Messages."""
    assert "Messages" not in queue.client.receive_message(QueueUrl=queue.url)


@runs_on("sqs", but_not=("emulator",), moto="gives nothing from an expired message on")
def test_retention(sqs):
    """What is older than the retention is gone, in flight or not."""
    queue = Fifo(sqs, MessageRetentionPeriod="60")
    queue.send("1")
    sqs.wait(30)
    queue.send("2")
    sqs.wait(30)
    assert queue.bodies() == ["2"]


def test_purge(queue):
    """A purge empties the queue, once a minute."""
    queue.send("1")
    queue.client.purge_queue(QueueUrl=queue.url)
    assert queue.bodies() == []


@runs_on("sqs", emulator="purges again")
def test_one_purge_a_minute(queue):
    """A second purge within a minute is refused."""
    queue.client.purge_queue(QueueUrl=queue.url)
    with pytest.raises(queue.client.exceptions.PurgeQueueInProgress):
        queue.client.purge_queue(QueueUrl=queue.url)


def test_an_unknown_queue(sqs):
    """A queue that does not exist is its own exception."""
    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist):
        sqs.client.receive_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/000000000000/none.fifo")


def test_creating_again_is_the_same_queue(sqs):
    """CreateQueue with the same attributes gives the queue's address."""
    name = sqs.unique("queue") + ".fifo"
    first = sqs.client.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
    assert sqs.client.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"] == first["QueueUrl"]
    assert sqs.client.get_queue_url(QueueName=name)["QueueUrl"] == first["QueueUrl"]
