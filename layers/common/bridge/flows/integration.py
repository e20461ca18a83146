"""Everything of one integration that the two journeys need, put together by runtime.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bridge.parts import Parts

if TYPE_CHECKING:
    from bridge.routes.port import Route


@dataclass(frozen=True)
class Integration(Parts):
    """One integration at work.

    Attributes:
        make_route: makes the way to Planfix that this integration takes.
    """

    make_route: Callable[[Parts], Route]

    @cached_property
    def route(self) -> Route:
        """The way to Planfix."""
        return self.make_route(self)
