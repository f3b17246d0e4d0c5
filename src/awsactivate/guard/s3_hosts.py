"""What an S3 host says: a bucket's name, an access point, or which of S3's interfaces is meant.

https://docs.aws.amazon.com/general/latest/gr/s3.html
"""

from __future__ import annotations

import re

from awsactivate.frozen import dataclass

_LABELS = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"  # nothing that means something in an address
_REGION = r"[a-z]{2,4}(?:-[a-z0-9]+)+"
_BUCKETS = re.compile(
    rf"(?:(?P<bucket>{_LABELS})\.)?s3"
    rf"(?:-(?:accelerate|external-1|fips|{_REGION}))?(?:\.dualstack)?(?:\.{_REGION})?(?P<suffix>(?:\.[a-z0-9-]+)+)"
)
_OTHERS = re.compile(
    rf"(?:(?P<name>{_LABELS})\.)?s3-(?P<kind>control|accesspoint|object-lambda|outposts)(?:-fips)?(?:\.dualstack)?\.{_REGION}\..+"
)
_SUFFIXES = re.compile(
    r"\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)
_LOOPBACK = re.compile(rf"(?:(?P<bucket>{_LABELS})\.)?(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?")


@dataclass(frozen=True)
class S3Host:
    """What a host of S3's says."""

    kind: str
    """`bucket`, `accesspoint`, `object-lambda`, `outposts` or `control`; '' where the host says nothing"""
    name: str = ""
    """The bucket's, the access point's or the account's; '' where the path has it"""


def place(host: str) -> S3Host | None:
    """Read a host; None where it is none of S3's."""
    if local := _LOOPBACK.fullmatch(host):
        return S3Host("", local["bucket"] or "")
    host = host.removesuffix(":443")
    if other := _OTHERS.fullmatch(host):
        return S3Host(other["kind"], other["name"] or "")
    found = _BUCKETS.fullmatch(host)
    if found and _SUFFIXES.fullmatch(found["suffix"]):
        return S3Host("bucket", found["bucket"] or "")
    return None
