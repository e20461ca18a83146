"""Do a thing to the outside world once, although queues deliver at least once and functions die in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bridge.errors import BridgeError, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.model import Busy, Done, Fresh, Lost

if TYPE_CHECKING:
    from bridge.aws.ledger import Ledger

LOOK_AFTER: Final = 5.0
"""Seconds after a lost answer before we look: the remote may still be at work on it (design section 6.2)."""

Result = TypeVar("Result")


class Effects:
    """Effects by key, claimed before and completed after."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float]) -> None:
        self._ledger = ledger
        self._clock = clock

    def once(
        self,
        key: str,
        do: Callable[[], Any],
        *,
        look: Callable[[Lost], Any | None] | None = None,
        also: Callable[[Any], Mapping[str, Any]] | None = None,
        marks: tuple[str, ...] = (),
        refusal_proves: bool = True,
    ) -> Any:
        """The effect's outcome: of this attempt, or of the earlier one that did it.

        Args:
            key: what caused it.
            do: does it and returns ids.
            look: called with the lost attempt; finds what came of it, or None to do it again. Without it the effect
                is simply done again (it is harmless twice, or there is no way to look).
            marks: by which ``look`` may know what this attempt left behind: digests, ids.
            also: further keys and outcomes to keep together with this one.
            refusal_proves: whether what is refused now was not done by an earlier attempt in doubt either.

        Raises:
            RetryLater: somebody else is at it, or it is too early to look.
            BridgeError: what ``do`` raised.
        """
        claim, was_lost = self._ledger.claim(key, marks), False
        match claim:
            case Done(outcome):
                return outcome
            case Busy(wait):
                raise RetryLater(wait, Reason.BUSY, "claimed by another worker", counts=False)
            case Lost():
                if self._clock() - claim.since < LOOK_AFTER:
                    self._ledger.lose(key)
                    raise RetryLater(LOOK_AFTER, Reason.BUSY, "too early to look", counts=False)
                found = self._looked(key, look, claim) if look else None
                if found is not None:
                    self._complete(key, found, also)
                    return found
                was_lost = True
            case Fresh():
                pass
        outcome = self._guarded(key, do, was_lost, refusal_proves)
        self._complete(key, outcome, also)
        return outcome

    def outcome(self, key: str) -> Any | None:
        """What came of an effect, or None."""
        return self._ledger.outcome(key)

    def was_begun(self, key: str) -> bool:
        """Whether an effect was ever begun, whatever became of it."""
        return self._ledger.knows(key)

    def still_open(self, key: str) -> Lost | None:
        """Since when an effect is being done whose outcome is still to come, and the marks of its attempts; or None."""
        return self._ledger.still_open(key)

    def forget(self, key: str) -> None:
        """Forget that an effect was done, so that it may be done again."""
        self._ledger.release(key)

    def renew(self, key: str, outcome: Any) -> None:
        """Change what is kept of an effect that was done."""
        self._ledger.complete(key, outcome)

    def _guarded(self, key: str, do: Callable[[], Result], was_lost: bool, refusal_proves: bool) -> Result:
        """Do it. What surely was not done is free again, unless an earlier attempt is in doubt and this one proved nothing."""
        try:
            return do()
        except BridgeError as error:
            # that a contact is gone (it may have been merged) says nothing of what was done for it before
            proves = refusal_proves and isinstance(error, Refused) and error.reason is not Reason.CONTACT_GONE
            if isinstance(error, OutcomeUnknown) or (was_lost and not proves):
                self._ledger.lose(key)
            else:
                self._ledger.release(key)
            raise

    def _looked(self, key: str, look: Callable[[Lost], Any | None], lost: Lost) -> Any | None:
        try:
            return look(lost)
        except BridgeError:
            self._ledger.lose(key)  # still unknown: the next attempt looks again
            raise

    def _complete(self, key: str, outcome: Any, also: Callable[[Any], Mapping[str, Any]] | None) -> None:
        self._ledger.complete(key, outcome, also=also(outcome) if also else None)
