"""The server that the embedded AWS listens with: it keeps connections open, as AWS does."""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from awsactivate.demo.portal import BEARER_HEADER

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Who runs us owns the terminal; a test that fails shows what is said here.
_LOG = logging.getLogger("awsactivate.demo")
_LOG.addHandler(logging.NullHandler())

_IDLE_SECONDS = 20  # a connection on which nobody asks again for that long is closed
_BEGUN_SECONDS = 120  # one on which the first request, or the rest of one, is still to come
_THREAD_SECONDS = 10.0  # in which other threads end, where there are too many
_WITHOUT_BODY = (204, 304)


class Server(ThreadedWSGIServer):
    """Serves a WSGI application on 127.0.0.1, one thread a connection; `now` is the time its answers bear."""

    def __init__(self, port: int, application: WsgiApp, now: Callable[[], float]) -> None:
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        # last, since it closes the server where the port is taken
        super().__init__("127.0.0.1", port, application, _handler(now))

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it."""
        connection, address = super().get_request()
        with self._lock:
            self._connections.add(connection)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own; where the machine has none to give, wait for one that ends.

        Who had it closed would hear nothing, as of an AWS that is not there.
        """
        until = time.monotonic() + _THREAD_SECONDS
        while True:
            try:
                return super().process_request(request, client_address)
            except RuntimeError:  # can't start new thread
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and forget it."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and end what is open: a server that has stopped answers nobody."""
        super().server_close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # the other side was faster
                    connection.shutdown(socket.SHUT_RDWR)


def _handler(now: Callable[[], float]) -> type[MotoRequestHandler]:
    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # an answer goes out in one piece
        timeout = _BEGUN_SECONDS

        def handle_expect_100(self) -> bool:
            """Tell at once whoever waits for it that the body may come."""
            is_told: bool = super().handle_expect_100()
            self.wfile.flush()
            return is_told

        def run_wsgi(self) -> None:
            """Answer one request: Werkzeug's way closes the connection after each."""
            self.connection.settimeout(_BEGUN_SECONDS)
            body = self._body()
            if body is None:
                self._say("no answer, since the body came in part")
                self.close_connection = True
                return
            environ = self.make_environ() | {"wsgi.input": io.BytesIO(body)}
            started: list[tuple[str, list[tuple[str, str]]]] = []

            def start_response(status: str, headers: list[tuple[str, str]], *_error: Any) -> Any:
                started.append((status, headers))

            try:
                body = b"".join(self.server.app(environ, start_response))
            except BaseException:
                self._say("no answer, since the program failed")
                raise
            self._send(*started[-1], body)

        def _body(self) -> bytes | None:
            """Read all of the request, so that the next begins where this ends; None: it came in part."""
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                self.close_connection = True  # what may follow the last chunk is not read
                try:
                    whole: bytes = self.make_environ()["wsgi.input"].read()
                except OSError:
                    return None
                return whole
            said = self.headers.get("Content-Length", "0")
            length = int(said) if said.isascii() and said.isdigit() else -1
            body = self.rfile.read(length) if length > 0 else b""
            return body if len(body) == length else None

        def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
            code, _, phrase = status.partition(" ")
            self.send_response(int(code), phrase)
            is_head = self.command == "HEAD"
            for name, value in headers:
                if is_head or name.lower() != "content-length":
                    self.send_header(name, value)
            if is_head or int(code) in _WITHOUT_BODY:
                body = b""
            else:
                self.send_header("Content-Length", str(len(body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.raw_requestline = b""  # it is answered
            self.connection.settimeout(_IDLE_SECONDS)

        def log_error(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server's name)
            """Say why a request that was begun is not answered: an idle connection is closed silently."""
            if getattr(self, "raw_requestline", b""):
                self._say(f"no answer: {format % args}")

        def _say(self, why: str) -> None:
            _LOG.warning("%s: %s", getattr(self, "requestline", ""), why)

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  (werkzeug's signature)
            """Say nothing: the terminal belongs to whoever runs us."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            """Date answers by the AWS's clock, for clients correct theirs by it."""
            return super().date_time_string(now() if timestamp is None else timestamp)

        def make_environ(self) -> dict[str, Any]:
            """Keep the one header with an underscore that AWS has."""
            environ = super().make_environ()
            token = self.headers.get(BEARER_HEADER)
            if token is not None:
                environ["HTTP_" + BEARER_HEADER.upper().replace("-", "_")] = token
            return environ

    return Handler
