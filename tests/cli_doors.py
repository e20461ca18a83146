"""The bridge's two doors as the admin's command meets them: the real ones, behind the addresses that the stack names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from bridge.aws.chats import Chats
from bridge.aws.parameters import Parameters
from bridge.aws.queues import Queue
from bridge.doors.chat import ChatDoor
from bridge.doors.lock import Lock
from bridge.doors.scenario import ScenarioDoor
from bridge.doors.telegram import TelegramDoor
from bridge.http_api import Request
from bridge.journal import Journal

NOT_FOUND = 404


@dataclass(frozen=True)
class DoorLog:
    """What a door writes goes where the command reads it; ``write`` takes the message and its fields."""

    write: Callable[..., None]

    def info(self, message: str, *, extra: Mapping[str, Any] | None = None) -> None:
        self.write(message, **(extra or {}))

    warning = error = info


class Doors:
    """Both doors.

    Args:
        parameters: what the functions read.
        chats: tasks and their chats.
        queue: where what is accepted goes.
        clock: Unix seconds.
        logs: how each side's door writes its log.
    """

    def __init__(
        self,
        parameters: Parameters,
        chats: Chats,
        queue: Queue,
        clock: Callable[[], float],
        logs: Mapping[str, Callable[..., None]],
    ) -> None:
        numbers = iter(range(1, 1000))
        journals = {side: Journal(DoorLog(write), lambda name: None) for side, write in logs.items()}
        locks = {side: Lock(parameters, journal) for side, journal in journals.items()}
        self.doors: dict[str, TelegramDoor | ScenarioDoor | ChatDoor] = {
            "chat": ChatDoor(locks["planfix"], queue, chats, clock, journals["planfix"]),
            "telegram": TelegramDoor(locks["telegram"], queue, clock, journals["telegram"]),
            "planfix": ScenarioDoor(
                locks["planfix"],
                queue,
                chats=chats,
                clock=clock,
                new_id=lambda: str(next(numbers)),
                journal=journals["planfix"],
            ),
        }
        self.broken: dict[str, int] = {}
        """HTTP statuses that a side answers whatever comes."""

    def http(self, request: httpx.Request) -> httpx.Response:
        """An HTTP request as API Gateway brings it."""
        side, alias = _which(request.url.path)
        status = self._status(side, alias, dict(request.headers), request.content)
        return httpx.Response(status)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The same for Planfix's scenarios."""
        side, alias = _which(urlsplit(url).path)
        return self._status(side, alias, {name.lower(): value for name, value in headers.items()}, body)

    def _status(self, side: str, alias: str, headers: Mapping[str, str], body: bytes) -> int:
        if side in self.broken or side not in self.doors:
            return self.broken.get(side, NOT_FOUND)
        return int(self.doors[side].accept(Request(alias, headers, body))["statusCode"])


def _which(path: str) -> tuple[str, str]:
    """Which door, and whose integration."""
    _, side, alias, *rest = path.split("/")
    return ("chat" if rest == ["chat"] else side), alias
