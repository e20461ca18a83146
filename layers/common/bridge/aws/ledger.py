"""The ledger: each effect is claimed before it is done and completed after, so that it is done once.

Row: ``pk`` (what caused it), ``phase`` claimed | unknown | done, ``claimed_at`` (ms), ``first_at`` (ms of the first claim
whose outcome was lost), ``marks`` (digests and ids of what its attempts left behind), ``outcome`` (ids), ``expires_at`` (s, DynamoDB TTL). Never a message's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bridge.aws.dynamodb import Item, Table
from bridge.model import Busy, Claim, Done, Fresh, Lost

LEASE: Final = 310.0
"""Seconds a claim is believed: the sender's timeout (300 s, template.yaml) and a margin for two machines' clocks."""

ASK_AGAIN: Final = 5.0
"""Seconds until a claimed effect is asked for again; a claim older than that is asked for after its own age once more.
Most effects are done within a second or two, and whoever died at one is not asked for more than five times."""

KEPT: Final = 30 * 86_400
"""Seconds a row is kept: longer than a queue's 14 days plus a DLQ's 14."""


class Ledger:
    """Effects by key.

    Args:
        table: the ledger table.
        clock: Unix time in seconds.
        kept: seconds until a row expires.
    """

    def __init__(self, table: Table, clock: Callable[[], float], kept: float = KEPT) -> None:
        self._table = table
        self._clock = clock
        self._kept = kept

    def claim(self, key: str, marks: Sequence[str] = ()) -> Claim:
        """Claim an effect, or learn what became of it. Expired rows count as gone (TTL deletes up to two days late).

        ``marks``: what to look for should this attempt's outcome be lost (digests, ids).
        """
        now = self._clock()
        row = {**self._row(key, "claimed", now), **({"marks": list(marks)} if marks else {})}
        if self._table.put(row, only_if="attribute_not_exists(pk) OR expires_at < :now", values={":now": int(now)}):
            return Fresh()
        held = self._table.get({"pk": key})
        if held is None:
            return Busy(1.0)  # released between the two calls
        if held["phase"] == "done":
            return Done(held.get("outcome"))
        age = now - held["claimed_at"] / 1000
        if held["phase"] == "claimed" and age < LEASE:
            return Busy(min(LEASE - age, max(age, ASK_AGAIN)))
        first = int(held.get("first_at") or held["claimed_at"])
        before = tuple(held.get("marks", ()))
        taken = {**row, "first_at": first, "marks": list(dict.fromkeys([*before, *marks]))}
        ours = self._table.put(taken, only_if="claimed_at = :seen", values={":seen": held["claimed_at"]})
        return Lost(first / 1000, before) if ours else Busy(ASK_AGAIN)

    def complete(self, key: str, outcome: Any, *, also: Mapping[str, Any] | None = None) -> None:
        """Say that it was done, and what came of it; ``also``: further keys and outcomes, written in the same transaction."""
        outcomes = {key: outcome, **(also or {})}
        rows = [{**self._row(one, "done", self._clock()), "outcome": value} for one, value in outcomes.items()]
        if len(rows) == 1:
            self._table.put(rows[0])
        else:
            self._table.put_together(rows)

    def release(self, key: str) -> None:
        """Say that it was surely not done: the next attempt begins anew."""
        self._table.delete({"pk": key})

    def lose(self, key: str) -> None:
        """Say that its outcome is unknown: the next attempt looks before it does it again."""
        self._table.update({"pk": key}, "SET phase = :unknown", values={":unknown": "unknown"})

    def outcome(self, key: str) -> Any | None:
        """What came of an effect, or None when it was never completed."""
        row = self._table.get({"pk": key})
        if row is None or row["phase"] != "done" or row["expires_at"] < self._clock():
            return None
        return row.get("outcome", True)

    def still_open(self, key: str) -> Lost | None:
        """The attempts whose outcome is still to come; None when it is done or never began."""
        row = self._table.get({"pk": key})
        if row is None or row["phase"] == "done" or row["expires_at"] < self._clock():
            return None
        return Lost(int(row.get("first_at") or row["claimed_at"]) / 1000, tuple(row.get("marks", ())))

    def knows(self, key: str) -> bool:
        """Whether an effect was ever begun, whatever became of it."""
        row = self._table.get({"pk": key})
        return row is not None and row["expires_at"] >= self._clock()

    def _row(self, key: str, phase: str, at: float) -> Item:
        return {"pk": key, "phase": phase, "claimed_at": int(at * 1000), "expires_at": int(at + self._kept)}
