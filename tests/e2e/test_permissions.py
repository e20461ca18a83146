"""Least privilege, as an IAM evaluator reads the template's policies: what the functions do not need is refused."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.e2e.cloud import STACK, client

pytestmark = pytest.mark.e2e

ROLES = ("TelegramWebhookRole", "PlanfixWebhookRole", "OutboundSenderRole")


@pytest.fixture
def holder(cloud):
    """Gives clients of a user who may what the template allows to a role (a role itself is assumed by Lambda alone)."""
    iam = client(cloud.endpoint, "iam")

    def clients(role):
        name = f"{role}-{uuid.uuid4().hex}"
        iam.create_user(UserName=name)
        for policy in iam.list_role_policies(RoleName=cloud.physical[role])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=cloud.physical[role], PolicyName=policy)["PolicyDocument"]
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return lambda service: client(cloud.endpoint, service, (made["AccessKeyId"], made["SecretAccessKey"]))

    return clients


@pytest.mark.parametrize("role", ROLES)
def test_no_function_may_more_than_it_needs(cloud, holder, role):
    """No scan, no writing of settings, nobody else's settings, no reading of dead letters, no making of queues or roles."""
    clients, outputs = holder(role), cloud.outputs
    _refused(clients("dynamodb").scan, TableName=outputs["LedgerTableName"])
    _refused(clients("ssm").put_parameter, Name=f"/{STACK}/main/settings", Value="{}", Type="String", Overwrite=True)
    _refused(clients("ssm").get_parameters_by_path, Path="/another-stack")
    _refused(clients("sqs").receive_message, QueueUrl=outputs["ToPlanfixDlqUrl"])
    _refused(clients("sqs").create_queue, QueueName="another")
    _refused(clients("iam").list_roles)


def test_the_telegram_webhook_only_queues(cloud, holder):
    """It may put updates on its queue, and knows neither the other queue nor the tables."""
    clients, outputs = holder("TelegramWebhookRole"), cloud.outputs
    message = {"MessageBody": "{}", "MessageGroupId": "x", "MessageDeduplicationId": "x"}
    _refused(clients("sqs").send_message, QueueUrl=outputs["ToTelegramQueueUrl"], **message)
    _refused(clients("sqs").receive_message, QueueUrl=outputs["ToPlanfixQueueUrl"])
    _refused(clients("dynamodb").get_item, TableName=outputs["ChatsTableName"], Key={"pk": {"S": "x"}})


def test_the_planfix_webhook_reads_chats_only(cloud, holder):
    """It may read the chats table by key, and write to none."""
    clients, outputs = holder("PlanfixWebhookRole"), cloud.outputs
    key = {"pk": {"S": "x"}}
    assert "Item" not in clients("dynamodb").get_item(TableName=outputs["ChatsTableName"], Key=key)
    _refused(clients("dynamodb").put_item, TableName=outputs["ChatsTableName"], Item=key)
    _refused(clients("dynamodb").get_item, TableName=outputs["LedgerTableName"], Key=key)


def test_who_gives_files_away_reads_no_words(cloud, holder):
    """The webhook reads files for Planfix and nothing else of the bucket; the sender reads words, and no file again."""
    bucket = cloud.physical["FilesBucket"]
    client(cloud.endpoint, "s3").put_object(Bucket=bucket, Key="words/x/1", Body=b"words")
    client(cloud.endpoint, "s3").put_object(Bucket=bucket, Key="files/1", Body=b"file")
    webhook, sender = holder("PlanfixWebhookRole")("s3"), holder("OutboundSenderRole")("s3")
    assert webhook.get_object(Bucket=bucket, Key="files/1")["Body"].read() == b"file"
    _refused(webhook.get_object, Bucket=bucket, Key="words/x/1")
    _refused(webhook.put_object, Bucket=bucket, Key="files/2", Body=b"")
    assert sender.get_object(Bucket=bucket, Key="words/x/1")["Body"].read() == b"words"
    _refused(sender.get_object, Bucket=bucket, Key="files/1")
    sender.delete_object(Bucket=bucket, Key="words/x/1")
    with pytest.raises(ClientError) as gone:
        sender.get_object(Bucket=bucket, Key="words/x/1")
    assert gone.value.response["Error"]["Code"] == "NoSuchKey"


def _refused(call, **arguments):
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    assert refusal.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
