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
    lines: list[tuple[float, str, str, tuple[object, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.timeline.now

    def add(self, who: str, what: str, *details: object) -> None:
        """A line; ``details`` are put together only when somebody reads it. Functions are called then."""
        self.lines.append((self.timeline.now, who, what, details))

    def told(self) -> Iterator[str]:
        """Numbered: time since the beginning, who, what."""
        width = max((len(who) for _, who, _, _ in self.lines), default=0)
        for number, (at, who, what, details) in enumerate(self.lines, 1):
            said = " ".join([what, *(str(one() if callable(one) else one) for one in details)])
            yield f"{number:5} {_since(at - self.began):>12} {who:<{width}}  {said}"


def _since(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{int(hours)}:{int(rest // 60):02}:{rest % 60:06.3f}"
