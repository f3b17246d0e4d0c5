"""The second door: an endpoint on the loopback for SDKs that know no proxy."""

from __future__ import annotations

import socket

from awsactivate.running.guarded.conversation import Handle, converse
from awsactivate.running.guarded.listening import Listening
from awsactivate.running.guarded.wire import Reader


class EndpointDoor:
    """Listens on a port of 127.0.0.1 from `open` to `close`, in plain HTTP.

    The `host` of what comes in is this port's; `aws.endpoint_rules` tells where it would have gone.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._listening = Listening(self._hear)
        self.port = self._listening.port
        self.url = f"http://127.0.0.1:{self.port}"
        """For AWS_ENDPOINT_URL."""

    def open(self) -> None:
        """Begin to answer."""
        self._listening.open()

    def close(self) -> None:
        """Hang up on everybody, and listen no more."""
        self._listening.close()

    def _hear(self, client: socket.socket) -> None:
        converse(client, Reader(client), None, self._handle)
