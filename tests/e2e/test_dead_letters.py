"""A message that is given up lies in the DLQ with its reason, its chat goes on, and a redrive carries it after all."""

import json
import time

import pytest

from tests.e2e.world import eventually

pytestmark = pytest.mark.e2e

HOUR = 3600
DAY = 86_400


def test_a_message_is_given_up_and_redriven(world, cloud):
    """Planfix refuses a comment twice, the second time within five minutes: twice in the DLQ, then it arrives."""
    client = world.new_client()
    world.writes(client, "Раз")
    eventually(lambda: world.said(client), "the first message is in Planfix")
    _refuse_next_comment(world, client)
    world.writes(client, "Два")
    world.writes(client, "Три")
    [letter] = eventually(lambda: cloud.letters("to-planfix"), "the letter is in the DLQ")
    assert letter["dead"]["reason"] == "planfix_access_denied"
    assert letter["update"]["message"]["text"] == "Два"
    eventually(lambda: world.said(client) == ["Раз", "Три"], "the chat goes on")
    assert len(world.notices(client)) == 1
    _refuse_next_comment(world, client)
    _redrive(cloud)
    [again] = eventually(lambda: cloud.letters("to-planfix"), "the letter is in the DLQ again")
    assert again["first_received_at"] == letter["received_at"]
    _redrive(cloud)
    eventually(lambda: len(world.said(client)) > 2, "the message is in Planfix")
    assert world.said(client)[2].endswith("Два")
    assert len(world.notices(client)) == 1
    assert cloud.letters("to-planfix") == []


def test_an_answer_is_given_up_and_redriven(world, cloud):
    """An answer that failed for hours lies in the DLQ and its author is told; redriven it reaches the client, once."""
    client = world.new_client()
    world.writes(client, "Вопрос")
    eventually(lambda: world.said(client), "the message is in Planfix")
    world.settle()
    with world.scenario_held():
        came = time.time() - 2 * HOUR
        comment = world.answers(client, "<p>Ответ</p>", at=came)
        world.telegram.fail_next("sendMessage", status=502)
        call = {
            "kind": "task",
            "integration": "main",
            "host": world.host,
            "task": world.task(client),
            "received_at": came,
        }
        cloud.put("to-telegram", call, group=f"main:{client}", deduplication_id=f"old:{client}")
        [letter] = eventually(lambda: cloud.letters("to-telegram"), "the letter is in the DLQ")
        assert (letter["kind"], letter["comment"], letter["group"]) == ("answer", comment, f"main:{client}")
        assert letter["dead"]["reason"] == "service_down"
        eventually(lambda: world.notices(client), "the author is told")
        _redrive(cloud)
        eventually(lambda: world.phone(client), "the answer is on the phone")
    world.settle()
    assert world.phone(client) == ["Ответ"]
    assert len(world.notices(client)) == 1
    assert cloud.letters("to-telegram") == []


def _refuse_next_comment(world, client):
    """The token's user may not comment there: code 6."""
    path = f"/task/{world.task(client)}/comments/"
    world.planfix.fail_next("POST", path, status=400, code=6, error="Access denied")


def _redrive(cloud):
    """Put back the one letter that lies there, as the admin does."""
    [letter] = json.loads(cloud.command("dead", "list", "--json"))["letters"]
    done = json.loads(cloud.command("dead", "redrive", letter["id"], "--yes", "--json"))
    assert done == {"put_back": [letter["id"]], "left": []}
