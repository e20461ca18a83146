"""Connection care: when answers cannot go out for two minutes, those who are concerned are told, once, and once when it is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.errors import Misconfigured, Reason, Refused, RetryLater
from bridge.keys import care_key, check_bot_key, check_channel_key, owner_told_key
from bridge.model import Chat, FormattedText, Told
from bridge.queued import CheckAccount, CheckBot, CheckChannel, MayGo, Timer, timer
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.connections import Connections
    from bridge.aws.waiting import Waiting
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.flows.timers import Timers
    from bridge.journal import Journal
    from bridge.model import Connection
    from bridge.parts import Messenger, Tell
    from bridge.routes.port import Route
    from bridge.settings import Settings
    from bridge.texts import Texts

SETTLED_AFTER: Final = 120.0
"""Seconds: owners flip switches while they look for the right one, and that is nobody's concern."""

LOOK_AGAIN: Final = 600.0
"""Seconds between two looks at what the admin has to put right while answers wait for it: a refused token, an account that is not in
the settings, the bot's business mode. Nothing else would tell that it works again."""

BOT: Final = "bot"


class Checks:
    """Looks that are to come: at an account's connection, at the bot, at what the admin has to put right for a channel."""

    def __init__(self, alias: str, clock: Clock, timers: Timers, effects: Effects) -> None:
        self._alias = alias
        self._clock = clock
        self._timers = timers
        self._effects = effects

    def account_soon(self, owner_id: int) -> None:
        """Something about this account's connection changed: look at it when it has settled."""
        group = f"{self._alias}:owner:{owner_id}"
        self._timers.set(CheckAccount(self._alias, owner_id), group, self._clock() + SETTLED_AFTER)

    def bot_soon(self) -> None:
        """The bot's token was refused: look again when it may have been put right."""
        self._bot(SETTLED_AFTER)

    def bot_again(self) -> None:
        """It is refused still."""
        self._bot(LOOK_AGAIN)

    def channel_soon(self, channel: str) -> None:
        """An answer waits for what the admin has to put right for this account: look when it may be."""
        self._channel(channel, SETTLED_AFTER)

    def channel_again(self, channel: str) -> None:
        """It waits still."""
        self._channel(channel, LOOK_AGAIN)

    def _bot(self, every: float) -> None:
        due = self._due(every)
        self._set(check_bot_key(self._alias, due), CheckBot(self._alias), f"{self._alias}:bot", due)

    def _channel(self, channel: str, every: float) -> None:
        due = self._due(every)
        self._set(check_channel_key(self._alias, channel, due), *_check_of(self._alias, channel), due)

    def _due(self, every: float) -> float:
        """After about ``every`` seconds, at a whole multiple of them: looks that are asked for apart fall together."""
        return (round(self._clock() / every) + 1) * every

    def _set(self, key: str, then: CheckBot | CheckChannel, group: str, due: float) -> None:
        def set_it() -> int:
            self._timers.set(then, group, due)
            return 1

        self._effects.once(key, set_it)


def look_at_channel(integration: str, channel: str, due: float) -> tuple[Timer, str]:
    """What an admin's command puts on the queue, and its message group, to have that looked at when ``due``."""
    return timer(*_check_of(integration, channel), due)


def _check_of(integration: str, channel: str) -> tuple[CheckChannel, str]:
    return CheckChannel(integration, channel), f"{integration}:channel:{channel}"


class HeldChats:
    """The chats in which answers are held: a right that returned lets them go out."""

    def __init__(self, alias: str, waiting: Waiting, tell: Tell) -> None:
        self._alias = alias
        self._waiting = waiting
        self._tell = tell

    def are_in(self, channel: str) -> bool:
        """Whether any answer of this channel is held."""
        return bool(self._waiting.clients_with_held(self._alias, channel))

    def wake(self, channel: str) -> None:
        """Let every held answer of this channel go out, each client in his own group."""
        for client in self._waiting.clients_with_held(self._alias, channel):
            self.wake_one(Chat(self._alias, channel, client))

    def wake_one(self, chat: Chat) -> None:
        """Let those of one chat go out."""
        self._tell(MayGo.of(chat), chat.group)


class Concerned:
    """Those who are to know that an account or the bot is lost, or is back: its owner, and the tasks in which somebody waits."""

    def __init__(
        self,
        alias: str,
        connections: Connections,
        waiting: Waiting,
        effects: Effects,
        bot: Messenger,
        route: Route,
        journal: Journal,
    ) -> None:
        self._alias = alias
        self._connections = connections
        self._waiting = waiting
        self._effects = effects
        self._bot = bot
        self._route = route
        self._journal = journal

    def mark(self, item: str, *, lost: bool) -> str:
        """What the notices are known by that are still to be written; empty when everybody knows that it is lost, or is back.

        Kept before the first notice: what changes while many tasks are being told must be told to them too. Counted, not dated: a
        second loss on the same day is another one.
        """
        told = self._connections.told(self._alias, item)
        if told.lost == lost:
            return told.unfinished
        times = told.times + 1
        mark = f"{item}#{times}"
        self._connections.mark_told(self._alias, item, Told(lost, mark, times))
        return mark

    def know_it_all(self, item: str) -> None:
        """The last notice about it is written."""
        told = self._connections.told(self._alias, item)
        self._connections.mark_told(self._alias, item, replace(told, unfinished=""))

    def tell_owner(self, connection: Connection, text: str, mark: str) -> None:
        """The owner has a chat with the bot from adding it; who deleted that chat is not told."""
        chat = connection.user_chat_id or connection.owner_id
        try:
            self._effects.once(
                owner_told_key(self._alias, mark), lambda: self._bot.send_text(chat, FormattedText(text))
            )
        except Refused as refused:
            self._journal.info("owner not told", extra={"owner": connection.owner_id, "reason": refused.reason.value})

    def tell_tasks(self, channels: Collection[str], text: str, mark: str) -> None:
        """A notice in those tasks only in which somebody waits for something."""
        for channel in channels:
            unanswered = self._waiting.unanswered(self._alias, channel)
            waiting = {**unanswered, **self._waiting.clients_with_held(self._alias, channel)}
            for client, task in sorted(waiting.items()):
                chat = Chat(self._alias, channel, client)
                self._route.note(chat, task, text, key=care_key(self._route.host, task or chat.key, mark))


class AccountCare:
    """Whether a business account lets the bot answer."""

    def __init__(
        self,
        alias: str,
        clock: Clock,
        connections: Connections,
        concerned: Concerned,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._alias = alias
        self._clock = clock
        self._connections = connections
        self._concerned = concerned
        self._texts = texts
        self._journal = journal

    def check(self, owner_id: int) -> None:
        """Two minutes after a change. Tell who is concerned when the account was lost or is back."""
        connection = self._connections.newest(self._alias, owner_id)
        if connection is None:
            return
        unsettled = connection.received_at / 1000 + SETTLED_AFTER - self._clock()
        if unsettled > 0:  # it changed again: this timer was of an earlier change
            raise RetryLater(unsettled, Reason.BUSY, "it changed again", counts=False)
        item, why = f"owner#{connection.owner_id}", _trouble(connection)
        mark = self._concerned.mark(item, lost=why is not None)
        if not mark:
            return
        if why is None:
            self._journal.count("account_back")
            self._tell(connection, self._texts.say(Say.OWNER_ACCOUNT_BACK), self._texts.say(Say.ACCOUNT_BACK), mark)
        else:
            self._journal.count("account_lost")
            self._journal.count("admin_needed")  # the alarm of template.yaml
            self._journal.error("business account lost", extra={"owner": connection.owner_id, "reason": why.value})
            words = {"why": self._texts.why(why), "remedy": self._texts.remedy(why)}
            to_owner = self._texts.say(Say.OWNER_ACCOUNT_LOST, **words)
            self._tell(connection, to_owner, self._texts.say(Say.ACCOUNT_LOST, **words), mark)
        self._concerned.know_it_all(item)

    def _tell(self, connection: Connection, to_owner: str, in_tasks: str, mark: str) -> None:
        self._concerned.tell_owner(connection, to_owner, mark)
        self._concerned.tell_tasks((str(connection.owner_id),), in_tasks, mark)


def _trouble(connection: Connection) -> Reason | None:
    if not connection.is_enabled:
        return Reason.CONNECTION_LOST
    return None if connection.can_reply else Reason.REPLY_NOT_ALLOWED


class BotCare:
    """Whether what the admin has to put right is right: the bot's token, its business mode, the accounts in the settings."""

    def __init__(
        self,
        settings: Settings,
        bot: Messenger,
        checks: Checks,
        held: HeldChats,
        concerned: Concerned,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._checks = checks
        self._held = held
        self._concerned = concerned
        self._texts = texts
        self._journal = journal

    def check(self) -> None:
        """Whether the bot's token works (again)."""
        try:
            self._bot.get_me()
        except Misconfigured as error:
            self._checks.bot_again()
            self._tell_of_loss(error.reason)
            return
        mark = self._concerned.mark(BOT, lost=False)
        if mark:
            self._journal.count("bot_back")
            self._concerned.tell_tasks(self._settings.channels, self._texts.say(Say.ACCOUNT_BACK), mark)
        for channel in self._settings.channels:
            self._held.wake(channel)  # though nobody was told: an answer may be held since the token was changed
        if mark:
            self._concerned.know_it_all(BOT)

    def check_channel(self, channel: str) -> None:
        """Whether an account is in the settings (again), and the bot is for business accounts.

        Nobody looks longer than an answer waits for it.
        """
        if self._settings.channel(channel) is not None and self._is_for_business():
            self._held.wake(channel)
        elif self._held.are_in(channel):
            self._checks.channel_again(channel)

    def _tell_of_loss(self, why: Reason) -> None:
        mark = self._concerned.mark(BOT, lost=True)
        if not mark:
            return
        self._journal.count("bot_lost")
        self._journal.count("admin_needed")
        self._journal.error("bot lost", extra={"reason": why.value})
        words = {"why": self._texts.why(why), "remedy": self._texts.remedy(why)}
        self._concerned.tell_tasks(self._settings.channels, self._texts.say(Say.ACCOUNT_LOST, **words), mark)
        self._concerned.know_it_all(BOT)

    def _is_for_business(self) -> bool:
        try:
            return self._bot.get_me().get("can_connect_to_business") is not False
        except Misconfigured:  # `check` looks after the token
            return False
