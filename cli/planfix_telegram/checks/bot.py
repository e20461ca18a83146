"""The bot: its token, whether business accounts can connect it, and whether its updates come to this integration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from bridge.telegram.client import ALLOWED_UPDATES
from bridge.telegram.failures import without_token
from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, State, note, ok, wrong
from planfix_telegram.problem import Problem
from planfix_telegram.screen import shown_time
from planfix_telegram.texts import say

RECENT: Final = 3600
"""Seconds: an error of the last hour is of now, since Telegram tries again every minute or two (facts: WebhookActor.cpp)."""

MANY_PENDING: Final = 100
"""Updates: as many as Telegram has on their way at once at 40 connections, and a few; more are a queue that grows."""

_REMEDIES: Final = {
    "401": "do_webhook_secret",
    "403": "do_webhook_address",
    "404": "do_webhook_address",
    "405": "do_webhook_address",
}
"""By the HTTP status in Telegram's words, "Wrong response from the webhook: 401 Unauthorized"."""


def look(case: Case) -> Iterator[Finding]:
    """The bot, and where its updates go."""
    if case.bot is None or case.settings is None:
        return
    api_url = case.settings.telegram.api_url
    try:
        bot = case.site.services.call(api_url, case.bot.get_me)
    except Problem as problem:
        case.bot = None  # nothing else can be asked
        yield Finding("bot_refused", State.WRONG, str(problem), say("do_bot_token"))
        return
    username = str(bot.get("username", ""))
    yield ok("bot_known", username=username)
    if not bot.get("can_connect_to_business"):
        if case.owners or not case.settings.channels:
            yield wrong("business_mode_is_off", "do_business_mode", username=username)
        else:
            yield note("business_mode_is_off", username=username)
    twins = [one.alias for one in case.site.cases if one is not case and _bot_id(one) == _bot_id(case)]
    if twins:
        yield wrong("bot_shared", "do_own_bot", username=username, aliases=", ".join(twins))
    yield from _webhook(case, case.site.services.call(api_url, case.bot.get_webhook_info))


def _webhook(case: Case, info: dict[str, Any]) -> Iterator[Finding]:
    address, wanted = str(info.get("url") or ""), case.site.telegram_address(case.alias)
    if not address:
        yield wrong("webhook_none", "do_webhook_set")
        return
    if address != wanted:
        ours = [one.alias for one in case.site.cases if address == case.site.telegram_address(one.alias)]
        if ours:
            yield wrong("webhook_of_another", "do_webhook_of_another", alias=ours[0])
        elif urlsplit(address).netloc == urlsplit(wanted).netloc:
            yield wrong("webhook_path_wrong", "do_webhook_set", address=without_token(address), wanted=wanted)
        else:
            yield wrong("webhook_elsewhere", "do_webhook_take", address=without_token(address), wanted=wanted)
        return
    yield ok("webhook_here", address=address)
    allowed = info.get("allowed_updates")
    missing = [kind for kind in ALLOWED_UPDATES if allowed and kind not in allowed]
    if missing:
        yield wrong("kinds_missing", "do_webhook_set", kinds=", ".join(missing))
    else:
        yield ok("kinds_all")
    yield from _deliveries(case, info)


def _deliveries(case: Case, info: dict[str, Any]) -> Iterator[Finding]:
    pending, failed_at = int(info.get("pending_update_count") or 0), info.get("last_error_date")
    detail = without_token(str(info.get("last_error_message") or ""))
    about: dict[str, Any] = {"pending": pending, "detail": detail, "when": shown_time(failed_at) if failed_at else "-"}
    is_recent = failed_at is not None and case.site.outside.unix_time() - failed_at < RECENT
    if is_recent and pending:
        status = next((one for one in _REMEDIES if one in detail), "")
        yield wrong("deliveries_fail", _REMEDIES.get(status, "do_webhook_logs"), **about)
    elif pending >= MANY_PENDING:
        yield wrong("updates_pile_up", "do_webhook_logs", **about)
    elif is_recent:
        yield note("delivery_failed", **about)
    else:
        yield ok("deliveries_right", **about)


def _bot_id(case: Case) -> int:
    return case.secrets.bot_id if case.secrets else 0
