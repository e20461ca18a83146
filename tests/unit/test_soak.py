"""What the soak orders of its wires and says of its end."""

import json
import re
from io import BytesIO

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from benchmarks.soak_ends import Ends, words_that_changed
from benchmarks.soak_wire import MARKS, Fault, Wire, comment_in, message_in
from local.promises.account import Answer, Chat, Comment, Deeds, Seen, Sent
from local.promises.found import Found

CHAT = Chat("first", "7010", 5)
HOST = "acme"


def _seen(*comments: str, by="bridge", sent=()):
    row = {"pk": f"{HOST}#task#1", "integration": "first", "channel": "7010", "client_id": 5}
    numbered = [Comment(HOST, 1, number, by, text) for number, text in enumerate(comments, 10)]
    return Seen(MARKS, comments=numbered, sent=list(sent), chats=[row])


@pytest.mark.parametrize(
    ("notices", "became"),
    [
        (["⏸ Ответ пока не доставлен: «#a1 чай»."], {"wait": 1}),
        (["⏸ Ответ пока не доставлен: «#a1 чай».", "✅ Ответ «#a1 чай» отправлен клиенту"], {"were sent": 1}),
        (["⏸ Ответ «#a1 чай» ждёт предыдущих", "⚠️ Ответ «#a1 чай» ждал слишком долго"], {"expired": 1}),
        (["⏸ Ответ «#a1 чай» ждёт предыдущих", "❎ Ответ «#a1 чай» отменён и не будет"], {"were cancelled": 1}),
        (["⚠️ Ответ клиенту не доставлен: «#a1 чай»."], {}),
    ],
)
def test_the_end_of_a_held_answer_is_what_its_last_notice_says(notices, became):
    """Held answers are counted by their ends; what was never held is not."""
    answer = Answer(CHAT, HOST, 1, 9, ["#a1"], meant_for_client=True, at=0.0)
    ends = Ends.of(Found(Deeds(answers=[answer]), _seen(*notices)))
    assert dict(ends.became) == became
    assert (ends.held, ends.chats) == (({"#a1"}, {CHAT}) if became else (set(), set()))


def test_parts_that_came_again_are_counted():
    """The same part twice is one that was sent again; an edit is none."""
    sent = [Sent(CHAT, "#a1 чай", (number,)) for number in (1, 2)] + [Sent(CHAT, "#a1 чай", (1,), is_edit=True)]
    assert Ends.of(Found(Deeds(), _seen(sent=sent))).sent_again == 1


def test_words_that_changed_are_named():
    """Every character counts, where a message or an answer stands whole; a file's name is no such place."""
    written = {"#c1": "#c1 чай & кофе\n<да>", "#a2": "#a2 да"}
    kept = _seen("#c1 чай &amp; кофе<br>&lt;да&gt;", by="client", sent=[Sent(CHAT, "Анна:\n#a2 да #a2.1.txt", (1,))])
    assert list(words_that_changed(kept, written)) == []
    changed = _seen("#c1 чай & кофе <да>", by="client", sent=[Sent(CHAT, "#a2 нет", (1,))])
    assert len(list(words_that_changed(changed, written))) == 2


def test_a_request_shows_what_people_read_of_it():
    """A comment's words; a message's words and its files' names, one or several; nothing for a request that shows nothing."""
    assert comment_in("/rest/task/7/comments/", b'{"description": "#c1 da"}', b"") == "#c1 da"
    assert comment_in("/rest/task/7/comments/list", b"{}", b"") == ""
    answers = [{"text": "#a1 da"}, {"caption": "#f2 da", "document": {"file_name": "#f2.0.txt"}}]
    shown = message_in("/bot1:x/sendMediaGroup", b"", json.dumps({"result": answers}).encode())
    assert MARKS.pieces(shown) == ["#a1", "#f2", "#f2.0"]
    assert message_in("/bot1:x/sendChatAction", b"", b'{"result": true}') == ""
    assert message_in("/bot1:x/getFile", b"", b"") == ""


class Fixed:
    """A chance that draws one fault."""

    def __init__(self, fault) -> None:
        self.fault = fault

    def choices(self, values, weights):
        return [self.fault]


@pytest.mark.parametrize(
    ("fault", "status", "done", "lost"),
    [
        (None, 200, True, False),
        (Fault.BROKEN_YET_DONE, 502, True, True),
        (Fault.SLOWER, 200, True, False),
    ],
)
def test_a_wire_knows_what_arrived_and_whose_answer_was_kept(fault, status, done, lost):
    """What was done has arrived, whatever the bridge is told; only a kept answer excuses a repetition."""
    ordered = []

    @Request.application
    def service(_request):
        return Response("{}", content_type="application/json")

    wire = Wire(service, ordered.append, lambda path, body, answer: body.decode(), "seed")
    wire.disturbed, wire._chance = True, Fixed(fault)
    answer = Client(wire).post("/x", input_stream=BytesIO(b"#a1 da"), content_length=6)
    assert (answer.status_code, "#a1" in wire.arrived, wire.lost_answer_to("#a1 da")) == (status, done, lost)
    assert ordered == ([fault] if fault is Fault.SLOWER else [])
    assert not wire.lost_answer_to("#a2")


def test_marks_do_not_begin_each_other():
    """``#a1`` is not in ``#a12``; a piece has its answer's mark."""
    assert MARKS.marks("#a12 #f3.0.txt") == {"#a12", "#f3"}
    assert re.fullmatch(MARKS.pattern, "#f3.0")
