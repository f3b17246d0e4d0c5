"""What proves an answer: PKCE by RFC 7636's own vector, and the address at which a browser begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest

from awsactivate.signin.proof import RANDOM_BYTES, address, proof

# RFC 7636, appendix B
VERIFIER, CHALLENGE = (
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
)


def test_the_challenge_is_rfc_7636s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("awsactivate.signin.proof._OF_VERIFIER", 32)
    random = urlsafe_b64decode(VERIFIER + "=") + bytes(RANDOM_BYTES)
    found = proof(random)
    assert (found.verifier, found.challenge) == (VERIFIER, CHALLENGE)


def test_a_proof_shares_nothing_between_its_parts_and_shows_no_secret() -> None:
    found = proof(bytes(range(RANDOM_BYTES)))
    assert 43 <= len(found.verifier) <= 128
    assert len(found.state) >= 32
    assert found.state not in found.verifier
    assert found.verifier not in repr(found)
    assert found.state not in repr(found)
    with pytest.raises(ValueError, match="too few"):
        proof(b"short")


def test_an_address_quotes_what_it_carries() -> None:
    query = {"redirect_uri": "http://127.0.0.1:1/oauth/callback", "scopes": "a b&c"}
    assert address("https://oidc.eu-west-1.amazonaws.com/", "/authorize", query) == (
        "https://oidc.eu-west-1.amazonaws.com/authorize"
        "?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Foauth%2Fcallback&scopes=a+b%26c"
    )
