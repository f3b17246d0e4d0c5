"""What comes in on a connection, piece by piece, in flat memory."""

from __future__ import annotations

import re
import select
import socket
import ssl
import time
from collections.abc import Iterator

from awsactivate.guard.call import Headers
from awsactivate.guard.http_heads import Framing, MalformedError, fields

PIECE = 1 << 18
"""Bytes that are held at once, and sent on in one go."""
_LONGEST_HEAD = 1 << 16
_LONGEST_LINE = 4096
_AT_ONCE = 1 << 16
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t -~\x80-\xff]*)?")
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError)


class EndedError(OSError):
    """The other side has ended the connection in the middle."""


class Reader:
    """The bytes of a connection, and those of them that came too early."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._early = bytearray()

    @property
    def has_early(self) -> bool:
        """Something has come that nobody has asked for yet."""
        return bool(self._early)

    def read_head(self) -> bytes | None:
        """Read up to an empty line, which is left out; None where the connection ended before all."""
        while self._early[:2] == b"\r\n" or not self._early:  # some send one too many behind a body
            if self._early:
                del self._early[:2]
            elif not self._read_more():
                return None
        end = self._find_mark(b"\r\n\r\n", _LONGEST_HEAD, "its head is too long")
        return self._take(end, 4)

    def unread(self, head: bytes) -> None:
        """Have a head come once more."""
        self._early[:0] = head + b"\r\n\r\n"

    def read_line(self) -> bytes:
        """Read up to the end of a line, which is left out."""
        return self._take(self._find_mark(b"\r\n", _LONGEST_LINE, "a line is too long"), 2)

    def read_some(self, most: int) -> bytes:
        """Read what is there, at most so much; nothing where the connection has ended."""
        if not self._early:
            return self._connection.recv(min(most, _AT_ONCE))
        return self._take(min(most, len(self._early)), 0)

    def read_into(self, room: memoryview) -> int:
        """Read what is there into some room, at least a byte; return how much."""
        at = min(len(room), len(self._early))
        if at:
            room[:at] = memoryview(self._early)[:at]
            del self._early[:at]
        while at < len(room) and (not at or self._is_readable(0)):
            got = self._connection.recv_into(room[at:])
            if not got:
                break
            at += got
        if not at:
            raise EndedError("the connection ended in the middle of a body")
        return at

    def comes_within(self, seconds: float) -> bool:
        """Tell whether something, or the end, comes within some time; TLS's own words are nothing."""
        until = time.monotonic() + seconds
        while not self.peek():
            left = until - time.monotonic()
            if left <= 0 or not self._is_readable(left):
                return False
        return True

    def peek(self) -> bool:
        """Tell whether something, or the end, has come."""
        if self._early:
            return True
        if not self._is_readable(0):
            return False
        timeout = self._connection.gettimeout()
        self._connection.settimeout(0)
        try:
            self._read_more()
        except _NOTHING_YET:
            return False
        finally:
            self._connection.settimeout(timeout)
        return True

    def _is_readable(self, seconds: float) -> bool:
        if isinstance(self._connection, ssl.SSLSocket) and self._connection.pending():
            return True
        poll = select.poll()  # select itself takes no more than 1,024 files
        poll.register(self._connection, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _find_mark(self, mark: bytes, most: int, words: str) -> int:
        seen = 0
        while True:
            end = self._early.find(mark, max(0, seen - len(mark) + 1))
            if end > most or (end < 0 and len(self._early) > most):
                raise MalformedError(words)
            if end >= 0:
                return end
            seen = len(self._early)
            if not self._read_more():
                raise EndedError("the connection ended in the middle of a head")

    def _take(self, length: int, mark: int) -> bytes:
        found = bytes(memoryview(self._early)[:length])
        del self._early[: length + mark]
        return found

    def _read_more(self) -> bool:
        got = self._connection.recv(_AT_ONCE)
        self._early += got
        return bool(got)


class Body:
    """A body on its way in; `pieces` yields it once, free of HTTP's chunks."""

    def __init__(self, reader: Reader, framing: Framing) -> None:
        self._reader = reader
        self._room = memoryview(b"")
        self.framing = framing
        self.trailers: Headers = ()
        self.is_whole = framing.length == 0
        """It was read to its end."""

    def pieces(self) -> Iterator[bytes]:
        """Yield what is there, chunk by chunk; of a body whose length is known, much at once."""
        if self.is_whole:
            return
        if self.framing.is_chunked:
            yield from self._read_chunks()
        elif self.framing.length is None:
            while piece := self._reader.read_some(PIECE):
                yield piece
        else:
            yield from self._read_counted(self.framing.length)
        self.is_whole = True

    def _read_counted(self, length: int) -> Iterator[bytes]:
        if len(self._room) < min(length, PIECE):
            self._room = memoryview(bytearray(min(length, PIECE)))
        room = self._room
        while length:
            got = self._reader.read_into(room[: min(length, len(room))])
            length -= got
            yield bytes(room[:got])

    def _read_chunks(self) -> Iterator[bytes]:
        while length := self._read_chunk_length():
            yield from self._read_counted(length)
            if self._reader.read_line():
                raise MalformedError("a chunk is longer than it says")
        self.trailers = self._read_trailers()

    def _read_chunk_length(self) -> int:
        found = _CHUNK.fullmatch(self._reader.read_line())
        if found is None:
            raise MalformedError("a chunk without a length")
        return int(found[1], 16)

    def _read_trailers(self) -> Headers:
        lines: list[bytes] = []
        while line := self._reader.read_line():
            lines.append(line)
            if len(lines) > 64:
                raise MalformedError("it says too much behind its body")
        return fields(b"\r\n".join(lines))
