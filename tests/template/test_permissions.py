"""Least privilege: each role allows what its function does, on the resources its environment names, and nothing else."""

import ast

import pytest

FUNCTIONS = ("TelegramWebhook", "PlanfixWebhook", "OutboundSender")
POLLER = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What an event source mapping does in the function's name (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""

ACTION_OF_METHOD = {
    # A transaction and a batch are authorized by the actions in them (Amazon DynamoDB and SQS guides).
    "batch_get_item": "dynamodb:BatchGetItem",
    "batch_write_item": "dynamodb:BatchWriteItem",
    "change_message_visibility": "sqs:ChangeMessageVisibility",
    "change_message_visibility_batch": "sqs:ChangeMessageVisibility",
    "delete_item": "dynamodb:DeleteItem",
    "delete_message": "sqs:DeleteMessage",
    "delete_message_batch": "sqs:DeleteMessage",
    "delete_parameter": "ssm:DeleteParameter",
    "delete_parameters": "ssm:DeleteParameters",
    "get_item": "dynamodb:GetItem",
    "get_parameter": "ssm:GetParameter",
    "get_parameters": "ssm:GetParameters",
    "get_object": "s3:GetObject",
    "put_object": "s3:PutObject",
    "delete_object": "s3:DeleteObject",
    "get_parameters_by_path": "ssm:GetParametersByPath",
    "get_queue_attributes": "sqs:GetQueueAttributes",
    "put_item": "dynamodb:PutItem",
    "put_parameter": "ssm:PutParameter",
    "query": "dynamodb:Query",
    "receive_message": "sqs:ReceiveMessage",
    "scan": "dynamodb:Scan",
    "send_message": "sqs:SendMessage",  # Telegram's method has the same name: it is allowed either way
    "send_message_batch": "sqs:SendMessage",
    "start_message_move_task": "sqs:StartMessageMoveTask",
    "update_item": "dynamodb:UpdateItem",
}


def test_every_role_is_written_out(stack):
    """SAM's own roles carry managed policies that reach every queue and log group of the account."""
    for role in stack.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
    assert len(stack.of_type("AWS::IAM::Role")) == len(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_wildcards(stack, function):
    """No action and no resource is `*`; settings and files end in one, because which there will be is not known here."""
    for statement in stack.statements(function):
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        for resource in statement["Resource"]:
            [(intrinsic, argument)] = resource.items()
            if intrinsic == "Fn::Sub":
                of_bucket = ("${FilesBucket.Arn}/files/*", "${FilesBucket.Arn}/words/*")
                assert argument in of_bucket or argument.endswith((":parameter/${Stack}", ":parameter/${Stack}/*"))
            else:
                assert (intrinsic, argument[1]) == ("Fn::GetAtt", "Arn")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_settings_are_only_read(stack, function):
    """One GetParameters call reads an integration, and which there are may be listed (docs/decisions/0019); the CLI alone writes."""
    actions = {action for one in stack.statements(function) for action in one["Action"] if action.startswith("ssm:")}
    assert actions == {"ssm:GetParameters", "ssm:GetParametersByPath"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_environment_and_role_agree(stack, function):
    """A function may use exactly the tables, queues and bucket that its environment names, and its own log."""
    own_log = stack.resource(stack.resources[function]["Properties"]["LoggingConfig"]["LogGroup"])
    named = {
        stack.resource(v) for k, v in stack.environment(function).items() if k.endswith(("_TABLE", "_URL", "_BUCKET"))
    }
    allowed = {
        stack.resource(resource)
        for statement in stack.statements(function)
        for resource in statement["Resource"]
        if "Fn::GetAtt" in resource
    } | {"FilesBucket" for statement in stack.statements(function) if "FilesBucket" in str(statement["Resource"])}
    assert allowed == named | {own_log}


def test_telegram_webhook_only_queues(stack):
    """It looks nothing up: settings and one queue."""
    assert stack.may("TelegramWebhook", "ToPlanfixQueue") == {"sqs:SendMessage"}


def test_planfix_webhook_reads_chats_and_queues(stack):
    """It finds the task's chat by one GetItem and writes nothing but its message."""
    assert stack.may("PlanfixWebhook", "ChatsTable") == {"dynamodb:GetItem"}
    assert stack.may("PlanfixWebhook", "ToTelegramQueue") == {"sqs:SendMessage"}


@pytest.mark.parametrize("function", ["PlanfixWebhook", "OutboundSender"])
def test_what_is_gone_from_the_bucket_can_be_told_from_what_is_refused(stack, function):
    """S3 says 404 only to whoever may list the bucket; 403 would be tried again and again."""
    assert "s3:ListBucket" in stack.may(function, "FilesBucket")


@pytest.mark.parametrize("queue", ["ToPlanfixQueue", "ToTelegramQueue"])
def test_sender_polls_and_defers(stack, queue):
    """What the mapping needs, and ChangeMessageVisibility; only to Telegram's queue it adds: timers and held answers."""
    adds = {"sqs:SendMessage"} if queue == "ToTelegramQueue" else set()
    assert stack.may("OutboundSender", queue) == POLLER | {"sqs:ChangeMessageVisibility"} | adds


@pytest.mark.parametrize("queue", ["ToPlanfixDlq", "ToTelegramDlq"])
def test_sender_only_adds_to_a_dlq(stack, queue):
    """It gives up with a reason; looking and redriving is the CLI's."""
    assert stack.may("OutboundSender", queue) == {"sqs:SendMessage"}


@pytest.mark.parametrize("table", ["ConnectionsTable", "ChatsTable", "LedgerTable"])
def test_sender_looks_up_by_key(stack, table):
    """No scan on any message path; only the connections of one integration are read together."""
    actions = stack.may("OutboundSender", table)
    assert "dynamodb:Scan" not in actions
    assert ("dynamodb:Query" in actions) == (table == "ConnectionsTable")
    assert ("dynamodb:DeleteItem" in actions) == (table != "ChatsTable")


def test_sender_may_what_the_bridge_calls(stack, root):
    """Every AWS call in the layer and in the functions is allowed to the sender, which makes them all."""
    used = {
        ACTION_OF_METHOD[node.attr]
        for folder in ("layers/common/bridge", "functions")
        for source in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ACTION_OF_METHOD
    }
    allowed = {action for statement in stack.statements("OutboundSender") for action in statement["Action"]}
    assert used <= allowed
