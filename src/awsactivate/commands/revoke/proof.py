"""The proof that a session of this shell's is denied, where one is among those that were revoked."""

from __future__ import annotations

import time

from awsactivate.commandline import Context
from awsactivate.errors import AwsError
from awsactivate.person import terminal
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import session_in_environ


def try_until_denied(role: arns.RoleArn, context: Context, *, since: float, wait: bool) -> str:
    """Try this shell's session of the role until it is denied, and say how that went.

    Raises AwsError where it went on working; without such a session there is nothing to try.
    """
    is_of_role = context.environ.get("AWSACTIVATE_ROLE_ARN") == role.text
    credentials = session_in_environ(context.environ) if is_of_role else None
    if credentials is None or not wait:
        return "recorded, not confirmed"
    from awsactivate.aws import probe
    from awsactivate.aws.clients import client

    profile = context.environ.get("AWSACTIVATE_SOURCE_PROFILE") or None
    outcome = probe.wait_until(
        client("iam", credentials, profile=profile, partition=role.partition),
        role.name,
        {probe.Found.DENIED, probe.Found.DEAD},
        probe.Time(time.monotonic, time.sleep),
        since=since,
    )
    if outcome.found not in (probe.Found.DENIED, probe.Found.DEAD):
        raise AwsError(
            f"{role.name}: recorded, not confirmed; the session of this shell is not denied yet",
            "awsactivate revoke --list",
            code="NotConfirmed",
        )
    terminal.say("the session of this shell is one of them: deactivate, then activate again")
    return f"confirmed after {outcome.seconds:.1f} s"
