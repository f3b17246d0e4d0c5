"""One request that came in by the door, and what is answered to it."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus

from awsactivate.guard import http_heads
from awsactivate.guard.call import Answer, Head, Headers
from awsactivate.running.guarded.wire import Body, EndedError

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REFRAMED = ("transfer-encoding",)
_WITHOUT_BODY = (204, 304)


class TooLongError(Exception):
    """A body is longer than whoever judges it may hold at once."""


class Exchange:
    """A request whose body may still be on its way; it is answered once, by `answer` or by `stream`.

    A client that waits for a 100-continue gets it when the body is first read.
    """

    head: Head
    is_by_endpoint: bool
    """It came in by `--door endpoint`: its host is this machine's, and the signature tells whom it is for."""

    def __init__(
        self,
        head: Head,
        body: Body,
        client: socket.socket,
        *,
        is_old: bool = False,
        is_by_endpoint: bool = False,
    ) -> None:
        self.head = head
        self.is_by_endpoint = is_by_endpoint
        self._body = body
        self._client = client
        self._is_old = is_old
        self._held: list[bytes] = []
        self._rest: Iterator[bytes] | None = None
        self._waits = (head.get("expect") or "").lower() == "100-continue" and not is_old
        self._is_last = http_heads.ends(head.headers, is_old=is_old)
        self.is_answered = False

    @property
    def length(self) -> int | None:
        """How long the body is; None where that shows at its end only."""
        return self._body.framing.length

    def read_body(self, limit: int) -> bytes:
        """Return the whole body, once and again; TooLongError where it is longer than `limit`."""
        if (self.length or 0) > limit:
            raise TooLongError
        got = sum(map(len, self._held))
        for piece in self._coming():
            self._held.append(piece)
            got += len(piece)
            if got > limit:
                raise TooLongError
        if len(self._held) != 1:
            self._held = [b"".join(self._held)]
        return self._held[0]

    def body(self) -> Iterator[bytes]:
        """Yield the body in pieces as they come, free of HTTP's chunks; first what was read already.

        What is yielded while the body comes in is not kept.
        """
        yield from self._held
        self._held = []
        yield from self._coming()

    @property
    def trailers(self) -> Headers:
        """What was said behind the body, once that was read to its end."""
        return self._body.trailers

    def _coming(self) -> Iterator[bytes]:
        if self._rest is None:
            if self._waits and not self._body.is_whole:
                self._send(_CONTINUE)
            self._waits = False
            self._rest = self._pieces()
        return self._rest

    def _pieces(self) -> Iterator[bytes]:
        try:
            yield from self._body.pieces()
        except OSError as error:
            raise EndedError("the client has gone") from error

    def _send(self, text: bytes) -> None:
        try:
            self._client.sendall(text)
        except OSError as error:
            raise EndedError("the client has gone") from error

    def answer(self, answer: Answer) -> None:
        """Send what the guard itself answers; `Content-Length` is added."""
        length = (("Content-Length", str(len(answer.body))),)
        bears_none = self.head.method == "HEAD" or answer.status in _WITHOUT_BODY
        headers = (*answer.headers, *(() if answer.status in _WITHOUT_BODY else length))
        head = self._head_of(answer.status, _reason(answer.status), headers)
        self._send(head if bears_none else head + answer.body)

    def stream(
        self,
        status: int,
        reason: str,
        headers: Headers,
        body: Iterable[bytes],
        trailers: Callable[[], Headers] = tuple,
    ) -> None:
        """Send an answer on as it comes, each piece at once; `headers` as AWS sent them.

        Where the body breaks off, so does the connection: nobody takes the part for the whole.
        """
        kept = tuple(pair for pair in http_heads.sent_on(headers) if pair[0].lower() not in _REFRAMED)
        bears_none = self.head.method == "HEAD" or status in _WITHOUT_BODY
        has_length = bool(http_heads.values(headers, "content-length"))
        is_chunked = not bears_none and not has_length and not self._is_old
        if is_chunked:
            kept = (*kept, ("Transfer-Encoding", "chunked"))
        elif not (bears_none or has_length):
            self._is_last = True
        head = self._head_of(status, reason, kept)
        try:
            self._send_all(head, () if bears_none else body, is_chunked=is_chunked)
            if is_chunked:
                self._send(b"0\r\n" + http_heads.write_fields(trailers()))
        except BaseException:
            self._is_last = True
            raise

    def _send_all(self, head: bytes, body: Iterable[bytes], *, is_chunked: bool) -> None:
        """Send the head with the first piece if that is there, and each piece as it comes."""
        if is_chunked or not body:
            # who waits for events wants to know that they will come
            self._send(head)
            head = b""
        for piece in body:
            if is_chunked:
                self._send(b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b"")
            elif head:
                self._send(head + piece)
                head = b""
            else:
                self._send(piece)
        if head:
            self._send(head)

    def _head_of(self, status: int, reason: str, headers: Headers) -> bytes:
        if self.is_answered:
            raise RuntimeError("a request is answered once")
        self.is_answered = True
        self._is_last = self._is_last or not self._body.is_whole
        if self._is_last:
            headers = (*headers, ("Connection", "close"))
        elif self._is_old:
            headers = (*headers, ("Connection", "keep-alive"))
        return http_heads.write_answer(status, reason, headers)

    def has_hung_up(self) -> bool:
        """Tell whether the client has gone while it waited; no where that can't be told yet.

        Who waits for an answer says nothing, so what comes from one that speaks TLS is its farewell.
        """
        if not self._body.is_whole:
            return False
        poll = select.poll()
        poll.register(self._client, select.POLLIN)
        if not poll.poll(0):
            return False
        if isinstance(self._client, ssl.SSLSocket):
            return not self._client.pending()
        with suppress(OSError):
            return not self._client.recv(1, socket.MSG_PEEK)
        return True

    @property
    def is_last(self) -> bool:
        """Nothing more can come on this connection."""
        return self._is_last or not self._body.is_whole or not self.is_answered

    @property
    def has_more_to_say(self) -> bool:
        """The client may still be sending its body, and not listen before it has."""
        return not self._body.is_whole


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
