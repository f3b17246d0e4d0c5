"""What is not for AWS passes the door untouched, through the user's own proxy where there is one."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from awsactivate.errors import ProfileError
from awsactivate.running.guarded.connections import Connections
from harness.fake_aws import fake_aws
from harness.passing import HOST, Passing


class Echo:
    """Says what it hears, in capitals; or, as a proxy that makes tunnels, first what it was asked."""

    def __init__(self, status: int | None = None) -> None:
        self.status = status
        self.heard: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with client:
                    self._hear(client)

    def _hear(self, client: socket.socket) -> None:
        if self.status is not None:
            self.heard.append(client.recv(65536))
            client.sendall(b"HTTP/1.1 %d x\r\n\r\n" % self.status)
        while text := client.recv(65536):
            client.sendall(text.upper())

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@contextmanager
def passing(folder: Path, environ: dict[str, str] | None = None) -> Iterator[Passing]:
    connections = Connections(environ or {}, None)
    made = Passing(folder, connections)
    made.door.open()
    try:
        yield made
    finally:
        made.door.close()
        connections.close()


def password(made: Passing) -> str:
    """The line that a client sends who has the proxy's URL."""
    address = urlsplit(made.door.proxy_url)
    pair = f"{address.username}:{address.password}"
    return f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"


def asked(made: Passing, text: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", made.door.port), 10)
    connection.sendall(text.encode())
    return connection


def heard(connection: socket.socket) -> bytes:
    text = b""
    while piece := connection.recv(65536):
        text += piece
    return text


def connect(host: str, more: str = "") -> str:
    return f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"


def test_a_tunnel_carries_bytes_both_ways_and_both_ends(tmp_path: Path) -> None:
    with (
        passing(tmp_path) as made,
        closing(Echo()) as echo,
        asked(made, connect(f"127.0.0.1:{echo.port}", password(made))) as client,
    ):
        assert client.recv(4096) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        client.sendall(b"\x16\x03\x01 not tls\x00")
        assert client.recv(4096) == b"\x16\x03\x01 NOT TLS\x00"
        client.sendall(b"last")
        client.shutdown(socket.SHUT_WR)
        assert heard(client) == b"LAST"


@pytest.mark.parametrize(
    "more", ["", *(f"Proxy-Authorization: {one}\r\n" for one in ("Basic eDp5", "x", "Basic \N{EURO SIGN}"))]
)
def test_who_does_not_know_the_password_relays_nothing(tmp_path: Path, more: str) -> None:
    """Other users of the machine can reach the port, and the way on may be a proxy that lets the user in."""
    with passing(tmp_path) as made, closing(Echo()) as echo:
        for text in (
            connect(f"127.0.0.1:{echo.port}", more),
            f"GET http://127.0.0.1/ HTTP/1.1\r\n{more}\r\n",
        ):
            with asked(made, text) as client:
                got = heard(client)
            assert got.startswith(b"HTTP/1.1 407 ")
            assert b'Proxy-Authenticate: Basic realm="awsactivate guard"\r\n' in got


def test_a_tunnel_goes_through_the_users_own_proxy(tmp_path: Path) -> None:
    with closing(Echo(200)) as proxy:
        environ = {"HTTPS_PROXY": f"http://alice:s%20cret@127.0.0.1:{proxy.port}"}
        with (
            passing(tmp_path, environ) as made,
            asked(made, connect("example.com:8443", password(made))) as client,
        ):
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
            client.sendall(b"abc")
            assert client.recv(4096) == b"ABC"
        (said,) = proxy.heard
    assert said.startswith(b"CONNECT example.com:8443 HTTP/1.1\r\nAccept-Encoding: identity\r\n")
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"alice:s cret") in said


def test_no_proxy_counts_for_a_tunnel(tmp_path: Path) -> None:
    environ = {"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}
    with (
        passing(tmp_path, environ) as made,
        closing(Echo()) as echo,
        asked(made, connect(f"127.0.0.1:{echo.port}", password(made))) as client,
    ):
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_proxy_that_makes_no_tunnel_is_told_of(tmp_path: Path) -> None:
    with closing(Echo(407)) as proxy:
        environ = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        with passing(tmp_path, environ) as made:
            with asked(made, connect("example.com:443", password(made))) as client:
                got = heard(client)
            assert got.startswith(b"HTTP/1.1 502 ")
            assert b"makes no tunnel to example.com: it answers 407" in got
            client = made.client()
            client.request("POST", "/", b"")
            assert (client.getresponse().status, made.failures) != (200, [])
            client.close()


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_of_another_kind_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ProfileError, match="http://HOST:PORT"):
        Connections({"HTTPS_PROXY": url}, None)


def test_plain_http_goes_on_to_its_host(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with passing(tmp_path) as made, fake_aws(tmp_path / "a", is_secure=False) as other:
        address = f"127.0.0.1:{other.server_address[1]}"
        for body in (
            "Content-Length: 3\r\n\r\nabc",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ):
            text = f"POST http://{address}/a?b HTTP/1.1\r\nHost: x\r\n{password(made)}{body}"
            with asked(made, text) as client:
                assert heard(client).endswith(b"\r\n\r\n{}")
    assert [(one.method, one.target, one.body) for one in other.requests] == [("POST", "/a?b", b"abc")] * 2
    assert {one.get("host") for one in other.requests} == {address}
    assert [one.get("proxy-authorization") for one in other.requests] == [None, None]


def test_plain_http_goes_through_the_users_own_proxy(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with fake_aws(tmp_path / "a", is_secure=False) as proxy:
        environ = {"http_proxy": f"http://u:p@127.0.0.1:{proxy.server_address[1]}"}
        with (
            passing(tmp_path, environ) as made,
            asked(made, f"GET http://example.com?q HTTP/1.1\r\nHost: x\r\n{password(made)}\r\n") as client,
        ):
            assert heard(client).endswith(b"\r\n\r\n{}")
    (one,) = proxy.requests
    assert (one.target, one.get("host")) == ("http://example.com/?q", "example.com")
    assert one.get("proxy-authorization") == f"Basic {base64.b64encode(b'u:p').decode()}"


@pytest.mark.parametrize(
    "text",
    [
        f"GET http://{HOST}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
        f"GET HTTP://{HOST.upper()}./ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
        connect(f"{HOST}:80"),
    ],
)
def test_aws_is_spoken_to_by_https_alone(tmp_path: Path, text: str) -> None:
    with passing(tmp_path) as made, asked(made, text) as client:
        got = heard(client)
    assert (got[:13], b"by https only" in got) == (b"HTTP/1.1 403 ", True)


@pytest.mark.parametrize(
    "text",
    [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT / HTTP/1.1\r\n\r\n",
        "CONNECT a:0 HTTP/1.1\r\n\r\n",
        "GET http://u@h/ HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n",
        connect(f"{HOST}:443") + "\x16\x03",
    ],
)
def test_what_no_proxy_is_asked_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with passing(tmp_path) as made, asked(made, text) as client:
        assert heard(client).startswith(b"HTTP/1.1 400 ")


def test_a_host_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with passing(tmp_path) as made, asked(made, connect("127.0.0.1:1", password(made))) as client:
        got = heard(client)
    assert got.startswith(b"HTTP/1.1 502 ")
    assert b"127.0.0.1:1 can't be reached: Connection refused" in got
