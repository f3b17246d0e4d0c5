"""Whose signature a request says that it bears, as Signature Version 4 has it in a header or in a link.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from awsactivate.frozen import dataclass, field
from awsactivate.guard import unsupported
from awsactivate.guard.call import Head
from awsactivate.guard.canonical import is_like_s3
from awsactivate.guard.http_heads import TO_THE_NEXT
from awsactivate.guard.unsupported import UnacceptableError
from awsactivate.sessions import limits
from awsactivate.sessions.sigv4 import ALGORITHM, Scope

__all__ = ["SIGNED_CHUNKS", "Claim", "UnacceptableError", "read"]

LEEWAY = 15 * 60
"""For how many seconds before and after its time AWS takes a signature that is in a header."""
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_AND_TRAILER = f"{SIGNED_CHUNKS}-TRAILER"
UNSIGNED = "UNSIGNED-PAYLOAD"
_WORDS = frozenset({UNSIGNED, SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
_HASH = re.compile(r"[0-9a-f]{64}")
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True)
class Claim:
    """What a request says of its own signature."""

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]
    """Lower case, in the order in which the request names them."""
    signature: str
    session_token: str | None = field(repr=False)
    """None where the request bears none."""
    payload: str
    """What stands for the body in the signature: its hash or a word; '' where its hash must be made."""
    lasts: int | None = None
    """For how many seconds a presigned link is good; None where the signature is in a header."""

    @property
    def signed_at(self) -> float:
        """The time of signing, in seconds since the epoch."""
        return datetime.strptime(self.scope.stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()

    @property
    def until(self) -> float:
        """When the signature is taken no longer."""
        return self.signed_at + (LEEWAY if self.lasts is None else self.lasts)

    @property
    def needs_body(self) -> bool:
        """Whether nothing is proved without the whole body."""
        return not self.payload

    @property
    def names_hash(self) -> bool:
        """Whether the body's hash is in the signature, and the request names it."""
        return _HASH.fullmatch(self.payload) is not None

    @property
    def has_signed_chunks(self) -> bool:
        """Whether the body comes in chunks that are signed each: `chunks.signed_anew` is for it."""
        return self.payload in (SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER)


def read(head: Head) -> Claim:
    """Read the claim of a request; an UnacceptableError where there is none, or of a kind that is refused."""
    unsupported.check(head)
    query = _parameters(head.query)
    authorization = head.get("authorization")
    if authorization is not None and "X-Amz-Signature" in query:
        raise _incomplete("it is signed in a header and in its query")
    if authorization is not None:
        claim = _of_header(head, authorization)
    elif query.get("X-Amz-Algorithm") == ALGORITHM:
        claim = _of_link(head, query)
    else:
        raise unsupported.unsigned(authorization or query.get("X-Amz-Algorithm", ""))
    unsupported.check_service(claim.scope.service)
    if claim.payload and not claim.names_hash and claim.payload not in _WORDS:
        raise unsupported.payload(claim.payload)
    if TO_THE_NEXT & {*claim.signed_headers}:
        raise _incomplete("it signs a header that is not for AWS, such as Connection")
    if "host" not in claim.signed_headers:
        raise _incomplete("the host is not signed")
    if not is_like_s3(claim.scope.service):
        unsupported.check_dots(head.path)
    return claim


def _of_header(head: Head, authorization: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise unsupported.unsigned(authorization)
    fields = [part.strip().partition("=")[::2] for part in rest.split(",")]
    parts = dict(fields)
    if len(fields) != 3 or parts.keys() != {"Credential", "SignedHeaders", "Signature"}:
        raise _incomplete("Credential, SignedHeaders and Signature are wanted, once each")
    key_id, scope = _credential(parts["Credential"], _stamp(head))
    return Claim(
        *(key_id, scope, _names(parts["SignedHeaders"]), _digest(parts["Signature"])),
        head.get("x-amz-security-token"),
        head.get("x-amz-content-sha256") or "",
    )


def _of_link(head: Head, query: dict[str, str]) -> Claim:
    try:
        key_id, scope = _credential(query["X-Amz-Credential"], query["X-Amz-Date"])
        names, signature = _names(query["X-Amz-SignedHeaders"]), _digest(query["X-Amz-Signature"])
        # STS takes links that don't say how long they last
        lasts = int(
            query["X-Amz-Expires"] if is_like_s3(scope.service) else query.get("X-Amz-Expires", LEEWAY)
        )
    except (KeyError, ValueError):
        raise _incomplete(
            "a presigned link has X-Amz-Date, -Expires, -Credential, -SignedHeaders, -Signature"
        ) from None
    if not 0 < lasts <= limits.LONGEST_LINK:
        raise _incomplete("a presigned link lasts for one second to seven days")
    named = head.get("x-amz-content-sha256") if "x-amz-content-sha256" in names else None
    payload = named or query.get("X-Amz-Content-Sha256") or (UNSIGNED if is_like_s3(scope.service) else "")
    return Claim(key_id, scope, names, signature, query.get("X-Amz-Security-Token"), payload, lasts)


def _parameters(query: str) -> dict[str, str]:
    pairs = [pair.partition("=")[::2] for pair in query.split("&")]
    ours = [(unquote(name), unquote(value)) for name, value in pairs]
    ours = [(name, value) for name, value in ours if name.lower().startswith("x-amz-")]
    if len({name.lower() for name, _ in ours}) < len(ours):
        raise _incomplete("a parameter of the signature is there twice")
    return dict(ours)


def _stamp(head: Head) -> str:
    stamp = head.get("x-amz-date")
    if stamp is not None:
        return stamp
    try:
        return parsedate_to_datetime(head.get("date") or "").astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, OverflowError):
        raise _incomplete("it has no date that can be read") from None


def _credential(credential: str, stamp: str) -> tuple[str, Scope]:
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request" or not all(parts):
        raise _incomplete("a credential is KEY/DAY/REGION/SERVICE/aws4_request")
    key_id, day, region, service, _ = parts
    if not _STAMP.fullmatch(stamp) or stamp[:8] != day:
        raise _incomplete("its date is none, or of another day than its scope")
    try:
        datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise _incomplete("its date is none") from None
    return key_id, Scope(stamp, region, service)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(";"))
    if len(set(names)) < len(names) or any(not name or name != name.lower() for name in names):
        raise _incomplete("the signed headers are named in lower case, once each")
    return names


def _digest(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise _incomplete("a signature has 64 hexadecimal digits")
    return text


def _incomplete(why: str) -> UnacceptableError:
    return UnacceptableError("IncompleteSignature", f"the signature can't be read: {why}")
