"""The business accounts: approved, connected, allowed to reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from bridge.errors import BridgeError, Misconfigured, Refused
from bridge.model import OWN_BOT
from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, note, ok, wrong
from planfix_telegram.log_lines import newest
from planfix_telegram.screen import shown_time

SENDER_LOG: Final = "OutboundSenderLogGroup"
CARRIED: Final = "carried to Planfix"
"""What the sender's log says of a message that is in its task (bridge/routes)."""

ASKED_AT_MOST: Final = 60
"""Accounts of which Telegram is asked: it takes about 30 calls a second (facts: limits), and a person waits."""


def look(case: Case) -> Iterator[Finding]:
    """As the bridge knows them."""
    if case.settings is None:
        return
    if not case.settings.channels:
        yield wrong("no_channel", "do_approve_first")
    if OWN_BOT in case.settings.channels:
        yield ok("own_bot_serves")
    for owner in case.owners:
        yield _approved(case, owner)
    for owner, connection in sorted(case.connections.items()):
        if owner not in case.owners and connection.is_enabled:
            yield note(
                "account_pending",
                "do_approve",
                owner=owner,
                name=case.channel_name(owner),
                missed=connection.not_carried,
            )


def _approved(case: Case, owner: int) -> Finding:
    connection = case.connections.get(owner)
    about: dict[str, Any] = {"owner": owner, "name": case.channel_name(owner)}
    if connection is None:
        return wrong("account_never_connected", "do_connect", **about)
    about["when"] = shown_time(connection.received_at / 1000)
    if not connection.is_enabled:
        return wrong("account_disconnected", "do_connect", **about)
    if not connection.can_reply:
        return wrong("account_cannot_reply", "do_right", **about)
    return ok("account_well", **about)


def ask_telegram(case: Case) -> Iterator[Finding]:
    """As Telegram knows them now: an update may have been lost, or never come."""
    if case.bot is None:
        return
    for owner in case.owners[:ASKED_AT_MOST]:
        connection = case.connections.get(owner)
        if connection is None or not connection.is_enabled:
            continue
        about: dict[str, Any] = {"owner": owner, "name": case.channel_name(owner)}
        try:
            found = case.bot.get_business_connection(connection.connection_id)
        except (Refused, Misconfigured):
            yield wrong("account_gone_at_telegram", "do_reconnect", **about)
            continue
        except BridgeError as error:
            yield note("account_not_asked", detail=error.logged, **about)
            continue
        rights = found.get("rights") or {}
        if not found.get("is_enabled"):
            yield wrong("account_gone_at_telegram", "do_reconnect", **about)
        elif connection.can_reply and not (rights.get("can_reply") or found.get("can_reply")):
            yield wrong("account_right_gone_at_telegram", "do_right", **about)
        else:
            yield ok("account_known_at_telegram", **about)


def last_heard(case: Case) -> Iterator[Finding]:
    """When a message of each account was last put into a task."""
    group = case.site.deployment.resources.get(SENDER_LOG)
    if not group or not case.owners:
        return
    logs, now = case.site.deployment.client("logs"), case.site.outside.unix_time()
    for owner in case.owners:
        chat = f"{case.alias}#{owner}#"
        line = newest(logs, group, (CARRIED, chat), now, partial(_is_of, chat))
        about: dict[str, Any] = {"owner": owner, "name": case.channel_name(owner)}
        if line:
            yield ok("account_heard", when=shown_time(line.at), **about)
        else:
            yield note("account_not_heard", **about)


def _is_of(chat: str, said: Mapping[str, Any]) -> bool:
    return str(said.get("chat", "")).startswith(chat)
