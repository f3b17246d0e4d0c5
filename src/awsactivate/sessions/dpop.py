"""The proof that whoever asks for credentials has the key that a sign-in was made with (DPoP, ES256).

https://www.rfc-editor.org/rfc/rfc9449
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

_BYTES = 32  # of a coordinate, and of each half of a signature


def new_key() -> str:
    """Make a private key, in the PEM form that the AWS CLI keeps."""
    made = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def proof(key: str, url: str, *, now: float, nonce: str) -> str:
    """Sign that `url` is asked by POST at `now`; ValueError where `key` is no private key of P-256.

    `nonce` must be another each time.
    """
    private = _private_key(key)
    public = private.public_key().public_numbers()
    header = {
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {"kty": "EC", "x": _number(public.x), "y": _number(public.y), "crv": "P-256"},
    }
    payload = {"htm": "POST", "htu": url, "iat": int(now), "jti": nonce}
    signed = f"{_json(header)}.{_json(payload)}"
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{_quoted(r.to_bytes(_BYTES) + s.to_bytes(_BYTES))}"


def _private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):  # whose words may quote it
        raise ValueError("its dpopKey is no private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("its dpopKey is a key of another kind than P-256")
    return key


def _number(number: int) -> str:
    return _quoted(number.to_bytes(_BYTES))


def _json(value: Mapping[str, object]) -> str:
    return _quoted(json.dumps(value, separators=(",", ":")).encode())


def _quoted(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
