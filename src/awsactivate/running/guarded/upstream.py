"""The ways on: a request sent to AWS, or to the endpoint that the user has in its place, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from awsactivate.guard import http_heads
from awsactivate.guard.call import Head, Headers
from awsactivate.guard.http_heads import AnswerHead, Framing, MalformedError
from awsactivate.running.guarded.connections import Address, Connection, Connections, UnreachedError
from awsactivate.running.guarded.wire import Body, EndedError

__all__ = ["Incoming", "UnreachedError", "Upstreams"]

_CONTINUE_SECONDS = 1.0  # as SDKs wait
_SAFE = ("GET", "HEAD")


class Incoming:
    """An answer whose body may still be on its way; `close` once it was read, or nobody wants the rest."""

    def __init__(self, head: AnswerHead, body: Body, let_go: Callable[[bool], None], host: str) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers = head.headers
        self._body = body
        self._let_go = let_go
        self._host = host

    def body(self) -> Iterator[bytes]:
        """Yield the body as it comes, free of HTTP's chunks; UnreachedError where it breaks off."""
        try:
            yield from self._body.pieces()
        except (OSError, MalformedError) as error:
            raise UnreachedError(f"{self._host} broke off in the middle of its answer") from error

    @property
    def trailers(self) -> Headers:
        """What was said behind the body, once that was read to its end."""
        return self._body.trailers

    def close(self) -> None:
        """Let the connection go: back to the others where the answer was read to its end."""
        self._let_go(self._body.is_whole)


class Upstreams:
    """Sends requests on over connections that are used again."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def send(
        self,
        head: Head,
        body: bytes | Iterable[bytes],
        trailers: Callable[[], Headers] = tuple,
        *,
        url: str | None = None,
    ) -> Incoming:
        """Send a request as it stands to its host by TLS, or to the user's own endpoint `url`.

        For that, it was addressed anew before it was signed. Raises UnreachedError.
        """
        place = _place(head, url)
        connection = self._connections.get(place)
        is_again = connection.was_used
        try:
            return self._exchange(connection, place, head, body, trailers)
        except _NoAnswerError as error:
            # a connection that waited may have ended just now, and then nobody has heard the request
            if not is_again or head.method not in _SAFE or not isinstance(body, bytes):
                raise UnreachedError(f"{place.host} broke off before it answered") from error
        connection = self._connections.get(place, fresh=True)
        try:
            return self._exchange(connection, place, head, body, trailers)
        except _NoAnswerError as error:
            raise UnreachedError(f"{place.host} broke off before it answered") from error

    def _exchange(
        self,
        connection: Connection,
        place: Address,
        head: Head,
        body: bytes | Iterable[bytes],
        trailers: Callable[[], Headers],
    ) -> Incoming:
        try:
            is_sent = self._send(connection, place, head, body, trailers)
            answer, incoming = _read_answer(connection, place, head.method)
        except BaseException:
            connection.close()
            raise
        lasts = is_sent and not http_heads.ends(answer.headers, is_old=answer.is_old)
        lasts = lasts and incoming.framing != Framing()

        def let_go(is_whole: bool) -> None:
            if lasts and is_whole:
                self._connections.keep(place, connection)
            else:
                connection.close()

        return Incoming(answer, incoming, let_go, place.host)

    def _send(
        self,
        connection: Connection,
        place: Address,
        head: Head,
        body: bytes | Iterable[bytes],
        trailers: Callable[[], Headers],
    ) -> bool:
        """Send all; tell whether that was done, for a server may answer before."""
        proxy = self._connections.proxy(place) if place.scheme == "http" else None
        target = f"{place.url}{head.target}" if proxy else head.target
        headers = (*http_heads.sent_on(head.headers), *(proxy.headers.items() if proxy else ()))
        first = http_heads.write_request(head.method, target, headers)
        framing = http_heads.framing_of_request(head.headers)
        if (head.get("expect") or "").lower() == "100-continue":
            if not _push(connection, first) or not _may_go_on(connection):
                return False
            first = b""
        pieces = ((body,) if body else ()) if isinstance(body, bytes) else body
        return _send_body(connection, first, framing, pieces, trailers)


class _NoAnswerError(OSError):
    """The connection ended without a word."""


def _place(head: Head, url: str | None) -> Address:
    if url is not None:
        address = urlsplit(url)
        port = address.port or (443 if address.scheme == "https" else 80)
        return Address(address.scheme, address.hostname or "", port)
    name, _, port_text = head.host.partition(":")
    return Address("https", name, int(port_text or 443))


def _send_body(
    connection: Connection,
    first: bytes,
    framing: Framing,
    pieces: Iterable[bytes],
    trailers: Callable[[], Headers],
) -> bool:
    sent = 0
    for piece in pieces:
        if not piece:
            continue
        # an answer that comes before the request has gone is what AWS has to say of it
        if sent and connection.reader.peek():
            return False
        sent += len(piece)
        if framing.length is not None and sent > framing.length:
            raise ValueError("a body is longer than its head says")
        if not _push(
            connection, first + (b"%x\r\n%b\r\n" % (len(piece), piece) if framing.is_chunked else piece)
        ):
            return False
        first = b""
    if framing.length is not None and sent < framing.length:
        raise ValueError("a body is shorter than its head says")
    last = b"0\r\n" + http_heads.write_fields(trailers()) if framing.is_chunked else b""
    return _push(connection, first + last)


def _push(connection: Connection, text: bytes) -> bool:
    """Send something; tell whether the other side took it, for what it has said before counts."""
    try:
        connection.socket.sendall(text)
    except TimeoutError as error:
        raise UnreachedError("the other side does not take what is sent") from error
    except OSError:
        return False
    return True


def _may_go_on(connection: Connection) -> bool:
    """Wait for a 100-continue; what is said in its place is left to be read again."""
    reader = connection.reader
    with suppress(OSError, MalformedError):  # said again when the answer is read
        while reader.comes_within(_CONTINUE_SECONDS):
            text = reader.read_head()
            if text is None:
                return False
            status = http_heads.parse_answer(text).status
            if status == 100:
                return True
            if status >= 200:
                reader.unread(text)
                return False
        return True
    return False


def _read_answer(connection: Connection, place: Address, method: str) -> tuple[AnswerHead, Body]:
    try:
        answer = _read_answer_head(connection)
        return answer, Body(connection.reader, http_heads.answer_framing(answer, method))
    except MalformedError as error:
        raise UnreachedError(f"{place.host} answers in another way than HTTP/1.1: {error}") from error
    except TimeoutError as error:
        raise UnreachedError(f"{place.host} did not answer in time") from error
    except OSError as error:
        raise _NoAnswerError("no answer") from error


def _read_answer_head(connection: Connection) -> AnswerHead:
    while (text := connection.reader.read_head()) is not None:
        answer = http_heads.parse_answer(text)
        if answer.status == 101:
            raise MalformedError("it changes the protocol")
        if answer.status >= 200:
            return answer
    raise EndedError("no answer")
