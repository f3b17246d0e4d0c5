"""An HTTP server that hands out documents on this machine, whichever door one comes in by."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from awsactivate.errors import AwsactivateError

Document = Mapping[str, str | int]
Answers = Mapping[str, Callable[[], Document]]
"""What is given at each path, as it reads without percent signs."""
Refusal = Callable[[BaseHTTPRequestHandler], str | None]
"""Why this client gets nothing; None for one that may have what it asks for."""

_SECONDS = 5  # in which a client must have said all that it asks
_WAKE_EVERY = 0.02  # seconds
_MOST_WAITING = 64  # clients that have not; one more, and the one that has waited longest is hung up on
# What a browser says of where a page comes from, and can't hide. (Sec-Fetch-Mode alone comes from Node's own
# fetch, which is no page.)
_OF_A_PAGE = ("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest")


class Server(ThreadingHTTPServer):
    """A server that no client keeps from answering the others."""

    daemon_threads = True
    request_queue_size = 128  # a big plan opens many connections at once

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._waiting: dict[socket.socket, float] = {}  # clients that have not asked yet, and until when
        self._lock = threading.Lock()
        super().__init__(*arguments, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hear a client, each in a thread of its own."""
        with self._lock:
            self._waiting[request] = time.monotonic() + _SECONDS
            surplus = list(self._waiting)[:-_MOST_WAITING]
        self._hang_up(surplus)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Hang up, every half second, on those who take too long: a byte now and then keeps no connection."""
        now = time.monotonic()
        with self._lock:
            late = [client for client, until in self._waiting.items() if until < now]
        self._hang_up(late)

    def has_asked(self, client: socket.socket) -> None:
        """Let a client wait for its answer as long as that takes."""
        with self._lock:
            self._waiting.pop(client, None)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self.has_asked(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """End the loop, and wait for that: at once, not when it next looks up by itself."""
        ending = threading.Thread(target=self.shutdown)
        ending.start()
        while ending.is_alive():
            self.wake()
            ending.join(_WAKE_EVERY)

    def wake(self) -> None:
        """Have the loop look up: somebody calls, and hangs up."""
        with contextlib.suppress(OSError), socket.socket(self.address_family) as calling:
            calling.settimeout(_WAKE_EVERY)
            calling.connect(self.server_address)

    def _hang_up(self, clients: list[socket.socket]) -> None:
        for client in clients:
            self.has_asked(client)
            with contextlib.suppress(OSError):  # it has gone by itself
                client.shutdown(socket.SHUT_RDWR)  # by which its thread ends

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a client alone that has gone away in the middle."""


def handler(answers: Answers, refusal: Refusal) -> type[BaseHTTPRequestHandler]:
    """Make what hears one client: it gives the document at the path asked for, if `refusal` has no word."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            """Give the document to the one client that may have it."""
            self.server.has_asked(self.connection)  # type: ignore[attr-defined]
            if refused := _refused_as_page(self) or refusal(self):
                self._answer(HTTPStatus.FORBIDDEN, {"code": "Forbidden", "message": refused})
            elif (answer := answers.get(unquote(self.path))) is None:
                self._answer(HTTPStatus.NOT_FOUND, {"code": "NotFound", "message": "there is nothing here"})
            else:
                try:
                    document = answer()
                except AwsactivateError as error:
                    # not a 4xx, after which some SDKs would look for credentials elsewhere
                    self._answer(
                        HTTPStatus.SERVICE_UNAVAILABLE, {"code": "NotRenewed", "message": error.message}
                    )
                else:
                    self._answer(HTTPStatus.OK, document)

        def _answer(self, status: HTTPStatus, document: Document) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            """Answer what is no GET, or no HTTP, without repeating any of it."""
            del message, explain
            self._answer(HTTPStatus.FORBIDDEN, {"code": "Forbidden", "message": f"refused ({code})"})

        def version_string(self) -> str:
            """Name no versions."""
            return "awsactivate"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's signature)
            """Write nothing: the terminal is the command's."""

    return Handler


def _refused_as_page(client: BaseHTTPRequestHandler) -> str | None:
    is_page = any(name in client.headers for name in _OF_A_PAGE)
    return "no page in a browser is answered" if is_page else None
