"""A session narrowed from the one that is revoked, for the proof: what was handed out is denied too."""

from __future__ import annotations

import json

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.sessions import arns, partitions
from awsactivate.sessions.credentials import Credentials


def begin(
    credentials: Credentials, role: arns.RoleArn, profile: str | None, context: Context
) -> Background[Credentials | None]:
    """Begin to narrow a session of `role`, before it is denied; None where AWS does not narrow it."""
    return Background(lambda: _narrow(credentials, role, profile, context))


def _narrow(
    credentials: Credentials, role: arns.RoleArn, profile: str | None, context: Context
) -> Credentials | None:
    from awsactivate.aws.sts import Sts

    statement = {"Effect": "Allow", "Action": "iam:ListRoleTags", "Resource": role.text}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    region = partitions.called(None, context.environ, role.partition)
    try:
        sts = Sts(credentials, profile, region=region, regional=True)
        return sts.narrow(policy, "proof of a revocation")
    except AwsactivateError:
        return None  # narrowed three times already, or about to end: then nothing can be narrowed from it
