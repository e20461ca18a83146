"""What Planfix pushes to us: read in every layout that is known, or refused as its help page says."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Chat
from bridge.planfix.chat_ids import chat_id_of, chat_of, contact_id_of, provider_id_of
from bridge.planfix.chat_push import (
    NOT_OURS,
    WRONG,
    PushedFile,
    PushedMessage,
    PushRefused,
    cannot_write_first,
    read_push,
    taken,
)

TOKEN, FORMER = "our-token-of-the-chat", "our-former-token"
FORM = {
    "cmd": "newMessage", "providerId": "main.500", "chatId": "main.500.20", "token": TOKEN, "message": "Добрый день",
    "messageId": "4188849", "userName": "Петр", "userLastName": "Петров", "channel": "500", "contactPhone": "71234567890",
    "userIco": "https://acme.planfix.ru/?action=getuserpic&id=77", "taskEmail": "task77@acme.planfix.ru",
}  # fmt: skip
URLS = ("https://acme.planfix.ru/file/aadka", "https://acme.planfix.ru/file/b?x=1&y=2")
FILES = (PushedFile("файл 1.doc", URLS[0]), PushedFile("2.doc", URLS[1]))


def tokens_of(provider_id: str) -> list[str]:
    """One chat is set up, and its token is just being changed."""
    return {"main.500": [TOKEN, FORMER]}.get(provider_id, [])


def read(*more: tuple[str, str], **changes: str | None) -> PushedMessage | PushRefused:
    """Push the form with some fields changed (None: left out) and others behind it."""
    fields = [(name, value) for name, value in {**FORM, **changes}.items() if value is not None]
    return read_push(urlencode([*fields, *more]).encode(), tokens_of)


def taken_in(*more: tuple[str, str], **changes: str | None) -> PushedMessage:
    """The same, of a push that is taken."""
    pushed = read(*more, **changes)
    assert isinstance(pushed, PushedMessage)
    return pushed


def test_every_field_is_read():
    """Each that the help page names."""
    assert taken_in() == PushedMessage(
        provider_id="main.500", message_id="4188849", chat_id="main.500.20", contact_phone="71234567890", channel="500",
        text="Добрый день", author_name="Петр", author_lastname="Петров",
        author_picture="https://acme.planfix.ru/?action=getuserpic&id=77", task_email="task77@acme.planfix.ru", files=(),
    )  # fmt: skip


@pytest.mark.parametrize("optional", ["contactPhone", "channel", "userName", "userLastName", "userIco", "taskEmail"])
def test_fields_that_may_be_missing(optional: str):
    """Whatever an answer can be delivered without."""
    assert taken_in(**{optional: None}).text == "Добрый день"


@pytest.mark.parametrize(
    ("first", "last", "author"), [("Петр", "Петров", "Петров Петр"), ("Петр", "", "Петр"), ("", "", "")]
)
def test_author_is_named_as_planfix_signs(first: str, last: str, author: str):
    """Last name first."""
    assert taken_in(userName=first, userLastName=last).author == author


# -- files

LAYOUTS = {
    "pairs": "attachments[name]={0}&attachments[url]={1}&attachments[name]={2}&attachments[url]={3}",
    "grouped": "attachments[name]={0}&attachments[name]={2}&attachments[url]={1}&attachments[url]={3}",
    "url first": "attachments[url]={1}&attachments[name]={0}&attachments[url]={3}&attachments[name]={2}",
    "indexed": "attachments[0][name]={0}&attachments[0][url]={1}&attachments[1][name]={2}&attachments[1][url]={3}",
    "indexed from one": "attachments[1][name]={0}&attachments[1][url]={1}&attachments[2][name]={2}&attachments[2][url]={3}",
    "indexed, grouped": "attachments[0][name]={0}&attachments[1][name]={2}&attachments[0][url]={1}&attachments[1][url]={3}",
    "nameless index": "attachments[][name]={0}&attachments[][url]={1}&attachments[][name]={2}&attachments[][url]={3}",
    "lists": "attachments[name][]={0}&attachments[name][]={2}&attachments[url][]={1}&attachments[url][]={3}",
    "lists in pairs": "attachments[name][]={0}&attachments[url][]={1}&attachments[name][]={2}&attachments[url][]={3}",
    "indexed lists": "attachments[name][0]={0}&attachments[name][1]={2}&attachments[url][1]={3}&attachments[url][0]={1}",
}


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_files_in_every_layout(layout: str, escaped: bool):
    """Two files are two files, in their order, each name with its own address; brackets may be written either way."""
    values = [urlencode({"": value})[1:] for file in FILES for value in (file.name, file.url)]
    keys = layout.replace("[", "%5B").replace("]", "%5D") if escaped else layout
    pushed = read_push((urlencode(FORM) + "&" + keys.format(*values)).encode(), tokens_of)
    assert isinstance(pushed, PushedMessage)
    assert pushed.files == FILES


def test_one_file():
    """The layout of the help page's example."""
    assert taken_in(("attachments[name]", "a.doc"), ("attachments[url]", URLS[0])).files == (
        PushedFile("a.doc", URLS[0]),
    )


def test_file_that_lacks_something_is_still_a_file():
    """A name without an address is told of, an address without a name can be fetched; neither is dropped."""
    assert taken_in(("attachments[url]", URLS[0])).files == (PushedFile("", URLS[0]),)
    assert taken_in(("attachments[0][name]", "a.doc")).files == (PushedFile("a.doc", ""),)


def test_empty_attachments_are_none():
    """Fields that are there and say nothing."""
    assert taken_in(("attachments[name]", ""), ("attachments[url]", "")).files == ()


@pytest.mark.parametrize(
    "key", ["attachments", "attachments[]", "attachments[size]", "attachments[0][1][url]", "attachments[url"]
)
def test_other_attachments_are_left_alone(key: str):
    """What nobody has seen is no file, and stops nothing."""
    assert taken_in((key, "x")).files == ()


def test_file_alone_is_an_answer():
    """Its message may be empty then (facts: planfix.md section 1.3)."""
    assert taken_in(("attachments[url]", URLS[0]), message="").text == ""


# -- refusals


@pytest.mark.parametrize(
    "token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ж", "\ud800".encode("utf-8", "replace").decode(), None]
)
def test_wrong_token(token: str | None):
    """401 and nothing else, whatever the rest says."""
    assert read(token=token) == NOT_OURS


@pytest.mark.parametrize("provider_id", ["main.501", "", None])
def test_chat_that_nobody_set_up_looks_like_a_wrong_token(provider_id: str | None):
    """From outside nobody learns which chats there are; and no token is the token of none."""
    assert read(providerId=provider_id) == NOT_OURS
    assert read(providerId=provider_id, token="") == NOT_OURS


def test_both_tokens_are_valid_while_they_change():
    """The former one until the window in Planfix has the new one."""
    assert taken_in(token=FORMER).message_id == "4188849"


@pytest.mark.parametrize(
    "changes",
    [{"cmd": "readMessage"}, {"cmd": None}, {"messageId": ""}, {"chatId": "", "contactPhone": ""}, {"message": " "}],
)
def test_unusable_push(changes: dict[str, str | None]):
    """400: of no known kind, without an id, for nobody, or saying nothing."""
    assert read(**changes) == WRONG


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\xff\xfe", json.dumps(FORM).encode(), b"&" * 5000, b"a=" + b"x" * 100_000]
)
def test_what_is_no_form(body: bytes):
    """It has no token that could be right; endless fields are not read at all."""
    assert read_push(body, tokens_of) in (NOT_OURS, WRONG)


def test_refusals_are_those_of_the_help_page():
    """Their status, and ``error`` in a body of JSON."""
    answers = {refused.status: json.loads(refused.answer()["body"]) for refused in (WRONG, NOT_OURS)}
    assert answers == {400: {"error": "Invalid parameters"}, 401: {"error": "Invalid token"}}
    assert WRONG.answer()["statusCode"] == 400


def test_answer_names_chat_and_contact():
    """Both are mandatory: Planfix binds a new conversation by them."""
    answer = taken("main.500.20", "20")
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"chatId": "main.500.20", "contactId": "20"})


def test_employee_begins_with_a_phone_only():
    """«Написать»: it is known as such, and its refusal says why in the employee's words."""
    pushed = taken_in(chatId=None)
    assert (pushed.begins, pushed.contact_phone) == (True, "71234567890")
    assert not taken_in().begins
    refused = cannot_write_first("Бот не может написать первым: https://t.me/acme_bot").answer()
    assert (refused["statusCode"], json.loads(refused["body"])) == (
        400, {"error": "Бот не может написать первым: https://t.me/acme_bot"},
    )  # fmt: skip


# -- on its way


def test_push_survives_the_queue():
    """Nothing of it can be read again: all of it travels, as JSON."""
    pushed = taken_in(("attachments[name]", "a.doc"), ("attachments[url]", URLS[0]))
    assert PushedMessage.of(json.loads(json.dumps(pushed.as_body()))) == pushed


def test_older_body_is_read():
    """A body from before a field existed has it empty."""
    assert PushedMessage.of({"message_id": "5", "text": "раз"}).chat_id == ""


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*FORM, "attachments[name]", "attachments[0][url]"]) | st.text(max_size=9),
            st.text(max_size=9),
        )
    )
)
def test_any_form_is_answered(pairs: list[tuple[str, str]]):
    """No form raises."""
    body = urlencode(pairs, errors="replace").encode()
    assert isinstance(read_push(body, lambda _: [""]), PushRefused)
    pushed = read_push(body, lambda _: [dict(reversed(pairs)).get("token", "")])
    assert isinstance(pushed, PushedMessage | PushRefused)


# -- ids


@pytest.mark.parametrize("chat", [Chat("main", "500", 20), Chat("a-b_2", "own_bot", 7_000_000_000)])
def test_chat_is_known_again_by_its_id(chat: Chat):
    """Nothing is looked up to know whose answer it is; and no id has a ``~``."""
    chat_id = chat_id_of(chat)
    assert chat_of(chat_id) == chat
    assert "~" not in chat_id + contact_id_of(chat.client_id) + provider_id_of(chat.integration, chat.channel)


@pytest.mark.parametrize(
    "chat_id",
    [
        "",
        "main",
        "main.500",
        "main.500.x",
        "main.500.20.1",
        "main.anna.20",
        "Main.500.20",
        "main.500.20\n",
        "main.500.٢",
    ],
)
def test_id_of_no_chat(chat_id: str):
    """What we never wrote is none of ours."""
    assert chat_of(chat_id) is None
