"""`revoke --mine`: every session of the caller's own up to now."""

from __future__ import annotations

import argparse
import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import by_policy, calls, proof, roles, signers
from awsactivate.commands.revoke.target import instant_before, refuse_what_cannot_be
from awsactivate.errors import AccessDeniedError, AwsError, UsageError
from awsactivate.frozen import dataclass
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal, wall_clock
from awsactivate.revocation import inline_policy
from awsactivate.revoking import own_list
from awsactivate.revoking.own_list import OwnList
from awsactivate.sessions import arns


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Deny them on each role that keeps a list for the caller, and say until when."""
    wanted = roles.list_own(arguments.role_arn, context)
    if not wanted:
        raise UsageError("no role is known here", "add --role-arn ARN")
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    tried = _Tried()
    for signer in signers.open_signers(choice, arguments.role_arn, context):
        user = signer.identity.user_name
        if user is None:
            raise AwsError(
                f"{signer.words} is {signer.identity.arn}, and only an IAM user has sessions of its own",
                "add --profile P of the user",
                code="NoUser",
            )
        tried = _try(wanted, signer, user, arguments, context)
        if not tried.refusals:
            break
    if not tried.lines:
        names = ", ".join(role.text for role in wanted)
        reason = "; ".join(tried.refusals) or f"none of these roles keeps a list of yours: {names}"
        raise AwsError(reason, "awsactivate revoke --mine --role-arn ARN", code="NoList")
    context.write("".join(tried.lines))
    for refusal in tried.refusals:
        terminal.say(refusal)
    return 0


@dataclass(frozen=True)
class _Tried:
    """What one signer came to."""

    lines: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def _try(
    wanted: list[arns.RoleArn], signer: Signer, user: str, arguments: argparse.Namespace, context: Context
) -> _Tried:
    lines: list[str] = []
    refusals: list[str] = []
    for role in wanted:
        if role.account_id != signer.identity.account_id:
            continue
        own = _list(role, signer, user, context)
        try:
            if own is not None:
                lines.append(_revoke_in_list(own, signer, arguments, context))
            elif arguments.role_arn:
                lines.append(_revoke_by_policy(role, signer, user, arguments, context))
        except AccessDeniedError as error:
            refusals.append(error.message)
    return _Tried(tuple(lines), tuple(refusals))


def _list(role: arns.RoleArn, signer: Signer, user: str, context: Context) -> OwnList | None:
    from awsactivate.aws import revocation

    iam = signer.iam(role.partition)
    try:
        tags = revocation.read(iam, role.name, time.sleep)
    except (AccessDeniedError, revocation.NoSuchRoleError):
        return None  # not one that bootstrap made for this user
    if tags.key_of(user) is None:
        return None
    return own_list.open_own_list(iam, role, user, tags, signer.now(context), context)


def _revoke_in_list(own: OwnList, signer: Signer, arguments: argparse.Namespace, context: Context) -> str:
    if arguments.dry_run:
        value = own.preview("", (), everything=True)
        return calls.show_tag_role(signer, own.role, policies.revoked_tag(own.user), value)
    since = time.monotonic()
    own.revoke_all()
    how = proof.try_until_denied(own.role, context, since=since, wait=not arguments.no_wait)
    at, ends = (wall_clock.clock(moment, own.now) for moment in (own.now, own.now + own.longest + 300))
    return (
        f"revoked all sessions of {own.user} on {own.role.name} up to {at}, {how}\n"
        f"denied: everything, to every session of {own.user} of {own.role} but those that awsactivate begins"
        f" from now on, until {ends}\n"
    )


def _revoke_by_policy(
    role: arns.RoleArn, signer: Signer, user: str, arguments: argparse.Namespace, context: Context
) -> str:
    refuse_what_cannot_be(role)
    denial = inline_policy.of_user(user, instant_before(signer.now(context)))
    if arguments.dry_run:
        return by_policy.preview(denial, role, signer)
    return by_policy.write(denial, role, signer, context, wait=not arguments.no_wait)
