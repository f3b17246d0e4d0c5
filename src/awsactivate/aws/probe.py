"""Whether a session is denied yet, tried with its own credentials.

The role's policy always allows it to list the role's tags; what tells a revocation from any other refusal
are AWS's words "explicit deny".
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.refusals import code_of, message_of
from awsactivate.frozen import dataclass

SECONDS = 15.0  # within which IAM mostly propagates a change

_AGAIN_AFTER = 5.0
_PAUSES = (0.2, 0.3, 0.5)
_DEAD_CODES = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}


class Found(Enum):
    """What one try says of the session."""

    ALLOWED = "allowed"
    DENIED = "denied"
    DEAD = "dead"  # the credentials themselves are worth nothing any more
    UNKNOWN = "unknown"  # no answer, or one that says nothing of it


@dataclass(frozen=True)
class Outcome:
    """What waiting came to: the last answer, and after how many seconds it came."""

    found: Found
    seconds: float


@dataclass(frozen=True)
class Time:
    """How a probe knows and spends time."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


def probe(iam: Any, role_name: str) -> Found:
    """Try once, with the session's own client."""
    try:
        iam.list_role_tags(RoleName=role_name)
    except ClientError as error:
        code = code_of(error)
        if code in _DEAD_CODES:
            return Found.DEAD
        if code == "AccessDenied":
            return Found.DENIED if "explicit deny" in message_of(error) else Found.ALLOWED
        # the role is gone: whom it does not know, it asks first whether they may ask
        return Found.ALLOWED if code == "NoSuchEntity" else Found.UNKNOWN
    except BotoCoreError:
        return Found.UNKNOWN
    return Found.ALLOWED


def wait_until(
    iam: Any,
    role_name: str,
    wanted: set[Found],
    time: Time,
    *,
    since: float,
    limit: float = SECONDS,
    again: Callable[[], None] | None = None,
) -> Outcome:
    """Try until the answer is one of `wanted`, at most `limit` seconds from `since` on.

    `again` is called once on the way where that takes long: what was written may have been lost.
    """
    for number in range(10_000):
        found = probe(iam, role_name)
        elapsed = time.monotonic() - since
        if found in wanted or elapsed >= limit:
            return Outcome(found, elapsed)
        if again is not None and elapsed >= _AGAIN_AFTER:
            again()
            again = None
        time.sleep(min(_PAUSES[min(number, len(_PAUSES) - 1)], max(limit - elapsed, 0.05)))
    raise AssertionError("no limit is that long")
