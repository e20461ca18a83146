"""The fake of Planfix refuses what Planfix refuses: one rule a test."""

from __future__ import annotations

import base64
import threading
import uuid

import httpx
import pytest

from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_model import Status
from local.serving import serve
from tests.clock import Clock

TOKEN = "planfix-token-of-the-test"
IVAN, MARIA, GROUP = 5, 6, 3
OBJECT, TASK_TEMPLATE, CONTACT_TEMPLATE = 40, 41, 50
NEW, DONE = 11, 13


class Api:
    """A caller of the REST API, over WSGI."""

    def __init__(self, planfix, token=TOKEN) -> None:
        transport = httpx.WSGITransport(app=planfix.wsgi)
        self.http = httpx.Client(
            transport=transport, base_url="https://acme.planfix.ru/rest", headers={"Authorization": f"Bearer {token}"}
        )

    def get(self, path, **query):
        return self.http.get(path, params=query)

    def post(self, path, **body):
        return self.http.post(path, json=body)

    def created(self, path, **body):
        answer = self.post(path, **body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


def refusal(answer):
    """Status and code of a refused request."""
    body = answer.json()
    assert body["result"] == "fail"
    assert body["error"]
    return answer.status_code, body["code"]


@pytest.fixture
def clock():
    """Virtual time."""
    return Clock()


class Door:
    """Where scenarios call; answers what it is told, then 200."""

    def __init__(self) -> None:
        self.answers = []
        self.requests = []
        self.told = threading.Event()

    def __call__(self, url, headers, body) -> int:
        self.requests.append((url, headers, body.decode()))
        self.told.set()
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self):
        return [body for _, _, body in self.requests]


@pytest.fixture
def door():
    """Where scenarios call."""
    return Door()


@pytest.fixture
def planfix(clock, door):
    """An account without a rate, with two employees, a group, an object and templates."""
    account = FakePlanfix("acme.planfix.ru", token=TOKEN, rate=0, clock=clock, post=door)
    account.add_group(GROUP, "Менеджеры")
    account.add_user(IVAN, "Иван", "Иванов", (GROUP,))
    account.add_user(MARIA, "Мария", "Кожемякина")
    account.add_object(OBJECT, "Обращение", (Status(NEW, "Новое"), Status(DONE, "Закрыто", is_active=False)))
    account.add_task_template(TASK_TEMPLATE, "Обращение из Telegram", OBJECT, (f"user:{IVAN}", f"group:{GROUP}"))
    account.add_contact_template(CONTACT_TEMPLATE, "Клиент")
    return account


@pytest.fixture
def api(planfix):
    """A caller with the account's token."""
    return Api(planfix)


@pytest.fixture
def contact(api):
    """A client's contact."""
    return api.created("/contact/", name="Анна", lastname="Серова", telegramId="20", telegram="https://t.me/anna_s")


@pytest.fixture
def task(api, contact):
    """The client's task."""
    client = {"id": f"contact:{contact}"}
    return api.created("/task/", template={"id": TASK_TEMPLATE}, name="Чат", assigner=client, counterparty=client)


# The wire


def test_an_unknown_token_is_401_code_1(planfix):
    """Without a token too; and never by the address."""
    assert refusal(Api(planfix, "wrong").get("/ping")) == (401, 1)
    assert refusal(Api(planfix, "wrong").get("/ping", access_token=TOKEN)) == (401, 1)


def test_a_revoked_token_is_401_code_1(planfix, api):
    """The admin took it away."""
    assert api.get("/ping").json() == {"result": "success"}
    planfix.revoke_token()
    assert refusal(api.get("/ping")) == (401, 1)


def test_a_missing_scope_is_405_code_5(planfix, api, task):
    """Each call needs its own."""
    planfix.allow_scopes({"task_readonly"})
    assert api.get(f"/task/{task}").status_code == 200
    assert refusal(api.post(f"/task/{task}/comments/", description="a")) == (405, 5)


def test_one_request_a_second(planfix, clock):
    """403 code 22 says after how many milliseconds to come back; a refused request takes no place."""
    account = FakePlanfix(token=TOKEN, clock=clock)
    api = Api(account)
    assert api.get("/ping").status_code == 200
    clock.sleep(0.4)
    answer = api.get("/ping")
    assert (refusal(answer), answer.json()["timeToReset"]) == ((403, 22), 600)
    clock.sleep(0.6)
    assert api.get("/ping").status_code == 200
    assert account.peak_rate == 2


@pytest.mark.parametrize(("rate", "gap", "allowed"), [(2.0, 0.25, 2), (0.5, 0.5, 1), (0, 0.0, 4)])
def test_the_rate_is_a_sliding_window(clock, rate, gap, allowed):
    """Two a second let two through at once, one in two seconds only one; 0 is no limit."""
    api = Api(FakePlanfix(token=TOKEN, rate=rate, clock=clock))
    answers = []
    for _ in range(4):
        answers.append(api.get("/ping").status_code)
        clock.sleep(gap)
    assert answers.count(200) == allowed


def test_a_tolerance_forgives_a_networks_jitter(clock):
    """For callers that pace themselves by a real clock."""
    api = Api(FakePlanfix(token=TOKEN, rate=1, tolerance=0.05, clock=clock))
    api.get("/ping")
    clock.sleep(0.96)
    assert api.get("/ping").status_code == 200


def test_the_rest_of_the_day_is_in_a_header(api):
    """X-RateLimit-Remaining counts down."""
    first, second = (int(api.get("/ping").headers["X-RateLimit-Remaining"]) for _ in range(2))
    assert first - second == 1


def test_a_path_without_its_trailing_slash_is_404(api, task):
    """Nothing is redirected."""
    for path in ("/contact", "/task", f"/task/{task}/comments", "/file"):
        assert refusal(api.post(path, description="a"))[0] == 404


def test_a_body_that_is_no_json_is_code_30(api):
    """Nor is a form, nor a list."""
    assert refusal(api.http.post("/task/", content=b"{", headers={"content-type": "application/json"})) == (500, 30)
    assert refusal(api.http.post("/task/", data={"name": "a"})) == (500, 30)
    assert refusal(api.http.post("/task/", json=["a"])) == (500, 30)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/task/", {"name": "a", "title": "b"}),
        ("/task/", {"name": 5}),
        ("/task/", {"name": None}),
        ("/task/", {"name": "a", "assigner": {"id": 5}}),
        ("/task/", {"name": "a", "assignees": {"users": [{"id": "group:3"}]}}),
        ("/task/", {"name": "a", "assignees": {"groups": [{"id": "3"}]}}),
        ("/task/", {"name": "a", "template": {"id": "41"}}),
        ("/task/", {"name": "a", "sourceObjectId": "key-1"}),
        ("/contact/", {"name": "a", "telegramId": 20}),
        ("/contact/list", {"pageSize": 101}),
        ("/contact/list", {"offset": -1}),
        ("/contact/list", {"fields": ["id"]}),
        ("/contact/list", {"fields": "id,telegram_id"}),
        ("/task/list", {"fields": "id,isActive"}),
        ("/object/list", {"fields": "id"}),
    ],
)
def test_an_unknown_field_or_wrong_value_is_code_41(api, path, body):
    """The schema is the official one, types included."""
    assert refusal(api.post(path, **body)) == (400, 41)


def test_an_unknown_query_parameter_is_code_41(api, task):
    """And so is a wrong page."""
    assert refusal(api.get(f"/task/{task}", field="id")) == (400, 41)
    assert refusal(api.get("/task/templates", pageSize="500")) == (400, 41)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/contact/list", {"filters": [{"type": 4234, "operator": "equal"}]}),
        ("/task/", {"description": "a"}),
        ("/task/", {"name": "a", "template": {}}),
    ],
)
def test_a_missing_parameter_is_code_40(api, path, body):
    """Where the schema or the sense requires it."""
    assert refusal(api.post(path, **body)) == (400, 40)


def test_only_the_asked_fields_come_back(api, task):
    """The number alone when nothing is asked."""
    assert api.get(f"/task/{task}").json()["task"] == {"id": task}
    assert set(api.get(f"/task/{task}", fields="id,name,status").json()["task"]) == {"id", "name", "status"}


def test_calls_are_kept_without_the_token(planfix, api, task):
    """What the bridge did can be looked at, and shown."""
    api.get(f"/task/{task}", fields="id")
    last = planfix.calls[-1]
    assert (last.method, last.path, last.query, last.status) == ("GET", f"/task/{task}", {"fields": "id"}, 200)
    assert TOKEN not in repr(planfix.calls)


# Contacts


def find(api, type_, value, operator="equal", **more):
    """The numbers that a filter finds."""
    filters = [{"type": type_, "operator": operator, "value": value}]
    answer = api.post("/contact/list", filters=filters, fields="id", **more)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["contacts"]]


def test_a_contact_is_found_by_telegram_id(api, contact):
    """Filter 4234 takes a number, though the field is text."""
    assert find(api, 4234, 20) == [contact]
    assert find(api, 4234, 21) == []
    assert find(api, 4234, 20, "notequal") == []
    filters = [{"type": 4234, "operator": "equal", "value": "20"}]
    assert refusal(api.post("/contact/list", filters=filters)) == (400, 41)


@pytest.mark.parametrize("value", ["anna_s", "@anna_s", "https://t.me/anna_s", "Anna_S"])
def test_a_contact_is_found_by_username(api, contact, value):
    """Filter 4226 takes the name, @name and the link."""
    assert find(api, 4226, value) == [contact]
    assert find(api, 4226, "anna") == []


@pytest.mark.parametrize(("type_", "operator"), [(4003, "equal"), (1, "equal"), (4234, "gt")])
def test_other_contact_filters_are_code_41(api, type_, operator):
    """A filter that seemed to work would find everybody."""
    assert refusal(api.post("/contact/list", filters=[{"type": type_, "operator": operator, "value": 1}])) == (400, 41)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lastname": "a"}, 2006),
        ({"name": " "}, 2006),
        ({"name": "a", "email": "nobody"}, 2004),
        ({"name": "a", "template": {"id": 999}}, 41),
    ],
)
def test_a_wrong_contact_is_refused(api, body, code):
    """It needs a name; template and e-mail must be right."""
    assert refusal(api.post("/contact/", **body)) == (400, code)


def test_an_email_is_unique_in_the_account(api):
    """Names and phones are not."""
    api.created("/contact/", name="a", email="a@example.com")
    api.created("/contact/", name="a")
    assert refusal(api.post("/contact/", name="b", email="a@example.com")) == (400, 2005)


def test_a_contact_is_updated(planfix, api, contact):
    """By its number with or without the prefix; what is not sent stays."""
    assert api.post(f"/contact/contact:{contact}", telegramId="77").status_code == 200
    shown = api.get(f"/contact/{contact}", fields="name,telegramId").json()["contact"]
    assert shown == {"name": "Анна", "telegramId": "77"}
    assert planfix.contact(contact).fields["telegramId"] == "77"


def test_phones_of_a_contact_are_replaced_by_what_is_sent(api, contact):
    """Shown with their masks; an update without phones leaves them."""
    assert api.get(f"/contact/{contact}", fields="phones").json()["contact"] == {"phones": []}
    for number, type_ in (("+19268545064", 1), ("+192683550", 2)):
        assert api.post(f"/contact/{contact}", phones=[{"number": number, "type": type_}]).status_code == 200
    api.post(f"/contact/{contact}", name="Аня")
    shown = api.get(f"/contact/{contact}", fields="name,phones").json()["contact"]
    assert shown == {"name": "Аня", "phones": [{"number": "+192683550", "maskedNumber": "+192683550", "type": 2}]}


@pytest.mark.parametrize(
    "phones",
    [
        ["+79161234567"],
        [{"number": ""}],
        [{"number": "+7", "type": 5}],
        [{"number": 79161234567}],
        [{"number": "+7", "maskedNumber": "+7"}],
    ],
)
def test_wrong_phones_are_code_41(api, contact, phones):
    """A phone is a number with digits and a type of four; its mask is shown, never sent."""
    assert refusal(api.post(f"/contact/{contact}", phones=phones)) == (400, 41)


def test_an_employee_changes_a_contact(planfix, api, contact):
    """As the page of Planfix does it, without the API."""
    planfix.change_contact(contact, name="Анна Петровна")
    shown = api.get(f"/contact/{contact}", fields="name,lastname").json()["contact"]
    assert shown == {"name": "Анна Петровна", "lastname": "Серова"}


def test_a_missing_contact_is_404_code_2000(planfix, api, contact):
    """Deleted is missing."""
    planfix.delete_contact(contact)
    assert refusal(api.get(f"/contact/{contact}")) == (404, 2000)
    assert refusal(api.post(f"/contact/{contact}", name="a")) == (404, 2000)
    assert find(api, 4234, 20) == []


def test_a_merged_contact_is_gone_and_its_tasks_are_the_others(planfix, api, contact, task):
    """Nobody tells the bridge."""
    other = planfix.add_contact("Анна Петровна")
    planfix.merge_contacts(contact, other)
    assert refusal(api.get(f"/contact/{contact}")) == (404, 2000)
    assert planfix.task(task).assigner == f"contact:{other}"


# Tasks


def test_a_template_brings_its_assignees_unless_others_are_sent(planfix, api):
    """A list that is sent replaces the template's."""
    plain = api.created("/task/", template={"id": TASK_TEMPLATE})
    own = api.created("/task/", template={"id": TASK_TEMPLATE}, assignees={"users": [{"id": f"user:{MARIA}"}]})
    assert (planfix.task(plain).assignees.users, planfix.task(plain).assignees.groups) == ([f"user:{IVAN}"], [GROUP])
    assert (planfix.task(own).assignees.users, planfix.task(own).assignees.groups) == ([f"user:{MARIA}"], [])


def test_updated_assignees_replace_the_list(planfix, api, task):
    """So a caller has to read and merge."""
    assert api.post(f"/task/{task}", assignees={"users": [{"id": f"user:{MARIA}"}]}).json() == {"result": "success"}
    assert planfix.task(task).assignees.users == [f"user:{MARIA}"]
    assert planfix.task(task).assignees.groups == []


def test_what_an_update_cannot_do_is_listed_in_a_200(planfix, api, task):
    """The rest of it is done."""
    answer = api.post(f"/task/{task}", name="Новое имя", assignees={"users": [{"id": "user:999"}]})
    assert (answer.status_code, [one["field"] for one in answer.json()["failures"]]) == (200, ["assignees"])
    assert planfix.task(task).name == "Новое имя"
    planfix.fail_fields("name")
    assert api.post(f"/task/{task}", name="b").json()["failures"] == [{"field": "name", "error": "Field change failed"}]


def test_an_update_of_a_busy_task_is_202(planfix, api, task):
    """A scenario is at it; the update is taken nevertheless."""
    planfix.task_busy(task)
    answer = api.post(f"/task/{task}", name="b")
    assert (answer.status_code, answer.content, planfix.task(task).name) == (202, b"", "b")


def test_a_missing_task_is_code_1000_mostly_with_500(planfix, api, task):
    """The code decides, not the status: only the update says 404."""
    planfix.delete_task(task)
    assert refusal(api.get(f"/task/{task}")) == (500, 1000)
    assert refusal(api.post(f"/task/{task}/comments/list")) == (500, 1000)
    assert refusal(api.post(f"/task/{task}/comments/", description="a")) == (500, 1000)
    assert refusal(api.post(f"/task/{task}", name="a")) == (404, 1000)


def test_a_task_in_the_bin_says_so(planfix, api, task):
    """It can be read and is in no list."""
    planfix.delete_task(task, purged=False)
    assert api.get(f"/task/{task}", fields="isDeleted").json()["task"] == {"isDeleted": True}
    assert api.post("/task/list").json()["tasks"] == []


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"type": 1, "value": "contact:1"}, True),
        ({"type": 1, "value": "user:5"}, False),
        ({"type": 7, "value": 1}, True),
        ({"type": 7, "value": "contact:1"}, True),
        ({"type": 7, "value": "contact:2"}, False),
        ({"type": 10, "value": [NEW, 12]}, True),
        ({"type": 10, "value": DONE}, False),
        ({"type": 51, "value": TASK_TEMPLATE}, True),
        ({"type": 51, "value": [OBJECT, 999]}, True),
        ({"type": 51, "value": 999}, False),
        ({"type": 57, "value": 1}, True),
    ],
)
def test_tasks_are_filtered(api, task, filter_, found):
    """By assigner, counterparty, status, template or object, number; notequal is the opposite."""
    listed = api.post("/task/list", filters=[{**filter_, "operator": "equal"}]).json()["tasks"]
    assert listed == ([{"id": task}] if found else [])
    others = api.post("/task/list", filters=[{**filter_, "operator": "notequal"}]).json()["tasks"]
    assert bool(others) is not found


@pytest.mark.parametrize(
    "filter_",
    [
        {"type": 2, "operator": "equal", "value": "user:5"},
        {"type": 1, "operator": "equal", "value": 5},
        {"type": 10, "operator": "gt", "value": 1},
        {"type": 51, "operator": "equal", "value": "41"},
    ],
)
def test_other_task_filters_are_code_41(api, filter_):
    """A filter that seemed to work would find every task."""
    assert refusal(api.post("/task/list", filters=[filter_])) == (400, 41)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"template": {"id": 999}}, 400, 41),
        ({"name": "a", "object": {"id": 999}}, 400, 41),
        ({"name": "a", "status": {"id": 999}}, 400, 41),
        ({"name": "a", "assigner": {"id": "user:999"}}, 400, 41),
        ({"name": "a", "assigner": {"id": "contact:999"}}, 404, 2000),
        ({"name": "a", "counterparty": {"id": 999}}, 404, 2000),
        ({"name": "a", "assignees": {"groups": [{"id": 999}]}}, 400, 41),
        ({"name": "a", "files": [{"id": 999}]}, 400, 7000),
    ],
)
def test_a_task_of_what_is_not_there_is_refused(planfix, api, body, status, code):
    """And nothing is made."""
    assert refusal(api.post("/task/", **body)) == (status, code)
    assert planfix.tasks() == []


def test_an_active_task_is_told_by_its_status(planfix, api, task):
    """status.isActive; the statuses of an object and of its process are the same."""
    planfix.close_task(task)
    assert api.get(f"/task/{task}", fields="status").json()["task"]["status"]["isActive"] is False
    by_object = api.get(f"/object/{OBJECT}/statuses", fields="id,isActive").json()["statuses"]
    process = api.get(f"/task/{task}", fields="processId").json()["task"]["processId"]
    assert by_object == [{"id": NEW, "isActive": True}, {"id": DONE, "isActive": False}]
    assert api.get(f"/process/task/{process}/statuses", fields="id,isActive").json()["statuses"] == by_object


def test_what_an_admin_chooses_from_is_listed(planfix, api):
    """Templates, objects, processes, employees, groups."""
    fields = {"fields": "id,name"}
    assert api.get("/task/templates", **fields).json()["templates"][0]["id"] == TASK_TEMPLATE
    assert api.get("/contact/templates", **fields).json()["templates"] == [{"id": CONTACT_TEMPLATE, "name": "Клиент"}]
    assert api.post("/object/list").json()["objects"] == [{"id": OBJECT, "name": "Обращение"}]
    assert api.get(f"/object/{OBJECT}").json()["object"]["name"] == "Обращение"
    assert len(api.get("/process/task", **fields).json()["processes"]) == 2
    assert api.get("/user/groups", **fields).json()["groups"] == [{"id": GROUP, "name": "Менеджеры"}]
    users = api.post("/user/list", onlyActive=True, fields="id,role,lastname", prefixedId=True).json()["users"]
    assert {"id": f"user:{MARIA}", "role": "User", "lastname": "Кожемякина"} in users
    assert {"id": f"user:{planfix.robot_id}", "role": "Robot", "lastname": ""} in users
    assert api.get(f"/user/{MARIA}", fields="lastname").json()["user"] == {"lastname": "Кожемякина"}


# Comments


def comments(api, task, **body):
    """A page of comments."""
    answer = api.post(f"/task/{task}/comments/list", **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["comments"]


def test_a_contact_may_be_a_comments_author(planfix, api, contact, task):
    """Otherwise it is the token's robot."""
    owner = {"id": f"contact:{contact}"}
    recipients = {"users": [{"id": f"user:{IVAN}"}], "groups": [{"id": GROUP}]}
    api.created(f"/task/{task}/comments/", description="<b>Да</b>", owner=owner, recipients=recipients)
    api.created(f"/task/{task}/comments/", description="Заметка")
    first, second = comments(api, task, fields="owner,description,recipients")
    assert first == {
        "owner": {"id": f"contact:{contact}", "name": "Анна Серова"},
        "description": "<b>Да</b>",
        "recipients": {
            "users": [{"id": f"user:{IVAN}", "name": "Иван Иванов"}],
            "groups": [{"id": GROUP, "name": "Менеджеры"}],
        },
    }
    assert second["owner"]["id"] == f"user:{planfix.robot_id}"
    assert second["recipients"] == {"users": [], "groups": []}


def test_roles_notify_who_has_them(api, contact, task):
    """The assigner is the client, the assignees are the template's."""
    api.created(f"/task/{task}/comments/", description="a", recipients={"roles": ["assigner", "assignee"]})
    recipients = comments(api, task, fields="recipients")[0]["recipients"]
    assert [one["id"] for one in recipients["users"]] == [f"contact:{contact}", f"user:{IVAN}"]
    assert [one["id"] for one in recipients["groups"]] == [GROUP]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, 40)),
        ({"description": "я" * (32 * 1024) + "a"}, (400, 5001)),
        ({"description": "a", "owner": {"id": "contact:999"}}, (404, 2000)),
        ({"description": "a", "recipients": {"users": [{"id": "user:999"}]}}, (400, 41)),
        ({"description": "a", "recipients": {"roles": ["boss"]}}, (400, 41)),
        ({"description": "a", "recipients": {"roles": "assignee"}}, (400, 41)),
        ({"description": "a", "dateTime": "yesterday"}, (400, 41)),
        ({"description": "a", "text": "b"}, (400, 41)),
        ({"files": [{"id": 999}]}, (400, 7000)),
    ],
)
def test_a_wrong_comment_is_refused(planfix, api, task, body, answer):
    """Empty, longer than 64 KB with its HTML, or of people who are not there; and nothing is written."""
    assert refusal(api.post(f"/task/{task}/comments/", **body)) == answer
    assert planfix.comments(task) == []


def test_comments_are_paged_in_the_asked_order(planfix, api, task):
    """At most 100, the newest first when asked so."""
    ids = [planfix.employee_comments(task, IVAN, str(number)) for number in range(103)]
    newest = {"resultOrder": [{"field": "id", "direction": "Desc"}], "fields": "id"}
    assert [one["id"] for one in comments(api, task, **newest)] == ids[::-1][:100]
    assert [one["id"] for one in comments(api, task, **newest, offset=100, pageSize=2)] == ids[::-1][100:102]
    assert refusal(api.post(f"/task/{task}/comments/list", pageSize=101)) == (400, 41)
    assert refusal(api.post(f"/task/{task}/comments/list", resultOrder=[{"filed": "id"}])) == (400, 41)


def test_deleted_comments_are_listed_when_asked_for(planfix, api, task):
    """By an employee or by the bridge."""
    kept, by_employee, by_api = (planfix.employee_comments(task, IVAN, text) for text in "abc")
    planfix.delete_comment(by_employee)
    assert api.http.delete(f"/comment/{by_api}").status_code == 200
    shown = {kind: [one["id"] for one in comments(api, task, typeList=kind)] for kind in ("Comments", "All", "Deleted")}
    assert shown == {"Comments": [kept], "All": [kept, by_employee, by_api], "Deleted": [by_employee, by_api]}
    assert api.get(f"/comment/{by_api}", fields="isDeleted").json()["comment"] == {"isDeleted": True}


def test_a_comment_for_later_has_an_older_number(planfix, api, task, clock):
    """It appears at its time, below what was written since."""
    later = planfix.schedule_comment(task, IVAN, "позже", at=clock() + 60)
    now = planfix.employee_comments(task, IVAN, "сейчас")
    assert later < now
    assert [one["id"] for one in comments(api, task)] == [now]
    assert refusal(api.get(f"/comment/{later}")) == (400, 5000)
    clock.sleep(60)
    assert [one["id"] for one in comments(api, task)] == [later, now]


@pytest.mark.parametrize("by_writing", [False, True])
def test_a_comment_for_later_is_dated_by_either_moment(planfix, api, task, clock, by_writing):
    """No source says which of the two it is; the order by date follows."""
    planfix.date_by_writing(on=by_writing)
    later = planfix.schedule_comment(task, IVAN, "позже", at=clock() + 600)
    clock.sleep(60)
    now = planfix.employee_comments(task, IVAN, "сейчас")
    clock.sleep(600)
    order = [{"field": "dateTime", "direction": "Desc"}, {"field": "id", "direction": "Desc"}]
    listed = [one["id"] for one in comments(api, task, resultOrder=order)]
    assert listed == ([now, later] if by_writing else [later, now])


def test_comments_of_a_merged_task_stand_in_the_other(planfix, api, task):
    """Each says where it stands; the task itself is gone."""
    moved = planfix.employee_comments(task, IVAN, "раз")
    other = planfix.add_task("Заказ")
    planfix.merge_tasks(task, other)
    assert refusal(api.get(f"/task/{task}")) == (500, 1000)
    assert api.get(f"/comment/{moved}", fields="id,task").json()["comment"] == {"id": moved, "task": {"id": other}}
    assert [one["id"] for one in comments(api, other)] == [moved]


def test_source_object_id_comes_back_only_if_switched_on(planfix, api, task):
    """No source says that Planfix gives it back, so a caller must do without."""
    key = str(uuid.uuid4())
    api.created(f"/task/{task}/comments/", description="a", sourceObjectId=key)
    assert comments(api, task, fields="sourceObjectId") == [{}]
    planfix.give_back_source_object_id()
    assert comments(api, task, fields="sourceObjectId") == [{"sourceObjectId": key}]
    assert comments(api, task, fields="id") == [{"id": 1}]


def test_a_comment_is_updated_in_its_own_task(planfix, api, task):
    """What is not sent stays; another task's number does not find it."""
    other = planfix.add_task("Другая")
    comment = planfix.employee_comments(task, IVAN, "a", notify=(f"user:{MARIA}",))
    assert api.post(f"/task/{task}/comments/{comment}", description="b").status_code == 200
    assert (planfix.comments(task)[0].description, planfix.comments(task)[0].recipients.users) == (
        "b",
        [f"user:{MARIA}"],
    )
    assert refusal(api.post(f"/task/{other}/comments/{comment}", description="c")) == (400, 5000)
    too_long = "a" * (64 * 1024 + 1)
    assert refusal(api.post(f"/task/{task}/comments/{comment}", description=too_long)) == (400, 5002)


def test_a_missing_comment_is_code_5000(api):
    """Read, or deleted."""
    assert refusal(api.get("/comment/999")) == (400, 5000)
    assert refusal(api.http.delete("/comment/999")) == (400, 5000)


def test_times_are_utc_minutes(planfix, api, task):
    """Planfix says no seconds."""
    api.created(f"/task/{task}/comments/", description="a", dateTime={"datetime": "2026-06-12T12:15Z"})
    assert comments(api, task, fields="dateTime")[0]["dateTime"] == {
        "date": "12-06-2026",
        "time": "12:15",
        "datetime": "2026-06-12T12:15Z",
    }


# Files


def test_a_file_is_uploaded_attached_and_downloaded(planfix, api, task):
    """Download redirects to where no token is needed."""
    number = api.http.post("/file/", files={"file": ("счёт.pdf", b"%PDF", "application/pdf")}).json()["id"]
    api.created(f"/task/{task}/comments/", files=[{"id": number}])
    assert comments(api, task, fields="files") == [{"files": [{"id": number, "size": 4, "name": "счёт.pdf"}]}]
    assert api.get(f"/file/{number}", fields="name,size").json()["file"] == {"name": "счёт.pdf", "size": 4}
    redirect = api.get(f"/file/{number}/download")
    assert redirect.status_code == 302
    without_token = httpx.Client(transport=httpx.WSGITransport(app=planfix.wsgi))
    assert without_token.get(redirect.headers["location"]).content == b"%PDF"
    assert planfix.files[number].data == b"%PDF"


def test_a_file_comes_as_the_part_named_file(api):
    """No other name, and not missing."""
    assert refusal(api.http.post("/file/", files={"document": b"x"})) == (400, 41)
    assert refusal(api.http.post("/file/", files={"file": b"x"}, data={"name": "a"})) == (400, 41)
    nothing = {"content": b"--x--\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}}
    assert refusal(api.http.post("/file/", **nothing)) == (400, 40)


def test_a_missing_file_is_code_7000(api):
    """Described or downloaded."""
    assert refusal(api.get("/file/999")) == (400, 7000)
    assert refusal(api.get("/file/999/download")) == (400, 7000)


# Faults


def test_a_fault_is_answered_as_ordered_and_once(planfix, api, task):
    """Only where it was meant."""
    planfix.refuse_next_for_limit(1500, "POST", "/task/")
    assert api.get(f"/task/{task}").status_code == 200
    answer = api.post(f"/task/{task}/comments/", description="a")
    assert (refusal(answer), answer.json()["timeToReset"]) == ((403, 22), 1500)
    api.created(f"/task/{task}/comments/", description="a")


def test_an_answer_can_be_lost_after_the_effect(planfix, api, task):
    """The caller sees a 502 that is no JSON; the comment is there."""
    planfix.fail_next(apply=True)
    answer = api.post(f"/task/{task}/comments/", description="a")
    assert (answer.status_code, answer.headers["content-type"].startswith("text/html")) == (502, True)
    assert [one.description for one in planfix.comments(task)] == ["a"]


# Scenarios


URL = "https://bridge.example/planfix/main/comment"


def test_a_scenario_calls_after_an_employees_comment_and_a_change_of_status(planfix, door, task):
    """By form, with the password of Basic authorization and the scenario's own headers."""
    planfix.add_scenario(URL, secret="the-secret", headers={"X-Own": "1"})
    planfix.employee_comments(task, IVAN, "a")
    planfix.close_task(task)
    assert planfix.fire_pending() == 2
    assert door.bodies == [f"task={task}&event=comment", f"task={task}&event=status"]
    url, headers, _ = door.requests[0]
    assert (url, headers["Content-Type"], headers["X-Own"]) == (URL, "application/x-www-form-urlencoded", "1")
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).endswith(b":the-secret")


def test_clients_and_the_robot_fire_no_scenario(planfix, api, door, contact, task):
    """The condition is a comment by an employee; an employee's comment by the API is one, unless it is silent."""
    planfix.add_scenario(URL)
    path = f"/task/{task}/comments/"
    api.created(path, description="a", owner={"id": f"contact:{contact}"})
    api.created(path, description="a")
    planfix.fire_pending()
    assert door.bodies == []
    api.created(path, description="a", owner={"id": f"user:{IVAN}"})
    api.post(f"/task/{task}", status={"id": DONE})
    api.http.post(f"/task/{task}?silent=true", json={"status": {"id": NEW}})
    planfix.fire_pending()
    assert door.bodies == [f"task={task}&event=comment", f"task={task}&event=status"]


def test_a_comment_for_later_fires_at_its_time(planfix, door, task, clock):
    """Not when it is written."""
    planfix.add_scenario(URL)
    planfix.schedule_comment(task, IVAN, "позже", at=clock() + 60)
    assert planfix.fire_pending() == 0
    clock.sleep(60)
    assert planfix.fire_pending() == 1


@pytest.mark.parametrize("failure", [500, 202, 302, ConnectionError("refused")])
def test_anything_but_200_is_repeated_and_stalls_the_account(planfix, door, task, clock, failure):
    """Three minutes of silence for everybody, a quarter of an hour for the request itself."""
    other = planfix.add_task("Другая")
    planfix.add_scenario(URL)
    planfix.employee_comments(task, IVAN, "a")
    planfix.employee_comments(other, IVAN, "b")
    door.answers = [failure]
    assert planfix.fire_pending() == 0
    clock.sleep(179)
    assert planfix.fire_pending() == 0
    clock.sleep(1)
    assert planfix.fire_pending() == 1
    clock.sleep(15 * 60 - 180)
    assert planfix.fire_pending() == 1
    assert door.bodies == [f"task={number}&event=comment" for number in (task, other, task)]


def test_a_request_is_given_up_after_five_attempts(planfix, door, task, clock):
    """Then it is an incident."""
    planfix.add_scenario(URL)
    planfix.employee_comments(task, IVAN, "a")
    door.answers = [500] * 9
    for _ in range(10):
        planfix.fire_pending()
        clock.sleep(3600)
    assert len(door.requests) == 5
    assert [(one.task_id, one.event) for one in planfix.incidents] == [(task, "comment")]


def test_a_thread_fires_until_stopped(planfix, door, task):
    """What happens while it runs is sent by itself."""
    planfix.add_scenario(URL)
    planfix.start()
    try:
        planfix.employee_comments(task, IVAN, "a")
        assert door.told.wait(10)
    finally:
        planfix.stop()
    assert not [one.name for one in threading.enumerate() if one.name.startswith("fake Planfix")]


# Two accounts, many threads, and served


def test_many_threads_may_write_at_once(planfix, task):
    """Each comment gets its own number and none is lost."""

    def write():
        api = Api(planfix)
        for _ in range(20):
            api.created(f"/task/{task}/comments/", description="a")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.id for one in planfix.comments(task)] == list(range(1, 161))


def test_numbers_of_two_accounts_have_nothing_to_do_with_each_other(clock):
    """Equal numbers on two hosts are two things."""
    accounts = [FakePlanfix(host, token=host, rate=0, clock=clock) for host in ("a.planfix.ru", "b.planfix.ru")]
    tasks = [Api(account, account.host).created("/task/", name=account.host) for account in accounts]
    assert tasks == [1, 1]
    assert [account.task(1).name for account in accounts] == ["a.planfix.ru", "b.planfix.ru"]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_fake_serves_on_this_machine(planfix, task, capfd):
    """Over a real socket; a lost answer is a dropped connection; nothing is logged."""
    server = serve(planfix.wsgi)
    try:
        with httpx.Client(base_url=f"{server.url}/rest", headers={"Authorization": f"Bearer {TOKEN}"}) as http:
            planfix.fail_next(apply=True)
            with pytest.raises(httpx.RemoteProtocolError):
                http.post(f"/task/{task}/comments/", json={"description": "a"})
            number = http.post("/file/", files={"file": ("a.txt", b"text")}).json()["id"]
            assert http.get(f"/file/{number}/download", follow_redirects=True).content == b"text"
    finally:
        server.close()
    assert [one.description for one in planfix.comments(task)] == ["a"]
    assert capfd.readouterr() == ("", "")
