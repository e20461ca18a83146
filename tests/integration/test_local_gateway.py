import base64
import json

import pytest
from werkzeug.test import Client

from local.gateway import Gateway, Route
from local.journal import Journal

HEALTH = {"ready": True, "queues": {}}


@pytest.fixture
def seen():
    """The events that reached the handler."""
    return []


@pytest.fixture
def answer():
    """What the handler answers."""
    return {"statusCode": 200}


@pytest.fixture
def journal():
    """A journal of this test alone."""
    return Journal()


@pytest.fixture
def client(seen, answer, journal):
    """Calls a gateway with one route."""

    def handler(event):
        seen.append(event)
        return answer

    return Client(Gateway([Route("POST", "/telegram/{integration}", handler)], lambda: HEALTH, journal))


def test_json_is_delivered_as_text(client, seen):
    """A JSON body reaches the handler as it came, with the route's parameters."""
    assert client.post("/telegram/main", json={"text": "да"}).status_code == 200
    [event] = seen
    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /telegram/{integration}"
    assert event["rawPath"] == "/telegram/main"
    assert event["pathParameters"] == {"integration": "main"}
    assert event["isBase64Encoded"] is False
    assert json.loads(event["body"]) == {"text": "да"}


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/octet-stream", ""])
def test_other_bodies_are_delivered_in_base64(client, seen, content_type):
    """Forms and whatever has no text type reach the handler base64-encoded, as from API Gateway."""
    client.post("/telegram/main", data=b"task=17", content_type=content_type)
    [event] = seen
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"task=17"


def test_a_request_without_a_body_has_none(client, seen):
    """API Gateway leaves the body out when there is none."""
    client.post("/telegram/main")
    assert "body" not in seen[0]


def test_header_names_are_lower_case_and_repeated_ones_joined(client, seen):
    """Handlers find headers by lower-case name; a repeated header is one value with commas."""
    client.post("/telegram/main", headers=[("X-Bridge-Secret", "a"), ("X-Bridge-Secret", "b")])
    assert seen[0]["headers"]["x-bridge-secret"].split(",") in (["a", "b"], ["a", " b"])


def test_the_query_is_raw_and_parsed(client, seen):
    """The raw query and its parameters, repeated ones joined, are both there."""
    client.post("/telegram/main?a=1&a=2&b=%D0%B4")
    assert seen[0]["rawQueryString"] == "a=1&a=2&b=%D0%B4"
    assert seen[0]["queryStringParameters"] == {"a": "1,2", "b": "д"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/telegram/main"), ("POST", "/telegram"), ("POST", "/other")])
def test_what_has_no_route_is_not_found(client, seen, method, path):
    """An unknown path and an unknown method are 404, and no handler runs."""
    response = client.open(path, method=method)
    assert (response.status_code, response.json) == (404, {"message": "Not Found"})
    assert seen == []


def test_a_body_over_the_limit_is_refused(client, seen):
    """Over 10 MB an HTTP API answers 413 by itself."""
    assert client.post("/telegram/main", data=b"x" * (10 * 1024 * 1024 + 1)).status_code == 413
    assert seen == []


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 401, "body": "no"}, 401, b"no"),
        ({"statusCode": 200, "body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True}, 200, b"\xff"),
        ({"ok": True}, 200, b'{"ok": true}'),
    ],
)
def test_the_handlers_answer_becomes_http(client, answer, status, body):
    """Status and body of the answer are the response; an answer without a status is itself the body."""
    response = client.post("/telegram/main")
    assert (response.status_code, response.data) == (status, body)


def test_a_handler_that_raises_is_500(journal, caplog):
    """An exception becomes 500 with API Gateway's words, and none of its own."""

    def handler(event):
        raise RuntimeError("details")

    client = Client(Gateway([Route("POST", "/telegram/{integration}", handler)], lambda: HEALTH, journal))
    response = client.post("/telegram/main")
    assert (response.status_code, response.json) == (500, {"message": "Internal Server Error"})
    assert [step.facts["status"] for step in journal.after(0) if step.kind == "gateway.answered"] == [500]


def test_health_is_answered(client):
    """`GET /health` gives what the bridge knows of itself."""
    assert client.get("/health").json == HEALTH


def test_the_journal_names_the_update_and_the_task_but_no_text(client, journal):
    """The journal holds ids of what arrived, never its words."""
    client.post("/telegram/main", json={"update_id": 5, "message": {"chat": {"id": 7}, "text": "words"}})
    client.post("/telegram/main", data={"task": "17", "event": "comment"})
    received = [step.facts for step in journal.after(0) if step.kind == "gateway.received"]
    assert [(facts.get("update"), facts.get("client"), facts.get("task")) for facts in received] == [
        (5, 7, None),
        (None, None, "17"),
    ]
    assert "words" not in str(journal.after(0))
