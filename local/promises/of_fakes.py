"""What is seen in the fakes of Telegram and Planfix, as the promises want it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from local.promises.account import OWN_BOT, Album, Chat, Comment, Left, Member, Sent, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from local.fakes.planfix import FakePlanfix
    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot, Json
    from local.promises.account import Answer

_EDITS: Final = ("editMessageText", "editMessageCaption", "editMessageMedia")
_OK: Final = 200
_BRIDGE: Final = "bridge"
"""The id of the contact by which the bridge itself writes into chats."""


# -- Planfix


def comments_in(planfix: FakePlanfix, host: str) -> list[Comment]:
    """Every comment of an account that can be seen, in deleted tasks too."""
    robot, files = {f"user:{planfix.robot_id}", *_bridge_itself(planfix)}, planfix.files
    return [
        Comment(
            host,
            one.task_id,
            one.id,
            "bridge" if one.owner in robot else "employee" if one.from_type == "Planfix" else "client",
            one.description,
            tuple(files[number].data for number in one.files),
        )
        for one in planfix.all_comments()
    ]


def _bridge_itself(planfix: FakePlanfix) -> Iterator[str]:
    """The contacts by which the bridge writes into chats."""
    for (_, contact_id), number in planfix.chats.commands.contacts.items():
        if contact_id == _BRIDGE:
            yield f"contact:{number}"


def states_in(planfix: FakePlanfix, host: str) -> list[State]:
    """All that was ever shown beside answers in chats."""
    return [State(host, int(one.message_id), one.state, one.said, one.after) for one in planfix.chats.reports]


def tasks_of_chats(planfix: FakePlanfix, host: str) -> dict[tuple[str, int], Chat]:
    """Whose the tasks are that Planfix made for chats."""
    tasks = {}
    for task, (_, chat_id) in planfix.chats.commands.tasks.items():
        integration, channel, client = chat_id.split(".")
        tasks[host, task] = Chat(integration, channel, int(client))
    return tasks


def note_pushes(answers: Iterable[Answer], planfixes: Mapping[str, FakePlanfix]) -> None:
    """Of answers in chats: for the client is what Planfix was to push; and which of it came late, or was given up."""
    for answer in answers:
        chats = planfixes[answer.host].chats
        number = str(answer.comment)
        answer.delayed = number in chats.delayed
        answer.unheard = number in chats.given_up or not chats.was_pushed(number)
        answer.meant_for_client = chats.was_pushed(number)


def contacts_in(planfix: FakePlanfix, host: str) -> list[tuple[str, str]]:
    """Host and Telegram id of the contacts that have one."""
    ids = [str(one.fields.get("telegramId") or "") for one in planfix.contacts()]
    return [(host, one) for one in ids if one]


def still_to_tell(planfix: FakePlanfix, host: str) -> Iterator[Left]:
    """What Planfix's scenarios have not told the bridge, and what they gave up."""
    if planfix.requests_waiting:
        yield Left(f"Planfix {host}", f"{planfix.requests_waiting} calls of scenarios")
    if planfix.chats.pushes_waiting:
        yield Left(f"Planfix {host}", f"{planfix.chats.pushes_waiting} pushes")
    for incident in planfix.incidents:
        yield Left(f"Planfix {host}", f"a call for task {incident.task_id} that was given up")


# -- Telegram


def sent_by(
    telegram: FakeTelegram,
    bots: Mapping[str, Bot],
    ledger: Iterable[Json],
    was_disturbed: Callable[[str], bool] = lambda _: False,
    *,
    with_quotations: bool = True,
) -> list[Sent]:
    """What bots brought to clients, by all calls that Telegram took; what they say to owners of accounts is not here.

    Args:
        telegram: remembers its calls.
        bots: by integration.
        ledger: the rows of the table.
        was_disturbed: whether the reply to a call that brought this text was kept from the bridge.
        with_quotations: whether quotations are the answer's own words; where none can be known for a message, they are others' words.
    """
    aliases = {bot.id: alias for alias, bot in bots.items()}
    owners = {one.owner.id for one in telegram.world.connections.values()}
    known = {row["pk"] for row in ledger if row.get("phase") == "done"}
    found = []
    for call in telegram.calls:
        is_edit = call.method in _EDITS
        if call.status != _OK or call.bot_id not in aliases or not (is_edit or call.method.startswith("send")):
            continue
        result = (call.answer or {}).get("result")
        messages: list[Json] = result if isinstance(result, list) else [result] if isinstance(result, dict) else []
        if not messages:
            continue  # sendChatAction brings nothing
        chat = chat_of_message(telegram, aliases[call.bot_id], messages[0])
        if chat.is_own_bot and chat.client_id in owners:
            continue
        text = " ".join(shown(telegram, one, with_quotations=with_quotations) for one in messages)
        ids = tuple(one["message_id"] for one in messages)
        is_known = is_edit or f"sent#{chat.key}#{ids[-1]}" in known
        found.append(Sent(chat, text, ids, is_known, was_disturbed(text), is_edit))
    return found


def shown(telegram: FakeTelegram, message: Json, *, with_quotations: bool = True) -> str:
    """All that a message shows: its text, its file's name, and its file by what is in it."""
    words = message.get("text") or message.get("caption") or ""
    if not with_quotations:
        words = _unquoted(words, message.get("entities") or message.get("caption_entities") or ())
    names = [part["file_name"] for part in message.values() if isinstance(part, dict) and "file_name" in part]
    return " ".join([words, *names[:1], *map(known_file, telegram.files_of(message))])


def _unquoted(words: str, entities: Sequence[Json]) -> str:
    """The words without those of quotations; entities count UTF-16 units."""
    units = words.encode("utf-16-le")
    for one in reversed(entities):
        if "blockquote" in one["type"]:
            units = units[: 2 * one["offset"]] + units[2 * (one["offset"] + one["length"]) :]
    return units.decode("utf-16-le")


def known_file(data: bytes) -> str:
    """The word by which a file is recognised, whatever it is called."""
    return f"file:{hashlib.sha256(data).hexdigest()[:16]}"


def albums_handed(telegram: FakeTelegram, bots: Mapping[str, Bot]) -> list[Album]:
    """The albums whose members webhooks took; ``bots`` by integration."""
    members: dict[tuple[Chat, str], list[Member]] = defaultdict(list)
    for alias, bot in bots.items():
        for handed in list(bot.handed):
            kind, message = content_of(handed.body)
            name = message.get("media_group_id") if kind in ("message", "business_message") else None
            if name:
                update = (alias, handed.body["update_id"])
                for photo in telegram.files_of(message)[:1]:
                    member = Member(update, message["message_id"], photo, handed.sent_at, handed.at)
                    members[chat_of_message(telegram, alias, message), name].append(member)
    return [Album(chat, name, tuple(one)) for (chat, name), one in members.items()]


def still_to_hand(telegram: FakeTelegram, bots: Mapping[str, Bot]) -> Iterator[Left]:
    """Updates that wait for a webhook."""
    for alias, bot in bots.items():
        for body in telegram.updates_for(bot):
            yield Left("Telegram", f"update {body['update_id']} for {alias}", (alias, body["update_id"]))


def unknowable(telegram: FakeTelegram, letters: Sequence[dict[str, Any]]) -> set[tuple[str, int]]:
    """Updates among these dead letters whose connection's id Telegram knows no more: it tells nothing of old ones."""
    found = set()
    for letter in letters:
        if letter.get("dead", {}).get("reason") == "connection_lost" and "update" in letter:
            _, content = content_of(letter["update"])
            if not telegram.world.connections[content["business_connection_id"]].current:
                found.add((letter["integration"], letter["update"]["update_id"]))
    return found


def content_of(update: Json) -> tuple[str, Json]:
    """The kind of an update, and what it brings."""
    return next((kind, one) for kind, one in update.items() if kind != "update_id")


def chat_of_message(telegram: FakeTelegram, alias: str, message: Json) -> Chat:
    """The chat in which a message stands that the bot was told of, or sent."""
    connection = message.get("business_connection_id")
    channel = OWN_BOT if connection is None else str(telegram.world.connections[connection].owner.id)
    return Chat(alias, channel, message["chat"]["id"])
