"""Connection care: when answers cannot go out for two minutes, those who are concerned are told, once, and once when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Misconfigured, Reason, Refused, RetryLater
from bridge.flows.timers import alarm, set_alarm
from bridge.model import Chat, FormattedText, Told
from bridge.records import held_message
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Connection

SETTLED_AFTER: Final = 120.0
"""Seconds: owners flip switches while they look for the right one, and that is nobody's concern."""

LOOK_AGAIN: Final = 600.0
"""Seconds between two looks at what the admin has to put right while answers wait for it: a refused token, an account that is not in
the settings, the bot's business mode. Nothing else would tell that it works again."""

BOT: Final = "bot"


def check_account_soon(to: Integration, owner_id: int) -> None:
    """Something about this account's connection changed: look at it when it has settled."""
    group = f"{to.alias}:owner:{owner_id}"
    set_alarm(to, {"kind": "check_account", "owner": owner_id}, group, to.clock() + SETTLED_AFTER)


def check_bot_soon(to: Integration) -> None:
    """The bot's token was refused: look again when it may have been put right."""
    _look_at_bot(to, SETTLED_AFTER)


def check_channel_soon(to: Integration, channel: str) -> None:
    """An answer waits for what the admin has to put right for this account: look when it may be."""
    _look_at_channel(to, channel, SETTLED_AFTER)


def check_account(to: Integration, body: Mapping[str, Any]) -> None:
    """Two minutes after a change: ``{"owner"}``. Tell who is concerned when the account was lost or is back."""
    connection = to.connections.newest(to.alias, body["owner"])
    if connection is None:
        return
    unsettled = connection.received_at / 1000 + SETTLED_AFTER - to.clock()
    if unsettled > 0:  # it changed again: this alarm was of an earlier change
        raise RetryLater(unsettled, Reason.BUSY, "it changed again", counts=False)
    item, why = f"owner#{connection.owner_id}", _trouble(connection)
    mark = _to_tell(to, item, lost=why is not None)
    if not mark:
        return
    if why is None:
        to.count("account_back")
        _tell_owner(to, connection, to.texts.say(Say.OWNER_ACCOUNT_BACK), mark)
        _tell_tasks(to, (str(connection.owner_id),), to.texts.say(Say.ACCOUNT_BACK), mark)
    else:
        to.count("account_lost")
        to.count("admin_needed")  # the alarm of template.yaml
        to.log.error("business account lost", extra={"owner": connection.owner_id, "reason": why.value})
        words = {"why": to.texts.why(why), "remedy": to.texts.remedy(why)}
        _tell_owner(to, connection, to.texts.say(Say.OWNER_ACCOUNT_LOST, **words), mark)
        _tell_tasks(to, (str(connection.owner_id),), to.texts.say(Say.ACCOUNT_LOST, **words), mark)
    _everybody_knows(to, item)


def check_bot(to: Integration, body: Mapping[str, Any]) -> None:  # noqa: ARG001 - the journeys' common shape
    """Whether the bot's token works (again)."""
    try:
        to.bot.get_me()
    except Misconfigured as error:
        _look_at_bot(to, LOOK_AGAIN)
        mark = _to_tell(to, BOT, lost=True)
        if not mark:
            return
        to.count("bot_lost")
        to.count("admin_needed")
        to.log.error("bot lost", extra={"reason": error.reason.value})
        words = {"why": to.texts.why(error.reason), "remedy": to.texts.remedy(error.reason)}
        _tell_tasks(to, tuple(to.settings.channels), to.texts.say(Say.ACCOUNT_LOST, **words), mark)
        _everybody_knows(to, BOT)
        return
    mark = _to_tell(to, BOT, lost=False)
    if mark:
        to.count("bot_back")
        _tell_tasks(to, tuple(to.settings.channels), to.texts.say(Say.ACCOUNT_BACK), mark)
    for channel in to.settings.channels:
        send_held_of(to, channel)  # though nobody was told: an answer may be held since the token was changed
    if mark:
        _everybody_knows(to, BOT)


def check_channel(to: Integration, body: Mapping[str, Any]) -> None:
    """Whether an account is in the settings (again), and the bot is for business accounts: ``{"channel"}``.

    Nobody looks longer than an answer waits for it.
    """
    channel = body["channel"]
    if to.settings.channel(channel) is not None and _is_for_business(to):
        send_held_of(to, channel)
    elif to.waiting.clients_with_held(to.alias, channel):
        _look_at_channel(to, channel, LOOK_AGAIN)


def _is_for_business(to: Integration) -> bool:
    try:
        return to.bot.get_me().get("can_connect_to_business") is not False
    except Misconfigured:  # `check_bot` looks after the token
        return False


def look_at_channel(integration: str, channel: str, due: float) -> tuple[dict[str, Any], str]:
    """What an admin's command puts on the queue, and its message group, to have that looked at when ``due``."""
    return alarm(integration, *_check_of(integration, channel), due)


def send_held_of(to: Integration, channel: str) -> None:
    """A right returned: let every held answer of this channel go out, each client in his own group."""
    for client in to.waiting.clients_with_held(to.alias, channel):
        chat = Chat(to.alias, channel, client)
        to.tell(held_message(to.alias, chat), chat.group)


def _to_tell(to: Integration, item: str, *, lost: bool) -> str:
    """What the notices are known by that are still to be written; empty when everybody knows that it is lost, or is back.

    Kept before the first notice: what changes while many tasks are being told must be told to them too. Counted, not dated: a
    second loss on the same day is another one.
    """
    told = to.connections.told(to.alias, item)
    if told.lost == lost:
        return told.unfinished
    times = told.times + 1
    mark = f"{item}#{times}"
    to.connections.mark_told(to.alias, item, Told(lost, mark, times))
    return mark


def _everybody_knows(to: Integration, item: str) -> None:
    to.connections.mark_told(to.alias, item, replace(to.connections.told(to.alias, item), unfinished=""))


def _trouble(connection: Connection) -> Reason | None:
    if not connection.is_enabled:
        return Reason.CONNECTION_LOST
    return None if connection.can_reply else Reason.REPLY_NOT_ALLOWED


def _tell_owner(to: Integration, connection: Connection, text: str, mark: str) -> None:
    """The owner has a chat with the bot from adding it; who deleted that chat is not told."""
    chat = connection.user_chat_id or connection.owner_id
    try:
        to.effects.once(f"tell-owner#{to.alias}#{mark}", lambda: to.bot.send_text(chat, FormattedText(text)))
    except Refused as refused:
        to.log.info("owner not told", extra={"owner": connection.owner_id, "reason": refused.reason.value})


def _tell_tasks(to: Integration, channels: tuple[str, ...], text: str, mark: str) -> None:
    """A notice in those tasks only in which somebody waits for something."""
    for channel in channels:
        waiting = {**to.waiting.unanswered(to.alias, channel), **to.waiting.clients_with_held(to.alias, channel)}
        for task in sorted(set(waiting.values())):
            to.route.note(task, text, key=f"care#{to.route.host}#{task}#{mark}")


def _look_at_bot(to: Integration, every: float) -> None:
    _look(to, "check-bot", {"kind": "check_bot"}, f"{to.alias}:bot", every)


def _look_at_channel(to: Integration, channel: str, every: float) -> None:
    _look(to, f"check-channel#{channel}", *_check_of(to.alias, channel), every)


def _check_of(integration: str, channel: str) -> tuple[dict[str, Any], str]:
    return {"kind": "check_channel", "channel": channel}, f"{integration}:channel:{channel}"


def _look(to: Integration, name: str, then: Mapping[str, Any], group: str, every: float) -> None:
    """Look after about ``every`` seconds, at a whole multiple of them: looks that are asked for apart fall together."""
    due = (round(to.clock() / every) + 1) * every

    def set_it() -> int:
        set_alarm(to, then, group, due)
        return 1

    to.effects.once(f"{name}#{to.alias}#{int(due)}", set_it)
