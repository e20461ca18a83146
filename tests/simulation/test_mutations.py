"""The simulation finds deliberate bugs."""

from __future__ import annotations

import pytest

from tests.simulation.mutations import MUTATIONS, Mutation, found_by


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_deliberate_bug_is_found(mutation: Mutation) -> None:
    """With the bug its seed fails, without it the seed passes."""
    found = found_by(mutation)
    assert found is not None, "no seed finds it any more: python -m tests.simulation.mutations --search"
