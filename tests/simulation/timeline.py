"""Virtual time, and actors that live in it: each on a thread of its own, one of them running at a time.

An actor runs until it sleeps; the one that wakes first goes on. So two workers interleave at every call, and a seed
always gives the same run. Threads serve as coroutines here: only who holds the baton runs.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.clock import Clock

NEVER: Final = float("inf")


@dataclass(eq=False)
class Actor:
    """Somebody who does something: a delivery, a scenario, an invocation."""

    name: str
    work: Callable[[], None]
    baton: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False


class Timeline:
    """The clock's master, and who sleeps until when.

    Args:
        clock: what everybody in the simulation reads.

    Attributes:
        horizon: the time of the next thing that happens outside of the actors; nobody sleeps past it in one go.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.horizon = NEVER
        self._order = itertools.count()
        self._asleep: list[tuple[float, int, Actor]] = []
        self._main = threading.Lock()
        self._main.acquire()
        self._running: Actor | None = None
        self._idle: list[_Stage] = []
        self._error: BaseException | None = None

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self._clock.now

    @now.setter
    def now(self, at: float) -> None:
        self._clock.now = at

    def read(self) -> float:
        """Unix seconds, as somebody's clock reads them: it moves with each reading."""
        return self._clock()

    def spawn(self, name: str, work: Callable[[], None]) -> Actor:
        """Let an actor begin now, after those who are due."""
        actor = Actor(name, work)
        actor.baton.acquire()
        stage = self._idle.pop() if self._idle else _Stage(self._leave)
        stage.play(actor)
        heapq.heappush(self._asleep, (self.now, next(self._order), actor))
        return actor

    def sleep(self, seconds: float) -> None:
        """The running actor sleeps; without one, time just passes."""
        wake = self.now + max(seconds, 0.0)
        if self._running is None or (wake < self.horizon and (not self._asleep or wake < self._asleep[0][0])):
            self.now = wake
            return
        actor = self._running
        heapq.heappush(self._asleep, (wake, next(self._order), actor))
        self._main.release()
        actor.baton.acquire()

    def stir(self) -> None:
        """Something happened that may start other things: the next sleep gives way to them."""
        self.horizon = self.now

    def next_at(self) -> float:
        """When the next actor wakes."""
        return self._asleep[0][0] if self._asleep else NEVER

    def step(self) -> None:
        """Let the actor that wakes first run until it sleeps or ends."""
        wake, _, actor = heapq.heappop(self._asleep)
        self.now = max(self.now, wake)
        self._running = actor
        actor.baton.release()
        self._main.acquire()
        self._running = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def close(self) -> None:
        """End the idle threads."""
        for stage in self._idle:
            stage.close()
        self._idle.clear()

    def _leave(self, stage: _Stage, actor: Actor, error: BaseException | None) -> None:
        actor.is_over = True
        self._error = self._error or error
        self._idle.append(stage)
        self._main.release()


class _Stage:
    """A thread on which one actor after another plays."""

    def __init__(self, leave: Callable[[_Stage, Actor, BaseException | None], None]) -> None:
        self._leave = leave
        self._actor: Actor | None = None
        self._has_actor = threading.Lock()
        self._has_actor.acquire()
        self._thread = threading.Thread(target=self._run, name="stage", daemon=True)
        self._thread.start()

    def play(self, actor: Actor) -> None:
        self._actor = actor
        self._has_actor.release()

    def close(self) -> None:
        self._actor = None
        self._has_actor.release()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._has_actor.acquire()
            actor = self._actor
            if actor is None:
                return
            actor.baton.acquire()
            error: BaseException | None = None
            try:
                actor.work()
            except BaseException as raised:  # noqa: BLE001 - a fault of the simulation itself: the main thread raises it
                error = raised
            self._leave(self, actor, error)
