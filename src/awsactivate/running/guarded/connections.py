"""Connections to any host, straight or through the user's own proxy, and those that wait to be used again."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping

from awsactivate.aws.direct import http1, trust
from awsactivate.aws.direct.http1 import BrokenAnswerError
from awsactivate.aws.direct.proxies import Proxy, UnknownProxyError, proxy_for
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.running.guarded.wire import Reader

_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 15.0  # AWS hangs up after some 20
_ANSWER_SECONDS = 1200.0  # a Lambda function may take 15 minutes; whoever called gives up when it wants


class UnreachedError(Exception):
    """Nothing that HTTP knows came back; the message says so in words for whoever called."""


@dataclass(frozen=True)
class Address:
    """Where to connect."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The same as an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class Connection:
    """One that is open, and what has come on it."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.reader = Reader(connection)
        self.was_used = False
        self.idle_since = 0.0

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


Dial = Callable[[str, int], socket.socket]


def dial(host: str, port: int) -> socket.socket:
    """Connect to a host itself."""
    connection = socket.create_connection((host, port), _CONNECT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Connections:
    """Makes connections as the user's environment has it, and keeps those that can be used again.

    ProfileError where the environment names a proxy that is none of ours.
    """

    def __init__(self, environ: Mapping[str, str], ca_bundle: str | None, dial: Dial = dial) -> None:
        user_proxy("https://sts.amazonaws.com", environ)
        self._environ = environ
        self._ca_bundle = ca_bundle
        self._dial = dial
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None
        self._idle: dict[Address, list[Connection]] = {}
        self._is_closed = False

    def proxy(self, place: Address) -> Proxy | None:
        """Return the proxy that the user has for a place."""
        return user_proxy(place.url, self._environ)

    def get(self, place: Address, *, fresh: bool = False) -> Connection:
        """Return one that nobody uses, or a new one; UnreachedError where there can be none."""
        with self._lock:
            idle = self._idle.pop(place, []) if fresh else self._idle.get(place, [])
            while idle:
                one = idle.pop()
                if not fresh and _is_quiet(one):
                    return one
                one.close()
        return Connection(self._secure(self.open_plain(place), place))

    def keep(self, place: Address, connection: Connection) -> None:
        """Have one that is done with wait for its next use."""
        connection.was_used = True
        connection.idle_since = time.monotonic()
        with self._lock:
            if self._is_closed:
                connection.close()
            else:
                self._idle.setdefault(place, []).append(connection)

    def close(self) -> None:
        """Hang up all that wait, and keep no more."""
        with self._lock:
            self._is_closed = True
            for connections in self._idle.values():
                for one in connections:
                    one.close()
            self._idle.clear()

    def open_plain(self, place: Address) -> socket.socket:
        """Connect to a place, by a tunnel where the user has a proxy for it; UnreachedError."""
        proxy = self.proxy(place)
        if proxy is None or place.scheme == "http":
            return self.reach(proxy.host if proxy else place.host, proxy.port if proxy else place.port)
        connection = self.reach(proxy.host, proxy.port)
        host = f"[{place.host}]" if ":" in place.host else place.host
        try:
            connection.sendall(http1.connect_request(host, place.port, proxy.headers))
            with connection.makefile("rb", buffering=0) as stream:
                status = http1.read_connected(stream)  # type: ignore[arg-type]
        except (OSError, BrokenAnswerError) as error:
            connection.close()
            raise UnreachedError(f"the proxy {proxy.host}:{proxy.port} broke off") from error
        if status != 200:
            connection.close()
            words = (
                f"the proxy {proxy.host}:{proxy.port} makes no tunnel to {place.host}: it answers {status}"
            )
            raise UnreachedError(words)
        return connection

    def reach(self, host: str, port: int) -> socket.socket:
        """Connect to a host itself; UnreachedError."""
        try:
            connection = self._dial(host, port)
        except TimeoutError as error:
            raise UnreachedError(f"{host}:{port} does not answer") from error
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UnreachedError(f"{host}:{port} can't be reached: {reason}") from error
        connection.settimeout(_ANSWER_SECONDS)
        return connection

    def _secure(self, connection: socket.socket, place: Address) -> socket.socket:
        if place.scheme != "https":
            return connection
        connection.settimeout(_CONNECT_SECONDS)
        try:
            secured = self._load_trust().wrap_socket(connection, server_hostname=place.host)
        except ssl.SSLError as error:
            connection.close()
            raise UnreachedError(f"TLS with {place.host} failed: {_reason(error)}") from error
        except OSError as error:
            connection.close()
            raise UnreachedError(f"{place.host} broke off before TLS was begun") from error
        secured.settimeout(_ANSWER_SECONDS)
        return secured

    def _load_trust(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                try:
                    self._tls = trust.context(self._ca_bundle)
                except OSError as error:
                    words = f"the CA bundle {self._ca_bundle} can't be used: {_reason(error)}"
                    raise UnreachedError(words) from error
                self._tls.set_alpn_protocols(["http/1.1"])
            return self._tls


def user_proxy(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that the user has for an address; ProfileError where it is of another kind."""
    try:
        return proxy_for(url, environ)
    except UnknownProxyError:
        words = "a guard goes through a proxy of the form http://HOST:PORT, and the environment has another"
        raise ProfileError(words, "set HTTPS_PROXY and HTTP_PROXY") from None


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return getattr(error, "reason", None) or error.strerror or type(error).__name__


def _is_quiet(connection: Connection) -> bool:
    """Tell whether one can be used again: what can be read there is its end, but for TLS's own words."""
    if time.monotonic() - connection.idle_since > _IDLE_SECONDS:
        return False
    try:
        return not connection.reader.peek()
    except OSError:
        return False
