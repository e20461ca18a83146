"""The windows of an integration's chats in Planfix: what to enter in each, and the key that is to be copied from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.planfix.chat_ids import provider_id_of
from bridge.settings import PlanfixSettings
from planfix_telegram.context import CommandContext
from planfix_telegram.problem import Problem
from planfix_telegram.saving import show_and_write
from planfix_telegram.screen import Screen
from planfix_telegram.setting_keys import CHATS, with_secret
from planfix_telegram.shown_secret import offer_secret
from planfix_telegram.store import Change, Stored
from planfix_telegram.texts import say
from planfix_telegram.validation import check_chat_token, route_of, secrets_of


@dataclass(frozen=True, slots=True)
class Window:
    """One channel's chat.

    Attributes:
        channel: its key in the settings.
        name: how people call the channel.
        provider_id: to be entered.
        our_key: to be entered; "" where none was made.
        has_their_key: whether Planfix's was stored.
    """

    channel: str
    name: str
    provider_id: str
    our_key: str = field(repr=False)
    has_their_key: bool


def windows_of(stored: Stored) -> list[Window]:
    """Each channel's, in the order of the settings."""
    chats = stored.secrets.get(CHATS, {})
    found = []
    for channel, own in stored.settings.get("channels", {}).items():
        keys = chats.get(channel, {})
        found.append(
            Window(
                channel,
                str(own.get("name") or channel),
                str(own.get("provider_id") or provider_id_of(stored.alias, channel)),
                next(iter(keys.get("our_tokens", ())), ""),
                bool(keys.get("planfix_token")),
            )
        )
    return found


def print_windows(screen: Screen, windows: list[Window], address: str) -> None:
    """What to enter in each, without secrets.

    Args:
        screen: where.
        windows: each channel's.
        address: of our door for what Planfix pushes.
    """
    screen.result(say("windows_text"))
    for window in windows:
        print_window(screen, window, address)


def print_window(screen: Screen, window: Window, address: str) -> None:
    """The same of one."""
    screen.result()
    screen.result(say("window_text", name=window.name, address=address, provider_id=window.provider_id))


def offer_our_key(screen: Screen, window: Window) -> None:
    """Show the key that is to be entered, when the admin wants it and nobody else reads."""
    if not window.our_key:
        screen.warn(say("window_without_key", name=window.name, channel=window.channel))
    else:
        offer_secret(screen, window.our_key, say("show_key_now", name=window.name))


def connect_chats(context: CommandContext, alias: str, address: str, *, asks: bool) -> bool:
    """Lead through each window whose key of Planfix is missing; whether none is missing in the end."""
    screen = context.screen
    windows = windows_of(context.deployment.store.load(alias))
    missing = [one for one in windows if not one.has_their_key]
    if not windows:
        screen.note(say("windows_none"))
        return False
    if not missing:
        screen.done(say("windows_all"))
        return True
    screen.result(say("windows_text"))
    is_left = False
    for window in missing:
        print_window(screen, window, address)
        offer_our_key(screen, window)
        # read again: copying from window to window takes long enough for somebody else's change
        is_left |= not (asks and _take_their_key(context, context.deployment.store.load(alias), window))
    return not is_left


def _take_their_key(context: CommandContext, stored: Stored, window: Window) -> bool:
    """Ask for Planfix's key until the chat answers to it; False when the admin puts it off."""
    account = PlanfixSettings(**stored.settings["planfix"])
    while True:
        key = context.screen.ask_hidden(say("ask_chat_key", name=window.name))
        if not key:
            context.screen.note(say("chat_key_later", channel=window.channel))
            return False
        try:
            check_chat_token(key)
            context.services.check_chat(account, window.provider_id, key)
        except Problem as problem:
            context.screen.problem(str(problem))
            continue
        raw = with_secret(stored.secrets, f"{CHATS}.{window.channel}.planfix_token", key)
        secrets = secrets_of(raw, stored.alias, route_of(stored.settings))
        show_and_write(context, [Change(stored, secrets=secrets)], yes=True)
        return True
