"""A door behind which nothing is judged, and clients that come in by it."""

from __future__ import annotations

import http.client
import socket
import ssl
from pathlib import Path

from awsactivate.guard.call import Answer
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.door import Door
from awsactivate.running.guarded.exchange import Exchange
from awsactivate.running.guarded.upstream import Upstreams

HOST = "sqs.eu-west-1.amazonaws.com"


class Passing:
    """A door behind which nothing is judged: each call goes on as it is."""

    def __init__(self, folder: Path, connections: Connections) -> None:
        self.authority = Authority(folder)
        self.connections = connections
        self.upstreams = Upstreams(connections)
        self.url: str | None = None
        self.refuses: Answer | None = None
        self.reads = 0
        self.failures: list[BaseException] = []
        self.door = Door(self.handle, self.authority, connections)

    def handle(self, exchange: Exchange) -> None:
        if self.refuses is not None:
            exchange.answer(self.refuses)
            return
        body = exchange.read_body(self.reads) if self.reads else exchange.body()
        try:
            incoming = self.upstreams.send(exchange.head, body, lambda: exchange.trailers, url=self.url)
        except BaseException as error:
            self.failures.append(error)
            raise
        try:
            exchange.stream(
                incoming.status,
                incoming.reason,
                incoming.headers,
                incoming.body(),
                lambda: incoming.trailers,
            )
        finally:
            incoming.close()

    def tunnel(self, host: str = HOST, port: int = 443) -> socket.socket:
        """Ask for a tunnel, as a client of a proxy does."""
        connection = socket.create_connection(("127.0.0.1", self.door.port), 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        return connection

    def secured(self, host: str = HOST) -> ssl.SSLSocket:
        """Come in as an SDK does."""
        trusting = ssl.create_default_context(cadata=self.authority.certificate)
        return trusting.wrap_socket(self.tunnel(host), server_hostname=host)

    def client(self, host: str = HOST) -> http.client.HTTPConnection:
        """A client of Python's own."""
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.sock = self.secured(host)
        return connection
