"""Asks Telegram and Planfix whether what the admin typed is right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bridge.planfix.rest import PlanfixRest
from planfix_telegram.desk import Desk
from planfix_telegram.texts import say


def check_bot(desk: Desk, api_url: str, token: str) -> dict[str, Any]:
    """The bot (`User`) behind the token; says its name and whether business accounts can connect it.

    Raises:
        Problem: Telegram does not know the token, or cannot be reached.
    """
    bot = desk.ask(api_url, say("asking_telegram"), desk.bot(api_url, token).get_me)
    desk.screen.done(say("bot_found", name=bot.get("first_name", ""), username=bot.get("username", "")))
    if not bot.get("can_connect_to_business"):
        desk.screen.warn(say("business_mode_off", username=bot.get("username", "")))
    return bot


def check_planfix(desk: Desk, planfix: PlanfixRest) -> None:
    """Raises Problem when Planfix refuses the token or cannot be reached."""
    desk.ask(planfix.host, say("asking_planfix"), planfix.ping)
    desk.screen.done(say("planfix_found", host=planfix.host))


def account_address(typed: str) -> str:
    """A Planfix account's address as people type or copy it, made one: `acme.planfix.ru/rest/` is that account too."""
    address = typed.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    path = parts.path.rstrip("/").removesuffix("/rest")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
