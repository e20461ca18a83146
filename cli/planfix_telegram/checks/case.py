"""What the checks look at: one deployment, and each integration of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bridge.model import OWN_BOT, Connection
from bridge.planfix.rest import PlanfixRest
from bridge.settings import Secrets, Settings
from bridge.telegram.client import BotApi
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import PLANFIX_ADDRESS, TELEGRAM_ADDRESS
from planfix_telegram.problem import Problem
from planfix_telegram.store import Stored
from planfix_telegram.validation import route_of, secrets_of, settings_of


@dataclass(frozen=True, slots=True)
class Places:
    """Where the deployment's parts are when they are not where the stack says; None is what the stack says."""

    telegram_address: str | None = None
    planfix_address: str | None = None
    connections_table: str | None = None


class Site:
    """One deployment.

    Args:
        context: this call's belongings.
        places: what options say of it.
        stored: every integration of it.
    """

    def __init__(self, context: CommandContext, places: Places, stored: list[Stored]) -> None:
        self.deployment = context.deployment
        self.services = context.services
        self.outside = context.outside
        self.places = places
        self.cases = [Case(self, one) for one in stored]

    def telegram_address(self, alias: str) -> str:
        """Where Telegram has to send the updates of this integration."""
        return self.deployment.address(TELEGRAM_ADDRESS, alias, self.places.telegram_address)

    def planfix_address(self, alias: str) -> str:
        """What the scenarios of this integration have to call."""
        return self.deployment.address(PLANFIX_ADDRESS, alias, self.places.planfix_address)

    def chat_address(self, alias: str) -> str:
        """What to enter in the windows of this integration's chats."""
        return self.deployment.chat_address(alias, self.places.planfix_address)


class Case:
    """One integration; what is stored wrongly is None, and one room alone says so (parameters)."""

    def __init__(self, site: Site, stored: Stored) -> None:
        self.site = site
        self.stored = stored

    @property
    def alias(self) -> str:
        return self.stored.alias

    @cached_property
    def settings(self) -> Settings | None:
        try:
            return settings_of(self.stored.settings, self.alias)
        except Problem:
            return None

    @cached_property
    def secrets(self) -> Secrets | None:
        try:
            return secrets_of(self.stored.secrets, self.alias, route_of(self.stored.settings))
        except Problem:
            return None

    @cached_property
    def bot(self) -> BotApi | None:
        """The bot's methods, where settings and secrets can be read."""
        if not (self.settings and self.secrets):
            return None
        return self.site.services.bot(self.settings.telegram.api_url, self.secrets.bot_token)

    @cached_property
    def planfix(self) -> PlanfixRest | None:
        """The REST client, where settings and secrets can be read; an integration of chats may have no token for it."""
        if not (self.settings and self.secrets and self.secrets.planfix_token):
            return None
        return self.site.services.planfix(self.settings.planfix, self.secrets.planfix_token)

    @property
    def owners(self) -> list[int]:
        """Whose business accounts are approved."""
        return [int(key) for key in (self.settings.channels if self.settings else ()) if key != OWN_BOT]

    @cached_property
    def connections(self) -> dict[int, Connection]:
        """Every account that ever connected the bot, by its owner."""
        table = self.site.deployment.connections(self.site.places.connections_table)
        return {one.owner_id: one for one in table.all(self.alias)}

    def channel_name(self, owner_id: int) -> str:
        """How people call an account: its channel's name, its owner's, or its number."""
        channel = self.settings.channels.get(str(owner_id)) if self.settings else None
        connection = self.connections.get(owner_id)
        return (channel.name if channel else "") or (connection.name if connection else "") or str(owner_id)
