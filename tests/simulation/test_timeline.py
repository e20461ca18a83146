"""Virtual time with several actors."""

from __future__ import annotations

import pytest

from tests.clock import Clock
from tests.simulation.timeline import NEVER, Timeline


def run(timeline: Timeline) -> None:
    """Until everybody's work is done."""
    while timeline.next_at() < NEVER:
        timeline.step()
    timeline.close()


def test_who_wakes_first_goes_on_first() -> None:
    """Two actors interleave by the times at which their sleeps end."""
    timeline, seen = Timeline(Clock(0.0)), []

    def actor(name: str, seconds: float) -> None:
        for _ in range(3):
            timeline.sleep(seconds)
            seen.append((name, timeline.now))

    timeline.spawn("slow", lambda: actor("slow", 2.5))
    timeline.spawn("fast", lambda: actor("fast", 1.0))
    run(timeline)
    assert seen == [("fast", 1.0), ("fast", 2.0), ("slow", 2.5), ("fast", 3.0), ("slow", 5.0), ("slow", 7.5)]


def test_nobody_sleeps_past_the_horizon_at_once() -> None:
    """At the time of the next thing outside, the main loop gets its turn."""
    timeline = Timeline(Clock(0.0))
    timeline.spawn("sleeper", lambda: timeline.sleep(10.0))
    timeline.horizon = 4.0
    timeline.step()
    assert timeline.next_at() == 10.0
    timeline.close()


def test_an_actors_error_is_raised_in_the_main_thread() -> None:
    """A fault of the simulation itself is not lost in a thread."""
    timeline = Timeline(Clock(0.0))

    def fail() -> None:
        raise ValueError("of the simulation")

    timeline.spawn("faulty", fail)
    with pytest.raises(ValueError, match="of the simulation"):
        timeline.step()
    timeline.close()
