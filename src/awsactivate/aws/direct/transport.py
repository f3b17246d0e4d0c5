"""Requests over connections that are kept open, through a proxy where the environment names one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from awsactivate.aws.answers import NoAnswer
from awsactivate.aws.direct import http1
from awsactivate.aws.direct.http1 import BrokenAnswerError, HttpAnswer
from awsactivate.aws.direct.proxies import Proxy
from awsactivate.background import Background

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    import ssl

_CONNECT_SECONDS = 10.0  # as botocore's clients in this project are told
_READ_SECONDS = 30.0


class Transport:
    """The connections to one address: as many as there are calls at once, each used again.

    The first is begun right away, in the background.
    """

    def __init__(self, url: str, proxy: Proxy | None, ca_bundle: str | None) -> None:
        address = urlsplit(url)
        self._url = url
        self._is_secure = address.scheme == "https"
        self._host = address.hostname or ""
        self._port = address.port or (443 if self._is_secure else 80)
        self._proxy = proxy
        # to read the authorities takes as long as to connect, so both go on at once
        self._tls = Background(lambda: _tls(ca_bundle), in_openssl=True) if self._is_secure else None
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._begun: Background[socket.socket] | None = Background(self._connect, in_openssl=True)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one request and return the answer, whatever its status; raise NoAnswer where there is none."""
        connection = self._take_connection()
        try:
            request = http1.request(method, self._prefix() + path, {**headers, **self._for_proxy()}, body)
            with suppress(BrokenPipeError):  # a server may answer before it has read all
                connection.sendall(request)
            with connection.makefile("rb") as stream:
                answer, is_last = http1.read(stream)
        except TimeoutError as error:
            connection.close()
            raise NoAnswer(f'Read timeout on endpoint URL: "{self._url}"') from error
        except (OSError, BrokenAnswerError) as error:
            connection.close()
            raise self._broken_off(error) from error
        if is_last:
            connection.close()
        else:
            self._keep(connection)
        return answer

    def _take_connection(self) -> socket.socket:
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
        return self._connect()

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._idle.append(connection)

    def _connect(self) -> socket.socket:
        connection = self._reach()
        if self._tls is not None:
            connection = self._secure(connection, self._tls)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_READ_SECONDS)
        return connection

    def _reach(self) -> socket.socket:
        """Connect to the address itself, or through a proxy that makes a tunnel."""
        host, port = (self._proxy.host, self._proxy.port) if self._proxy else (self._host, self._port)
        connection = None
        try:
            # bytes, for which Python does not load what names in other scripts take
            connection = socket.create_connection((host.encode(), port), _CONNECT_SECONDS)  # type: ignore[arg-type]
            if self._proxy and self._is_secure:
                connection.sendall(http1.connect_request(self._host, self._port, self._proxy.headers))
                with connection.makefile("rb") as stream:
                    if (status := http1.read_connected(stream)) != 200:
                        raise OSError(f"Tunnel connection failed: {status}")  # as http.client says it
        except (OSError, BrokenAnswerError) as error:
            if connection is not None:
                connection.close()
            raise self._no_connection(error) from error
        return connection

    def _no_connection(self, error: Exception) -> NoAnswer:
        if self._proxy:
            return NoAnswer(f'Failed to connect to proxy URL: "http://{self._proxy.host}:{self._proxy.port}"')
        if isinstance(error, TimeoutError):
            return NoAnswer(f'Connect timeout on endpoint URL: "{self._url}"')
        return NoAnswer(f'Could not connect to the endpoint URL: "{self._url}"', was_never_sent=True)

    def _secure(self, connection: socket.socket, tls: Background[ssl.SSLContext]) -> ssl.SSLSocket:
        """Go on in TLS."""
        import ssl

        try:
            context = tls.result()
        except OSError as error:  # an ssl.SSLError is one too
            connection.close()
            raise NoAnswer(f"SSL validation failed for {self._url} {error}") from error
        try:
            return context.wrap_socket(connection, server_hostname=self._host.encode())
        except ssl.SSLError as error:
            connection.close()
            raise NoAnswer(f"SSL validation failed for {self._url} {error}") from error
        except TimeoutError as error:
            connection.close()
            raise NoAnswer(f'Read timeout on endpoint URL: "{self._url}"') from error
        except OSError as error:
            connection.close()
            raise self._closed() from error

    def _broken_off(self, error: Exception) -> NoAnswer:
        if self._is_secure:
            import ssl

            if isinstance(error, ssl.SSLError):
                return NoAnswer(f"SSL validation failed for {self._url} {error}")
        return self._closed()

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

    return trust.shared(ca_bundle)


def _is_open(connection: socket.socket) -> bool:
    """Tell whether a connection that nobody uses is quiet: what can be read there is its end.

    But for TLS's own words, such as the tickets that a server sends after its greeting.
    """
    quiet: tuple[type[OSError], ...] = (BlockingIOError,)
    if hasattr(connection, "cipher"):  # only then is ssl loaded
        import ssl

        quiet = (BlockingIOError, ssl.SSLWantReadError)
    connection.settimeout(0)
    try:
        connection.recv(1)
    except quiet:
        connection.settimeout(_READ_SECONDS)
        return True
    except OSError:
        pass  # broken off, which is an end too
    return False
