"""Faults that a test orders in advance: the next matching request fails, before or after its effect."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass
class Fault:
    """One ordered failure.

    ``apply`` does the effect and loses the answer: over a socket the connection is dropped, without one it is a 502.
    """

    method: str | None
    path_prefix: str | None
    status: int
    body: dict[str, Any] | None
    times: int
    apply: bool
    exact: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Whether the request is the one that was meant; None means any."""
        return (self.method is None or self.method == method) and (
            self.path_prefix is None
            or path == self.path_prefix
            or (not self.exact and path.startswith(self.path_prefix))
        )


@dataclass
class Faults:
    """The faults still to come, in the order they were ordered. Its owner's lock guards it."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str = "") -> Fault | None:
        """The first waiting fault for this request, used once."""
        for fault in self.waiting:
            if fault.matches(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


def drop_connection(environ: WSGIEnvironment) -> None:
    """Close the request's socket without an answer; without a socket (tests over WSGI) nothing happens."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
