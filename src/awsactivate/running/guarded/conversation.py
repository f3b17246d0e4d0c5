"""Requests that come in one after the other on one connection, each handed over and answered."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from awsactivate.guard import http_heads
from awsactivate.guard.call import Answer, Head
from awsactivate.guard.hosts import is_of_this_machine
from awsactivate.guard.http_heads import MalformedError, RequestHead
from awsactivate.running.guarded.connections import UnreachedError
from awsactivate.running.guarded.exchange import Exchange, TooLongError
from awsactivate.running.guarded.wire import Body, EndedError, Reader

Handle = Callable[[Exchange], None]

_IDLE_SECONDS = 300.0  # SDKs keep connections for a minute or two
_LINGER_SECONDS = 5.0
_LINGER_BYTES = 64 << 20


def converse(client: socket.socket, reader: Reader, host: str | None, handle: Handle) -> None:
    """Hand over the requests for `host`, until one is the last; None: by any name of this machine."""
    client.settimeout(_IDLE_SECONDS)
    try:
        while request := read_request(client, reader):
            head = _head(request, host)
            body = Body(reader, http_heads.framing_of_request(request.headers, is_old=request.is_old))
            exchange = Exchange(head, body, client, is_old=request.is_old, is_by_endpoint=host is None)
            _handle(exchange, handle)
            if exchange.is_last:
                if exchange.has_more_to_say:
                    linger(client)
                return
    except MalformedError as error:
        refuse(client, 400, f"{error}")
    except EndedError:
        return  # the client has gone


def read_request(client: socket.socket, reader: Reader) -> RequestHead | None:
    """Read a request's head; None where the client has said all it has to say."""
    try:
        text = reader.read_head()
    except OSError:
        return None
    return None if text is None else http_heads.parse_request(text)


def _head(request: RequestHead, host: str | None) -> Head:
    named = http_heads.values(request.headers, "host")
    if len(named) != 1:
        raise MalformedError("it names no host, or two")
    spoken = named[0].lower().removesuffix(":443")
    if host is not None and spoken != host:
        raise MalformedError("it is for another host than the connection")
    if host is None and not is_of_this_machine(spoken):
        raise MalformedError("it is for another host than this machine")
    if not request.target.startswith("/") and request.target != "*":
        raise MalformedError("its path does not begin with a slash")
    return Head(request.method, spoken, request.target, request.headers)


def _handle(exchange: Exchange, handle: Handle) -> None:
    """Have a request answered, whatever happens."""
    try:
        handle(exchange)
    except TooLongError:
        _tell(exchange, 413, "the body is too long to be judged")
    except UnreachedError as error:
        _tell(exchange, 503, str(error))
    except (MalformedError, EndedError) as error:
        if exchange.is_answered:
            raise EndedError("broken off") from error  # the client sees a part that ends
        raise
    except Exception:
        _tell(exchange, 500, "the guard failed")
        raise
    if not exchange.is_answered:
        _tell(exchange, 500, "the guard has no answer")


def _tell(exchange: Exchange, status: int, words: str) -> None:
    if exchange.is_answered:
        raise EndedError("broken off")
    exchange.answer(in_words(status, words))


def in_words(status: int, words: str) -> Answer:
    """Make an answer that a person can read where it is shown."""
    text = json.dumps({"message": f"awsactivate guard: {words}"}).encode()
    return Answer(status, (("Content-Type", "application/json"),), text)


def refuse(client: socket.socket, status: int, words: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
    """Tell a client no, and that nothing more is heard."""
    answer = in_words(status, words)
    more = (("Content-Length", str(len(answer.body))), ("Connection", "close"))
    head = http_heads.write_answer(status, "Refused", (*answer.headers, *headers, *more))
    with suppress(OSError):  # it may have gone
        client.sendall(head + answer.body)
        linger(client)


def linger(client: socket.socket) -> None:
    """Hear a client out for a while: who is cut off while it sends may never read what it was answered."""
    until = time.monotonic() + _LINGER_SECONDS
    left = _LINGER_BYTES
    with suppress(OSError):
        client.shutdown(socket.SHUT_WR)  # of TLS's too, of which nothing more is understood then
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            client.settimeout(seconds)
            got = client.recv(1 << 16)
            if not got:
                return
            left -= len(got)
