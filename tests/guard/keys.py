"""Keys and a time for the tests of signatures, and a request signed with them by botocore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreKey

from awsactivate.guard import stand_ins
from awsactivate.guard.call import Head
from awsactivate.guard.stand_ins import StandIn, StandIns
from awsactivate.sessions.credentials import Credentials

MOMENT = datetime(2026, 5, 4, 12, 30, 15, tzinfo=UTC)
NOW = MOMENT.timestamp()
REAL = Credentials("ASIAQQQQQQQQQQQQQQQQ", "real-secret/0123456789+abcdefghijklmnopqr", "real//token+==")
STAND_IN = stand_ins.made(bytes(range(stand_ins.RANDOMNESS)))


def stop_botocore_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore sign at MOMENT."""
    for module in ("botocore.auth", "botocore.signers"):
        monkeypatch.setattr(f"{module}.get_current_datetime", lambda *_: MOMENT.replace(tzinfo=None))


def this_run() -> StandIns:
    """Return the stand-in keys of a run whose session is REAL."""
    return StandIns(STAND_IN, lambda: REAL)


def botocore_key(key: StandIn | Credentials) -> BotocoreKey:
    """Return a key as botocore's signers have it."""
    return BotocoreKey(key.access_key_id, key.secret_access_key, key.session_token)


def head_of(request: AWSRequest | object) -> Head:
    """Return a request of botocore's as it goes out: with Host, which its HTTP client puts first."""
    method, url = request.method, request.url  # type: ignore[attr-defined]
    host, _, target = url.partition("://")[2].partition("/")
    headers = {**dict(request.headers.items())}  # type: ignore[attr-defined]
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }
    return Head(method, host, f"/{target}", (("Host", host), *headers.items()))


def signed_by_botocore(
    key: StandIn | Credentials,
    url: str,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    service: str = "sts",
    signer: type[auth.SigV4Auth] = auth.SigV4Auth,
    **more: int,
) -> Head:
    """Have botocore sign a request; whoever calls has stopped its clock."""
    request = AWSRequest(method=method, url=url, headers=dict(headers or {}), data=body)
    signer(botocore_key(key), service, "eu-west-1", **more).add_auth(request)
    return head_of(request.prepare())
