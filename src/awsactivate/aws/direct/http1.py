"""Requests and answers of HTTP/1.1 as bytes, read as `http.client` reads them.

That module has mail's parser read the headers, and to load both takes as long as the rest of a call. A test
compares the two on random answers. https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import BinaryIO

_LONGEST_LINE = 65_536
_MOST_HEADERS = 100
_PIECE = 1 << 20  # bytes that are made room for at once, whatever length was promised
_END_OF_LINES = (b"\r\n", b"\n", b"")
_HEADER = re.compile(r"[!-9;-~]*:|[ \t]|From ")


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class BrokenAnswerError(Exception):
    """What came is no answer, or not the whole of one; the message never quotes it."""


def request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Write a request, whose `headers` have its Host; ValueError where one of them can't be sent."""
    length = {"Content-Length": str(len(body))} if body or method in ("POST", "PUT", "PATCH") else {}
    lines = [f"{method} {path} HTTP/1.1"]
    for name, value in {"Accept-Encoding": "identity", **headers, **length}.items():
        if "\r" in value or "\n" in value:
            raise ValueError(f"{name} has a line break in it")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def connect_request(host: str, port: int, headers: Mapping[str, str]) -> bytes:
    """Write what asks a proxy for a tunnel."""
    return request("CONNECT", f"{host}:{port}", {"Host": f"{host}:{port}", **headers}, b"")


def read_connected(stream: BinaryIO) -> int:
    """Read what a proxy says to that: only a status of 200 is a tunnel."""
    _, status = _read_status(stream)
    while _read_line(stream) not in _END_OF_LINES:
        pass
    return status


def read(stream: BinaryIO) -> tuple[HttpAnswer, bool]:
    """Read an answer, and whether the connection ends with it; BrokenAnswerError where there is none."""
    version, status = _read_status(stream)
    while status == 100:
        _read_headers(stream)
        version, status = _read_status(stream)
    if not version.startswith("HTTP/1.") and version != "HTTP/0.9":
        raise BrokenAnswerError("another version of HTTP")
    headers = _read_headers(stream)
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name, value)
    ends = _ends(first, is_old=version in ("HTTP/1.0", "HTTP/0.9"))
    if first.get("transfer-encoding", "").lower() == "chunked":
        body = _read_chunks(stream)
    else:
        length = 0 if status in (204, 304) or status < 200 else _length(first)
        body = stream.read() if length is None else _read_piece(stream, length)
        # a length that promises too much is believed by nobody: what came is judged by what it says
        ends = ends or length is None or len(body) < length
    return HttpAnswer(status, dict(headers), body), ends


def _read_line(stream: BinaryIO) -> bytes:
    line = stream.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise BrokenAnswerError("a line without end")
    return line


def _read_status(stream: BinaryIO) -> tuple[str, int]:
    words = _read_line(stream).decode("latin-1").split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/"):
        raise BrokenAnswerError("no status")
    try:
        status = int(words[1])
    except ValueError:
        status = 0
    if not 100 <= status <= 999:
        raise BrokenAnswerError("no status")
    return words[0], status


def _read_headers(stream: BinaryIO) -> list[tuple[str, str]]:
    """Read the headers, their names in lower case; what is none ends them, as mail's parser has it."""
    lines: list[bytes] = []
    while not lines or lines[-1] not in _END_OF_LINES:
        lines.append(_read_line(stream))
        if len(lines) > _MOST_HEADERS:
            raise BrokenAnswerError("headers without end")
    found: list[tuple[str, str]] = []
    is_open = False  # the last header may go on
    for line in io.StringIO(b"".join(lines).decode("latin-1"), newline=""):
        if not _HEADER.match(line):
            break
        if line[0] in " \t":
            if is_open:
                found[-1] = (found[-1][0], found[-1][1] + line)
            continue
        is_open = not line.startswith("From ") and line[0] != ":"
        if is_open:
            name, _, value = line.partition(":")
            found.append((name.lower(), value.lstrip(" \t")))
    return [(name, value.rstrip("\r\n")) for name, value in found]


def _ends(headers: Mapping[str, str], *, is_old: bool) -> bool:
    connection = headers.get("connection", "").lower()
    if not is_old:
        return "close" in connection
    keeps = headers.get("keep-alive") or "keep-alive" in connection
    return not (keeps or "keep-alive" in headers.get("proxy-connection", "").lower())


def _length(headers: Mapping[str, str]) -> int | None:
    """Return how long a body is; None where it goes on until the connection ends."""
    try:
        length = int(headers.get("content-length", ""))
    except ValueError:
        return None
    return length if length >= 0 else None


def _read_piece(stream: BinaryIO, length: int) -> bytes:
    """Read so many bytes, or those that come."""
    pieces: list[bytes] = []
    while length > 0:
        piece = stream.read(min(length, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    while True:
        try:
            length = int(_read_line(stream).partition(b";")[0], 16)
        except ValueError:
            raise BrokenAnswerError("a chunk without a length") from None
        if length == 0:
            break
        chunk = _read_piece(stream, length)
        if length < 0 or len(chunk) < length or len(_read_piece(stream, 2)) < 2:
            raise BrokenAnswerError("half a chunk")
        chunks.append(chunk)
    while _read_line(stream) not in _END_OF_LINES:
        pass  # what is said behind the body
    return b"".join(chunks)
