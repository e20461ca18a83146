"""The crash-point sweep on one side of each call; ``make sweep`` takes both."""

from __future__ import annotations

import pytest

from tests.simulation.sweep import AFTER, JOURNEYS, Journey, lines, sweep


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_a_process_that_dies_leaves_the_same_end(journey: Journey) -> None:
    """Killed after any call, the journey ends as if nothing had happened; at most one part of an answer arrives twice."""
    swept = sweep(journey, (AFTER,))
    assert not swept.differing, "\n".join(lines(swept))
