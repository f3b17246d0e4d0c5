"""Requests over connections that are kept open, through a proxy where the environment names one."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from awsactivate.aws.answers import NoAnswer
from awsactivate.aws.direct.proxies import Proxy
from awsactivate.background import Background

if TYPE_CHECKING:
    import ssl

_CONNECT_SECONDS = 10.0  # as botocore's clients in this project are told
_READ_SECONDS = 30.0


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport:
    """The connections to one address: as many as there are calls at once, each used again.

    The first is begun right away, in the background.
    """

    def __init__(self, url: str, proxy: Proxy | None, ca_bundle: str | None) -> None:
        address = urlsplit(url)
        self._url = url
        self._is_secure = address.scheme == "https"
        self._host = address.hostname or ""
        self._port = address.port
        self._proxy = proxy
        # to read the authorities takes as long as to connect, so both go on at once
        self._tls = Background(lambda: _tls(ca_bundle), in_openssl=True) if self._is_secure else None
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []
        self._begun: Background[http.client.HTTPConnection] | None = Background(
            self._connected, in_openssl=True
        )

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one request and return the answer, whatever its status; raise NoAnswer where there is none."""
        connection = self._connection()
        try:
            with suppress(BrokenPipeError):  # a server may answer before it has read all
                connection.request(
                    method, self._prefix() + path, body or None, {**headers, **self._for_proxy()}
                )
            response = connection.getresponse()
            answer = self._read(response)
        except TimeoutError as error:
            connection.close()
            raise NoAnswer(f'Read timeout on endpoint URL: "{self._url}"') from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._closed() from error
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return answer

    def _read(self, response: http.client.HTTPResponse) -> HttpAnswer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        try:
            body = response.read()
        except http.client.IncompleteRead as error:
            if response.chunked:
                raise
            # a length that promises too much is believed by nobody: what came is judged by what it says
            response.will_close = True
            body = error.partial
        return HttpAnswer(response.status, headers, body)

    def _connection(self) -> http.client.HTTPConnection:
        with self._lock:
            begun, self._begun = self._begun, None
        if begun is not None:
            # a person may have typed for longer than the server waits for a first request
            self._keep(begun.result())
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if _is_open(connection):
                    return connection
                connection.close()
        return self._connected()

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._idle.append(connection)

    def _connected(self) -> http.client.HTTPConnection:
        host = self._proxy.host if self._proxy else self._host
        port = self._proxy.port if self._proxy else self._port or (443 if self._is_secure else 80)
        connection = http.client.HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
        if self._proxy and self._is_secure:
            connection.set_tunnel(self._host, self._port or 443, self._proxy.headers)
        try:
            if self._proxy and self._is_secure:
                connection.connect()
            else:
                # bytes, for which Python does not load what names in other scripts take
                connection.sock = socket.create_connection((host.encode(), port), _CONNECT_SECONDS)  # type: ignore[arg-type]
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._no_connection(error) from error
        if self._tls is not None:
            self._secure(connection, self._tls)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock.settimeout(_READ_SECONDS)
        return connection

    def _no_connection(self, error: Exception) -> NoAnswer:
        if self._proxy:
            return NoAnswer(f'Failed to connect to proxy URL: "http://{self._proxy.host}:{self._proxy.port}"')
        if isinstance(error, TimeoutError):
            return NoAnswer(f'Connect timeout on endpoint URL: "{self._url}"')
        return NoAnswer(f'Could not connect to the endpoint URL: "{self._url}"', was_never_sent=True)

    def _secure(self, connection: http.client.HTTPConnection, tls: Background[ssl.SSLContext]) -> None:
        """Go on in TLS."""
        import ssl

        try:
            context = tls.result()
        except OSError as error:  # an ssl.SSLError is one too
            connection.close()
            raise NoAnswer(f"SSL validation failed for {self._url} {error}") from error
        try:
            connection.sock = context.wrap_socket(connection.sock, server_hostname=self._host.encode())
        except ssl.SSLError as error:
            connection.close()
            raise NoAnswer(f"SSL validation failed for {self._url} {error}") from error
        except TimeoutError as error:
            connection.close()
            raise NoAnswer(f'Read timeout on endpoint URL: "{self._url}"') from error
        except OSError as error:
            connection.close()
            raise self._closed() from error

    def _closed(self) -> NoAnswer:
        words = "Connection was closed before we received a valid response from endpoint URL"
        return NoAnswer(f'{words}: "{self._url}".')

    def _prefix(self) -> str:
        """What stands before the path in a request: a proxy that forwards must be told where to."""
        if not self._proxy or self._is_secure:
            return ""
        return f"http://{urlsplit(self._url).netloc}"

    def _for_proxy(self) -> dict[str, str]:
        return self._proxy.headers if self._proxy and not self._is_secure else {}


def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    from awsactivate.aws.direct import trust

    return trust.context(ca_bundle)


def _is_open(connection: http.client.HTTPConnection) -> bool:
    """Tell whether a connection that nobody uses is quiet: what can be read there is its end.

    But for TLS's own words, such as the tickets that a server sends after its greeting.
    """
    if connection.sock is None:
        return False
    quiet: tuple[type[OSError], ...] = (BlockingIOError,)
    if hasattr(connection.sock, "cipher"):  # only then is ssl loaded
        import ssl

        quiet = (BlockingIOError, ssl.SSLWantReadError)
    connection.sock.settimeout(0)
    try:
        connection.sock.recv(1)
    except quiet:
        connection.sock.settimeout(_READ_SECONDS)
        return True
    except OSError:
        pass  # broken off, which is an end too
    return False
