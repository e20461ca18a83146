"""Planfix: its token and rights, and whether the numbers in the settings exist there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, cast

from bridge.errors import BridgeError, Misconfigured, OutcomeUnknown, Reason, RetryLater
from bridge.planfix.wire import Wire
from planfix_telegram.checks.case import Case
from planfix_telegram.checks.finding import Finding, State, note, ok, unknown, wrong
from planfix_telegram.failures import explain_service
from planfix_telegram.planfix_numbers import gone_among, numbers_of
from planfix_telegram.problem import Problem
from planfix_telegram.services import Services
from planfix_telegram.texts import say

CLOCK_MAY_DIFFER: Final = 300.0
"""Seconds between Planfix's clock and ours that are worth a word; the bridge allows for any difference (docs/decisions/0016)."""

_NOTHING: Final = cast("Mapping[str, Any]", "no object")
"""A body that is no object: what is created from objects is never created by it (code 30)."""

NOBODY: Final = 0
"""A number that nothing has in Planfix: they begin with one."""

PROBES: Final[tuple[tuple[str, str, str, Mapping[str, Any] | None], ...]] = (
    ("contact_readonly", "GET", f"contact/{NOBODY}", None),
    ("contact_add", "POST", "contact/", _NOTHING),
    ("contact_update", "POST", f"contact/{NOBODY}", {}),
    ("task_readonly", "GET", f"task/{NOBODY}", None),
    ("task_add", "POST", "task/", _NOTHING),
    ("task_update", "POST", f"task/{NOBODY}", {}),
    ("comment_readonly", "GET", f"comment/{NOBODY}", None),
    ("comment_add", "POST", f"task/{NOBODY}/comments/", _NOTHING),
    ("file_readonly", "GET", f"file/{NOBODY}", None),
    ("user_readonly", "GET", f"user/{NOBODY}", None),
)
"""A call for each scope that the bridge needs, which can do nothing: only whether it is refused for want of the scope
(code 5) is looked at. `file_add` is tried beside them, by an upload without a file."""


def look(case: Case) -> Iterator[Finding]:
    """That Planfix takes the token."""
    if case.planfix is None:
        return
    try:
        case.site.services.call(case.planfix.host, case.planfix.ping)
    except Problem as problem:
        case.planfix = None  # nothing else can be asked
        yield Finding("planfix_refused", State.WRONG, str(problem), say("do_planfix_token"))
        return
    yield ok("planfix_takes_token", host=case.planfix.host)


def look_at_rights(case: Case) -> Iterator[Finding]:
    """That the token has every scope that the bridge needs; how Planfix's clock goes is told by the way."""
    if case.planfix is None or case.settings is None or case.secrets is None:
        return
    wire = case.site.services.planfix_wire(case.settings.planfix, case.secrets.planfix_token)
    lacking = scopes_that_lack(case.site.services, wire)
    if lacking:
        yield wrong("scopes_missing", "do_scopes", scopes=", ".join(lacking))
    else:
        yield ok("scopes_all")
    if abs(wire.ahead) > CLOCK_MAY_DIFFER:
        yield note("planfix_clock", seconds=f"{wire.ahead:+.0f}")


def scopes_that_lack(services: Services, wire: Wire) -> list[str]:
    """Those scopes that a token has not, and the bridge needs."""
    calls = {scope: partial(wire.call, method, path, body) for scope, method, path, body in PROBES}
    calls["file_add"] = partial(wire.upload, "file/", {"nothing": ("nothing", b"")})
    return [scope for scope, call in calls.items() if _lacks(services, call)]


def _lacks(services: Services, call: Callable[[], object]) -> bool:
    """Whether a call is refused for want of its scope; what else is wrong with it is meant to be."""
    try:
        services.patient(call)
    except Misconfigured as error:
        if error.reason is Reason.PLANFIX_SCOPE_MISSING:
            return True
        raise
    except (RetryLater, OutcomeUnknown) as error:
        if error.reason in {Reason.UNREACHABLE, Reason.PLANFIX_QUOTA}:
            raise
    except BridgeError:
        pass
    return False


def look_at_numbers(case: Case) -> Iterator[Finding]:
    """That every template, object, employee, group and contact of the settings is there."""
    if case.planfix is None or case.settings is None:
        return
    wanted = numbers_of(case.settings)
    if not wanted:
        yield ok("no_numbers")
        return
    unread, gone = [], []
    for kind in dict.fromkeys(one.kind for one in wanted):
        these = [one for one in wanted if one.kind == kind]
        try:
            gone += case.site.services.patient(partial(gone_among, case.planfix, these))
        except BridgeError as error:
            unread.append(str(explain_service(error, case.planfix.host)))
    for detail in dict.fromkeys(unread):
        yield unknown("numbers_not_read", detail)
    for one in gone:
        yield wrong("number_gone", "do_number", key=one.key, number=one.as_stored)
    if not gone and not unread:
        yield ok("numbers_there", count=len(wanted))
