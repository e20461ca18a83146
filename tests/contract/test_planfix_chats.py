"""Client and fake of Planfix's API for chats: each refuses what its help page refuses, and they understand each other."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import httpx
import pytest

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused
from bridge.files import OpenedFile
from bridge.planfix.chat_api import ChatApi
from bridge.planfix.chat_ids import chat_id_of, contact_id_of
from bridge.planfix.chat_push import WRONG, PushedMessage, PushRefused, cannot_write_first, read_push, taken
from bridge.planfix.chat_route import ChatContact, ChatTask, LinkedFile, MessageState, NewChatMessage
from bridge.planfix.linked_files import LinkedFiles
from bridge.planfix.redirects import Redirects
from bridge.telegram.chat_text import from_chat_text
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_chat_model import ChatWindow, Layout
from local.fakes.planfix_chat_model import PushRefused as Refusal
from local.fakes.planfix_chat_text import chat_text
from local.fakes.planfix_model import Status
from tests.clock import Clock
from tests.contract.test_fake_planfix import Api
from tests.unit.test_files_redirects import NoSlots

REST_TOKEN = "planfix-token-of-the-test"
THEIRS, OURS = "303cb962ac59075b964b07152d234b70", "our-token-of-the-chat"
ADDRESS = "https://acme.planfix.ru/webchat/api"
MARIA, BOSS, GROUP = 5, 6, 3
OBJECT, TEMPLATE, CONTACT_TEMPLATE = 40, 41, 50
NEW, DONE = 11, 13
CHAT = "main.500.20"
ANNA = ChatContact("20", "Анна", "Серова")
WINDOW = ChatWindow(
    "main.500", THEIRS, "https://bridge.example/planfix/main/chat", OURS, task_template=TEMPLATE,
    task_fields=frozenset({"utm_source"}), contact_template=CONTACT_TEMPLATE, assignees=(f"group:{GROUP}",), employee=BOSS,
)  # fmt: skip


class Bridge:
    """Our end: reads what is pushed and answers it, first of all what it was told to."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes] | Exception] = []
        self.pushed: list[PushedMessage | PushRefused] = []

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        assert (url, headers) == (WINDOW.url, {"Content-Type": "application/x-www-form-urlencoded"})
        pushed = read_push(body, {"main.500": [OURS]}.get)  # type: ignore[arg-type]
        self.pushed.append(pushed)
        answer = self.answers.pop(0) if self.answers else self._answer(pushed)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, pushed: PushedMessage | PushRefused) -> tuple[int, bytes]:
        said = pushed.answer() if isinstance(pushed, PushRefused) else taken(pushed.chat_id or CHAT, "20")
        return said["statusCode"], said["body"].encode()

    @property
    def messages(self) -> list[PushedMessage]:
        """Those that it could read."""
        return [one for one in self.pushed if isinstance(one, PushedMessage)]


@pytest.fixture
def clock():
    """Virtual time."""
    return Clock()


@pytest.fixture
def bridge():
    """Where answers are pushed to."""
    return Bridge()


@pytest.fixture
def planfix(clock, bridge):
    """An account with one chat."""
    account = FakePlanfix("acme.planfix.ru", token=REST_TOKEN, rate=0, clock=clock)
    account.add_group(GROUP, "Менеджеры")
    account.add_user(MARIA, "Мария", "Кожемякина", email="maria@acme.ru")
    account.add_user(BOSS, "Пётр", "Главный")
    account.add_object(OBJECT, "Обращение", (Status(NEW, "Новое"), Status(DONE, "Закрыто", is_active=False)))
    account.add_task_template(TEMPLATE, "Обращение", OBJECT, (f"user:{MARIA}",))
    account.add_contact_template(CONTACT_TEMPLATE, "Клиент")
    account.chats.post = bridge
    account.chats.add(WINDOW)
    return account


@pytest.fixture
def chat(planfix):
    """Our client."""
    return client_of(planfix)


def client_of(planfix, *, provider_id="main.500", token=THEIRS) -> ChatApi:
    """A client of a chat of this account."""
    return ChatApi(
        httpx.Client(transport=httpx.WSGITransport(app=planfix.wsgi)), ADDRESS, provider_id, token, NoSlots()
    )


def say(chat: ChatApi, text: str = "Здравствуйте", **more) -> None:
    """The client writes."""
    chat.post(NewChatMessage(CHAT, more.pop("contact", ANNA), text, **more))


def posted(planfix, body: bytes | dict, content_type="application/x-www-form-urlencoded", **query):
    """Whatever is posted, over the wire."""
    http = httpx.Client(transport=httpx.WSGITransport(app=planfix.wsgi))
    content = urlencode(body).encode() if isinstance(body, dict) else body
    return http.post(ADDRESS, content=content, headers={"content-type": content_type}, params=query)


LEAST = {
    "cmd": "newMessage", "providerId": "main.500", "planfix_token": THEIRS, "chatId": CHAT, "message": "раз",
    "contactId": "20", "contactName": "Анна",
}  # fmt: skip


# -- the wire of the fake


def test_least_message_is_answered_with_nothing(planfix):
    """200 and no body."""
    answer = posted(planfix, LEAST)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "changes",
    [
        *({name: ""} for name in ("cmd", "chatId", "message", "contactId", "contactName")),
        {"cmd": "closeTask"},
        {"message": " \n"},
        {"text": "раз"},
        {"data_": "x"},
        {"chatId": "a~b"},
        {"contactId": "2~0"},
        {"channel": "~"},
        {"isEcho": "yes"},
        {"contactIco": "avatar.png"},
        {"contactIco": "http://acme.example/a.png"},
        {"contactEmail": "nobody"},
        {"attachments[name]": "a.pdf"},
        {"attachments[url]": "https://a/b"},
        {"attachments[name]": "a.pdf", "attachments[url]": ""},
        {"attachments[name]": "a.pdf", "attachments[url]": "/a.pdf"},
        {"attachments[0][name]": "a.pdf"},
        {"message": "x" * 65_537},
    ],
)  # fmt: skip
def test_wrong_message_is_400(planfix, changes):
    """A field that is missing, unknown or not what it should be; and nothing is done."""
    answer = posted(planfix, {**LEAST, **changes})
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid parameters"})
    assert planfix.tasks() == []


@pytest.mark.parametrize(
    "changes", [{"planfix_token": "x"}, {"planfix_token": ""}, {"providerId": "main.501"}, {"providerId": "~"}]
)
def test_wrong_token_is_401(planfix, changes):
    """Of nobody's chat too."""
    answer = posted(planfix, {**LEAST, **changes})
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid token"})


def test_only_a_form_is_taken(planfix):
    """Neither JSON nor a query, nor what is broken or says a thing twice."""
    assert posted(planfix, json.dumps(LEAST).encode(), "application/json").status_code == 400
    assert posted(planfix, b"", **LEAST).status_code == 401  # nor is a token read from there
    assert posted(planfix, urlencode(LEAST).encode(), "text/plain").status_code == 400
    assert posted(planfix, urlencode(LEAST).encode() + b"&message=x").status_code == 400
    assert posted(planfix, urlencode(LEAST).encode() + b"&%ff").status_code == 400
    assert posted(planfix, urlencode(LEAST).encode() + b"&title=%ff").status_code == 400
    assert planfix.tasks() == []


def test_grouped_names_and_addresses_are_400(planfix):
    """The help page repeats the pair; a client that writes names first would be understood by luck."""
    pair = [("attachments[name]", "a"), ("attachments[url]", "https://a/1")]
    body = urlencode([*LEAST.items(), *pair, *pair]).encode()
    assert posted(planfix, body).status_code == 200
    body = urlencode([*LEAST.items(), pair[0], pair[0], pair[1], pair[1]]).encode()
    assert posted(planfix, body).status_code == 400


def test_other_commands_take_their_own_fields_only(planfix):
    """As the help page has them."""
    own = {"providerId": "main.500", "planfix_token": THEIRS}
    assert posted(planfix, {**own, "cmd": "getTask", "chatId": CHAT, "message": "x"}).status_code == 400
    assert posted(planfix, {**own, "cmd": "getTask", "chatId": CHAT, "data_x": "x"}).status_code == 400
    assert posted(planfix, {**own, "cmd": "updateContact", "contactId": "20"}).status_code == 400
    assert posted(planfix, {**own, "cmd": "messageStatus", "messageId": "1"}).status_code == 400


def test_calls_are_kept_without_the_token(planfix, chat):
    """What the bridge did can be looked at, and shown."""
    say(chat, files=(LinkedFile("1.jpg", "https://b/1"), LinkedFile("2.jpg", "https://b/2")))
    (call,) = planfix.calls
    assert (call.method, call.path, call.status) == ("POST", "/webchat/api?cmd=newMessage", 200)
    assert call.body["attachments[name]"] == ["1.jpg", "2.jpg"]
    assert THEIRS not in repr(planfix.calls)


# -- client to Planfix


def test_first_message_makes_contact_and_task(planfix, chat):
    """As the chat's window says: templates, assignees; the client is the assigner and the comment's author."""
    say(chat, "раз & <два>\nтри", title="Вопрос", task_fields={"utm_source": "реклама", "utm_medium": "x"})
    (contact,), (task,) = planfix.contacts(), planfix.tasks()
    assert contact.fields == {"name": "Анна", "lastname": "Серова", "template": {"id": CONTACT_TEMPLATE}}
    assert (task.template_id, task.object_id, task.assigner) == (TEMPLATE, OBJECT, f"contact:{contact.id}")
    assert (task.assignees.users, task.assignees.groups) == ([f"user:{MARIA}"], [GROUP])
    assert task.name.startswith("Вопрос")
    custom = [(one["field"]["name"], one["value"]) for one in task.fields["customFieldData"]]
    assert custom == [("utm_source", "реклама")]  # the template has no other
    (comment,) = planfix.comments(task.id)
    assert (comment.owner, comment.from_type) == (task.assigner, "WebChatApi")
    assert comment.description == "раз &amp; &lt;два&gt;<br>три"


def test_second_message_goes_into_the_same_task(planfix, chat):
    """And makes no second contact."""
    say(chat)
    say(chat, "ещё")
    assert (len(planfix.contacts()), len(planfix.tasks()), len(planfix.comments(1))) == (1, 1, 2)


def test_the_same_call_twice_is_two_comments(planfix, chat):
    """Nothing identifies a message: who repeats a lost call doubles it."""
    say(chat)
    say(chat)
    assert len(planfix.comments(1)) == 2


def test_title_renames_the_task_each_time(planfix, chat):
    """So it is sent once."""
    say(chat, title="Вопрос")
    say(chat)
    named = planfix.task(1).name
    say(chat, title="Другой")
    assert (named, planfix.task(1).name) == ("Вопрос (WebChat, Анна Серова)", "Другой (WebChat, Анна Серова)")


def test_another_chat_is_another_task_of_the_same_contact(planfix, chat):
    """The client is known by id."""
    say(chat)
    chat.post(NewChatMessage("main.500.21", ANNA, "раз"))
    assert ([task.assigner for task in planfix.tasks()], len(planfix.contacts())) == (["contact:1"] * 2, 1)


def test_new_task_when_the_former_is_not_active(planfix, chat):
    """With the former's last words in its description; where the window says otherwise, always the same task."""
    say(chat, "раз")
    planfix.close_task(1)
    say(chat, "два")
    assert (planfix.task(2).description, planfix.chats.task_of("main.500", CHAT)) == ("Анна Серова: раз", 2)
    planfix.chats.change("main.500", new_task_if_none_active=False)
    planfix.close_task(2)
    say(chat, "три")
    planfix.delete_task(2, purged=False)
    say(chat, "четыре")
    assert len(planfix.tasks()) == 2
    planfix.delete_task(2)
    say(chat, "пять")
    assert planfix.chats.task_of("main.500", CHAT) == 3


def test_echo_is_a_comment_of_the_employee(planfix, chat):
    """By e-mail; else the window's employee, who also stands for an address that is nobody's."""
    say(chat)
    for email in ("maria@acme.ru", "nobody@acme.ru", ""):
        say(chat, "от нас", is_echo=True, user_email=email)
    owners = [comment.owner for comment in planfix.comments(1)]
    assert owners == ["contact:1", f"user:{MARIA}", f"user:{BOSS}", f"user:{BOSS}"]
    assert planfix.chats.pushes_waiting == 0  # it does not come back to us


@pytest.mark.parametrize("opens", [True, False])
def test_echo_without_a_task(planfix, chat, opens):
    """No source says whether it opens one: both must be lived with. 200 is said either way."""
    planfix.chats.change("main.500", echo_opens_task=opens)
    say(chat, "от нас", is_echo=True)
    assert len(planfix.tasks()) == opens


def test_contact_is_kept_and_updated(planfix, chat):
    """A later message changes no name; updateContact does, and what it does not bring stays."""
    say(chat, contact=ChatContact("20", "Анна", "Серова", phone="+7905"))
    say(chat, contact=ChatContact("20", "Аня"))
    assert planfix.contact(1).full_name == "Анна Серова"
    chat.update_contact(ChatContact("20", "Аня", data="https://t.me/anna"))
    fields = planfix.contact(1).fields
    assert (fields["name"], fields["lastname"], fields["phones"], fields["description"]) == (
        "Аня", "Серова", [{"number": "+7905", "type": 1}], "https://t.me/anna",
    )  # fmt: skip


@pytest.mark.parametrize("as_text", [False, True])
def test_numbers_are_those_of_rest(planfix, chat, as_text):
    """Of the task and of the contact, with the task's state where Planfix says it."""
    planfix.chats.write_data_as_text(on=as_text)
    say(chat)
    assert (chat.task(CHAT), chat.contact("20")) == (ChatTask(1), 1)
    planfix.chats.tell_status()
    assert chat.task(CHAT) == ChatTask(1, is_active=True)
    planfix.close_task(1)
    assert chat.task(CHAT) == ChatTask(1, is_active=False)
    assert Api(planfix, REST_TOKEN).get("/task/1", fields="id").json()["task"] == {"id": 1}


def test_what_planfix_does_not_know(planfix, chat):
    """No task and no contact are answers, not failures; a state of nobody's message is one."""
    assert (chat.task(CHAT), chat.contact("20")) == (None, None)
    for call in (lambda: chat.report("4711", MessageState.SENT), lambda: chat.update_contact(ANNA)):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.reason is Reason.PLANFIX_CHAT_REFUSED


def test_merging_breaks_no_chat(planfix, chat):
    """Contacts and tasks are merged by employees (Planfix help, Общение с клиентом)."""
    say(chat)
    other_contact, other_task = planfix.add_contact("Анна Петровна"), planfix.add_task("Другая")
    planfix.merge_contacts(1, other_contact)
    planfix.merge_tasks(1, other_task)
    say(chat, "ещё")
    assert (chat.contact("20"), chat.task(CHAT)) == (other_contact, ChatTask(other_task))
    assert planfix.comments(other_task)[-1].owner == f"contact:{other_contact}"


def test_wrong_token_is_misconfigured(planfix):
    """Every message waits, none is lost."""
    with pytest.raises(Misconfigured) as wrong:
        say(client_of(planfix, token="x" * 32))
    assert wrong.value.reason is Reason.PLANFIX_CHAT_TOKEN_REFUSED


def test_lost_answer_is_a_message_in_doubt(planfix, chat):
    """It is in the task, and nobody here can know."""
    planfix.chats.fail_next("newMessage", apply=True)
    with pytest.raises(OutcomeUnknown):
        say(chat)
    assert len(planfix.comments(1)) == 1
    planfix.chats.fail_next(status=400, error="Invalid parameters")
    with pytest.raises(Refused):
        say(chat)
    assert len(planfix.comments(1)) == 1


def test_files_are_fetched_from_their_addresses(planfix, chat):
    """When Planfix comes is not known; until then the address must be good."""
    say(chat, "", files=(LinkedFile("1.jpg", "https://b/1"), LinkedFile("2.jpg", "https://b/2")))
    came = {"https://b/1": (b"one", "image/jpeg")}

    def fetch(url: str) -> tuple[bytes, str]:
        if url not in came:
            raise ConnectionError
        return came[url]

    planfix.chats.fetch = fetch
    assert planfix.chats.fetch_files() == 1
    came["https://b/2"] = (b"two", "")
    assert planfix.chats.fetch_files() == 0
    (comment,) = planfix.comments(1)
    files = [planfix.files[number] for number in comment.files]
    assert [(file.name, file.data, file.mime) for file in files] == [
        ("1.jpg", b"one", "image/jpeg"), ("2.jpg", b"two", "application/octet-stream"),
    ]  # fmt: skip
    assert comment.description == "📎 1.jpg<br>📎 2.jpg"


# -- Planfix to client


@pytest.fixture
def opened(chat, bridge):
    """A client has written."""
    say(chat, channel="500")
    return chat


def answer(planfix, html="Добрый день", **more) -> str:
    """An employee answers and ticks the client."""
    return str(planfix.employee_comments(1, MARIA, html, notify=("contact:1",), **more))


def test_answer_is_pushed(planfix, bridge, opened):
    """With its words and its author, to the chat that it belongs to."""
    number = answer(planfix, "Цена <b>100</b> &amp; скидка")
    assert planfix.chats.fire_pending() == 1
    assert bridge.messages == [
        PushedMessage(
            provider_id="main.500", message_id=number, chat_id=CHAT, contact_phone="", channel="500", text="Цена 100 & скидка",
            author_name="Мария", author_lastname="Кожемякина", author_picture="https://acme.planfix.ru/?action=getuserpic&id=5",
            task_email="task1@acme.planfix.ru", files=(),
        )
    ]  # fmt: skip
    assert planfix.chats.pushes_waiting == 0


def test_only_what_notifies_the_client_is_pushed(planfix, bridge, opened):
    """A remark among colleagues stays where it is; a role that the client has is the client."""
    planfix.employee_comments(1, MARIA, "между нами")
    planfix.employee_comments(1, MARIA, "коллеге", notify=(f"user:{BOSS}",))
    planfix.employee_comments(1, MARIA, "клиенту", roles=("assigner",))
    planfix.chats.fire_pending()
    assert [message.text for message in bridge.messages] == ["клиенту"]


def test_answer_in_a_task_of_nobodys_chat_is_not_pushed(planfix, bridge, opened):
    """It has no channel."""
    other = planfix.add_task("Другая", assigner="contact:1")
    planfix.employee_comments(other, MARIA, "клиенту", notify=("contact:1",))
    assert (planfix.chats.fire_pending(), bridge.pushed) == (0, [])


def test_answer_for_later_is_pushed_then(planfix, bridge, opened, clock):
    """«Отправить позже»."""
    planfix.schedule_comment(1, MARIA, "завтра", at=clock() + 3600, notify=("contact:1",))
    assert planfix.chats.fire_pending() == 0
    clock.sleep(3601)
    assert planfix.chats.fire_pending() == 1


@pytest.mark.parametrize("layout", ["pairs", "grouped", "indexed", "lists", "indexed_lists"])
def test_files_arrive_in_every_layout(planfix, bridge, opened, layout: Layout):
    """Two files, each name with its own address, and each address opens without a token."""
    planfix.chats.layout = layout
    files = [planfix.put_file(data, name, "text/plain") for data, name in ((b"one", "счёт 1.txt"), (b"two", "2.txt"))]
    answer(planfix, "", files=files)
    planfix.chats.fire_pending()
    (message,) = bridge.messages
    assert [(file.name, fetched(planfix, file.url)) for file in message.files] == [
        ("счёт 1.txt", b"one"),
        ("2.txt", b"two"),
    ]


class ByHost(httpx.BaseTransport):
    """Requests to an address reach whom their Host header names; nobody shows a token."""

    def __init__(self, app) -> None:
        self._transport = httpx.WSGITransport(app=app)

    def handle_request(self, request):
        assert (request.headers["host"], "authorization" in request.headers) == ("acme.planfix.ru", False)
        return self._transport.handle_request(request)


def opened_file(planfix, url: str, name: str = "a.txt", **more):
    """A file of an answer, as the bridge opens it."""
    http = httpx.Client(transport=ByHost(planfix.wsgi))
    redirects = Redirects.of_account(http, "https://acme.planfix.ru", (), lambda _host, _port: ["93.184.216.34"])
    return LinkedFiles("https://acme.planfix.ru", redirects, Clock()).open(LinkedFile(name, url), **more)


def fetched(planfix, url: str, **more) -> bytes:
    """Its bytes."""
    with opened_file(planfix, url, **more) as file:
        assert isinstance(file, OpenedFile)
        return b"".join(file.pieces)


@pytest.mark.parametrize(
    "url",
    [
        "", "https://evil.example/file/1", "http://acme.planfix.ru/file/1", "https://acme.planfix.ru:8443/file/1",
        "https://acme.planfix.ru@evil.example/", "https://a@acme.planfix.ru/file/1", "file:///etc/passwd", "https://[",
        "https://acme.planfix.ru.evil.example/", "//evil.example/x", "https://acme.planfix.ru/file/000000001",
    ],
)  # fmt: skip
def test_files_come_from_the_account_alone(planfix, url):
    """Whoever can push sends us nowhere else; and a file that is not there is not there."""
    with pytest.raises(Refused) as refused:
        fetched(planfix, url)
    assert refused.value.reason is Reason.FILE_GONE


def test_file_that_is_too_large_or_a_page(planfix, bridge, opened):
    """No more than may be sent on; a login form is no file."""
    answer(planfix, "", files=[planfix.put_file(b"x" * 11, "a.txt"), planfix.put_file(b"<html>", "b.pdf", "text/html")])
    planfix.chats.fire_pending()
    large, page = bridge.messages[0].files
    for url, more, reason in ((large.url, {"max_bytes": 10}, Reason.FILE_TOO_BIG), (page.url, {}, Reason.FILE_GONE)):
        with pytest.raises(Refused) as refused:
            fetched(planfix, url, **more)
        assert refused.value.reason is reason
    assert fetched(planfix, page.url, name="b.html") == b"<html>"


@pytest.mark.parametrize(
    ("html", "text", "types"),
    [
        ('<p>Наш <a href="https://acme.ru/p">прайс</a></p>', "Наш прайс", ["text_link"]),
        ("<blockquote>Сколько?<br>И когда?</blockquote><p>Сто</p>", "Сколько?\nИ когда?\nСто", ["blockquote"]),
        ("<p>1 &lt; 2</p><p>да</p>", "1 < 2\nда", []),
    ],
)
def test_formatting_that_planfix_writes_is_found_again(planfix, bridge, opened, html, text, types):
    """Links and quotations are such again."""
    answer(planfix, html)
    planfix.chats.fire_pending()
    found = from_chat_text(bridge.messages[0].text)
    assert (found.text, [entity.type for entity in found.entities]) == (text, types)
    assert chat_text(html) == bridge.messages[0].text


def test_state_is_seen_beside_the_answer(planfix, bridge, opened):
    """Nothing, a tick, an error with its words; what nobody knows is a tick."""
    number = answer(planfix)
    planfix.chats.fire_pending()
    assert planfix.chats.state_of(number) is None
    opened.report(number, MessageState.ERROR, "Клиент остановил бота.")
    assert planfix.chats.state_of(number) == ("error", "Клиент остановил бота.")
    opened.report(number, MessageState.SENT)
    assert planfix.chats.state_of(number) == ("sent", "")


def test_answer_comes_again(planfix, bridge, opened):
    """At least once: the same message id, as often as it likes."""
    planfix.chats.repeats = 1
    number = answer(planfix)
    planfix.chats.fire_pending()
    planfix.chats.push_again(number)
    planfix.chats.fire_pending()
    assert [message.message_id for message in bridge.messages] == [number] * 3
    assert planfix.chats.pushes_waiting == 0


FAILURES = [
    (500, b""),
    (200, b""),
    (200, b"{}"),
    (200, b'{"chatId": "main.500.21", "contactId": "20"}'),
    (503, b"{}"),
    ConnectionError(),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_unaccepted_answer_comes_later(planfix, bridge, opened, clock, failure):
    """Without 200 and both ids it was not taken: it is sent again, and given up at last."""
    answer(planfix)
    bridge.answers = [failure]
    assert (planfix.chats.fire_pending(), planfix.chats.pushes_waiting) == (0, 1)
    clock.sleep(61)
    assert planfix.chats.fire_pending() == 1
    number = answer(planfix, "ещё")
    bridge.answers = [failure] * 4
    for _ in range(4):
        planfix.chats.fire_pending()
        clock.sleep(1000)
    assert planfix.chats.given_up == [number]


def test_refused_answer_is_shown_and_does_not_come_again(planfix, bridge, opened, clock):
    """The employee sees why."""
    planfix.chats.change("main.500", token="another-token")
    number = answer(planfix)
    assert planfix.chats.fire_pending() == 0
    assert planfix.chats.refused == [Refusal(number, 401, "Invalid token")]
    clock.sleep(10_000)
    assert (planfix.chats.fire_pending(), len(bridge.pushed)) == (0, 1)
    assert WRONG not in bridge.pushed


# -- an employee writes first


@pytest.fixture
def with_phone(planfix):
    """A contact with a phone, and the button."""
    planfix.chats.change("main.500", has_write_button=True)
    return planfix.add_contact("Анна", phones=("71234567890",))


def test_employee_who_begins_is_bound_by_our_answer(planfix, chat, bridge, with_phone):
    """Only the phone comes; our ids bind task and contact, and what follows belongs there."""
    planfix.chats.write_first("main.500", with_phone, MARIA, "Здравствуйте")
    assert planfix.chats.fire_pending() == 1
    (message,) = bridge.messages
    assert (message.begins, message.contact_phone, message.text) == (True, "71234567890", "Здравствуйте")
    say(chat, "и вам")
    assert (len(planfix.contacts()), len(planfix.tasks()), chat.contact("20")) == (1, 1, with_phone)
    planfix.employee_comments(1, MARIA, "да", notify=(f"contact:{with_phone}",))
    planfix.chats.fire_pending()
    assert bridge.messages[-1].chat_id == CHAT


def test_employee_who_cannot_begin_reads_why(planfix, bridge, with_phone):
    """A bot cannot write first: 400 in our words."""
    refused = cannot_write_first("Бот не может написать первым.").answer()
    bridge.answers = [(refused["statusCode"], refused["body"].encode())]
    number = planfix.chats.write_first("main.500", with_phone, MARIA, "Здравствуйте")
    assert planfix.chats.fire_pending() == 0
    assert planfix.chats.refused == [Refusal(number, 400, "Бот не может написать первым.")]


def test_button_is_one_of_the_window(planfix, with_phone):
    """And needs a phone."""
    with pytest.raises(ValueError, match="no such button"):
        planfix.chats.write_first("main.500", planfix.add_contact("Без телефона"), MARIA, "x")
    planfix.chats.change("main.500", has_write_button=False)
    with pytest.raises(ValueError, match="no such button"):
        planfix.chats.write_first("main.500", with_phone, MARIA, "x")


def test_ids_of_the_bridge_are_taken(planfix, chat):
    """Whatever stands in our ids, Planfix has no ``~`` in them."""
    from bridge.model import Chat  # noqa: PLC0415 - used here only

    for channel in ("own_bot", "7000000000"):
        ours = Chat("a-b_2", channel, 20)
        chat.post(NewChatMessage(chat_id_of(ours), ChatContact(contact_id_of(20), "Анна"), "раз", channel=channel))
        assert chat.task(chat_id_of(ours)) is not None


def test_pushes_go_out_by_themselves(planfix, bridge, opened):
    """In a thread, as on this machine."""
    import threading  # noqa: PLC0415 - used here only

    came = threading.Event()

    def post(url, headers, body):
        came.set()
        return bridge(url, headers, body)

    planfix.chats.post = post
    planfix.start()
    try:
        answer(planfix)
        assert came.wait(10)
    finally:
        planfix.stop()
