"""The endpoint on this machine's loopback at which a command's SDKs fetch the session's credentials.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from awsactivate.credentials import Credentials, rfc3339
from awsactivate.errors import AwsactivateError

ADDRESS = "127.0.0.1"
_PATH = "/credentials"
_SECONDS = 5  # in which a client must have said all that it asks
_MOST_WAITING = 64  # clients that have not; one more, and the one that has waited longest is hung up on


class Endpoint:
    """A server that gives `credentials()` to whoever has its token; it runs until `close`.

    `uri` and `token` are what AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN are to
    be; both are new each time.
    """

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        self.token = secrets.token_urlsafe(32)
        self._server = _Server((ADDRESS, 0), _handler(credentials, self.token))
        self.uri = f"http://{ADDRESS}:{self._server.server_port}{_PATH}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Return the number of the listening socket."""
        return self._server.fileno()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a big plan opens many connections at once

    def __init__(self, *arguments: Any) -> None:
        self._waiting: dict[socket.socket, float] = {}  # clients that have not asked yet, and until when
        self._lock = threading.Lock()
        super().__init__(*arguments)

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

    def _hang_up(self, clients: list[socket.socket]) -> None:
        for client in clients:
            self.has_asked(client)
            with contextlib.suppress(OSError):  # it has gone by itself
                client.shutdown(socket.SHUT_RDWR)  # by which its thread ends

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a client alone that has gone away in the middle."""


def _handler(credentials: Callable[[], Credentials], token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            """Give the credentials to the one client that may have them."""
            self.server.has_asked(self.connection)  # type: ignore[attr-defined]
            if refusal := self._refusal():
                self._answer(HTTPStatus.FORBIDDEN, {"code": "Forbidden", "message": refusal})
            elif self.path != _PATH:
                self._answer(HTTPStatus.NOT_FOUND, {"code": "NotFound", "message": "there is nothing here"})
            else:
                try:
                    document = _document(credentials())
                except AwsactivateError as error:
                    # not a 4xx, after which some SDKs would look for credentials elsewhere
                    self._answer(
                        HTTPStatus.SERVICE_UNAVAILABLE, {"code": "NotRenewed", "message": error.message}
                    )
                else:
                    self._answer(HTTPStatus.OK, document)

        def _refusal(self) -> str | None:
            # a page in a browser can't hide where it comes from, nor which name led it here
            port = self.connection.getsockname()[1]
            if self.headers.get_all("Host") != [f"{ADDRESS}:{port}"]:
                return "this host name is not ours"
            # (Sec-Fetch-Mode alone comes from Node's own fetch, which is no page)
            if any(
                name in self.headers for name in ("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest")
            ):
                return "no page in a browser is answered"
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode()):
                return "the authorization token is not ours"
            return None

        def _answer(self, status: HTTPStatus, document: dict[str, str]) -> None:
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


def _document(credentials: Credentials) -> dict[str, str]:
    document = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "Token": credentials.session_token or "",
    }
    if credentials.expiration:
        document["Expiration"] = rfc3339(credentials.expiration)
    return document
