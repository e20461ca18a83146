"""One chat of Planfix by its API for chats: a form a call, paced by the caller's slots, errors of our tree.

Planfix states no quota for it (facts: planfix.md section 1.1), so it has slots of its own, apart from REST's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from bridge.errors import OutcomeUnknown, Reason, Refused
from bridge.model import Slots
from bridge.planfix.chat_route import ChatContact, ChatTask, LinkedFile, MessageState, NewChatMessage, names_of
from bridge.planfix.exchange import Exchange
from bridge.planfix.failures import chat_failure
from bridge.transfer import TIMEOUT, after_a_moment, nothing_was_done

if TYPE_CHECKING:
    import httpx

FORM: Final = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
"""The only body that Planfix documents, both ways; pairs keep their order, since a name and its address are told apart by it."""

Fields = Iterable[tuple[str, str]]
Read = TypeVar("Read")


class ChatApi:
    """One chat.

    Args:
        http: the container's one HTTP client.
        address: as the chat's window shows it, ``https://acme.planfix.ru/webchat/api``.
        provider_id: of the chat, without ``~``.
        token: that Planfix made for the chat; it goes to this address only.
        slots: the right to make one more call, shared by every container.
    """

    def __init__(self, http: httpx.Client, address: str, provider_id: str, token: str, slots: Slots) -> None:
        self._http = http
        self._address = address
        self._provider_id = provider_id
        self._token = token
        self._exchange = Exchange(http, slots)

    @property
    def provider_id(self) -> str:
        return self._provider_id

    def post(self, message: NewChatMessage) -> None:
        self._call("newMessage", _fields_of(message))

    def report(self, message_id: str, state: MessageState, said: str = "") -> None:
        fields = [("messageId", message_id), ("messageStatus", state.value), *_given(("messageStatusText", said))]
        with nothing_was_done():  # whoever reports a state twice has reported it
            self._call("messageStatus", fields, gives_way=True)

    def task(self, chat_id: str) -> ChatTask | None:
        return self._asked("getTask", ("chatId", chat_id), Reason.TASK_GONE, _task)

    def contact(self, contact_id: str) -> int | None:
        return self._asked("getContact", ("contactId", contact_id), Reason.CONTACT_GONE, _number)

    def update_contact(self, contact: ChatContact) -> None:
        with nothing_was_done():  # as above
            self._call("updateContact", _fields_of_contact(contact), gives_way=True)

    def _asked(
        self, command: str, about: tuple[str, str], gone: Reason, read: Callable[[Mapping[str, Any]], Read]
    ) -> Read | None:
        """What Planfix knows about something, or None when it says that there is no such thing."""
        try:
            with nothing_was_done():
                return read(_data(self._call(command, [about])))
        except Refused as refused:
            if refused.reason is gone:
                return None
            raise

    def _call(self, command: str, fields: Fields, *, gives_way: bool = False) -> Mapping[str, Any]:
        own = (("cmd", command), ("providerId", self._provider_id), ("planfix_token", self._token))
        content = urlencode([*own, *fields], errors="replace").encode()
        request = self._http.build_request("POST", self._address, content=content, headers=FORM, timeout=TIMEOUT)
        return after_a_moment(lambda: self._understood(self._exchange.send(request, gives_way=gives_way)))

    def _understood(self, response: httpx.Response) -> Mapping[str, Any]:
        with self._exchange.judged():
            return self._answer(response)

    def _answer(self, response: httpx.Response) -> Mapping[str, Any]:
        try:
            body = response.json() if response.content.strip() else {}
        except ValueError:
            body = None
        has_words = isinstance(body, dict) and "error" not in body
        if response.is_success and (has_words or body == []):  # PHP writes an empty object as a list
            return body or {}
        if response.is_success and not isinstance(body, dict):
            raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer that is no JSON")
        raise chat_failure(response.status_code, body if isinstance(body, dict) else None, token=self._token)


def _fields_of(message: NewChatMessage) -> Iterator[tuple[str, str]]:
    yield "chatId", message.chat_id
    yield "message", message.text if message.text.strip() else _names(message.files)
    yield from _given(("channel", message.channel), ("title", message.title))
    yield from _fields_of_contact(message.contact)
    for file in message.files:
        yield "attachments[name]", file.name
        yield "attachments[url]", file.url
    if message.is_echo:
        yield "isEcho", "true"
        yield from _given(("userEmail", message.user_email))
    for name, value in message.task_fields.items():
        yield from _given((f"data_{name}", value))


def _fields_of_contact(contact: ChatContact) -> Iterator[tuple[str, str]]:
    yield "contactId", contact.id
    yield "contactName", contact.name if contact.name.strip() else contact.id
    yield from _given(
        ("contactLastName", contact.lastname),
        ("contactIco", contact.picture),
        ("contactEmail", contact.email),
        ("contactPhone", contact.phone),
        ("contactData", contact.data),
    )


def _given(*fields: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Those that have a value: an empty one might be taken for a wish to empty something."""
    return (field for field in fields if field[1])


def _names(files: Iterable[LinkedFile]) -> str:
    """What stands for the words of a message that has none.

    Raises:
        Refused: EMPTY: nor has it a file.
    """
    names = names_of(files)
    if not names:
        raise Refused(Reason.EMPTY, "neither words nor files")
    return names


def _data(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """``data`` of an answer: an object, or one that is written as text (facts: planfix.md section 1.2, getTask)."""
    data = answer.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = None
    if not isinstance(data, dict):
        raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer without data")
    return data


def _task(data: Mapping[str, Any]) -> ChatTask:
    is_active = data.get("statusIsActive")
    return ChatTask(_number(data), is_active if isinstance(is_active, bool) else None)


def _number(data: Mapping[str, Any]) -> int:
    number = data.get("number")
    if isinstance(number, str) and number.isascii() and number.isdecimal():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer without a number")
    return number
