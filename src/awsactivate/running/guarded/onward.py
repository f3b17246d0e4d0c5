"""A call that may pass, on its way: signed anew, sent to AWS or the user's own endpoint, and answered."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Mapping

from awsactivate.aws import endpoint_rules
from awsactivate.frozen import dataclass
from awsactivate.guard import addressed, chunks, handing_out, own_endpoints, quoted_back, signed_anew
from awsactivate.guard.addressed import UnaddressedError
from awsactivate.guard.call import Answer, Head, Named
from awsactivate.guard.proof import Proved
from awsactivate.guard.signed_anew import Signed
from awsactivate.guard.stand_ins import RANDOMNESS, StandIns
from awsactivate.running.guarded.exchange import Exchange
from awsactivate.running.guarded.upstream import Incoming, Upstreams
from awsactivate.sessions import names
from awsactivate.sessions.sigv4 import Scope

_GOOD = range(200, 300)


@dataclass(frozen=True)
class Way:
    """Where a call goes."""

    head: Head
    """As it is sent, but for the signature"""
    region: str
    """For which it is signed there"""
    service: str
    """The same"""
    url: str | None
    """The endpoint that the user has in AWS's place"""
    seen: tuple[Head, ...]
    """What was written anew on the way, as AWS would read it: by each it must still be the same call."""
    is_watched: bool = False
    """Its service hands out credentials, and this call should not be one that does"""


class Onward:
    """The way on for every call.

    `environ` is the user's, with what the session's profile says of endpoints; `handing_out` are the
    signing names of services that hand out credentials.
    """

    def __init__(
        self,
        upstreams: Upstreams,
        keys: StandIns,
        environ: Mapping[str, str],
        handing_out: Collection[str] = (),
    ) -> None:
        self._upstreams = upstreams
        self._keys = keys
        self._environ = environ
        self._handing_out = handing_out

    def find_way(self, head: Head, named: Named, scope: Scope, *, is_by_endpoint: bool) -> Way:
        """Say where a call goes that was made for `scope`; an UnaddressedError where that can't be told."""
        region, service = scope.region, scope.service
        seen: tuple[Head, ...] = ()
        if is_by_endpoint:
            head, region, service = self._aim(head, named, region)
            seen = (head,)
        url = own_endpoints.of_service(named.service_id, self._environ)
        if url is not None:
            seen += addressed.seen_at_endpoint(head)
            head = addressed.to_endpoint(head, url)
        # an object of S3's may say anything
        is_watched = not named.hands_out and service in self._handing_out and named.model != "s3"
        return Way(head, region, service, url, seen, is_watched)

    def send(self, exchange: Exchange, way: Way, proved: Proved, body: bytes | None) -> None:
        """Send a call on, and its answer back as it comes; `body` is there where it was read."""
        # whatever the call is named: its answer shows whether there are credentials in it
        keeps = handing_out.keeps(proved.claim.scope.service) or handing_out.keeps(way.service)
        head = handing_out.asked_plainly(way.head) if keeps or way.is_watched else way.head
        real = self._keys.credentials(proved.stand_in)
        signed = signed_anew.signed_anew(head, proved, real, region=way.region, service=way.service)
        incoming = self._upstreams.send(
            signed.head,
            _body(exchange, proved, signed) if body is None else body,
            lambda: exchange.trailers,
            url=way.url,
        )
        try:
            if keeps and incoming.status in _GOOD:
                exchange.answer(self._look_through(incoming, proved.stand_in.arn))
            elif incoming.status not in _GOOD:
                headers, body = quoted_back.cleaned(
                    incoming.headers, _read_whole(incoming), real, proved.stand_in
                )
                exchange.stream(incoming.status, incoming.reason, headers, (body,), lambda: incoming.trailers)
            else:
                exchange.stream(
                    incoming.status,
                    incoming.reason,
                    incoming.headers,
                    _watch(incoming) if way.is_watched else incoming.body(),
                    lambda: incoming.trailers,
                )
        finally:
            incoming.close()

    def _aim(self, head: Head, named: Named, region: str) -> tuple[Head, str, str]:
        """Say where a call would have gone that came by the endpoint, and for what it is signed there."""
        aim = endpoint_rules.aim(
            named.model,
            named.operation,
            region,
            {name.lower(): value for name, value in head.headers},
            fips=self._environ.get(names.FIPS, "").lower() == "true",
            dual_stack=self._environ.get(names.DUALSTACK, "").lower() == "true",
        )
        if aim is None:
            raise UnaddressedError(
                f"--door endpoint can't tell which host {named.service}:{named.operation} is for"
            )
        # a bucket that stood in the host is named by it, and must be the same there
        head = addressed.to_host(addressed.with_bucket_in_path(head), aim.host)
        return head, aim.signing_region, aim.signing_name

    def _look_through(self, incoming: Incoming, whose: str) -> Answer:
        headers, body = handing_out.answered(
            incoming.headers,
            b"".join(incoming.body()),
            lambda real, arn: self._keys.hand_out(os.urandom(RANDOMNESS), real, arn or whose),
        )
        return Answer(incoming.status, headers, body)


def _watch(incoming: Incoming) -> Iterator[bytes]:
    """Return an answer's body, which breaks off before a secret key; nothing where that comes first."""
    pieces = handing_out.watched(incoming.body())
    first = next(pieces, b"")
    return itertools.chain((first,), pieces)


def _read_whole(incoming: Incoming) -> bytes:
    """Return the whole of a bad answer."""
    held = b""
    for piece in incoming.body():
        held += piece
        if len(held) > quoted_back.LONGEST:
            raise quoted_back.unreadable()
    return held


def _body(exchange: Exchange, proved: Proved, signed: Signed) -> Iterable[bytes]:
    if not proved.claim.has_signed_chunks:
        return exchange.body()
    length = exchange.head.get("x-amz-decoded-content-length") or ""
    whole = int(length) if length.isascii() and length.isdigit() else None
    return chunks.signed_anew(exchange.body(), proved, signed, whole)
