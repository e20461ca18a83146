"""The crash-point sweep on one side of each call; ``make sweep`` takes both."""

from __future__ import annotations

import pytest

from tests.simulation.sweep import AFTER, JOURNEYS, Journey, lines, sweep


@pytest.mark.parametrize(
    ("route", "journey"),
    [
        pytest.param(route, one, id=f"{one.name}, {route}")
        for number, one in enumerate(JOURNEYS)
        for route in one.routes
        if route == "rest" or number % 3 == 0  # all of them on both routes: `make sweep ROUTE=chat_api`
    ],
)
def test_a_process_that_dies_leaves_the_same_end(route: str, journey: Journey) -> None:
    """Killed after any call, the journey ends as if nothing had happened; at most one part of an answer arrives twice.

    Where nothing can be looked for in Planfix, so may one message, which then says so.
    """
    swept = sweep(journey, (AFTER,), route)
    assert not swept.differing, "\n".join(lines(swept))
