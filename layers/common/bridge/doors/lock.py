"""Who is let in at a door, and what all doors answer alike."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge.aws.parameters import UnknownIntegration
from bridge.errors import RetryLater
from bridge.http_api import Request, answer
from bridge.texts import Language, Say, Texts

if TYPE_CHECKING:
    from bridge.aws.parameters import Parameters, RawIntegration
    from bridge.journal import Journal

Answer = dict[str, Any]


class Lock:
    """What is let in: who shows a secret of the integration that it names."""

    def __init__(self, parameters: Parameters, journal: Journal) -> None:
        self._parameters = parameters
        self._journal = journal

    def integration(self, request: Request, *, fresher_than: float | None = None) -> RawIntegration | None:
        """The integration that is named, whoever does so; None for an unknown one, which is counted.

        ``fresher_than``: seconds, as of `Parameters.integration`.
        """
        try:
            return self._parameters.integration(request.integration, fresher_than=fresher_than)
        except UnknownIntegration:
            self._journal.count("unknown_integration")
            return None

    def let_in(self, request: Request, shown: Sequence[str], name: str) -> RawIntegration | None:
        """The integration whose secret was shown, or None. An unknown alias looks like a wrong secret from outside."""
        try:
            integration = self._parameters.integration(request.integration)
            if not _matches(shown, integration.secrets.get(name)):
                integration = self._parameters.integration(request.integration, fresher_than=0)  # it may be a new one
                if not _matches(shown, integration.secrets.get(name)):
                    self._journal.count("wrong_secret")
                    self._journal.warning("wrong secret", extra={"integration": integration.alias})
                    return None
        except UnknownIntegration:
            self._journal.count("unknown_integration")
            return None
        valid = integration.secrets[name]
        if len(valid) > 1 and not _matches(shown, valid[:1]):  # it rotates, and this caller has not heard of it
            self._journal.count("older_secret")
            self._journal.info("older secret", extra={"integration": integration.alias})
        return integration


def again(later: RetryLater, journal: Journal) -> Answer:
    """503: AWS does not take part just now."""
    journal.count("door_unavailable")
    journal.error("not accepted", extra={"reason": later.reason.value, "detail": later.logged})
    return answer(503, Texts("en").say(Say.TRY_AGAIN))


def language_of(integration: RawIntegration) -> Language:
    """The language that an integration's people read."""
    return "en" if integration.settings.get("language") == "en" else "ru"


def _matches(shown: Sequence[str], valid: Any) -> bool:
    """Whether one of the shown values is one of the valid ones, in constant time: every pair is compared."""
    found = False
    for secret in valid if isinstance(valid, list) else ():
        for one in shown:
            found |= hmac.compare_digest(one.encode("utf-8", "replace"), str(secret).encode())
    return found
