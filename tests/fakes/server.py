"""A real HTTP server on the loopback that hands each request to a function, and can misbehave."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.spotify_http import Answer, Request

Handle = Callable[[Request], Answer]
_POLL = 0.02
"""Seconds between two looks at whether the server should end."""


class LoopbackServer:
    """Serves while it is entered; `pause` refuses connections, `resume` takes them again.

    What a handler raises is a bug of the fake's and is raised again on leaving.
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.bugs: list[BaseException] = []
        self.closing = threading.Event()
        self._listening: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def _server(self) -> _Server:
        if self._listening is None:
            raise RuntimeError("the server is not entered")
        return self._listening

    @property
    def origin(self) -> str:
        """The address without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Take a port and begin to serve."""
        self._listening = _Server(self)
        self._serve()

    def _serve(self) -> None:
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every connection and give the port back; raise the first bug."""
        self.closing.set()
        self._end_thread()
        self._server.end_connections()
        self._server.server_close()
        if self.bugs:
            raise AssertionError("the double stumbled") from self.bugs[0]

    def pause(self) -> None:
        """Refuse connections from now on and end those there are; the port stays ours."""
        self._end_thread()
        self._server.unlisten()
        self._server.end_connections()

    @property
    def is_quiet(self) -> bool:
        """Whether no connection is open, so that nothing is on its way."""
        return not self._server.has_open

    def resume(self) -> None:
        """Take connections again, on the same port."""
        self._server.socket.listen(self._server.request_queue_size)
        self._serve()

    def _end_thread(self) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None


class _Server(ThreadingHTTPServer):
    """Knows its connections, so that it can end them while clients keep them alive."""

    daemon_threads = False  # Leaving waits for them; they end when their connections do.
    request_queue_size = 64

    def __init__(self, owner: LoopbackServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def unlisten(self) -> None:
        """Put a socket that does not listen in place of the one that does: the port stays taken."""
        address = self.server_address
        self.socket.close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address[:2])

    @property
    def has_open(self) -> bool:
        with self._guard:
            return bool(self._open)

    def end_connections(self) -> None:
        with self._guard:
            for each in self._open:
                _end(each)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        found = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        # A client that hangs up first has every right to.
        if found is not None and not isinstance(found, OSError):
            self.owner.bugs.append(found)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # One packet for an answer; two would wait for each other's acknowledgement.
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        request = Request(
            self.command,
            parts.path,
            {name: values[-1] for name, values in query.items()},
            {name.lower(): value for name, value in self.headers.items()},
            body,
            {name: tuple(values) for name, values in query.items()},
        )
        self._send(self.server.owner.handle(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve  # noqa: N815 -- http.server's names

    def _send(self, answer: Answer) -> None:
        if answer.delay:
            self.server.owner.closing.wait(answer.delay)
        if answer.cut == -1:
            self.close_connection = True
            return
        body = answer.body
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if answer.cut is None else body[: answer.cut])
        self.wfile.flush()
        if answer.cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- http.server's name
        """Say nothing on stderr; the call log has it all."""
