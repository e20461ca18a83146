"""The simulation finds deliberate bugs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.mutations import MUTATIONS, Mutation, found_by


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_deliberate_bug_is_found(mutation: Mutation) -> None:
    """With the bug its seed fails, without it the seed passes."""
    found = found_by(mutation)
    assert found is not None, "no seed finds it any more: python -m tests.simulation.mutations --search"


def test_the_page_names_the_seed_of_each() -> None:
    """docs/reliability.md says which seed finds which bug."""
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text("utf-8")
    section = page.split("## Deliberate bugs\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert rows == [[mutation.name, str(mutation.seeds[0])] for mutation in MUTATIONS]
