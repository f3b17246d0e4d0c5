"""A door behind which each call is proved and signed anew, and nothing is judged."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from awsactivate.guard import chunks, claims, proof
from awsactivate.guard.call import Answer
from awsactivate.guard.claims import UnacceptableError
from awsactivate.guard.signed_anew import signed_anew
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.door import Door
from awsactivate.running.guarded.exchange import Exchange
from awsactivate.running.guarded.upstream import Upstreams
from guard.keys import NOW, this_run
from harness.fake_aws import FakeAws


class Signing:
    """The door; what went wrong is in `failures`."""

    def __init__(self, folder: Path, aws: FakeAws) -> None:
        self.authority = Authority(folder)
        self.connections = Connections({}, str(aws.bundle), aws.dial)
        self.upstreams = Upstreams(self.connections)
        self.door = Door(self.handle, self.authority, self.connections)
        self.run = this_run()
        self.bundle = folder / "door.pem"
        self.bundle.write_text(self.authority.certificate)
        self.failures: list[Exception] = []

    def secured(self, host: str) -> ssl.SSLSocket:
        """Come in as an SDK does."""
        connection = socket.create_connection(("127.0.0.1", self.door.port), 30)
        connection.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        trusting = ssl.create_default_context(cafile=str(self.bundle))
        return trusting.wrap_socket(connection, server_hostname=host)

    def handle(self, exchange: Exchange) -> None:
        """Say no in words where a signature is wrong."""
        try:
            self._handle(exchange)
        except UnacceptableError as error:
            self.failures.append(error)
            exchange.answer(Answer(403, (), error.message.encode()))

    def _handle(self, exchange: Exchange) -> None:
        head = exchange.head
        claim = claims.read(head)
        proved = proof.prove(
            head, claim, self.run, NOW, exchange.read_body(1 << 20) if claim.needs_body else None
        )
        signed = signed_anew(head, proved, self.run.credentials(proved.stand_in))
        body = exchange.body()
        if claim.has_signed_chunks:
            said = head.get("x-amz-decoded-content-length")
            body = chunks.signed_anew(body, proved, signed, int(said) if said else None)
        incoming = self.upstreams.send(signed.head, body, lambda: exchange.trailers)
        exchange.stream(incoming.status, incoming.reason, incoming.headers, incoming.body())
        incoming.close()
