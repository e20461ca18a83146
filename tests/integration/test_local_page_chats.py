"""The playground's page on the route of Planfix's chats, and from one route to the other."""

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


@pytest.fixture(scope="module")
def page():
    """A browser at the page of a playground that begins with chats."""
    with Stage(CAST, rate=200, route="chat_api", has_both_keys=True, variables=QUIET) as stage:
        yield Client(PageApp(stage))


def _do(page, action, **given):
    answer = page.post(f"/api/{action}", json={**HERE, **given})
    assert answer.status_code == 200, answer.text
    return answer.json


def _state(page):
    return page.get("/api/state").json


def _eventually(page, look):
    deadline = time.monotonic() + 20
    while not (found := look(_state(page))):
        assert time.monotonic() < deadline, _state(page)
        time.sleep(0.05)
    return found


def _comment(state, words):
    return next((one for task in state["tasks"] for one in task["comments"] if words in one["html"]), None)


def _answer(page, words):
    """An employee answers in the newest task; gives it as soon as something stands beside it."""
    task = _state(page)["tasks"][-1]
    notify = [f"contact:{task['contact']['id']}"]
    _do(page, "employee/comment", task=task["id"], employee="user:11", html=f"<p>{words}</p>", notify=notify)
    return _eventually(page, lambda state: (one := _comment(state, words)) and one["state"] and one)


def test_a_tick_stands_beside_an_answer_that_the_client_has(page):
    """The page shows the state that Planfix shows, and on the phone the answer."""
    _do(page, "phone/write", text="Здравствуйте")
    comment = _eventually(page, lambda state: _comment(state, "Здравствуйте"))
    assert (comment["kind"], comment["state"]) == ("client", None)
    assert _answer(page, "Добрый день")["state"] == {"state": "sent", "said": ""}
    letters = _state(page)["chats"][f"{OWNER_ID}:{CLIENT}"]["letters"]
    assert letters[-1]["text"].endswith("Добрый день")


def test_planfix_fetches_what_the_phone_sent(page):
    """The file of a message is in the task, by an address of this bridge."""
    _do(page, "phone/send", what="photo", text="Вот такой")
    comment = _eventually(page, lambda state: (one := _comment(state, "Вот такой")) and one["files"] and one)
    assert [page.get(f"/{file['url']}").data for file in comment["files"]] == [samples()["photo"].data]


def test_an_answer_that_waits_says_why_and_goes_out_after_the_route_has_changed(page):
    """The reason and the remedy stand beside it; once the client writes, by whatever route, it goes out and has its tick.

    Back on the former route its task goes on.
    """
    _do(page, "phone/write", text="Где заказ?")
    _eventually(page, lambda state: _comment(state, "Где заказ?"))
    _do(page, "refuse", what="paused", on=True)
    waits = _answer(page, "Курьер выехал")["state"]
    assert waits["state"] == "error"
    assert "нажмите «Старт»" in waits["said"]
    _do(page, "route", route="rest")
    assert _state(page)["route"] == "rest"
    _do(page, "refuse", what="paused", on=False)
    _do(page, "phone/write", text="Где же он?")
    _eventually(page, lambda state: _comment(state, "Курьер выехал")["state"]["state"] == "sent")
    state = _eventually(page, lambda state: len(state["tasks"]) == 2 and state)
    assert [one["html"] for one in state["tasks"][-1]["comments"]] == ["Где же он?"]
    _do(page, "route", route="chat_api")
    _do(page, "phone/write", text="Спасибо, дождались")
    _eventually(page, lambda state: _comment(state, "Спасибо, дождались"))
    state = _state(page)
    assert "Спасибо, дождались" in state["tasks"][0]["comments"][-1]["html"]
    assert len(state["tasks"]) == 2
