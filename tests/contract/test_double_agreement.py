"""Random requests: the double of DynamoDB answers as moto does, the double of SQS as its rules say.

Only what moto is faithful in is drawn: operands of fitting types, and one update of an attribute at a time.
"""

from collections import defaultdict

import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.doubles.backends import Backends
from tests.doubles.dynamodb import FakeDynamoDB
from tests.doubles.sqs import FakeSQS

encode = TypeSerializer().serialize

numbers = st.integers(-3, 3)
words = st.text("ab", min_size=1, max_size=3)
sets = st.sets(words, min_size=1, max_size=3)
items = st.fixed_dictionaries(
    {"pk": st.just("a")},
    optional={
        "n": numbers,
        "m": numbers,
        "word": words,
        "tags": sets,
        "row": st.lists(numbers, max_size=3),
        "box": st.fixed_dictionaries({}, optional={"n": numbers, "word": words}),
    },
)


@pytest.fixture(scope="module")
def both():
    """The double and moto, each with a table."""
    opened = Backends("dynamodb", FakeDynamoDB)
    clients = [opened.of(kind).client for kind in ("double", "moto")]
    for client in clients:
        client.create_table(
            TableName="both",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    yield clients
    opened.close()


class Values:
    """Collects the values of an expression."""

    def __init__(self) -> None:
        self.found = {}

    def add(self, value):
        name = f":v{len(self.found)}"
        self.found[name] = encode(value)
        return name


@st.composite
def conditions(draw):
    """A condition and its values."""
    values = Values()

    def leaf():
        number = draw(st.sampled_from(["n", "m", "box.n", "gone"]))
        word = draw(st.sampled_from(["word", "box.word", "gone"]))
        sign = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
        low, high = sorted([draw(numbers), draw(numbers)])
        return draw(
            st.sampled_from(
                [
                    lambda: f"{number} {sign} {values.add(low)}",
                    lambda: f"{word} {sign} {values.add(draw(words))}",
                    lambda: f"{number} BETWEEN {values.add(low)} AND {values.add(high)}",
                    lambda: f"{number} IN ({values.add(low)}, {values.add(high)})",
                    lambda: f"attribute_exists({number})",
                    lambda: f"attribute_not_exists({word})",
                    lambda: f"begins_with({word}, {values.add(draw(words))})",
                    lambda: f"contains(tags, {values.add(draw(words))})",
                    lambda: f"contains({word}, {values.add(draw(words))})",
                    lambda: f"tags = {values.add(draw(sets))}",
                    lambda: f"attribute_type({word}, {values.add('S')})",
                ]
            )
        )()

    def tree(depth):
        kind = draw(st.sampled_from(["leaf", "leaf", "AND", "OR", "NOT", "flat"])) if depth else "leaf"
        if kind == "leaf":
            return leaf()
        if kind == "NOT":
            return f"NOT ({tree(depth - 1)})"
        if kind == "flat":
            return f"{leaf()} AND {leaf()} OR NOT {leaf()} AND {leaf()}"
        return f"({tree(depth - 1)}) {kind} ({tree(depth - 1)})"

    return tree(3), values.found


@st.composite
def updates(draw):
    """An update and its values: some clauses, each for another attribute."""
    values = Values()
    sections = defaultdict(list)

    def number():
        return values.add(draw(numbers))

    clauses = {
        "n": [
            lambda: ("SET", f"n = {number()}"),
            lambda: ("SET", f"n = n + {number()}"),
            lambda: ("SET", f"n = if_not_exists(n, {number()}) - {number()}"),
            lambda: ("SET", "n = m"),
            lambda: ("ADD", f"n {number()}"),
            lambda: ("REMOVE", "n"),
        ],
        "tags": [
            lambda: ("ADD", f"tags {values.add(draw(sets))}"),
            lambda: ("DELETE", f"tags {values.add(draw(sets))}"),
            lambda: ("REMOVE", "tags"),
        ],
        "row": [
            lambda: ("SET", f"#row = list_append(#row, {values.add([1])})"),
            lambda: ("SET", f"#row = list_append({values.add([1])}, if_not_exists(#row, {values.add([])}))"),
            lambda: ("SET", f"#row[1] = {number()}"),
            lambda: ("REMOVE", "#row[0]"),
        ],
        "box": [
            lambda: ("SET", f"box.n = {number()}"),
            lambda: ("SET", "box.word = word"),
            lambda: ("SET", f"box.n = if_not_exists(box.n, {number()})"),
        ],
    }
    for name in draw(st.lists(st.sampled_from(sorted(clauses)), min_size=1, max_size=3, unique=True)):
        section, clause = draw(st.sampled_from(clauses[name]))()
        sections[section].append(clause)
    text = " ".join(f"{section} {', '.join(found)}" for section, found in sections.items())
    return text, values.found


def outcome(call):
    """What a call answers, or the code with which it is refused."""
    try:
        return call()
    except ClientError as error:
        return error.response["Error"]["Code"]


def said(text, values, **kinds):
    """The parameters of an expression."""
    names = {"ExpressionAttributeNames": {"#row": "row"}} if "#row" in text else {}
    return kinds | names | ({"ExpressionAttributeValues": values} if values else {})


def encoded(item):
    """An item in DynamoDB's values."""
    return {name: encode(value) for name, value in item.items()}


def comparable(item):
    """Sets have no order."""
    return {
        name: {kind: sorted(value) if kind == "SS" else value for kind, value in attribute.items()}
        for name, attribute in item.items()
    }


@settings(max_examples=200)
@given(items, conditions())
def test_a_random_condition(both, item, condition):
    """Whether a condition holds is the same on both."""
    text, values = condition
    outcomes = []
    for client in both:
        client.put_item(TableName="both", Item=encoded(item))
        refused = outcome(
            lambda client=client: client.delete_item(
                TableName="both", Key={"pk": {"S": "a"}}, **said(text, values, ConditionExpression=text)
            )
        )
        outcomes.append(refused if isinstance(refused, str) else "deleted")
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] in {"deleted", "ConditionalCheckFailedException"}


@settings(max_examples=150)
@given(items, st.lists(updates(), min_size=1, max_size=3))
def test_random_updates(both, item, changes):
    """Updates, one after another, leave the same item on both, or are refused by both."""
    outcomes = []
    for client in both:
        client.put_item(TableName="both", Item=encoded(item))
        found = []
        for text, values in changes:
            answer = outcome(
                lambda client=client, text=text, values=values: client.update_item(
                    TableName="both",
                    Key={"pk": {"S": "a"}},
                    ReturnValues="ALL_NEW",
                    **said(text, values, UpdateExpression=text),
                )
            )
            found.append(answer if isinstance(answer, str) else comparable(answer["Attributes"]))
        outcomes.append(found)
    assert outcomes[0] == outcomes[1]


# -- SQS: the rules, told a second time as simply as possible

VISIBILITY = 30
steps = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from("xyz")),
        st.tuples(st.just("receive"), st.integers(1, 10)),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("hide"), st.integers(0, 5), st.sampled_from([0, 10, 60])),
        st.tuples(st.just("wait"), st.sampled_from([1, 10, 40])),
    ),
    max_size=40,
)


class Rules:
    """A FIFO queue as a list: every message that was sent, with until when it is hidden."""

    def __init__(self) -> None:
        self.rows = []
        self.held = []

    def send(self, body, group):
        self.rows.append({"body": body, "group": group, "hidden": 0})

    def free(self, now):
        locked = {row["group"] for row in self.rows if row["hidden"] > now}
        groups = defaultdict(list)
        for row in self.rows:
            if row["group"] not in locked:
                groups[row["group"]].append(row)
        return groups


@settings(max_examples=200)
@given(steps)
def test_random_steps_on_a_queue(steps):
    """What is received is the beginning of free groups, as much as fits; nothing is lost, and stale receipts do nothing."""
    now = 1000.0
    sqs = FakeSQS(lambda: now)
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "VisibilityTimeout": str(VISIBILITY)})[
        "QueueUrl"
    ]
    rules = Rules()
    for number, (step, *details) in enumerate(steps):
        if step == "send":
            rules.send(str(number), details[0])
            sqs.send_message(
                QueueUrl=url, MessageBody=str(number), MessageGroupId=details[0], MessageDeduplicationId=str(number)
            )
        elif step == "wait":
            now += details[0]
        elif step == "receive":
            free = rules.free(now)
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=details[0]).get("Messages", [])
            assert len(messages) == min(details[0], sum(map(len, free.values())))
            for message in messages:
                (group,) = [group for group, rows in free.items() if rows and rows[0]["body"] == message["Body"]]
                row = free[group].pop(0)
                row["hidden"] = now + VISIBILITY
                row["receipt"] = message["ReceiptHandle"]
                rules.held.append((row, message["ReceiptHandle"]))
        elif rules.held:
            row, receipt = rules.held[-1 - details[0] % len(rules.held)]
            holds = row in rules.rows and row["receipt"] == receipt and row["hidden"] > now
            if step == "hide":
                hide = outcome(
                    lambda receipt=receipt, details=details: sqs.change_message_visibility(
                        QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=details[1]
                    )
                )
                assert (hide == {}) is holds
                row["hidden"] = now + details[1] if holds else row["hidden"]
            else:
                deleted = outcome(lambda receipt=receipt: sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt))
                assert (deleted == {}) is (holds or row not in rules.rows)
                rules.rows = [one for one in rules.rows if not (one is row and holds)]
        assert [message.body for message in sqs.messages(url)] == [row["body"] for row in rules.rows]
        assert (sqs.next_event_at(url, now=now) == now) is any(rules.free(now).values())
