"""The door: a CONNECT proxy on the loopback that ends TLS for AWS's hosts, and relays everything else."""

from __future__ import annotations

import base64
import hmac
import secrets
import socket
from contextlib import suppress

from awsactivate.errors import AwsactivateError
from awsactivate.guard import http_heads
from awsactivate.guard.hosts import is_of_aws
from awsactivate.guard.http_heads import MalformedError, RequestHead
from awsactivate.running.guarded import relay
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.connections import Address, Connections, UnreachedError
from awsactivate.running.guarded.conversation import Handle, converse, read_request, refuse
from awsactivate.running.guarded.listening import Listening
from awsactivate.running.guarded.wire import Body, EndedError, Reader

__all__ = ["Door", "Handle"]

_USER = "guard"
_GREETING_SECONDS = 30.0
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_ASK = (("Proxy-Authenticate", 'Basic realm="awsactivate guard"'),)


class Door:
    """Listens on a port of 127.0.0.1 from `open` to `close`; each call is handed to `handle`, in a thread.

    Who relays through it must know its password: other users of the machine can reach the port, and the
    way on may be a proxy that lets the user in. Calls to AWS prove by their signature whose they are.
    """

    def __init__(self, handle: Handle, authority: Authority, connections: Connections) -> None:
        self._handle = handle
        self._authority = authority
        self._connections = connections
        password = secrets.token_urlsafe(24)
        self._pass = base64.b64encode(f"{_USER}:{password}".encode()).decode()
        self._listening = Listening(self._hear)
        self.port = self._listening.port
        self.proxy_url = f"http://{_USER}:{password}@127.0.0.1:{self.port}"
        """For HTTPS_PROXY."""

    def open(self) -> None:
        """Begin to answer."""
        self._listening.open()

    def close(self) -> None:
        """Hang up on everybody, and listen no more."""
        self._listening.close()

    def _hear(self, client: socket.socket) -> None:
        client.settimeout(_GREETING_SECONDS)
        reader = Reader(client)
        try:
            request = read_request(client, reader)
            if request is None:
                return
            if request.method == "CONNECT":
                self._connect(client, reader, request)
            elif request.target.lower().startswith("http://"):
                self._forward(client, reader, request)
            else:
                refuse(client, 400, "this is a proxy: requests name their address")
        except MalformedError as error:
            refuse(client, 400, str(error))
        except UnreachedError as error:
            refuse(client, 502, str(error))
        except AwsactivateError as error:
            refuse(client, 502, error.message)
        except (EndedError, ConnectionError, TimeoutError):
            return  # the client has gone

    def _connect(self, client: socket.socket, reader: Reader, request: RequestHead) -> None:
        host, port = http_heads.host_and_port(request.target, None)
        if reader.has_early:
            raise MalformedError("it speaks before the way is there")
        if is_of_aws(host) and port == 80:
            refuse(client, 403, f"{host} is spoken to by https only")
        elif is_of_aws(host) and port == 443:
            client.sendall(_ESTABLISHED)
            self._speak(client, host)
        elif self._may_relay(client, request):
            place = Address("https", host, port)
            relay.tunnel(client, place, self._connections, lambda: client.sendall(_ESTABLISHED))

    def _speak(self, client: socket.socket, host: str) -> None:
        context = self._authority.context(host)
        secured = context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        self._listening.goes_on(client, secured)  # `client` is no connection any more
        with suppress(OSError):  # it does not believe the authority, and says so itself
            secured.do_handshake()
            converse(secured, Reader(secured), host, self._handle)

    def _forward(self, client: socket.socket, reader: Reader, request: RequestHead) -> None:
        place, _, _ = relay.plain_address(request.target)
        body = Body(reader, http_heads.framing_of_request(request.headers, is_old=request.is_old))
        if is_of_aws(place.host):
            refuse(client, 403, f"{place.host} is spoken to by https only")
        elif self._may_relay(client, request):
            relay.forward(client, request, body, self._connections)

    def _may_relay(self, client: socket.socket, request: RequestHead) -> bool:
        said = http_heads.values(request.headers, "proxy-authorization")
        kind, _, word = said[0].partition(" ") if len(said) == 1 else ("", "", "")
        if kind.lower() == "basic" and hmac.compare_digest(word.strip().encode(), self._pass.encode()):
            return True
        refuse(client, 407, "its password is in HTTPS_PROXY", _ASK)
        return False
