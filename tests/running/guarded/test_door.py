"""What comes in by the door for AWS goes on byte for byte, and its answer comes back as it came."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from awsactivate.guard.call import Answer
from awsactivate.running.guarded.connections import Connections
from harness.fake_aws import FakeAws, Handler, Recorded, fake_aws
from harness.passing import HOST, Passing


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[FakeAws]:
    folder = tmp_path / "aws"
    folder.mkdir()
    with fake_aws(folder) as server:
        yield server


@pytest.fixture
def passing(aws: FakeAws, tmp_path: Path) -> Iterator[Passing]:
    connections = Connections({}, str(aws.bundle), aws.dial)
    made = Passing(tmp_path, connections)
    made.door.open()
    yield made
    made.door.close()
    connections.close()


def whole(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def test_a_request_arrives_as_it_was_sent_and_its_answer_too(aws: FakeAws, passing: Passing) -> None:
    aws.answers = lambda handler, _: handler.say(400, b"<no/>", {"x-AMZN-RequestId": "1", "Date": "d"})
    sent = (
        f"POST /a%20b//c?x=%2F&y HTTP/1.1\r\nhost: {HOST}\r\nX-AMZ-Date: d  \r\nx-two: 1\r\nx-two: 2\r\n"
        "content-length: 3\r\n\r\nabc"
    )
    with passing.secured() as client:
        client.sendall(sent.encode())
        got = client.recv(65536)
    (recorded,) = aws.requests
    assert (recorded.method, recorded.target, recorded.body) == ("POST", "/a%20b//c?x=%2F&y", b"abc")
    assert recorded.headers == [
        *(("host", HOST), ("X-AMZ-Date", "d"), ("x-two", "1"), ("x-two", "2"), ("content-length", "3"))
    ]
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\nx-AMZN-RequestId: 1\r\nDate: d\r\n\r\n"
    assert got == head + b"<no/>"


def test_a_connection_is_used_again_on_both_sides(aws: FakeAws, passing: Passing) -> None:
    client = passing.client()
    for number in range(5):
        client.request("POST", f"/{number}", b"x" * number)
        assert client.getresponse().read() == b"{}"
    client.close()
    assert ([one.target for one in aws.requests], aws.connections) == ([f"/{n}" for n in range(5)], 1)


def test_requests_that_come_in_one_go_are_answered_in_turn(aws: FakeAws, passing: Passing) -> None:
    aws.answers = lambda handler, recorded: handler.say(200, recorded.body)
    one = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1\r\n"
    with passing.secured() as client:
        client.sendall(f"{one}\r\na{one}\r\nb{one}Connection: close\r\n\r\nc".encode())
        got = whole(client)
    assert [part[-1:] for part in got.split(b"HTTP/1.1 200")[1:]] == [b"a", b"b", b"c"]


def test_a_chunked_body_goes_on_in_chunks_with_what_stands_behind_it(aws: FakeAws, passing: Passing) -> None:
    head = f"PUT /k HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n"
    with passing.secured() as client:
        client.sendall(head.encode() + b"3;a=b\r\nabc\r\n0002\r\nde\r\n0\r\nx-sum: 1\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        client.sendall(head.encode() + b"0\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert [(one.body, one.trailers) for one in aws.requests] == [(b"abcde", ["x-sum: 1"]), (b"", [])]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("status", [200, 204, 304])
def test_an_answer_without_a_body_does_not_wait_for_one(
    aws: FakeAws, passing: Passing, method: str, status: int
) -> None:
    def answers(handler: Handler, _: Recorded) -> None:
        handler.send_response_only(status)
        if method == "HEAD" or status == 304:
            handler.send_header("Content-Length", "1234")
        elif status == 200:
            handler.send_header("Content-Length", "0")
        handler.end_headers()

    aws.answers = answers
    client = passing.client()
    for _ in range(2):
        client.request(method, "/")
        response = client.getresponse()
        assert (response.status, response.read()) == (status, b"")
    assert aws.connections == 1


def test_each_event_of_a_stream_is_there_at_once(aws: FakeAws, passing: Passing) -> None:
    heard = threading.Event()

    def answers(handler: Handler, _: Recorded) -> None:
        handler.send_response_only(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for number in range(3):
            heard.clear()
            handler.wfile.write(b"2\r\n%d\n\r\n" % number)
            assert heard.wait(10)
        handler.wfile.write(b"0\r\nx-last: 1\r\n\r\n")

    aws.answers = answers
    client = passing.secured()
    client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    client.settimeout(10)
    with client, client.makefile("rb") as stream:
        while stream.readline() != b"\r\n":
            pass
        for number in range(3):
            assert [stream.readline() for _ in range(3)] == [b"2\r\n", b"%d\n" % number, b"\r\n"]
            heard.set()
        assert [stream.readline() for _ in range(3)] == [b"0\r\n", b"x-last: 1\r\n", b"\r\n"]


def test_a_body_that_ends_with_the_connection_becomes_one_that_ends_by_itself(
    aws: FakeAws, passing: Passing
) -> None:
    def answers(handler: Handler, _: Recorded) -> None:
        handler.send_response_only(200)
        handler.end_headers()
        handler.wfile.write(b"abc")
        handler.close_connection = True

    aws.answers = answers
    client = passing.client()
    for _ in range(2):
        client.request("GET", "/")
        assert client.getresponse().read() == b"abc"


class TestContinue:
    """Expect: 100-continue is asked of AWS, and answered when it has."""

    HEAD = f"PUT /k HTTP/1.1\r\nHost: {HOST}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n".encode()

    def test_the_body_is_asked_for_when_aws_asks_for_it(self, aws: FakeAws, passing: Passing) -> None:
        with passing.secured() as client:
            client.sendall(self.HEAD)
            assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"abc")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert aws.requests[0].body == b"abc"

    def test_a_redirect_comes_before_the_body(self, aws: FakeAws, passing: Passing) -> None:
        def moved(handler: Handler, _: Recorded) -> None:
            handler.say(307, b"<moved/>", {"Location": "https://other"})
            handler.close_connection = True

        aws.before_body = moved
        with passing.secured() as client:
            client.sendall(self.HEAD)
            got = whole(client)
        assert got.startswith(b"HTTP/1.1 307 ")
        assert b"100 Continue" not in got
        assert got.endswith(b"Connection: close\r\n\r\n<moved/>")

    def test_a_refusal_of_ours_comes_before_the_body(self, aws: FakeAws, passing: Passing) -> None:
        passing.refuses = Answer(403, (("x-a", "b"),), b"no")
        with passing.secured() as client:
            client.sendall(self.HEAD)
            got = whole(client)
        assert got == (
            b"HTTP/1.1 403 Forbidden\r\nx-a: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
        )
        assert aws.requests == []

    def test_a_server_that_does_not_know_it_gets_the_body_after_a_while(
        self, aws: FakeAws, passing: Passing
    ) -> None:
        aws.before_body = lambda *_: None
        with passing.secured() as client:
            client.sendall(self.HEAD + b"abc")
            got = client.recv(4096)
            assert got.startswith(b"HTTP/1.1 100 ")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")

    def test_a_body_that_is_read_for_judging_is_asked_for(self, aws: FakeAws, passing: Passing) -> None:
        passing.reads = 10
        with passing.secured() as client:
            client.sendall(self.HEAD)
            assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"abc")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert aws.requests[0].body == b"abc"


def test_what_aws_says_in_the_middle_of_a_long_body_reaches_the_client(
    aws: FakeAws, passing: Passing
) -> None:
    def enough(handler: Handler, _: Recorded) -> None:
        handler.rfile.read(1000)
        handler.say(400, b"<enough/>")
        handler.close_connection = True

    aws.before_body = enough
    with passing.secured() as client:
        client.sendall(f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000000\r\n\r\n".encode())
        try:
            for _ in range(100):
                client.sendall(bytes(1_000_000))
        except OSError:
            pass
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_a_refused_upload_hears_the_refusal_while_it_sends(aws: FakeAws, passing: Passing) -> None:
    passing.refuses = Answer(403, (), b"no")
    with passing.secured() as client:
        client.sendall(f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 8000000\r\n\r\n".encode())
        client.sendall(bytes(8_000_000))
        assert whole(client).startswith(b"HTTP/1.1 403 ")
    assert aws.requests == []


def test_a_body_too_long_to_be_judged_is_refused_in_words(aws: FakeAws, passing: Passing) -> None:
    passing.reads = 5
    client = passing.client()
    client.request("POST", "/", b"123456")
    response = client.getresponse()
    assert (response.status, b"too long" in response.read()) == (413, True)
    assert aws.requests == []


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(aws: FakeAws, passing: Passing) -> None:
    def answers(handler: Handler, _: Recorded) -> None:
        handler.send_response_only(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"3\r\nabc\r\n")
        handler.close_connection = True

    aws.answers = answers
    client = passing.client()
    client.request("GET", "/")
    with pytest.raises(http.client.IncompleteRead):
        client.getresponse().read()


def test_a_call_that_nobody_answers_is_told_so(aws: FakeAws, passing: Passing) -> None:
    aws.answers = lambda handler, _: setattr(handler, "close_connection", True)
    client = passing.client()
    client.request("POST", "/", b"x")
    response = client.getresponse()
    assert (response.status, response.read()) == (
        503,
        b'{"message": "awsactivate guard: sqs.eu-west-1.amazonaws.com broke off before it answered"}',
    )
    assert len(aws.requests) == 1


def test_a_host_that_is_not_reached_is_told_so(aws: FakeAws, passing: Passing) -> None:
    def dial(host: str, port: int) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    passing.connections._dial = dial
    client = passing.client()
    client.request("POST", "/", b"x")
    response = client.getresponse()
    assert (response.status, b"443 can't be reached: Connection refused" in response.read()) == (503, True)


def test_a_server_that_is_not_awss_gets_nothing(aws: FakeAws, passing: Passing, tmp_path: Path) -> None:
    passing.connections._ca_bundle = str(_written(tmp_path / "other.pem", passing.authority.certificate))
    client = passing.client()
    client.request("POST", "/", b"x")
    response = client.getresponse()
    assert (response.status, b"TLS with" in response.read()) == (503, True)
    assert aws.requests == []


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_read_on_a_connection_that_had_just_ended_is_made_again(aws: FakeAws, passing: Passing) -> None:
    """AWS hangs up on who is quiet; whoever asks at that moment need not know."""
    passing.reads = 10

    def answers(handler: Handler, recorded: Recorded) -> None:
        if len(aws.requests) == 2:
            handler.close_connection = True
        else:
            handler.say(200, b"{}")

    aws.answers = answers
    client = passing.client()
    for _ in range(2):
        client.request("GET", "/")
        assert client.getresponse().read() == b"{}"
    assert (len(aws.requests), aws.connections) == (3, 2)


MALFORMED = {
    "another host": "GET / HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n",
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "two hosts": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nHost: {HOST}\r\n\r\n",
    "a whole address": f"GET http://{HOST}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
    "two lengths": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a length and chunks": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks without length": f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "a chunk that is longer": f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
    "1\r\nab\r\n0\r\n\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a head without end": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nx: {'y' * 70000}\r\n\r\n",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_what_could_be_read_in_two_ways_is_refused_and_not_sent_on(
    aws: FakeAws, passing: Passing, text: str
) -> None:
    with passing.secured() as client:
        client.sendall(text.encode())
        got = whole(client)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 400") == 1
    assert [one.length for one in aws.requests if one.body] == []


def test_a_hundred_calls_at_once(aws: FakeAws, passing: Passing) -> None:
    together = threading.Barrier(100, timeout=30)

    def answers(handler: Handler, recorded: Recorded) -> None:
        together.wait()  # nobody is answered before all are here
        handler.say(200, recorded.target.encode())

    aws.answers = answers
    answered: list[tuple[int, bytes]] = []

    def call(number: int) -> None:
        client = passing.client(f"b{number % 4}.s3.amazonaws.com")
        client.timeout = 30
        client.request("GET", f"/{number}")
        answered.append((number, client.getresponse().read()))
        client.close()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answered) == [(number, b"/%d" % number) for number in range(100)]


def test_who_is_there_when_the_door_closes_is_hung_up_on(aws: FakeAws, passing: Passing) -> None:
    silent, in_tunnel, speaking = (
        socket.create_connection(("127.0.0.1", passing.door.port)),
        passing.tunnel(),
        passing.secured(),
    )
    passing.door.close()
    for connection in (silent, in_tunnel, speaking):
        with closing(connection):
            connection.settimeout(5)
            assert connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", passing.door.port))


def test_an_endpoint_of_the_users_own_is_spoken_to_as_it_wants(passing: Passing, tmp_path: Path) -> None:
    with fake_aws(tmp_path, is_secure=False) as other:
        passing.url = f"http://127.0.0.1:{other.server_address[1]}"
        passing.connections._dial = lambda host, port: socket.create_connection((host, port), 5)
        client = passing.client()
        client.request("POST", "/", b"abc")
        assert client.getresponse().read() == b"{}"
        client.close()
        assert [(one.get("host"), one.body) for one in other.requests] == [(HOST, b"abc")]


@pytest.mark.long
def test_a_gibibyte_goes_up_and_down_in_flat_memory(aws: FakeAws, passing: Passing) -> None:
    aws.keeps_bodies = False
    length, piece = 1 << 30, bytes(1 << 20)

    def answers(handler: Handler, recorded: Recorded) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        for _ in range(length // len(piece)):
            handler.wfile.write(piece)

    aws.answers = answers
    before = _memory()
    with passing.secured() as client:
        client.sendall(f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {length}\r\n\r\n".encode())
        for _ in range(length // len(piece)):
            client.sendall(piece)
        got = 0
        while got < length:
            got += len(client.recv(1 << 20))
    assert aws.requests[0].length == length
    assert _memory() - before < 40 << 20


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = threading.active_count()
    yield
    until = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before
