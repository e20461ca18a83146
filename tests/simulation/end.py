"""What people saw in the end of a seed, line by line: nothing of how the bridge came there.

No row, no request, no number that a service counts on (of messages, comments, tasks, contacts, files): another order of the same
calls would change them, and nobody reads them. Moments that stand in texts are kept as they are shown, to the minute.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_model import Comment, Contact, People, Task
from local.fakes.telegram_model import KINDS, Seen
from tests.simulation.world import DEAD, SimWorld

_BEGINNING: Final = 40
"""Characters by which a message is named that another one answers."""

_SAID_APART: Final = frozenset(
    {
        "message_id", "from", "chat", "date", "edit_date", "business_connection_id", "sender_business_bot", "reply_to_message",
        "media_group_id", "text", "caption", "entities", "caption_entities", "reply_markup",
    }
)  # fmt: skip
"""Fields of a message that a line shows in its own words, or that no phone shows."""

_COUNTED: Final = re.compile(r"(?<=[a-z])_\d+(?=\.)")
"""The number by which Telegram names a file that has no name."""

_FOR_THE_BRIDGE: Final = "sourceObjectId"
"""The field by which the bridge finds its own things again."""


_TASK: Final = ("task", "задача", "задаче")
_NUMBERED: Final = re.compile(rf"\b({'|'.join(_TASK)}|comment|комментарий) (\d+)\b")
"""How the bridge's sentences name what Planfix numbers (bridge/texts.py)."""


def end_of(world: SimWorld) -> list[str]:
    """Phones, Planfix accounts and dead letters, in an order that does not depend on when they came to be."""
    return [*_phones(world), *_planfixes(world), *_dead_letters(world)]


# -- Telegram


def _phones(world: SimWorld) -> Iterator[str]:
    bots = {bot.id: (alias, bot) for alias, bot in world.bots.items()}
    for account_id, account in sorted(world.telegram.world.accounts.items()):
        alias, bot = bots.get(account_id, (None, None))
        for client in sorted(account.chats):
            yield f"== the phone of {client}, with {f'the bot of {alias}' if alias else account_id}"
            yield from _chat(world.telegram.chat_of(client, None if bot else account_id, bot=bot, deleted=True))


def _chat(letters: Sequence[Seen]) -> Iterator[str]:
    texts = {one.message_id: one.text for one in letters}
    albums = {name: number for number, name in enumerate(dict.fromkeys(one.album for one in letters if one.album), 1)}
    for one in letters:
        signs = [
            "read" if one.read else "",
            "edited" if one.edit_date else "",
            "deleted" if one.deleted else "",
            f"of album {albums[one.album]}" if one.album else "",
            f"answers “{texts.get(one.reply_to, '')[:_BEGINNING]}”" if one.reply_to else "",
        ]
        yield " | ".join(filter(None, [f"{one.who}: {one.text}", *signs, *_shown_besides(one)]))


def _shown_besides(one: Seen) -> Iterator[str]:
    """Markup, the file, buttons, and whatever else a message shows."""
    if one.entities:
        yield _json(one.entities)
    if one.media is not None:
        yield f"{one.kind} {_file(one.file_name, one.mime, one.media)}"
    for row in one.message.get("reply_markup", {}).get("inline_keyboard", []):
        yield "buttons: " + ", ".join(button["text"] for button in row)
    files = KINDS if one.media is not None else ()  # they hold file ids
    if others := {name: part for name, part in one.message.items() if name not in _SAID_APART and name not in files}:
        yield _json(others)


def _file(name: str, mime: str, data: bytes) -> str:
    return f"{_COUNTED.sub('', name)} ({mime}, {len(data)} bytes, {hashlib.sha256(data).hexdigest()[:12]})"


# -- Planfix


def _planfixes(world: SimWorld) -> Iterator[str]:
    for host, planfix in sorted(world.planfixes.items()):
        yield from _Account(host, planfix).lines()


class _Account:
    """A Planfix account in which people and tasks have names instead of numbers."""

    def __init__(self, host: str, planfix: FakePlanfix) -> None:
        self._host = host
        self._planfix = planfix
        self._contacts = _apart({one.id: _called(one) for one in planfix.contacts()})
        self._tasks = _apart({one.id: f"task of {self._person(one.counterparty)}" for one in planfix.tasks()})
        self._comments = {one.id: f"“{one.description[:_BEGINNING]}”" for one in planfix.all_comments()}
        self._links = re.compile(rf"https://{re.escape(host)}/(task|contact)/(\d+)[^\s\"<)]*")

    def lines(self) -> Iterator[str]:
        """Contacts, then tasks with their comments."""
        yield f"== contacts of {self._host}"
        yield from sorted(map(self._contact, self._planfix.contacts()))
        for task in sorted(self._planfix.tasks(), key=lambda one: self._tasks[one.id]):
            yield f"== {self._tasks[task.id]}, {self._host}"
            yield self._task(task)
            yield from map(self._comment, self._planfix.comments(task.id))

    def _contact(self, one: Contact) -> str:
        return f"{self._contacts[one.id]}: {_json(_without_mark(one.fields))}"

    def _task(self, one: Task) -> str:
        words = {
            "name": one.name,
            "description": self._text(one.description),
            "status": self._planfix.status_of(one.id).name,
            "object": one.object_id,
            "template": one.template_id,
            "assigner": self._person(one.assigner),
            "counterparty": self._person(one.counterparty),
            "assignees": self._people(one.assignees),
            "participants": self._people(one.participants),
            "auditors": self._people(one.auditors),
            "files": self._files(one.files),
            "in the bin": one.is_deleted,
            **_without_mark(one.fields),
        }
        return _json({name: value for name, value in words.items() if value})

    def _comment(self, one: Comment) -> str:
        signs = [name for name in ("is_pinned", "is_hidden", "is_silent") if getattr(one, name)]
        said = f"{self._person(one.owner)} to {self._people(one.recipients)}: {self._text(one.description)}"
        return " | ".join([said, *signs, *self._files(one.files)])

    def _files(self, numbers: Sequence[int]) -> list[str]:
        files = self._planfix.files
        return [_file(files[one].name, files[one].mime, files[one].data) for one in numbers]

    def _people(self, people: People) -> list[str]:
        return sorted([*map(self._person, people.users), *(f"group:{number}" for number in people.groups)])

    def _person(self, ref: str | None) -> str:
        kind, _, number = (ref or "").partition(":")
        return self._contacts.get(int(number), "a contact that is gone") if kind == "contact" else str(ref)

    def _text(self, html: str) -> str:
        """With names for the numbers."""
        html = self._links.sub(lambda link: f"<{self._name(link[1], link[2])}>", html)
        return _NUMBERED.sub(lambda found: f"{found[1]} {self._name(found[1], found[2])}", html)

    def _name(self, of: str, number: str) -> str:
        names = {"contact": self._contacts}.get(of, self._tasks if of in _TASK else self._comments)
        return names.get(int(number), "that is gone")


def _called(contact: Contact) -> str:
    known = contact.fields.get("telegramId") or contact.fields.get("telegram") or contact.full_name
    return f"contact {known}"


def _apart(names: Mapping[int, str]) -> dict[int, str]:
    """The same names; of those that are alike, the second is the second."""
    met: Counter[str] = Counter()
    apart = {}
    for number, name in sorted(names.items()):
        met[name] += 1
        apart[number] = name if met[name] == 1 else f"{name} ({met[name]})"
    return apart


def _without_mark(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != _FOR_THE_BRIDGE and value not in ("", None)}


# -- dead letters


def _dead_letters(world: SimWorld) -> Iterator[str]:
    yield "== what went to the dead letters"
    yield from sorted(map(_letter, world.boundary.dead_letters))
    for queue in sorted(DEAD):
        yield f"== what still lies in {queue}"
        yield from sorted(map(_letter, world.waiting(queue)))


def _letter(body: Mapping[str, Any]) -> str:
    return f"{body['integration']}: {body['kind']}, {body['dead']['reason']}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
