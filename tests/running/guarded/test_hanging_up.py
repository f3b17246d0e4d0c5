"""A caller that hangs up while the person is asked is known to have gone; one that waits is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsactivate.guard.call import Answer
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.endpoint_door import EndpointDoor
from awsactivate.running.guarded.exchange import Exchange
from harness.passing import HOST, Passing

REQUEST = "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc"


class Waiting:
    """Holds a call until the test lets it go on, then notes whether its caller has gone."""

    def __init__(self) -> None:
        self.has_come = threading.Event()
        self.may_go = threading.Event()
        self.is_done = threading.Event()
        self.has_gone: bool | None = None

    def handle(self, exchange: Exchange) -> None:
        exchange.read_body(10)
        self.has_come.set()
        self.may_go.wait(10)
        self.has_gone = exchange.has_hung_up()
        self.is_done.set()
        exchange.answer(Answer(200, (), b""))


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture(params=["proxy", "endpoint"])
def client(request: pytest.FixtureRequest, waiting: Waiting, tmp_path: Path) -> Iterator[socket.socket]:
    """Connect to a door, and send it a request for the host that it is for."""
    if request.param == "endpoint":
        endpoint = EndpointDoor(waiting.handle)
        endpoint.open()
        connected = socket.create_connection(("127.0.0.1", endpoint.port), 10)
        connected.sendall(REQUEST.format(host=f"127.0.0.1:{endpoint.port}").encode())
        yield connected
        endpoint.close()
        return
    passing = Passing(tmp_path, Connections({}, None))
    passing.door._handle = waiting.handle
    passing.door.open()
    secured = passing.secured()
    secured.sendall(REQUEST.format(host=HOST).encode())
    yield secured
    passing.door.close()


@pytest.mark.parametrize("hangs_up", [True, False])
def test_who_hangs_up_is_known(client: socket.socket, waiting: Waiting, hangs_up: bool) -> None:
    assert waiting.has_come.wait(10)
    if hangs_up:
        client.close()
        threading.Event().wait(0.2)
    waiting.may_go.set()
    assert waiting.is_done.wait(10)
    assert waiting.has_gone is hangs_up
    client.close()
