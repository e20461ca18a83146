"""What is promised of the pace, looked at call by call: answers first, nothing fetched twice, nobody held for another."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

    from tests.simulation.boundary import Container, Sent

MOST_PASSED: Final = 4
"""Slots of clients' messages and files that an answer's call may wait for. One more where a message has starved (docs/decisions/0023)."""
CALM_AFTER: Final = 600.0
"""Seconds after a fault, from when on nobody may be held by it: twice the longest pause of a circuit (aws/pacer.py)."""
ANSWERS: Final = frozenset({"task", "answer", "held"})
"""Kinds of messages in whose work an employee's answer waits."""
FILE_IN_IT: Final = re.compile("[pf]№\\d+\\.\\d+".encode())
"""How a file that people write here begins, and what it is called: tests/simulation/people.py."""


@dataclass
class Watch:
    """Looks at every call.

    Args:
        violations: what must never happen and did.

    Attributes:
        clocks_agree: containers' clocks differ by less than slots do; else who is behind takes everybody's slots for later ones.
        gap: seconds from one slot of Planfix to the next.
        calm_from: since when (or from when on) nothing hinders everybody.
    """

    violations: list[str]
    clocks_agree: bool = True
    gap: float = 1.0
    calm_from: float = 0.0
    _lesser: dict[str, list[float]] = field(default_factory=dict)
    _sent: dict[bytes, Sent] = field(default_factory=dict)
    _put: dict[Container, set[bytes]] = field(default_factory=dict)
    _kept: set[bytes] = field(default_factory=set)

    def hindered(self, until: float) -> None:
        """Something hinders everybody until then."""
        self.calm_from = max(self.calm_from, until + CALM_AFTER)

    # -- answers first

    def takes_slot(self, who: Container, service: str, request: httpx.Request, now: float) -> None:
        """A call of Planfix's REST API begins."""
        path = request.url.path
        if not path.startswith("/rest/"):
            return
        lesser = self._lesser.setdefault(service, [])
        if who.name.startswith("to-planfix") or path.startswith("/rest/file/"):
            lesser.append(now)
        elif who.carries in ANSWERS and self.clocks_agree and not who.disturbed:
            passed = len(lesser) - bisect_right(lesser, who.ready_at)
            if passed > MOST_PASSED:
                self.violations.append(f"{who.name}'s answer waited for {passed} lesser slots of {MOST_PASSED}: {path}")

    # -- nothing is fetched twice

    def sends(self, sent: Sent) -> None:
        """Telegram took this from the bridge."""
        for name in sent.text.split():
            self._sent[name.encode()] = sent

    def puts(self, who: Container, request: httpx.Request) -> None:
        """Planfix took a file; whoever dies before it is noted may do so again."""
        self._put[who] = set(FILE_IN_IT.findall(request.read()))

    def notes(self, who: Container) -> None:
        """The ledger was written."""
        self._kept |= self._put.pop(who, set())

    def could_not_note(self, who: Container) -> None:
        """The ledger was not written: what Planfix took is as good as not there."""
        self._put.pop(who, None)

    def starts_over(self) -> None:
        """What was given up is begun anew, an album without the members that came meanwhile: with it, its files."""
        self._kept.clear()

    def fetches(self, who: Container, call: str, content: bytes) -> None:
        """A file's bytes begin to come."""
        found = FILE_IN_IT.match(content)
        if found is None:
            return
        name = found[0]
        is_there = name in self._kept if call == "telegram file" else name in self._sent and self._sent[name].confirmed
        if is_there:
            self.violations.append(f"{who.name} fetched {name.decode()} again, which is at the other side")
