"""The proof of possession is the one that botocore makes with awscrt."""

from __future__ import annotations

import base64
import json
from typing import Any

import botocore.credentials
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from awsactivate.demo import dpop as checking
from awsactivate.sessions import dpop

URL = "https://eu-west-1.signin.aws.amazon.com/v1/token"
# P-256, as the AWS CLI writes it; its coordinates are what another SDK reads in it
KEY = (
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIBMB/RwQERsVoqWRQG4zK8CnaAa5dfrpbm+9tFdBh3z4oAoGCCqGSM49\n"
    "AwEHoUQDQgAEWb1VLi1EA2hJaTz4yYuxSELvY+1GAfL+8rUTCAdiFid87Bf6GY+s\n"
    "2+1RpqDv0RpZiDIMCrZrsAh+RK9S3QCaGA==\n"
    "-----END EC PRIVATE KEY-----\n"
)
X, Y = "Wb1VLi1EA2hJaTz4yYuxSELvY-1GAfL-8rUTCAdiFic", "fOwX-hmPrNvtUaag79EaWYgyDAq2a7AIfkSvUt0Amhg"


class _Crt:
    """What botocore asks of awscrt, done by `cryptography`."""

    def __init__(self, pem: str) -> None:
        key = serialization.load_pem_private_key(pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key

    def get_public_coords(self) -> tuple[bytes, bytes]:
        """Return x and y."""
        numbers = self._key.public_key().public_numbers()
        return numbers.x.to_bytes(32), numbers.y.to_bytes(32)

    def sign(self, digest: bytes) -> bytes:
        """Sign a digest, and answer in DER."""
        return self._key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(der: bytes, pad_to: int) -> bytes:
        """Return both halves."""
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(pad_to) + s.to_bytes(pad_to)


def read(part: str) -> dict[str, Any]:
    """Read a part of a JWT."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_a_proof_says_what_botocores_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.credentials, "EC", _Crt)
    theirs = botocore.credentials._build_dpop_header(_Crt(KEY), URL, uid="once", ts=1_795_000_000)
    ours = dpop.proof(KEY, URL, now=1_795_000_000.9, nonce="once")
    assert ours.split(".")[:2] == theirs.split(".")[:2]
    jwk = read(ours.split(".")[0])["jwk"]
    assert (jwk["x"], jwk["y"]) == (X, Y)
    seen: set[str] = set()
    for header in (ours, theirs):
        name = checking.thumbprint(header, "POST", URL, 1_795_000_100, seen)
        assert name == checking.thumbprint_of(KEY)
        seen.clear()


def test_a_coordinate_that_begins_with_zeros_keeps_them() -> None:
    """One key in 256 has one, and a shorter number would be another."""
    private = ec.derive_private_key(379, ec.SECP256R1())  # whose x begins with a zero byte
    assert private.public_key().public_numbers().x >> 248 == 0
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    proof = dpop.proof(private.private_bytes(*form).decode(), URL, now=0, nonce="x")
    assert len(read(proof.split(".")[0])["jwk"]["x"]) == 43
    assert checking.thumbprint(proof, "POST", URL, 0, set())


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "is no private key"),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", "is no private key"),
        (KEY[:120], "is no private key"),
        ("\udcff", "is no private key"),
    ],
)
def test_what_is_no_key_is_told_without_a_word_of_it(key: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        dpop.proof(key, URL, now=0, nonce="x")
    assert "AAAA" not in str(raised.value)


def test_a_key_of_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with pytest.raises(ValueError, match="another kind"):
        dpop.proof(other.private_bytes(*form).decode(), URL, now=0, nonce="x")


def test_the_embedded_aws_takes_a_proof_once_for_one_address_at_its_time() -> None:
    def refused(header: str, *, url: str = URL, method: str = "POST", now: float = 1000) -> str:
        with pytest.raises(ValueError, match="DPoP") as raised:
            checking.thumbprint(header, method, url, now, seen)
        return str(raised.value)

    seen: set[str] = set()
    proof = dpop.proof(KEY, URL, now=1000, nonce="once")
    head, claims, signature = proof.split(".")
    other = dpop.proof(KEY, URL, now=1000, nonce="twice")
    assert "another request" in refused(proof, url=URL + "x")
    assert "another request" in refused(proof, method="GET")
    assert "another time" in refused(proof, now=1301)
    assert "not signed" in refused(f"{head}.{other.split('.')[1]}.{signature}")
    assert "can't be read" in refused(f"{head}.x.{signature}")
    assert "missing" in refused("")
    assert "another kind" in refused(f"{head}.{claims}.{signature[:40]}")
    checking.thumbprint(proof, "POST", URL, 1000, seen)
    assert "been used" in refused(proof)
