"""A port of 127.0.0.1 at which clients are heard, each in a thread of its own, until it is closed."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_AT_A_TIME = 128  # a big plan opens many connections at once
_SCARCE = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Listening:
    """Hands each client's connection to `hear`, which closes nothing: that is done when it returns."""

    def __init__(self, hear: Callable[[socket.socket], None]) -> None:
        self._hear = hear
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, socket.socket] = {}
        self._is_closed = False
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=_AT_A_TIME)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, name="guard-door", daemon=True)

    def open(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def goes_on(self, client: socket.socket, secured: socket.socket) -> None:
        """Know a client that goes on in TLS by its new connection."""
        with self._lock:
            self._clients[client] = secured
            if self._is_closed:
                _hang_up(secured)

    def close(self) -> None:
        """Hang up on everybody, and listen no more."""
        with self._lock:
            self._is_closed = True
            for client in self._clients.values():
                _hang_up(client)
        _hang_up(self._socket)
        with suppress(OSError):  # where to shut down what listens is no end of the waiting
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._socket.close()
        if self._thread.is_alive():
            self._thread.join()

    def _listen(self) -> None:
        while not self._is_closed:
            try:
                client, _ = self._socket.accept()
            except OSError as error:
                if error.errno not in _SCARCE:
                    return
                time.sleep(0.1)  # others will hang up
                continue
            with self._lock:
                if self._is_closed:
                    client.close()
                    return
                self._clients[client] = client
            threading.Thread(target=self._hear_to_the_end, args=(client,), daemon=True).start()

    def _hear_to_the_end(self, client: socket.socket) -> None:
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._hear(client)
        finally:
            with self._lock:
                self._clients.pop(client).close()


def _hang_up(client: socket.socket) -> None:
    with suppress(OSError):  # it has gone by itself
        client.shutdown(socket.SHUT_RDWR)
