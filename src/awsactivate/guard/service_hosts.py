"""Whether a host is of the service for which a request to it is signed.

Before the label that tells the service stands what the account chose: its APIs, its buckets, its clusters.
What answers there may be the account's own program, and gets the real token. A test holds this to
botocore's rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from awsactivate.guard.hosts import SUFFIXES

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+")
_BESIDE = ("dualstack", "global", "us-gov", "vpce")
# Signing name → the last label of hosts that have another name
_OTHERS = {
    "cloudfront-keyvaluestore": ("cloudfront-kvs",),
    "dynamodb": ("ddb",),
    "elasticfilesystem": ("efs",),
    "es": ("aos",),
    "geo-maps": ("geo",),
    "geo-places": ("geo",),
    "geo-routes": ("geo",),
    "greengrass": ("iot",),
    "iotdevicegateway": ("iot",),
    "route53-recovery-control-config": ("arc-recovery-control-config",),
    "sqs": ("queue",),
    "transcribe": ("transcribestreaming",),
}


def is_of(host: str, signing_name: str, prefixes: Iterable[str]) -> bool:
    """Tell whether it is; `prefixes` are the endpoint prefixes of all models that are signed so."""
    end = next((end for end in SUFFIXES if host.endswith(f".{end}")), "")
    labels = host.removesuffix(f".{end}").split(".")
    while len(labels) > 1 and (labels[-1] in _BESIDE or _REGION.fullmatch(labels[-1])):
        labels.pop()
    dashed = {one for prefix in prefixes for one in (prefix.rpartition(".")[2], prefix.replace(".", "-"))}
    known = {signing_name.lower(), *dashed, *_OTHERS.get(signing_name, ())}
    # `-fips` behind it, or `sync-` before
    return any(f"-{one}-" in f"-{labels[-1]}-" for one in known)
