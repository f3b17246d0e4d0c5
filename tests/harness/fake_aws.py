"""A server in AWS's place, for all of its hosts: it records what it gets, and answers what a test says."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from awsactivate.running.guarded.authority import Authority
from harness.listeners import serving


@dataclasses.dataclass
class Recorded:
    """A request as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    """As it came on the wire, but for HTTP's chunks."""
    length: int
    trailers: list[str] = dataclasses.field(default_factory=list)

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Answers = Callable[["Handler", Recorded], None]


class FakeAws(ThreadingHTTPServer):
    """Ends TLS for whatever host of AWS it is taken for; `dial` leads every connection here."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, folder: Path, *, keeps_bodies: bool = True, is_secure: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Recorded] = []
        self.connections = 0
        self.keeps_bodies = keeps_bodies
        self.answers: Answers = lambda handler, _: handler.say(200, b"{}")
        self.before_body: Answers | None = None
        self._tls = None
        if is_secure:
            authority = Authority(folder)
            self.bundle = folder / "aws.pem"
            self.bundle.write_text(authority.certificate)
            self._tls = authority.context("sts.amazonaws.com")
            self._tls.sni_callback = lambda it, name, _: setattr(it, "context", authority.context(name))

    def dial(self, host: str, port: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.server_address[1]), 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        if self._tls is not None:
            request = self._tls.wrap_socket(request, server_side=True)
        with contextlib.closing(request):
            super().finish_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a connection that breaks is what many tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: FakeAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def handle_all(self) -> None:
        recorded = Recorded(self.command, self.path, list(self.headers.items()), b"", 0)
        self.server.requests.append(recorded)
        if self.server.before_body is not None:
            self.server.before_body(self, recorded)
            if self.close_connection:
                return
        pieces = []
        for piece in self.pieces(recorded):
            recorded.length += len(piece)
            if self.server.keeps_bodies:
                pieces.append(piece)
        recorded.body = b"".join(pieces)
        self.server.answers(self, recorded)

    def pieces(self, recorded: Recorded) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while length := int(self.rfile.readline().partition(b";")[0], 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            while line := self.rfile.readline().strip():
                recorded.trailers.append(line.decode())
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.rfile.read1(min(left, 1 << 18))
            if not piece:
                return
            left -= len(piece)
            yield piece

    def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_expect_100(self) -> bool:
        return True if self.server.before_body else super().handle_expect_100()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = handle_all  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def fake_aws(folder: Path, **options: Any) -> Iterator[FakeAws]:
    """Run one."""
    server = FakeAws(folder, **options)
    with serving(server, poll_interval=0.02):
        yield server


def trusting(bundle: Path) -> ssl.SSLContext:
    """What a client believes."""
    return ssl.create_default_context(cafile=str(bundle))
