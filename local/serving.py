"""Serves a WSGI application on 127.0.0.1, a thread a request, until closed."""

from __future__ import annotations

import errno
import socket
import threading
from typing import TYPE_CHECKING

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from local.problem import LocalProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class PortBusy(LocalProblem):
    """The port is taken by another program, or not allowed."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} on 127.0.0.1 is taken by another program (or not allowed). Choose another port.")
        self.port = port


def listen(port: int = 0) -> socket.socket:
    """Bind a port on 127.0.0.1 (0 takes a free one). Requests wait in its queue until a `Server` takes them.

    Raises:
        PortBusy: nothing else can be tried with this port.
    """
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortBusy(port) from error
        raise


def url_of(listener: socket.socket) -> str:
    """The address of a socket from `listen`."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: paths of the Bot API hold the bot's token, and the journal tells the rest."""


class _Threaded(ThreadedWSGIServer):
    daemon_threads = True
    block_on_close = False  # an open stream of server-sent events must not hold up the end


def serve(application: WSGIApplication) -> Server:
    """A server of the application on a free port."""
    return Server(application, listen())


class Server:
    """A running server; ``url`` is its address.

    Args:
        application: what answers.
        listener: a socket from `listen`; the server owns and closes it.
    """

    def __init__(self, application: WSGIApplication, listener: socket.socket) -> None:
        with listener:
            self.url = url_of(listener)
            port = listener.getsockname()[1]
            self._server = _Threaded("127.0.0.1", port, application, _Quiet, fd=listener.fileno())
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(0.05,),  # seconds until `close` is noticed
            name=f"serve-{port}",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Take no more requests. May be called again."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
