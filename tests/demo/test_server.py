"""The embedded AWS keeps connections open between requests, and loses no request on them."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.gate import CLOCK_PATH


@pytest.fixture
def connection(embedded_aws: EmbeddedAws) -> Iterator[http.client.HTTPConnection]:
    """A connection that is not made anew by itself."""
    made = http.client.HTTPConnection(urlsplit(embedded_aws.endpoint_url).netloc, timeout=20)
    made.auto_open = 0
    made.connect()
    with closing(made):
        yield made


def asked(connection: http.client.HTTPConnection, method: str = "GET", path: str = CLOCK_PATH) -> int:
    """Ask, and read the whole answer."""
    connection.request(method, path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_a_connection_carries_many_requests(connection: http.client.HTTPConnection) -> None:
    assert [asked(connection) for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 403), ("GET", 403), ("PUT", 403), ("DELETE", 403)])
def test_what_follows_any_answer_is_read_from_its_beginning(
    connection: http.client.HTTPConnection, method: str, status: int
) -> None:
    assert [asked(connection, method, "/bucket/key"), asked(connection)] == [status, 200]


def test_a_body_that_nobody_wanted_is_no_request(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/moto-api/reset", b"GET / HTTP/1.1\r\n\r\n")
    answer = connection.getresponse()
    answer.read()
    assert (answer.status, asked(connection)) == (403, 200)


def test_a_body_in_chunks_is_read(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", CLOCK_PATH, iter([b'{"advan', b'ce": 0}']), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (200, "close")


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", b"HTTP/1.1 100 Continue"),
        (b"GET " + CLOCK_PATH.encode() + b" HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 OK"),
    ],
)
def test_what_waits_for_an_answer_gets_it(embedded_aws: EmbeddedAws, request_: bytes, answer: bytes) -> None:
    address = urlsplit(embedded_aws.endpoint_url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as asking:
        asking.sendall(request_)
        assert asking.recv(4096).startswith(answer)


@pytest.mark.parametrize(
    "header",
    [b"Content-Length: 10", b"Content-Length: -1", b"Content-Length: ten", b"Transfer-Encoding: chunked"],
)
def test_half_a_request_is_not_answered(
    embedded_aws: EmbeddedAws, header: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Why not is told where a test shows it, and never on the terminal of who runs it."""
    address = urlsplit(embedded_aws.endpoint_url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as asking:
        asking.sendall(b"POST / HTTP/1.1\r\n" + header + b"\r\n\r\nhalf")
        asking.shutdown(socket.SHUT_WR)
        assert asking.recv(4096) == b""
    assert caplog.messages == ["POST / HTTP/1.1: no answer, since the body came in part"]


def test_a_request_that_meets_a_machine_without_threads_to_give_is_answered(
    embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, refusals = threading.Thread.start, [1, 2]

    def busy(thread: threading.Thread) -> None:
        if refusals and "process_request_thread" in thread.name:
            refusals.pop()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", busy)
    made = http.client.HTTPConnection(urlsplit(embedded_aws.endpoint_url).netloc, timeout=20)
    with closing(made):
        assert (asked(made), refusals) == (200, [])


def test_one_that_has_stopped_answers_nobody() -> None:
    script = """
import http.client
from awsactivate.demo.aws import EmbeddedAws
aws = EmbeddedAws()
aws.start()
held = http.client.HTTPConnection(aws.endpoint_url.removeprefix("http://"), timeout=20)
held.request("GET", "/")
held.getresponse().read()
aws.stop()
print(held.sock.recv(1))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "b''\n"


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "awsactivate.demo.serve", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
