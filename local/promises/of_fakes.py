"""What is seen in the fakes of Telegram and Planfix, as the promises want it; and, for who keeps no account, what people did."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from local.promises.account import OWN_BOT, Album, Chat, Comment, Left, Member

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.fakes.planfix import FakePlanfix
    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot, Json


def comments_in(planfix: FakePlanfix, host: str) -> list[Comment]:
    """Every comment of an account that can be seen, in deleted tasks too."""
    robot, files = f"user:{planfix.robot_id}", planfix.files
    return [
        Comment(
            host,
            one.task_id,
            one.id,
            "bridge" if one.owner == robot else "employee" if one.from_type == "Planfix" else "client",
            one.description,
            tuple(files[number].data for number in one.files),
        )
        for one in planfix.all_comments()
    ]


def contacts_in(planfix: FakePlanfix, host: str) -> list[tuple[str, str]]:
    """Host and Telegram id of the contacts that have one."""
    ids = [str(one.fields.get("telegramId") or "") for one in planfix.contacts()]
    return [(host, one) for one in ids if one]


def albums_handed(telegram: FakeTelegram, bots: Mapping[str, Bot]) -> list[Album]:
    """The albums whose members webhooks took; ``bots`` by integration."""
    members: dict[tuple[Chat, str], list[Member]] = defaultdict(list)
    for alias, bot in bots.items():
        for handed in bot.handed:
            kind, message = content_of(handed.body)
            name = message.get("media_group_id") if kind in ("message", "business_message") else None
            if name:
                update = (alias, handed.body["update_id"])
                photo = telegram.file_of(message)
                chat = chat_of_message(telegram, alias, message)
                members[chat, name].append(Member(update, message["message_id"], photo, handed.at))
    return [Album(chat, name, tuple(one)) for (chat, name), one in members.items()]


def still_to_hand(bots: Mapping[str, Bot], telegram: FakeTelegram) -> Iterator[Left]:
    """Updates that wait for a webhook."""
    for alias, bot in bots.items():
        for body in telegram.updates_for(bot):
            yield Left("Telegram", f"update {body['update_id']} for {alias}", (alias, body["update_id"]))


def unknowable(telegram: FakeTelegram, letters: list[dict[str, Any]]) -> set[tuple[str, int]]:
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
    """The chat that a message which the bot was told of stands in."""
    connection = message.get("business_connection_id")
    channel = OWN_BOT if connection is None else str(telegram.world.connections[connection].owner.id)
    return Chat(alias, channel, message["chat"]["id"])
