"""What proves that the answer of a sign-in is for who began it: PKCE (RFC 7636), and the state."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlencode

from awsactivate.frozen import dataclass, field

RANDOM_BYTES = 72
_OF_VERIFIER = 48


@dataclass(frozen=True)
class Proof:
    """What is kept here, and what goes into the browser's address."""

    verifier: str = field(repr=False)
    """Kept until the code is traded in."""
    challenge: str
    """What AWS is told of the verifier: its SHA-256."""
    state: str = field(repr=False)
    """It comes back with the answer: who does not know it, answers nothing."""


def proof(random: bytes) -> Proof:
    """Make one of RANDOM_BYTES random bytes."""
    if len(random) < RANDOM_BYTES:
        raise ValueError("too few random bytes")
    verifier = _plain(random[:_OF_VERIFIER])
    challenge = _plain(hashlib.sha256(verifier.encode()).digest())
    return Proof(verifier, challenge, _plain(random[_OF_VERIFIER:RANDOM_BYTES]))


def address(endpoint: str, path: str, query: Mapping[str, str]) -> str:
    """Return the address at which the browser begins, below a service's endpoint."""
    return f"{endpoint.rstrip('/')}{path}?{urlencode(query)}"


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
