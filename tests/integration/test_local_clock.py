"""One clock for everybody: what is skipped passes for the services, the bridge, its queues and its tables, in real processes."""

from __future__ import annotations

import threading
import time

import pytest

from local.clock import Clock
from local.emulator import Emulator
from local.gate import Gate
from local.playground import CAST
from local.resources import connect
from local.stage import ACCOUNT_TEMPLATE, MANAGER, OWNER_ID, Stage

QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_METRICS_DISABLED": "true"}
HOUR = 3600.0
CHANNEL = str(OWNER_ID)


@pytest.fixture(scope="module")
def stage():
    """The playground without its page."""
    with Stage(CAST, rate=200, variables=QUIET) as stage:
        yield stage


class Chat:
    """A client with a task, and an employee there."""

    def __init__(self, stage: Stage, client: int) -> None:
        self.stage, self.client = stage, client
        self.writes("Здравствуйте")
        [self.task] = stage.tasks_of(client, ACCOUNT_TEMPLATE)

    def writes(self, text: str) -> None:
        """The client writes, and everything follows."""
        self._settled(lambda: self.stage.telegram.client_writes(self.stage.bot, self.client, text, owner_id=OWNER_ID))

    def answers(self, text: str, *, to_client: bool = True) -> None:
        """The employee comments, and everything follows."""
        notify = [self.task.counterparty] if to_client else []
        self._settled(lambda: self.stage.planfix.employee_comments(self.task.id, MANAGER, text, notify=notify))

    def _settled(self, do) -> None:
        mark = self.stage.mark()
        do()
        self.stage.settle(mark)

    @property
    def phone(self) -> list[str]:
        """What the bridge brought the client, without the signature."""
        return [
            letter.text.rpartition("\n")[2]
            for letter in self.stage.letters(self.client, CHANNEL)
            if letter.who == "bot"
        ]

    @property
    def notices(self) -> list[str]:
        """What the bridge wrote into the task by itself."""
        robot = f"user:{self.stage.planfix.robot_id}"
        return [one.description for one in self.stage.comments(self.task) if one.owner == robot]


@pytest.fixture
def chat(stage, request):
    """A client of this test alone."""
    client = 10_000 + abs(hash(request.node.name)) % 10_000_000
    stage.telegram.add_user(client, "Клиент", str(client))
    return Chat(stage, client)


def test_answers_held_after_a_day_go_out_in_order_when_the_client_writes(stage, chat):
    """Client writes, 25 hours pass, the employee answers twice, the client writes again: both arrive, in order, and it is said."""
    stage.skip(25 * HOUR)
    chat.answers("AAA")
    chat.answers("BBB")
    assert chat.phone == []
    assert ["AAA" in chat.notices[0], "BBB" in chat.notices[1], len(chat.notices)] == [True, True, 2]
    chat.writes("Вы здесь?")
    assert chat.phone == ["AAA", "BBB"]
    assert ["отправлен клиенту" in text for text in chat.notices[2:]] == [True, True]


def test_a_held_answer_expires_by_a_skip(stage, chat):
    """hold_for is over for the bridge's timer, for SQS and for the held row alike: said once, and the answer is not sent."""
    stage.skip(25 * HOUR)
    chat.answers("AAA")
    assert "пока не доставлен" in chat.notices[-1]
    stage.skip(73 * HOUR)
    stage.bridge.wait_until_idle(30)
    assert "ждал слишком долго" in chat.notices[-1]
    chat.writes("Ау")
    assert chat.phone == []
    chat.answers("/send", to_client=False)
    assert chat.phone == ["AAA"]


def test_the_reminder_to_tick_comes_again_after_a_day(stage, chat):
    """Said once a day in a task that waits for an answer: again after a skip, not before."""
    chat.answers("забыл отметить", to_client=False)
    chat.answers("и снова", to_client=False)
    assert len(chat.notices) == 1
    stage.skip(25 * HOUR)
    chat.answers("и назавтра", to_client=False)
    assert [("забыл" in text, "назавтра" in text) for text in chat.notices] == [(True, False), (False, True)]


def test_a_waiting_timer_is_not_waited_for(stage, chat):
    """The queues are idle while only a timer waits in them."""
    stage.telegram.pause_chat(OWNER_ID, chat.client)
    chat.answers("AAA")
    stage.bridge.wait_until_idle(5)


def test_skips_add_up():
    """Real time goes on, and no clock goes back."""
    clock = Clock()
    before = clock()
    clock.skip(10 * HOUR)
    clock.skip(15 * HOUR)
    assert 25 * HOUR <= clock() - before < 26 * HOUR
    assert clock.skipped == 25 * HOUR
    with pytest.raises(ValueError, match="back"):
        clock.skip(-1)


@pytest.fixture(scope="module")
def emulator():
    """An emulator whose clock can be moved."""
    clock = Clock()
    with Emulator(clock=clock) as emulator:
        yield emulator, clock


def test_queues_live_by_the_clock(emulator):
    """A hidden message is seen after a skip, by a poll that has been waiting; deduplication ends after five minutes."""
    running, clock = emulator
    sqs = connect(running.url).sqs
    queue = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "VisibilityTimeout": "43200"})[
        "QueueUrl"
    ]

    def send():
        sqs.send_message(QueueUrl=queue, MessageBody="a", MessageGroupId="g", MessageDeduplicationId="d")

    def receive(wait):
        answer = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=wait, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    send()
    assert receive(0) == ["a"]
    send()  # the same id again: dropped
    threading.Timer(0.5, lambda: clock.skip(13 * HOUR)).start()
    started = time.monotonic()
    assert receive(20) == ["a"]
    assert time.monotonic() - started < 15
    send()
    clock.skip(13 * HOUR)
    assert receive(0) == ["a", "a"]


def test_tables_forget_by_the_clock(emulator):
    """A row whose expires_at has passed is deleted, a younger one stays."""
    running, clock = emulator
    dynamodb = connect(running.url).dynamodb
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    types = [{"AttributeName": "pk", "AttributeType": "S"}]
    dynamodb.create_table(TableName="rows", KeySchema=key, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    dynamodb.update_time_to_live(
        TableName="rows", TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True}
    )
    for name, hours in (("old", 10), ("young", 1000)):
        expires = {"N": str(int(clock() + hours * HOUR))}
        dynamodb.put_item(TableName="rows", Item={"pk": {"S": name}, "expires_at": expires})
    clock.skip(25 * HOUR)
    deadline = time.monotonic() + 30
    while len(rows := dynamodb.scan(TableName="rows")["Items"]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [row["pk"]["S"] for row in rows] == ["young"]


def test_a_closed_gate_has_nobody_inside():
    """Whoever closes it waits for those inside and lets none in; it gives up after its time, and opens again."""
    gate = Gate()
    gate.enter()
    with pytest.raises(TimeoutError), gate.closed(0.05):
        pass
    threading.Timer(0.1, gate.leave).start()
    went_in = threading.Event()
    with gate.closed(10):
        threading.Thread(target=lambda: (gate.enter(), went_in.set()), daemon=True).start()
        assert not went_in.wait(0.3)
    assert went_in.wait(10)


def test_nothing_is_skipped_while_something_is_on_its_way(stage):
    """A skip waits for the services to have told of everything; if they cannot, it fails and no time has passed."""
    before = stage.clock.skipped
    with pytest.raises(TimeoutError):
        stage.bridge.skip(HOUR, 0.2, is_settled=lambda: False)
    assert stage.clock.skipped == before
