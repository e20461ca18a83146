"""A fake, or any WSGI application, on 127.0.0.1."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class _SilentHandler(WSGIRequestHandler):
    """Logs nothing: a request line of the Bot API holds the bot token."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the signature is werkzeug's
        """Say nothing."""


class Server:
    """A running server; ``close()`` ends it and waits for its thread."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_SilentHandler)
        # A client that keeps its connection open must not hold up close().
        self._server.daemon_threads = True  # type: ignore[attr-defined] # of socketserver.ThreadingMixIn
        self._server.block_on_close = False  # type: ignore[attr-defined] # of socketserver.ThreadingMixIn
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"fake {self.url}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(app: WSGIApplication, port: int = 0) -> Server:
    """Serve ``app`` on 127.0.0.1.

    Args:
        app: a fake's ``wsgi``.
        port: 0 takes a free one; see ``Server.url``.
    """
    return Server(app, port)


def drop_connection(environ: WSGIEnvironment) -> None:
    """Close the request's socket without an answer; without a socket (tests over WSGI) nothing happens."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
