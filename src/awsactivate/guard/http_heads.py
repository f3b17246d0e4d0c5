"""Heads of HTTP/1.1 messages, and how long their bodies are; what can be read in two ways is refused.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import re

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Headers

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_FIELD = re.compile(
    rb"(" + _TOKEN + rb"):[ \t]*((?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*"
)
_REQUEST = re.compile(rb"(" + _TOKEN + rb") ([!-~\x80-\xff]+) HTTP/1\.([01])")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: ([\t -~\x80-\xff]*))?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_WITHOUT_BODY = (204, 304)
# What is said to the next one along the way, and not further.
TO_THE_NEXT = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te"}
    | {"upgrade"}
)


class MalformedError(Exception):
    """What came is no HTTP/1.1 that everybody reads alike; the message says why, and quotes nothing."""


@dataclass(frozen=True)
class RequestHead:
    """What a client says before its body."""

    method: str
    target: str
    headers: Headers
    is_old: bool
    """It speaks HTTP/1.0."""


@dataclass(frozen=True)
class AnswerHead:
    """What a server says before its body."""

    status: int
    reason: str
    headers: Headers
    is_old: bool


@dataclass(frozen=True)
class Framing:
    """Where a body ends; with neither, it ends with the connection."""

    length: int | None = None
    """After so many bytes."""
    is_chunked: bool = False
    """With its last chunk."""


NO_BODY = Framing(0)


def parse_request(head: bytes) -> RequestHead:
    """Read a request's head, without the empty line at its end."""
    first, *lines = head.split(b"\r\n")
    if first.startswith(b"PRI * HTTP/2"):
        raise MalformedError("HTTP/2 is not spoken here, only HTTP/1.1")
    found = _REQUEST.fullmatch(first)
    if found is None:
        raise MalformedError("the request's first line is none of HTTP/1.1")
    method, target, minor = found.groups()
    return RequestHead(method.decode(), target.decode("latin-1"), _fields(lines), minor == b"0")


def parse_answer(head: bytes) -> AnswerHead:
    """Read an answer's head, without the empty line at its end."""
    first, *lines = head.split(b"\r\n")
    found = _STATUS.fullmatch(first)
    if found is None:
        raise MalformedError("the answer's first line is none of HTTP/1.1")
    minor, status, reason = found.groups()
    return AnswerHead(int(status), (reason or b"").decode("latin-1"), _fields(lines), minor == b"0")


def fields(text: bytes) -> Headers:
    """Read lines that stand behind a body."""
    return _fields(text.split(b"\r\n")) if text else ()


def _fields(lines: list[bytes]) -> Headers:
    found = [_FIELD.fullmatch(line) for line in lines]
    if None in found:
        raise MalformedError("a header is malformed")
    return tuple((one[1].decode(), one[2].decode("latin-1")) for one in found if one)


def write_request(method: str, target: str, headers: Headers) -> bytes:
    """Write a request's head."""
    return _written(f"{method} {target} HTTP/1.1", headers)


def write_answer(status: int, reason: str, headers: Headers) -> bytes:
    """Write an answer's head."""
    return _written(f"HTTP/1.1 {status} {reason}", headers)


def write_fields(headers: Headers) -> bytes:
    """Write what stands behind a body, and the empty line."""
    return _written("", headers)[2:]


def _written(first: str, headers: Headers) -> bytes:
    text = "\r\n".join([first, *[f"{name}: {value}" for name, value in headers], "", ""])
    written = text.encode("latin-1")
    if written.count(b"\n") != len(headers) + 2 or written.count(b"\r") != len(headers) + 2:
        raise MalformedError("a header has a line break in it")
    return written


def framing_of_request(headers: Headers, *, is_old: bool = False) -> Framing:
    """Tell where a request's body ends."""
    found = _framing(headers, is_old=is_old)
    return NO_BODY if found == Framing() else found


def answer_framing(head: AnswerHead, method: str) -> Framing:
    """Tell where the body of the answer to `method` ends."""
    if method == "HEAD" or head.status in _WITHOUT_BODY or head.status < 200:
        return NO_BODY
    return _framing(head.headers, is_old=head.is_old)


def _framing(headers: Headers, *, is_old: bool) -> Framing:
    lengths = values(headers, "content-length")
    codings = values(headers, "transfer-encoding")
    if len(lengths) + len(codings) > 1:
        raise MalformedError("it says in two ways how long its body is")
    if codings:
        if codings[0].lower() != "chunked" or is_old:
            raise MalformedError("its transfer coding is another than chunked")
        return Framing(is_chunked=True)
    if not lengths:
        return Framing()
    if not _DIGITS.fullmatch(lengths[0]):
        raise MalformedError("its length is no number")
    return Framing(int(lengths[0]))


def values(headers: Headers, name: str) -> list[str]:
    """Return all values of a header, whose name is in lower case."""
    return [value for key, value in headers if key.lower() == name]


def ends(headers: Headers, *, is_old: bool) -> bool:
    """Tell whether the connection ends with this message."""
    said = {word.strip().lower() for value in values(headers, "connection") for word in value.split(",")}
    return "close" in said or (is_old and "keep-alive" not in said)


def sent_on(headers: Headers) -> Headers:
    """Return what is for more than the next one along the way."""
    return tuple(pair for pair in headers if pair[0].lower() not in TO_THE_NEXT)


_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?")


def host_and_port(text: str, default: int | None) -> tuple[str, int]:
    """Read HOST:PORT; the host in lower case, without the brackets of IPv6 or a root's full stop."""
    found = _ADDRESS.fullmatch(text)
    port = int(found["port"] or default or 0) if found else 0
    if found is None or not 0 < port < 65536:
        raise MalformedError("it names no host and port")
    host = (found["six"] or found["host"]).lower().rstrip(".")
    return host, port
