"""Credentials in an answer in JSON, which STS gives to whoever accepts it, read and replaced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


def read(body: bytes) -> Credentials:
    """Read the credentials; a ValueError where they aren't there once, and whole."""
    found = _credentials(json.loads(body))
    expiration = found.get("Expiration")
    if isinstance(expiration, int | float):
        expiration = datetime.fromtimestamp(expiration, UTC)
    elif isinstance(expiration, str):
        expiration = datetime.fromisoformat(expiration)
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], expiration)


def written(body: bytes, stand_in: StandIn) -> bytes:
    """Put a stand-in in their place."""
    document = json.loads(body)
    _credentials(document).update(
        AccessKeyId=stand_in.access_key_id,
        SecretAccessKey=stand_in.secret_access_key,
        SessionToken=stand_in.session_token,
    )
    return json.dumps(document).encode()


def _credentials(document: object) -> dict[str, Any]:
    found = list(_named_so(document))
    if len(found) != 1:
        raise ValueError("the credentials aren't there once")
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    if not all(isinstance(found[0].get(name), str) and found[0][name] for name in names):
        raise ValueError("the credentials are not whole")
    return found[0]


def _named_so(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "Credentials" and isinstance(member, dict):
                yield member
            else:
                yield from _named_so(member)
