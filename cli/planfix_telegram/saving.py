"""The one way to change what is stored: show the difference, ask, write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bridge.secret_keys import digest_key_of
from bridge.settings import one_spelling
from planfix_telegram.context import CommandContext
from planfix_telegram.difference import Line, secrets_difference, settings_difference
from planfix_telegram.planfix_numbers import Number, gone_among, numbers_of
from planfix_telegram.problem import Problem
from planfix_telegram.route_change import said_of_route
from planfix_telegram.setting_keys import CHATS
from planfix_telegram.store import Change
from planfix_telegram.texts import as_list, say
from planfix_telegram.validation import route_of, secrets_of, settings_of
from planfix_telegram.waking_held_answers import wake_held


def show_and_write(context: CommandContext, changes: Sequence[Change], *, yes: bool) -> bool:
    """Show what changes and write it when the admin agrees.

    Args:
        context: this call's belongings.
        changes: of one or several integrations, all validated.
        yes: agreed already.

    Returns:
        Whether something was written.

    Raises:
        Problem: not agreed, too large, or changed by somebody meanwhile.
    """
    new_secret = context.outside.new_secret
    changes = [_with_digest_key(new_secret, _with_chat_keys(new_secret, _with_one_spelling(one))) for one in changes]
    shown = [(change, _lines(change)) for change in changes]
    changed = [change for change, lines in shown if lines]
    if not changed:
        context.screen.result(say("nothing_changes"))
        return False
    context.deployment.store.check(changed)
    for change, lines in shown:
        if lines:
            context.screen.note(say("difference_of", alias=change.before.alias))
            for line in lines:
                context.screen.change(line.key, line.before, line.after)
            for sentence in said_of_route(change):
                context.screen.warn(sentence)
    context.screen.agree(say("write_it"), yes=yes)
    with context.screen.progress(say("writing")):
        context.deployment.store.write(changed)
    for change in changed:
        wake_held(context, change)
    return True


def check_numbers(context: CommandContext, changes: Sequence[Change]) -> None:
    """Raises Problem when a setting would name what its Planfix account does not have; asked only about what is new."""
    for change in changes:
        if change.settings is None:
            continue
        before, after = _numbers(change.before.settings, change.before.alias), numbers_of(change.settings)
        new = [one for one in after if (change.settings.planfix.host, one) not in before]
        if not new:
            continue
        secrets = change.secrets or secrets_of(change.before.secrets, change.before.alias, change.settings.route)
        if not secrets.planfix_token:  # the route is that of chats, and nothing can be asked
            continue
        planfix = context.services.planfix(change.settings.planfix, secrets.planfix_token)
        gone = context.services.ask(planfix.host, say("reading_planfix"), partial(gone_among, planfix, new))
        if gone:
            names = as_list(f"{one.key}: {one.as_stored}" for one in gone)
            raise Problem("numbers_gone", host=planfix.host, names=names)


def _numbers(raw: Mapping[str, Any], alias: str) -> set[tuple[str, Number]]:
    try:
        settings = settings_of(raw, alias)
    except Problem:
        return set()
    return {(settings.planfix.host, one) for one in numbers_of(settings)}


def _with_one_spelling(change: Change) -> Change:
    """The account's address as it is stored: a new one plainly, the stored one in its own spelling."""
    if change.settings is None:
        return change
    given, stored = (
        change.settings.planfix.account_url,
        change.before.settings.get("planfix", {}).get("account_url", ""),
    )
    if given == stored:
        return change
    try:
        kept = one_spelling(given, str(stored))
    except ValueError:
        raise Problem("address_invalid", key="planfix.account_url", value=given) from None
    raw = change.settings.model_dump(mode="json", exclude_unset=True)
    raw["planfix"]["account_url"] = kept
    return replace(change, settings=settings_of(raw, change.before.alias))


def _with_chat_keys(new_secret: Callable[[], str], change: Change) -> Change:
    """Each channel of the route by chats gets the key of ours that its window needs; one that is taken out for good loses its keys."""
    if change.settings is None:
        return change
    before = change.before
    raw = change.secrets.model_dump(exclude_unset=True) if change.secrets else before.secrets
    stored: dict[str, Any] = raw.get(CHATS, {})
    gone = set() if change.keeps_keys else before.settings.get("channels", {}).keys() - change.settings.channels.keys()
    chats = {channel: keys for channel, keys in stored.items() if channel not in gone}
    if change.settings.route == "chat_api":
        for channel in change.settings.channels:
            keys = chats.get(channel, {})
            if not keys.get("our_tokens"):
                chats[channel] = {**keys, "our_tokens": [new_secret()]}
    if chats == stored:
        return change
    return replace(change, secrets=secrets_of({**raw, CHATS: chats}, before.alias, change.settings.route))


def _with_digest_key(new_secret: Callable[[], str], change: Change) -> Change:
    """Whatever becomes of the tokens, the digests' key stays: the stored one, or what the stored token has made so far."""
    if change.secrets is None or change.secrets.digest_key:
        return change
    before = change.before.secrets
    if before.get("digest_key"):
        key = before["digest_key"]
    elif before.get("bot_token"):
        key = digest_key_of(str(before["bot_token"]))
    else:
        key = new_secret()
    raw = {**change.secrets.model_dump(exclude_unset=True), "digest_key": key}
    settings = change.before.settings if change.settings is None else change.settings.model_dump(include={"route"})
    kept = secrets_of(raw, change.before.alias, route_of(settings))
    return replace(change, secrets=kept)


def _lines(change: Change) -> list[Line]:
    lines = []
    if change.settings:
        after = change.settings.model_dump(mode="json", exclude_unset=True)
        lines += settings_difference(change.before.settings, after)
    if change.secrets:
        lines += secrets_difference(change.before.secrets, change.secrets.model_dump(mode="json"))
    return lines
