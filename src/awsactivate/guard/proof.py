"""Whether a signature proves a stand-in key, and its time is right."""

from __future__ import annotations

import hashlib
import hmac

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Head
from awsactivate.guard.canonical import Form, forms
from awsactivate.guard.claims import LEEWAY, Claim, UnacceptableError
from awsactivate.guard.stand_ins import StandIn, StandIns
from awsactivate.sessions import sigv4

_EARLY = 5 * 60  # by which a presigned link's clock may be ahead


@dataclass(frozen=True)
class Proved:
    """A request that was signed with a stand-in key of this run."""

    claim: Claim
    stand_in: StandIn
    form: Form
    """How its path and query were written for the signature."""
    payload: str
    """What stands for its body in the signature."""


def prove(head: Head, claim: Claim, stand_ins: StandIns, now: float, body: bytes | None = None) -> Proved:
    """Verify; an UnacceptableError says what is wrong.

    `body` is the whole one where it has been read: a claim with `needs_body` can't do without. A hash of the
    body that the request names is held to it.
    """
    shown = stand_in(claim, stand_ins)
    payload = _payload(claim, body)
    key = claim.scope.key(shown.secret_access_key)
    for form in forms(claim.scope.service):
        text = canonical_text(head, claim.signed_headers, form, payload)
        expected = sigv4.signature(key, sigv4.text_to_sign(claim.scope, text))
        if hmac.compare_digest(expected, claim.signature):
            break
    else:
        raise UnacceptableError("SignatureDoesNotMatch", "the signature is not that of the key's secret")
    _check_time(claim, now)
    if claim.names_hash and body is not None and payload != hashlib.sha256(body).hexdigest():
        raise UnacceptableError("XAmzContentSHA256Mismatch", "the body is not the one that was signed")
    return Proved(claim, shown, form, payload)


def stand_in(claim: Claim, stand_ins: StandIns) -> StandIn:
    """Return the key with which a claim is made, an UnacceptableError where there is none of that name."""
    found = stand_ins.find(claim.access_key_id)
    if found is None or not _is_same(claim.session_token, found.session_token):
        raise UnacceptableError("InvalidClientTokenId", "the key is none of those that this guard gave out")
    return found


def canonical_text(head: Head, names: tuple[str, ...], form: Form, payload: str) -> str:
    """Write what a request signs; a link's own signature is no part of it."""
    query = "&".join(pair for pair in head.query.split("&") if not pair.startswith("X-Amz-Signature="))
    return sigv4.canonical_request(
        head.method, form.path(head.path), form.query(query), head.headers, names, payload
    )


def _payload(claim: Claim, body: bytes | None) -> str:
    if claim.payload:
        return claim.payload
    if body is None:
        raise ValueError("the claim needs the body")
    return hashlib.sha256(body).hexdigest()


def _is_same(one: str | None, other: str | None) -> bool:
    return hmac.compare_digest((one or "").encode(), (other or "").encode())


def _check_time(claim: Claim, now: float) -> None:
    early, late = (LEEWAY, LEEWAY) if claim.lasts is None else (_EARLY, claim.lasts)
    if now < claim.signed_at - early:
        raise UnacceptableError("RequestTimeTooSkewed", "the signature is of a time that has yet to come")
    if now > claim.signed_at + late:
        raise UnacceptableError("RequestTimeTooSkewed", "the signature is too old")
