"""The address on the loopback to which AWS sends the browser: one answer is taken, and then nothing."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType

from awsactivate.signin import page, peers
from awsactivate.signin.judgement import Judgement, judge

_IDLE_SECONDS = 10.0  # browsers open connections that they never use


class _Server(ThreadingHTTPServer):
    """Each connection has its own thread, and none is waited for in the end."""

    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        """Take a port, and ask no name server for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke off: the answer is waited for all the same."""


class Listener:
    """Listens on 127.0.0.1, at a port of its own, from the beginning of a `with` to its end.

    `say` is told of answers that were refused, since somebody else may have sent them. A refused answer ends
    nothing: who sends it would else end the sign-in.
    """

    def __init__(self, path: str, state: str, say: Callable[[str], None]) -> None:
        self._path = path
        self._state = state
        self._say = say
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answer: Judgement | None = None
        self._door, self._beyond = f"/{secrets.token_urlsafe(32)}", ""
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def redirect_uri(self) -> str:
        """The address to which AWS is to send the browser."""
        return f"http://127.0.0.1:{self._server.server_port}{self._path}"

    def door(self, address: str) -> str:
        """Return an address here from which the first window that asks is sent on to `address`.

        A program's arguments are everybody's to read, and the browser is started with this one alone; ''
        where `address`, which a server may have made up, is no web address or can't stand in a header.
        """
        is_plain = address.isascii() and address.isprintable() and " " not in address
        if not is_plain or not address.startswith(("https://", "http://")):
            return ""
        self._beyond = address
        return f"http://127.0.0.1:{self._server.server_port}{self._door}"

    def __enter__(self) -> Listener:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> Judgement | None:
        """Return the answer, a code or AWS's refusal; None where none has come in `seconds`."""
        self._answered.wait(seconds)
        return self._answer

    def _sent_on(
        self, method: str, target: str, headers: dict[str, str], client: tuple[str, int]
    ) -> str | None:
        """Return where the window is sent on to that asks at the door; None: it is not sent on."""
        port = self._server.server_port
        is_at_door = method == "GET" and hmac.compare_digest(target.encode(), self._door.encode())
        if not is_at_door or headers.get("host") != f"127.0.0.1:{port}" or not peers.is_own(client, port):
            return None
        with self._lock:
            beyond, self._beyond = self._beyond, ""
        return beyond or None

    def _judged(
        self, method: str, target: str, headers: dict[str, str], client: tuple[str, int]
    ) -> Judgement:
        port = self._server.server_port
        with self._lock:
            found = judge(
                method,
                target,
                headers,
                path=self._path,
                port=port,
                state=self._state,
                is_own=peers.is_own(client, port),
                is_answered=self._answer is not None,
            )
            if found.is_answer:
                self._answer = found
        if found.is_suspect:
            self._say(f"an answer of a browser was refused: {found.words}")
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = _IDLE_SECONDS
            server_version = "awsactivate"
            sys_version = ""

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = (self.command, self.path, headers, self.client_address)
                if (address := listener._sent_on(*asked)) is not None:
                    self._answer(303, "The page to sign in on is elsewhere.", {"Location": address})
                    return
                found = listener._judged(*asked)
                try:
                    self._answer(found.status, found.words, {})
                finally:  # a browser that breaks off has answered all the same
                    if found.is_answer:
                        listener._answered.set()  # not before the person can read so

            def _answer(self, status: int, words: str, more: dict[str, str]) -> None:
                body = page.page(words)
                self.send_response(status)
                for name, value in {**page.HEADERS, **more}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

            do_POST = do_GET  # noqa: N815  (http.server's own names)

            def log_message(self, *_arguments: object) -> None:
                pass  # the terminal is the person's, and a log would hold the code

        return Handler
