"""`planfix-telegram dead` over the whole bridge in memory: what was given up is seen, carried again, deleted."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.model import Chat
from planfix_telegram.main import run
from planfix_telegram.outside import Outside
from tests.cli_world import Ended, Keyboard
from tests.doubles.fifo import Message
from tests.world import CLIENT, OWNER, SECOND_CLIENT, World

HOUR = 3600.0
GROUP = f"main:{CLIENT}"
CHAT = Chat("main", str(OWNER), CLIENT)
TO_PLANFIX, TO_TELEGRAM = "to-planfix.fifo", "to-telegram.fifo"


class Dead:
    """The command over a bridge; ``run`` is a call of it."""

    def __init__(self, bridge: World, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.bridge = bridge
        self.keyboard = Keyboard()
        self.outputs = {
            "ToPlanfixQueueUrl": bridge.urls[TO_PLANFIX],
            "ToPlanfixDlqUrl": self.dead_url(TO_PLANFIX),
            "ToTelegramQueueUrl": bridge.urls[TO_TELEGRAM],
            "ToTelegramDlqUrl": self.dead_url(TO_TELEGRAM),
            "ChatsTableName": "chats",
        }

    def run(self, *arguments: str, answers: list[tuple[str, str]] | None = None, stack: str = "test") -> Ended:
        self.keyboard.answers = list(answers or [])
        outside = Outside(
            terminal=self.keyboard,
            aws=lambda **_: SimpleNamespace(client=self._client),
            clock=self.bridge.clock,
            sleep=self.bridge.clock.sleep,
            unix_time=self.bridge.clock,
        )
        with pytest.raises(SystemExit) as end:
            run(["--stack", stack, "dead", *arguments], outside)
        said = self._capture.readouterr()
        return Ended(int(end.value.code or 0), said.out, said.err)

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run("list", "--json", *arguments).json["letters"]
        return found

    def dead_url(self, queue: str) -> str:
        return self.bridge.urls[queue.replace(".fifo", "-dead.fifo")]

    def messages(self, queue: str) -> list[Message]:
        """What lies in a queue, or in its dead-letter queue (``dead to-planfix.fifo``)."""
        name = queue.removeprefix("dead ")
        return self.bridge.sqs.messages(self.dead_url(name) if name != queue else self.bridge.urls[queue])

    def bodies(self, queue: str) -> list[Any]:
        return [json.loads(message.body) for message in self.messages(queue)]

    def bury(self, queue: str, reason: str = "service_down", **body: Any) -> str:
        """A letter as the sender buries it; returns its id."""
        letter = {"integration": "main", "received_at": self.bridge.clock(), "group": GROUP, **body}
        self.bridge.runtime.bury(queue, {name: value for name, value in letter.items() if value is not None}, reason)
        return self.messages(f"dead {queue}")[-1].message_id

    def bury_answer(self, comment: int, **body: Any) -> str:
        host = next(iter(self.bridge.planfixes))
        return self.bury(TO_TELEGRAM, kind="answer", host=host, task=45, comment=comment, **body)

    def bury_message(self, number: int, client: int = CLIENT, **body: Any) -> str:
        message = {"message_id": number, "chat": {"id": client}, "text": f"words of {number}"}
        update = {"update_id": 900 + number, "business_message": message}
        return self.bury(TO_PLANFIX, kind="update", update=update, **{"group": f"main:{client}", **body})

    def move_by_sqs(self, queue: str, body: str, group: str = GROUP) -> str:
        """What SQS itself moved: the message as it was, in the group that it was in."""
        count = len(self.messages(f"dead {queue}"))
        sent = self.bridge.sqs.send_message(
            QueueUrl=self.dead_url(queue), MessageBody=body, MessageGroupId=group, MessageDeduplicationId=f"m{count}"
        )
        return str(sent["MessageId"])

    def answered(self, comment: int) -> None:
        """The chat of task 45, in which this comment was the last to reach the client."""
        host = next(iter(self.bridge.planfixes))
        self.bridge.runtime.chats.bind_task(CHAT, host, 45, client_is_assigner=True)
        self.bridge.runtime.chats.sent(CHAT, comment, message_id=1)

    def _client(self, service: str, **_: Any) -> Any:
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        stacks = {"Stacks": [{"Outputs": outputs}]}
        return {
            "sqs": self.bridge.sqs,
            "dynamodb": self.bridge.dynamodb,
            "cloudformation": SimpleNamespace(describe_stacks=lambda **_: stacks),
        }[service]


@pytest.fixture
def dead(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Dead:
    """A bridge of which nothing has died yet."""
    monkeypatch.setenv("LC_ALL", "C")
    return Dead(world, capsys)


# -- list


def test_an_empty_list_is_a_sentence(dead):
    """Not an empty table."""
    ended = dead.run("list")
    assert (ended.exit_code, ended.out, ended.err) == (0, "There are no dead letters.\n", "")


def test_the_list_says_what_where_and_why(dead):
    """Numbers, times and a sentence: enough to find the message in Telegram or Planfix."""
    dead.bury_message(7)
    dead.bridge.clock.now += 60
    dead.bury_answer(123, reason="bot_token_revoked")
    message, answer = dead.listed()
    assert answer == {
        "id": answer["id"],
        "queue": "to-telegram-dead.fifo",
        "first_came": "2025-11-22 08:27 UTC",
        "given_up": "2025-11-22 08:27 UTC",
        "integration": "main",
        "group": GROUP,
        "kind": "answer",
        "reason": "bot_token_revoked",
        "why": answer["why"],
        "task": 45,
        "comment": 123,
        "update_id": None,
        "message_id": None,
        "bytes": len(dead.messages("dead to-telegram.fifo")[0].body),
    }
    assert "token" in answer["why"]
    assert (message["kind"], message["update_id"], message["message_id"]) == ("message", 907, 7)
    shown = dead.run("list")
    for words in ("client's message", "message 7", "task 45, comment 123", str(CLIENT), "08:26 UTC", answer["why"]):
        assert words in shown.out
    assert "dead redrive" in shown.err


def test_the_list_never_shows_words(dead):
    """Neither of a client nor of what cannot be read."""
    dead.bury_message(7)
    dead.bury(TO_PLANFIX, "bridge_fault", body="words {", integration=None, received_at=None)
    dead.move_by_sqs(TO_TELEGRAM, "words [")
    for ended in (dead.run("list"), dead.run("list", "--json"), dead.run("redrive", "--all", "--yes")):
        assert "words" not in ended.said


def test_one_letter_is_shown_with_its_words_only_when_they_are_asked_for(dead):
    """Whoever stands behind the admin must not read a client's message by accident."""
    letter, answer = dead.bury_message(7), dead.bury_answer(123)
    assert "words of 7" not in dead.run("show", letter).said + dead.run("show", letter, "--json").said
    assert "words of 7" in dead.run("show", letter, "--show-text").out
    assert dead.run("show", letter, "--show-text", "--json").json["words"] == "words of 7"
    assert "stay in Planfix" in dead.run("show", answer, "--show-text").out
    assert len(dead.listed()) == 2


def test_reading_takes_nothing_out(dead):
    """After the list everything is there and can be received at once, however many pages it took."""
    for number in range(25):
        dead.bury_message(number)
    assert len(dead.listed()) == 25
    assert [message.in_flight(dead.bridge.clock()) for message in dead.messages("dead to-planfix.fifo")] == [False] * 25
    assert len(dead.listed()) == 25


def test_a_list_that_is_killed_hides_nothing_for_long(dead, monkeypatch):
    """Whatever could not be made visible again is so after a minute."""
    dead.bury_message(1)
    monkeypatch.setattr("planfix_telegram.dead_letters.DeadLetterQueue.release", lambda _: None)
    dead.run("list")
    monkeypatch.undo()
    ended = dead.run("list")
    assert "no dead letters" in ended.out
    assert "About 1 more may lie there" in ended.err
    dead.bridge.clock.now += 61
    assert len(dead.listed()) == 1


def test_what_stands_behind_others_of_its_chat_is_counted(dead):
    """SQS hands out ten of a group, and no more while those are looked at."""
    for number in range(12):
        dead.move_by_sqs(TO_PLANFIX, json.dumps({"kind": "update", "update": {"update_id": number}}))
    ended = dead.run("list", "--json")
    assert (len(ended.json["letters"]), ended.json["missed"]) == (10, 2)


def test_a_list_is_no_longer_than_somebody_reads(dead, monkeypatch):
    """The rest is counted."""
    monkeypatch.setattr("planfix_telegram.opened_letters.LISTED", 20)
    for number in range(25):
        dead.bury_message(number)
    ended = dead.run("list", "--json")
    assert (len(ended.json["letters"]), ended.json["missed"]) == (20, 5)


def test_what_sqs_moved_is_shown_too(dead):
    """It has no reason of ours: it was received too often."""
    body = {"kind": "task", "integration": "main", "host": "acme.planfix.ru", "task": 45, "received_at": 1_763_000_000}
    dead.move_by_sqs(TO_TELEGRAM, json.dumps(body))
    dead.move_by_sqs(TO_PLANFIX, "[" * 100_000, group="main:other")
    (call, strange) = dead.listed()
    assert (call["kind"], call["task"], call["group"], call["given_up"]) == ("task", 45, GROUP, None)
    assert (call["first_came"], call["reason"]) == ("2025-11-13 02:13 UTC", "received_too_often")
    assert (strange["kind"], strange["group"], strange["bytes"]) == ("unreadable", "main:other", 100_000)
    assert "received too often" in dead.run("list").out


def test_the_list_speaks_russian(dead, monkeypatch):
    """The reason too, which is the bridge's own sentence."""
    dead.bury_answer(5, reason="window_closed")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert re.search("ответ.*комментарий 5.*Клиент не писал больше 24 часов", dead.run("list").out)


def test_the_list_of_one_integration(dead):
    """Others' letters are not shown."""
    dead.bury_answer(5)
    dead.bury_answer(6, integration="shop", group="shop:1")
    assert [one["comment"] for one in dead.listed("-i", "shop")] == [6]


def test_a_reason_of_a_newer_bridge_is_shown_as_it_is(dead):
    """And a kind of letter that this one does not know."""
    dead.bury(TO_TELEGRAM, "sky_fell", kind="hologram")
    assert [(one["kind"], one["why"]) for one in dead.listed()] == [("hologram", "sky_fell")]


# -- redrive


def test_redrive_puts_back_in_the_order_of_arrival(dead):
    """By when the bridge first got it, each on its own queue and in its own group, as if it came now."""
    now = dead.bridge.clock()
    second = dead.bury_answer(2, received_at=now - 50)
    first = dead.bury_answer(1, received_at=now - 100, told_to_wait=900.0)
    third = dead.bury_message(3, SECOND_CLIENT, received_at=now - 10)
    ended = dead.run("redrive", "--all", "--json")
    assert (ended.exit_code, ended.json) == (0, {"put_back": [first, second, third], "left": []})
    one, two = dead.bodies(TO_TELEGRAM)
    assert (one["comment"], two["comment"]) == (1, 2)
    assert (one["received_at"], one["first_received_at"]) == (pytest.approx(now, abs=1), now - 100)
    assert one.keys() & {"dead", "told_to_wait"} == set()
    assert [message.group for message in dead.messages(TO_TELEGRAM)] == [GROUP, GROUP]
    (message,) = dead.messages(TO_PLANFIX)
    assert message.group == f"main:{SECOND_CLIENT}"
    assert json.loads(message.body)["update"]["business_message"]["text"] == "words of 3"
    assert dead.bodies("dead to-planfix.fifo") + dead.bodies("dead to-telegram.fifo") == []


def test_answers_found_by_one_call_keep_their_order(dead):
    """They have one time of arrival, and may have been buried in any order."""
    at = dead.bridge.clock() - 5
    for comment in (12, 11):
        dead.bury_answer(comment, received_at=at)
    dead.run("redrive", "--all")
    assert [body["comment"] for body in dead.bodies(TO_TELEGRAM)] == [11, 12]


def test_the_first_time_is_kept_over_several_redrives(dead):
    """What fails again is still the oldest."""
    began = dead.bridge.clock()
    dead.bury_answer(1, received_at=began)
    for _ in range(2):
        dead.bridge.clock.now += 100
        dead.run("redrive", "--all")
        (body,) = dead.bodies(TO_TELEGRAM)
        receipt = dead.bridge.sqs.receive_message(QueueUrl=dead.bridge.urls[TO_TELEGRAM])["Messages"][0]
        dead.bridge.sqs.delete_message(QueueUrl=dead.bridge.urls[TO_TELEGRAM], ReceiptHandle=receipt["ReceiptHandle"])
        dead.bridge.runtime.bury(TO_TELEGRAM, body, "service_down")
    assert (body["received_at"], body["first_received_at"]) == (pytest.approx(began + 200, abs=1), began)


@pytest.mark.only_on("rest")
def test_failing_again_within_five_minutes_loses_nothing(dead):
    """SQS forgets no deduplication id for five minutes, so each way there and back has a fresh one."""
    bridge = dead.bridge
    bridge.planfix.fail_next("POST", "/task/", status=400, code=1001, error="no", times=1000)
    bridge.client_writes("Здравствуйте!")
    bridge.settle()
    assert len(dead.bodies("dead to-planfix.fifo")) == 1
    began = bridge.clock()
    for _ in range(3):
        assert len(dead.run("redrive", "--all", "--json").json["put_back"]) == 1
        while bridge.run_sender(TO_PLANFIX):
            pass
        assert (len(dead.bodies(TO_PLANFIX)), len(dead.bodies("dead to-planfix.fifo"))) == (0, 1)
    assert bridge.clock() - began < 300


@pytest.mark.only_on("rest")
def test_a_redriven_message_arrives(dead):
    """The client's words come into Planfix when Planfix takes them again, once."""
    bridge = dead.bridge
    bridge.planfix.fail_next(
        "POST", "/task/", status=400, code=1001, error="no", times=2
    )  # once with its assignees, once without
    bridge.client_writes("Здравствуйте!")
    bridge.settle()
    assert (len(dead.bodies("dead to-planfix.fifo")), bridge.planfix.tasks()) == (1, [])
    assert dead.run("redrive", "--all").exit_code == 0
    bridge.settle()
    assert sum("Здравствуйте!" in comment.description for comment in bridge.comments()) == 1


def test_a_redriven_answer_reaches_the_client(dead):
    """After a day without Telegram it was given up; its budget begins anew."""
    bridge = dead.bridge
    bridge.update_settings(give_up_answers_after=24)
    bridge.client_writes("Здравствуйте!")
    bridge.settle()
    bridge.telegram.fail_next(status=502, description="Bad Gateway", times=10_000)
    bridge.employee_answers("один")
    bridge.settle(for_seconds=26 * HOUR)
    assert (bridge.phone(), len(dead.bodies("dead to-telegram.fifo"))) == ([], 1)
    bridge.telegram.world.faults.waiting.clear()  # Telegram is back
    bridge.client_writes("Вы тут?")  # within the last day, or Telegram would refuse the answer
    assert dead.run("redrive", "--all").exit_code == 0
    (body,) = dead.bodies(TO_TELEGRAM)
    assert body["received_at"] - body["first_received_at"] > 24 * HOUR
    bridge.settle()
    assert bridge.phone() == ["один"]


def test_an_old_connection_event_does_not_win_over_a_newer_one(dead):
    """Connections are ordered by the time of receipt, so a redriven one keeps its own."""
    bridge, then = dead.bridge, dead.bridge.clock() - 7200
    bridge.settle()
    assert bridge.runtime.connections.newest("main", OWNER).is_enabled
    connection = {"id": "old", "user": {"id": OWNER}, "user_chat_id": OWNER, "is_enabled": False, "rights": {}}
    update = {"update_id": 1, "business_connection": connection}
    dead.bury(TO_PLANFIX, kind="update", update=update, received_at=then, group=f"main:owner:{OWNER}")
    dead.run("redrive", "--all")
    bridge.settle()
    assert dead.bodies("dead to-planfix.fifo") == []
    assert bridge.runtime.connections.newest("main", OWNER).is_enabled


def test_what_sqs_moved_goes_back_to_its_group(dead):
    """It carries no group in its body; SQS tells it."""
    dead.move_by_sqs(TO_PLANFIX, json.dumps({"kind": "update", "integration": "main", "update": {}, "received_at": 5}))
    dead.move_by_sqs(TO_TELEGRAM, "no JSON")
    assert len(dead.run("redrive", "--all", "--json").json["put_back"]) == 2
    (update,), (strange,) = dead.messages(TO_PLANFIX), dead.messages(TO_TELEGRAM)
    assert (update.group, strange.group, strange.body) == (GROUP, GROUP, "no JSON")
    body = json.loads(update.body)
    assert (body["received_at"], body["first_received_at"]) == (pytest.approx(dead.bridge.clock(), abs=1), 5)


def test_what_no_journey_knew_goes_back_as_it_was(dead):
    """A newer bridge may know it; without a note of its chat it stays, with a sentence."""
    inner = {"kind": "hologram", "integration": "main", "received_at": 5}
    dead.bury(TO_TELEGRAM, "bridge_fault", body=json.dumps(inner), integration=None, received_at=None)
    lost = dead.bury(TO_TELEGRAM, "bridge_fault", body="{", integration=None, received_at=None, group=None)
    ended = dead.run("redrive", "--all", "--json")
    assert (ended.exit_code, ended.json["left"]) == (1, [lost])
    assert lost in ended.err
    (body,) = dead.bodies(TO_TELEGRAM)
    assert body == {**inner, "received_at": pytest.approx(dead.bridge.clock(), abs=1), "first_received_at": 5}


def test_an_overtaken_answer_asks_first(dead):
    """Each by itself; what is declined stays, the others go."""
    dead.answered(50)
    stays, goes, newer = (dead.bury_answer(comment) for comment in (30, 40, 60))
    answers = [("Answer 30 in task 45", "n"), ("Answer 40 in task 45", "y")]
    ended = dead.run("redrive", "--all", "--json", answers=answers)
    assert ended.json == {"put_back": [goes, newer], "left": [stays]}
    assert "after later answers" in dead.keyboard.asked[0]
    assert [one["comment"] for one in dead.listed()] == [30]


def test_enter_does_not_send_an_overtaken_answer(dead):
    """The client cannot unread it."""
    dead.answered(50)
    dead.bury_answer(30)
    ended = dead.run("redrive", "--all", answers=[("Answer 30", "")])
    assert ended.exit_code == 0
    assert "Left where they are: 1" in ended.out
    assert dead.bodies(TO_TELEGRAM) == []


def test_without_a_terminal_nothing_overtaken_goes(dead):
    """Nor anything else of this call: whoever reads the exit code must not find half of it done."""
    dead.answered(50)
    dead.bury_answer(30)
    dead.bury_answer(60)
    ended = dead.run("redrive", "--all")
    assert ended.exit_code == 2
    assert "--yes" in ended.err
    assert dead.bodies(TO_TELEGRAM) == []
    assert len(dead.run("redrive", "--all", "--yes", "--json").json["put_back"]) == 2


def test_redrive_takes_what_is_named(dead):
    """By the ids that the list shows."""
    dead.bury_answer(1)
    second = dead.bury_answer(2)
    shown = dead.run("list").out.splitlines()[-1].split()[0]
    assert second.startswith(shown)
    assert dead.run("redrive", shown, second).exit_code == 0
    assert [one["comment"] for one in dead.bodies(TO_TELEGRAM)] == [2]
    assert [one["comment"] for one in dead.listed()] == [1]


def test_redrive_of_one_integration(dead):
    """The other's token may still be refused."""
    dead.bury_answer(5)
    dead.bury_answer(6, integration="shop", group="shop:1")
    dead.run("redrive", "--all", "-i", "shop")
    assert [one["comment"] for one in dead.bodies(TO_TELEGRAM)] == [6]


@pytest.mark.parametrize("arguments", [[], ["00000000", "--all"], ["00000000", "-i", "main"]])
def test_redrive_wants_ids_or_all(dead, arguments):
    """Not neither and not both."""
    ended = dead.run("redrive", *arguments)
    assert ended.exit_code == 2
    assert "--all" in ended.err


@pytest.mark.parametrize(
    ("id_", "words"), [("0000", "Several ids"), ("ffff", "No dead letter"), ("", "No dead letter")]
)
def test_an_id_must_name_one_letter(dead, id_, words):
    """Too short, unknown or empty (a variable that was not set): nothing happens."""
    for comment in (1, 2):
        dead.bury_answer(comment)
    for command in ("redrive", "drop"):
        ended = dead.run(command, id_, "--yes")
        assert ended.exit_code == 2
        assert words in ended.err
    assert len(dead.listed()) == 2


def test_nothing_to_put_back_is_a_sentence(dead):
    """With JSON an empty list."""
    assert dead.run("redrive", "--all").out == "There are no dead letters.\n"
    assert dead.run("redrive", "--all", "--json").json == {"put_back": [], "left": []}


def test_a_letter_that_cannot_be_sent_stays(dead, monkeypatch):
    """It is deleted only after the send; what went before it is told, and what follows stays in order behind it."""
    first, second, third = (dead.bury_answer(comment) for comment in (1, 2, 3))
    send = dead.bridge.sqs.send_message

    def refuse_the_second(**request: Any) -> Any:
        if '"comment":2' in request["MessageBody"]:
            raise KeyboardInterrupt
        return send(**request)

    monkeypatch.setattr(dead.bridge.sqs, "send_message", refuse_the_second)
    ended = dead.run("redrive", "--all", "--json")
    assert (ended.exit_code, ended.json) == (130, {"put_back": [first], "left": [second, third]})
    assert [one["id"] for one in dead.listed()] == [second, third]


def test_a_crash_between_send_and_delete_loses_and_doubles_nothing(dead, monkeypatch):
    """The letter is in both queues; the next run only deletes it."""
    dead.bury_answer(1)

    def crash(**_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(dead.bridge.sqs, "delete_message", crash)
    assert dead.run("redrive", "--all").exit_code == 130
    assert (len(dead.bodies(TO_TELEGRAM)), len(dead.listed())) == (1, 1)
    monkeypatch.undo()
    monkeypatch.setenv("LC_ALL", "C")
    assert dead.run("redrive", "--all").exit_code == 0
    assert (len(dead.bodies(TO_TELEGRAM)), len(dead.listed())) == (1, 0)


def test_letters_that_came_back_meanwhile_are_left(dead):
    """A person who answers after lunch finds them visible to others again: nothing is sent that cannot be deleted."""
    dead.answered(50)
    dead.bury_answer(30)

    def lunch(*_: Any, **__: Any) -> str:
        dead.bridge.clock.now += 3600
        return "y"

    dead.keyboard.ask = lunch
    ended = dead.run("redrive", "--all", answers=[("", "")])
    assert ended.exit_code == 1
    assert "took too long" in ended.err
    assert (dead.bodies(TO_TELEGRAM), len(dead.listed())) == ([], 1)


# -- however many there are


def bury_many(dead: Dead, count: int) -> None:
    """Messages of two clients, given up in another order than they came in: the newest first."""
    now = dead.bridge.clock()
    for number in range(count, 0, -1):
        client = CLIENT if number % 3 else SECOND_CLIENT
        dead.bury_message(number, client, received_at=now - 10_000 + number)


def came_back(dead: Dead) -> dict[str, list[int]]:
    """The messages that were put back, by client, in the order in which they lie there."""
    found: dict[str, list[int]] = {}
    for message in dead.messages(TO_PLANFIX):
        found.setdefault(message.group, []).append(json.loads(message.body)["update"]["business_message"]["message_id"])
    return found


def in_order(count: int) -> dict[str, list[int]]:
    """So many messages by client, as they first came."""
    numbers = range(1, count + 1)
    return {
        GROUP: [number for number in numbers if number % 3],
        f"main:{SECOND_CLIENT}": [number for number in numbers if not number % 3],
    }


def test_redrive_keeps_each_clients_order_over_any_number(dead):
    """The first to have come lies at the end of the queue, behind more than a thousand others."""
    bury_many(dead, 1300)
    ended = dead.run("redrive", "--all", "--json")
    assert (ended.exit_code, len(ended.json["put_back"]), ended.json["left"]) == (0, 1300, [])
    assert came_back(dead) == in_order(1300)
    assert dead.messages("dead to-planfix.fifo") == []


def test_interrupted_redrive_goes_on_where_it_was(dead, monkeypatch):
    """Nothing is lost or doubled, and the order holds over both runs."""
    bury_many(dead, 120)
    send, sent = dead.bridge.sqs.send_message, []

    def stop_after_fifty(**request: Any) -> Any:
        if len(sent) == 50:
            raise KeyboardInterrupt
        sent.append(request)
        return send(**request)

    monkeypatch.setattr(dead.bridge.sqs, "send_message", stop_after_fifty)
    ended = dead.run("redrive", "--all", "--json")
    assert (ended.exit_code, len(ended.json["put_back"]), len(ended.json["left"])) == (130, 50, 70)
    monkeypatch.undo()
    monkeypatch.setenv("LC_ALL", "C")
    assert len(dead.run("redrive", "--all", "--json").json["put_back"]) == 70
    assert came_back(dead) == in_order(120)


def moved(number: int, at: float) -> str:
    """A message as it lay in its queue."""
    update = {"update_id": number, "business_message": {"message_id": number, "chat": {"id": CLIENT}}}
    return json.dumps({"kind": "update", "integration": "main", "received_at": at, "update": update})


def test_what_stands_behind_others_of_its_chat_comes_in_its_turn(dead):
    """SQS shows ten of a group at a time: those behind them go back before what came later, in the same run."""
    now = dead.bridge.clock()
    dead.bury_message(99, received_at=now - 10)
    for number in range(1, 26):
        dead.move_by_sqs(TO_PLANFIX, moved(number, now - 100 + number))
    dead.bury_message(12, received_at=now - 100 + 12.5)
    ended = dead.run("redrive", "--all", "--json")
    assert (len(ended.json["put_back"]), ended.json["left"]) == (27, [])
    assert came_back(dead) == {GROUP: [*range(1, 13), 12, *range(13, 26), 99]}


def test_what_fails_again_meanwhile_is_left_for_the_next_run(dead, monkeypatch):
    """Else a run would never end."""
    now = dead.bridge.clock()
    for number in range(1, 13):
        dead.move_by_sqs(TO_PLANFIX, moved(number, now - 100 + number))
    dead.bury_message(99, received_at=now - 10)
    send = dead.bridge.sqs.send_message

    def fails_again(**request: Any) -> Any:
        answer = send(**request)
        if request["QueueUrl"] == dead.bridge.urls[TO_PLANFIX]:
            dead.bury(TO_PLANFIX, **json.loads(request["MessageBody"]))
        return answer

    monkeypatch.setattr(dead.bridge.sqs, "send_message", fails_again)
    assert len(dead.run("redrive", "--all", "--json").json["put_back"]) == 13
    assert len(dead.messages("dead to-planfix.fifo")) == 13


def test_what_letters_say_is_kept_beside_memory(dead, monkeypatch):
    """A queue may hold more than memory does; every letter comes back with its own words."""
    monkeypatch.setattr("planfix_telegram.dead_letters.IN_MEMORY", 100)
    for number in (1, 2, 3):
        dead.bury_message(number)
    assert dead.run("redrive", "--all").exit_code == 0
    texts = [body["update"]["business_message"]["text"] for body in dead.bodies(TO_PLANFIX)]
    assert texts == ["words of 1", "words of 2", "words of 3"]


def test_queue_that_is_not_read_to_its_end_gives_nothing_back(dead, monkeypatch):
    """What was not read may have come first."""
    for number in range(20):
        dead.bury_message(number)
    receive = dead.bridge.sqs.receive_message

    def slowly(**request: Any) -> Any:
        dead.bridge.clock.sleep(160)
        return receive(**request)

    monkeypatch.setattr(dead.bridge.sqs, "receive_message", slowly)
    ended = dead.run("redrive", "--all")
    assert (ended.exit_code, "order stays" in ended.err) == (1, True)
    assert (dead.bodies(TO_PLANFIX), len(dead.bodies("dead to-planfix.fifo"))) == ([], 20)


# -- drop


def test_drop_deletes_one_after_asking(dead):
    """The row is shown, no is what Enter says, and the others stay."""
    dead.bury_answer(1)
    second = dead.bury_answer(2)
    assert dead.run("drop", second).exit_code == 2
    refused = dead.run("drop", second, answers=[("Delete it?", "")])
    assert refused.exit_code == 1
    assert "comment 2" in refused.err
    assert len(dead.listed()) == 2
    ended = dead.run("drop", second, answers=[("cannot be undone", "y")])
    assert (ended.exit_code, ended.out) == (0, f"Deleted: {second}.\n")
    assert [one["comment"] for one in dead.listed()] == [1]
    assert dead.bodies(TO_TELEGRAM) == []


# -- where


def test_queues_may_be_named(dead):
    """Where the stack's outputs cannot be read."""
    dead.bury_answer(1)
    dead.outputs.clear()
    ended = dead.run("list")
    assert ended.exit_code == 1
    assert "ToPlanfixDlqUrl" in ended.err
    dlqs = ["--to-planfix-dlq", dead.dead_url(TO_PLANFIX), "--to-telegram-dlq", dead.dead_url(TO_TELEGRAM)]
    assert len(dead.listed(*dlqs)) == 1
    urls = dead.bridge.urls
    queues = ["--to-planfix-queue", urls[TO_PLANFIX], "--to-telegram-queue", urls[TO_TELEGRAM]]
    assert dead.run("redrive", "--all", *dlqs, *queues, "--chats-table", "chats").exit_code == 0


def test_a_queue_that_is_not_there_is_a_sentence(dead):
    """With the options that may be wrong."""
    ended = dead.run("list", "--to-planfix-dlq", "https://sqs.us-east-1.amazonaws.com/0/none.fifo")
    assert ended.exit_code == 1
    assert "does not find the queue" in ended.err
