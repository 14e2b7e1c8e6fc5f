"""The way back from Spotify's consent page: an address on the loopback, and what it is asked with."""

from __future__ import annotations

import errno
import os
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syncengine.errors import UserError

_LOOPBACK = ("127.0.0.1", "::1")
_PATIENCE = 10.0
"""Seconds that a connection may say nothing: browsers open some that they never use."""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>syncengine</title>
<body style="font-family: sans-serif; margin: 4em"><h1>{title}</h1><p>{text}</p></body></html>"""
_TAKEN = _PAGE.format(
    title="That is all", text="You can close this window; the terminal says how it went."
)
_UNKNOWN = _PAGE.format(title="Nothing here", text="This address only takes Spotify's answer.")
_NOT_OURS = _PAGE.format(
    title="Not this sign-in",
    text="This answer belongs to another sign-in, and was not taken. The terminal goes on waiting for "
    "its own: open the address that was printed there last.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Spotify sent the browser back with: a code, or an error such as ``access_denied``."""

    state: str = field(repr=False)
    code: str = field(default="", repr=False)
    error: str = ""


def read_answer(text: str) -> Answer | None:
    """Read a redirect address, or what follows its question mark; None for anything else."""
    found = text.strip().strip("\"'<>")
    query = urlsplit(found).query if "?" in found else found
    given = {name: values[0] for name, values in parse_qs(query).items()}
    if "state" not in given or not ("code" in given or "error" in given):
        return None
    return Answer(given["state"], given.get("code", ""), given.get("error", ""))


def is_loopback(redirect_uri: str) -> bool:
    """Return whether this machine itself can take the answer."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def with_port(redirect_uri: str, port: int | None) -> str:
    """Return a redirect URI with another port, or without one."""
    parts = urlsplit(redirect_uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}" if port is None else f"{host}:{port}").geturl()


class Listener:
    """Listens at a loopback address until closed; port 0 is a free one.

    Of what is brought to the address's path, ``hear`` is called, in another thread, with each answer
    that ``is_ours``. Raises UserError where the port is in use, or not allowed.
    """

    def __init__(
        self,
        redirect_uri: str,
        port: int,
        *,
        is_ours: Callable[[Answer], bool],
        hear: Callable[[Answer], None],
    ) -> None:
        parts = urlsplit(redirect_uri)
        host = parts.hostname or _LOOPBACK[0]
        kind = _Server6 if ":" in host else _Server
        try:
            self._server = kind((host, port), parts.path or "/", is_ours, hear)
        except OSError as error:
            raise UserError(_no_port(redirect_uri, port, error)) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Elsewhere (Windows) this would let two programs listen at one port.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self,
        place: tuple[str, int],
        path: str,
        is_ours: Callable[[Answer], bool],
        hear: Callable[[Answer], None],
    ) -> None:
        self.path, self.is_ours, self.hear = path, is_ours, hear
        super().__init__(place, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are, as the parent would."""
        if self.allow_reuse_address:
            # Else the browser's last connection keeps the port for a minute (TIME_WAIT).
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that hangs up has every right to, and a traceback could say codes."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE

    def do_GET(self) -> None:
        """Take Spotify's answer; anything else (a browser's icon) is not found."""
        asked = urlsplit(self.path)
        answer = read_answer(f"?{asked.query}") if asked.path == self.server.path else None
        if answer is None:
            self._say(404, _UNKNOWN)
        elif not self.server.is_ours(answer):
            self._say(400, _NOT_OURS)
        else:
            self._say(200, _TAKEN)  # first: once it is heard, this process may end
            self.server.hear(answer)

    def _say(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- http.server's name
        """Say nothing: the line would have the code in it."""


def _no_port(redirect_uri: str, port: int, error: OSError) -> str:
    why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    bare = re.sub(r":\d+$", "", urlsplit(redirect_uri).netloc)
    return (
        f"port {port} of the redirect URI {why}, so the answer has to be pasted or piped in; or end "
        "what uses it, or register "
        f"{with_port(redirect_uri, None)} at Spotify and set SPOTIFY_REDIRECT_URI to it, and any "
        f"free port of {bare} will do"
    )
