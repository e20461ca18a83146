"""What is stored for an integration: there, readable, encrypted, small enough, and no rotation half done."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.aws.parameters import secrets_name
from bridge.settings import MAX_BYTES
from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, State, note, ok, wrong
from planfix_telegram.problem import Problem
from planfix_telegram.setting_keys import flat_secrets, is_rotating
from planfix_telegram.texts import say
from planfix_telegram.validation import route_of, secrets_of, settings_of

ALMOST_FULL = 0.9
"""Share of a parameter's size from which the next account may not fit."""


def look(case: Case) -> Iterator[Finding]:
    """Both parameters."""
    yield from _settings(case)
    yield from _secrets(case)


def _settings(case: Case) -> Iterator[Finding]:
    try:
        settings_of(case.stored.settings, case.alias)
    except Problem as problem:
        yield Finding("settings_wrong", State.WRONG, str(problem), say("do_settings"))
        return
    size = len((case.stored.settings_text or "").encode())
    if size > MAX_BYTES * ALMOST_FULL:
        yield note("settings_almost_full", "do_shorten", size=size, limit=MAX_BYTES)
    else:
        yield ok("settings_right", size=size, limit=MAX_BYTES)


def _secrets(case: Case) -> Iterator[Finding]:
    try:
        secrets_of(case.stored.secrets, case.alias, route_of(case.stored.settings))
    except Problem as problem:
        yield Finding("secrets_wrong", State.WRONG, str(problem), say("do_secrets"))
        return
    name = secrets_name(case.site.deployment.stack, case.alias)
    if case.site.deployment.store.kind_of(name) != "SecureString":
        yield wrong("secrets_plain", "do_encrypt", name=name)
    else:
        yield ok("secrets_right")
    for name, value in sorted(flat_secrets(case.stored.secrets).items()):
        if is_rotating(name) and len(value) > 1:
            yield note("secret_rotating", "do_end_rotation", name=name)
