"""The endpoint on this machine's loopback at which a command's SDKs fetch the session's credentials.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import hmac
import secrets
import threading
from http.server import BaseHTTPRequestHandler

from awsactivate.running.answering import Answers, Server, handler

ADDRESS = "127.0.0.1"


class Endpoint:
    """A server that gives `answers` to whoever has its token; it runs until `close`.

    `address` begins the URL of each answer, and `token` is what its Authorization must be; both are new each
    time.
    """

    def __init__(self, answers: Answers) -> None:
        self.token = secrets.token_urlsafe(32)
        self._server = Server((ADDRESS, 0), handler(answers, self._refusal))
        self.address = f"http://{ADDRESS}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Return the number of the listening socket."""
        return self._server.fileno()

    def close(self) -> None:
        """Stop answering."""
        self._server.stop()
        self._server.server_close()

    def _refusal(self, client: BaseHTTPRequestHandler) -> str | None:
        # a page in a browser can't hide which name led it here
        port = client.connection.getsockname()[1]
        if client.headers.get_all("Host") != [f"{ADDRESS}:{port}"]:
            return "this host name is not ours"
        given = client.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.token.encode()):
            return "the authorization token is not ours"
        return None
