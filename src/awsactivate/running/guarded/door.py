"""The door: a CONNECT proxy on the loopback that ends TLS for AWS's hosts, and relays everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.exchange import Exchange

Handle = Callable[[Exchange], None]


class Door:
    """Listens on a port of 127.0.0.1 from `open` to `close`; each call is handed to `handle`, in a thread."""

    port: int

    def __init__(self, handle: Handle, authority: Authority, environ: Mapping[str, str]) -> None:
        """`environ` is the user's: the proxy that it names is gone through."""
        raise NotImplementedError

    def open(self) -> None:
        """Begin to answer."""
        raise NotImplementedError

    def close(self) -> None:
        """Hang up on everybody, and listen no more."""
        raise NotImplementedError
