"""`revoke --lift ENTRY`: one denial is taken back."""

from __future__ import annotations

import argparse
import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import calls, listing, roles, signers
from awsactivate.errors import AccessDeniedError, AwsError, UsageError
from awsactivate.opening.signer import Signer
from awsactivate.revocation import inline_policy
from awsactivate.revoking import own_list
from awsactivate.sessions import arn_parts, arns, session_names


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Lift it, by whoever may; the session, where it has not ended, works again within seconds."""
    role = roles.find_the_one(arguments.role_arn, context)
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    refusals: list[str] = []
    for signer in signers.open_signers(choice, role.text, context):
        try:
            context.write(_lift_all(arguments.lift, role, signer, context, dry_run=arguments.dry_run))
        except AccessDeniedError as error:
            refusals.append(error.message)
        else:
            return 0
    raise AwsError(
        "; ".join(dict.fromkeys(refusals)), "add --profile P of an administrator", code="AccessDenied"
    )


def _lift_all(entry: str, role: arns.RoleArn, signer: Signer, context: Context, *, dry_run: bool) -> str:
    """Lift it on each role of the kind that has it."""
    lifted: list[str] = []
    missing: list[UsageError] = []
    for one in roles.list_of_a_kind_or_alone(role, signer):
        try:
            lifted.append(_lift(entry, one, signer, context, dry_run=dry_run))
        except UsageError as error:
            missing.append(error)
    if not lifted:
        raise missing[0]
    return "".join(lifted)


def _lift(entry: str, role: arns.RoleArn, signer: Signer, context: Context, *, dry_run: bool) -> str:
    if inline_policy.is_ours(entry):
        return _delete_policy(entry, role, signer, dry_run=dry_run)
    return _take_off_the_list(entry, role, signer, context, dry_run=dry_run)


def _delete_policy(name: str, role: arns.RoleArn, signer: Signer, *, dry_run: bool) -> str:
    from awsactivate.aws import revocation, role_denials

    if dry_run:
        return calls.show_delete_role_policy(signer, role, name)
    try:
        role_denials.delete(signer.iam(role.partition), role.name, name, time.sleep)
    except revocation.NoSuchRoleError as error:  # IAM says the same of a policy
        raise UsageError(f"role {role.name} has no policy {name}", "awsactivate revoke --list") from error
    return f"lifted {name} of {role}\n"


def _take_off_the_list(
    entry: str, role: arns.RoleArn, signer: Signer, context: Context, *, dry_run: bool
) -> str:
    from awsactivate.aws import revocation

    is_all = entry.startswith(listing.ALL)
    user = entry.removeprefix(listing.ALL) if is_all else session_names.user_of(arn_parts.session_of(entry))
    iam = signer.iam(role.partition)
    tags = revocation.read(iam, role.name, time.sleep)
    current = revocation.parse(tags.value_of(user) or "") if user else None
    held = current is not None and (current.all_since is not None if is_all else entry in current.revoked)
    if not held:
        raise UsageError(f"there is no entry {entry} on {role.name}", "awsactivate revoke --list")
    own = own_list.open_own_list(iam, role, user, tags, signer.now(context), context)
    lifted = None if is_all else entry
    if dry_run:
        key = tags.key_of(user) or policies.revoked_tag(user)
        return calls.show_tag_role(
            signer, role, key, own.preview_of_lifting(tags.value_of(user) or "", lifted)
        )
    own.lift(lifted)
    return f"lifted {entry} of {role}\n"
