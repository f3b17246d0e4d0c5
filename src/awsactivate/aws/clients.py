"""boto3 clients made from a profile's own settings and explicit credentials.

The profile brings what botocore knows of it (endpoint, regional STS, FIPS, dual stack, CA bundle, proxies
from the environment); the credentials are always given, so that no credential chain is ever walked.
"""

from __future__ import annotations

from typing import Any

import boto3.session
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from awsactivate.aws.refusals import translated
from awsactivate.session import Credentials

# Where a partition has no endpoint without a region, the region whose endpoint serves all of it.
_HOME_REGIONS = {
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
}

# An unreachable AWS must be said while the person still looks; botocore's own 60 s is for servers.
_TIMEOUTS = {"connect_timeout": 10, "read_timeout": 30}


def settings(profile: str | None) -> botocore.session.Session:
    """Load botocore's view of `profile` (None: of `AWS_PROFILE`, or of no profile)."""
    return botocore.session.Session(profile=profile)


def client(
    service: str,
    credentials: Credentials,
    *,
    profile: str | None,
    region: str | None = None,
    partition: str = "aws",
    retries: bool = True,
) -> Any:
    """Make a client of `service` that signs with `credentials`.

    `region` None means the profile's own, or else the one that serves `partition`. Without `retries` a
    request goes out once: what must never be sent twice is the caller's to try again.
    """
    try:
        session = settings(profile)
        region = region or session.get_config_variable("region") or _HOME_REGIONS.get(partition, "us-east-1")
        options = Config(**_TIMEOUTS) if retries else Config(**_TIMEOUTS, retries={"total_max_attempts": 1})
        return boto3.session.Session(botocore_session=session).client(
            service,
            region_name=region,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=options,
        )
    except BotoCoreError as error:
        raise translated(error) from error
