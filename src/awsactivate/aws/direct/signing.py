"""Signature Version 4 of one request of our own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from urllib.parse import quote

from awsactivate.sessions import sigv4
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sigv4 import Scope


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
    scope = Scope(time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now)), region, service)
    sent = {**headers, "X-Amz-Date": scope.stamp}
    if credentials.session_token:
        sent["X-Amz-Security-Token"] = credentials.session_token
    names = sorted(name.lower() for name in sent)
    request = sigv4.canonical_request(
        *(method, quote(path, safe="/~"), sigv4.sorted_query(query), sent.items(), names),
        hashlib.sha256(body).hexdigest(),
    )
    signature = sigv4.signature(scope.key(credentials.secret_access_key), sigv4.text_to_sign(scope, request))
    credential = f"Credential={credentials.access_key_id}/{scope}"
    sent["Authorization"] = (
        f"{sigv4.ALGORITHM} {credential}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return sent
