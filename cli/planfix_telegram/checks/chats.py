"""Chats of Planfix's own (route `chat_api`): each channel's window has its providerId, its two keys, and our address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from bridge.errors import BridgeError, Reason
from bridge.model import Chat
from bridge.planfix.chat_ids import chat_id_of, provider_id_of
from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, State, ok, wrong
from planfix_telegram.checks.scenario import DOOR_LOG, wrong_passwords
from planfix_telegram.failures import explain_service
from planfix_telegram.log_lines import newest
from planfix_telegram.problem import Problem
from planfix_telegram.screen import shown_time
from planfix_telegram.texts import say

PUSHED: Final = "push queued"
"""What the door's log says of an answer that Planfix pushed (bridge/doors/chat.py)."""

NOBODY: Final = 0
"""Telegram's ids begin with one: a chat with nobody is asked for, and nothing is written."""

UNKNOWN_THERE: Final = {Reason.PLANFIX_CHAT_TOKEN_REFUSED, Reason.PLANFIX_CHAT_REFUSED}
"""A wrong key, or a providerId that nobody entered: which of its two words Planfix has for that is not documented."""

BEHIND_THE_KEY: Final = 400
"""HTTP status of a push that says nothing: the key was right."""


def is_route_of(case: Case) -> bool:
    """Whether Planfix is reached by its chats."""
    return case.settings is not None and case.settings.route == "chat_api"


def look_at_keys(case: Case) -> Iterator[Finding]:
    """That both keys of each channel's chat are set."""
    if case.settings is None or case.secrets is None:
        return
    for channel in case.settings.channels:
        keys = case.secrets.chats.get(channel)
        missing = [one for one in ("planfix_token", "our_tokens") if not (keys and getattr(keys, one))]
        if missing:
            names = ", ".join(f"chats.{channel}.{one}" for one in missing)
            yield wrong("chat_keys_missing", "do_chat_keys", name=_name(case, channel), names=names)


def try_chats(case: Case) -> Iterator[Finding]:
    """That Planfix knows each chat by its providerId and key, and that our door knows the key that Planfix shows."""
    if case.settings is None or case.secrets is None or not case.settings.planfix.chat_url:
        return
    for channel in case.settings.channels:
        keys = case.secrets.chats.get(channel)
        if keys and keys.planfix_token:
            yield _known_to_planfix(case, channel, keys.planfix_token)
        if keys and keys.our_tokens:
            yield _known_to_us(case, channel, keys.our_tokens[0])
    yield from _last_pushed(case)


def _known_to_planfix(case: Case, channel: str, token: str) -> Finding:
    assert case.settings
    provider_id, url = _provider_id(case, channel), str(case.settings.planfix.chat_url)
    about = {"name": _name(case, channel), "provider_id": provider_id, "url": url}
    chat = case.site.services.planfix_chat(case.settings.planfix, provider_id, token)
    try:
        case.site.services.patient(partial(chat.task, chat_id_of(Chat(case.alias, channel, NOBODY))))
    except BridgeError as error:
        if error.reason in UNKNOWN_THERE:
            return wrong("chat_refused", "do_chat_window", **about, channel=channel)
        detail = str(explain_service(error, url))
        return Finding("chat_not_asked", State.WRONG, detail, say("do_chat_address"))
    return ok("chat_known", **about)


def _known_to_us(case: Case, channel: str, token: str) -> Finding:
    address = case.site.chat_address(case.alias)
    about = {"name": _name(case, channel), "address": address}
    form = {"cmd": "newMessage", "providerId": _provider_id(case, channel), "token": token}
    try:
        status = case.site.services.post(address, {}, form)
    except Problem as problem:
        return Finding("door_chat_unreachable", State.WRONG, str(problem), say("do_deploy_again"))
    if status == BEHIND_THE_KEY:
        return ok("door_chat_answers", **about)
    return wrong("door_chat_refuses", "do_door_secret" if status == 401 else "do_deploy_again", **about, status=status)  # noqa: PLR2004 - HTTP


def _last_pushed(case: Case) -> Iterator[Finding]:
    group = case.site.deployment.resources.get(DOOR_LOG)
    if not group:
        return
    logs, now = case.site.deployment.client("logs"), case.site.outside.unix_time()
    line = newest(logs, group, (PUSHED, f"{case.alias}:"), now, partial(_is_of, f"{case.alias}:"))
    yield from wrong_passwords(case, line, "do_chat_password")
    if line:
        yield ok("chat_heard", when=shown_time(line.at))
    else:
        yield wrong("chat_never_heard", "do_chat_answers", address=case.site.chat_address(case.alias))


def _is_of(integration: str, said: Mapping[str, Any]) -> bool:
    return str(said.get("group", "")).startswith(integration)


def _provider_id(case: Case, channel: str) -> str:
    own = case.settings.channels[channel].provider_id if case.settings else None
    return own or provider_id_of(case.alias, channel)


def _name(case: Case, channel: str) -> str:
    return (case.settings.channels[channel].name if case.settings else "") or channel
