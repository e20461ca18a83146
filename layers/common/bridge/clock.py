"""What time it is: read by the composition roots (runtime.py, edge.py, planfix_edge.py), and handed on from there to whoever decides."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Gives Unix seconds."""

unix_time: Clock = time.time
