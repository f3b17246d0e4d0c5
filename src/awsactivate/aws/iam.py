"""What is asked of IAM on the way to a session: devices and limits, read only."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.clients import client
from awsactivate.credentials import Credentials


def mfa_serials(credentials: Credentials, profile: str | None, partition: str) -> list[str]:
    """List the serials of the caller's own MFA devices; [] where the caller may not ask.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
    """
    try:
        iam = client("iam", credentials, profile=profile, partition=partition)
        return [device["SerialNumber"] for device in iam.list_mfa_devices()["MFADevices"]]
    except (ClientError, BotoCoreError):
        return []  # the refusal that made us ask says more than this one would


def max_session_duration(
    credentials: Credentials, profile: str | None, partition: str, role_arn: str
) -> int | None:
    """Return the role's MaxSessionDuration in seconds; None where the caller may not ask.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    """
    try:
        iam = client("iam", credentials, profile=profile, partition=partition)
        role = iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
    except (ClientError, BotoCoreError):
        return None
    return int(role["MaxSessionDuration"])
