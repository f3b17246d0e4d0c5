"""A server for a test: it answers one connection after another by a function, and is over with the test."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator

SECONDS = 5  # what one that says nothing is waited for


@contextlib.contextmanager
def serving(server: socketserver.BaseServer, *, poll_interval: float) -> Iterator[None]:
    """Have a server answer in a thread, which ends with this."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": poll_interval})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Listener:
    """Listens on the loopback until it is closed, in a thread that ends then.

    A thread that stayed behind would take its share of the processor from every test that follows.
    """

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        """Answer each connection by `answer`, and hang up."""
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: socket.socket | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        self._is_over = True
        with contextlib.suppress(OSError):
            if self._open is not None:
                self._open.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):  # to close what a thread waits at does not wake it everywhere
            socket.create_connection(("127.0.0.1", self.port), SECONDS).close()
        self._thread.join(4 * SECONDS)
        self._socket.close()
        assert not self._thread.is_alive(), "what answers has not ended"

    def _serve(self) -> None:
        while True:
            self._open, _ = self._socket.accept()
            with self._open as connection:
                if self._is_over:
                    return
                connection.settimeout(SECONDS)
                with contextlib.suppress(OSError):
                    self._answer(connection)
