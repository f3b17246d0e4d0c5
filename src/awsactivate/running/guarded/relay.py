"""What is not for AWS: bytes handed on as they come, through the user's own proxy where there is one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from awsactivate.guard import http_heads
from awsactivate.guard.http_heads import RequestHead
from awsactivate.running.guarded.connections import Address, Connections
from awsactivate.running.guarded.wire import PIECE, Body

_QUIET_SECONDS = 1200.0


def tunnel(
    client: socket.socket, place: Address, connections: Connections, is_open: Callable[[], None]
) -> None:
    """Connect a client to a place, and hand all on until both have ended; UnreachedError.

    `is_open` is called when the way is there.
    """
    with connections.open_plain(place) as other:
        is_open()
        _copy_both_ways(client, other)


def forward(client: socket.socket, request: RequestHead, body: Body, connections: Connections) -> None:
    """Send a request that names its address, as one does to a proxy, on to a host in plain HTTP.

    The answer ends the connection: what it is made of is nobody's matter here.
    """
    place, path, host = plain_address(request.target)
    proxy = connections.proxy(place)
    headers = [pair for pair in http_heads.sent_on(request.headers) if pair[0].lower() != "host"]
    sent = (("Host", host), *headers, ("Connection", "close"))
    target = f"http://{host}{path}" if proxy else path
    with connections.open_plain(place) as other:
        more = tuple(proxy.headers.items()) if proxy else ()
        other.sendall(http_heads.write_request(request.method, target, (*sent, *more)))
        if body.framing.is_chunked:
            for piece in body.pieces():
                other.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            other.sendall(b"0\r\n" + http_heads.write_fields(body.trailers))
        else:
            for piece in body.pieces():
                other.sendall(piece)
        _copy(other, client)


def plain_address(target: str) -> tuple[Address, str, str]:
    """Read `http://HOST[:PORT]/PATH`: where it is, the path with its query, and the host as it is written."""
    host, slash, path = target[len("http://") :].partition("/")
    if not slash and "?" in host:
        host, _, query = host.partition("?")
        path = f"?{query}"
    name, port = http_heads.host_and_port(host, 80)
    return Address("http", name, port), f"/{path}", host


def _copy_both_ways(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Hand on all that comes, and that nothing more does."""
    source.settimeout(_QUIET_SECONDS)
    room = memoryview(bytearray(PIECE))
    with suppress(OSError):  # whoever breaks off, the other side is told
        while got := source.recv_into(room):
            sink.sendall(room[:got])
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
