"""What is asked of IAM on the way to a session: devices and limits, read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsactivate.aws import again
from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.ways import Way
from awsactivate.sessions import arn_parts
from awsactivate.sessions.credentials import Credentials

_PAUSES = (0.2, 0.6)  # seconds between one try and the next, where IAM throttles


def list_mfa_serials(credentials: Credentials, profile: str | None, partition: str) -> list[str]:
    """List the serials of the caller's own MFA devices; [] where the caller may not ask.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
    """
    answer = _answer(Way("iam", credentials, profile=profile, partition=partition), "ListMFADevices", {})
    # the refusal that made us ask says more than this one would
    return [] if answer is None else [device["SerialNumber"] for device in answer["MFADevices"]]


def read_max_session_duration(
    credentials: Credentials, profile: str | None, partition: str, role_arn: str
) -> int | None:
    """Return the role's MaxSessionDuration in seconds; None where the caller may not ask.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    """
    iam = Way("iam", credentials, profile=profile, partition=partition)
    answer = _answer(iam, "GetRole", {"RoleName": arn_parts.principal_of(role_arn)})
    return None if answer is None else answer["Role"].get("MaxSessionDuration")


def _answer(iam: Way, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    try:
        return again.call(lambda: iam.call(operation, parameters).values, _PAUSES, _is_throttled)
    except (Refused, NoAnswer):
        return None


def _is_throttled(error: Refused | NoAnswer) -> bool:
    return isinstance(error, Refused) and error.is_throttling
