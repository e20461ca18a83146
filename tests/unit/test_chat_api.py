"""The client of Planfix's API for chats: what goes over the wire, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import httpx
import pytest

from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.planfix.chat_api import ChatApi
from bridge.planfix.chat_route import ChatContact, ChatTask, LinkedFile, MessageState, NewChatMessage
from tests.unit.test_files_redirects import NoSlots

ADDRESS = "https://acme.planfix.ru/webchat/api"
TOKEN = "303cb962ac59075b964b07152d234b70"
ANNA = ChatContact("20", "Анна")
HELLO = NewChatMessage("main.500.20", ANNA, "Здравствуйте")


class Slots(NoSlots):
    """Remembers what was told to everybody else."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def take(self, needs: float = 0, *, gives_way: bool = False) -> None:
        self.told.append("taken giving way" if gives_way else "taken")

    def hold_off(self, seconds: float, asked: Reason) -> None:
        self.told.append(f"hold off {seconds:g}")

    def failed(self) -> None:
        self.told.append("failed")

    def answered(self) -> None:
        self.told.append("answered")


class Planfix:
    """Answers what it is told; a callable or an exception, too."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers) or [httpx.Response(200)]
        self.requests: list[httpx.Request] = []
        self.slots = Slots()
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.chat = ChatApi(http, ADDRESS, "main.500", TOKEN, self.slots)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def form(self) -> list[tuple[str, str]]:
        """The last request's fields, in their order."""
        return parse_qsl(self.requests[-1].content.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def no(error: str, status: int = 400) -> httpx.Response:
    """A documented refusal."""
    return httpx.Response(status, json={"error": error})


CALLS: dict[str, Callable[[ChatApi], object]] = {
    "newMessage": lambda chat: chat.post(HELLO),
    "messageStatus": lambda chat: chat.report("77", MessageState.SENT),
    "getTask": lambda chat: chat.task("main.500.20"),
    "getContact": lambda chat: chat.contact("20"),
    "updateContact": lambda chat: chat.update_contact(ANNA),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))


# -- what is sent


def test_least_message():
    """What Planfix requires and nothing else: a field without a value is not sent."""
    planfix = Planfix()
    planfix.chat.post(HELLO)
    (request,) = planfix.requests
    assert (request.method, str(request.url)) == ("POST", ADDRESS)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert planfix.form == [
        ("cmd", "newMessage"), ("providerId", "main.500"), ("planfix_token", TOKEN), ("chatId", "main.500.20"),
        ("message", "Здравствуйте"), ("contactId", "20"), ("contactName", "Анна"),
    ]  # fmt: skip


def test_whole_message():
    """Every documented field has its place; names and addresses of files alternate."""
    planfix = Planfix()
    contact = ChatContact("20", "Анна", "Серова", "https://x/a.png", "a@x.ru", "+79051234567", "https://t.me/anna")
    files = (LinkedFile("1.jpg", "https://b/1"), LinkedFile("2.jpg", "https://b/2"))
    planfix.chat.post(
        NewChatMessage(
            "main.500.20", contact, "фото & видео\n=)", "500", "Анна", files, task_fields={"Источник": "реклама", "Пусто": ""}
        )
    )  # fmt: skip
    assert planfix.form[3:] == [
        ("chatId", "main.500.20"), ("message", "фото & видео\n=)"), ("channel", "500"), ("title", "Анна"),
        ("contactId", "20"), ("contactName", "Анна"), ("contactLastName", "Серова"), ("contactIco", "https://x/a.png"),
        ("contactEmail", "a@x.ru"), ("contactPhone", "+79051234567"), ("contactData", "https://t.me/anna"),
        ("attachments[name]", "1.jpg"), ("attachments[url]", "https://b/1"),
        ("attachments[name]", "2.jpg"), ("attachments[url]", "https://b/2"), ("data_Источник", "реклама"),
    ]  # fmt: skip


def test_echo_names_its_employee():
    """What our side wrote says so, and by whom; what the client wrote names no employee."""
    planfix = Planfix(*[httpx.Response(200)] * 3)
    planfix.chat.post(NewChatMessage("c", ANNA, "Добрый день", is_echo=True, user_email="maria@acme.ru"))
    assert planfix.form[-2:] == [("isEcho", "true"), ("userEmail", "maria@acme.ru")]
    planfix.chat.post(NewChatMessage("c", ANNA, "Добрый день", is_echo=True))
    assert planfix.form[-1] == ("isEcho", "true")
    planfix.chat.post(NewChatMessage("c", ANNA, "Добрый день", user_email="maria@acme.ru"))
    assert not {"isEcho", "userEmail"} & {name for name, _ in planfix.form}


@pytest.mark.parametrize("text", ["", " \n"])
def test_file_alone_is_named(text: str):
    """Planfix takes no empty message: the names of its files are its words."""
    planfix = Planfix()
    files = (LinkedFile("1.jpg", "https://b/1"), LinkedFile("2.jpg", "https://b/2"))
    planfix.chat.post(NewChatMessage("c", ANNA, text, files=files))
    assert dict(planfix.form)["message"] == "📎 1.jpg\n📎 2.jpg"


def test_nothing_at_all_is_not_sent():
    """Neither words nor files: no message, and no request."""
    planfix = Planfix()
    with pytest.raises(Refused) as refused:
        planfix.chat.post(NewChatMessage("c", ANNA, ""))
    assert (refused.value.reason, planfix.requests) == (Reason.EMPTY, [])


def test_client_without_a_name_has_its_id():
    """A contact must have a name."""
    planfix = Planfix()
    planfix.chat.post(NewChatMessage("c", ChatContact("20", " "), "раз"))
    assert dict(planfix.form)["contactName"] == "20"


def test_half_a_character_stops_nothing():
    """A lone surrogate cannot be written to a wire: it is replaced, and its message goes out."""
    planfix = Planfix()
    planfix.chat.post(NewChatMessage("c", ANNA, "раз\ud83d"))
    assert dict(planfix.form)["message"] == "раз?"


def test_states():
    """A tick, two ticks, an error with words for the employee."""
    planfix = Planfix(*[httpx.Response(200)] * 2)
    planfix.chat.report("77", MessageState.SENT)
    assert planfix.form[3:] == [("messageId", "77"), ("messageStatus", "sent")]
    planfix.chat.report("77", MessageState.ERROR, "Клиент остановил бота.")
    assert planfix.form[4:] == [("messageStatus", "error"), ("messageStatusText", "Клиент остановил бота.")]


@pytest.mark.parametrize(
    ("command", "gives_way"),
    [("newMessage", False), ("getTask", False), ("messageStatus", True), ("updateContact", True)],
)
def test_words_go_before_ticks(command: str, gives_way: bool):
    """A state and a name give way to what people wrote, which a slot of REST never knows of."""
    planfix = Planfix(httpx.Response(200, json={"data": {"number": 1}}))
    CALLS[command](planfix.chat)
    assert planfix.slots.told == ["taken giving way" if gives_way else "taken", "answered"]


# -- what an answer means


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"[]", b'{"result": "ok"}'])
def test_done(body: bytes):
    """200 is done; its body is documented as empty, and whatever object comes instead is no failure."""
    planfix = Planfix(httpx.Response(200, content=body))
    planfix.chat.post(HELLO)
    assert planfix.slots.told == ["taken", "answered"]


DATA = [{"number": 1014, "statusIsActive": False}, {"number": "1014"}, {"number": 1014, "statusIsActive": "yes"}]


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize(("data", "is_active"), list(zip(DATA, (False, None, None), strict=True)))
def test_number_of_a_task(data: dict[str, object], is_active: bool | None, as_text: bool):
    """``data`` is an object or JSON in a string, its number a number or text; whether the task is active, not everybody says."""
    planfix = Planfix(httpx.Response(200, json={"data": json.dumps(data) if as_text else data}))
    assert planfix.chat.task("main.500.20") == ChatTask(1014, is_active)
    assert planfix.form[0] == ("cmd", "getTask")
    assert planfix.form[3:] == [("chatId", "main.500.20")]


def test_number_of_a_contact():
    """By the id that its messages bring."""
    planfix = Planfix(httpx.Response(200, json={"data": {"number": 1058}}))
    assert planfix.chat.contact("20") == 1058
    assert (planfix.form[0], planfix.form[3:]) == (("cmd", "getContact"), [("contactId", "20")])


def test_unknown_is_no_failure():
    """A chat without a task, and a contact that Planfix does not know."""
    planfix = Planfix(no("task not found"), no("unknown contact"))
    assert planfix.chat.task("main.500.20") is None
    assert planfix.chat.contact("20") is None


@pytest.mark.parametrize(
    "data", [None, [], "x", "{", {}, {"number": True}, {"number": 0}, {"number": "x"}, {"number": -1}]
)
def test_answer_without_a_number_is_asked_again(data: object):
    """A question changes nothing: an answer that cannot be read is asked for again, later."""
    for command in ("getTask", "getContact"):
        with pytest.raises(RetryLater):
            CALLS[command](Planfix(httpx.Response(200, json={"data": data})).chat)


MEANINGS = [
    (no("Invalid parameters"), Refused, Reason.PLANFIX_CHAT_REFUSED),
    (no("invalid parameters "), Refused, Reason.PLANFIX_CHAT_REFUSED),
    (httpx.Response(200, json={"error": "Invalid parameters"}), Refused, Reason.PLANFIX_CHAT_REFUSED),
    (no("Invalid token", 401), Misconfigured, Reason.PLANFIX_CHAT_TOKEN_REFUSED),
    (httpx.Response(401), Misconfigured, Reason.PLANFIX_CHAT_TOKEN_REFUSED),
    (httpx.Response(404), Misconfigured, Reason.PLANFIX_CHAT_ADDRESS),
    (httpx.Response(405), Misconfigured, Reason.PLANFIX_CHAT_ADDRESS),
    (httpx.Response(302, headers={"location": "https://acme.planfix.ru/login"}), Misconfigured, Reason.PLANFIX_CHAT_ADDRESS),
    (httpx.Response(429), RetryLater, Reason.PLANFIX_QUOTA),
    (httpx.Response(403, json={"result": "fail", "code": 22, "timeToReset": 7000}), RetryLater, Reason.PLANFIX_QUOTA),
    (httpx.Response(418), Refused, Reason.UNKNOWN_ERROR),
    (httpx.Response(502), OutcomeUnknown, Reason.SERVICE_DOWN),
    (httpx.Response(200, content=b"<html>"), OutcomeUnknown, Reason.SERVICE_DOWN),
    (httpx.ReadTimeout("x"), OutcomeUnknown, Reason.UNREACHABLE),
    (httpx.RemoteProtocolError("x"), OutcomeUnknown, Reason.UNREACHABLE),
    (httpx.ConnectError("x"), RetryLater, Reason.UNREACHABLE),
    (httpx.WriteTimeout("x"), RetryLater, Reason.UNREACHABLE),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "leaf", "reason"), MEANINGS)
def test_every_failure_is_a_leaf(answer: httpx.Response | Exception, leaf: type[BridgeError], reason: Reason):
    """Each documented error, and each that the web knows, is one leaf of the tree."""
    with pytest.raises(BridgeError) as raised:
        Planfix(*[answer] * 3).chat.post(HELLO)
    assert (type(raised.value), raised.value.reason) == (leaf, reason)


@pytest.mark.parametrize("command", ["messageStatus", "updateContact", "getTask", "getContact"])
@pytest.mark.parametrize("answer", [httpx.Response(502), httpx.ReadTimeout("x")])
def test_only_a_message_may_be_in_doubt(command: str, answer: httpx.Response | Exception):
    """What may be said twice is said again: nobody has to look whether it arrived."""
    with pytest.raises(RetryLater):
        CALLS[command](Planfix(answer).chat)


def test_quota_that_nobody_documents_is_obeyed():
    """Should Planfix have one after all, everybody waits as long as it says."""
    planfix = Planfix(httpx.Response(403, json={"result": "fail", "code": 22, "timeToReset": 7000}))
    with pytest.raises(RetryLater) as wait:
        planfix.chat.post(HELLO)
    assert (wait.value.after, wait.value.counts) == (7.0, False)
    assert planfix.slots.told == ["taken", "hold off 7", "answered"]


def test_moment_is_waited_here():
    """Told to wait for a moment, it asks again itself, and nothing above it begins anew."""
    planfix = Planfix(httpx.Response(403, json={"code": 22, "timeToReset": 2000}), httpx.Response(200))
    planfix.chat.post(HELLO)
    assert len(planfix.requests) == 2


@each_call
@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_token_is_in_no_error(call: Callable[[ChatApi], object], status: int):
    """Whoever repeats what it was called with does not spread our token."""
    with pytest.raises(BridgeError) as raised:
        call(Planfix(no(f"planfix_token={TOKEN} is wrong", status)).chat)
    assert TOKEN not in f"{raised.value} {raised.value.detail} {raised.value.logged}"


@each_call
def test_words_are_in_no_log(call: Callable[[ChatApi], object]):
    """A remote may repeat a message's words; a log gets the status alone."""
    with pytest.raises(BridgeError) as raised:
        call(Planfix(no("Пароль от сейфа: 4711")).chat)
    assert raised.value.logged == "HTTP 400"
    assert "4711" in raised.value.detail


def test_redirect_is_not_followed():
    """The token goes to the address that was set, and nowhere else."""
    planfix = Planfix(httpx.Response(307, headers={"location": "https://evil.example/"}), httpx.Response(200))
    with pytest.raises(Misconfigured):
        planfix.chat.post(HELLO)
    assert len(planfix.requests) == 1
