"""The queues: times, order, dead letters."""

from bridge.flows.units import LARGEST_BATCH

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"

DAY = 86_400


def sources(stack):
    """The queues that feed the sender."""
    return {name: queue for name, queue in stack.of_type(QUEUE).items() if "RedrivePolicy" in queue}


def dead_letters(stack):
    """Where they leave what was given up."""
    return {stack.resource(queue["RedrivePolicy"]["deadLetterTargetArn"]) for queue in sources(stack).values()}


def test_one_queue_a_destination(stack):
    """An outage of one side must not hold the other: two queues, each with a DLQ of its own, and nothing else."""
    assert set(sources(stack)) == {"ToPlanfixQueue", "ToTelegramQueue"}
    assert len(dead_letters(stack)) == 2
    assert set(stack.of_type(QUEUE)) == set(sources(stack)) | dead_letters(stack)


def test_all_are_fifo(stack):
    """Order within a client needs FIFO; the DLQ of a FIFO queue must be FIFO too; both kinds say so in their name."""
    for queue in stack.of_type(QUEUE).values():
        assert queue["FifoQueue"] is True
        assert queue["QueueName"]["Fn::Sub"].endswith(".fifo")


def test_deduplication_is_by_our_own_ids_within_a_client(stack):
    """The same words twice are two messages, and one client's ids say nothing about another's."""
    for queue in sources(stack).values():
        assert queue["ContentBasedDeduplication"] is False
        assert queue["DeduplicationScope"] == "messageGroup"
        assert queue["FifoThroughputLimit"] == "perMessageGroupId"


def test_visibility_is_twice_the_timeout(stack):
    """Whatever an invocation has in hand stays hidden until its end, also where the poller held it back (template.yaml says why no more)."""
    mappings = stack.of_type(MAPPING).values()
    assert {stack.resource(one["EventSourceArn"]) for one in mappings} == set(sources(stack))
    for mapping in mappings:
        function = stack.of_type(FUNCTION)[stack.resource(mapping["FunctionName"])]
        queue = sources(stack)[stack.resource(mapping["EventSourceArn"])]
        assert queue["VisibilityTimeout"] >= 2 * function["Timeout"]


def test_one_failure_does_not_fail_the_batch(stack):
    """The sender names the messages that must come again; the others are done."""
    for mapping in stack.of_type(MAPPING).values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BatchSize"] <= 10  # the most that a FIFO queue gives


def test_messages_are_kept_fourteen_days(stack):
    """Longer than the ten days an incoming message is tried for; in a DLQ it begins anew."""
    for queue in stack.of_type(QUEUE).values():
        assert queue["MessageRetentionPeriod"] == 14 * DAY


def test_sqs_never_gives_up_first(stack):
    """A client in an outage costs one receive in 5 minutes; the limit is far above a day of them."""
    a_day_of_deferrals = DAY // (5 * 60)
    for queue in sources(stack).values():
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 3 * a_day_of_deferrals


def test_the_largest_message_fits_everywhere(stack):
    """1 MiB, the most SQS takes, also in the DLQ: what cannot follow would be lost."""
    assert {queue["MaximumMessageSize"] for queue in stack.of_type(QUEUE).values()} == {1024 * 1024}


def test_messages_lie_encrypted(stack):
    """The client's words are in the queue until they are delivered."""
    assert all(queue["SqsManagedSseEnabled"] is True for queue in stack.of_type(QUEUE).values())


def test_the_largest_batch_is_the_one_that_albums_are_judged_by(stack):
    """Whether a batch may have cut an album is told by its being full (bridge/flows/units.py)."""
    assert max(one["BatchSize"] for one in stack.of_type(MAPPING).values()) == LARGEST_BATCH
