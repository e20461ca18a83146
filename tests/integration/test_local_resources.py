import json
from pathlib import Path

import boto3
import httpx
import pytest

from bridge.aws.bucket import Bucket
from bridge.planfix_edge import FILES
from bridge.settings import parse_secrets, parse_settings
from local.bridge import TEMPLATE
from local.emulator import Emulator
from local.problem import LocalProblem
from local.resources import (
    PARAMETERS,
    connect,
    connection_environment,
    create_buckets,
    create_queues,
    create_tables,
    put_parameters,
)
from local.template import Template


@pytest.fixture(scope="module")
def clients():
    """Clients of an emulator."""
    with Emulator() as emulator:
        yield connect(emulator.url)


@pytest.fixture(scope="module")
def template(clients):
    """The project's template, its tables, queues and bucket created."""
    template = Template(TEMPLATE, PARAMETERS)
    create_tables(template, clients.dynamodb)
    create_queues(template, clients.sqs)
    create_buckets(template, clients.s3)
    return template


@pytest.fixture(scope="module")
def variables(template):
    """Every environment variable of the functions."""
    return {name: value for function in template.functions() for name, value in function.environment.items()}


def test_every_table_of_the_template_exists_with_its_keys(clients, variables):
    """The functions' table names lead to tables with the template's keys."""
    keys = {
        name: [
            key["AttributeName"]
            for key in clients.dynamodb.describe_table(TableName=variables[name])["Table"]["KeySchema"]
        ]
        for name in ("CONNECTIONS_TABLE", "CHATS_TABLE", "LEDGER_TABLE")
    }
    assert keys == {"CONNECTIONS_TABLE": ["integration", "item"], "CHATS_TABLE": ["pk"], "LEDGER_TABLE": ["pk"]}


@pytest.mark.parametrize("queue", ["TO_PLANFIX", "TO_TELEGRAM"])
def test_every_queue_has_the_templates_times_and_dead_letter_queue(clients, variables, queue):
    """Visibility outlasts the sender, and what SQS gives up lies in the queue's own DLQ."""
    attributes = clients.sqs.get_queue_attributes(QueueUrl=variables[f"{queue}_QUEUE_URL"], AttributeNames=["All"])
    dead = clients.sqs.get_queue_attributes(QueueUrl=variables[f"{queue}_DLQ_URL"], AttributeNames=["QueueArn"])
    assert attributes["Attributes"]["VisibilityTimeout"] == "720"
    assert attributes["Attributes"]["FifoQueue"] == "true"
    redrive = json.loads(attributes["Attributes"]["RedrivePolicy"])
    assert redrive == {"deadLetterTargetArn": dead["Attributes"]["QueueArn"], "maxReceiveCount": 1000}


def test_the_bucket_exists_under_the_name_that_the_functions_have(clients, variables):
    """What is put under FILES_BUCKET lies there."""
    clients.s3.put_object(Bucket=variables["FILES_BUCKET"], Key="files/1", Body=b"bytes")
    assert clients.s3.get_object(Bucket=variables["FILES_BUCKET"], Key="files/1")["Body"].read() == b"bytes"


def test_a_link_to_a_large_file_opens(clients, variables, monkeypatch):
    """Whoever has the link that the door of files answers with gets the file under its name."""
    for name, value in connection_environment(clients.s3.meta.endpoint_url).items():
        monkeypatch.setenv(name, value)
    bucket = Bucket(lambda: boto3.client("s3", config=FILES), variables["FILES_BUCKET"])
    bucket.put("files/2", b"bytes", mime="image/png", name="чек.png")
    got = httpx.get(bucket.link("files/2"), trust_env=False)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, b"bytes", "image/png")
    assert got.headers["content-disposition"].endswith("%D1%87%D0%B5%D0%BA.png")


def test_the_template_says_who_answers_what(template):
    """Routes and event source mappings come from the functions' events."""
    functions = {function.module: function for function in template.functions()}
    assert functions["functions.telegram_webhook.app"].routes == (("POST", "/telegram/{integration}"),)
    assert functions["functions.planfix_webhook.app"].routes == (
        ("POST", "/planfix/{integration}/comment"),
        ("POST", "/planfix/{integration}/chat"),
        ("GET", "/files/{integration}/{signed}"),
    )
    assert [
        (mapping.queue_arn.rpartition(":")[2], mapping.batch_size, mapping.maximum_concurrency)
        for mapping in functions["functions.outbound_sender.app"].mappings
    ] == [("local-to-planfix.fifo", 10, 3), ("local-to-telegram.fifo", 1, 3)]


def test_settings_and_secrets_lie_where_the_functions_read_them(clients):
    """An integration is two parameters under the stack's name, the secrets encrypted."""
    settings = {"planfix": {"account_url": "https://example.planfix.ru"}}
    secrets = {
        "bot_token": f"1:{'a' * 30}",
        "webhook_secrets": ["w" * 16],
        "planfix_secrets": ["p" * 16],
        "planfix_token": "t" * 8,
    }
    put_parameters(clients.ssm, {"main": (parse_settings(settings), parse_secrets(secrets))})
    names = ["/local/main/settings", "/local/main/secrets"]
    found = {one["Name"]: one for one in clients.ssm.get_parameters(Names=names, WithDecryption=True)["Parameters"]}
    assert json.loads(found[names[0]]["Value"]) == settings
    assert json.loads(found[names[1]]["Value"]) == secrets
    assert found[names[1]]["Type"] == "SecureString"


def test_an_unknown_reference_is_named(tmp_path):
    """What cannot be resolved is said by its name, not guessed."""
    path = tmp_path / "template.yaml"
    path.write_text("Resources: {}")
    template = Template(path, PARAMETERS)
    with pytest.raises(LocalProblem, match="!Ref Nothing"):
        template.resolve({"Ref": "Nothing"})
    with pytest.raises(LocalProblem, match=r"!GetAtt No\.Arn"):
        template.resolve({"Fn::Sub": "a-${No.Arn}"})


def test_a_missing_template_is_a_sentence(tmp_path):
    """Without the project's template the program says where it must be run."""
    with pytest.raises(LocalProblem, match="checkout"):
        Template(Path(tmp_path, "template.yaml"), PARAMETERS)
