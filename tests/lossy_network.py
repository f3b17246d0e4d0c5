"""A network between a command and the embedded AWS that loses answers: the call is made, and nobody hears."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from harness.listeners import serving


class LossyNetwork(ThreadingHTTPServer):
    """Hands requests on to `upstream`; of those whose operation is in `losing` the answer is lost.

    `losing` counts how often for each operation; with `before` the request is lost already. `all_after`
    lets nothing more through once an answer was lost.
    """

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream)
        self.losing: dict[str, int] = {}
        self.before: set[str] = set()
        self.failing: dict[str, tuple[int, str, int]] = {}
        """An operation, with the number of the call from which on it is refused, the code and the status."""
        self.all_after = False
        self.is_down = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a connection that breaks is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    server: LossyNetwork
    protocol_version = "HTTP/1.1"

    def handle_all(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.is_down:
            self.close_connection = True
            return
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        sent = body.decode(errors="replace").split("&")
        operation = target or next((part[7:] for part in sent if part.startswith("Action=")), "")
        lost = self.server.losing.get(operation, 0) > 0
        if lost:
            self.server.losing[operation] -= 1
            self.server.is_down = self.server.all_after
            self.close_connection = True
            if operation in self.server.before:
                return
        if operation in self.server.failing:
            number, code, status = self.server.failing[operation]
            self.server.failing[operation] = (number - 1, code, status)
            if number <= 1:
                self.answer(status, json.dumps({"__type": code, "message": "no"}).encode(), [])
                return
        upstream = http.client.HTTPConnection(self.server.upstream.netloc, timeout=30)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if lost:
            return
        self.answer(answer.status, content, answer.getheaders())

    def answer(self, status: int, content: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_all  # noqa: N815  (the names that http.server calls)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def lossy_network(upstream: str) -> Iterator[LossyNetwork]:
    """Run a LossyNetwork before `upstream`."""
    server = LossyNetwork(upstream)
    with serving(server, poll_interval=0.05):
        yield server
