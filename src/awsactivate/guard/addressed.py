"""A call to AWS, written anew for an endpoint that the user has in AWS's place."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from awsactivate.frozen import replace
from awsactivate.guard.call import Head

_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
_S3 = re.compile(
    rf"(?:(?P<bucket>.+)\.)?s3(?:-fips|-accelerate)?(?:[.-]dualstack)?(?:[.-](?:{_REGION}|external-1))?"
    r"\.(?:amazonaws\.|c2s\.|sc2s\.|cloud\.|csp\.).+"
)
_ACCESS_POINT = re.compile(r"(?P<label>[^.]+)\.s3-(?:accesspoint|object-lambda|outposts)[.-].+")


class UnaddressedError(Exception):
    """It can't be asked for at that endpoint; the message says so in words."""


def to_endpoint(head: Head, url: str) -> Head:
    """Return what SDKs send to `endpoint_url = url`: its host and path, a bucket in the path.

    The labels that some services put before the host are left out: an endpoint of one's own has none, and
    what they say stands in a header too. Done after the call was named, before it is signed anew.
    """
    address = urlsplit(url)
    default = ":443" if address.scheme == "https" else ":80"
    host = address.netloc.rpartition("@")[2].removesuffix(default)
    target = _target(head)
    if point := _ACCESS_POINT.fullmatch(head.host):
        if address.hostname is None or re.fullmatch(r"[0-9.]+|.*:.*|localhost", address.hostname):
            raise UnaddressedError(f"an access point can't be asked for at the endpoint {host}")
        host = f"{point['label']}.{host}"
    return replace(to_host(head, host), target=address.path.rstrip("/") + target)


def to_host(head: Head, host: str) -> Head:
    """Return the same for another host."""
    headers = tuple((name, host if name.lower() == "host" else value) for name, value in head.headers)
    return replace(head, host=host, headers=headers)


def _target(head: Head) -> str:
    found = _S3.fullmatch(head.host)
    if found is None or not found["bucket"]:
        return head.target
    path = head.path if head.path != "/" else ""
    return f"/{found['bucket']}{path}" + (f"?{head.query}" if "?" in head.target else "")
