"""What happened, line by line, for whoever reads why a seed failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.simulation.timeline import Timeline


@dataclass
class Story:
    """Lines with their times."""

    timeline: Timeline
    began: float = 0.0
    lines: list[tuple[float, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.timeline.now

    def add(self, who: str, what: str) -> None:
        self.lines.append((self.timeline.now, who, what))

    def told(self) -> Iterator[str]:
        """Numbered: time since the beginning, who, what."""
        width = max((len(who) for _, who, _ in self.lines), default=0)
        for number, (at, who, what) in enumerate(self.lines, 1):
            yield f"{number:5} {_since(at - self.began):>12} {who:<{width}}  {what}"


def _since(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{int(hours)}:{int(rest // 60):02}:{rest % 60:06.3f}"
