"""A call to AWS, written anew for another host: an endpoint of the user's own, or AWS's itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from awsactivate.frozen import replace
from awsactivate.guard import s3_hosts
from awsactivate.guard.call import Head

_NAMELESS = re.compile(r"[0-9.]+|.*:.*|localhost")
_POINTS = ("accesspoint", "object-lambda", "outposts")


class UnaddressedError(Exception):
    """It can't be asked for there; the message says so in words."""


def to_endpoint(head: Head, url: str) -> Head:
    """Return what SDKs send to `endpoint_url = url`: its host and path, a bucket in the path.

    The labels that some services put before the host are left out: an endpoint of one's own has none, and
    what they say stands in a header too. Done after the call was named, before it is signed anew.
    """
    address = urlsplit(url)
    default = ":443" if address.scheme == "https" else ":80"
    host = address.netloc.rpartition("@")[2].removesuffix(default)
    place = s3_hosts.place(head.host)
    if place and place.kind in _POINTS and place.name:
        if address.hostname is None or _NAMELESS.fullmatch(address.hostname):
            raise UnaddressedError(f"an access point can't be asked for at the endpoint {host}")
        host = f"{place.name}.{host}"
    target = address.path.rstrip("/") + with_bucket_in_path(head).target
    return replace(to_host(head, host), target=target)


def seen_at_endpoint(head: Head) -> tuple[Head, ...]:
    """Return what `to_endpoint` makes of S3's calls as the endpoint reads it; nothing where all stays.

    It hears several of S3's interfaces by one name, as this machine would.
    """
    place = s3_hosts.place(head.host)
    if place is None or place.kind in _POINTS:
        return ()
    return (to_host(with_bucket_in_path(head), "localhost"),)


def to_host(head: Head, host: str) -> Head:
    """Return the same for another host."""
    headers = tuple((name, host if name.lower() == "host" else value) for name, value in head.headers)
    return replace(head, host=host, headers=headers)


def with_bucket_in_path(head: Head) -> Head:
    """Return it with the bucket before the path, where S3's host or one of this machine has it."""
    place = s3_hosts.place(head.host)
    if place is None or place.kind not in ("bucket", "") or not place.name:
        return head
    path = head.path if head.path != "/" else ""
    query = f"?{head.query}" if "?" in head.target else ""
    return replace(head, target=f"/{place.name}{path}{query}")
