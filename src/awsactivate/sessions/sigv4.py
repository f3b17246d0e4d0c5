"""Signature Version 4: the text that is signed, and the key that signs it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from awsactivate.frozen import dataclass

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Scope:
    """When and for what a signature counts."""

    stamp: str
    """The time of signing: `20150830T123600Z`"""
    region: str
    service: str
    """The signing name"""

    def __str__(self) -> str:
        return f"{self.stamp[:8]}/{self.region}/{self.service}/aws4_request"

    def key(self, secret: str) -> bytes:
        """Return the key by which a secret signs within it."""
        key = f"AWS4{secret}".encode()
        for part in (self.stamp[:8], self.region, self.service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key


def canonical_request(
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    names: Sequence[str],
    payload: str,
) -> str:
    """Return the text whose hash is signed; `path` and `query` are in their canonical forms.

    `names` are the signed headers', lower case, in the order in which they are named; `payload` is the body's
    hash, or the word that stands for it.
    """
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(" ".join(value.split()))
    lines = [f"{name}:{','.join(values.get(name, ()))}" for name in names]
    return "\n".join((method, path, query, *lines, "", ";".join(names), payload))


def text_to_sign(scope: Scope, canonical: str) -> str:
    """Return what the key signs for a canonical request; each character is a byte, as HTTP/1.1 has it."""
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    return f"{ALGORITHM}\n{scope.stamp}\n{scope}\n{digest}"


def signature(key: bytes, text: str) -> str:
    """Sign."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def sorted_query(query: str) -> str:
    """Sort a query's pairs, as they are quoted."""
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&")) if query else []
    return "&".join(f"{name}={value}" for name, value in pairs)
