"""The tables: keys, what outlives what, what idle costs."""

TABLE = "AWS::DynamoDB::Table"


def test_keys(stack):
    """The keys that the code looks up by."""
    keys = {
        name: {one["AttributeName"]: one["KeyType"] for one in table["KeySchema"]}
        for name, table in stack.of_type(TABLE).items()
    }
    assert keys == {
        "ConnectionsTable": {"integration": "HASH", "item": "RANGE"},
        "ChatsTable": {"pk": "HASH"},
        "LedgerTable": {"pk": "HASH"},
    }
    for table in stack.of_type(TABLE).values():
        assert {one["AttributeType"] for one in table["AttributeDefinitions"]} == {"S"}


def test_rows_expire_and_can_be_restored(stack):
    """TTL by expires_at and point-in-time recovery on each."""
    for table in stack.of_type(TABLE).values():
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_idle_costs_nothing(stack):
    """On-demand: no capacity is paid for while nobody writes."""
    assert {table["BillingMode"] for table in stack.of_type(TABLE).values()} == {"PAY_PER_REQUEST"}


def test_tables_outlive_the_stack(stack):
    """Which client belongs to which task, and what was already done, is not lost by a wrong click."""
    for name in stack.of_type(TABLE):
        assert stack.resources[name]["DeletionPolicy"] == "Retain"
        assert stack.resources[name]["UpdateReplacePolicy"] == "Retain"
