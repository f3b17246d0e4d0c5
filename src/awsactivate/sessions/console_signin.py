"""The sign-in to the AWS console: where each partition has it, and what is asked of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode, urlsplit

from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass
from awsactivate.sessions import arn_parts, partitions
from awsactivate.sessions.credentials import Credentials


@dataclass(frozen=True)
class Partition:
    """Where a partition has its sign-in and its console."""

    name: str
    signin: str
    console: str


# The European sovereign partition has no sign-in but those of its regions.
PARTITIONS = {
    partition.name: partition
    for partition in (
        Partition("aws", "https://signin.aws.amazon.com", "https://console.aws.amazon.com"),
        Partition("aws-cn", "https://signin.amazonaws.cn", "https://console.amazonaws.cn"),
        Partition(
            "aws-us-gov",
            "https://signin.amazonaws-us-gov.com",
            "https://console.amazonaws-us-gov.com",
        ),
        Partition(
            "aws-eusc",
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu",
            "https://console.amazonaws-eusc.eu",
        ),
    )
}

# Pages of the console that are called otherwise than the service in the AWS CLI.
_PAGES = {"dynamodb": "dynamodbv2", "ssm": "systems-manager", "stepfunctions": "states"}
_PAGE = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9-]+)*")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def partition_of(arn: str) -> Partition:
    """Return the partition of a session, by its own or its role's ARN."""
    name = arn_parts.partition_of(arn) if arn_parts.resource_of(arn) else ""
    if name not in PARTITIONS:
        known = ", ".join(PARTITIONS)
        raise ProfileError(f"the console's sign-in is known for the partitions {known}, not for {arn}")
    return PARTITIONS[name]


def destination(partition: Partition, page: str | None, region: str | None) -> str:
    """Return the URL of a service's page in the console, or of its first page."""
    if region and partitions.partition_of(region) != partition.name:
        raise UsageError(f"the region {region} is not in the session's partition {partition.name}")
    path = _PAGES.get(page or "", page or "console")
    if not _PAGE.fullmatch(path):
        raise UsageError(f"--service must be a page of the console such as s3 or ec2, not {page!r}")
    query = f"?{urlencode({'region': region})}" if region else ""
    return f"{partition.console}/{path}/home{query}"


def endpoint(partition: Partition, configured: str | None) -> str:
    """Return the federation endpoint: the partition's, or below the one that the user has `configured`."""
    if configured is None:
        return f"{partition.signin}/federation"
    parts = urlsplit(configured)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ProfileError(
            f"the configured endpoint {configured} is not https, and a session is not sent over it",
            "set AWS_ENDPOINT_URL_SIGNIN to an https URL, or unset it",
        )
    return f"{configured.rstrip('/')}/federation"


def token_request(credentials: Credentials, seconds: int | None) -> bytes:
    """Write the body of getSigninToken, which holds the session: it must be seen by AWS alone."""
    session = {
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key,
        "sessionToken": credentials.session_token,
    }
    duration = {"SessionDuration": str(seconds)} if seconds is not None else {}
    return urlencode({"Action": "getSigninToken", **duration, "Session": json.dumps(session)}).encode()


def login_url(federation: str, token: str, destination: str) -> str:
    """Return the URL that signs a browser in, within 15 minutes."""
    query = urlencode({"Action": "login", "Destination": destination, "SigninToken": token})
    return f"{federation}?{query}"
