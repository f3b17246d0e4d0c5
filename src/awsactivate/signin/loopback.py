"""A small server on the loopback, to which the browser of this machine comes: what its pages share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import MappingProxyType, TracebackType
from typing import Self

from awsactivate.signin import page

_IDLE_SECONDS = 10.0  # browsers open connections that they never use
_NO_MORE: Mapping[str, str] = MappingProxyType({})


class Loopback:
    """Listens on 127.0.0.1, at a port of its own, from the beginning of a `with` to its end."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Page(BaseHTTPRequestHandler):
    """Answers with plain pages, and says nothing of them here."""

    timeout = _IDLE_SECONDS
    server_version = "awsactivate"
    sys_version = ""

    def answer(self) -> None:
        """Answer one request."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer, as the server asks for it."""
        self.answer()

    do_POST = do_GET  # noqa: N815  (http.server's own names)

    def tell(self, status: int, words: str, more: Mapping[str, str] = _NO_MORE) -> None:
        """Answer with a page of `words`, and with `more` headers."""
        body = page.page(words)
        self.send_response(status)
        for name, value in {**page.HEADERS, **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the terminal is the person's, and a log would hold what is secret."""


class _Server(ThreadingHTTPServer):
    """Each connection has its own thread, and none is waited for in the end."""

    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        """Take a port, and ask no name server for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke off: what it came for is waited for all the same."""
