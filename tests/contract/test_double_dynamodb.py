"""The double of DynamoDB keeps the service's rules, as moto (and the emulator) do."""

from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from tests.doubles.backends import KINDS, Backends, cases, runs_on
from tests.doubles.dynamodb import FakeDynamoDB

encode = TypeSerializer().serialize
decode = TypeDeserializer().deserialize

FULL = {
    "pk": "a",
    "n": 5,
    "zero": 0,
    "text": "hello",
    "flag": True,
    "nothing": None,
    "tags": {"x", "y"},
    "numbers": {1, 2},
    "list": [1, "two", {"deep": 3}],
    "map": {"in": 1, "deeper": {"x": "y"}},
    "bin": b"\x00\x01\xff",
}


@pytest.fixture(scope="module")
def backends():
    """The backends, open for all tests of this module."""
    opened = Backends("dynamodb", FakeDynamoDB)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def dynamodb(request, backends):
    """DynamoDB on one backend, with tables of all tests of this module."""
    return backends.of(request.param)


class Table:
    """A table of its own, in plain values."""

    def __init__(self, dynamodb, *keys: str, types="SS") -> None:
        self.client = dynamodb.client
        self.name = dynamodb.unique("table")
        self.client.create_table(
            TableName=self.name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": kind} for key, kind in zip(keys, types, strict=False)
            ],
            BillingMode="PAY_PER_REQUEST",
        )

    def put(self, item, condition=None, values=None, names=None, **more):
        return self.client.put_item(
            TableName=self.name, Item=encoded(item), **expressions(values, names, ConditionExpression=condition), **more
        )

    def get(self, key, **more):
        answer = self.client.get_item(TableName=self.name, Key=encoded(key), ConsistentRead=True, **more)
        return decoded(answer["Item"]) if "Item" in answer else None

    def update(self, key, update=None, values=None, names=None, condition=None, **more):
        said = expressions(values, names, UpdateExpression=update, ConditionExpression=condition)
        answer = self.client.update_item(TableName=self.name, Key=encoded(key), **said, **more)
        return decoded(answer["Attributes"]) if "Attributes" in answer else None

    def delete(self, key, condition=None, values=None, **more):
        return self.client.delete_item(
            TableName=self.name, Key=encoded(key), **expressions(values, None, ConditionExpression=condition), **more
        )

    def query(self, keys, values, names=None, **more):
        answer = self.client.query(
            TableName=self.name, **expressions(values, names, KeyConditionExpression=keys), **more
        )
        return [decoded(item) for item in answer["Items"]]

    def holds(self, condition, values=None, names=None):
        """Whether a condition holds for the item `FULL`."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=encoded(FULL),
                **expressions(values, names, ConditionExpression=condition),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def encoded(item):
    """Plain values as DynamoDB's."""
    return {name: encode(value) for name, value in item.items()}


def decoded(item):
    """DynamoDB's values as plain ones."""
    return {name: plain(decode(value)) for name, value in item.items()}


def plain(value):
    """Whole numbers as int, binaries as bytes."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else value
    if isinstance(value, list | set):
        return type(value)(plain(one) for one in value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return bytes(value.value) if hasattr(value, "value") else value


def expressions(values, names, **texts):
    """The expression parameters that are given."""
    said = {name: text for name, text in texts.items() if text is not None}
    if values is not None:
        said["ExpressionAttributeValues"] = encoded(values)
    if names is not None:
        said["ExpressionAttributeNames"] = names
    return said


def invalid(call):
    """The sentence of a ValidationException."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]


@pytest.fixture
def table(dynamodb):
    """A fresh table with a hash key."""
    return Table(dynamodb, "pk")


@pytest.fixture
def full(dynamodb):
    """A table that holds `FULL`; for tests that change nothing else."""
    table = dynamodb.once(table_of_one_item)
    table.put(FULL)
    return table


@pytest.fixture
def ranged(dynamodb):
    """A table with a hash and a range key, of both of which there are some; for tests that change none of them."""
    return dynamodb.once(table_of_ranges)


def table_of_one_item(dynamodb):
    """The table of `full`."""
    return Table(dynamodb, "pk")


def table_of_ranges(dynamodb):
    """The table of `ranged`."""
    table = Table(dynamodb, "h", "r")
    for key in ("a#1", "a#2", "b#1", "b#2", "c"):
        table.put({"h": "one", "r": key, "n": len(key)})
    table.put({"h": "two", "r": "a#1"})
    return table


# -- items


def test_an_item_comes_back(table):
    """Every type comes back as it was put."""
    table.put(FULL)
    assert table.get({"pk": "a"}) == FULL
    assert table.get({"pk": "b"}) is None


def test_a_put_replaces_the_whole_item(table):
    """PutItem keeps nothing of what was there, and gives it when asked."""
    assert "Attributes" not in table.put(FULL, ReturnValues="ALL_OLD")
    old = table.put({"pk": "a", "new": 1}, ReturnValues="ALL_OLD")
    assert decoded(old["Attributes"]) == FULL
    assert table.get({"pk": "a"}) == {"pk": "a", "new": 1}


def test_a_delete(full):
    """DeleteItem removes the item, gives it when asked, and does nothing where there is none."""
    assert decoded(full.delete({"pk": "a"}, ReturnValues="ALL_OLD")["Attributes"]) == FULL
    assert full.get({"pk": "a"}) is None
    assert "Attributes" not in full.delete({"pk": "a"}, ReturnValues="ALL_OLD")


def test_a_conditional_delete(full):
    """A delete whose condition does not hold removes nothing."""
    with pytest.raises(full.client.exceptions.ConditionalCheckFailedException):
        full.delete({"pk": "a"}, "n = :n", {":n": 6})
    full.delete({"pk": "a"}, "n = :n", {":n": 5})
    assert full.get({"pk": "a"}) is None


@runs_on("dynamodb", moto="keeps numbers as they were written")
def test_numbers_have_one_form(table):
    """Numbers come back without superfluous zeros and without an exponent."""
    for number, stored in (("1.50", "1.5"), ("1E+3", "1000"), ("007", "7"), ("-0.0", "0"), ("1e-3", "0.001")):
        table.client.put_item(TableName=table.name, Item={"pk": {"S": "a"}, "n": {"N": number}})
        answer = table.client.get_item(TableName=table.name, Key={"pk": {"S": "a"}})
        assert answer["Item"]["n"] == {"N": stored}


@runs_on("dynamodb", moto="takes it")
def test_a_number_has_38_digits(table):
    """A number with 39 digits is refused, also when it only becomes one."""
    table.put({"pk": "a", "n": 10**37})
    with pytest.raises(ClientError):
        table.client.put_item(TableName=table.name, Item={"pk": {"S": "a"}, "n": {"N": "1" * 39}})


@runs_on("dynamodb", moto="counts some bytes more")
def test_an_item_is_at_most_400_kb(table):
    """An item of more than 409,600 bytes with its names is refused, in a put and in an update."""
    table.put({"pk": "a", "text": "x" * (409_600 - 7)})
    assert "Item size" in invalid(lambda: table.put({"pk": "a", "text": "x" * (409_600 - 6)}))
    grow = lambda: table.update({"pk": "a"}, "SET more = :x", {":x": "x"})  # noqa: E731 - a call to be refused
    assert "Item size" in invalid(grow)


def test_bytes_count(table):
    """A Cyrillic character counts as two bytes."""
    assert "Item size" in invalid(lambda: table.put({"pk": "a", "text": "ж" * 205_000}))


def test_a_key_is_not_empty(table):
    """An empty string is no key; as any other value it is fine."""
    assert "empty string" in invalid(lambda: table.put({"pk": ""}))
    table.put({"pk": "a", "text": ""})
    assert table.get({"pk": "a"}) == {"pk": "a", "text": ""}


def test_a_key_is_needed(ranged):
    """An item without one of its keys is refused, and so is a look-up with half a key, or with more."""
    assert "Missing the key r in the item" in invalid(lambda: ranged.put({"h": "one"}))
    with pytest.raises(ClientError):
        ranged.get({"h": "one"})
    with pytest.raises(ClientError):
        ranged.get({"h": "one", "r": "c", "n": 1})


def test_a_key_has_its_type(table):
    """A number is no key of a table whose key is a string."""
    assert "Type mismatch for key pk expected: S actual: N" in invalid(lambda: table.put({"pk": 1}))


def test_a_key_is_at_most_2048_bytes(table):
    """A hash key has 2,048 bytes at most."""
    table.put({"pk": "x" * 2048})
    assert "2048 bytes" in invalid(lambda: table.put({"pk": "x" * 2049}))


def test_an_unknown_table(dynamodb):
    """A table that does not exist is its own exception."""
    with pytest.raises(dynamodb.client.exceptions.ResourceNotFoundException):
        dynamodb.client.get_item(TableName="nowhere", Key={"pk": {"S": "a"}})


def test_a_set_is_not_empty(table):
    """An empty set is refused."""
    with pytest.raises(ClientError):
        table.client.put_item(TableName=table.name, Item={"pk": {"S": "a"}, "tags": {"SS": []}})


# -- conditions


CONDITIONS = [
    ("attribute_exists(n)", {}, True),
    ("attribute_exists(nowhere)", {}, False),
    ("attribute_not_exists(nowhere)", {}, True),
    ("attribute_not_exists(pk)", {}, False),
    ("attribute_exists(nothing)", {}, True),
    ("attribute_exists(#map.#in)", {}, True),
    ("attribute_exists(#map.nowhere)", {}, False),
    ("attribute_exists(#list[2].deep)", {}, True),
    ("attribute_exists(#list[9])", {}, False),
    ("attribute_not_exists(n.nowhere)", {}, True),
    ("n = :v", {":v": 5}, True),
    ("n = :v", {":v": Decimal("5.0")}, True),
    ("n = :v", {":v": "5"}, False),
    ("nowhere = :v", {":v": 5}, False),
    ("n <> :v", {":v": 6}, True),
    ("n <> :v", {":v": "5"}, True),
    ("nowhere <> :v", {":v": 5}, True),
    ("n < :v", {":v": 5}, False),
    ("n <= :v", {":v": 5}, True),
    ("n > :v", {":v": 4}, True),
    ("n >= :v", {":v": 5}, True),
    ("n < :v", {":v": 10}, True),
    ("n < :v", {":v": "z"}, False, "moto"),
    ("nowhere < :v", {":v": 5}, False),
    ("nowhere > :v", {":v": 5}, False),
    (":v > n", {":v": 6}, True),
    ("#text < :v", {":v": "hellp"}, True),
    ("#text > :v", {":v": "Z"}, True),
    ("bin > :v", {":v": b"\x00"}, True),
    ("n > zero", {}, True),
    ("flag = :v", {":v": True}, True),
    ("flag = :v", {":v": 1}, False, "moto"),
    ("nothing = :v", {":v": None}, True),
    ("tags = :v", {":v": {"y", "x"}}, True),
    ("#list = :v", {":v": [1, "two", {"deep": 3}]}, True),
    ("#list = :v", {":v": ["two", 1, {"deep": 3}]}, False),
    ("#map = :v", {":v": {"deeper": {"x": "y"}, "in": 1}}, True),
    ("n BETWEEN :low AND :high", {":low": 5, ":high": 6}, True),
    ("n BETWEEN :low AND :high", {":low": 6, ":high": 7}, False),
    ("#text BETWEEN :low AND :high", {":low": "a", ":high": "i"}, True),
    (":v BETWEEN zero AND n", {":v": 3}, True),
    ("n IN (:one, :two)", {":one": 4, ":two": 5}, True),
    ("n IN (:one)", {":one": "5"}, False),
    ("nowhere IN (:one)", {":one": 5}, False),
    ("begins_with(#text, :v)", {":v": "he"}, True),
    ("begins_with(#text, :v)", {":v": "hex"}, False),
    ("begins_with(nowhere, :v)", {":v": "he"}, False),
    ("contains(#text, :v)", {":v": "ell"}, True),
    ("contains(tags, :v)", {":v": "x"}, True),
    ("contains(tags, :v)", {":v": "z"}, False),
    ("contains(numbers, :v)", {":v": 2}, True),
    ("contains(#list, :v)", {":v": "two"}, True),
    ("contains(#list, :v)", {":v": {"deep": 3}}, True),
    ("contains(nowhere, :v)", {":v": "x"}, False),
    ("attribute_type(n, :v)", {":v": "N"}, True),
    ("attribute_type(n, :v)", {":v": "S"}, False),
    ("attribute_type(tags, :v)", {":v": "SS"}, True),
    ("attribute_type(nothing, :v)", {":v": "NULL"}, True),
    ("attribute_type(nowhere, :v)", {":v": "N"}, False),
    ("size(#text) = :v", {":v": 5}, True),
    ("size(#list) > :v", {":v": 2}, True),
    ("size(#map) = :v", {":v": 2}, True),
    ("size(tags) = :v", {":v": 2}, True),
    ("size(bin) = :v", {":v": 3}, True),
    ("size(#text) BETWEEN :low AND :high", {":low": 4, ":high": 6}, True),
    ("NOT n = :v", {":v": 5}, False),
    ("NOT (n = :v OR zero = :v)", {":v": 7}, True),
    ("n = :five AND zero = :zero", {":five": 5, ":zero": 0}, True),
    ("n = :zero OR zero = :zero", {":zero": 0}, True),
    ("n = :zero AND n = :zero OR zero = :zero", {":zero": 0}, True),
    ("n = :zero AND (n = :zero OR zero = :zero)", {":zero": 0}, False),
    ("(n = :five) AND (zero = :zero)", {":five": 5, ":zero": 0}, True),
    ("not attribute_exists(nowhere) and n = :v", {":v": 5}, True),
    ("attribute_not_exists(received) OR received < :r OR (received = :r AND n < :n)", {":r": 1, ":n": 1}, True),
]
NAMES = {"#map": "map", "#in": "in", "#list": "list", "#text": "text"}


@cases("dynamodb", ("condition", "values", "holds"), CONDITIONS)
def test_conditions(full, condition, values, holds):
    """A condition holds, or not, as the service says."""
    names = {name: real for name, real in NAMES.items() if name in condition} or None
    assert full.holds(condition, values or None, names) is holds


def test_a_failed_condition_changes_nothing(full):
    """When the condition does not hold nothing is written; the item comes with the error when asked for."""
    with pytest.raises(full.client.exceptions.ConditionalCheckFailedException) as caught:
        full.update(
            {"pk": "a"}, "SET n = :n", {":n": 6, ":other": 7}, None, "n = :other",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )  # fmt: skip
    assert decoded(caught.value.response["Item"]) == FULL
    assert full.get({"pk": "a"}) == FULL


def test_a_condition_on_nothing(table):
    """For an item that does not exist a condition sees no attribute."""
    with pytest.raises(table.client.exceptions.ConditionalCheckFailedException) as caught:
        table.update({"pk": "a"}, "SET n = :n", {":n": 1}, None, "attribute_exists(pk)")
    assert "Item" not in caught.value.response
    assert table.get({"pk": "a"}) is None


REFUSED_CONDITIONS = [
    ("n =", {}, "Syntax error", "moto"),
    ("n = :v extra", {":v": 1}, "Syntax error", "moto"),
    ("n == :v", {":v": 1}, "Syntax error", "moto"),
    ("(n = :v", {":v": 1}, "Syntax error", "moto"),
    ("n = :v AND", {":v": 1}, "Syntax error", "moto"),
    ("n ! :v", {":v": 1}, "Syntax error", "emulator moto"),
    ("n", {}, "Syntax error", "moto"),
    ("", {}, "The expression can not be empty", "moto"),
    ("n = :v AND n = :undefined", {":v": 1}, "attribute value: :undefined", "moto"),
    ("n = :v", {":v": 1, ":unused": 2}, "unused in expressions: keys: {:unused}", "moto"),
    ("#n = :v", {":v": 1}, "attribute name: #n", "moto"),
    ("nonsense(n)", {}, "Invalid function name; function: nonsense", "emulator moto"),
    ("attribute_exists(:v)", {":v": 1}, "requires a document path", "emulator moto"),
    ("begins_with(pk, :v)", {":v": 1}, "Incorrect operand type", "emulator moto"),
    ("begins_with(pk)", {}, "number of operands: 1", "emulator moto"),
    ("attribute_type(n, :v)", {":v": "X"}, "Invalid attribute type name found; type: X", "emulator moto"),
    ("size(n)", {}, "The function is not allowed to be used this way", "emulator moto"),
    (
        "contains(pk, :v) = :w",
        {":v": "a", ":w": True},
        "The function is not allowed to be used this way",
        "emulator moto",
    ),
    ("n = n", {}, "first operand must be distinct", "emulator moto"),
    ("((n = :v))", {":v": 1}, "redundant parentheses"),
    ("n BETWEEN :v AND :w", {":v": 2, ":w": 1}, "upper bound to be greater than or equal to lower bound", "moto"),
    ("n < :v", {":v": True}, "Incorrect operand type", "emulator moto"),
    ("_n = :v", {":v": 1}, "Syntax error", "emulator moto"),
]


@cases("dynamodb", ("condition", "values", "said"), REFUSED_CONDITIONS)
def test_refused_conditions(full, condition, values, said):
    """What is no condition is refused with the service's sentence."""
    assert said in invalid(lambda: full.put({"pk": "a"}, condition, values or None))


# -- updates


UPDATES = [
    ("SET n = :v", {":v": 6}, {"n": 6}),
    ("SET n = n + :v", {":v": 2}, {"n": 7}),
    ("SET n = :v - n", {":v": 2}, {"n": -3}),
    ("SET n = zero - n, zero = n", {}, {"n": -5, "zero": 5}),
    ("SET n = if_not_exists(n, :v)", {":v": 1}, {"n": 5}),
    ("SET fresh = if_not_exists(fresh, :v)", {":v": 1}, {"fresh": 1}),
    ("SET fresh = if_not_exists(fresh, :v) + :w", {":v": 1, ":w": 2}, {"fresh": 3}),
    ("SET fresh = if_not_exists(fresh, n)", {}, {"fresh": 5}),
    ("SET #list = list_append(#list, :v)", {":v": [9]}, {"list": [1, "two", {"deep": 3}, 9]}),
    ("SET #list = list_append(:v, #list)", {":v": [9]}, {"list": [9, 1, "two", {"deep": 3}]}),
    ("SET fresh = list_append(if_not_exists(fresh, :empty), :v)", {":empty": [], ":v": [9]}, {"fresh": [9]}),
    ("SET #list[0] = :v", {":v": 9}, {"list": [9, "two", {"deep": 3}]}),
    ("SET #list[7] = :v", {":v": 9}, {"list": [1, "two", {"deep": 3}, 9]}),
    ("SET #list[2].deep = :v", {":v": 9}, {"list": [1, "two", {"deep": 9}]}),
    ("SET #map.fresh = :v", {":v": 9}, {"map": {"in": 1, "deeper": {"x": "y"}, "fresh": 9}}),
    ("SET #map.deeper.x = #map.#in", {}, {"map": {"in": 1, "deeper": {"x": 1}}}),
    ("SET fresh = #map.deeper", {}, {"fresh": {"x": "y"}}),
    ("SET n = (n + :v)", {":v": 1}, {"n": 6}, "moto"),
    ("REMOVE n", {}, {"n": ...}),
    ("REMOVE n, zero", {}, {"n": ..., "zero": ...}),
    ("REMOVE nowhere", {}, {}),
    ("REMOVE #map.deeper", {}, {"map": {"in": 1}}),
    ("REMOVE #map.nowhere", {}, {}),
    ("REMOVE #list[0]", {}, {"list": ["two", {"deep": 3}]}),
    ("REMOVE #list[0], #list[1]", {}, {"list": [{"deep": 3}]}, "emulator"),
    ("REMOVE #list[1], #list[0]", {}, {"list": [{"deep": 3}]}),
    ("REMOVE #list[9]", {}, {}),
    ("ADD n :v", {":v": 3}, {"n": 8}),
    ("ADD n :v", {":v": Decimal("-5.5")}, {"n": Decimal("-0.5")}),
    ("ADD fresh :v", {":v": 3}, {"fresh": 3}),
    ("ADD tags :v", {":v": {"z", "x"}}, {"tags": {"x", "y", "z"}}),
    ("ADD numbers :v", {":v": {3}}, {"numbers": {1, 2, 3}}),
    ("ADD fresh :v", {":v": {"z"}}, {"fresh": {"z"}}),
    ("ADD #map.#in :v", {":v": 1}, {"map": {"in": 2, "deeper": {"x": "y"}}}),
    ("DELETE tags :v", {":v": {"x", "z"}}, {"tags": {"y"}}),
    ("DELETE tags :v", {":v": {"x", "y"}}, {"tags": ...}),
    ("DELETE nowhere :v", {":v": {"x"}}, {}),
    ("SET zero = n REMOVE n", {}, {"zero": 5, "n": ...}),
    ("SET fresh = :v ADD n :w DELETE tags :t REMOVE flag", {":v": 1, ":w": 1, ":t": {"x"}},
     {"fresh": 1, "n": 6, "tags": {"y"}, "flag": ...}),
    ("set fresh = :v remove flag", {":v": 1}, {"fresh": 1, "flag": ...}),
]  # fmt: skip


@cases("dynamodb", ("update", "values", "changes"), UPDATES)
def test_updates(full, update, values, changes):
    """An update changes what it says and nothing else."""
    names = {name: real for name, real in NAMES.items() if name in update} or None
    expected = {name: value for name, value in {**FULL, **changes}.items() if value is not ...}
    assert full.update({"pk": "a"}, update, values or None, names, ReturnValues="ALL_NEW") == expected
    assert full.get({"pk": "a"}) == expected


def test_an_update_makes_the_item(table):
    """An update of an item that does not exist makes it, even if it only removes."""
    assert table.update({"pk": "a"}, "ADD n :v", {":v": 3}, ReturnValues="ALL_NEW") == {"pk": "a", "n": 3}
    table.update({"pk": "b"}, "REMOVE n")
    assert table.get({"pk": "b"}) == {"pk": "b"}


@runs_on("dynamodb", moto="needs an expression")
def test_an_update_of_nothing_makes_the_item(table):
    """An update without an expression makes the item, too."""
    table.update({"pk": "c"})
    assert table.get({"pk": "c"}) == {"pk": "c"}


RETURNED = [
    ("NONE", None),
    ("ALL_OLD", {"pk": "a", "n": 1, "m": {"x": 1, "y": 2}, "gone": 1}),
    ("ALL_NEW", {"pk": "a", "n": 2, "m": {"x": 5, "y": 2}, "fresh": 7}),
    ("UPDATED_OLD", {"n": 1, "m": {"x": 1}, "gone": 1}, "moto"),
    ("UPDATED_NEW", {"n": 2, "m": {"x": 5}, "fresh": 7}),
]


@cases("dynamodb", ("returned", "expected"), RETURNED)
def test_what_an_update_returns(table, returned, expected):
    """An update gives the whole item or what it changed, as it was or as it is."""
    table.put({"pk": "a", "n": 1, "m": {"x": 1, "y": 2}, "gone": 1})
    values = {":one": 1, ":five": 5, ":seven": 7}
    update = "SET n = n + :one, m.x = :five, fresh = :seven REMOVE gone"
    assert table.update({"pk": "a"}, update, values, ReturnValues=returned) == expected


def test_nothing_old_is_returned_of_a_new_item(table):
    """ALL_OLD of an item that did not exist is nothing."""
    assert table.update({"pk": "a"}, "SET n = :v", {":v": 1}, ReturnValues="ALL_OLD") is None


REFUSED_UPDATES = [
    ("SET", {}, "Syntax error", "emulator"),
    ("SET n", {}, "Syntax error", "emulator"),
    ("SET n = :v,", {":v": 1}, "Syntax error", "emulator"),
    ("PUT n = :v", {":v": 1}, "Syntax error"),
    ("", {}, "The expression can not be empty"),
    ("SET n = :v SET zero = :v", {":v": 1}, 'The "SET" section can only be used once', "emulator"),
    ("SET n = :v, n = :w", {":v": 1, ":w": 2}, "Two document paths overlap", "emulator"),
    ("SET #map = :v REMOVE #map.deeper", {":v": 1}, "Two document paths overlap", "emulator moto"),
    ("SET n = :v, zero = :undefined", {":v": 1}, "attribute value: :undefined"),
    ("SET n = :v", {":v": 1, ":unused": 1}, "unused in expressions: keys: {:unused}"),
    ("SET #n = :v", {":v": 1}, "attribute name: #n", "moto"),
    ("SET pk = :v", {":v": "b"}, "Cannot update attribute pk. This attribute is part of the key"),
    ("SET n = nowhere", {}, "refers to an attribute that does not exist in the item"),
    ("SET n = nowhere + :v", {":v": 1}, "refers to an attribute that does not exist in the item"),
    ("SET n = pk + :v", {":v": 1}, "incorrect data type", "emulator moto"),
    ("SET n = n + :v", {":v": "1"}, "Incorrect operand type for operator or function", "emulator"),
    ("SET nowhere.x = :v", {":v": 1}, "document path provided in the update expression is invalid"),
    ("SET n.x = :v", {":v": 1}, "document path provided in the update expression is invalid", "emulator moto"),
    ("SET tags[0] = :v", {":v": 1}, "document path provided in the update expression is invalid", "emulator"),
    ("REMOVE nowhere.x", {}, "document path provided in the update expression is invalid", "emulator"),
    ("SET n = nonsense(n)", {}, "Invalid function name; function: nonsense", "emulator moto"),
    ("SET n = list_append(n, :v)", {":v": [1]}, "incorrect data type", "emulator moto"),
    ("SET n = if_not_exists(:v, n)", {":v": 1}, "requires a document path", "emulator moto"),
    ("ADD n :v", {":v": "x"}, "Incorrect operand type for operator or function; operator: ADD", "moto"),
    ("ADD pk2 :v, tags :w", {":v": 1, ":w": {1}}, "incorrect data type", "moto"),
    ("DELETE n :v", {":v": 1}, "Incorrect operand type for operator or function; operator: DELETE", "moto"),
    ("DELETE n :v", {":v": {"x"}}, "incorrect data type"),
]


@cases("dynamodb", ("update", "values", "said"), REFUSED_UPDATES)
def test_refused_updates(full, update, values, said):
    """An update that cannot be is refused with the service's sentence, and changes nothing."""
    names = {name: real for name, real in NAMES.items() if name in update} or None
    assert said in invalid(lambda: full.update({"pk": "a"}, update, values or None, names))
    assert full.get({"pk": "a"}) == FULL


@pytest.mark.parametrize("word", ["name", "Status", "timestamp", "ttl", "owner", "connection", "comment", "language"])
def test_reserved_words(full, word):
    """A reserved word is no attribute's name in an expression, in any case of its letters, unless it stands behind a #."""
    said = f"Attribute name is a reserved keyword; reserved keyword: {word}"
    assert said in invalid(lambda: full.update({"pk": "a"}, f"SET {word} = :v", {":v": 1}))
    assert said in invalid(lambda: full.put(FULL, f"attribute_exists({word})"))
    full.update({"pk": "a"}, "SET #word = :v", {":v": 1}, {"#word": word}, "attribute_not_exists(#word)")
    assert full.get({"pk": "a"})[word] == 1


def test_names_must_be_used(full):
    """A name that no expression uses is refused."""
    assert "unused in expressions: keys: {#n}" in invalid(
        lambda: full.update({"pk": "a"}, "SET zero = :v", {":v": 1}, {"#n": "n"})
    )


@runs_on("dynamodb", moto="ignores them")
def test_values_need_an_expression(full):
    """Values without an expression are refused."""
    assert "can only be specified when using expressions" in invalid(lambda: full.put(FULL, None, {":v": 1}))


# -- transactions


def transact(table, *actions: dict, **more):
    """One transaction; each action is (kind, details)."""
    items = [{kind: {"TableName": table.name, **details}} for action in actions for kind, details in action.items()]
    return table.client.transact_write_items(TransactItems=items, **more)


def cancelled(table, call):
    """The reasons for which a transaction was cancelled."""
    with pytest.raises(table.client.exceptions.TransactionCanceledException) as caught:
        call()
    return caught.value.response["CancellationReasons"]


def put_action(key, n):
    """A put in a transaction."""
    return {"Put": {"Item": encoded({"pk": key, "n": n})}}


def test_a_transaction_writes_all(table):
    """Put, Update, Delete and ConditionCheck go together."""
    table.put(FULL)
    table.put({"pk": "old"})
    table.put({"pk": "checked"})
    transact(
        table,
        put_action("new", 1),
        {"Update": {"Key": encoded({"pk": "a"}), "UpdateExpression": "ADD n :v", **expressions({":v": 1}, None)}},
        {"Delete": {"Key": encoded({"pk": "old"})}},
        {"ConditionCheck": {"Key": encoded({"pk": "checked"}), "ConditionExpression": "attribute_exists(pk)"}},
    )
    assert table.get({"pk": "new"}) == {"pk": "new", "n": 1}
    assert table.get({"pk": "a"})["n"] == 6
    assert table.get({"pk": "old"}) is None


def test_a_transaction_writes_all_or_nothing(table):
    """When one condition does not hold nothing is written, and each action has its reason."""
    table.put(FULL)
    failing = {
        "Update": {
            "Key": encoded({"pk": "a"}),
            "UpdateExpression": "SET n = :v",
            "ConditionExpression": "n = :v",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **expressions({":v": 9}, None),
        }
    }
    reasons = cancelled(table, lambda: transact(table, put_action("new", 1), failing))
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert decoded(reasons[1]["Item"]) == FULL
    assert table.get({"pk": "new"}) is None


def test_a_transaction_touches_an_item_once(table):
    """Two actions on one item are refused."""
    said = invalid(lambda: transact(table, put_action("a", 1), put_action("a", 2)))
    assert "multiple operations on one item" in said


def test_a_transaction_has_100_actions(table):
    """101 actions are refused."""
    with pytest.raises(ClientError):
        transact(table, *(put_action(str(number), number) for number in range(101)))
    transact(table, *(put_action(str(number), number) for number in range(100)))


@runs_on("dynamodb", moto="ignores the token")
def test_a_token_makes_a_transaction_happen_once(table):
    """The same transaction with the same ClientRequestToken succeeds and does nothing again."""
    add = {"Update": {"Key": encoded({"pk": "a"}), "UpdateExpression": "ADD n :v", **expressions({":v": 1}, None)}}
    for _ in range(2):
        transact(table, add, ClientRequestToken=table.name)
    assert table.get({"pk": "a"})["n"] == 1


@runs_on("dynamodb", but_not=("emulator",), moto="ignores the token")
def test_a_token_is_remembered_for_ten_minutes(table, dynamodb):
    """After ten minutes the token is new again."""
    add = {"Update": {"Key": encoded({"pk": "a"}), "UpdateExpression": "ADD n :v", **expressions({":v": 1}, None)}}
    for seconds in (599, 1, 0):
        transact(table, add, ClientRequestToken=table.name)
        dynamodb.wait(seconds)
    assert table.get({"pk": "a"})["n"] == 2


@runs_on("dynamodb", moto="ignores the token")
def test_a_token_is_for_one_transaction(table):
    """The same token with other actions is refused."""
    transact(table, put_action("a", 1), ClientRequestToken=table.name)
    with pytest.raises(table.client.exceptions.IdempotentParameterMismatchException):
        transact(table, put_action("a", 2), ClientRequestToken=table.name)


# -- queries and batches


QUERIES = [
    ("h = :h", {":h": "one"}, ["a#1", "a#2", "b#1", "b#2", "c"]),
    ("h = :h", {":h": "none"}, []),
    ("h = :h AND r = :r", {":h": "one", ":r": "b#1"}, ["b#1"]),
    ("h = :h AND begins_with(r, :r)", {":h": "one", ":r": "a#"}, ["a#1", "a#2"]),
    ("h = :h AND r > :r", {":h": "one", ":r": "b#1"}, ["b#2", "c"]),
    ("h = :h AND r >= :r", {":h": "one", ":r": "b#1"}, ["b#1", "b#2", "c"]),
    ("h = :h AND r < :r", {":h": "one", ":r": "a#2"}, ["a#1"]),
    ("h = :h AND r <= :r", {":h": "one", ":r": "a#2"}, ["a#1", "a#2"]),
    ("h = :h AND r BETWEEN :r AND :s", {":h": "one", ":r": "a#2", ":s": "b#1"}, ["a#2", "b#1"]),
    ("begins_with(r, :r) AND h = :h", {":h": "one", ":r": "a#"}, ["a#1", "a#2"]),
]


@pytest.mark.parametrize(("keys", "values", "found"), QUERIES)
def test_queries(ranged, keys, values, found):
    """A query finds items under one hash key, in order of the range key."""
    assert [item["r"] for item in ranged.query(keys, values)] == found


def test_a_query_backwards(ranged):
    """ScanIndexForward=False turns the order round."""
    found = ranged.query("h = :h", {":h": "one"}, ScanIndexForward=False, Limit=2)
    assert [item["r"] for item in found] == ["c", "b#2"]


def test_a_query_page_by_page(ranged):
    """Limit cuts a page, LastEvaluatedKey begins the next, and the last has none."""
    said = {"TableName": ranged.name, **expressions({":h": "one"}, None, KeyConditionExpression="h = :h")}
    first = ranged.client.query(**said, Limit=3)
    assert (first["Count"], decoded(first["LastEvaluatedKey"])) == (3, {"h": "one", "r": "b#1"})
    rest = ranged.client.query(**said, Limit=3, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert [decoded(item)["r"] for item in rest["Items"]] == ["b#2", "c"]
    assert "LastEvaluatedKey" not in rest


def test_a_page_is_at_most_1_mb(ranged):
    """A query stops after 1 MB and says where to go on."""
    for number in range(4):
        ranged.put({"h": "big", "r": str(number), "text": "x" * 390_000})
    said = {"TableName": ranged.name, **expressions({":h": "big"}, None, KeyConditionExpression="h = :h")}
    first = ranged.client.query(**said)
    assert first["Count"] < 4
    rest = ranged.client.query(**said, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert first["Count"] + rest["Count"] == 4


def test_a_filter(ranged):
    """A filter leaves out what was read all the same."""
    said = expressions({":h": "one", ":n": 3}, None, KeyConditionExpression="h = :h", FilterExpression="n < :n")
    answer = ranged.client.query(TableName=ranged.name, **said)
    assert (answer["Count"], answer["ScannedCount"]) == (1, 5)


def test_counting(ranged):
    """Select=COUNT gives the number without the items."""
    said = expressions({":h": "one"}, None, KeyConditionExpression="h = :h")
    answer = ranged.client.query(TableName=ranged.name, Select="COUNT", **said)
    assert answer["Count"] == 5
    assert "Items" not in answer


def test_a_query_needs_the_hash_key(ranged):
    """A query without the hash key, or with more than an equality of it, is refused."""
    assert "missed key schema element: h" in invalid(lambda: ranged.query("r = :r", {":r": "c"}))
    with pytest.raises(ClientError):
        ranged.query("h > :h", {":h": "a"})


def test_numbers_are_sorted_as_numbers(dynamodb):
    """A range key of type N is in order of its numbers."""
    table = Table(dynamodb, "h", "r", types="SN")
    for number in (10, 9, -1, 100):
        table.put({"h": "one", "r": number})
    assert [item["r"] for item in table.query("h = :h AND r > :r", {":h": "one", ":r": -1})] == [9, 10, 100]


@runs_on("dynamodb", moto="does not see a name before an index")
def test_a_projection(full):
    """ProjectionExpression gives only what it names; members of a list close up."""
    names = {"#list": "list", "#map": "map"}
    shown = full.get(
        {"pk": "a"}, ProjectionExpression="n, #map.deeper, #list[2].deep, nowhere", ExpressionAttributeNames=names
    )
    assert shown == {"n": 5, "map": {"deeper": {"x": "y"}}, "list": [{"deep": 3}]}


def test_a_batch_of_reads(ranged):
    """BatchGetItem gives what exists."""
    keys = [encoded({"h": "one", "r": key}) for key in ("a#1", "c", "nowhere")]
    answer = ranged.client.batch_get_item(RequestItems={ranged.name: {"Keys": keys, "ConsistentRead": True}})
    assert sorted(decoded(item)["r"] for item in answer["Responses"][ranged.name]) == ["a#1", "c"]
    assert answer["UnprocessedKeys"] == {}


def test_a_batch_names_a_key_once(ranged):
    """A key that stands twice in a BatchGetItem is refused."""
    keys = [encoded({"h": "one", "r": "c"})] * 2
    assert "duplicates" in invalid(lambda: ranged.client.batch_get_item(RequestItems={ranged.name: {"Keys": keys}}))


def test_a_batch_has_100_keys(ranged):
    """101 keys are refused."""
    keys = [encoded({"h": "one", "r": str(number)}) for number in range(101)]
    with pytest.raises(ClientError):
        ranged.client.batch_get_item(RequestItems={ranged.name: {"Keys": keys}})
