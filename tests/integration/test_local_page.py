"""The playground's page: what people do on it reaches the other side, and no other web site can do it."""

import time

import pytest
from werkzeug.test import Client

from local.page_app import PageApp
from local.playground import CAST
from local.samples import samples
from local.stage import OWNER_ID, Stage

QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_METRICS_DISABLED": "true"}
CLIENT = CAST.clients[0].id
HERE = {"client": CLIENT, "channel": str(OWNER_ID), "as": "client"}
OCTETS = "application/octet-stream"


@pytest.fixture(scope="module")
def stage():
    """The playground without its server; a client has written, so there is a task."""
    with Stage(CAST, rate=200, variables=QUIET) as stage:
        yield stage


@pytest.fixture
def page(stage):
    """A browser at the page."""
    return Client(PageApp(stage))


@pytest.fixture
def task(page):
    """The client's task, as the page shows it."""
    _do(page, "phone/write", text="Здравствуйте")
    return _eventually(page, lambda state: state["tasks"] and state["tasks"][0])


def _do(page, action, **given):
    answer = page.post(f"/api/{action}", json={**HERE, **given})
    assert answer.status_code == 200, answer.text
    return answer.json


def _letters(state):
    return state["chats"][f"{OWNER_ID}:{CLIENT}"]["letters"]


def _eventually(page, look):
    """What ``look`` finds in the state, as soon as it finds it."""
    deadline = time.monotonic() + 20
    while not (found := look(page.get("/api/state").json)):
        assert time.monotonic() < deadline, page.get("/api/state").json
        time.sleep(0.05)
    return found


def _comment(state, words):
    return next((one for task in state["tasks"] for one in task["comments"] if words in one["html"]), None)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("voice", "[Голосовое"),
        ("sticker", "[Стикер"),
        ("location", "[Геопозиция"),
        ("venue", "[Место"),
        ("contact", "[Контакт"),
        ("poll", "[Опрос"),
        ("dice", "[🎲"),
        ("unknown", "hologram"),
    ],
)
def test_the_phone_sends_each_kind(page, task, what, words):
    """What the menu of the phone offers is in the task, and on the phone with what is needed to draw it."""
    _do(page, "phone/send", what=what)
    comment = _eventually(page, lambda state: _comment(state, words))
    letter = _letters(page.get("/api/state").json)[-1]
    if what in samples():
        assert page.get(f"/{letter['file']['url']}").data == samples()[what].data
        assert [page.get(f"/{file['url']}").data for file in comment["files"]] == [samples()[what].data]
    else:
        assert letter["kind"] == (what if what != "unknown" else "other")
        assert ("content" in letter) == (what != "unknown")


def test_an_album_is_one_comment(page, task):
    """The phone shows three letters of one album, the task one comment with their files."""
    _do(page, "phone/send", what="album", text="Три чайника")
    comment = _eventually(page, lambda state: _comment(state, "Три чайника"))
    assert len(comment["files"]) == 3
    assert len({letter["album"] for letter in _letters(page.get("/api/state").json)[-3:]} - {""}) == 1


@pytest.mark.parametrize("who", ["client", "owner"])
def test_edit_and_delete_on_the_phone(page, task, who):
    """Who wrote a message edits and deletes it: the phone marks it so, and the task tells of both."""
    _do(page, "phone/write", text=f"Было у {who}", **{"as": who})
    sent = _letters(page.get("/api/state").json)[-1]
    _do(page, "phone/edit", message=sent["id"], text=f"Стало у {who}", **{"as": who})
    _eventually(page, lambda state: _comment(state, f"Стало у {who}"))
    _do(page, "phone/delete", messages=[sent["id"]], **{"as": who})
    _eventually(page, lambda state: _comment(state, "🗑"))
    shown = next(one for one in _letters(page.get("/api/state").json) if one["id"] == sent["id"])
    assert (shown["text"], shown["edited"], shown["deleted"]) == (f"Стало у {who}", True, True)


def _answer(page, task, text, *, to_client=True):
    """The employee comments, and the task shows that it was seen to: it has one notice more, or the phone the answer."""
    before = _notices(page.get("/api/state").json)
    notify = [f"contact:{task['contact']['id']}"] if to_client else []
    _do(page, "employee/comment", task=task["id"], employee="user:11", html=f"<p>{text}</p>", notify=notify)
    _eventually(page, lambda state: _notices(state) != before or text in _phone(state))


def _phone(state):
    return [one["text"].rpartition("\n")[2] for one in _letters(state) if one["who"] == "bot"]


def _notices(state):
    return [one["html"] for one in state["tasks"][0]["comments"] if one["kind"] == "bridge"]


def test_a_day_passes_and_what_was_held_goes_out_in_order(page, task):
    """The client writes, 25 hours pass, the employee answers AAA and BBB, the client writes: both are sent, in order, and said."""
    before = page.get("/api/state").json
    passed = _do(page, "time/skip")
    assert passed["hours"] == 25
    assert 0 < passed["now"] - before["now"] - 25 * 3600 < 3600
    for text in ("AAA", "BBB"):
        _answer(page, task, text)
    state = page.get("/api/state").json
    assert _phone(state) == _phone(before)
    assert ["AAA" in _notices(state)[-2], "BBB" in _notices(state)[-1]] == [True, True]
    _do(page, "phone/write", text="Вы здесь?")
    _eventually(page, lambda state: sum("отправлен клиенту" in text for text in _notices(state)[-2:]) == 2)
    assert _phone(page.get("/api/state").json)[-2:] == ["AAA", "BBB"]


def test_three_days_pass_and_a_held_answer_expires(page, task):
    """Pressed often enough, the button brings the end of hold_for: the notice says so, and the answer is not sent later."""
    _do(page, "time/skip")
    _answer(page, task, "слишком поздно")
    for _ in range(3):
        _do(page, "time/skip")
    _eventually(page, lambda state: "ждал слишком долго" in _notices(state)[-1])
    _do(page, "phone/write", text="Ау")
    _eventually(page, lambda state: _comment(state, "Ау"))
    assert "слишком поздно" not in _phone(page.get("/api/state").json)


def test_the_reminder_to_tick_comes_again_another_day(page, task):
    """Once a day in a task: the button makes it another day."""
    _do(page, "time/skip")
    _answer(page, task, "не отмечен", to_client=False)
    _do(page, "time/skip")
    _answer(page, task, "опять", to_client=False)
    assert [
        "не отмечен" in _notices(page.get("/api/state").json)[-2],
        "опять" in _notices(page.get("/api/state").json)[-1],
    ] == [
        True,
        True,
    ]


def test_time_does_not_pass_while_something_is_on_its_way(page, stage, monkeypatch):
    """Then the page says so, and nothing has changed."""
    monkeypatch.setattr(stage, "skip", lambda seconds: stage.bridge.skip(seconds, 0.1, is_settled=lambda: False))
    before = stage.clock.skipped
    answer = page.post("/api/time/skip", json={})
    assert (answer.status_code, "on its way" in answer.json["error"]) == (503, True)
    assert stage.clock.skipped == before


def test_the_employee_attaches_files(page, task):
    """A sample and a chosen file go out with the comment, under their names."""
    sample = _do(page, "employee/sample", what="document")
    chosen = page.post("/api/upload/employee?name=счёт.txt&mime=text/plain", data=b"12", content_type=OCTETS).json
    assert (chosen["name"], chosen["size"]) == ("счёт.txt", 2)
    contact = f"contact:{task['contact']['id']}"
    given = {"task": task["id"], "employee": "user:11", "html": "<p>Вот</p>", "notify": [contact]}
    _do(page, "employee/comment", **given, files=[sample["id"], chosen["id"]])
    names = [sample["name"], "счёт.txt"]
    _eventually(
        page,
        lambda state: (
            [one["file"]["name"] for one in _letters(state) if one["who"] == "bot" and "file" in one] == names
        ),
    )


def test_a_chosen_file_is_sent_from_the_phone(page, task):
    """Its bytes are in the task."""
    query = {**HERE, "name": "a.bin", "mime": "application/x-thing", "text": "Свой файл"}
    assert page.post("/api/upload/phone", query_string=query, data=b"abc", content_type=OCTETS).status_code == 200
    comment = _eventually(page, lambda state: _comment(state, "Свой файл"))
    assert page.get(f"/{comment['files'][0]['url']}").data == b"abc"


def test_a_file_that_could_act_is_only_downloaded(page, stage):
    """A page or a drawing with scripts is never shown as one; a picture is."""
    for mime, shown in (("text/html", False), ("image/svg+xml", False), ("image/png", True)):
        number = stage.planfix.put_file(b"<script>", "чертёж", mime)
        answer = page.get(f"/files/planfix/{number}")
        assert (answer.mimetype == mime, "inline" in answer.headers["Content-Disposition"]) == (shown, shown)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_other_web_sites_cannot_act(page):
    """Forms of other sites, other hosts' names and unknown actions are refused with a sentence."""
    for answer in (
        page.post("/api/phone/write", data={"text": "x"}),
        page.post("/api/upload/phone", data={"name": "x"}),
        page.get("/api/upload/phone"),
        page.get("/", headers={"Host": "evil.example"}),
        page.get("/files/planfix/99999"),
        page.get("/files/other/1"),
        page.post("/api/nothing", json={}),
        page.get("/../stage.py"),
        page.post("/api/phone/send", json={**HERE, "what": "nothing"}),
    ):
        assert 400 <= answer.status_code < 500
        assert answer.json["error"]


@pytest.mark.parametrize(
    "file", ["", "page.js", "base.js", "texts.js", "show.js", "phone.js", "task.js", "journey.js", "page.css"]
)
def test_the_page_is_served(page, file):
    """With every part that it is made of, each of its type: a browser runs no module of another one."""
    kind = {"": "text/html", "js": "text/javascript", "css": "text/css"}[file.rpartition(".")[2]]
    with page.get(f"/{file}") as answer:
        assert (answer.status_code, answer.mimetype) == (200, kind)
