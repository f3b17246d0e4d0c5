"""Signature Version 4 of one request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote

from awsactivate.sessions.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    region: str,
    service: str,
    now: float,
    query: str = "",
) -> dict[str, str]:
    """Return `headers` and those that sign the request; all of `headers`, among them Host, is signed.

    `path` and `query` are as they are sent, quoted.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    sent = {**headers, "X-Amz-Date": stamp}
    if credentials.session_token:
        sent["X-Amz-Security-Token"] = credentials.session_token
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    names, request = canonical_request(method, path, query, sent, body)
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={credentials.access_key_id}/{scope}"
    sent["Authorization"] = f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"
    return sent


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> tuple[str, str]:
    """Return the names of the headers that are signed, and the text whose hash is."""
    by_name = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(by_name))
    lines = [f"{name}:{by_name[name]}" for name in sorted(by_name)]
    digest = hashlib.sha256(body).hexdigest()
    parts = (method, quote(path, safe="/~"), _sorted(query), *lines, "", names, digest)
    return names, "\n".join(parts)


def _sorted(query: str) -> str:
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&")) if query else []
    return "&".join(f"{name}={value}" for name, value in pairs)
