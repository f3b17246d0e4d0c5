"""One request that came in by the door, and what is answered to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from awsactivate.guard.call import Answer, Head, Headers


class TooLongError(Exception):
    """A body is longer than whoever judges it may hold at once."""


class Exchange:
    """A request whose body may still be on its way; it is answered once, by `answer` or by `stream`.

    A client that waits for a 100-continue gets it when the body is first read.
    """

    head: Head
    is_by_endpoint: bool
    """It came in by `--door endpoint`: its host is this machine's, and the signature tells whom it is for."""

    def read_body(self, limit: int) -> bytes:
        """Return the whole body, once and again; TooLongError where it is longer than `limit`."""
        raise NotImplementedError

    def body(self) -> Iterator[bytes]:
        """Yield the body in pieces as they come, free of HTTP's chunks; first what was read already."""
        raise NotImplementedError

    @property
    def trailers(self) -> Headers:
        """What was said behind the body, once that was read to its end."""
        raise NotImplementedError

    def answer(self, answer: Answer) -> None:
        """Send what the guard itself answers; `Content-Length` is added."""
        raise NotImplementedError

    def stream(self, status: int, reason: str, headers: Headers, body: Iterable[bytes]) -> None:
        """Send an answer on as it comes, each piece at once; `headers` as AWS sent them."""
        raise NotImplementedError
