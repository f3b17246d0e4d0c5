"""Heads of HTTP/1.1 are read and written byte for byte; what could be read in two ways is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.guard import http_heads
from awsactivate.guard.http_heads import AnswerHead, Framing, MalformedError, RequestHead

TOKEN = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1)
VALUE = st.from_regex(r"(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?", fullmatch=True)
HEADERS = st.lists(st.tuples(TOKEN, VALUE)).map(tuple)
TARGET = st.from_regex(r"/[!-~\x80-\xff]*", fullmatch=True)


@given(TOKEN, TARGET, HEADERS)
def test_a_request_is_read_as_it_was_written(method: str, target: str, headers: http_heads.Headers) -> None:
    written = http_heads.write_request(method, target, headers)
    assert written.endswith(b"\r\n\r\n")
    assert http_heads.parse_request(written[:-4]) == RequestHead(method, target, headers, is_old=False)


@given(st.integers(100, 999), VALUE, HEADERS)
def test_an_answer_is_read_as_it_was_written(status: int, reason: str, headers: http_heads.Headers) -> None:
    written = http_heads.write_answer(status, reason, headers)
    assert http_heads.parse_answer(written[:-4]) == AnswerHead(status, reason, headers, is_old=False)


@given(HEADERS)
def test_what_stands_behind_a_body_is_read_as_it_was_written(headers: http_heads.Headers) -> None:
    assert http_heads.fields(http_heads.write_fields(headers)[:-4]) == headers


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb"])
def test_no_header_is_written_that_would_be_two(value: str) -> None:
    with pytest.raises(MalformedError, match="line break"):
        http_heads.write_request("GET", "/", (("a", value),))


MALFORMED = {
    "no version": b"GET /\r\nHost: a",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a",
    "another version": b"GET / HTTP/3.0\r\nHost: a",
    "a bare line feed": b"GET / HTTP/1.1\nHost: a",
    "a line that goes on": b"GET / HTTP/1.1\r\nHost: a\r\n b",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a",
    "no colon": b"GET / HTTP/1.1\r\nHost",
    "no name": b"GET / HTTP/1.1\r\n: a",
    "a zero byte": b"GET / HTTP/1.1\r\nHost: a\x00b",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: a\rb",
    "a name in another script": "GET / HTTP/1.1\r\nHöst: a".encode(),
    "a control in the path": b"GET /\x01 HTTP/1.1\r\nHost: a",
}


@pytest.mark.parametrize("head", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused(head: bytes) -> None:
    with pytest.raises(MalformedError):
        http_heads.parse_request(head)


def test_http_2_is_refused_by_its_name() -> None:
    with pytest.raises(MalformedError, match="HTTP/2"):
        http_heads.parse_request(b"PRI * HTTP/2.0")


LENGTH, CHUNKED = ("Content-Length", "5"), ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("headers", "framing"),
    [
        ((), Framing(0)),
        ((LENGTH,), Framing(5)),
        ((("content-length", "0"),), Framing(0)),
        ((CHUNKED,), Framing(is_chunked=True)),
        ((("TRANSFER-ENCODING", "Chunked"),), Framing(is_chunked=True)),
    ],
)
def test_a_body_ends_where_its_head_says(headers: http_heads.Headers, framing: Framing) -> None:
    assert http_heads.framing_of_request(headers) == framing


@pytest.mark.parametrize(
    "headers",
    [
        (LENGTH, LENGTH),
        (LENGTH, ("Content-Length", "6")),
        (LENGTH, CHUNKED),
        (CHUNKED, CHUNKED),
        (("Transfer-Encoding", "gzip, chunked"),),
        (("Transfer-Encoding", "identity"),),
        (("Transfer-Encoding", "xchunked"),),
        (("Content-Length", "+5"),),
        (("Content-Length", "5, 5"),),
        (("Content-Length", "0x5"),),
        (("Content-Length", "-1"),),
        (("Content-Length", ""),),
    ],
)
def test_a_body_that_could_end_in_two_places_is_refused(headers: http_heads.Headers) -> None:
    with pytest.raises(MalformedError):
        http_heads.framing_of_request(headers)


def test_an_old_client_sends_no_chunks() -> None:
    with pytest.raises(MalformedError):
        http_heads.framing_of_request((CHUNKED,), is_old=True)


@pytest.mark.parametrize(
    ("method", "status", "headers", "framing"),
    [
        ("HEAD", 200, (LENGTH,), Framing(0)),
        ("GET", 204, (LENGTH,), Framing(0)),
        ("GET", 304, (LENGTH,), Framing(0)),
        ("GET", 200, (LENGTH,), Framing(5)),
        ("GET", 200, (CHUNKED,), Framing(is_chunked=True)),
        ("GET", 200, (), Framing()),
    ],
)
def test_an_answer_ends_as_its_status_and_its_request_have_it(
    method: str, status: int, headers: http_heads.Headers, framing: Framing
) -> None:
    assert http_heads.answer_framing(AnswerHead(status, "", headers, is_old=False), method) == framing


@pytest.mark.parametrize(
    ("said", "is_old", "ends"),
    [
        *(("", False, False), ("close", False, True), ("x, Close", False, True)),
        *(("", True, True), ("Keep-Alive", True, False)),
    ],
)
def test_a_connection_ends_as_is_said(said: str, is_old: bool, ends: bool) -> None:
    headers = (("Connection", said),) if said else ()
    assert http_heads.ends(headers, is_old=is_old) is ends


def test_what_is_for_the_next_one_alone_is_not_sent_on() -> None:
    headers = (("Host", "a"), ("Connection", "x-kept"), ("X-Kept", "b"), ("Proxy-Authorization", "c"))
    assert http_heads.sent_on(headers) == (("Host", "a"), ("X-Kept", "b"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("S3.amazonaws.com:443", ("s3.amazonaws.com", 443)),
        ("s3.amazonaws.com.:443", ("s3.amazonaws.com", 443)),
        ("[::1]:8443", ("::1", 8443)),
    ],
)
def test_a_host_is_read_with_its_port(text: str, found: tuple[str, int]) -> None:
    assert http_heads.host_and_port(text, None) == found


@pytest.mark.parametrize(
    "text", ["", "a", "a:0", "a:65536", "a:b", "user@a:1", "a/b:1", "a b:1", "::1:443", "ä:1"]
)
def test_what_is_no_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        http_heads.host_and_port(text, None)
