"""The ways on: connections to AWS, or to the endpoint that the user has in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from awsactivate.guard.call import Head, Headers


class UnreachedError(Exception):
    """Nothing that HTTP knows came back; the message says so in words for whoever called."""


class Incoming:
    """An answer whose body may still be on its way; `close` once it was read, or nobody wants the rest."""

    status: int
    reason: str
    headers: Headers

    def body(self) -> Iterator[bytes]:
        """Yield the body as it comes, free of HTTP's chunks."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the connection go: back to the others where the answer was read to its end."""
        raise NotImplementedError


class Upstreams:
    """Connections to every host that is called."""

    def __init__(self, environ: Mapping[str, str], ca_bundle: str | None) -> None:
        raise NotImplementedError

    def send(
        self, head: Head, body: bytes | Iterable[bytes], trailers: Headers = (), *, url: str | None = None
    ) -> Incoming:
        """Send a request as it stands to its host by TLS, or to the user's own endpoint `url`.

        Raises UnreachedError.
        """
        raise NotImplementedError
