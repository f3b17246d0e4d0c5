"""An answer is read as `http.client` reads it, whatever it is, and a request goes out as it writes one."""

from __future__ import annotations

import http.client
import io
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsactivate.aws import answers
from awsactivate.aws.direct import http1

BODY = b"<Response>body</Response>"
LINES = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK", b"HTTP/1.1 100 Continue", b"HTTP/1.1 204 No Content"),
        *(
            b"HTTP/1.1 304",
            b"HTTP/0.9 200 x",
            b"HTTP/2 200 OK",
            b"HTTP/1.1 99 x",
            b"HTTP/1.1 x y",
            b"HTTP/1.",
        ),
        *(b"Content-Length: 25", b"Content-Length: 5", b"content-length: 99", b"Content-Length: -1"),
        *(
            b"Content-Length: x",
            b"Content-Length:",
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: gzip",
        ),
        *(b"Connection: close", b"Connection: keep-alive", b"Keep-Alive: timeout=5", b"Date: today"),
        *(b"Proxy-Connection: Keep-Alive", b" folded", b"\tfolded: too", b"no header", b": nameless"),
        *(b"From nobody", b"From: somebody", b"N\xe4me: x", b"Value: \xe4\x85\x0b", b"Odd: a\rOther: b"),
        *(b"", b"5", b"19", b"5;name=value", b" 5 ", b"0", b"-5", b"zz", BODY, b"<Res"),
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b""])
USUAL = st.tuples(
    st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 403\r\n"]),
    st.lists(st.tuples(LINES, ENDS).map(b"".join), max_size=5).map(b"".join),
    st.sampled_from([b"\r\n", b"\n", b""]),
    st.lists(st.tuples(LINES, ENDS).map(b"".join), max_size=5).map(b"".join),
).map(b"".join)
ANY = st.lists(st.tuples(LINES, ENDS).map(b"".join), max_size=8).map(b"".join)


class Heard:
    """A socket that says what has been written down."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._said)


def theirs(said: bytes) -> Any:
    """Read with http.client, as far as the transport would believe it."""
    response = http.client.HTTPResponse(Heard(said), method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
        try:
            body = response.read()
        except http.client.IncompleteRead as error:
            if response.chunked:
                return "broken"
            response.will_close = True
            body = error.partial
    except (http.client.HTTPException, ValueError):
        return "broken"
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, body, response.will_close


def ours(said: bytes) -> Any:
    """Read with ours."""
    try:
        answer, ends = http1.read(io.BytesIO(said))
    except http1.BrokenAnswerError:
        return "broken"
    return answer.status, answer.headers, answer.body, ends


@given(st.one_of(USUAL, ANY))
@example(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100 + b"\r\n")
@example(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99 + b"\r\n")
@example(b"HTTP/1.1 200 OK\r\nDate: " + b"x" * 70_000 + b"\r\n\r\n")
@example(b"HTTP/1.1 " + b"2" * 70_000)
@example(b"HTTP/1.1 100 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nE: f\r\n\r\n")
def test_an_answer_is_read_as_http_client_reads_it(said: bytes) -> None:
    assert ours(said) == theirs(said)


def test_a_length_beyond_all_measure_makes_no_room_for_it() -> None:
    assert ours(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nabc") == (
        *(200, {"content-length": "99999999999999"}, b"abc"),
        True,
    )


class Written:
    """A socket that keeps what it is given."""

    def __init__(self) -> None:
        self.data = b""

    def sendall(self, data: bytes) -> None:
        self.data += data


@given(
    st.sampled_from([("POST", b"a=b"), ("POST", b""), ("GET", b"")]),
    st.dictionaries(st.sampled_from(["X-One", "Two"]), st.text(st.characters(max_codepoint=255), max_size=9)),
)
def test_a_request_is_written_as_http_client_writes_it(
    asked: tuple[str, bytes], more: dict[str, str]
) -> None:
    method, body = asked
    headers = {"Host": "sts.example.test", **more}
    connection = http.client.HTTPConnection("sts.example.test")
    connection.sock = written = Written()  # type: ignore[assignment]
    try:
        connection.request(method, "/path", body or None, headers)
    except ValueError:
        with pytest.raises(ValueError):
            http1.request(method, "/path", headers, body)
        return
    head, _, sent = http1.request(method, "/path", headers, body).partition(b"\r\n\r\n")
    their_head, _, their_body = written.data.partition(b"\r\n\r\n")
    assert (sorted(head.split(b"\r\n")), sent) == (sorted(their_head.split(b"\r\n")), their_body)


DAYS = st.datetimes(min_value=datetime(1970, 1, 2))


@given(
    DAYS,
    st.sampled_from(
        ["%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S +0200", "%d %b %y %H:%M:%S GMT", "%c"]
    ),
)
@example(datetime(2026, 1, 1), "Thu, 32 Jan 2026 00:00:00 GMT")
@example(datetime(2026, 1, 1), "Thu, 01 anF 2026 00:00:00 GMT")
@example(datetime(2026, 1, 1), "no date")
def test_a_date_is_read_as_mail_reads_it(moment: Any, form: str) -> None:
    text = moment.strftime(form)
    try:
        expected = round(-parsedate_to_datetime(text).timestamp())
    except ValueError:
        expected = None
    assert answers.clock_skew({"date": text}, 0) == expected
