"""Revoke the session that this shell has just let go of; its values come in private variables."""

from __future__ import annotations

import argparse
import signal

from awsactivate import own_environment
from awsactivate.commandline import Context, Parser
from awsactivate.commands.revoke import one_session
from awsactivate.commands.revoke.signers import Choice
from awsactivate.commands.revoke.target import Target
from awsactivate.errors import AwsError
from awsactivate.revocation import ticket
from awsactivate.sessions import arns
from awsactivate.sessions.credentials import session_in_environ

# Set by a wrapper in shell/ for this one command: before what the session called its variables.
PREFIX = "_AWSACTIVATE_REVOKE_"


def add_arguments(parser: Parser) -> None:
    """Take whether to wait for the proof."""
    parser.add_argument("--wait", action=argparse.BooleanOptionalAction, default=True, help=argparse.SUPPRESS)
    parser.add_argument("--mfa-code", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Revoke the session; the shell is deactivated already, whatever comes of this."""
    # the terminal may be closing, by which a shell ends that revokes on exit
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    given = {name: value for name, value in context.environ.items() if name.startswith(PREFIX)}
    for name in given:
        own_environment.take(name)  # no child of ours, such as a profile's mfa_process, has a use for them
    held = {name.removeprefix(PREFIX): value for name, value in given.items() if value}
    target = _target(held)
    names = (held.get("AWSACTIVATE_SOURCE_PROFILE", ""), held.get("AWSACTIVATE_PROFILE", ""))
    choice = Choice(held=names, mfa_code=arguments.mfa_code, ticket=ticket.parsed(held.get("TICKET", "")))
    result = one_session.revoke(target, choice, context, wait=arguments.wait)
    context.write(result.line + "\n")
    return 0


def _target(held: dict[str, str]) -> Target:
    label = held.get("AWSACTIVATE_PROFILE", "")
    role_arn, assumed_role_id = held.get("AWSACTIVATE_ROLE_ARN"), held.get("AWSACTIVATE_ASSUMED_ROLE_ID")
    if not role_arn or not assumed_role_id:
        source = held.get("AWSACTIVATE_SOURCE_PROFILE")
        raise AwsError(
            f"{label or 'this session'} assumed no role, so AWS has nothing by which it could be revoked",
            "aws iam update-access-key --status Inactive --access-key-id KEY"
            + (f" --profile {source}" if source else ""),
            code="NoAssumedRole",
        )
    try:
        role = arns.role_arn(role_arn)
    except ValueError as error:
        raise AwsError(f"AWSACTIVATE_ROLE_ARN {error}", code="NoAssumedRole") from error
    ends = held.get("AWSACTIVATE_EXPIRATION", "")
    return Target(
        assumed_role_id,
        role,
        label=label,
        ends=int(ends) if ends.isascii() and ends.isdigit() else None,
        credentials=session_in_environ(held),
    )
