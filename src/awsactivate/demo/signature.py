"""Signature Version 4: what a request claims to be signed with, and whether it is.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from calendar import timegm
from dataclasses import dataclass, field
from time import strptime
from urllib.parse import quote, unquote

from awsactivate.demo.calls import WireRequest

_ALGORITHM = "AWS4-HMAC-SHA256"
_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Claim:
    """What the request says of its own signature."""

    access_key_id: str
    scope: str
    """The date, the region and the service as they were written."""
    region: str
    service: str
    date: str
    signed_headers: tuple[str, ...]
    signature: str
    session_token: str | None = field(repr=False)
    lasts: int | None = None
    """For how many seconds a presigned URL is good."""

    @property
    def signed_at(self) -> float:
        """The time of signing, in epoch seconds."""
        return timegm(strptime(self.date, "%Y%m%dT%H%M%SZ"))


def claim_of(wire: WireRequest) -> Claim | None:
    """Read the claim from the header or, of a presigned URL, the query; None where there is none.

    A claim that cannot be read is a ValueError.
    """
    authorization = wire.headers.get("authorization", "")
    query = {unquote(name): unquote(value) for name, value in _query_pairs(wire.query)}
    if authorization.startswith(_ALGORITHM):
        parts = dict(part.strip().split("=", 1) for part in authorization[len(_ALGORITHM) :].split(","))
        credential, headers, signature = parts["Credential"], parts["SignedHeaders"], parts["Signature"]
        date, token, lasts = wire.headers["x-amz-date"], wire.headers.get("x-amz-security-token"), None
    elif query.get("X-Amz-Algorithm") == _ALGORITHM:
        credential, headers = query["X-Amz-Credential"], query["X-Amz-SignedHeaders"]
        signature, date, lasts = query["X-Amz-Signature"], query["X-Amz-Date"], int(query["X-Amz-Expires"])
        token = query.get("X-Amz-Security-Token")
    else:
        return None
    access_key_id, _, scope = credential.partition("/")
    day, region, service, _ = scope.split("/")
    if day != date[:8]:
        raise ValueError("the credential's scope is of another day")
    return Claim(
        access_key_id, scope, region, service, date, tuple(headers.split(";")), signature, token, lasts
    )


def is_signed_with(secret: str, wire: WireRequest, claim: Claim) -> bool:
    """Tell whether `secret` makes the signature, and the body is the one that was signed."""
    declared = wire.headers.get("x-amz-content-sha256")
    actual = hashlib.sha256(wire.body).hexdigest()
    if declared and _HEX_DIGEST.fullmatch(declared) and declared != actual:
        return False
    presigned_for_s3 = claim.lasts is not None and claim.service == "s3"
    hashed = declared or ("UNSIGNED-PAYLOAD" if presigned_for_s3 else actual)
    canonical = "\n".join(
        [
            wire.method,
            _canonical_path(wire.path, claim.service),
            _canonical_query(wire.query),
            *(f"{name}:{_squeezed(wire.headers.get(name, ''))}" for name in claim.signed_headers),
            "",
            ";".join(claim.signed_headers),
            hashed,
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{_ALGORITHM}\n{claim.date}\n{claim.scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in claim.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return "host" in claim.signed_headers and hmac.compare_digest(expected, claim.signature)


def _canonical_path(path: str, service: str) -> str:
    if service == "s3":  # S3 alone takes the path as it stands
        return quote(unquote(path), safe="/~")
    return quote(path, safe="/~")


def _canonical_query(query: str) -> str:
    encoded = (
        (quote(unquote(name), safe="~"), quote(unquote(value), safe="~"))
        for name, value in _query_pairs(query)
        if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def _query_pairs(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&")) if name]


def _squeezed(value: str) -> str:
    return re.sub(" +", " ", value.strip())
