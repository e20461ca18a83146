"""The bridge's two doors, tried from outside: each is there, and knows the secret that is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, State, ok, wrong
from planfix_telegram.problem import Problem
from planfix_telegram.texts import say

_AS_IT_SHOULD: Final = {"telegram": 200, "planfix": 400}
"""HTTP statuses: what is no update is taken and forgotten; a call that names no task is refused, behind the secret."""

_REMEDIES: Final = {401: "do_door_secret", 403: "do_deploy_again", 404: "do_deploy_again", 429: "do_door_later"}


def knock(case: Case) -> Iterator[Finding]:
    """A test call to each."""
    if case.secrets is None:
        return
    calls = {
        "telegram": (
            case.site.telegram_address(case.alias),
            {"x-telegram-bot-api-secret-token": case.secrets.webhook_secrets[0]},
        ),
    }
    for secret in case.secrets.planfix_secrets[:1]:  # an integration of chats may have none
        calls["planfix"] = (case.site.planfix_address(case.alias), {"x-bridge-secret": secret})
    for side, (address, headers) in calls.items():
        try:
            status = case.site.services.post(address, headers, {"doctor": "test"})
        except (Problem, UnicodeEncodeError) as problem:
            yield Finding(f"door_{side}_unreachable", State.WRONG, str(problem), say("do_deploy_again"))
            continue
        if status == _AS_IT_SHOULD[side]:
            yield ok(f"door_{side}_answers", address=address)
        else:
            remedy = _REMEDIES.get(status, "do_webhook_logs")
            yield wrong(f"door_{side}_refuses", remedy, address=address, status=status)
