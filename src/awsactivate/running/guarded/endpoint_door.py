"""The second door: an endpoint on the loopback for SDKs that know no proxy."""

from __future__ import annotations

from awsactivate.running.guarded.door import Handle


class EndpointDoor:
    """Listens on a port of 127.0.0.1 from `open` to `close`, in plain HTTP.

    The `host` of what comes in is this port's; `aws.endpoint_rules` tells where it would have gone.
    """

    port: int

    def __init__(self, handle: Handle) -> None:
        raise NotImplementedError

    def open(self) -> None:
        """Begin to answer."""
        raise NotImplementedError

    def close(self) -> None:
        """Hang up on everybody, and listen no more."""
        raise NotImplementedError
