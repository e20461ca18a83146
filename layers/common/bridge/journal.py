"""What an operator sees of a flow: its log lines, and its counts as metrics and alarms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.model import Log


class Journal:
    """Where a room of the house writes what happened: ids and reasons, never a message's words.

    Args:
        log: the container's logger.
        count: counts a thing that happened, by name.
    """

    def __init__(self, log: Log, count: Callable[[str], None]) -> None:
        self.info = log.info
        self.warning = log.warning
        self.error = log.error
        self.count = count
