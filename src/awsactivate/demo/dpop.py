"""The proof that a request comes from who has a sign-in's key: checked as RFC 9449 has it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, MutableSet
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_BYTES = 32
_SECONDS = 300  # by which the clocks may differ


def thumbprint(header: str, method: str, url: str, now: float, seen: MutableSet[str]) -> str:
    """Check a proof, and name the key that made it; ValueError says what is wrong with it.

    `seen` holds the proofs that came before: each is good once.
    """
    parts = header.split(".")
    if len(parts) != 3:
        raise ValueError("The DPoP header is missing or is no JWT")
    try:
        head, claims, signature = _read(parts[0]), _read(parts[1]), _unquoted(parts[2])
        jwk = head["jwk"]
        x, y = (int.from_bytes(_unquoted(jwk[name])) for name in ("x", "y"))
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        kinds = (head["typ"], head["alg"], jwk["kty"], jwk["crv"])
        said = (claims["htm"], claims["htu"])
        issued, once = float(claims["iat"]), str(claims["jti"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("The DPoP proof can't be read") from None
    if kinds != ("dpop+jwt", "ES256", "EC", "P-256") or len(signature) != 2 * _BYTES:
        raise ValueError("The DPoP proof is of another kind")
    r, s = int.from_bytes(signature[:_BYTES]), int.from_bytes(signature[_BYTES:])
    try:
        signed = f"{parts[0]}.{parts[1]}".encode()
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("The DPoP proof is not signed by its key") from None
    if said != (method, url):
        raise ValueError("The DPoP proof is for another request")
    if abs(now - issued) > _SECONDS:
        raise ValueError("The DPoP proof is of another time")
    if not once or once in seen:
        raise ValueError("The DPoP proof has been used")
    seen.add(once)
    return _thumbprint(public)


def thumbprint_of(key: str) -> str:
    """Name a private key, in PEM, as its proofs will be named."""
    private = serialization.load_pem_private_key(key.encode(), None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("it is of another kind")
    return _thumbprint(private.public_key())


def _thumbprint(public: ec.EllipticCurvePublicKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def _read(part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_unquoted(part))
    return found


def _unquoted(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
