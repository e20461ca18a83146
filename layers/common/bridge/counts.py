"""Counts by name, kept for one invocation and written as CloudWatch metrics (EMF) at its end."""

from __future__ import annotations

import threading
from collections import Counter

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


class Counts:
    """Counts of the invocation that this thread runs: on one machine several run side by side in one process."""

    def __init__(self) -> None:
        self._local = threading.local()

    def __call__(self, name: str) -> None:
        self._counter()[name] += 1

    def write(self) -> None:
        """Write what was counted as one log line that CloudWatch turns into metrics, and begin anew."""
        counted, self._local.counter = self._counter(), Counter()
        if not counted:
            return
        metrics = EphemeralMetrics()
        for name, value in counted.items():
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
        metrics.flush_metrics()

    def _counter(self) -> Counter[str]:
        if not hasattr(self._local, "counter"):
            self._local.counter = Counter()
        counter: Counter[str] = self._local.counter
        return counter
