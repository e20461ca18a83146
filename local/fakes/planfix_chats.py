"""Chats of the fake Planfix account: who sets them up and answers in them, and the pushing of those answers to the bridge."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from local.fakes.faults import Fault
from local.fakes.planfix_chat_commands import FORM, NAME, URL, ChatCommands
from local.fakes.planfix_chat_model import ChatOfTask, ChatWindow, Layout, PushRefused, Report, State
from local.fakes.planfix_chat_text import chat_text
from local.fakes.planfix_model import Comment
from local.fakes.planfix_scenarios import ANSWER_TIMEOUT, Repetition
from local.fakes.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.fakes.planfix_world import World

    PostForAnswer = Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]
    Fetch = Callable[[str], tuple[bytes, str]]

PATH = "/webchat/api"
_HEADERS = {"Content-Type": FORM}
_OK, _BAD_REQUEST, _UNAUTHORIZED = 200, 400, 401
_FETCHED_AGAIN_AFTER = 10.0
"""Seconds after which a file is fetched again that could not be; no source says when Planfix does."""

UNDOCUMENTED_REPEATS = Repetition(delays=(60.0, 300.0, 900.0), stall=0.0)
"""Whether and when a push comes again is written nowhere: the fake repeats it, as scenarios do."""


def post_for_answer(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """POST; status and body of the answer.

    Raises:
        ConnectionError: no answer.
    """
    try:
        answer = httpx.post(url, headers=dict(headers), content=body, timeout=ANSWER_TIMEOUT)
    except httpx.TransportError as error:
        raise ConnectionError(type(error).__name__) from None
    return answer.status_code, answer.content


def fetch_over_http(url: str) -> tuple[bytes, str]:
    """GET; the body of a 200 and its media type.

    Raises:
        ConnectionError: there is none.
    """
    try:
        answer = httpx.get(url, timeout=ANSWER_TIMEOUT, follow_redirects=True)
    except httpx.TransportError as error:
        raise ConnectionError(type(error).__name__) from None
    if answer.status_code != _OK:
        raise ConnectionError(f"HTTP {answer.status_code}")
    return answer.content, answer.headers.get("content-type", "").partition(";")[0]


@dataclass
class Push:
    """An answer that still has to be accepted; ``chat_id`` "" for one that begins a conversation."""

    window: ChatWindow
    chat_id: str
    comment: Comment
    due: float
    attempts: int = 0
    accepted: int = 0


class PlanfixChats:
    """The chats of one account.

    Args:
        world: the account.
        host: the account's own.

    Attributes:
        post: sends pushes; gets URL, headers and body, returns status and body of the answer, raises OSError without one.
        fetch: gets what was attached to a message; returns bytes and media type, raises OSError when it cannot.
        repetition: of a push that was neither accepted nor refused.
        layout: how more than one file is written into a push.
        repeats: how often a push that was accepted is sent once more: delivery is at least once.
        base_url: of the account, for the addresses of files and pictures.
    """

    def __init__(self, world: World, host: str) -> None:
        self._world = world
        self.commands = ChatCommands(world)
        self.base_url = f"https://{host}"
        self.post: PostForAnswer = post_for_answer
        self.fetch: Fetch = fetch_over_http
        self.repetition = UNDOCUMENTED_REPEATS
        self.layout: Layout = "pairs"
        self.repeats = 0
        self._waiting: list[Push] = []
        self._pushed: dict[str, Push] = {}
        self._beginnings: dict[int, ChatWindow] = {}
        self._refused: list[PushRefused] = []
        self._given_up: list[str] = []
        self._delayed: set[str] = set()
        self._firing = threading.Lock()
        self._ticker = Ticker(self.fire_pending, "fake Planfix chats")
        self._unfetched: list[Comment] = []
        self._fetch_at = float("-inf")
        self._fetches = Ticker(self._fetch_due, "fake Planfix files")
        world.on_comment = self._commented

    # -- the account

    def add(self, window: ChatWindow) -> None:
        """«Добавить чат»; again for the same ``provider_id``: its window was changed."""
        if "~" in window.provider_id:
            raise ValueError("a providerId has no ~")
        with self._world.lock:
            self.commands.windows[window.provider_id] = window
            for chat in self.commands.chats.values():
                if chat.window.provider_id == window.provider_id:
                    chat.window = window

    def change(self, provider_id: str, **fields: object) -> None:
        """An admin changes some of a window's fields."""
        with self._world.lock:
            self.add(replace(self.commands.windows[provider_id], **fields))  # type: ignore[arg-type]

    def tell_status(self, *, on: bool = True) -> None:
        """``getTask`` says ``statusIsActive``."""
        self.commands.tells_status = on

    def write_data_as_text(self, *, on: bool = True) -> None:
        """``data`` of an answer is JSON in a string."""
        self.commands.writes_data_as_text = on

    def fail_next(
        self, command: str = "", *, status: int = 502, error: str = "", times: int = 1, apply: bool = False
    ) -> None:
        """Order a failure of the next calls of a command, or of any; ``apply``: do the effect, then lose the answer."""
        path = f"{PATH}?cmd={command}" if command else PATH
        body = {"error": error} if error else None
        with self._world.lock:
            self._world.faults.waiting.append(Fault("POST", path, status, body, times, apply, exact=bool(command)))

    # -- what employees do

    def write_first(self, provider_id: str, contact_id: int, user_id: int, html: str) -> str:
        """«Написать»: an employee begins a conversation with a contact that has a phone. Returns the ``messageId``."""
        with self._world.lock:
            window = self.commands.windows[provider_id]
            contact = self._world.live_contact(contact_id)
            if not window.has_write_button or not contact.fields.get("phones"):
                raise ValueError("there is no such button: has_write_button, and a contact with a phone")
            chat = ChatOfTask(window, "", "")
            task = self.commands.open_task(chat, contact, f"WebChat, {contact.full_name}", {})
            self._beginnings[task.id] = window
            now = self._world.clock()
            comment = Comment(
                id=self._world.number("comment"),
                task_id=task.id,
                owner=f"user:{user_id}",
                description=html,
                at=now,
                visible_at=now,
                from_type="Planfix",
            )
            comment.recipients.users.append(f"contact:{contact_id}")
            return str(self._world.put_comment(comment).id)

    def contacts_merged(self, from_id: int, into_id: int) -> None:
        """A merged contact stays bound to its chats (Planfix help, Общение с клиентом)."""
        for key, number in self.commands.contacts.items():
            if number == from_id:
                self.commands.contacts[key] = into_id

    def tasks_merged(self, from_id: int, into_id: int) -> None:
        """The channel of the task that stays is kept; one that has none gets the other's."""
        chats = self.commands.chats.values()
        is_bound = any(chat.task_id == into_id for chat in chats)
        for chat in chats:
            if chat.task_id == from_id:
                chat.task_id = None if is_bound else into_id

    # -- pushing

    def push_again(self, message_id: str) -> None:
        """Send an answer once more that was sent already."""
        with self._world.lock:
            self._waiting.append(
                replace(self._pushed[message_id], due=self._world.clock(), attempts=0, accepted=self.repeats)
            )
        self._ticker.wake()

    def fire_pending(self) -> int:
        """Send the pushes that are due, in order, one after another. Returns how many were accepted."""
        accepted = 0
        with self._firing:
            while push := self._next():
                accepted += self._send(push)
        return accepted

    def start(self) -> None:
        """Push, and fetch files, from now on, each in a thread."""
        self._ticker.start()
        self._fetches.start()

    def stop(self) -> None:
        """End those threads."""
        self._ticker.stop()
        self._fetches.stop()

    def fetch_files(self) -> int:
        """Fetch what messages brought as addresses, as Planfix does at some time; returns how many could not be."""
        with self._world.lock:
            waiting = [(one, link) for one in self._unfetched for link in one.links]
        failed = 0
        for comment, link in waiting:
            try:
                data, mime = self.fetch(link[1])
            except OSError:
                failed += 1
                continue
            with self._world.lock:
                comment.files.append(self._world.put_file(data, link[0], mime or "application/octet-stream").id)
                comment.links.remove(link)
        with self._world.lock:
            self._unfetched = [one for one in self._unfetched if one.links]
        return failed

    def _fetch_due(self) -> None:
        if self._unfetched and self._world.clock() >= self._fetch_at:
            self._fetch_at = self._world.clock() + (_FETCHED_AGAIN_AFTER if self.fetch_files() else 0.0)

    # -- what people see

    def state_of(self, message_id: str | int) -> State | None:
        """What stands beside an answer; None while nobody reported it."""
        with self._world.lock:
            state = self.commands.states.get(str(message_id))
            return state if state and state.state else None

    def was_pushed(self, message_id: str | int) -> bool:
        """Whether it is an answer that was to be pushed."""
        with self._world.lock:
            return str(message_id) in self._pushed

    def task_of(self, provider_id: str, chat_id: str) -> int | None:
        """Number of a chat's task."""
        with self._world.lock:
            chat = self.commands.chats.get((provider_id, chat_id))
            return chat.task_id if chat else None

    def contact_of(self, provider_id: str, contact_id: str) -> int | None:
        """Number of a contact by the id that a message brought."""
        with self._world.lock:
            return self.commands.contacts.get((provider_id, contact_id))

    @property
    def reports(self) -> list[Report]:
        """What was reported of answers, one call after another."""
        with self._world.lock:
            return list(self.commands.reports)

    @property
    def pushes_waiting(self) -> int:
        """How many answers still have to be accepted."""
        with self._world.lock:
            return len(self._waiting)

    @property
    def files_waiting(self) -> int:
        """How many files of messages still have to be fetched."""
        with self._world.lock:
            return sum(len(one.links) for one in self._unfetched)

    @property
    def refused(self) -> list[PushRefused]:
        """Answers that were answered 400 or 401."""
        with self._world.lock:
            return list(self._refused)

    @property
    def given_up(self) -> list[str]:
        """Answers that nobody accepted."""
        with self._world.lock:
            return list(self._given_up)

    @property
    def delayed(self) -> set[str]:
        """Answers that were not accepted at once: later ones may have come before them."""
        with self._world.lock:
            return set(self._delayed)

    def file_key(self, path: str) -> int | None:
        """Number of the file at this path, outside REST and without a token."""
        found = re.fullmatch(r"/file/([0-9a-f]{8})([0-9]+)", path)
        return int(found[2]) if found and found[1] == self._guard(int(found[2])) else None

    def file_path(self, file_id: int) -> str:
        """Where that is."""
        return f"/file/{self._guard(file_id)}{file_id}"

    def _guard(self, file_id: int) -> str:
        return f"{(file_id * 2654435761 + 97) % 2**32:08x}"  # Knuth's multiplier: no number tells the next one's

    # -- inside; the world's lock is held

    def _commented(self, comment: Comment) -> None:
        """Planfix pushes what an employee wrote when the chat's contact is among the notified, and fetches files that a client sent."""
        if comment.links:
            self._unfetched.append(comment)
            self._fetches.wake()
        if not comment.owner.startswith("user:") or comment.from_type == "WebChatApi":
            return
        beginning = self._beginnings.pop(comment.task_id, None)
        chat = next((one for one in self.commands.chats.values() if one.task_id == comment.task_id), None)
        if beginning:
            self._queue(Push(beginning, "", comment, self._world.clock()))
        elif chat and self._contact_ref(chat) in comment.recipients.users:
            self._queue(Push(chat.window, chat.chat_id, comment, self._world.clock()))

    def _contact_ref(self, chat: ChatOfTask) -> str:
        return f"contact:{self.commands.contacts.get((chat.window.provider_id, chat.contact_id))}"

    def _queue(self, push: Push) -> None:
        self.commands.states.setdefault(str(push.comment.id), State(""))
        self._pushed[str(push.comment.id)] = push
        self._waiting.append(push)
        self._ticker.wake()

    def _next(self) -> Push | None:
        with self._world.lock:
            self._world.settle()
            now = self._world.clock()
            return next((push for push in self._waiting if push.due <= now), None)

    def _send(self, push: Push) -> bool:
        with self._world.lock:
            body = urlencode(self._fields(push)).encode()
        status, answer = 0, b""
        with suppress(OSError):
            status, answer = self.post(push.window.url, _HEADERS, body)
        with self._world.lock:
            is_accepted = status == _OK and self._is_bound(push, answer)
            push.accepted += is_accepted
            if is_accepted and push.accepted <= self.repeats:
                push.due = self._world.clock()
            elif is_accepted or status in (_BAD_REQUEST, _UNAUTHORIZED):
                self._waiting.remove(push)
                if not is_accepted:
                    self._refused.append(PushRefused(str(push.comment.id), status, _error_of(answer)))
            else:
                self._failed(push)
        return is_accepted

    def _failed(self, push: Push) -> None:
        self._delayed.add(str(push.comment.id))
        if push.attempts >= len(self.repetition.delays):
            self._waiting.remove(push)
            self._given_up.append(str(push.comment.id))
            return
        push.due = self._world.clock() + self.repetition.delays[push.attempts]
        push.attempts += 1

    def _is_bound(self, push: Push, answer: bytes) -> bool:
        """Both ids must stand in the answer; where the employee began, they bind the task and its contact."""
        try:
            body = json.loads(answer)
        except ValueError:
            return False
        ids = [body.get(name) for name in ("chatId", "contactId")] if isinstance(body, dict) else []
        chat_id, contact_id = (one if isinstance(one, str) else "" for one in ids or ("", ""))
        if not chat_id or not contact_id or "~" in chat_id + contact_id:
            return False
        if push.chat_id:
            return chat_id == push.chat_id
        provider_id, task_id = push.window.provider_id, push.comment.task_id
        self.commands.tasks[task_id] = (provider_id, chat_id)
        self.commands.chats[provider_id, chat_id] = ChatOfTask(push.window, chat_id, contact_id, task_id)
        self.commands.contacts[provider_id, contact_id] = self._client_of(task_id)
        return True

    def _client_of(self, task_id: int) -> int:
        """Number of the contact that is the task's assigner; 0 without one."""
        task = self._world.tasks.get(task_id)
        kind, _, number = ((task and task.assigner) or "").partition(":")
        return int(number) if kind == "contact" else 0

    def _fields(self, push: Push) -> list[tuple[str, str]]:
        comment, window = push.comment, push.window
        user = self._world.users[int(comment.owner.partition(":")[2])]
        chat = self.commands.chats.get((window.provider_id, push.chat_id))
        fields = [("cmd", "newMessage"), ("providerId", window.provider_id)]
        if push.chat_id:
            fields.append(("chatId", push.chat_id))
        contact = self._world.contacts.get(self._client_of(comment.task_id))
        phones = contact.fields.get("phones", []) if contact else []
        if phones:
            fields.append(("contactPhone", phones[0]["number"]))
        if chat and chat.channel:
            fields.append(("channel", chat.channel))
        fields += [
            ("token", window.token),
            ("message", chat_text(comment.description)),
            ("messageId", str(comment.id)),
            ("userName", user.name),
            ("userLastName", user.lastname),
            ("userIco", f"{self.base_url}/?action=getuserpic&id={user.id}"),
            ("taskEmail", f"task{comment.task_id}@{self.base_url.partition('://')[2]}"),
        ]
        return fields + self._attachments(comment)

    def _attachments(self, comment: Comment) -> list[tuple[str, str]]:
        files = [self._world.files[number] for number in comment.files]
        pairs = [(file.name, f"{self.base_url}{self.file_path(file.id)}") for file in files]
        if self.layout == "indexed":
            return [
                (f"attachments[{number}][{key}]", value)
                for number, pair in enumerate(pairs)
                for key, value in zip(("name", "url"), pair, strict=True)
            ]
        if self.layout == "pairs":
            return [field for name, url in pairs for field in ((NAME, name), (URL, url))]
        names, urls = [name for name, _ in pairs], [url for _, url in pairs]
        ends = {"grouped": "", "lists": "[]"}
        return [
            (f"{key}{ends.get(self.layout, f'[{number}]')}", value)
            for key, values in ((NAME, names), (URL, urls))
            for number, value in enumerate(values)
        ]


def _error_of(answer: bytes) -> str:
    try:
        body = json.loads(answer)
    except ValueError:
        return ""
    return str(body.get("error", "")) if isinstance(body, dict) else ""
