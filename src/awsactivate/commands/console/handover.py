"""A URL handed to the browser through a server that answers once, so that it is in no process's arguments.

What the browser is started with, and everybody on this machine can read, is an address on the loopback with
a random path. The first request for it, by a process of this user, is sent on to the URL.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from awsactivate.errors import AwsactivateError
from awsactivate.signin.peers import is_own

_SECONDS = 60.0  # within which a browser starts
_PRINT = "awsactivate console --print"


class _Server(ThreadingHTTPServer):
    """Each connection has its own thread: browsers open some that they never use."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke off: the page is waited for all the same."""


def hand_over(url: str, open_browser: Callable[[str], bool], *, seconds: float = _SECONDS) -> None:
    """Open the browser at `url`, and return when it has been sent there."""
    path = f"/{secrets.token_urlsafe(32)}"
    once = threading.Lock()
    sent = threading.Event()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_asked_for = secrets.compare_digest(self.path.encode(), path.encode())
            is_here = self.headers.get("Host") == f"127.0.0.1:{port}"
            if not (is_asked_for and is_here and is_own(self.client_address, port)) or not once.acquire(
                False
            ):
                self.send_error(404)
                return
            self.send_response(303)
            self.send_header("Location", url)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Content-Length", "0")
            self.end_headers()
            sent.set()

        def log_message(self, *_arguments: object) -> None:
            pass  # the terminal is the person's

    with _Server(("127.0.0.1", 0), Page) as server:
        port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            if not open_browser(f"http://127.0.0.1:{port}{path}"):
                raise AwsactivateError("there is no browser to open", _PRINT)
            if not sent.wait(seconds):
                raise AwsactivateError(f"no browser came for the page in {seconds:g} s", _PRINT)
        finally:
            server.shutdown()
